"""Text that ports write: definitions, accessor lines, folded lines; style(9) with tabs of eight columns."""

import re

from pycparser import c_parser

from vport.dialect import Dialect
from vport.patterns import later

WIDTH = 80
"""Columns of a line (style(9))."""

BACKSLASH = 72
"""Column where the backslash of a macro's line stands."""

_TAB = 8
_ACCESSOR_COLUMN = 32
_SIMPLE = later(r"a*p*\Z")
_POINTER = later(r"(?P<stars>[*\s]*(?:(?:const|volatile|restrict|__restrict)\b[*\s]*)*)(?P<rest>.*)\Z", re.DOTALL)
_TOKEN = later(r"[A-Za-z_]\w*|\S")
_POINTER_WORDS = later(r"\b(?:const|volatile|restrict|__restrict)\b")
_STARS = later(r"(?:\*|\b(?:const|volatile|restrict|__restrict)\b)\s*\Z")
_BOUNDS = later(r"\[[^\[\]]*\]")
_NAME = later(r"[A-Za-z_]\w*")
_C_WORDS = frozenset(
    (
        *("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned"),
        *("const", "volatile", "struct", "union", "enum", "restrict", "_Bool"),
    )
)


def columns(text: str) -> int:
    """Width of a line on a terminal with tab stops every eight columns."""
    return len(text.expandtabs(_TAB))


def accessor_lines(dialect: Dialect, names: list[str], container: str = "") -> list[str]:
    """`#define V_x VNET(x)` for each name, the right-hand sides aligned; `container` is the structure they are in."""
    longest = max(columns(f"#define\tV_{name}") for name in names)
    target = max(_ACCESSOR_COLUMN, (longest // _TAB + 1) * _TAB)
    lines = []
    for name in names:
        head = f"#define\tV_{name}"
        tabs = (target - columns(head) + _TAB - 1) // _TAB
        lines.append(head + "\t" * max(1, tabs) + dialect.accessor(name, container))
    return lines


def join_type(specifier: str, declarator: str) -> tuple[str, str]:
    """Type and declarator as a defining macro wants them: pointer stars belong to the type.

    Arguments:
        specifier: `struct frob`.
        declarator: `*frob_v[4]`, of a shape without parentheses.
    """
    found = _POINTER.match(declarator)
    stars = " ".join(found["stars"].split()).replace("* *", "**") if found else ""
    rest = found["rest"] if found else declarator
    return (f"{specifier} {stars}" if stars else specifier), rest


def is_simple(shape: str) -> bool:
    """Whether a declarator of this shape fits a defining macro as it stands."""
    return bool(_SIMPLE.match(shape))


def typedef_for(specifier: str, declarator: str, name: str, alias: str = "") -> tuple[str, str, str]:
    """A typedef for a shape that puts its name in the middle, and the type and declarator that use it.

    The typedef is called `alias`, `NAME_t` unless given; all else stays as it was written, white space folded.
    `int`, `(*frob_cb)(int)` gives `typedef int frob_cb_t(int);`, `frob_cb_t *`, `frob_cb`.

    Raises:
        ValueError: the declaration cannot be read.
    """
    alias = alias or f"{name}_t"
    _parse_declaration(specifier, declarator, name)
    text = " ".join(declarator.split())
    start, end = _inner(text, name)
    type_text, rest = join_type(alias, text[start:end])
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        start, end = start - 1, end + 1
    gap = "" if specifier.endswith("*") else " "
    return wrap(f"typedef {specifier}{gap}{text[:start]}{alias}{text[end:]};"), type_text, rest


def _inner(text: str, name: str) -> tuple[int, int]:
    """The part of a declarator that says what the named object is: stars before the name, bounds behind it."""
    found = re.search(rf"\b{re.escape(name)}\b", text)
    if found is None:
        raise ValueError(f"{text}: no {name} in it")
    end = found.end()
    while text[end : end + 1] == "[":
        end = closing_bracket(text, end)
    start = found.start()
    while stars := _STARS.search(text, 0, start):
        start = stars.start()
    return start, end


def closing_bracket(text: str, at: int) -> int:
    """Offset past the bracket that closes the one at `at`; the end of the text if none does."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == "[") - (text[i] == "]")
        if depth == 0:
            return i + 1
    return len(text)


def pad_to_backslash(column: int, target: int = BACKSLASH) -> str:
    """Tabs from `column` to the backslash at `target`, or one blank when the text reaches that far."""
    return "\t" * ((target - column + _TAB - 1) // _TAB) if column < target else " "


def wrap(text: str) -> str:
    """A statement that is too wide, broken behind commas as late as they allow, as style(9) continues lines."""
    lines = [text]
    while columns(lines[-1]) > WIDTH:
        at = lines[-1].rfind(", ", 0, WIDTH)
        if at < _TAB:
            break
        lines[-1:] = [lines[-1][: at + 1], "    " + lines[-1][at + 2 :]]
    return "\n".join(lines)


def bare(declarator: str) -> str:
    """A declarator of a simple shape without the parentheses it does not need: `(n)[3]` is `n[3]`."""
    name = _NAME.search(_POINTER_WORDS.sub(lambda m: " " * len(m.group()), declarator))
    if name is None or "(" not in declarator[: name.start()]:
        return declarator
    head, tail, open_ = declarator[: name.start()], declarator[name.start() :], 0
    kept = ""
    for mark in tail:
        open_ += (mark == "(") - (mark == ")")
        if open_ < 0:
            open_ = 0
        else:
            kept += mark
    return head.replace("(", "") + kept


def _parse_declaration(specifier: str, declarator: str, name: str) -> None:
    """Raise ValueError unless the declaration is C that is fully understood."""
    text = f"{specifier} {declarator}"
    known = sorted(_type_names(text) - {name})
    source = "".join(f"typedef int {word};\n" for word in known) + text + ";\n"
    try:
        c_parser.CParser().parse(source)
    except Exception as error:  # pycparser raises its own ParseError, of another base in each release
        raise ValueError(f"{text}: {error}") from error


def _type_names(text: str) -> set[str]:
    """Identifiers that can only be typedef names: they stand where specifiers begin, bounds of arrays left out."""
    tokens = _TOKEN.findall(_BOUNDS.sub("[]", text))
    found: set[str] = set()
    begins = True
    for token, following in zip(tokens, [*tokens[1:], ";"], strict=True):
        if begins and _NAME.fullmatch(token) and token not in _C_WORDS:
            if _NAME.fullmatch(following) or following in ("*", "(", ")", ",", "["):
                found.add(token)
            begins = False
        elif token in ("const", "volatile"):
            continue
        else:
            begins = token in ("(", ",")
    return found


def fold(text: str, declarator: str = "", behind: int = 0) -> str:
    """Break a definition that is too wide after the comma before its declarator, as style(9) continues lines.

    Arguments:
        text: of the definition.
        declarator: its end, the last argument unless given.
        behind: columns that follow on the line.
    """
    at = text.rfind(", " + declarator)
    if columns(text) + behind <= WIDTH or at < 0 or "\n" in text:
        return text
    return f"{text[:at]},\n    {text[at + 2 :]}"
