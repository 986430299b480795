"""What kind of thing a macro stands for, learnt from its own `#define`.

A kind says how the parser may read a use of it:

    head        a loop or `if` head: `TAILQ_FOREACH(a, b, c)`
    type        a type: `TAILQ_HEAD(, x)`, `LIST_ENTRY(x)`
    attribute   nothing, arguments included: `__aligned(8)`
    word        nothing, but what follows in parentheses stays: `__extension__ ({ ... })`
    typearg     an expression some of whose arguments may be types: `mtod(m, struct ip *)`
    statement   a whole statement that wants no semicolon
    open/close  more opening or closing braces than the other kind
    storage     a storage class by another name
    identity    its only argument
    definer     a declaration: `VNET_DEFINE(type, declarator)`

A kind `like:NAME` is that of another macro, which the whole tree has to settle.
"""

import re
from collections.abc import Iterable, Mapping

from vport.c.lex import blank_comments

KINDS = frozenset(
    ("head", "type", "attribute", "word", "typearg", "statement", "open", "close", "storage", "identity", "definer")
)

_DEFINE = re.compile(rb"#[ \t]*define[ \t]+([A-Za-z_]\w*)(\([^)\n]*\))?((?:[^\n\\]++|\\\r?\n|\\)*+)")
_TELLING = re.compile(
    rb"[{};]|\b(?:for|while|if|struct|union|static|extern|__attribute__|asm|sizeof)\b|\)\s*[\w(&*]"
    rb"|\A[\s\\]*(?:\w+\s*)?\Z|\A[\s\\]*\w+\s*\("
)
_DELEGATES = re.compile(rb"([A-Za-z_]\w*)\s*(\(|\Z)")
_TYPE_USE = re.compile(
    rb"\(\s*(?:const\s+|volatile\s+)*(\w+)\s*(?:\*\s*)*\)\s*[\w(&*]|\b(?:struct|union|sizeof)\s*\(?\s*(\w+)"
    rb"|\b__typeof(?:__)?\s*\(\s*(\w+)"
)
_NESTED = re.compile(rb"[(){};]")
_HEAD_START = re.compile(rb"(?:for|while|if)\s*\(")
_CONTINUED = re.compile(rb"\\\r?\n")
_STORAGE = {b"static": "storage", b"extern": "storage", b"static inline": "storage", b"static __inline": "storage"}


def _matching(body: bytes, at: int) -> int:
    depth = 0
    for i in range(at, len(body)):
        if body[i] == 0x28:
            depth += 1
        elif body[i] == 0x29:
            depth -= 1
            if depth == 0:
                return i + 1
    return -1


def _is_head(body: bytes) -> bool:
    """Whether `body` is a loop or `if` head that still wants its statement."""
    found = _HEAD_START.match(body)
    if found is None:
        return False
    end = _matching(body, found.end() - 1)
    rest = body[end:].strip()
    return end > 0 and (not rest or rest == b"else" or _is_head(rest))


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
        return "head"
    if re.match(rb"(?:struct|union)\b[^;]*\{", body) and body.endswith(b"}"):
        return "type"
    names = frozenset(re.findall(rb"\w+", parameters))
    if body in names and len(names) == 1:
        return "identity"
    if any(names.intersection(m.groups()) for m in _TYPE_USE.finditer(body)):
        return "typearg"
    return "statement" if body.endswith((b";", b"}")) else _delegate(last)


def _delegate(body: bytes) -> str:
    """`like:NAME` for a body that is nothing but a use of the macro NAME."""
    found = _DELEGATES.match(body)
    if found is None:
        return ""
    if found.group(2) == b"(" and not _is_head(b"if" + body[found.end() - 1 :]):
        return ""
    return "" if found.group(1) == b"__extension__" else "like:" + found.group(1).decode()


def _object_like(name: bytes, body: bytes) -> str:
    if body.startswith(b"__attribute__") or (not body and (name.startswith(b"__") or name.isupper())):
        return "word"
    if body in _STORAGE and name.isupper():
        return "storage"
    if _is_head(body):
        return "head"
    depth = body.count(b"{") - body.count(b"}")
    if depth:
        return "open" if depth > 0 else "close"
    return _delegate(body)


def learn_kinds(data: bytes) -> dict[str, str]:
    """Kinds of the macros that `data`, the raw bytes of a file, defines; those of no interest are left out."""
    learnt: dict[str, str] = {}
    for match in _DEFINE.finditer(data):
        name, parameters, body = match.groups()
        if not _TELLING.search(body):
            continue
        if b"/*" in body or b"//" in body or b'"' in body:
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
    return {name: kind for name, kind in resolved.items() if kind in KINDS}


def _resolve(name: str, kinds: Mapping[str, str]) -> str:
    """The kind at the end of a chain of `like:` entries; chains that are too long or loop have none."""
    kind = kinds[name]
    for _ in range(8):
        if not kind.startswith("like:"):
            return kind
        kind = kinds.get(kind[5:], "")
    return ""
