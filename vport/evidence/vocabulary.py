"""The words of rules/decide.toml: which classes a type, a name, a callee and the like belong to."""

import re
from collections.abc import Callable
from functools import cache

from vport import rules
from vport.answers import Answers

Classes = tuple[str, ...]


@cache
def matcher(table: str, prefix: str = "") -> Callable[[str], Classes]:
    """A function from a text to the classes of `table` whose pattern is found in it; it remembers its answers.

    Arguments:
        table: name of a table of patterns.
        prefix: put before every class.
    """

    @cache
    def patterns() -> list[tuple[str, Callable[[str], object]]]:
        return [(prefix + name, re.compile(p).search) for name, p in rules.load("decide")[table].items()]

    def classes(text: str) -> Classes:
        return tuple([name for name, search in patterns() if search(text)])

    return cache(Answers(f"{table} {prefix}", Classes, classes))


@cache
def word_classes(table: str) -> dict[str, Classes]:
    """For a table of word lists: from a word to its classes."""
    found: dict[str, Classes] = {}
    for name, words in rules.load("decide")[table].items():
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found
