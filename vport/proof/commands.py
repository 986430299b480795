"""Compile commands: a person's template, or compile_commands.json, made to run in either tree.

The format of compile_commands.json: https://clang.llvm.org/docs/JSONCompilationDatabase.html
"""

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from vport.errors import UsageError
from vport.proof.trees import Trees
from vport.rules import data_folder

HEADERS = ("freebsd-13", "freebsd-9")
"""Dialects that small headers are there for."""

FILE, OUTPUT = "{file}", "{output}"
_DROP = {"-c", "-MD", "-MMD", "-MP", "-MG", "-M", "-MM", "-E", "-S", "-DVIMAGE", "-DVIMAGE=1"}
_DROP_WITH_VALUE = {"-MF", "-MT", "-MQ", "-MJ", "-o"}
_DROP_BEGINNINGS = ("-MF", "-MT", "-MQ", "-MJ", "-Wp,-M", "-flto", "-save-temps")
_PATHS = ("-isystem", "-iquote", "-idirafter", "-imacros", "-include", "-I")
"""Options with a path; what stands first wins, so the longer of two that begin alike come first."""
SECTIONS = ("-ffunction-sections", "-fdata-sections")
"""Each function and datum in a section of its own: a relocation then names what it means."""


class Command(msgspec.Struct, frozen=True):
    """How one file is compiled.

    Arguments:
        words: of the command line, with `{file}` and `{output}`.
        folder: to run it in.
        known: whether it takes the options of gcc and clang; else only its words are used.
    """

    words: tuple[str, ...]
    folder: Path
    known: bool = True

    def line(self, file: Path | str, output: Path, *options: str) -> list[str]:
        """The command line for a file and an output, with more options."""
        given = {FILE: str(file), OUTPUT: str(output)}
        words = [w.replace(FILE, given[FILE]).replace(OUTPUT, given[OUTPUT]) for w in self.words]
        return [*words[:1], *words[1:], *options]

    @property
    def program(self) -> str:
        """What is run."""
        return self.words[0]


class Unit(msgspec.Struct, frozen=True):
    """One translation unit with its commands in both trees; None where it is not there.

    Arguments:
        name: of the file, relative to the tree.
        before, after: its commands.
        number: which of several commands for the file, from 0.
    """

    name: str
    before: Command | None
    after: Command | None
    number: int = 0

    @property
    def label(self) -> str:
        """The name, with a number when the file is compiled more than once."""
        return f"{self.name}#{self.number + 1}" if self.number else self.name


def _without_outputs(words: Sequence[str]) -> Iterator[str]:
    """Words but those that say what is made, where dependencies go, and that objects hold no code."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _DROP_WITH_VALUE:
            skip = True
        elif word not in _DROP and not word.startswith(_DROP_BEGINNINGS) and not _is_output(word):
            yield word


def _is_output(word: str) -> bool:
    """Whether a word is `-oFILE`."""
    return word.startswith("-o") and not word.startswith(("-objc", "-openmp"))


def template(text: str, folder: Path) -> Command:
    """The command of `--cc`.

    Raises:
        UsageError: it cannot be split, or does not say where file and output go.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--cc: {text}: {error}; quote it as in a shell") from error
    joined = " ".join(words)
    if FILE not in joined or OUTPUT not in joined:
        raise UsageError(f"--cc: {text}: say where {FILE} and {OUTPUT} go, as in 'cc -c -O2 {FILE} -o {OUTPUT}'")
    pairs = set(zip(words, words[1:], strict=False))
    known = FILE in words and (("-o", OUTPUT) in pairs or f"-o{OUTPUT}" in words)
    if not known:
        return Command(tuple(words), folder, known=False)
    rest = [w for w in _without_outputs(words) if w != FILE]
    return Command((*rest, "-o", OUTPUT, FILE), folder)


