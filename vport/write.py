"""Text that ports write: definitions, accessor lines, folded lines; style(9) with tabs of eight columns."""

import re

from pycparser import c_ast, c_generator, c_parser

from vport.dialect import Dialect

WIDTH = 80
"""Columns of a line (style(9))."""

_TAB = 8
_ACCESSOR_COLUMN = 32
_SIMPLE = re.compile(r"a*p*\Z")
_POINTER = re.compile(r"(?P<stars>[*\s]*(?:(?:const|volatile|restrict|__restrict)\b[*\s]*)*)(?P<rest>.*)\Z", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z_]\w*|\S")
_BOUNDS = re.compile(r"\[[^\[\]]*\]")
_NAME = re.compile(r"[A-Za-z_]\w*")
_C_WORDS = frozenset(
    (
        *("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned"),
        *("const", "volatile", "struct", "union", "enum", "restrict", "_Bool"),
    )
)


def columns(text: str) -> int:
    """Width of a line on a terminal with tab stops every eight columns."""
    return len(text.expandtabs(_TAB))


def accessor_lines(dialect: Dialect, names: list[str]) -> list[str]:
    """`#define V_x VNET(x)` for each name, the right-hand sides aligned."""
    longest = max(columns(f"#define\tV_{name}") for name in names)
    target = max(_ACCESSOR_COLUMN, (longest // _TAB + 1) * _TAB)
    lines = []
    for name in names:
        head = f"#define\tV_{name}"
        tabs = (target - columns(head) + _TAB - 1) // _TAB
        lines.append(head + "\t" * max(1, tabs) + dialect.accessor(name))
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

    The typedef is called `alias`, `NAME_t` unless given.
    `int`, `(*frob_cb)(int)` gives `typedef int frob_cb_t(int);`, `frob_cb_t *`, `frob_cb`.

    Raises:
        ValueError: the declaration cannot be read.
    """
    alias = alias or f"{name}_t"
    tree = _parse_declaration(specifier, declarator)
    tail, node = "", tree.type
    while isinstance(node, c_ast.ArrayDecl):
        tail += "[" + (c_generator.CGenerator().visit(node.dim) if node.dim else "") + "]"
        node = node.type
    stars = ""
    while isinstance(node, c_ast.PtrDecl):
        stars += "*" + "".join(f" {q}" for q in node.quals)
        node = node.type
    _rename(node, alias)
    typedef = c_generator.CGenerator().visit(c_ast.Typedef(alias, [], ["typedef"], node))
    typedef = re.sub(r"\bvoid\s*\(\s*\)", "void (void)", typedef)
    typedef = typedef.replace(f" {alias} (", f" {alias}(")
    return f"{typedef};", f"{alias} {stars}".rstrip(), f"{name}{tail}"


def _rename(node: c_ast.Node, name: str) -> None:
    while not isinstance(node, c_ast.TypeDecl):
        node = node.type
    node.declname = name


def _parse_declaration(specifier: str, declarator: str) -> c_ast.Decl:
    text = f"{specifier} {declarator}"
    known = sorted(_type_names(text))
    source = "".join(f"typedef int {word};\n" for word in known) + text + ";\n"
    try:
        tree = c_parser.CParser().parse(source)
    except Exception as error:  # pycparser raises its own ParseError, of another base in each release
        raise ValueError(f"{text}: {error}") from error
    return tree.ext[-1]


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
