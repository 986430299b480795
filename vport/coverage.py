"""What share of a tree was read, and each function and region that was not."""

import msgspec

from vport.names import spell
from vport.read import Read
from vport.source import line_of


class Gap(msgspec.Struct, frozen=True):
    """One item that was not read: a function by name, or a region of the top level."""

    file: str
    line: int
    last_line: int
    function: str
    reason: str


class Coverage(msgspec.Struct, frozen=True):
    """What was read.

    Arguments:
        files: that were read.
        functions, functions_read: definitions seen, and those without an error inside.
        bytes, bytes_read: of all files, and outside unread items.
        gaps: what was not read.
    """

    files: int
    functions: int
    functions_read: int
    bytes: int
    bytes_read: int
    gaps: list[Gap]


def measure(read: Read) -> Coverage:
    """Coverage of a tree that was read."""
    functions = unread_functions = total = lost = 0
    gaps: list[Gap] = []
    for file, known in sorted(read.tree.facts.items()):
        data = read.data[file]
        functions += len(known.functions)
        total += known.size
        names = {f.start: f.name for f in known.functions}
        for item in known.unread:
            unread_functions += item.function
            lost += item.end - item.start
            name = names.get(item.start, "?") if item.function else ""
            reason = f"does not parse at line {line_of(data, item.at)}"
            gaps.append(Gap(spell(file), line_of(data, item.start), line_of(data, item.end), name, reason))
        for at, message in known.problems:
            gaps.append(Gap(spell(file), line_of(data, at), line_of(data, at), "", message))
    return Coverage(len(read.data), functions, functions - unread_functions, total, total - lost, gaps)
