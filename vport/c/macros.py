"""What kind of thing a macro stands for, learnt from its own `#define`.

A kind says how the parser may read a use of it:

    head        a loop or `if` head: `TAILQ_FOREACH(a, b, c)`; `head:N` if it declares its N-th argument for its loop
    type        a type: `TAILQ_HEAD(, x)`, `LIST_ENTRY(x)`
    attribute   nothing, arguments included: `__aligned(8)`
    word        nothing, but what follows in parentheses stays: `__extension__ ({ ... })`
    typearg     an expression some of whose arguments may be types: `mtod(m, struct ip *)`
    statement   a whole statement that wants no semicolon
    open/close  more opening or closing braces than the other kind
    storage     `static` by another name
    extern      `extern` by another name
    identity    its only argument
    definer     a declaration: `VNET_DEFINE(type, declarator)`

A kind `like:NAME` is that of another macro, which the whole tree has to settle; `like:NAME:2,0` says besides which of
its own parameters it hands on as the other's arguments.
"""

from collections.abc import Iterable, Mapping

from vport.c.lex import blank_comments, blanked
from vport.c.tokens import closing_paren, split_arguments
from vport.patterns import later

KINDS = frozenset(
    (
        "head",
        "type",
        "attribute",
        "word",
        "typearg",
        "statement",
        "open",
        "close",
        "storage",
        "extern",
        "identity",
        "definer",
    )
)

_STRUCTURE = later(rb"(?:struct|union)\b[^;]*\{")
_PARAMETER = later(rb"\w+")
_DEFINE = later(rb"#[ \t]*define[ \t]+([A-Za-z_]\w*)(\([^)\n]*\))?((?:[^\n\\]++|\\\r?\n|\\)*+)")
_TELLING = later(
    rb"[{};]|\b(?:for|while|if|struct|union|static|extern|__attribute__|asm|sizeof)\b|\)\s*[\w(&*]"
    rb"|\A[\s\\]*(?:\w+\s*)?\Z|\A[\s\\]*\w+\s*\("
)
_DELEGATES = later(rb"([A-Za-z_]\w*)\s*(\(|\Z)")
_TYPE_USE = later(
    rb"\((?<!\bif\()(?<!\bif \()(?<!\bwhile\()(?<!\bwhile \()(?<!\bswitch\()(?<!\bswitch \()"
    rb"\s*+(?:const\s++|volatile\s++)*+(\w++)\s*+(?:\*\s*+)*+\)\s*+(?:[\w(]|[&*](?=[A-Za-z_(&*]))"
    rb"|\b(?:struct|union|sizeof)\s*\(?\s*(\w+)"
    rb"|\b__typeof(?:__)?\s*\(\s*(\w+)"
)
_NESTED = later(rb"[(){};]")
_HEAD_START = later(rb"(?:for|while|if)\s*\(")
_CONTINUED = later(rb"\\\r?\n")
_STORAGE = {b"static": "storage", b"extern": "extern", b"static inline": "storage", b"static __inline": "storage"}
_LITERAL = (b"/*", b"//", b'"', b"'")
_HEAD_END = later(rb"\s*(?:else)?\s*\Z")
_BLANK = later(rb"\s*")
_LOOP = later(rb"\bfor\s*(\()")
_LOOP_VARIABLE = later(rb"\s*(?:\w+\s*(?:\(\))?[\s*]+)+?(\w+)\s*[=;]")


def _is_head(body: bytes) -> bool:
    """Whether `body` is a loop or `if` head, or a chain of them, that still wants its statement."""
    found = _HEAD_START.match(body)
    while found is not None:
        end = closing_paren(body, found.end() - 1)
        if end < 0 or _HEAD_END.match(body, end):
            return end > 0
        space = _BLANK.match(body, end)
        found = _HEAD_START.match(body, space.end() if space else end)
    return False


def _declared_by(head: bytes, parameters: bytes) -> str:
    """`:N` where a loop in `head` declares the N-th parameter: `for (int v = 0; ...)`; else empty."""
    names = _parameter_names(parameters)
    for match in _LOOP.finditer(head):
        inside = head[match.end() : closing_paren(head, match.start(1))]
        found = _LOOP_VARIABLE.match(_without_nested(inside))
        if found is not None and found.group(1) in names:
            return f":{names.index(found.group(1))}"
    return ""


def _without_nested(text: bytes) -> bytes:
    """`text` with what stands in parentheses taken out."""
    found = text.find(b"(")
    while found >= 0 and (end := closing_paren(text, found)) > 0:
        text = text[: found + 1] + text[end - 1 :]
        found = text.find(b"(", found + 2)
    return text


def _parameter_names(parameters: bytes) -> list[bytes]:
    return [p.strip(b" \t\\\r\n.") for p in parameters.strip(b"()").split(b",")]


def _last_statement(body: bytes) -> bytes:
    """What follows the last semicolon outside parentheses and braces."""
    depth, cut = 0, 0
    for match in _NESTED.finditer(body):
        mark = match.group()
        if mark == b";":
            cut = match.end() if depth == 0 else cut
        else:
            depth += 1 if mark in b"({" else -1
    return body[cut:].strip()


