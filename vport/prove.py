"""The proof that a port leaves the default build as it was, one translation unit after the other.

Each unit is preprocessed before and after, made independent of line numbers and folders, compiled with its own options,
and the objects are compared; then the text after is compiled with VIMAGE.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from vport.cache import Cache
from vport.digest import blake2b
from vport.own import own_digest
from vport.pool import processors
from vport.proof.commands import SECTIONS, Command, Unit
from vport.proof.compare import compare
from vport.proof.differences import differences
from vport.proof.elf import NoObject, Object
from vport.proof.neutral import OPTIONS, digest, neutral
from vport.proof.programs import run, version
from vport.proof.trees import Trees
from vport.proof.verdict import BROKEN, DIFFERS, IDENTICAL, LIFE, NEVER, ONE_SIDE, Verdict

_WITH_LINES = "there is no text for it without numbers of lines (gcc -E, clang -E), so those count as a difference"
_WORDS = 4000
"""Characters of a compiler's words that are kept."""


class Options(NamedTuple):
    """How to prove.

    Arguments:
        vimage: options of the build with many stacks.
        default: options of the build without.
        jobs: units at once; 0 for one per processor.
    """

    vimage: tuple[str, ...] = ("-DVIMAGE",)
    default: tuple[str, ...] = ("-UVIMAGE",)
    jobs: int = 0


class _Side(NamedTuple):
    """One side of a unit: what was compiled, into what, or why not."""

    text: bytes
    object: bytes
    words: str


