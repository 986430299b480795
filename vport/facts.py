"""FileFacts: what one file says, as a pure function of its bytes, the rules and the kinds of macros.

Nothing here looks at another file; `tree.py` links.  Facts are values that travel between processes and
into the cache as MessagePack.
"""

from collections.abc import Mapping

import msgspec
import tree_sitter

from vport.c.chunks import old_style_list
from vport.c.conditionals import Group, conditional_groups, select_texts
from vport.c.declarations import read_declarations
from vport.c.declarators import Declaration
from vport.c.functions import Function as Function
from vport.c.functions import read_functions
from vport.c.lex import Directive, blanked, find_directives, unterminated_comment
from vport.c.mask import MacroCall
from vport.c.parse import Captures, Unread, parse
from vport.c.places import Nesting, Places, spots
from vport.c.reading import Reading as Reading
from vport.c.roles import parameter_roles
from vport.c.statements import end_of_statement
from vport.c.tokens import (
    KEYWORDS,
    WORD,
    before,
    closing_paren,
    find_words,
    next_byte,
    opening_paren,
    skip_space,
    split_arguments,
)
from vport.patterns import later

_DEFINE = later(rb"\s*([A-Za-z_]\w*)(\([^)]*\))?")
_INCLUDE = later(rb'\s*(?:<([^>\n]+)>|"([^"\n]*)")')
_WORDS = later(rb"[A-Za-z_]\w*")


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
        undefined: names that an `#undef` ends, and where.
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
    undefined: list[tuple[str, int]]


def _macro_parameters(places: Places, parameters: Mapping[bytes, tuple[str, ...]], into: Locals) -> None:
    """Parameters that a macro such as SYSCTL_HANDLER_ARGS declares."""
    for chunk in places.functions:
        for macro in _WORDS.findall(places.text, chunk.start, chunk.body):
            for name in parameters.get(macro, ()):
                into.names.append(name)
                into.at.append(chunk.start)
                into.until.append(chunk.end)


def _loop_variables(places: Places, words: set[bytes], loops: Mapping[bytes, int], into: Locals) -> None:
    """What macros declare for the loops they head: `FROB_FOREACH(n) { ... }`."""
    text = places.text
    for at in find_words(text, words & loops.keys()) if loops else ():
        word = WORD.match(text, at)
        paren = skip_space(text, word.end()) if word is not None else at
        end = closing_paren(text, paren) if text[paren : paren + 1] == b"(" and places.in_body(at) else -1
        arguments = split_arguments(text, paren + 1, end - 1) if end > 0 else []
        index = loops[word.group()] if word is not None else 0
        low, high = arguments[index] if index < len(arguments) else (at, at)
        if WORD.fullmatch(text, low, high):
            into.names.append(text[low:high].decode("latin-1"))
            into.at.append(low)
            into.until.append(min(end_of_statement(text, end), places.functions[places.function_at(at)].end))


def _locals(captures: Captures, places: Places, code: bytes, taken: set[int]) -> Locals:
    loops = Nesting(spots(captures, "for"))
    inner = _inner_lists(captures, places, code)
    listed = sorted((n.start_byte + o, n.end_byte + o, _outside_list(n) + o) for o, n in captures.get("enumerator", ()))
    result = Locals([], [], [])
    prototypes = [(a, b, a) for a, b in spots(captures, "prototype") if places.in_body(a)]
    for at, end, scope in [*((a, b, a) for a, b in spots(captures, "local")), *prototypes, *listed]:
        index = places.function_at(at)
        name = code[at:end]
        if index < 0 or at in taken or name in KEYWORDS:
            continue
        until = places.block_end(index, scope)
        if inner.starts:
            until = min(inner.end_at(at, until), until)
        if loops.starts:
            until = _loop_end(loops, code, at, until)
        result.names.append(name.decode("latin-1"))
        result.at.append(at)
        result.until.append(until)
    return result


def _inner_lists(captures: Captures, places: Places, code: bytes) -> Nesting:
    """Lists of parameters to whose end their names count: prototypes, and parameters of parameters."""
    inner: list[tuple[int, int]] = []
    reach = 0
    for start, end in spots(captures, "parameters"):
        if start < reach or places.in_body(start) or _of_pointer(code, start):
            inner.append((start, end))
        reach = max(reach, end)
    return Nesting(inner)


def _of_pointer(code: bytes, at: int) -> bool:
    """Whether the list at `at` is that of a pointer to a function: `(*p)(int n)`, or `(*f(int a))(int n)`."""
    end = before(code, at)
    if code[end - 1 : end] != b")":
        return False
    open_ = opening_paren(code, end)
    return open_ >= 0 and next_byte(code, open_ + 1) == b"*"


def _old_style_names(places: Places, made: set[int], into: Locals) -> None:
    """Parameters of K&R functions that no declaration follows: they are `int`."""
    for chunk in places.functions:
        low, high = (-1, -1) if chunk.body in made else old_style_list(places.text, chunk)
        if high < 0:
            continue
        declared = KEYWORDS.union(_WORDS.findall(places.text, high, chunk.body))
        for word in _WORDS.finditer(places.text, low, high):
            if word.group() not in declared:
                into.names.append(word.group().decode("latin-1"))
                into.at.append(word.start())
                into.until.append(chunk.end)


def _outside_list(node: tree_sitter.Node) -> int:
    """Where a name counts for its scope: an enumerator belongs to the block around its list."""
    listed = node.parent.parent if node.parent is not None and node.parent.type == "enumerator" else None
    return listed.start_byte - 1 if listed is not None else node.start_byte


def _loop_end(loops: Nesting, code: bytes, at: int, until: int) -> int:
    """End of the `for` in whose head `at` stands, if any."""
    i = loops.at(at)
    if i < 0 or code.find(b";", loops.starts[i], at) >= 0 or code.find(b"{", loops.starts[i], at) >= 0:
        return until
    return loops.ends[i]


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


def _undefined(code: bytes, directives: list[Directive]) -> list[tuple[str, int]]:
    found = ((_WORDS.search(code, d.text_at, d.end), d.start) for d in directives if d.name == "undef")
    return [(match.group().decode("latin-1"), at) for match, at in found if match is not None]


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
    code = blanked(data)
    directives = find_directives(code)
    groups, stray = conditional_groups(code, directives)
    selection = select_texts(code, directives, groups)
    parsed = parse(code, selection, groups, reading.kinds)
    places = Places(parsed.text, parsed.chunks)
    functions = read_functions(parsed, places, code, data, reading)
    names = {f.body: f.name for f in functions}
    declarations, taken = read_declarations(parsed, places, code, data, reading, names)
    enumerators = {code[a:b].decode("latin-1") for a, b in spots(parsed.captures, "enumerator")}
    local = _locals(parsed.captures, places, code, taken)
    _macro_parameters(places, reading.parameters, local)
    _loop_variables(places, parsed.words, reading.loops, local)
    _old_style_names(places, {c.function for c in parsed.calls}, local)
    return FileFacts(
        len(data),
        data.count(b"\n"),
        functions,
        declarations,
        local,
        _defines(code, directives),
        _includes(data, directives),
        parsed.calls,
        sorted({name for f in functions for name in f.names} | enumerators),
        spots(parsed.captures, "fields"),
        groups,
        parsed.unread,
        _problems(code, data, stray, selection.texts[0]),
        b" ".join(sorted(parsed.words)).decode("latin-1"),
        _undefined(code, directives),
    )
