"""Unified diffs from edits: exact, without comparing texts, and in bytes, so that no encoding is needed.

The format is that of git-diff(1), which git-apply(1) takes; see also POSIX diff -u.
"""

import os
from collections.abc import Iterable, Iterator

import msgspec

from vport.edits import Edit, apply_edits

CONTEXT = 3
"""Unchanged lines around a change."""


class Change(msgspec.Struct):
    """Old lines [first, last) (counted from 0) become `new`; `edits` are what makes the change."""

    first: int
    last: int
    new: list[bytes]
    edits: list[Edit] = []


class Hunk(msgspec.Struct):
    """Changes that share their context: old lines [start, stop), `delta` lines longer so far in the new file."""

    start: int
    stop: int
    delta: int
    changes: list[Change]


def line_starts(data: bytes) -> list[int]:
    """Offset of every line."""
    starts = [0]
    at = data.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    if starts[-1] == len(data):
        starts.pop()
    return starts


def _touched(data: bytes, edits: Iterable[Edit]) -> list[tuple[int, int, list[Edit]]]:
    """Byte ranges of whole lines, and the edits inside each."""
    ranges: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(set(edits)):
        start = data.rfind(b"\n", 0, edit.start) + 1
        whole = edit.start == edit.end == start and edit.new.endswith(b"\n")
        cut = (
            edit.start < edit.end
            and data[edit.end - 1 : edit.end] == b"\n"
            and (edit.new.endswith(b"\n") or (not edit.new and edit.start == start))
        )
        end = edit.end if whole or cut else (data.find(b"\n", edit.end) + 1 or len(data))
        if ranges and start <= ranges[-1][1] and not (start == ranges[-1][1] and ranges[-1][0] < start):
            low, high, inside = ranges[-1]
            ranges[-1] = (low, max(high, end), [*inside, edit])
        else:
            ranges.append((start, end, [edit]))
    return ranges


def changes(path: str, data: bytes, edits: Iterable[Edit]) -> list[Change]:
    """What the edits do, line by line."""
    starts = line_starts(data)
    index = {offset: i for i, offset in enumerate(starts)}
    index[len(data)] = len(starts)
    found: list[Change] = []
    for low, high, inside in _touched(data, edits):
        moved = [msgspec.structs.replace(e, start=e.start - low, end=e.end - low) for e in inside]
        text = apply_edits(path, data[low:high], moved)
        if text != data[low:high]:
            change = _trimmed(index[low], split(data[low:high]), split(text))
            change.edits = inside
            found.append(change)
    return found


def _trimmed(first: int, old: list[bytes], new: list[bytes]) -> Change:
    """The change of some lines without those that stay at both ends."""
    top = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - top
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    return Change(first + top, first + len(old) - tail, new[top : len(new) - tail])


def split(text: bytes) -> list[bytes]:
    """Lines of `text` by line feeds alone."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def hunks(found: list[Change], count: int) -> Iterator[Hunk]:
    """Changes with their context, those that are near in one.

    Arguments:
        found: changes of one file, in order.
        count: of its lines.
    """
    hunk: Hunk | None = None
    delta = 0
    for change in found:
        start, stop = max(0, change.first - CONTEXT), min(count, change.last + CONTEXT)
        if hunk is not None and start <= hunk.stop:
            hunk.stop = stop
            hunk.changes.append(change)
        else:
            if hunk is not None:
                yield hunk
            hunk = Hunk(start, stop, delta, [change])
        delta += len(change.new) - (change.last - change.first)
    if hunk is not None:
        yield hunk


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + line if line.endswith(b"\n") else mark + line + b"\n\\ No newline at end of file\n"


def _body(hunk: Hunk, lines: list[bytes]) -> tuple[list[bytes], int]:
    out: list[bytes] = []
    at, new_count = hunk.start, hunk.stop - hunk.start
    for change in hunk.changes:
        out += [_line(b" ", line) for line in lines[at : change.first]]
        out += [_line(b"-", line) for line in lines[change.first : change.last]]
        out += [_line(b"+", line) for line in change.new]
        new_count += len(change.new) - (change.last - change.first)
        at = change.last
    out += [_line(b" ", line) for line in lines[at : hunk.stop]]
    return out, new_count


def quoted(path: str) -> bytes:
    """A path as git writes it in a diff: in quotes with octal escapes when it holds anything unusual."""
    raw = os.fsencode(path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in raw):
        return raw
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x09: b"\\t", 0x0D: b"\\r"}
    return b'"' + b"".join(escapes.get(b, b"\\%03o" % b if not 0x20 <= b < 0x7F else bytes((b,))) for b in raw) + b'"'


def unified_diff(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The diff of one file, empty when the edits change nothing."""
    found = changes(path, data, edits)
    if not found:
        return b""
    return file_diff(path, split(data), found)


def file_diff(path: str, lines: list[bytes], found: list[Change], extended: bytes = b"") -> bytes:
    """The diff of one file from what changes in its lines.

    Arguments:
        path: for the head.
        lines: of the old text, with their ends.
        found: at least one change, in order.
        extended: git's own lines between the head and the names.
    """
    old, new = quoted(f"a/{path}"), quoted(f"b/{path}")
    out = [b"diff --git %s %s\n%s--- %s\n+++ %s\n" % (old, new, extended, old, new)]
    for hunk in hunks(found, len(lines)):
        body, new_count = _body(hunk, lines)
        count = hunk.stop - hunk.start
        first = hunk.start + (1 if count else 0)
        new_first = hunk.start + hunk.delta + (1 if new_count else 0)
        out.append(b"@@ -%d,%d +%d,%d @@\n" % (first, count, new_first, new_count))
        out += body
    return b"".join(out)
