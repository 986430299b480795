"""Preprocessed text that does not depend on where its lines stand, nor on the folder its tree lies in.

`__LINE__` becomes a mark before the preprocessor runs.  Alone, it is then a constant; pasted into a name, it is
numbered by the line it stands on, so that names stay as different as they were.
"""

from pathlib import Path
from typing import NamedTuple

from vport.digest import blake2b
from vport.patterns import later

MARK = "__vport_line__"
OPTIONS = ("-E", "-w", "-Wno-error", "-Wno-builtin-macro-redefined", f"-D__LINE__={MARK}")
LINE_NAME = later(r"__vport_line_\d+")
"""What is left in a symbol's name that the number of a line was pasted into."""

_WORD = later(rb"\w*" + MARK.encode() + rb"\w*")
_PLACE = later(rb'^#(?:line)? (\d+) "((?:[^"\\\n]|\\.)*)"')
_SPACE = later(rb"\s+")


class Line(NamedTuple):
    """A line of preprocessed text and where the source has it."""

    file: str
    number: int
    text: bytes


def neutral(text: bytes, tree: Path, distinct: bool = False) -> bytes:
    """The text without numbers of lines and without the tree's folder.

    Arguments:
        text: preprocessed with `OPTIONS`.
        tree: the folder that names of files begin with.
        distinct: give each line that asks for its number another one, for texts that rely on that (case __LINE__:).
    """
    short = text.replace(str(tree).encode("utf-8", "surrogateescape") + b"/", b"")
    if MARK.encode() not in short:
        return short
    lines, numbers = short.split(b"\n"), 0
    for i, line in enumerate(lines):
        if MARK.encode() in line:
            lines[i] = _WORD.sub(lambda m, n=numbers: _number(m[0], n, distinct), line)  # type: ignore[misc]
            numbers += 1
    return b"\n".join(lines)


def _number(word: bytes, number: int, distinct: bool) -> bytes:
    if word == MARK.encode():
        return b"%d" % (number + 1) if distinct else b"1"
    return word.replace(MARK.encode(), b"__vport_line_%d" % number)


def lines_of(text: bytes) -> list[Line]:
    """The lines that hold something, each with its place in the source."""
    found: list[Line] = []
    file, number = "", 0
    for line in text.split(b"\n"):
        place = _PLACE.match(line) if line.startswith(b"#") else None
        if place:
            file, number = place[2].decode("utf-8", "surrogateescape"), int(place[1])
            continue
        if line and not line.isspace():
            found.append(Line(file, number, line))
        number += 1
    return found


def digest(text: bytes) -> bytes:
    """Hash of what a compiler makes code of: the tokens, not where they stand."""
    hashed = blake2b(digest_size=20)
    for line in text.split(b"\n"):
        if line and not _PLACE.match(line):
            hashed.update(_SPACE.sub(b" ", line.strip()) + b"\n" if line.strip() else b"")
    return hashed.digest()
