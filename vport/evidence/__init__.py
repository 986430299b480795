"""Evidence: what the linked facts say about each variable, as short class names with details for the reader."""

from collections.abc import Mapping

import msgspec

from vport.evidence.accesses import Accesses, AccessReader
from vport.evidence.functions import Functions, Key
from vport.evidence.shapes import Structs, shape_classes, value_classes
from vport.evidence.vocabulary import matcher, word_classes
from vport.facts import FileFacts
from vport.read import Read
from vport.tree import Variable


class Evidence(msgspec.Struct):
    """What speaks for or against a variable.

    Arguments:
        classes: stable names.
        details: for some of the classes words for the reader.
        users: functions that use it.
    """

    classes: frozenset[str]
    details: dict[str, str]
    users: frozenset[Key]


def file_classes(facts: FileFacts) -> frozenset[str]:
    """What kind of code a file is, by the words in it."""
    known = word_classes("files")
    return frozenset(c for word in known.keys() & facts.words.split(" ") for c in known[word])


def gather(read: Read) -> dict[tuple[str, str, str], Evidence]:
    """Evidence for all variables of a tree."""
    tree = read.tree
    functions = Functions(tree.facts, read.data)
    structs = Structs(tree.facts, read.data)
    reader = AccessReader(tree.facts, read.data, functions)
    files: dict[str, frozenset[str]] = {}
    result = {}
    for variable in tree.variables:
        if variable.file not in files:
            files[variable.file] = file_classes(tree.facts[variable.file])
        result[variable.key] = _evidence(variable, reader, functions, structs, read.data, files[variable.file], tree.facts)
    return result


def _evidence(
    variable: Variable,
    reader: AccessReader,
    functions: Functions,
    structs: Structs,
    data: Mapping[str, bytes],
    file: frozenset[str],
    facts: Mapping[str, FileFacts],
) -> Evidence:
    if variable.const:
        return Evidence(frozenset(("const",)), {}, frozenset())
    macro = variable.sites[0].declaration.macro
    if macro.startswith("DPCPU"):
        return Evidence(frozenset(("percpu",)), {}, frozenset())
    if variable.virtual:
        return Evidence(frozenset(("virtual-already",)), {}, frozenset())
    seen = reader.read(variable)
    classes = seen.classes | shape_classes(variable, structs) | value_classes(variable, data) | file
    classes.update(matcher("names")(variable.name))
    if variable.name in facts[variable.file].other:
        classes.add("function-declaration")
    for key in seen.users:
        classes.update(functions.parameters(key))
        classes.update("user-" + k for k in functions.kinds(key))
    if seen.users and all(functions.kinds(k) & {"init", "teardown"} for k in seen.users):
        classes.add("users-init-only")
    return Evidence(frozenset(classes), {}, frozenset(seen.users))
