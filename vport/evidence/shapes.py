"""Evidence of a declaration: type, storage, name and initial value."""

from collections.abc import Mapping

from vport.evidence.vocabulary import Classes, matcher
from vport.facts import FileFacts
from vport.patterns import later
from vport.tree import Site, Variable

_QUALIFIER = later(r"\b(?:volatile|const|register|__\w+)\b\s*|^#\w+\s+")
_SCALAR = later(r"(?:(?:unsigned|signed|long|short|int|char|bool|_Bool)\b\s*)+$|[a-z]\w*_t$|u_\w+$|enum ")
_NUMBERS = frozenset(("wide-integer", "characters"))
_TAG = later(r"\b(?:struct|union)\s+(\w+)\s*$")
_ELEMENT = later(r"_HEAD\s*\(\s*\w*\s*,\s*(?:struct\s+)?(\w+)")
_TAG_BEFORE = later(rb"\b(?:struct|union)\s+(\w+)\s*\Z")


class Structs:
    """Bodies of the structures of a tree, for a look at what they hold.

    Arguments:
        facts: of every file.
        data: bytes of every file.
    """

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes]) -> None:
        self._data = data
        self._where: dict[str, tuple[str, int, int]] = {}
        self._known: dict[str, Classes] = {}
        for file, known in facts.items():
            text = data[file]
            for start, end in known.fields:
                match = _TAG_BEFORE.search(text, max(0, start - 60), start)
                if match:
                    self._where.setdefault(match.group(1).decode("latin-1"), (file, start, end))

    def mentions(self, tag: str) -> Classes:
        """Classes of what the body of `struct tag` mentions; `unknown` when the tree does not define it."""
        known = self._known.get(tag)
        if known is None:
            where = self._where.get(tag)
            known = ("unknown",)
            if where is not None:
                known = matcher("members-mention")(self._data[where[0]][where[1] : where[2]].decode("latin-1"))
            self._known[tag] = known
        return known


def base_type(site: Site) -> str:
    """The type without qualifiers and attributes."""
    return _QUALIFIER.sub("", site.declaration.specifier).strip()


def type_classes(variable: Variable, structs: Structs) -> set[str]:
    """Classes of a variable's type: what it is, what it points to, what its structure and its elements hold."""
    site = variable.sites[0]
    kind, shape = base_type(site), site.declarator.shape
    found = _object_classes(kind, shape)
    if shape.startswith("a"):
        found.add("array")
    tag = _TAG.search(kind)
    if tag:
        found.update("holds-" + c for c in structs.mentions(tag.group(1)))
    element = _ELEMENT.search(kind)
    if element:
        found.update("elements-" + c for c in structs.mentions(element.group(1)))
    return found


def _object_classes(kind: str, shape: str) -> set[str]:
    if "f" in shape:
        return {"function-hook"}
    named = matcher("types")(kind)
    if "p" in shape:
        return {"pointer", *(c if c.endswith("-pointer") else c + "-pointer" for c in named)}
    found = {c for c in named if not c.endswith("-pointer")}
    if _SCALAR.match(kind) and _NUMBERS.issuperset(named):
        found.add("scalar")
    return found


def storage_classes(variable: Variable) -> set[str]:
    """Whether others see it."""
    found = {"function-local"} if variable.function else set()
    if variable.storage != "static":
        found.add("exported" if variable.externs else "external")
    return found


def value_classes(variable: Variable, data: Mapping[str, bytes]) -> set[str]:
    """Classes of a variable's initial values in all branches."""
    found: set[str] = set()
    classes = matcher("values")
    for site in variable.sites:
        start, end = site.declarator.value_start, site.declarator.value_end
        if end:
            found.update(classes(data[site.file][start : min(end, start + 60)].decode("latin-1").strip()))
    return found
