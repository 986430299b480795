"""A native trace: lines of JSON as events, addresses as names, places as the model has them."""

import posixpath
import re
from collections.abc import Iterator, Mapping

import msgspec

from ..host import Event

_ADDRESS = re.compile(r"\{0x([0-9a-f]+)\}")
_DECODER = msgspec.json.Decoder(Event)


class BrokenTrace(ValueError):
    """A line that is no event; it says which."""


def read(data: bytes, names: Mapping[int, str]) -> list[Event]:
    """Events of a trace.

    Arguments:
        data: lines of JSON; a last line that is not whole is left out, for a process may die while it writes.
        names: of the program's functions and data, by address.

    Raises:
        BrokenTrace: a whole line is no event.
    """
    return [_named(event, names) for event in _decoded(data)]


def _decoded(data: bytes) -> Iterator[Event]:
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            yield _DECODER.decode(line)
        except msgspec.DecodeError as error:
            raise BrokenTrace(f"line {number} of the native trace is no event ({error}): {line[:120]!r}") from error


def _named(event: Event, names: Mapping[int, str]) -> Event:
    def name(match: re.Match[str]) -> str:
        address = int(match.group(1), 16)
        return names.get(address, hex(address)).removeprefix("vnet_entry_")

    return msgspec.structs.replace(event, text=_ADDRESS.sub(name, event.text), at=place(event.at))


def place(at: str) -> str:
    """A place with the file's name as short as it goes: `./net/x.h:3` is `net/x.h:3`."""
    file, colon, line = at.rpartition(":")
    return f"{posixpath.normpath(file)}{colon}{line}" if file else at
