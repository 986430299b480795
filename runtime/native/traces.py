"""A native trace: lines of JSON as events, places as the model has them."""

import posixpath
from collections.abc import Iterator

import msgspec

from ..host import Event

_DECODER = msgspec.json.Decoder(Event)


class BrokenTrace(ValueError):
    """A line that is no event; it says which."""


def read(data: bytes) -> list[Event]:
    """Events of a trace.

    Arguments:
        data: lines of JSON; a last line that is not whole is left out, for a process may die while it writes.

    Raises:
        BrokenTrace: a whole line is no event.
    """
    return [msgspec.structs.replace(event, at=place(event.at), text=event.text.strip()) for event in _decoded(data)]


def _decoded(data: bytes) -> Iterator[Event]:
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            yield _DECODER.decode(line)
        except msgspec.DecodeError as error:
            raise BrokenTrace(f"line {number} of the native trace is no event ({error}): {line[:120]!r}") from error


def place(at: str) -> str:
    """A place with the file's name as short as it goes: `./net/x.h:3` is `net/x.h:3`."""
    file, colon, line = at.rpartition(":")
    return f"{posixpath.normpath(file)}{colon}{line}" if file else at
