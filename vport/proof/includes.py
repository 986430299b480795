"""Which translation units a change reaches: those that changed, and those that include a changed file, by any way.

Includes are matched by name without search paths, so a unit too many may be compiled, never one too few.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from vport.patterns import later

_INCLUDE = later(rb"^[ \t]*#[ \t]*(?:include|include_next|import)\b[ \t]*(?:[<\"]([^>\"\n]+)[>\"]|(\S))", re.MULTILINE)
ANYTHING = ""
"""What `#include MACRO` includes, as far as we know."""


def included(text: bytes) -> frozenset[str]:
    """File names, without folders, that a text includes."""
    found = (m[1].decode("utf-8", "surrogateescape") if m[1] else ANYTHING for m in _INCLUDE.finditer(text))
    return frozenset(PurePosixPath(name).name for name in found)


def scan(folder: Path, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """What each file includes; files that cannot be read include nothing."""
    found: dict[str, frozenset[str]] = {}
    for name in names:
        try:
            found[name] = included((folder / name).read_bytes())
        except OSError:
            found[name] = frozenset()
    return found


def reached(changed: Iterable[str], includes: Iterable[Mapping[str, frozenset[str]]]) -> set[str]:
    """All files that changed or include, over others too, one that did.

    Arguments:
        changed: names of files.
        includes: of each tree, what each file includes.
    """
    users: dict[str, set[str]] = {}
    for tree in includes:
        for name, wanted in tree.items():
            for one in wanted:
                users.setdefault(one, set()).add(name)
    found = set(changed)
    todo = list(found)
    anything = users.get(ANYTHING, set()) if found else set()
    found |= anything
    todo += anything
    while todo:
        fresh = users.get(PurePosixPath(todo.pop()).name, set()) - found
        found |= fresh
        todo += fresh
    return found
