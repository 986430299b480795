"""Suppressions: a comment that says which finding is meant here, and why it may stay.

`/* vport: ignore VP203 -- runs in vnet0 only */` on the line of a finding, or alone on the line above it.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from vport.checks.found import Found
from vport.patterns import later

_COMMENT = later(rb"(?:/\*|//)\s*vport:\s*ignore\b([^\n]*)")
_ID = later(r"VP\d{3}")
_REASON = later(r"(?:--|:)\s*(.*)")


class Suppression(msgspec.Struct, frozen=True):
    """One comment.

    Arguments:
        file, line: where it stands.
        ids: that it names.
        reason: why; empty if it gives none.
        covers: the line whose findings it means.
    """

    file: str
    line: int
    ids: tuple[str, ...]
    reason: str
    covers: int


def suppressions(file: str, data: bytes) -> Iterator[Suppression]:
    """The suppressions of a file."""
    if b"vport:" not in data:
        return
    for match in _COMMENT.finditer(data):
        text = match[1].decode("utf-8", "replace").partition("*/")[0]
        ids = tuple(_ID.findall(text.partition("--")[0]))
        reason = _REASON.search(text)
        line = data.count(b"\n", 0, match.start()) + 1
        begin = data.rfind(b"\n", 0, match.start()) + 1
        alone = not data[begin : match.start()].strip()
        yield Suppression(file, line, ids, reason[1].strip() if reason else "", line + alone)


class Sifted(msgspec.Struct):
    """Findings that stay, and those that a comment answers for, with the comment."""

    found: list[Found]
    suppressed: list[tuple[Found, Suppression]]


def sift(found: Iterable[Found], data: Mapping[str, bytes], files: Iterable[str]) -> Sifted:
    """Take out what comments answer for; what is wrong with the comments is found too.

    Arguments:
        found: all findings.
        data: content by file.
        files: whose comments are looked at.
    """
    comments = [s for file in files for s in suppressions(file, data[file])]
    by_place = {(s.file, s.covers, id_): s for s in comments if s.reason for id_ in s.ids}
    kept: list[Found] = []
    suppressed: list[tuple[Found, Suppression]] = []
    for one in found:
        answer = by_place.get((one.file, one.line, one.id))
        if answer is None:
            kept.append(one)
        else:
            suppressed.append((one, answer))
    used = {(s.file, s.line) for _, s in suppressed}
    kept += _complaints(comments, used)
    return Sifted(sorted(kept, key=lambda f: (f.file, f.line, f.id, f.message)), suppressed)


def _complaints(comments: Iterable[Suppression], used: set[tuple[str, int]]) -> Iterator[Found]:
    for one in comments:
        if not one.ids or not one.reason:
            what = (
                "names no finding" if not one.ids else f"gives no reason for {', '.join(one.ids)}, so it is not heard"
            )
            cure = "Write /* vport: ignore VPnnn -- reason */"
            yield Found("VP505", one.file, one.line, f"the suppression {what}", cure)
        elif (one.file, one.line) not in used:
            named = ", ".join(one.ids)
            yield Found("VP506", one.file, one.line, f"nothing here is {named} any more", "Remove the comment")