def _function_like(parameters: bytes, body: bytes) -> str:
    if body.startswith((b"__attribute__", b"__asm")) or not body:
        return "attribute" if body else ""
    depth = body.count(b"{") - body.count(b"}")
    if depth:
        return "open" if depth > 0 else "close"
    last = _last_statement(body)
    if _is_head(last) or last == b"else":
        return "head" + _declared_by(last, parameters)
    if _STRUCTURE.match(body) and body.endswith(b"}"):
        return "type"
    names = frozenset(_PARAMETER.findall(parameters))
    if body in names and len(names) == 1:
        return "identity"
    if any(names.intersection(m.groups()) for m in _TYPE_USE.finditer(body)):
        return "typearg"
    if body.endswith((b";", b"}")):
        return "statement"
    like = _delegate(last)
    return like + _handed_on(last, parameters) if like else ""


def _delegate(body: bytes) -> str:
    """`like:NAME` for a body that is nothing but a use of the macro NAME."""
    found = _DELEGATES.match(body)
    if found is None:
        return ""
    if found.group(2) == b"(" and not _is_head(b"if" + body[found.end() - 1 :]):
        return ""
    return "" if found.group(1) == b"__extension__" else "like:" + found.group(1).decode()


def _handed_on(body: bytes, parameters: bytes) -> str:
    """`:2,0` for a call that hands on these parameters, the first at place 2 as argument 0; `-` for what is none."""
    names, paren = _parameter_names(parameters), body.find(b"(")
    if paren < 0:
        return ""
    given = [body[a:b] for a, b in split_arguments(body, paren + 1, closing_paren(body, paren) - 1)]
    return ":" + ",".join(str(names.index(g)) if g in names else "-" for g in given)


def _object_like(name: bytes, body: bytes) -> str:
    if body.startswith(b"__attribute__") or (not body and (name.startswith(b"__") or name.isupper())):
        return "word"
    if body in _STORAGE and name.isupper():
        return _STORAGE[body]
    if _is_head(body):
        return "head"
    depth = body.count(b"{") - body.count(b"}")
    if depth:
        return "open" if depth > 0 else "close"
    return _delegate(body)


class _Hidden:
    """Whether a `#` begins no directive: it does not begin its line, or stands in a comment; asked in ascending order.

    Only where a comment seems open is the whole text read for comments, which would cost more than all the rest.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._asked = 0
        self._opened = -1
        self._code: bytes | None = None

    def at(self, offset: int) -> bool:
        data = self._data
        if data[data.rfind(b"\n", 0, offset) + 1 : offset].strip():
            return True
        if self._code is not None:
            return self._code[offset] != 0x23
        last = data.rfind(b"/*", self._asked, offset)
        self._opened = last if last >= 0 else self._opened
        self._asked = max(0, offset - 1)
        if self._opened < 0 or data.find(b"*/", self._opened + 2, offset) >= 0:
            return False
        self._code = blanked(data)
        return self._code[offset] != 0x23


def learn_kinds(data: bytes) -> dict[str, str]:
    """Kinds of the macros that `data`, the raw bytes of a file, defines; those of no interest are left out."""
    learnt: dict[str, str] = {}
    hidden = _Hidden(data)
    for match in _DEFINE.finditer(data):
        name, parameters, body = match.groups()
        if not _TELLING.search(body) or hidden.at(match.start()):
            continue
        if any(mark in body for mark in _LITERAL):
            body = blank_comments(body)
        body = _CONTINUED.sub(b" ", body).strip()
        kind = _function_like(parameters, body) if parameters else _object_like(name, body)
        if kind:
            learnt.setdefault(name.decode("latin-1"), kind)
    return learnt


def merge_kinds(given: Mapping[str, str], learnt: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """One table from the kinds in rules/macros.toml, which win, and those of each file, in file order.

    A name that two files define differently keeps the kind that hides more from the parser: `typearg`
    only adds a reading, while a wrong `head` would break a call.
    """
    merged: dict[str, str] = {}
    for table in learnt:
        for name, kind in table.items():
            if merged.setdefault(name, kind) != kind:
                merged[name] = "typearg" if "typearg" in (kind, merged[name]) else merged[name]
    merged.update(given)
    resolved = {name: _resolve(name, merged) for name in merged}
    return {name: kind for name, kind in resolved.items() if kind.partition(":")[0] in KINDS}


def _resolve(name: str, kinds: Mapping[str, str]) -> str:
    """The kind at the end of a chain of `like:` entries; chains that are too long or loop have none."""
    kind, handed = kinds[name], list[list[str]]()
    for _ in range(8):
        if not kind.startswith("like:"):
            return _of_own_argument(kind, handed)
        _, target, *given = kind.split(":")
        handed += [places.split(",") for places in given]
        kind = kinds.get(target, "")
    return ""


def _of_own_argument(kind: str, handed: list[list[str]]) -> str:
    """`kind` with the argument it declares counted as the macro counts that hands its parameters on."""
    kind, _, index = kind.partition(":")
    for given in reversed(handed):
        index = given[int(index)] if index.isdecimal() and int(index) < len(given) else ""
    return f"{kind}:{index}" if index.isdecimal() else kind