def of_headers(dialect: str) -> str:
    """A template for a module alone, with the small headers of the runtime.

    Arguments:
        dialect: a name in `HEADERS`.
    """
    include = data_folder("runtime") / "include"
    options = "-std=gnu11 -ffreestanding -fno-builtin -O2 -D_KERNEL"
    folders = shlex.join([f"-I{include / dialect}", f"-I{include / 'common'}"])
    return f"cc -c {options} -I. {folders} {{file}} -o {{output}}"


def _in_tree(path: str, folder: Path, home: Path, tree: Path) -> str:
    """The path in a tree, where the tree has it; else the path itself, so that what a build made is found."""
    whole = Path(path) if Path(path).is_absolute() else folder / path
    plain = Path(*_resolved(whole))
    if plain.is_relative_to(home):
        mapped = tree / plain.relative_to(home)
        if mapped.exists():
            return str(mapped)
    return str(plain)


def _resolved(path: Path) -> list[str]:
    """Parts without `.` and `..`, which links must not change."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts


def _mapped(words: Iterable[str], folder: Path, home: Path, tree: Path) -> Iterator[str]:
    """Words with the paths of options led into a tree."""
    is_path = False
    for word in words:
        option = next((o for o in _PATHS if word.startswith(o)), None)
        if is_path:
            yield _in_tree(word, folder, home, tree)
            is_path = False
        elif option is not None and len(word) > len(option):
            yield option + _in_tree(word[len(option) :], folder, home, tree)
        else:
            is_path = option is not None
            yield word


class Entry(msgspec.Struct, frozen=True):
    """One object of compile_commands.json: the file, the words without it, and the folder."""

    file: Path
    words: tuple[str, ...]
    folder: Path


def read_entries(path: Path) -> list[Entry]:
    """What compile_commands.json says.

    Raises:
        UsageError: it cannot be read, or is of another shape.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return [_read_entry(one) for one in table]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}: cannot be read as compile commands: {error!r}; make it again, as by cmake "
            "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON, meson or bear"
        ) from error


def _read_entry(one: dict[str, object]) -> Entry:
    folder = Path(str(one["directory"]))
    arguments = one.get("arguments")
    words = [str(w) for w in arguments] if isinstance(arguments, list) else shlex.split(str(one["command"]))
    file = Path(*_resolved(folder / str(one["file"])))
    kept = [w for w in _without_outputs(words) if w == words[0] or Path(*_resolved(folder / w)) != file]
    return Entry(file, tuple(kept), folder)


def home_of(entries: Sequence[Entry], candidates: Iterable[Path]) -> Path:
    """The folder that most entries lie in; the deepest of several.

    Raises:
        UsageError: in none of them.
    """
    counted = [(sum(e.file.is_relative_to(c) for e in entries), len(c.parts), c) for c in candidates]
    number, _depth, found = max(counted)
    if not number:
        tried = ", ".join(str(c) for _, _, c in counted)
        raise UsageError(f"compile_commands.json: no file of it lies below {tried}; name the tree's root by --root")
    return found


def units_of_entries(entries: Iterable[Entry], trees: Trees) -> Iterator[Unit]:
    """The units that compile_commands.json lists, in both trees."""
    seen: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        if not entry.file.is_relative_to(trees.home):
            continue
        name = entry.file.relative_to(trees.home).as_posix()
        known = seen.setdefault(name, [])
        if entry.words in known:
            continue
        known.append(entry.words)
        before, after = (_command_in(entry, name, trees, tree) for tree in (trees.before, trees.after))
        yield Unit(name, before, after, len(known) - 1)


def _command_in(entry: Entry, name: str, trees: Trees, tree: Path) -> Command | None:
    if not (tree / name).is_file():
        return None
    words = _mapped(entry.words, entry.folder, trees.home, tree)
    return Command((*words, "-o", OUTPUT, FILE), entry.folder)


def units_of_template(names: Iterable[str], command: Command, trees: Trees) -> Iterator[Unit]:
    """The same command for each C file, run at the top of each tree."""
    for name in names:
        before, after = (
            msgspec.structs.replace(command, folder=tree) if (tree / name).is_file() else None
            for tree in (trees.before, trees.after)
        )
        yield Unit(name, before, after)
