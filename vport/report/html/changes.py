"""The diff: hunks of each file, with the pass and the reason behind every line that changes."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from vport import diff
from vport.edits import Edit
from vport.patterns import later
from vport.report.html.page import FileDiff, Hunk, Note
from vport.report.html.texts import Files, Texts, plain, within

_COMMENT = later(rb"/\*.*?(?:\*/|\Z)|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?", re.DOTALL)


def gather(
    data: Mapping[str, bytes], edits: Mapping[str, Sequence[Edit]], files: Files, passes: Texts, reasons: Texts
) -> list[FileDiff]:
    """Diffs of all files that change, by name.

    Arguments:
        data: bytes before the port.
        edits: by file.
        files, passes, reasons: number names and texts.
    """
    made = (_of_file(file, data[file], edits[file], files, passes, reasons) for file in sorted(edits))
    return [one for one in made if one.hunks]


def _of_file(file: str, data: bytes, edits: Sequence[Edit], files: Files, passes: Texts, reasons: Texts) -> FileDiff:
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    changes = diff.changes(file, data, edits)
    comments = [m.span() for m in _COMMENT.finditer(data) if m.group().startswith(b"/*")]
    starts = _starts(lines)
    notes = _notes(file, edits, files, passes, reasons)
    hunks = []
    for hunk in diff.hunks(changes, len(lines)):
        low = bisect_right(notes, hunk.start, key=lambda n: n.line)
        last = hunk.stop + (hunk.stop == len(lines))  # what is added at the end of a file stands behind its last line
        high = bisect_right(notes, last, key=lambda n: n.line)
        at = starts[hunk.start] if hunk.start < len(starts) else len(data)
        body = "\n".join(_body(hunk, lines))
        hunks.append(Hunk(hunk.start + 1, hunk.start + hunk.delta + 1, within(comments, at), body, notes[low:high]))
    added = sum(len(c.new) for c in changes)
    return FileDiff(files.number(file), added, sum(c.last - c.first for c in changes), hunks)


def _starts(lines: Sequence[bytes]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


def _notes(file: str, edits: Sequence[Edit], files: Files, passes: Texts, reasons: Texts) -> list[Note]:
    """Reasons in order of lines, each once a line."""
    told = (
        Note(files.line(file, e.start), passes.number(e.by), reasons.number(e.reason), e.variable)
        for e in sorted(set(edits))
    )
    return list(dict.fromkeys(told))


def _body(hunk: diff.Hunk, lines: Sequence[bytes]) -> Iterator[str]:
    at = hunk.start
    for change in hunk.changes:
        yield from (_line(" ", line) for line in lines[at : change.first])
        yield from (_line("-", line) for line in lines[change.first : change.last])
        yield from (_line("+", line.removesuffix(b"\n")) for line in change.new)
        at = change.last
    yield from (_line(" ", line) for line in lines[at : hunk.stop])


def _line(sign: str, line: bytes) -> str:
    """A line of the body; the carriage return that ends lines of some files is not shown."""
    return sign + plain(line.removesuffix(b"\r"))
