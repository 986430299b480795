"""Evidence of a declaration: type, storage, name and initial value."""

import re
from collections.abc import Mapping

from vport.evidence.vocabulary import matcher
from vport.facts import FileFacts
from vport.tree import Site, Variable

_QUALIFIER = re.compile(r"\b(?:volatile|const|register|__\w+)\b\s*|^#\w+\s+")
_SCALAR = re.compile(
    r"^(?:(?:unsigned|signed|long|short|int|char|bool|boolean_t|_Bool)\b\s*)+$|^(?:u_?)?(?:int|char|short|long|quad)(?:\d*_t)?$"
    r"|^u?int\d+_t$|^u_(?:int|char|short|long)$|^(?:s|u)?size_t$|^[a-z]\w*_t$|^enum "
)
_TAG = re.compile(r"\b(?:struct|union)\s+(\w+)")
_HEAD = re.compile(r"_HEAD\s*\(\s*\w*\s*,\s*(?:struct\s+)?(\w+)")
_STRUCT_BEFORE = re.compile(rb"\b(?:struct|union)\s+(\w+)\s*\Z")
_POINTERS = re.compile(rb"\(\s*\*")


class Structs:
    """Bodies of the structures of a tree by tag, for a look at what they hold."""

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes]) -> None:
        self._where: dict[str, tuple[str, int, int]] = {}
        self._data = data
        self._known: dict[str, tuple[str, ...]] = {}
        for file, known in facts.items():
            text = data[file]
            for start, end in known.fields:
                match = _STRUCT_BEFORE.search(text, max(0, start - 60), start)
                if match:
                    self._where.setdefault(match.group(1).decode("latin-1"), (file, start, end))

    def holds(self, tag: str) -> tuple[str, ...]:
        """`functions` when mostly function pointers, `interface` ... for pointers to per-stack objects."""
        known = self._known.get(tag)
        if known is None:
            known = self._known[tag] = self._look(tag)
        return known

    def _look(self, tag: str) -> tuple[str, ...]:
        where = self._where.get(tag)
        if where is None:
            return ("unknown",)
        body = self._data[where[0]][where[1] : where[2]]
        members, pointers = body.count(b";"), len(_POINTERS.findall(body))
        found = []
        if pointers:
            found.append("functions" if pointers * 3 >= members else "callbacks")
        for name, mark in (
            ("interface", b"struct ifnet"), ("address", b"_addr"), ("lock", b"struct mtx"), ("rwlock", b"struct rwlock"), ("queue", b"_HEAD("),
            ("counter", b"uint64_t"), ("callout", b"struct callout"), ("pcb", b"inpcb"), ("packet", b"struct mbuf"),
            ("entry", b"_ENTRY("), ("refcount", b"refc"), ("device", b"device_t"),
        ):
            if mark in body:
                found.append(name)
        return tuple(found)


def base_type(site: Site) -> str:
    """The type without qualifiers and attributes."""
    return _QUALIFIER.sub("", site.declaration.specifier).strip()


def shape_classes(variable: Variable, structs: Structs) -> set[str]:
    """Classes of a variable's type and storage."""
    site = variable.sites[0]
    kind, shape = base_type(site), site.declarator.shape
    found: set[str] = set()
    match = matcher("types")(kind)
    if "f" in shape:
        found.add("function-hook")
    elif "p" in shape:
        found.add("pointer")
        found.update(c + "-pointer" if not c.endswith("-pointer") else c for c in match)
    else:
        found.update(c for c in match if not c.endswith("-pointer"))
        if "f" not in shape and _SCALAR.match(kind) and not match:
            found.add("scalar")
        if kind.startswith(("struct", "union")) or "{" in kind:
            found.add("structure")
    if shape.startswith("a"):
        found.add("array")
    found.add("static" if variable.storage == "static" else "exported" if variable.externs else "external")
    if variable.function:
        found.add("function-local")
    tag = _TAG.search(kind)
    if tag and "{" not in kind:
        found.update("holds-" + c for c in structs.holds(tag.group(1)))
    head = _HEAD.search(kind)
    if head:
        found.add("queue-head-type")
        found.update("elements-" + c for c in structs.holds(head.group(1)))
    return found


def value_classes(variable: Variable, data: Mapping[str, bytes]) -> set[str]:
    """Classes of a variable's initial value."""
    found: set[str] = set()
    for site in variable.sites:
        a, b = site.declarator.value_start, site.declarator.value_end
        if not b:
            found.add("uninitialised")
            continue
        found.add("initialised")
        found.update(matcher("values")(data[site.file][a : min(b, a + 60)].decode("latin-1").strip()))
    return found
