"""Addresses that a static text takes through macros of the tree: what the macros come to, written out."""

from collections.abc import Iterator

from vport.c.mask import MacroCall
from vport.c.tokens import closing_paren, skip_space, split_arguments
from vport.dialect import sysctl_arguments
from vport.facts import Define
from vport.job import Job
from vport.macro_refusals import Naming
from vport.patterns import later
from vport.tree import Variable

_WORD = later(rb"[A-Za-z_]\w*")
_DEPTH = 8


class NotPlain(Exception):
    """A macro cannot be written out: it has several bodies, pastes, or names what it should not."""


class Written:
    """Writes macros out that come to a virtualized variable.

    Arguments:
        job: the port.
        file: whose macros count.
        macros: that name variables of the port.
    """

    def __init__(self, job: Job, file: str, macros: Naming) -> None:
        self._job = job
        self._reach = job.tree.reachable(file)
        self._naming = {n for n, found in macros.items() if any(f in self._reach for f, _ in found)}
        self.variables: dict[tuple[str, str, str], Variable] = {}

    def text(self, code: bytes, depth: int = 0) -> bytes:
        """A text with every macro written out that comes to a variable of the port; others stay as they are.

        Raises:
            NotPlain: one of them cannot be.
        """
        out, at = b"", 0
        while (match := _WORD.search(code, at)) is not None:
            word = match.group().decode("latin-1")
            member = code[: match.start()].rstrip().endswith((b".", b"->"))
            end, new = match.end(), None
            if not member and word in self._naming:
                end, new = self._call(word, code, match.end(), depth)
            out += code[at : match.start()] + (match.group() if new is None else new)
            at = end
        return out + code[at:]

    def _call(self, word: str, code: bytes, at: int, depth: int) -> tuple[int, bytes]:
        file, define = self._only(word)
        if depth > _DEPTH:
            raise NotPlain(word)
        if define.parameters is None:
            return at, self._body(file, define, (), depth)
        paren = skip_space(code, at)
        end = closing_paren(code, paren) if code[paren : paren + 1] == b"(" else -1
        if end < 0:
            raise NotPlain(word)
        given = [code[a:b] for a, b in split_arguments(code, paren + 1, end - 1)]
        if len(given) != len(define.parameters):
            raise NotPlain(word)
        return end, self._body(file, define, given, depth)

    def _only(self, word: str) -> tuple[str, Define]:
        """The one definition of a macro that the file sees."""
        found = [(f, d) for f, d in self._job.tree.macros[word] if f in self._reach]
        if len(found) != 1:
            raise NotPlain(word)
        return found[0]

    def _body(self, file: str, define: Define, given: list[bytes] | tuple[()], depth: int) -> bytes:
        """What a definition comes to: variables as symbols, parameters replaced, macros in it written out."""
        code = self._job.code(file)[define.body : define.end]
        if b"#" in code or any(p.startswith(".") or p.endswith("...") for p in define.parameters or ()):
            raise NotPlain(define.name)
        uses = {
            r.use.at - define.body: v
            for v, r in self._job.references()
            if r.file == file and define.body <= r.use.at < define.end
        }
        named = dict(zip(define.parameters or (), given, strict=True))
        out, at = b"", 0
        for match in _WORD.finditer(code):
            variable = uses.get(match.start())
            new = named.get(match.group().decode("latin-1"), match.group())
            if variable is not None:
                self.variables[variable.key] = variable
                new = self._job.dialect.reference(self._job.new_name(variable)).encode()
            out, at = out + code[at : match.start()] + new, match.end()
        text = b" ".join((out + code[at:]).replace(b"\\\n", b" ").replace(b"\\\r\n", b" ").split())
        return self.text(text, depth + 1)


def leaves_behind(job: Job, macros: Naming) -> Iterator[tuple[str, MacroCall, tuple[int, int]]]:
    """Leaves at file scope whose pointer is a macro that comes to a variable: file, call, range of the pointer."""
    for file in job.tree.facts:
        found = job.tree.words(file) & macros.keys()
        for call in job.tree.facts[file].calls if found else ():
            arguments = sysctl_arguments(call.name)
            if arguments is not None and 0 <= arguments.pointer < len(call.arguments):
                start, end = call.arguments[arguments.pointer]
                if any(w.decode("latin-1") in found for w in _WORD.findall(job.code(file)[start:end])):
                    yield file, call, (start, end)


def written_out(job: Job, macros: Naming, file: str, start: int, end: int) -> tuple[bytes, list[Variable]] | None:
    """A range of a file with the macros written out that come to variables of the port, and these variables.

    None when there is no such macro in it, when one cannot be written out, or when the range names a variable besides.
    """
    code = job.code(file)[start:end]
    named = any(r.file == file and start <= r.use.at < end for _, r in job.references())
    if named or code != job.data[file][start:end]:
        return None
    written = Written(job, file, macros)
    try:
        text = written.text(code)
    except NotPlain:
        return None
    return (text, list(written.variables.values())) if len(written.variables) == 1 else None


def can_write_out(job: Job, macros: Naming, file: str, start: int, end: int, leaf: str) -> bool:
    """Whether a leaf, called by its macro, can export what its pointer, a range of a file, takes through macros."""
    families = job.dialect.families
    known = bool(job.dialect.flag) or leaf in families or leaf in families.values()
    asks = "rebase" in job.dialect.text and leaf.endswith("_PROC")
    static = sysctl_arguments(leaf) is not None
    return static and known and not asks and written_out(job, macros, file, start, end) is not None
