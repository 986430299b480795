"""The difference of two texts that are edits of a third, found where the edits differ and nowhere else."""

import difflib
from collections.abc import Collection, Iterator

from vport.diff import Change, changes, split
from vport.edits import Edit

_COMPARED = 1_000_000
"""Pairs of lines in one changed region up to which what stays inside it is looked for."""


def between(path: str, data: bytes, old: Collection[Edit], new: Collection[Edit]) -> list[Change]:
    """What leads from `data` with the edits `old` to `data` with the edits `new`, line by line of the former.

    Arguments:
        path: of the text, for errors.
        data: the text that both are edits of.
        old, new: edits.

    Raises:
        OverlapError: edits of one side claim the same bytes.
    """
    lines, longer = split(data), 0
    found: list[Change] = []
    for first, last, left, right in _regions(changes(path, data, old), changes(path, data, new)):
        before, after = (_text(lines, first, last, side) for side in (left, right))
        if before != after:
            found += _finer(first + longer, before, after)
        longer += len(before) - (last - first)
    return found


def _regions(left: list[Change], right: list[Change]) -> Iterator[tuple[int, int, list[Change], list[Change]]]:
    """Old lines [first, last) that a side changes, with the changes of both that touch there."""
    both = [(c.first, c.last, 0, c) for c in left] + [(c.first, c.last, 1, c) for c in right]
    first, last, sides = -1, -2, ([], [])  # type: tuple[int, int, tuple[list[Change], list[Change]]]
    for start, stop, side, change in sorted(both, key=lambda part: part[:3]):
        if start > last:
            if first >= 0:
                yield first, last, *sides
            first, last, sides = start, stop, ([], [])
        last = max(last, stop)
        sides[side].append(change)
    if first >= 0:
        yield first, last, *sides


def _text(lines: list[bytes], first: int, last: int, found: list[Change]) -> list[bytes]:
    """Lines [first, last) with some changes."""
    out: list[bytes] = []
    for change in found:
        out += lines[first : change.first] + change.new
        first = change.last
    return out + lines[first:last]


def _finer(first: int, old: list[bytes], new: list[bytes]) -> Iterator[Change]:
    """The change of a region, without the lines inside it that stay."""
    if len(old) * len(new) > _COMPARED:
        yield Change(first, first + len(old), new)
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Change(first + a, first + b, new[c:d])
