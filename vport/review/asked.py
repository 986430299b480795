"""`ask` entries settled one by one: what is known of a variable, a question, a decision."""

from vport.plan import Matched
from vport.read import Read
from vport.review.hunks import Key
from vport.review.planfile import PlanFile, Said
from vport.review.show import named
from vport.review.talk import show_keys
from vport.review.terminal import Terminal
from vport.review.witness import Witness

KEYS = (
    ("v [WHY]", "virtualize: each network stack gets its own"),
    ("s [WHY]", "share: all stacks use the one there is"),
    ("k", "keep asking: leave it for another run"),
    ("b", "back to the variable before"),
    ("u", "undo the last answer"),
    ("q", "quit; run the same again to go on"),
    ("?", "every use of the variable"),
    ("h", "these keys"),
)


class Asked:
    """The conversation about what the plan leaves open.

    Arguments:
        read: the tree.
        plan: where decisions are written.
        matched: the plan laid over the tree.
        terminal: to talk on.
    """

    def __init__(self, read: Read, plan: PlanFile, matched: Matched, terminal: Terminal) -> None:
        numbers = {entry: number for number, entry in enumerate(plan.plan.entries)}
        self._entries: dict[Key, int] = {key: numbers[entry] for key, entry in matched.decided.items()}
        self._same = {v.key: [other.key for other in v.same] for v in read.tree.variables}
        self._plan, self._terminal, self._witness = plan, terminal, Witness(read)
        self._keys = [key for key, entry in matched.decided.items() if entry.decision == "ask"]
        self._steps: list[tuple[int, bytes]] = []
        self._at = 0

    @property
    def left(self) -> int:
        """How many are still open."""
        return sum(self._decision(key) == "ask" for key in self._keys)

    @property
    def total(self) -> int:
        """How many were open when the conversation began."""
        return len(self._keys)

    def _decision(self, key: Key) -> str:
        return self._plan.said(self._entries[key]).decision

    def run(self) -> None:
        """Ask until all is settled or the person has enough."""
        shown = -1
        while self._at < len(self._keys):
            if self._at != shown:
                self._show(self._keys[self._at])
            shown = self._at
            place = f"({self._at + 1}/{len(self._keys)})"
            answer = self._terminal.ask(f"{place} Whose is it? [v,s,k,b,u,q,?,h]")
            if answer.command == "q":
                return
            if self._answer(answer.command, answer.words):
                shown = -1

    def _show(self, key: Key, whole: bool = False) -> None:
        self._terminal.say()
        self._terminal.say(named([key]), "head")
        said = self._plan.said(self._entries[key])
        if said.decision != "ask":
            self._terminal.say(f"  decided: {said.decision}", "doubt")
        if said.note:
            self._terminal.tell(f"note: {said.note}", indent="  ")
        self._witness.tell(self._terminal, key, whole)

    def _answer(self, command: str, words: str) -> bool:
        """Do what was asked for; whether a variable is to be shown anew."""
        if command in ("v", "s"):
            self._settle("virtualize" if command == "v" else "share", words)
        elif command == "k":
            self._steps.append((self._at, b""))
            self._at += 1
        elif command == "b":
            self._at = max(0, self._at - 1)
        elif command == "u":
            return self._undo()
        elif command in ("?", "??"):
            self._show(self._keys[self._at], whole=True)
        else:
            show_keys(self._terminal, KEYS)
        return command in ("v", "s", "k", "b")

    def _settle(self, decision: str, why: str) -> None:
        """Write the decision; what is one symbol with the variable is decided with it."""
        key, kept = self._keys[self._at], self._plan.kept()
        together = [one for one in (key, *self._same.get(key, ())) if one in self._entries]
        changes = {n: Said(decision, why or self._plan.said(n).note) for n in (self._entries[k] for k in together)}
        self._plan.decide(changes)
        self._steps.append((self._at, kept))
        if len(together) > 1:
            others = [one for one in together if one != key]
            self._terminal.tell(f"and with it, as it is one symbol: {named(others)} in {others[0][0]}", "faint")
        self._at += 1
        while self._at < len(self._keys) and self._decision(self._keys[self._at]) != "ask":
            self._at += 1

    def _undo(self) -> bool:
        if not self._steps:
            self._terminal.say("there is nothing to undo", "doubt")
            return False
        self._at, kept = self._steps.pop()
        if kept:
            self._plan.restore(kept)
        return True
