"""What speaks for and against a variable, told to the person who has to decide."""

import math
from collections.abc import Iterable

from vport.decide import Decision, decide
from vport.evidence import Evidence, gather
from vport.names import show
from vport.read import Read
from vport.review.hunks import Key
from vport.review.show import describe
from vport.review.terminal import Terminal
from vport.source import line_end, line_of, line_start
from vport.tree import Reference, Variable

_FEW = 5
_KINDS = {"write": "written by", "address": "address taken by", "read": "read by"}


class Witness:
    """Evidence of a tree; gathered when it is first asked for, as that takes a while.

    Arguments:
        read: the tree.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._variables = {v.key: v for v in read.tree.variables}
        self._evidence: dict[Key, Evidence] = {}
        self._decisions: dict[Key, Decision] = {}

    def _gather(self) -> None:
        if not self._decisions:
            self._evidence = gather(self._read)
            self._decisions = decide(self._read, self._evidence)

    def tell(self, terminal: Terminal, key: Key, whole: bool = False) -> None:
        """Say what a variable is, what was seen of it, and who uses it.

        Arguments:
            terminal: to say it on.
            key: of the variable.
            whole: every use, not the first few.
        """
        self._gather()
        variable, decision = self._variables[key], self._decisions[key]
        terminal.tell(describe(self._read, variable), indent="  ")
        for line in self._definitions(variable):
            terminal.say(f"    {line}", "place")
        chance = round(100 / (1 + math.exp(-decision.score)))
        terminal.tell(f"evidence: {self._classes(key, decision)}", indent="  ")
        terminal.tell(f"weighed: {chance}% that each network stack has its own", indent="  ")
        for access, said in _KINDS.items():
            self._users(terminal, said, [r for r in variable.references if _kind(r) == access], whole)

    def _classes(self, key: Key, decision: Decision) -> str:
        evidence = self._evidence[key]
        ordered = [*decision.why, *sorted(evidence.classes - set(decision.why))]
        return "; ".join(f"{c} ({evidence.details[c]})" if c in evidence.details else c for c in ordered)

    def _definitions(self, variable: Variable) -> Iterable[str]:
        data = self._read.data[variable.file]
        for start in sorted({s.declaration.start for s in variable.sites}):
            line = data[line_start(data, start) : line_end(data, start)]
            yield line.rstrip(b"\r\n").decode("utf-8", "surrogateescape").strip()

    def _users(self, terminal: Terminal, said: str, references: list[Reference], whole: bool) -> None:
        """Functions and macros, each with the line of its first use."""
        found: dict[str, str] = {}
        for reference in references:
            data, at = self._read.data[reference.file], reference.use.at
            where = f"{show(reference.file)}:{line_of(data, at)}"
            text = data[line_start(data, at) : line_end(data, at)].decode("utf-8", "surrogateescape").strip()
            found.setdefault(self._user(reference), f"{where}: {text}")
        if not found:
            return
        terminal.say(f"  {said}")
        for user, text in list(found.items())[: None if whole else _FEW]:
            terminal.tell(f"{user}, {text}", indent="    ")
        if len(found) > _FEW and not whole:
            terminal.say(f"    ... and {len(found) - _FEW} more; ?? lists all", "faint")

    def _user(self, reference: Reference) -> str:
        use, facts = reference.use, self._read.tree.facts[reference.file]
        if use.place == "function":
            return f"{facts.functions[use.index].name}()"
        return f"macro {facts.defines[use.index].name}" if use.place == "macro" else "file scope"


def _kind(reference: Reference) -> str:
    access = reference.use.access
    return access if access in _KINDS else "read"
