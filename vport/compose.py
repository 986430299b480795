"""Two rounds of edits as one: what follows on the text of a port is told against the text before it."""

from collections.abc import Iterable

import msgspec

from vport.edits import Edit, apply_edits


class _Range(msgspec.Struct):
    """A range of the text between the rounds, where it comes from, and the edits of both rounds in it."""

    start: int
    end: int
    first: list[tuple[Edit, int]]
    second: list[Edit]


def compose(path: str, middle: bytes, first: Iterable[Edit], second: Iterable[Edit]) -> list[Edit]:
    """Edits of the text before both rounds that do what both do.

    Arguments:
        path: of the file, for messages.
        middle: the text between the rounds.
        first: edits that gave it.
        second: edits of it.

    Raises:
        OverlapError: two edits of one round claim the same bytes.
    """
    ranges: list[_Range] = []
    shift = 0
    for edit in sorted(set(first)):
        start = edit.start + shift
        ranges.append(_Range(start, start + len(edit.new), [(edit, start)], []))
        shift += len(edit.new) - (edit.end - edit.start)
    ranges += [_Range(e.start, e.end, [], [e]) for e in sorted(set(second))]
    return [edit for one in _joined(ranges) for edit in _edits(path, middle, one, ranges)]


def _joined(ranges: list[_Range]) -> list[_Range]:
    """Ranges that touch, where edits of the second round do, as one."""
    found: list[_Range] = []
    for one in sorted(ranges, key=lambda r: (r.start, r.end)):
        last = found[-1] if found else None
        if last is not None and one.start <= last.end:
            found[-1] = _Range(last.start, max(last.end, one.end), last.first + one.first, last.second + one.second)
        else:
            found.append(one)
    return found


def _edits(path: str, middle: bytes, one: _Range, ranges: list[_Range]) -> list[Edit]:
    if not one.second:
        return [edit for edit, _ in one.first]
    before = [(e, at) for r in ranges for e, at in r.first if at + len(e.new) <= one.start and (e, at) not in one.first]
    shift = sum(len(e.new) - (e.end - e.start) for e, _ in before)
    inner = sum(len(e.new) - (e.end - e.start) for e, _ in one.first)
    moved = [msgspec.structs.replace(e, start=e.start - one.start, end=e.end - one.start) for e in one.second]
    text = apply_edits(path, middle[one.start : one.end], moved)
    said = one.second[0]
    reason = "; ".join(dict.fromkeys(e.reason for e in (*(e for e, _ in one.first), *one.second)))
    return [Edit(one.start - shift, one.end - shift - inner, 0, text, said.by, reason, said.variable)]
