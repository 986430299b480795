"""The words of rules/decide.toml: which classes a type, a name, a callee and the like belong to."""

import re
from collections.abc import Callable
from functools import cache

from vport import rules

Classes = tuple[str, ...]


def _compiled(table: str) -> list[tuple[str, Callable[[str], re.Match[str] | None]]]:
    return [(name, re.compile(pattern).search) for name, pattern in rules.load("decide")[table].items()]


@cache
def matcher(table: str) -> Callable[[str], Classes]:
    """A function from a text to the classes of `table` whose pattern is found in it; it remembers its answers."""
    patterns = _compiled(table)

    @cache
    def classes(text: str) -> Classes:
        return tuple([name for name, search in patterns if search(text)])

    return classes


@cache
def word_classes(table: str) -> dict[str, Classes]:
    """For a table of word lists: word to its classes."""
    found: dict[str, list[str]] = {}
    for name, words in rules.load("decide")[table].items():
        for word in words:
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


@cache
def sysctl_arguments(macro: str) -> tuple[int, int]:
    """Indices of the flags and of the pointer among the arguments of a sysctl macro; -1 where there is none."""
    import fnmatch

    for pattern, entry in rules.load("sysctl")["sysctls"].items():
        if fnmatch.fnmatchcase(macro, pattern):
            return entry["access"], entry.get("pointer", -1)
    return -1, -1
