"""The edits of many findings at once, as far as they do not stand in each other's way."""

from collections.abc import Iterable, Mapping

from vport.checks.found import Found
from vport.edits import Edit, apply_edits, check_overlaps
from vport.errors import OverlapError


def apply_cures(found: Iterable[Found], data: Mapping[str, bytes]) -> tuple[dict[str, bytes], int]:
    """The texts after the edits, and how many findings they cure; what overlaps is left for the next time.

    Arguments:
        found: findings with edits.
        data: content by file.
    """
    taken: dict[str, frozenset[Edit]] = {}
    cured = 0
    for one in found:
        wanted = {file: taken.get(file, frozenset()) | _of(one, file) for file, _ in one.edits}
        try:
            for file, edits in wanted.items():
                check_overlaps(file, data[file], sorted(edits))
        except OverlapError:
            continue
        taken.update(wanted)
        cured += 1
    made = {file: apply_edits(file, data[file], edits) for file, edits in taken.items()}
    return {**data, **made}, cured


def _of(one: Found, file: str) -> frozenset[Edit]:
    return frozenset(edit for name, edit in one.edits if name == file)
