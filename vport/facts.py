"""FileFacts: what one file says, as a pure function of its bytes, the rules and the kinds of macros.

Nothing here looks at another file; `tree.py` links.  Facts are values that travel between processes and
into the cache as MessagePack.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping

import msgspec
import tree_sitter

from vport.c.chunks import Chunk
from vport.c.conditionals import Group, conditional_groups, select_texts
from vport.c.declarators import Declaration, read_declarators, specifier_text
from vport.c.lex import Directive, blank_comments, find_directives, unterminated_comment
from vport.c.mask import MacroCall
from vport.c.parse import Captures, Parsed, Unread, parse
from vport.c.roles import parameter_roles
from vport.source import line_of

FORMAT = 1
"""Raised when the shape or the meaning of facts changes; part of the cache's key."""

_STORAGE = re.compile(rb"\b(static|extern)\b")
_NAME = re.compile(rb"([A-Za-z_]\w*)\s*\(")
_DEFINE = re.compile(rb"\s*([A-Za-z_]\w*)(\([^)]*\))?")
_INCLUDE = re.compile(rb'\s*(?:<([^>\n]+)>|"([^"\n]*)")')
_BRACES = re.compile(rb"[{}]")
_CALL = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
_WORDS = re.compile(rb"[A-Za-z_]\w*")
_CONST = re.compile(rb"\bconst\b")


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function definition: [start, end), its body's brace at `body`; `calls` names what it calls."""

    name: str
    start: int
    body: int
    end: int
    line: int
    static: bool
    calls: tuple[str, ...] = ()


