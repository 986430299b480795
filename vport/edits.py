"""The one place that changes text: edits applied back to front, overlaps refused, other bytes kept."""

from collections.abc import Iterable

import msgspec

from vport.errors import OverlapError
from vport.source import line_of


class Edit(msgspec.Struct, frozen=True, order=True):
    """Replace the bytes [start, end) by `new`.

    Arguments:
        start, end: byte offsets in the file as it was read; equal for an insertion.
        rank: order among insertions at one offset, lowest first.
        new: the bytes to put there.
        by: name of the pass.
        reason: one sentence for the reviewer.
        variable: the plan's name of the variable served, empty if none.
    """

    start: int
    end: int
    rank: int
    new: bytes
    by: str
    reason: str
    variable: str = ""


def check_overlaps(path: str, data: bytes, edits: list[Edit]) -> None:
    """Raise OverlapError when two of the sorted `edits` claim the same bytes."""
    for left, right in zip(edits, edits[1:], strict=False):
        if right.start < left.end or (left.start == right.start and left.start < left.end):
            raise OverlapError(
                f"{path}:{line_of(data, right.start)}: passes `{left.by}` and `{right.by}` both claim this "
                f"text; nothing in the file was changed.  Please report it with the lines around it."
            )


def apply_edits(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The text of `path` after all `edits`.

    Identical edits count once, so that two passes may ask for the same thing.

    Raises:
        OverlapError: two edits claim the same bytes.
    """
    ordered = sorted(set(edits))
    check_overlaps(path, data, ordered)
    parts: list[bytes] = []
    at = 0
    for edit in ordered:
        parts += (data[at : edit.start], edit.new)
        at = edit.end
    return b"".join(parts) + data[at:]
