"""How long one piece of work may take, in seconds of the processor; what is left then is told, never waited for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("end", default=float("inf"))


class OutOfTimeError(Exception):
    """The work took longer than it may."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the work of this context take so many seconds of this thread; one inside another may only take less."""
    token = _end.set(min(_end.get(), time.thread_time() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def go_on() -> None:
    """Go on, unless the time is over.

    Raises:
        OutOfTimeError: it is.
    """
    end = _end.get()
    if end != float("inf") and time.thread_time() > end:
        raise OutOfTimeError