class Define(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A `#define`: the directive is [start, end), its body [body, end); `parameters` is None for object-like.

    `roles` says what the macro does with each parameter, see `vport.c.roles`.
    """

    name: str
    start: int
    body: int
    end: int
    parameters: tuple[str, ...] | None
    roles: tuple[str, ...] = ()


class Include(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An `#include`; `quoted` for the form with quotation marks."""

    path: str
    quoted: bool
    start: int
    end: int


class Locals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Names of block or function scope: `names[i]` is declared at `at[i]` and seen up to `until[i]`."""

    names: list[str]
    at: list[int]
    until: list[int]


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything later stages know of one file.

    Arguments:
        size, lines: of the file.
        functions: in order.
        declarations: of variables: file scope, block-scope `static` and `extern`.
        local: other names of block scope.
        defines, includes: directives.
        calls: macro calls that stand at file scope.
        other: names of functions and enumerators: what else an identifier can mean.
        fields: ranges of struct and union bodies, where names are members.
        groups: conditional groups.
        unread: items the parser could not read.
        problems: (offset, message) of directives and comments that pair with nothing.
        words: all identifiers, space separated.
    """

    size: int
    lines: int
    functions: list[Function]
    declarations: list[Declaration]
    local: Locals
    defines: list[Define]
    includes: list[Include]
    calls: list[MacroCall]
    other: list[str]
    fields: list[tuple[int, int]]
    groups: list[Group]
    unread: list[Unread]
    problems: list[tuple[int, str]]
    words: str


class Reading(msgspec.Struct, frozen=True):
    """What the reader has to know besides the bytes.

    Arguments:
        kinds: macro name to kind.
        definers: macro name to the storage class it declares with.
        attributes: names of macros that vanish.
        parameters: names that a parameter-list macro declares.
    """

    kinds: Mapping[bytes, str]
    definers: Mapping[str, str]
    attributes: frozenset[bytes]
    parameters: Mapping[bytes, tuple[str, ...]] = {}


class _Places:
    """Where an offset stands: in which function, in which block."""

    def __init__(self, text: bytes, chunks: list[Chunk]) -> None:
        self.functions = [c for c in chunks if c.body >= 0]
        self.starts = [c.start for c in self.functions]
        self.all_chunks = chunks
        self.all_starts = [c.start for c in chunks]
        self.text = text
        self._last = (0, 0, -1)
        self._blocks: dict[int, tuple[list[int], list[int]]] = {}

    def function_at(self, at: int) -> int:
        """Index of the function that holds `at`, or -1; neighbouring questions are answered without a search."""
        low, high, index = self._last
        if low <= at < high:
            return index
        i = bisect_right(self.starts, at) - 1
        if i >= 0 and at < self.functions[i].end:
            self._last = (self.functions[i].start, self.functions[i].end, i)
            return i
        return -1

    def in_body(self, at: int) -> bool:
        """Whether `at` stands in the body of a function."""
        i = self.function_at(at)
        return i >= 0 and at > self.functions[i].body

    def chunk_at(self, at: int) -> Chunk | None:
        i = bisect_right(self.all_starts, at) - 1
        return self.all_chunks[i] if i >= 0 and at < self.all_chunks[i].end else None

    def block_end(self, index: int, at: int) -> int:
        """End of the innermost block of function `index` that holds `at`; of the function for its header."""
        chunk = self.functions[index]
        if at < chunk.body:
            return chunk.end
        if index not in self._blocks:
            self._blocks[index] = self._read_blocks(chunk)
        opened, closed = self._blocks[index]
        i = bisect_right(opened, at) - 1
        while i >= 0 and closed[i] <= at:
            i -= 1
        return closed[i] if i >= 0 else chunk.end

    def _read_blocks(self, chunk: Chunk) -> tuple[list[int], list[int]]:
        opened: list[int] = []
        closed: list[int] = []
        stack: list[int] = []
        for match in _BRACES.finditer(self.text, chunk.body, chunk.end):
            if match.group() == b"{":
                stack.append(len(opened))
                opened.append(match.start())
                closed.append(chunk.end)
            elif stack:
                closed[stack.pop()] = match.end()
        return opened, closed


def _functions(parsed: Parsed, places: _Places, code: bytes, lines: "_Lines") -> list[Function]:
    calls: dict[int, dict[str, None]] = {}
    for at, end in _spots(parsed.captures, "call"):
        index = places.function_at(at)
        if index >= 0:
            calls.setdefault(index, {})[code[at:end].decode("latin-1")] = None
    made = {c.function: c for c in parsed.calls if c.function}
    found: list[Function] = []
    for i, chunk in enumerate(places.functions):
        header = parsed.text[chunk.start : chunk.body]
        found.append(
            Function(
                _made_name(made[chunk.body], code) if chunk.body in made else _function_name(header),
                chunk.start,
                chunk.body,
                chunk.end,
                lines.at(chunk.start),
                header.lstrip().startswith(b"static"),
                tuple(calls.get(i, ())),
            )
        )
    return found


def _made_name(call: MacroCall, code: bytes) -> str:
    """A name for a function that a macro heads: the macro's call itself."""
    inside = ", ".join(code[a:b].decode("latin-1") for a, b in call.arguments)
    return f"{call.name}({inside})"


_NOT_NAMES = frozenset((b"__attribute__", b"__attribute", b"__aligned", b"__printflike", b"__section", b"_Alignas"))


def _function_name(header: bytes) -> str:
    for match in _NAME.finditer(header):
        if match.group(1) not in _NOT_NAMES:
            return match.group(1).decode("latin-1")
    return "?"


class _Lines:
    """Line numbers of ascending or arbitrary offsets without counting from the start each time."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at, self._line = 0, 1

    def at(self, offset: int) -> int:
        if offset < self._at:
            return line_of(self._data, offset)
        self._line += self._data.count(b"\n", self._at, offset)
        self._at = offset
        return self._line


def _defining_macro(code: bytes, at: int, end: int, definers: Mapping[str, str]) -> tuple[str, int]:
    """The macro that declares what the parser saw as specifiers in [at, end), and where the statement begins."""
    for match in _CALL.finditer(code, at, end):
        if match.group(1).decode("latin-1") in definers:
            return match.group(1).decode("latin-1"), at
    head = code[max(0, at - 80) : at].rstrip()
    if not head.endswith(b"("):
        return "", at
    word = re.search(rb"[A-Za-z_]\w*\Z", head[:-1].rstrip())
    if word is None or word.group().decode() not in definers:
        return "", at
    return word.group().decode(), max(0, at - 80) + word.start()


def _declarations(
    parsed: Parsed, places: _Places, code: bytes, reading: Reading, lines: _Lines
) -> tuple[list[Declaration], set[int]]:
    """Declarations of interest, and the offsets of the names that block-scope ones declare."""
    found: list[Declaration] = []
    taken: set[int] = set()
    for offset, node in parsed.captures.get("declaration", []):
        start, end = node.start_byte + offset, node.end_byte + offset
        index = places.function_at(start)
        chunk = places.functions[index] if index >= 0 else places.chunk_at(start)
        if chunk is None or (index >= 0 and start < chunk.body):
            continue
        first = node.child_by_field_name("declarator")
        if first is None:
            continue
        macro, begin = _defining_macro(code, start, first.start_byte + offset, reading.definers)
        specifier_end = first.start_byte + offset
        storage = _storage(code, min(begin, chunk.start) if index < 0 else start, specifier_end)
        if index >= 0 and storage is None and not macro:
            continue
        const = bool(_CONST.search(code, start, specifier_end))
        declarators = read_declarators(node, offset, code, const)
        if not declarators:
            continue
        if index >= 0:
            taken.update(d.name_at for d in declarators)
        begin = min(begin, chunk.start) if index < 0 else begin
        found.append(
            Declaration(
                begin,
                max(end, chunk.end) if index < 0 else end,
                lines.at(begin),
                storage.group(1).decode() if storage else reading.definers.get(macro, ""),
                _name_of(places, index, parsed),
                places.block_end(index, start) if index >= 0 else 0,
                specifier_text(code, start, specifier_end, reading.attributes),
                start,
                specifier_end,
                macro,
                tuple(declarators),
            )
        )
    found.sort(key=lambda d: d.start)
    return _without_repeats(found), taken


def _storage(code: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """The storage class among the specifiers; it need not come first (C11 6.11.5), but never stands in a body."""
    body = code.find(b"{", start, end)
    return _STORAGE.search(code, start, end if body < 0 else body)


def _without_repeats(declarations: list[Declaration]) -> list[Declaration]:
    """Further texts see some statements again; one of each is enough."""
    seen: dict[int, Declaration] = {}
    for declaration in declarations:
        seen.setdefault(declaration.declarators[0].name_at, declaration)
    return list(seen.values())


def _name_of(places: _Places, index: int, parsed: Parsed) -> str:
    if index < 0:
        return ""
    chunk = places.functions[index]
    made = next((c for c in parsed.calls if c.function == chunk.body), None)
    return _made_name(made, parsed.text) if made else _function_name(parsed.text[chunk.start : chunk.body])


def _macro_parameters(places: _Places, parameters: Mapping[bytes, tuple[str, ...]], into: Locals) -> None:
    """Parameters that a macro such as SYSCTL_HANDLER_ARGS declares."""
    for chunk in places.functions:
        for macro in _WORDS.findall(places.text, chunk.start, chunk.body):
            for name in parameters.get(macro, ()):
                into.names.append(name)
                into.at.append(chunk.start)
                into.until.append(chunk.end)


def _spots(captures: Captures, name: str) -> list[tuple[int, int]]:
    """Ranges of a capture's nodes in the file, in order."""
    return sorted([(node.start_byte + offset, node.end_byte + offset) for offset, node in captures.get(name, ())])


def _locals(captures: Captures, places: _Places, code: bytes, taken: set[int]) -> Locals:
    loops = _spots(captures, "for")
    inner = [(a, b) for a, b in _spots(captures, "parameters") if places.in_body(a)]
    spots = [(a, b, a) for a, b in _spots(captures, "local")]
    spots += [(n.start_byte + o, n.end_byte + o, _outside_list(n) + o) for o, n in captures.get("enumerator", ())]
    result = Locals([], [], [])
    for at, end, scope in spots:
        index = places.function_at(at)
        if index < 0 or at in taken:
            continue
        until = places.block_end(index, scope)
        if inner:
            until = min((b for a, b in inner if a < at < b), default=until)
        if loops:
            until = _loop_end(loops, code, at, until)
        result.names.append(code[at:end].decode("latin-1"))
        result.at.append(at)
        result.until.append(until)
    return result


def _outside_list(node: tree_sitter.Node) -> int:
    """Where a name counts for its scope: an enumerator belongs to the block around its list."""
    listed = node.parent.parent if node.parent is not None and node.parent.type == "enumerator" else None
    return listed.start_byte - 1 if listed is not None else node.start_byte


def _loop_end(loops: list[tuple[int, int]], code: bytes, at: int, until: int) -> int:
    """End of the `for` in whose head `at` stands, if any."""
    i = bisect_right(loops, (at, at)) - 1
    if i < 0 or not loops[i][0] < at < loops[i][1]:
        return until
    head = code[loops[i][0] : at]
    return loops[i][1] if b";" not in head and b"{" not in head else until


def _defines(code: bytes, directives: list[Directive]) -> list[Define]:
    found: list[Define] = []
    for d in directives:
        if d.name != "define":
            continue
        match = _DEFINE.match(code, d.text_at, d.end)
        if match is None:
            continue
        parameters = match.group(2)
        names = None
        if parameters is not None:
            names = tuple(p.strip(b" \t\\\r\n.").decode("latin-1") for p in parameters[1:-1].split(b",") if p.strip())
        roles = parameter_roles(code[match.end() : d.end], names) if names else ()
        found.append(Define(match.group(1).decode("latin-1"), d.start, match.end(), d.end, names, roles))
    return found


def _includes(data: bytes, directives: list[Directive]) -> list[Include]:
    found: list[Include] = []
    for d in directives:
        match = _INCLUDE.match(data, d.text_at, d.end) if d.name in ("include", "include_next") else None
        if match:
            system, quoted = match.groups()
            found.append(Include((system or quoted or b"").decode("latin-1"), system is None, d.start, d.end))
    return found


def _problems(code: bytes, data: bytes, stray: list[int], text: bytes) -> list[tuple[int, str]]:
    found = [(at, "conditional directive that pairs with nothing") for at in stray]
    never_closed = unterminated_comment(data)
    if never_closed >= 0:
        found.append((never_closed, "comment that never ends"))
    if text.count(b"{") != text.count(b"}"):
        found.append((0, "braces that do not balance"))
    return found


def read_facts(data: bytes, reading: Reading) -> FileFacts:
    """All facts of a file from its bytes.

    Never raises on bad C: what cannot be read is in `unread` and `problems`.
    """
    code = blank_comments(data)
    directives = find_directives(code)
    groups, stray = conditional_groups(code, directives)
    selection = select_texts(code, directives, groups)
    parsed = parse(code, selection, groups, reading.kinds)
    places = _Places(parsed.text, parsed.chunks)
    functions = _functions(parsed, places, code, _Lines(data))
    declarations, taken = _declarations(parsed, places, code, reading, _Lines(data))
    enumerators = {
        code[n.start_byte + o : n.end_byte + o].decode("latin-1") for o, n in parsed.captures.get("enumerator", [])
    }
    local = _locals(parsed.captures, places, code, taken)
    _macro_parameters(places, reading.parameters, local)
    return FileFacts(
        len(data),
        data.count(b"\n"),
        functions,
        declarations,
        local,
        _defines(code, directives),
        _includes(data, directives),
        parsed.calls,
        sorted({f.name for f in functions} | enumerators),
        sorted((n.start_byte + o, n.end_byte + o) for o, n in parsed.captures.get("fields", [])),
        groups,
        parsed.unread,
        _problems(code, data, stray, selection.texts[0]),
        b" ".join(sorted(parsed.words)).decode("latin-1"),
    )
