"""How control goes through the functions of a file: statements, calls, assignments, locals.

Built from the same masked and repaired texts the facts come from, so that macros which open blocks are loops here,
and read from the original bytes, so that names are those of the source.
"""

import re
from collections.abc import Iterator

import msgspec
import tree_sitter

from vport.c.chunks import Chunk, enter_linkage, read_top_level
from vport.c.conditionals import conditional_groups, select_texts
from vport.c.declarators import read_declarators
from vport.c.lex import blanked, find_directives
from vport.c.parse import parse_item
from vport.c.reading import Reading
from vport.c.tokens import KEYWORDS, before, closing_paren, skip_space, split_arguments
from vport.patterns import later

FORMAT = 1
"""Raised when the shape or the meaning of flows changes; part of the cache's key."""

_CALL = later(rb"\b([A-Za-z_]\w*+)\s*+\(")
_POINTER_CALL = later(rb"\(\s*+\*\s*+(?:[\w.]|->)*?([A-Za-z_]\w*+)(?:\[[^][]*+\])?\s*+\)\s*+(?=\()")
_ASSIGN = later(
    rb"(?<![\w.>])((?:\*\s*)?[A-Za-z_]\w*+(?:\s*(?:\.|->)\s*\w++|\[[^][;]*+\])*+)\s*=(?!=)\s*([^;{}]*+)(?=;)"
)
_WORD = later(rb"[A-Za-z_]\w*+")
_OLD_STYLE = later(rb"[A-Za-z_]\w*\s*\(([\w\s,]*)\)(?=[^()]*;)")
_DECLARED = later(rb"\s*(?:register\s+)?(?:(?:const|struct|union|enum|unsigned|signed|long|short)\s+)*[A-Za-z_]\w*\b")
_SPACE = later(r"\s+")
_STORAGE = later(r"\b(?:static|extern|register|auto|const|volatile|inline|__inline)\b")
_NO_CALL = KEYWORDS | {b"__typeof", b"typeof", b"__attribute__", b"defined"}
_KINDS = {
    "compound_statement": "block",
    "if_statement": "if",
    "for_statement": "loop",
    "while_statement": "loop",
    "do_statement": "loop",
    "switch_statement": "switch",
    "case_statement": "case",
    "labeled_statement": "label",
    "goto_statement": "goto",
    "return_statement": "return",
    "break_statement": "break",
    "continue_statement": "continue",
    "declaration": "declaration",
    "expression_statement": "expression",
    "else_clause": "else",
}


class Statement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One statement.

    Arguments:
        kind: block, if, else, loop, switch, case, label, goto, return, break, continue, declaration, expression, other.
        start, end: its bytes.
        name: the label of a label or goto; the word a loop begins with (`for`, `while`, `do`, or a macro).
        head: end of what is evaluated before its parts: a condition, a loop's head, a case's value.
        parts: statements inside, in order.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    head: int = 0
    parts: tuple["Statement", ...] = ()


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One call of a function or macro: `name` at `at`, arguments trimmed, all of it ends at `end`.

    `member` is set for calls through a pointer: `ifp->if_input(...)`, `(*sw->fn)(...)`.
    """

    name: str
    at: int
    end: int
    arguments: tuple[tuple[int, int], ...]
    member: bool = False


class Local(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter (`parameter` is its index) or local (-1): type as written without qualifiers, and its initialiser."""

    name: str
    type: str
    at: int
    parameter: int = -1
    value_start: int = 0
    value_end: int = 0


class Assignment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`left = right;` at `at`; the right-hand side is [start, end)."""

    left: str
    at: int
    start: int
    end: int


class Flow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One function.

    Arguments:
        start, body, end: as in the facts.
        parameters: in order; `void` alone gives none.
        locals: of all blocks.
        root: its body; None when it could not be read.
        calls: in order of their names.
        assignments: in order.
    """

    start: int
    body: int
    end: int
    parameters: tuple[Local, ...]
    locals: tuple[Local, ...]
    root: Statement | None
    calls: tuple[Call, ...]
    assignments: tuple[Assignment, ...]


def _statements(node: tree_sitter.Node, offset: int, code: bytes) -> tuple[Statement, ...]:
    found = []
    for child in node.named_children:
        kind = _KINDS.get(child.type)
        if kind is not None:
            found.append(_statement(child, kind, offset, code))
        elif child.type.endswith("statement") or child.type == "type_definition":
            found.append(Statement("other", child.start_byte + offset, child.end_byte + offset))
    return tuple(found)


