"""Bytes of a file and the way from offsets to lines.  Knows nothing of C."""

from pathlib import Path

import msgspec

SNIFF = 8192
"""How many leading bytes decide whether a file is text."""


class Source(msgspec.Struct, frozen=True):
    """A file as it was read.

    Arguments:
        path: relative to the root it was found under, with forward slashes.
        data: its bytes, untouched.
    """

    path: str
    data: bytes


def line_of(data: bytes, offset: int) -> int:
    """Line number, from 1, of a byte offset."""
    return data.count(b"\n", 0, offset) + 1


def column_of(data: bytes, offset: int) -> int:
    """Column in bytes, from 1, of a byte offset."""
    return offset - data.rfind(b"\n", 0, offset)


def newline_of(data: bytes) -> bytes:
    """The line ending a file uses: CRLF when its first line ends so, else LF."""
    first = data.find(b"\n")
    return b"\r\n" if first > 0 and data[first - 1 : first] == b"\r" else b"\n"


def line_start(data: bytes, offset: int) -> int:
    """Offset of the first byte of the line that holds `offset`."""
    return data.rfind(b"\n", 0, offset) + 1


def line_end(data: bytes, offset: int) -> int:
    """Offset just past the line ending of the line that holds `offset` (or the end of the file)."""
    found = data.find(b"\n", offset)
    return len(data) if found < 0 else found + 1


def looks_binary(data: bytes) -> bool:
    """Whether the first bytes hold a NUL, which C source never does (as git decides)."""
    return b"\0" in data[:SNIFF]


def read_bytes(path: Path) -> bytes:
    """All bytes of a file; raises OSError."""
    return path.read_bytes()
