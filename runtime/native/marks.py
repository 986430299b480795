"""Events and instructions as marks that can be compared: what happened, to which variable, in which statement."""

from typing import NamedTuple

from ..expressions import stripped
from ..host import Event
from ..knowledge import Knowledge
from ..model import Access, Destroy, Init, Register, Restore, Set, Unregister
from .statements import Places

INSIDE = frozenset({"access", "set", "restore", "init", "destroy", "register", "unregister"})
"""Events of what a function of the module does; the others are the kernel's own, or are not told natively."""
_WHAT = {"init": "up", "register": "up", "destroy": "down", "unregister": "down"}
"""One call of the kernel sets something up and registers a handler; each runtime may tell it as one or as two."""


_MEMORY = frozenset({"malloc", "mallocarray", "realloc", "reallocf", "free", "zfree"})
"""What the Python runtime follows only if a variable of the module holds it."""


class Mark(NamedTuple):
    """What happened.

    Arguments:
        what: `access`, `set`, `restore`, `up` or `down`.
        name: of the variable of an access, without V_.
        statement: it happened in.
    """

    what: str
    name: str
    statement: str


class Marks:
    """Makes marks.

    Arguments:
        knowledge: of the module.
        places: of the module.
        vimage: the build.
    """

    def __init__(self, knowledge: Knowledge, places: Places, vimage: bool) -> None:
        self._places = places
        self._vimage = vimage
        self._virtual = {_plain(v.name) for v in knowledge.variables.values() if v.per_vnet}
        steps = (step for name in knowledge.functions for step in knowledge.chart(name).steps)
        self._followed = {mark for step in steps if (mark := self.of_instruction(step.does))}

    def of_event(self, event: Event) -> Mark | None:
        """The mark of an event of either trace; None for what only one of them tells, or the library does itself."""
        if event.what not in INSIDE or not event.at:
            return None
        name = accessed(event) if event.what == "access" else ""
        if name and not self.virtual(name):
            return None
        mark = Mark(_WHAT.get(event.what, event.what), name, self._places.statement(event.at))
        return mark if mark in self._followed or held(event)[0] not in _MEMORY else None

    def of_instruction(self, does: object) -> Mark | None:
        """The mark that an instruction of a model leaves in a trace."""
        if isinstance(does, Access):
            told = self.virtual(does.variable) and not does.plain
            return Mark("access", _plain(does.variable), self.at(does.at)) if told else None
        if isinstance(does, Init | Register):
            return Mark("up", "", self.at(does.at))
        if isinstance(does, Destroy | Unregister):
            return Mark("down", "", self.at(does.at))
        if isinstance(does, Set | Restore) and self._vimage:
            return Mark("set" if isinstance(does, Set) else "restore", "", self.at(does.at))
        return None

    def at(self, at: str) -> str:
        """The statement of a place."""
        return self._places.statement(at)

    def virtual(self, name: str) -> bool:
        """Whether a variable is one that each stack has for itself, which is what is told of natively."""
        return _plain(name) in self._virtual


def _plain(name: str) -> str:
    """A variable's name in C: a model adds the file to those that several files have."""
    return name.partition("@")[0]


def accessed(event: Event) -> str:
    """The variable of an access, in either trace's words (`write V_x`, `access V_x`)."""
    return _plain(event.text.rpartition(" ")[2].removeprefix("V_"))


def function(event: Event) -> str:
    """The function that the kernel called, out of `name(arguments)`; all of the text if it is no call."""
    return event.text.partition("(")[0].strip()


def held(event: Event) -> tuple[str, str]:
    """Kind and holder of a set-up or tear-down; a registration's holder comes behind its function."""
    kind, _, rest = event.text.partition(" ")
    if event.what in ("register", "unregister"):
        rest = rest.rpartition(" ")[2]
    return kind, stripped(rest).lstrip("&").removeprefix("V_")
