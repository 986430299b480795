"""How long one piece of work may take, in seconds of the processor; what is left then is told, never waited for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("end", default=float("inf"))
_SELDOM = 15
"""Steps between two looks at the clock of a thread, each of which asks the kernel."""
_unlooked = 0
"""Steps that may still go on without one."""


class OutOfTimeError(Exception):
    """The work took longer than it may."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the work of this context take so many seconds of this thread; one inside another may only take less."""
    global _unlooked
    _unlooked = 0
    token = _end.set(min(_end.get(), time.thread_time() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def go_on() -> None:
    """Go on, unless the time is over; to be asked at every step that takes far less than a second.

    Raises:
        OutOfTimeError: it is.
    """
    global _unlooked
    if _unlooked:
        _unlooked -= 1
        return
    _unlooked = _SELDOM
    end = _end.get()
    if end != float("inf") and time.thread_time() > end:
        raise OutOfTimeError
