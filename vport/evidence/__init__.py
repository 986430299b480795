"""Evidence: what the linked facts say about each variable, as short class names with details for the reader."""

import msgspec

from vport.evidence.accesses import Accesses, AccessReader
from vport.evidence.functions import LIFE, Functions, Key
from vport.evidence.shapes import Structs, storage_classes, type_classes, value_classes
from vport.evidence.vocabulary import matcher, word_classes
from vport.facts import FileFacts
from vport.life.store import Store
from vport.read import Read
from vport.tree import Variable

_NAMED = 4


class Evidence(msgspec.Struct):
    """What speaks for or against a variable.

    Arguments:
        classes: stable names.
        details: for some of the classes, words for the reader.
        users: functions that use it, as file and index.
    """

    classes: frozenset[str]
    details: dict[str, str] = {}
    users: frozenset[Key] = frozenset()


def gather(read: Read) -> dict[tuple[str, str, str], Evidence]:
    """Evidence for all variables of a tree, by their keys."""
    gatherer = Gatherer(read)
    return {variable.key: gatherer.evidence(variable) for variable in read.tree.variables}


def settled_class(variable: Variable) -> str:
    """`const`, `percpu` or `virtual-already` for what nobody has to decide, else empty."""
    if variable.const:
        return "const"
    if variable.sites[0].declaration.macro.startswith("DPCPU"):
        return "percpu"
    return "virtual-already" if variable.virtual else ""


class Gatherer:
    """Evidence for those variables of a tree that somebody asks about.

    Arguments:
        read: the tree.
        store: what was derived of the tree before.
    """

    def __init__(self, read: Read, store: Store | None = None) -> None:
        self._facts = read.tree.facts
        self._data = read.data
        self._functions = Functions(self._facts, read.data, store)
        self._structs = Structs(self._facts, read.data)
        self._accesses = AccessReader(self._facts, read.data, self._functions)
        self._files: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, str, str], Evidence] = {}

    def evidence(self, variable: Variable) -> Evidence:
        """All that speaks for or against a variable."""
        if variable.key not in self._known:
            self._known[variable.key] = self._gathered(variable)
        return self._known[variable.key]

    def users(self, variable: Variable) -> set[Key]:
        """Functions that use a variable somebody has to decide; the same as its evidence says, and sooner known."""
        return set() if settled_class(variable) else self._accesses.users(variable)

    def _gathered(self, variable: Variable) -> Evidence:
        settled = settled_class(variable)
        if settled:
            return Evidence(frozenset((settled,)))
        seen = self._accesses.read(variable)
        classes = seen.classes | type_classes(variable, self._structs) | storage_classes(variable)
        classes |= value_classes(variable, self._data) | self._file_classes(variable.file)
        classes.update(matcher("names")(variable.name))
        return Evidence(frozenset(classes), self._details(seen), frozenset(seen.users))

    def _file_classes(self, file: str) -> frozenset[str]:
        if file not in self._files:
            self._files[file] = file_classes(self._facts[file])
        return self._files[file]

    def _details(self, seen: Accesses) -> dict[str, str]:
        details = {"sysctl": seen.flags} if seen.flags else {}
        init = {k for k in seen.writers if not LIFE.isdisjoint(self._functions.kinds(k))}
        for name, keys in (("written-at-init", init), ("written-at-run-time", seen.writers - init)):
            if keys:
                names = sorted({self._functions.function(k).name for k in keys})
                details[name] = ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
        return details


def file_classes(facts: FileFacts) -> frozenset[str]:
    """What kind of code a file is, by the words in it."""
    known = word_classes("files")
    return frozenset(c for word in known.keys() & facts.words.split(" ") for c in known[word])