class _Prover:
    """Proves units; one for a run.

    Arguments:
        trees: before and after.
        options: of the run.
        cache: of verdicts.
        scratch: a folder for outputs.
    """

    def __init__(self, trees: Trees, options: Options, cache: Cache, scratch: Path) -> None:
        self._trees, self._options, self._cache, self._scratch = trees, options, cache, scratch

    def prove(self, unit: Unit) -> Verdict:
        """The verdict on a unit, from the cache where all that it hangs on is as it was."""
        if unit.before is None or unit.after is None:
            return self._one_side(unit)
        with TemporaryDirectory(dir=self._scratch) as folder:
            place = Path(folder)
            before = self._preprocessed(unit, unit.before, self._trees.before, place / "b.i")
            after = self._preprocessed(unit, unit.after, self._trees.after, place / "a.i")
            vimage = self._preprocessed(unit, unit.after, self._trees.after, place / "v.i", self._options.vimage)
            key = self._key(unit, before, after, vimage)
            cache = self._cache.again()  # a connection belongs to one thread
            try:
                kept = cache.get([key]).get(key) if key else None
                if kept is not None:
                    return msgspec.msgpack.decode(kept, type=Verdict)
                made = self._worked_out(unit, unit.before, unit.after, place, before, after)
                cache.put({key: msgspec.msgpack.encode(made)} if key else {})
                return made
            finally:
                cache.close()

    def _preprocessed(
        self, unit: Unit, command: Command, tree: Path, output: Path, build: Sequence[str] | None = None
    ) -> bytes | None:
        """The text a compiler sees; None where it cannot be had."""
        if not command.known:
            return None
        build = self._options.default if build is None else build
        line = command.line(tree / unit.name, output, *build, *OPTIONS)
        if run(line, command.folder).code or not output.is_file():
            return None
        return output.read_bytes()

    def _key(self, unit: Unit, *texts: bytes | None) -> bytes | None:
        """Of all that a verdict hangs on; the lines too, as it names places."""
        if None in texts or unit.before is None or unit.after is None:
            return None
        told = (unit.label, _options_of(unit.before), _options_of(unit.after), self._options[:2], own_digest())
        hashed = blake2b(msgspec.msgpack.encode(told) + version(unit.after.program).encode(), digest_size=20)
        for text, tree in zip(texts, (self._trees.before, self._trees.after, self._trees.after), strict=True):
            hashed.update(blake2b(neutral(text or b"", tree)).digest())
        return hashed.digest()

    def _one_side(self, unit: Unit) -> Verdict:
        side = "before" if unit.after is None else "after"
        note = f"the file is there only {side}, so there is nothing to compare it with"
        if unit.after is not None:
            with TemporaryDirectory(dir=self._scratch) as folder:
                for build, flags in (("default", self._options.default), ("VIMAGE", self._options.vimage)):
                    words = self._compiles(unit, unit.after, self._trees.after, Path(folder), flags)
                    if words is not None:
                        return Verdict(unit.label, BROKEN, build=build, words=words, notes=(note,))
        return Verdict(unit.label, ONE_SIDE, notes=(note,))

    def _worked_out(
        self, unit: Unit, old: Command, new: Command, place: Path, old_text: bytes | None, new_text: bytes | None
    ) -> Verdict:
        before = self._compiled(unit, old, self._trees.before, place / "before", old_text)
        after = self._compiled(unit, new, self._trees.after, place / "after", new_text)
        if before.words:
            note = ("it compiles now",) if not after.words else ()
            return Verdict(unit.label, NEVER, build="default", words=before.words, notes=note)
        if after.words:
            return Verdict(unit.label, BROKEN, build="default", words=after.words)
        compared = self._compared(unit, before, after)
        words = self._compiles(unit, new, self._trees.after, place, self._options.vimage)
        if words is None:
            return compared
        plain = self._compiles(unit, new, self._trees.after, place, self._options.default)
        if plain is not None:  # what -Werror makes of a warning
            never = self._compiles(unit, old, self._trees.before, place, self._options.default) is not None
            return Verdict(unit.label, NEVER if never else BROKEN, build="default", words=plain)
        if self._compiles(unit, old, self._trees.before, place, self._options.vimage) is not None:
            return msgspec.structs.replace(compared, verdict=NEVER, build="VIMAGE", words=words)
        return msgspec.structs.replace(compared, verdict=BROKEN, build="VIMAGE", words=words)

    def _compiled(self, unit: Unit, command: Command, tree: Path, output: Path, text: bytes | None) -> _Side:
        """An object of the default build, from the text without line numbers where that compiles."""
        if text is not None:
            for distinct in (False, True):
                made = neutral(text, tree, distinct)
                code = self._object(command, made, output)
                if code is not None:
                    return _Side(made, code, "")
        words = self._compiles(unit, command, tree, output.parent, self._options.default, output.with_suffix(".o"))
        code = _read(output.with_suffix(".o"))
        if words is None and code is None:
            words = f"the command wrote no object to {{output}}: {' '.join(command.words)}"
        return _Side(text or b"", code or b"", words or "")

    def _object(self, command: Command, text: bytes, output: Path) -> bytes | None:
        """The object of a preprocessed text; None if it does not compile.  Warnings are for the text as it stands."""
        source, target = output.with_suffix(".i"), output.with_suffix(".o")
        source.write_bytes(text)
        line = command.line(source, target, "-c", *SECTIONS, "-w")
        return _read(target) if run(line, command.folder).code == 0 else None

    def _compiles(
        self,
        unit: Unit,
        command: Command,
        tree: Path,
        place: Path,
        build: Sequence[str],
        output: Path | None = None,
    ) -> str | None:
        """None when the file as it stands compiles; else the compiler's words, without the tree's folder."""
        more = ("-c", *SECTIONS, f"-fmacro-prefix-map={tree}/=") if command.known else ()
        line = command.line(tree / unit.name, output or place / "direct.o", *build, *more)
        ran = run(line, command.folder)
        if ran.code == 0:
            return None
        words = (ran.words + ran.out.decode("utf-8", "replace")).replace(f"{tree}/", "").strip()
        return words[:_WORDS] or f"the compiler ended with {ran.code} and said nothing"

    def _compared(self, unit: Unit, before: _Side, after: _Side) -> Verdict:
        if before.text and digest(before.text) == digest(after.text):
            return Verdict(unit.label, IDENTICAL)
        try:
            old, new = Object(before.object), Object(after.object)
        except NoObject as error:
            return Verdict(unit.label, NEVER, build="default", words=str(error))
        compared = compare(old, new)
        notes = tuple(compared.notes)
        if not before.text:
            notes += (_WITH_LINES,)
        renamed = tuple(f"{a} -> {b}" for a, b in compared.renamed)
        if compared.same:
            return Verdict(unit.label, IDENTICAL, (), renamed, notes)
        found = differences(compared, old, new, before.text, after.text, self._trees)
        verdict = LIFE if all(d.life for d in found) else DIFFERS
        return Verdict(unit.label, verdict, tuple(found), renamed, notes)


def _options_of(command: Command) -> tuple[str, ...]:
    """Words of a command without paths: what those lead to is in the preprocessed text."""
    return tuple(w for w in command.words if os.sep not in w)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def prove(
    units: Sequence[Unit],
    trees: Trees,
    options: Options,
    cache: Cache,
    tell: Callable[[str, int, int], None] | None = None,
) -> list[Verdict]:
    """Verdicts of units, in their order.

    Arguments:
        units: to compile.
        trees: they are in.
        options: of the run.
        cache: of verdicts.
        tell: hears how far the work is.

    Raises:
        UsageError: a compiler is not there.
    """
    for program in {c.program for u in units for c in (u.before, u.after) if c is not None}:
        version(program)
    verdicts: list[Verdict] = []
    jobs = options.jobs or processors()
    with TemporaryDirectory(prefix="vport-prove-") as scratch, ThreadPoolExecutor(jobs) as pool:
        prover = _Prover(trees, options, cache, Path(scratch))
        for verdict in pool.map(prover.prove, units):
            verdicts.append(verdict)
            if tell is not None:
                tell("compiling", len(verdicts), len(units))
    return verdicts
