"""Flows of the functions of a tree, read when asked for and kept."""

from collections.abc import Mapping

from vport.c.flow import Flow, Statement, read_flows
from vport.c.reading import Reading
from vport.facts import FileFacts


class Flows:
    """Flows by file and function.

    Arguments:
        data: bytes of every file.
        facts: of the same files.
        reading: what was known of macros when the tree was read.
    """

    def __init__(self, data: Mapping[str, bytes], facts: Mapping[str, FileFacts], reading: Reading) -> None:
        self._data = data
        self._facts = facts
        self._reading = reading
        self._flows: dict[str, list[Flow]] = {}

    def of_file(self, file: str) -> list[Flow]:
        """All flows of a file."""
        if file not in self._flows:
            self._flows[file] = read_flows(self._data[file], self._reading)
        return self._flows[file]

    def of(self, file: str, function: str) -> list[Flow]:
        """Flows of the function of that name: one for each definition of it."""
        bodies = {f.body for f in self._facts[file].functions if f.name == function}
        return [flow for flow in self.of_file(file) if flow.body in bodies]

    def around(self, file: str, at: int) -> Flow | None:
        """The flow of the function whose body holds `at`."""
        return next((flow for flow in self.of_file(file) if flow.start <= at < flow.end), None)


def chain(root: Statement, at: int) -> list[Statement]:
    """Statements around an offset, from `root` inwards."""
    found = [root]
    while True:
        inner = next((p for p in found[-1].parts if p.start <= at < p.end), None)
        if inner is None:
            return found
        found.append(inner)


def walk(statement: Statement) -> list[Statement]:
    """`statement` and all inside it, in order."""
    found, rest = [], [statement]
    while rest:
        one = rest.pop()
        found.append(one)
        rest.extend(reversed(one.parts))
    return found
