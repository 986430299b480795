"""What a review shows: a hunk as a diff with its place and passes, and all that is known of why it is there."""

from collections.abc import Iterator, Sequence

from vport.c.declarators import short_type
from vport.diff import CONTEXT, Change, line_starts
from vport.edits import Edit
from vport.names import show
from vport.port import Port
from vport.read import Read
from vport.review.hunks import Hunk, Key
from vport.review.terminal import Terminal
from vport.source import line_of
from vport.tree import Variable

_NAMED = 12
"""Variables that a line names before the rest is counted."""

_LISTED = 10
"""Findings that are listed before the rest is counted: the questions are what a review is about."""


def named(keys: Sequence[Key], limit: int = _NAMED) -> str:
    """Some variables by name."""
    names = [f"{function}.{name}" if function else name for _, function, name in keys]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def describe(read: Read, variable: Variable) -> str:
    """Type, linkage and place of a variable."""
    site = variable.sites[0]
    data, declarator = read.data[variable.file], site.declarator
    type_ = short_type(site.declaration.specifier, declarator, data[declarator.start : declarator.end])
    linkage = f"static in {variable.function}()" if variable.function else variable.storage or "external"
    return f"{type_}, {linkage}, {show(variable.file)}:{line_of(data, declarator.name_at)}"


def _text(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def _sections(changes: list[Change]) -> Iterator[list[Change]]:
    """Changes whose contexts touch, together."""
    section: list[Change] = []
    for change in changes:
        if section and change.first - section[-1].last > 2 * CONTEXT:
            yield section
            section = []
        section.append(change)
    yield section


def show_hunk(terminal: Terminal, read: Read, hunk: Hunk) -> None:
    """The changes of a hunk with the lines around them, as a diff shows them."""
    data = read.data[hunk.file]
    starts = [*line_starts(data), len(data)]
    lines = [data[a:b] for a, b in zip(starts, starts[1:], strict=False)]
    for section in _sections(hunk.changes):
        reasons = sorted({edit.by for change in section for edit in change.edits})
        terminal.say(f"@@ {show(hunk.file)}:{section[0].first + 1} @@ {', '.join(reasons)}", "place")
        at = max(0, section[0].first - CONTEXT)
        for change in section:
            _show_lines(terminal, " ", lines[at : change.first], "")
            _show_lines(terminal, "-", lines[change.first : change.last], "old")
            _show_lines(terminal, "+", change.new, "new")
            at = change.last
        _show_lines(terminal, " ", lines[at : at + CONTEXT], "")


def _show_lines(terminal: Terminal, mark: str, lines: Sequence[bytes], style: str) -> None:
    for line in lines:
        terminal.say(mark + _text(line).replace("\n", " "), style)


def show_reasons(terminal: Terminal, read: Read, hunk: Hunk) -> None:
    """Why each edit of a hunk is made."""
    data, seen = read.data[hunk.file], set[tuple[int, str, str]]()
    for edit in (edit for change in hunk.changes for edit in sorted(change.edits)):
        said = (line_of(data, edit.start), edit.by, edit.reason)
        if said not in seen:
            seen.add(said)
            terminal.tell(f"line {said[0]}: {_reason(edit)}", indent="  ")
    if len(hunk.serves) > 1 or hunk.variable is None:
        terminal.tell(f"needed by {named(hunk.serves, 40)}", indent="  ")


def _reason(edit: Edit) -> str:
    return f"{edit.by}: {edit.reason}"


def show_left(terminal: Terminal, port: Port) -> None:
    """What the port refuses or leaves to a person, before the questions begin."""
    for finding in port.findings[:_LISTED]:
        terminal.tell(f"{show(finding.file)}:{finding.line}: {finding.kind}: {finding.message}", "doubt")
    if len(port.findings) > _LISTED:
        terminal.say(f"... and {len(port.findings) - _LISTED} more, which `vport port` lists", "doubt")
