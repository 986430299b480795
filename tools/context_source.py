"""What score_contexts reads of a tree: functions, macros and who calls whom, by name, from the text alone.

Nothing of vport is used: the judge of a port must not share the port's mistakes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_QUIET = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w+)((?:[^\n]*\\\r?\n)*[^\n]*)", re.M)
_DEFINE = re.compile(r"\s*(\w+)(\(([^)]*)\))?(.*)", re.S)
_BRACE = re.compile(r"[{};]")
_PAREN = re.compile(r"[()]")
_BRACKET = re.compile(r"[][(){},]")
_HEAD = re.compile(r"(\w+)\s*\(")
_KNR = re.compile(r"(\w+)\s*\(([\w\s,]*)\)\s*(?:[\w\s*\[\],]+;\s*)+$")
_DDB = re.compile(r"_?DB_\w*(?:COMMAND|FUNC)\w*$")
_NAMELESS = frozenset(("__attribute__", "__aligned", "__section", "if", "while", "for", "switch", "extern"))
_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*(\)?)\s*\(")
_WORD = re.compile(r"[A-Za-z_]\w*")
_STATE = re.compile(r"\bV_\w+|\bVNET(?:_PTR|_VNET)?\s*\(")
_CONDITIONALS = {"if": 1, "ifdef": 1, "ifndef": 1, "else": 0, "elif": 0, "endif": -1}


def before(text: str, at: int) -> str:
    """The last character before an offset that is not blank."""
    while at and text[at - 1].isspace():
        at -= 1
    return text[at - 1 : at]


def is_member(text: str, at: int) -> bool:
    """Whether the word at an offset follows `.` or `->`."""
    last = before(text, at)
    return last == "." or (last == ">" and re.search(r"->\s*$", text[max(0, at - 40) : at]) is not None)


@dataclass(frozen=True)
class Node:
    """A function or macro of a tree: where it is, and its text without comments and strings."""

    file: str
    name: str
    body: str
    parameters: tuple[str, ...] = ()
    macro: bool = False
    private: bool = False
    line: int = 0
    at: int = 0
    raw: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it in reports."""
        return (self.file, self.name)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier of the body."""
        return frozenset(_WORD.findall(self.body))

    @cached_property
    def calls(self) -> frozenset[str]:
        """Names called directly."""
        return frozenset(m[1] for m in _CALL.finditer(self.body) if not m[2] and not is_member(self.body, m.start()))

    @cached_property
    def pointer_calls(self) -> frozenset[str]:
        """What is called through: members as `.name`, variables as `name`."""
        members = (("." if is_member(self.body, m.start()) else "") + m[1] for m in _CALL.finditer(self.body))
        return frozenset(members)

    @property
    def touches_state(self) -> bool:
        """Whether the text itself names virtualized state."""
        return _STATE.search(self.body) is not None


@dataclass
class Text:
    """One file: its code with comments, strings and directives blanked, and what it defines."""

    name: str
    code: str
    functions: list[Node]
    macros: list[Node]


def _blank(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] in "\"'":
        return text[0] + " " * (len(text) - 2) + text[0]
    return re.sub(r"[^\n]", " ", text)


def quiet(text: str) -> str:
    """The text with comments and literals blanked, every offset kept."""
    return _QUIET.sub(_blank, text)


def closing(text: str, at: int) -> int:
    """Offset just past the parenthesis that closes the one at `at`."""
    depth = 0
    for match in _PAREN.finditer(text, at):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return match.end()
    return len(text)


def arguments(text: str, at: int) -> list[str]:
    """The arguments of the call whose parenthesis opens at `at`."""
    out, depth, start = [], 0, at + 1
    for match in _BRACKET.finditer(text, at):
        here = match.start()
        if match[0] == "," and depth == 1:
            out.append(text[start:here].strip())
            start = here + 1
        elif match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
            if not depth:
                return [*out, text[start:here].strip()]
    return out


def parameter_names(text: str) -> tuple[str, ...]:
    """The names declared by a parameter list written without its parentheses."""
    return tuple(_parameter(part) for part in arguments(f"({text})", 0))


def _parameter(text: str) -> str:
    pointer = re.search(r"\(\s*\*\s*(\w+)", text)
    words = _WORD.findall(re.sub(r"\b(?:__unused|__restrict)\b|\[[^]]*\]", "", text))
    return pointer[1] if pointer else (words[-1] if words else "")


def _macro(file: str, text: str, line: int) -> Node | None:
    match = _DEFINE.match(text)
    if not match:
        return None
    names = tuple(p.strip() for p in match[3].split(",")) if match[3] else ()
    body = match[4].replace("\\\n", " \n")
    return Node(file, match[1], body, names, macro=True, private=file.endswith(".c"), line=line)


def _directives(file: str, code: str) -> tuple[str, list[Node], list[tuple[int, str]]]:
    macros, marks, out, last = [], [], [], 0
    for match in _DIRECTIVE.finditer(code):
        if match[1] == "define" and (macro := _macro(file, match[2], code.count("\n", 0, match.start()) + 1)):
            macros.append(macro)
        elif match[1] in _CONDITIONALS:
            marks.append((match.start(), match[1]))
        out += [code[last : match.start()], re.sub(r"[^\n]", " ", match[0])]
        last = match.end()
    return "".join(out) + code[last:], macros, marks


class _Depth:
    """Nesting of braces, taken back at every `#else`."""

    def __init__(self) -> None:
        self.now = 0
        self._kept: list[int] = []

    def condition(self, word: str) -> None:
        """Pass a conditional directive."""
        step = _CONDITIONALS[word]
        if step > 0:
            self._kept.append(self.now)
        elif self._kept:
            self.now = self._kept[-1] if step == 0 else (self._kept.pop(), self.now)[1]


def _blocks(code: str, marks: list[tuple[int, str]]) -> Iterator[tuple[int, int, int]]:
    """Top-level blocks: start of the head, opening and closing brace."""
    events = sorted([*((m.start(), m[0]) for m in _BRACE.finditer(code)), *marks])
    depth, head, opened, before = _Depth(), 0, 0, 0
    for at, what in events:
        if what in _CONDITIONALS:
            depth.condition(what)
        elif what == "{":
            if depth.now == 0 or at == 0 or code[at - 1] == "\n":
                opened, depth.now = at, 0
            depth.now += 1
        elif what == "}":
            depth.now = 0 if code[at - 1] == "\n" else max(0, depth.now - 1)
            if depth.now == 0:
                yield (before if _KNR.search(code[before:opened]) else head), opened, at
                head = before = at + 1
        elif depth.now == 0:
            head = at + 1
            before = before if _KNR.search(code[before:head]) else head


def _head_name(head: str) -> tuple[str, str] | None:
    """Name and parameter text of a function head, or None where it is another block."""
    for match in _HEAD.finditer(head):
        if "=" in head[: match.start()]:
            return None
        if match[1] in _NAMELESS:
            continue
        inside = head[match.end() : closing(head, match.end() - 1) - 1]
        if _DDB.match(match[1]):
            return _debugger_name(inside), "addr, have_addr, count, modif"
        return match[1], inside
    return None


def _debugger_name(inside: str) -> str:
    words: list[str] = _WORD.findall(inside) or [""]
    return next((word for word in words if word.startswith("db_")), words[-1])


def _function(file: str, code: str, raw: str, span: tuple[int, int, int]) -> Node | None:
    start, opened, end = span
    head = code[start:opened]
    named = _head_name(head)
    if named is None:
        return None
    private = file.endswith(".c") and re.search(r"\bstatic\b", head) is not None
    line = code.count("\n", 0, opened) + 1
    return Node(
        file,
        named[0],
        code[opened : end + 1],
        parameter_names(named[1]),
        private=private,
        line=line,
        at=opened,
        raw=raw[start : end + 1],
    )


def read_text(file: str, raw: str) -> Text:
    """Functions and macros of one file."""
    code, macros, marks = _directives(file, quiet(raw.replace("\r\n", "\n")))
    functions = [f for span in _blocks(code, marks) if (f := _function(file, code, raw.replace("\r\n", "\n"), span))]
    return Text(file, code, functions, macros)


class Tree:
    """All files of a folder, and its functions and macros by name."""

    def __init__(self, texts: list[Text]) -> None:
        self.texts = texts
        self.nodes = [n for text in texts for n in (*text.functions, *text.macros)]
        self._named: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            self._named[node.name].append(node)

    def find(self, name: str, file: str) -> list[Node]:
        """What a name may mean in a file: its own definitions, else those that others can see."""
        found = self._named.get(name, [])
        return [n for n in found if n.file == file] or [n for n in found if not n.private]

    def functions(self, name: str, file: str) -> list[Node]:
        """The functions a name may mean in a file."""
        return [n for n in self.find(name, file) if not n.macro]


def read_tree(root: Path) -> Tree:
    """Read every C source and header under a folder."""
    files = sorted(p for p in root.rglob("*.[ch]") if p.is_file())
    return Tree([read_text(p.relative_to(root).as_posix(), p.read_text(encoding="latin-1")) for p in files])