def _statement(node: tree_sitter.Node, kind: str, offset: int, code: bytes) -> Statement:
    start, end = node.start_byte + offset, node.end_byte + offset
    if kind in ("goto", "label"):
        named = node.child_by_field_name("label")
        name = code[named.start_byte + offset : named.end_byte + offset].decode("latin-1") if named else ""
        return Statement(kind, start, end, name, 0, _statements(node, offset, code) if kind == "label" else ())
    if kind in ("block", "else"):
        return Statement(kind, start, end, "", 0, _statements(node, offset, code))
    if kind in ("if", "switch", "loop", "case"):
        return _compound(node, kind, offset, code)
    return Statement(kind, start, end)


def _compound(node: tree_sitter.Node, kind: str, offset: int, code: bytes) -> Statement:
    start, end = node.start_byte + offset, node.end_byte + offset
    word = _WORD.match(code, start)
    name = word.group().decode("latin-1") if word else ""
    parts = _statements(node, offset, code)
    if kind == "loop" and node.type == "for_statement" and parts and parts[0].kind == "declaration":
        parts = parts[1:]
    if kind == "case":
        value = node.child_by_field_name("value")
        head = (value.end_byte if value else node.start_byte) + offset
        return Statement(kind, start, end, name, head, parts)
    return Statement(kind, start, end, name, parts[0].start if parts and name != "do" else end, parts)


def _calls(code: bytes, start: int, end: int) -> Iterator[Call]:
    for match in _CALL.finditer(code, start, end):
        if match.group(1) in _NO_CALL:
            continue
        closed = closing_paren(code, match.end() - 1)
        if closed < 0 or closed > end:
            continue
        low = before(code, match.start())
        member = code[low - 1 : low] == b"." or code[low - 2 : low] == b"->"
        yield _call(code, match.group(1), match.start(), match.end(), closed, member)
    for match in _POINTER_CALL.finditer(code, start, end):
        opened = code.find(b"(", match.end())
        closed = closing_paren(code, opened)
        if 0 <= closed <= end:
            yield _call(code, match.group(1), match.start(), opened + 1, closed, True)


def _call(code: bytes, name: bytes, at: int, inside: int, closed: int, member: bool) -> Call:
    arguments = split_arguments(code, inside, closed - 1)
    if len(arguments) == 1 and arguments[0][0] == arguments[0][1]:
        arguments = []
    return Call(name.decode("latin-1"), at, closed, tuple(arguments), member)


def _plain_type(text: bytes) -> str:
    return _SPACE.sub(" ", _STORAGE.sub(" ", text.decode("latin-1"))).strip()


def _stars(shape: str) -> str:
    return "*" * sum(shape.count(layer) for layer in "pa") + ("()" if "f" in shape else "")


def _declared(node: tree_sitter.Node, offset: int, code: bytes) -> Iterator[Local]:
    """The names a `declaration` node declares, typed."""
    declarators = read_declarators(node, offset, code)
    if not declarators:
        return
    type_text = _plain_type(code[node.start_byte + offset : declarators[0].start])
    for d in declarators:
        yield Local(d.name, f"{type_text} {_stars(d.shape)}".strip(), d.name_at, -1, d.value_start, d.value_end)


