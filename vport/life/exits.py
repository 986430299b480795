"""Text for the ways out of a context: a restore before each, braces where one statement stood alone."""

import re
from collections.abc import Callable, Iterator

from vport.c.flow import Flow, Local, Statement
from vport.c.tokens import before, closing_paren, skip_space
from vport.life.region import Exit, Region
from vport.patterns import later
from vport.source import line_end, line_start

Change = tuple[int, int, str, int]
"""Start, end, new text and rank of an edit."""

_RESULTS = ("error", "err", "ret", "rv", "rc", "retval", "res", "result")
_STORAGE = later(r"\b(?:static|extern|inline|__inline|__unused|__noinline|__always_inline)\b")
_SPACE = later(rb"[ \t]*")
RESTORE = "CURVNET_RESTORE();"


class Exits:
    """Writes the ways out of regions of one function.

    Arguments:
        data: bytes of the file.
        code: the same with comments and literals blanked.
        flow: of the function.
        newline: line ending of the file.
        words: identifiers of the file.
    """

    def __init__(self, data: bytes, code: bytes, flow: Flow, newline: str, words: frozenset[str]) -> None:
        self._data = data
        self._code = code
        self._flow = flow
        self._newline = newline
        self._words = words

    def write(self, region: Region) -> Iterator[Change]:
        """All changes for the exits of a region."""
        for way in region.exits:
            yield from self._exit(way, held=region.arm_of is not None and way.statement is region.first)
        declared = self._new_result() if any(way.value[1] for way in region.exits) else None
        if declared is not None:
            yield declared

    def skip_to(self, region: Region, label: str) -> Iterator[Change]:
        """Returns that only end one turn of a loop over all stacks: without VIMAGE there is no loop to continue."""
        for way in region.exits:
            yield way.statement.start, way.statement.end, f"goto {label};", 4

    def indent(self, at: int) -> str:
        """White space at the start of the line of `at`."""
        start = line_start(self._data, at)
        found = _SPACE.match(self._data, start)
        return found.group().decode() if found else ""

    def alone(self, at: int) -> bool:
        """Whether only white space stands before `at` on its line."""
        return not self._data[line_start(self._data, at) : at].strip()

    def _exit(self, way: Exit, held: bool) -> Iterator[Change]:
        """One way out; `held` when it is the arm that gets braces for the context itself."""
        statement = way.statement
        own = self.alone(statement.start)
        indent = self.indent(statement.start) if own else self.indent(way.parent.start) + "\t"
        restore = RESTORE + self._newline + indent
        if way.value[1] and not self._result()[1]:
            yield from self._keep(way, indent, restore)
        else:
            yield statement.start, statement.start, restore, 2
        if held:
            return
        if way.braced or way.parent.kind == "label":
            if not own:
                blanks = len(self._data[: statement.start]) - len(self._data[: statement.start].rstrip(b" \t"))
                yield statement.start - blanks, statement.start, self._newline + indent, 1
            return
        yield from self._braces(statement, way.parent, own, indent)

    def _keep(self, way: Exit, indent: str, restore: str) -> Iterator[Change]:
        """`return (f());` keeps its value in a local, restores, and returns that."""
        start, end = self._inner(*way.value)
        name = self._result()[0]
        yield way.statement.start, start, f"{name} = ", 2
        yield end, way.statement.end, f";{self._newline}{indent}{restore}return ({name});", 2

    def _inner(self, start: int, end: int) -> tuple[int, int]:
        """The range of a returned expression without the parentheses around it."""
        start, end = skip_space(self._code, start), before(self._code, end)
        if self._code[start : start + 1] == b"(" and closing_paren(self._code, start) == end:
            return skip_space(self._code, start + 1), before(self._code, end - 1)
        return start, end

    def arm(self, region: Region, first: str, above: Callable[[int], int]) -> Iterator[Change]:
        """Braces for the arm that a region is, with `first` in front of it and a restore behind it.

        Arguments:
            region: with what it hangs on.
            first: a line.
            above: gives the start of the comment lines above a line.
        """
        assert region.arm_of is not None
        statement, own = region.first, self.alone(region.first.start)
        indent = self.indent(statement.start) if own else self.indent(region.arm_of.start) + "\t"
        if own:
            at = max(
                above(line_start(self._data, statement.start)),
                line_end(self._data, before(self._code, statement.start)),
            )
            yield at, at, f"{indent}{first}{self._newline}", -3
        last = f"{self._newline}{indent}{RESTORE}" if region.falls else ""
        yield from self._braces(statement, region.arm_of, own, indent, first, last)

    def _braces(
        self, statement: Statement, parent: Statement, own: bool, indent: str, first: str = "", last: str = ""
    ) -> Iterator[Change]:
        """Braces around the one statement that hangs on another, with text behind the one and before the other."""
        head = before(self._code, statement.start)
        base = self.indent(parent.start)
        if own:
            yield head, head, " {", 1
        else:
            lines = f"{first}{self._newline}{indent}" if first else ""  # else they stand above its comments
            yield head, statement.start, f" {{{self._newline}{indent}{lines}", 1
        follows = skip_space(self._code, statement.end)
        word = "while" if parent.name == "do" else "else" if parent.kind == "if" else ""
        goes_on = re.match(rb"(?:%s)\b" % word.encode(), self._code[follows : follows + 6]) if word else None
        rank = 9 if first or last else 3  # behind the ways out inside, which get braces of their own
        if goes_on and not self._data[statement.end : follows].strip():
            yield statement.end, follows, f"{last}{self._newline}{base}}} ", rank
        else:
            end = line_end(self._data, statement.end)
            end -= len(self._data[:end]) - len(self._data[:end].rstrip(b"\r\n"))
            rest = self._code[statement.end : end]
            end = statement.end if rest.strip() else end
            yield end, end, f"{last}{self._newline}{base}}}", rank

    def _result(self) -> tuple[str, bool]:
        """The local that keeps a returned value, and whether the function returns none."""
        type_text = self._return_type()
        if type_text == "void":
            return "", True
        root = self._flow.root
        top = {p.start for p in root.parts if p.kind == "declaration"} if root else set()
        for name in _RESULTS:
            for local in self._flow.locals:
                if local.name == name and local.type == type_text and any(s <= local.at for s in top):
                    return (name, False) if self._at_top(local) else ("", False)
        free = next((n for n in (*_RESULTS, "returned") if not self._taken(n)), "returned_value")
        return free, False

    def _at_top(self, local: Local) -> bool:
        root = self._flow.root
        return root is not None and any(p.kind == "declaration" and p.start <= local.at < p.end for p in root.parts)

    def _taken(self, name: str) -> bool:
        used = {local.name for local in (*self._flow.locals, *self._flow.parameters)}
        return (
            name in used
            or re.search(rb"\b%s\b" % name.encode(), self._code[self._flow.body : self._flow.end]) is not None
        )

    def _return_type(self) -> str:
        header = self._code[self._flow.start : self._flow.body].decode("latin-1")
        before_name = re.match(r"(.*?)\b\w+\s*\(", header, re.DOTALL)
        text = _STORAGE.sub(" ", before_name.group(1) if before_name else "int")
        words = text.replace("*", " * ").split()
        return " ".join(w for w in words).replace("* *", "**") or "int"

    def _new_result(self) -> Change | None:
        """The declaration of the local, if the function has none that fits."""
        name, void = self._result()
        if void or any(local.name == name for local in self._flow.locals):
            return None
        type_text = self._return_type()
        space = "" if type_text.endswith("*") else " "
        return insert_declaration(self._flow, self._data, self._newline, f"{type_text}{space}{name};")


def insert_declaration(flow: Flow, data: bytes, newline: str, text: str) -> Change:
    """An edit that declares something at the start of a function, behind the declarations it has."""
    assert flow.root is not None
    last = flow.root.start + 1
    for part in flow.root.parts:
        if part.kind != "declaration":
            break
        last = part.end
    end = data.find(b"\n", last)
    end = len(data) if end < 0 else end
    if end >= flow.end:  # all on one line
        return last, last, f" {text}", 0
    after = data[end + 1 : line_end(data, end + 1)]
    blank = newline if last == flow.root.start + 1 and after.strip() else ""
    if data[end - 1 : end] == b"\r":
        end -= 1
    return end, end, f"{newline}\t{text}{blank}", 0
