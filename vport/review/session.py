"""A review as it goes: which hunk is shown, what was answered, and how to take an answer back.

Every answer is written at once, so that an end at any moment loses nothing.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from vport.plan import Matched
from vport.port import Port
from vport.read import Read
from vport.review.hunks import Hunk, Key, Pieces
from vport.review.memory import Memory
from vport.review.planfile import PlanFile, Said

Porter = Callable[[Collection[Key], Mapping[str, str]], Port]
"""Ports the variables of some keys, with the members that structures get."""

_KNOWN_PORTS = 4


class Step(msgspec.Struct):
    """An answer that can be taken back: where it was given, and what it changed."""

    at: int
    accepted: list[str] = []
    skipped: list[str] = []
    plan: bytes = b""


class Session:
    """The review of one port.

    Arguments:
        read: the tree.
        plan: where decisions are written.
        matched: the plan laid over the tree.
        memory: what was accepted before.
        porter: makes the port again when a decision changed.
        only: names of variables to show; all if there are none.
    """

    def __init__(
        self, read: Read, plan: PlanFile, matched: Matched, memory: Memory, porter: Porter, only: Collection[str] = ()
    ) -> None:
        self.read, self.plan, self.memory = read, plan, memory
        numbers = {entry: number for number, entry in enumerate(plan.plan.entries)}
        self.entries: dict[Key, int] = {key: numbers[entry] for key, entry in matched.decided.items()}
        self._porter, self._only = porter, frozenset(only)
        self._ports: dict[object, Port] = {}
        self._steps: list[Step] = []
        self._skipped: set[str] = set()
        self._same = {v.key: [other.key for other in v.same] for v in read.tree.variables}
        self.hunks: list[Hunk] = []
        self.at = 0
        self._port_again()
        self._forward(0)

    def decision(self, key: Key) -> str:
        """What the plan says of a variable; empty if it does not name it."""
        return self.plan.said(self.entries[key]).decision if key in self.entries else ""

    def _port_again(self) -> None:
        """Bring the hunks up to the plan's decisions."""
        chosen = tuple(key for key in self.entries if self.decision(key) == "virtualize")
        objects = {o.tag: o.member for o in self.plan.plan.objects if self._stores(o.tag)}
        state = (chosen, tuple(objects))
        if state not in self._ports:
            while len(self._ports) >= _KNOWN_PORTS:
                self._ports.pop(next(iter(self._ports)))
            self._ports[state] = self._porter(chosen, objects)
        self.port = self._ports[state]
        self.pieces = Pieces(self.read, self.port)
        wanted = self._only
        self.hunks = [h for h in self.pieces.hunks if not wanted or any(key[2] in wanted for key in h.serves)]

    def _stores(self, tag: str) -> bool:
        said = self.plan.said_of_object(tag)
        return said is not None and said.decision == "store"

    @property
    def current(self) -> Hunk | None:
        """The hunk that is shown; None when there is nothing left to show."""
        return self.hunks[self.at] if self.at < len(self.hunks) else None

    def is_accepted(self, hunk: Hunk) -> bool:
        """Whether each change of a hunk was accepted, now or in an earlier run."""
        return self.memory.accepted.issuperset(hunk.ids)

    def is_open(self, hunk: Hunk) -> bool:
        """Whether a hunk waits for an answer."""
        return not self.is_accepted(hunk) and not self._skipped.issuperset(hunk.ids)

    def _forward(self, start: int) -> None:
        """Go to the first open hunk from `start` on, or from the beginning."""
        order = [*range(start, len(self.hunks)), *range(min(start, len(self.hunks)))]
        self.at = next((number for number in order if self.is_open(self.hunks[number])), len(self.hunks))

    def back(self) -> bool:
        """Show the hunk before, answered or not; whether there is one."""
        if self.at == 0:
            return False
        self.at -= 1
        return True

    def _accept(self, hunks: Collection[Hunk]) -> None:
        new = [one for hunk in hunks for one in hunk.ids if one not in self.memory.accepted]
        self._steps.append(Step(self.at, accepted=new))
        self.memory.change(new)
        self._forward(self.at + 1)

    def accept(self) -> None:
        """Agree with the hunk that is shown."""
        self._accept([self.hunks[self.at]])

    def accept_all(self) -> int:
        """Agree with it and all others of its variable; returns how many they are."""
        shown = self.hunks[self.at]
        mine = [h for h in self.hunks if h.variable == shown.variable and (self.is_open(h) or h is shown)]
        self._accept(mine)
        return len(mine)

    def skip(self) -> None:
        """Leave the hunk for another run."""
        ids = self.hunks[self.at].ids
        self._steps.append(Step(self.at, skipped=[one for one in ids if one not in self._skipped]))
        self._skipped.update(ids)
        self._forward(self.at + 1)

    def entries_of(self, keys: Collection[Key]) -> dict[Key, int]:
        """The plan's entries of some variables, and of the other definitions of their symbols."""
        whole = {one for key in keys for one in (key, *self._same.get(key, ()))}
        return {key: number for key, number in self.entries.items() if key in whole}

    def decide(self, keys: Collection[Key], decision: str, note: str = "") -> None:
        """Write what is to become of some variables, and port again.

        Arguments:
            keys: of the variables.
            decision: virtualize, share or ask.
            note: why; joins what the person noted before.
        """
        changes = {
            number: Said(decision, _joined(self.plan.said(number).note, note))
            for number in self.entries_of(keys).values()
        }
        self._change(changes, {})

    def leave_object(self, tag: str, note: str) -> None:
        """Write that a structure gets no member, and port again."""
        said = self.plan.said_of_object(tag)
        self._change({}, {tag: Said("leave", _joined(said.note if said else "", note))})

    def _change(self, entries: dict[int, Said], objects: dict[str, Said]) -> None:
        step, shown = Step(self.at, plan=self.plan.kept()), self.current
        rank = self.pieces.rank(shown) if shown else None
        self.plan.decide(entries, objects)
        self._steps.append(step)
        self._port_again()
        ranks = [self.pieces.rank(h) for h in self.hunks]
        self._forward(next((i for i, one in enumerate(ranks) if rank is None or one >= rank), len(ranks)))

    def undo(self) -> bool:
        """Take the last answer back; whether there was one."""
        if not self._steps:
            return False
        step = self._steps[-1]
        if step.plan:
            self.plan.restore(step.plan)
            self._port_again()
        self._steps.pop()
        self.memory.change((), step.accepted)
        self._skipped.difference_update(step.skipped)
        self.at = min(step.at, len(self.hunks))
        return True


def _joined(old: str, new: str) -> str:
    return f"{old}; {new}" if old and new and new not in old else old or new
