"""The review of a port as a conversation: a hunk, a question, an answer."""

from vport.names import show
from vport.review.hunks import Hunk, Key
from vport.review.session import Session
from vport.review.show import describe, named, show_hunk, show_reasons
from vport.review.terminal import Terminal
from vport.review.witness import Witness

KEYS = (
    ("y", "accept this hunk"),
    ("n [WHY]", "refuse: the variable stays shared, and the next port leaves it alone"),
    ("s", "skip: leave it for another run"),
    ("a", "accept this hunk and all others of the variable"),
    ("e [DECISION [WHY]]", "edit the decision: virtualize, share or ask"),
    ("b", "back to the hunk before"),
    ("u", "undo the last answer"),
    ("q", "quit; run the same again to go on"),
    ("?", "why this hunk is there, ?? with every use of the variable"),
    ("h", "these keys"),
)
_DECISIONS = ("virtualize", "share", "ask")
_REFUSED = "refused in review"


def show_keys(terminal: Terminal, keys: tuple[tuple[str, str], ...]) -> None:
    """What can be answered."""
    width = max(len(key) for key, _ in keys) + 2
    for key, meaning in keys:
        terminal.tell(meaning, "faint", f"{key:<{width}}")


class Talk:
    """The conversation about one session.

    Arguments:
        session: of the review.
        terminal: to talk on.
    """

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session, self._terminal = session, terminal
        self._witness = Witness(session.read)
        self._variables = {v.key: v for v in session.read.tree.variables}
        self._headed: Key | str | None = ""
        self.refused: set[Key] = set()

    def run(self) -> None:
        """Ask until all is answered or the person has enough."""
        shown: Hunk | None = None
        while (hunk := self._session.current) is not None:
            if hunk is not shown:
                self._show(hunk)
            shown = hunk
            answer = self._terminal.ask(f"{self._place(hunk)} Accept? [y,n,s,a,e,b,u,q,?,h]")
            if answer.command == "q":
                return
            if self._answer(hunk, answer.command, answer.words):
                shown = None

    def _show(self, hunk: Hunk) -> None:
        self._terminal.say()
        if hunk.variable != self._headed:
            self._head(hunk)
        if hunk.variable is None:
            what = f"struct {hunk.tag} gets a member for its stack; " if hunk.tag else ""
            self._terminal.tell(f"{what}needed by {named(hunk.serves)}", "head")
        elif len(hunk.serves) > 1:
            others = [key for key in hunk.serves if key != hunk.variable]
            self._terminal.tell(f"with {hunk.variable[2]} here: {named(others)}", "faint")
        if self._session.is_accepted(hunk):
            self._terminal.say("accepted before", "faint")
        show_hunk(self._terminal, self._session.read, hunk)

    def _head(self, hunk: Hunk) -> None:
        self._headed = hunk.variable
        if hunk.variable is None:
            self._terminal.tell("What several variables need: contexts, constructors, headers", "head")
            return
        variable, session = self._variables[hunk.variable], self._session
        numbers = session.entries_of([variable.key])
        note = next((session.plan.said(n).note for n in numbers.values()), "")
        self._terminal.say(named([variable.key]), "head")
        self._terminal.tell(describe(session.read, variable), indent="  ")
        if note:
            self._terminal.tell(f"note: {note}", indent="  ")

    def _place(self, hunk: Hunk) -> str:
        """Where we are: of the variables, and of this one's hunks."""
        groups = list(dict.fromkeys(h.variable for h in self._session.hunks))
        mine = [h for h in self._session.hunks if h.variable == hunk.variable]
        return f"({groups.index(hunk.variable) + 1}/{len(groups)}, {mine.index(hunk) + 1}/{len(mine)})"

    def _answer(self, hunk: Hunk, command: str, words: str) -> bool:
        """Do what was asked for; whether a hunk is to be shown again."""
        session = self._session
        if command == "y":
            session.accept()
        elif command == "a":
            self._terminal.say(f"hunks accepted: {session.accept_all()}", "faint")
        elif command == "s":
            session.skip()
        elif command == "n":
            return self._refuse(hunk, words)
        elif command == "e":
            return self._edit(hunk, words)
        elif command in ("b", "u"):
            return self._return(command)
        elif command in ("?", "??"):
            self._explain(hunk, command == "??")
        else:
            show_keys(self._terminal, KEYS)
        return command in ("y", "a", "s")

    def _return(self, command: str) -> bool:
        moved = self._session.back() if command == "b" else self._session.undo()
        if not moved:
            self._terminal.say("this is the first hunk" if command == "b" else "there is nothing to undo", "doubt")
        self._headed = ""
        return moved

    def _explain(self, hunk: Hunk, whole: bool) -> None:
        show_reasons(self._terminal, self._session.read, hunk)
        if hunk.variable is not None:
            self._witness.tell(self._terminal, hunk.variable, whole)

    def _subjects(self, hunk: Hunk) -> list[Key]:
        """Variables that an answer about a hunk is about; none if the person thinks again."""
        if hunk.variable is not None:
            return [hunk.variable]
        if len(hunk.serves) > 1:
            self._terminal.tell(f"That is about all that need it: {named(hunk.serves, 40)}.", "doubt")
            if self._terminal.ask("All of them? [y,n]").command != "y":
                return []
        return list(hunk.serves)

    def _refuse(self, hunk: Hunk, why: str) -> bool:
        if hunk.tag and self._session.plan.said_of_object(hunk.tag) is not None:
            self._session.leave_object(hunk.tag, why or _REFUSED)
            self._terminal.say(f"struct {hunk.tag} stays as it is; porting again", "doubt")
            return True
        return self._decide(hunk, self._subjects(hunk), "share", why)

    def _edit(self, hunk: Hunk, words: str) -> bool:
        decision, _, why = words.partition(" ")
        if not decision:
            answer = self._terminal.ask("virtualize, share or ask, and why:")
            decision, why = answer.command, answer.words
        found = [d for d in _DECISIONS if decision and d.startswith(decision)]
        if len(found) != 1:
            self._terminal.say(f"a decision is one of {', '.join(_DECISIONS)}; nothing was changed", "doubt")
            return False
        return self._decide(hunk, self._subjects(hunk), found[0], why.strip())

    def _decide(self, hunk: Hunk, keys: list[Key], decision: str, why: str) -> bool:
        session, terminal = self._session, self._terminal
        entries = session.entries_of(keys)
        if not entries:
            if keys:
                terminal.tell(f"{named(keys)}: not in the plan; refresh it with `vport plan`", "doubt")
            return False
        silent = decision == "share" and not why and not any(session.plan.said(n).note for n in entries.values())
        ids = set(hunk.ids)
        session.decide(keys, decision, _REFUSED if silent else why)
        self.refused |= entries.keys() if decision == "share" else set()
        what = {"share": "stays shared", "ask": "is left open", "virtualize": "is virtualized"}[decision]
        terminal.tell(f"{named(sorted(entries))} {what}; {show(str(session.plan.path))} says so.", "doubt")
        if decision != "virtualize" and any(ids.issubset(h.ids) for h in session.hunks):
            terminal.say("This hunk stays all the same: something else needs it.", "doubt")
        self._headed = ""
        return True