def _parameter_list(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The parameter list that belongs to the function a definition defines."""
    inner = node.child_by_field_name("declarator")
    found = None
    while inner is not None:
        listed = inner.child_by_field_name("parameters")
        found = listed if listed is not None else found
        following = inner.child_by_field_name("declarator")
        if following is None and inner.type == "parenthesized_declarator" and inner.named_children:
            following = inner.named_children[0]
        inner = following
    return found


def _innermost(node: tree_sitter.Node) -> tuple[tree_sitter.Node | None, str]:
    shape = ""
    while node.type != "identifier":
        shape += {"pointer_declarator": "p", "array_declarator": "a", "function_declarator": "f"}.get(node.type, "")
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type == "parenthesized_declarator" and node.named_children:
            inner = node.named_children[0]
        if inner is None:
            return None, shape
        node = inner
    return node, shape


def _parameters(
    node: tree_sitter.Node, offset: int, start: int, body: int, code: bytes, made: tuple[str, ...]
) -> tuple[Local, ...]:
    listed = _parameter_list(node)
    old: dict[str, str] = {}
    for child in node.children:
        if child.type == "declaration":
            old.update((d.name, d.type) for d in _declared(child, offset, code))
    found: list[Local] = []
    for child in listed.named_children if listed is not None else ():
        first = child.start_byte + offset
        if child.type == "identifier":
            name = code[first : child.end_byte + offset].decode("latin-1")
            found.append(Local(name, old.get(name, "int"), first, len(found)))
            continue
        declarator = child.child_by_field_name("declarator")
        if child.type != "parameter_declaration" or declarator is None:
            continue
        named, shape = _innermost(declarator)
        if named is not None:
            at = named.start_byte + offset
            name = code[at : named.end_byte + offset].decode("latin-1")
            type_text = _plain_type(code[first : declarator.start_byte + offset])
            found.append(Local(name, f"{type_text} {_stars(shape)}".strip(), at, len(found)))
    if not found and (old_style := _OLD_STYLE.search(code, start, body)):
        found = list(_old_parameters(code, old_style, body))
    return tuple(found) or tuple(Local(name, "", node.start_byte + offset, i) for i, name in enumerate(made))


def _old_parameters(code: bytes, head: re.Match[bytes], body: int) -> Iterator[Local]:
    """Parameters of `f(a, b) int a; char *b; {`, from the declarations between the parenthesis and the body."""
    types: dict[bytes, str] = {}
    for statement in code[head.end() : body].split(b";"):
        base = _DECLARED.match(statement)
        for one in statement[base.end() :].split(b",") if base else ():
            words = _WORD.findall(one)
            if base and words:
                types[words[0]] = f"{_plain_type(base.group())} {'*' * (one.count(b'*') + one.count(b'['))}".strip()
    for index, name in enumerate(_WORD.finditer(code, head.start(1), head.end(1))):
        yield Local(name.group().decode("latin-1"), types.get(name.group(), "int"), name.start(), index)


def _flow(node: tree_sitter.Node, offset: int, start: int, code: bytes, reading: Reading) -> Flow:
    """The flow of the function that begins at `start` and whose body `node` is."""
    definition = node.parent
    body, end = node.start_byte + offset, node.end_byte + offset
    made = next((names for m, names in reading.parameters.items() if m in _WORD.findall(code, start, body)), ())
    parameters = _parameters(definition, offset, start, body, code, made) if definition is not None else ()
    root = _statement(node, "block", offset, code)
    own = tuple(_locals_of(node, offset, code))
    assignments = tuple(
        Assignment(_SPACE.sub("", m.group(1).decode("latin-1")), m.start(1), skip_space(code, m.start(2)), m.end(2))
        for m in _ASSIGN.finditer(code, body, end)
    )
    calls = tuple(sorted(_calls(code, body, end), key=lambda c: c.at))
    return Flow(start, body, end, parameters, own, root, calls, assignments)


def _locals_of(node: tree_sitter.Node, offset: int, code: bytes) -> Iterator[Local]:
    for child in node.named_children:
        if child.type == "declaration":
            yield from _declared(child, offset, code)
        elif child.type.endswith("statement") or child.type == "else_clause":
            yield from _locals_of(child, offset, code)


def _unread(code: bytes, chunk: Chunk, start: int) -> Flow:
    """A function that cannot be read has a flow without statements: its calls are listed all the same."""
    calls = tuple(sorted(_calls(code, chunk.body, chunk.end), key=lambda c: c.at))
    return Flow(start, chunk.body, chunk.end, (), (), None, calls, ())


class Functions:
    """Reads the flows of single functions of a file, as a tree holds many times more functions than anybody asks for.

    Arguments:
        code: the file with comments and literals blanked.
        reading: what is known of macros.
    """

    def __init__(self, code: bytes, reading: Reading) -> None:
        self._whole = code
        directives = find_directives(code)
        self._groups, _ = conditional_groups(code, directives)
        self._code = select_texts(code, directives, self._groups).texts[0]
        self._text = enter_linkage(self._code)
        self._chunks = {c.body: c for c in read_top_level(self._text).chunks if c.body >= 0}
        self._reading = reading

    @property
    def bodies(self) -> list[int]:
        """Where the bodies of all functions begin, in order."""
        return sorted(self._chunks)

    def read(self, body: int) -> Flow | None:
        """The flow of the function whose body begins at an offset; None when none does."""
        chunk = self._chunks.get(body)
        if chunk is None:
            return None
        captures, whole, start = parse_item(self._text, chunk, self._groups, self._reading.kinds)
        for offset, node in captures.get("body", ()) if whole else ():
            if node.start_byte + offset == body:
                return _flow(node, offset, start, self._code, self._reading)
        return _unread(self._whole, chunk, start)


def read_flows(data: bytes, reading: Reading) -> list[Flow]:
    """The flow of every function of a file, in order; of a function that split branches give two readings, the first.

    Arguments:
        data: the file.
        reading: what is known of macros.
    """
    functions = Functions(blanked(data), reading)
    return [flow for body in functions.bodies if (flow := functions.read(body)) is not None]
