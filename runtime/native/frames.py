"""A trace as frames: what the kernel does, one after the other, each with what the module did inside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ..host import Event
from .marks import INSIDE, function
from .watch import Called, Watched

CALLS = frozenset({"sysinit", "constructor", "destructor", "module-event", "handler"})
FRAMES = CALLS | {"vnet", "interface"}
"""Events of the kernel that both runtimes tell."""


class Frame(msgspec.Struct):
    """Something the kernel does.

    Arguments:
        event: that says so.
        inside: events of the module until the next frame.
        called: how the Python runtime explored it, None in a native trace and where no function of the module runs.
    """

    event: Event
    inside: list[Event] = msgspec.field(default_factory=list)
    called: Called | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What must be equal in both traces."""
        name = function(self.event) if self.event.what in CALLS else self.event.text
        return self.event.what, name, self.event.vnet

    def __str__(self) -> str:
        """For people."""
        at = f" at {self.event.at}" if self.event.at else ""
        return f"{self.event.what} {self.event.text}{at} (curvnet {_stack(self.event.vnet)})"


def _stack(vnet: int) -> str:
    return f"vnet{vnet}" if vnet >= 0 else "NULL"


def of_python(watched: Watched) -> list[Frame]:
    """The frames of a trace of the Python runtime."""
    found: list[Frame] = []
    for index, event in enumerate(watched.trace):
        called = watched.called.get(index)
        if event.what in FRAMES:
            found.append(Frame(event, [], called))
        elif event.what in INSIDE:
            _inside(found, event, watched.called, index)
    return found


def _inside(found: list[Frame], event: Event, called: Mapping[int, Called], index: int) -> None:
    """An event of the last frame, if it lies in its call; else one of the kernel itself, as a lock's own slot is."""
    last = found[-1] if found else None
    if last is not None and last.called is not None and last.called.start <= index < last.called.end:
        last.inside.append(event)
    else:
        found.append(Frame(event))


def of_native(trace: Iterable[Event], slots: frozenset[str], statement: Mapping[str, str]) -> list[Frame]:
    """The frames of a native trace.

    Arguments:
        trace: its events.
        slots: statements of locks that are set up at a slot of their own.
        statement: of each place of the trace.
    """
    found: list[Frame] = []
    for event in trace:
        own_slot = event.what in INSIDE and statement.get(event.at) in slots
        if event.what in FRAMES or own_slot or (event.what in INSIDE and not found):
            found.append(Frame(event))
        elif event.what in INSIDE:
            found[-1].inside.append(event)
    return list(_without_helpers(found, slots, statement))


def _without_helpers(frames: Sequence[Frame], slots: frozenset[str], statement: Mapping[str, str]) -> Iterator[Frame]:
    """Without the library's own function that runs at the slot of a lock: the lock's event says it."""
    for frame, after in zip(frames, [*frames[1:], None], strict=False):
        helper = frame.event.what in CALLS and statement.get(frame.event.at) in slots
        if not (helper and after is not None and after.event.at == frame.event.at):
            yield frame


def by_step(frames: Iterable[Frame]) -> dict[int, list[Frame]]:
    """Frames by the action that they belong to."""
    found: dict[int, list[Frame]] = {}
    for frame in frames:
        found.setdefault(frame.event.step, []).append(frame)
    return found
