"""Flows of the functions of a tree, read when asked for and kept."""

import re
from collections.abc import Collection, Mapping

from vport.c.flow import Flow, Functions, Statement
from vport.c.reading import Reading
from vport.facts import FileFacts


class Flows:
    """Flows by file and function; a function is read when it is asked for.

    Arguments:
        code: gives a file's text with comments and literals blanked.
        facts: of the same files.
        reading: what was known of macros when the tree was read.
    """

    def __init__(self, code: Mapping[str, bytes], facts: Mapping[str, FileFacts], reading: Reading) -> None:
        self._code = code
        self._facts = facts
        self._reading = reading
        self._functions: dict[str, Functions] = {}
        self._flows: dict[tuple[str, int], Flow | None] = {}

    def _at(self, file: str, body: int) -> Flow | None:
        """The flow of the function whose body begins at an offset."""
        if (file, body) not in self._flows:
            if file not in self._functions:
                self._functions[file] = Functions(self._code[file], self._reading)
            self._flows[file, body] = self._functions[file].read(body)
        return self._flows[file, body]

    def holding(self, file: str, words: Collection[bytes], form: re.Pattern[bytes] | None = None) -> list[Flow]:
        """Flows of the functions of a file whose text holds one of some words, and a form if one is given, in order."""
        code = self._code[file]
        bodies = [
            f.body
            for f in self._facts[file].functions
            if any(code.find(w, f.body, f.end) >= 0 for w in words)
            and (form is None or form.search(code, f.body, f.end))
        ]
        return [flow for body in bodies if (flow := self._at(file, body)) is not None]

    def of(self, file: str, function: str) -> list[Flow]:
        """Flows of the function of that name: one for each definition of it."""
        bodies = sorted({f.body for f in self._facts[file].functions if f.name == function})
        return [flow for body in bodies if (flow := self._at(file, body)) is not None]

    def around(self, file: str, at: int) -> Flow | None:
        """The flow of the function whose body holds `at`."""
        function = next((f for f in self._facts[file].functions if f.start <= at < f.end), None)
        return self._at(file, function.body) if function is not None else None


def chain(root: Statement, at: int) -> list[Statement]:
    """Statements around an offset, from `root` inwards."""
    found, inner = [root], True
    while inner:
        inner = False
        for part in found[-1].parts:
            if part.start <= at < part.end:
                found.append(part)
                inner = True
                break
    return found


def walk(statement: Statement) -> list[Statement]:
    """`statement` and all inside it, in order."""
    found, rest = [], [statement]
    while rest:
        one = rest.pop()
        found.append(one)
        rest.extend(reversed(one.parts))
    return found
