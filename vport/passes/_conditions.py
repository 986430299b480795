"""The conditionals of the preprocessor around what moves: how to say them elsewhere, and those that it leaves empty."""

from collections.abc import Iterable, Iterator

from vport.c.conditionals import Branch, Group
from vport.edits import Edit
from vport.job import Job
from vport.patterns import later
from vport.source import line_start

_NAME = later(r"\w+\Z")
_DEFINED = later(r"(!?)\s*defined\s*(\(\s*\w+\s*\)|\s\w+)\Z")
_UNIT = later(r"!?\s*(?:defined\s*)?(?:\(\s*\w+\s*\)|\w+)\Z")


def _expression(branch: Branch) -> str:
    """The condition of a branch for `#if`."""
    if branch.directive in ("ifdef", "ifndef"):
        return ("!" if branch.directive == "ifndef" else "") + f"defined({branch.condition})"
    return " ".join(branch.condition.replace("\\\n", " ").replace("\\\r\n", " ").split())


def _negated(text: str) -> str:
    found = _DEFINED.match(text)
    if found:
        return text[1:].strip() if found.group(1) else f"!{text}"
    return f"!{text}" if _NAME.match(text) else f"!({text})"


def _joined(text: str) -> str:
    return text if _UNIT.match(text) else f"({text})"


def _directive(group: Group, at: int) -> str:
    """The line that opens a conditional with the branch that holds `at` alone."""
    index = next(i for i, b in enumerate(group.branches) if b.start <= at < b.end)
    branch, first = group.branches[index], group.branches[0]
    if index == 0 and branch.directive != "if":
        return f"#{branch.directive} {branch.condition}"
    if index == 1 and branch.directive == "else" and first.directive != "if":
        return f"#{'ifdef' if first.directive == 'ifndef' else 'ifndef'} {first.condition}"
    parts = [_negated(_expression(b)) for b in group.branches[:index]]
    if branch.directive != "else":
        parts.append(_joined(_expression(branch)) if parts else _expression(branch))
    return "#if " + " && ".join(parts)


def conditions(job: Job, file: str, at: int, since: int) -> tuple[str, ...]:
    """The lines that open the conditionals around `at` which begin behind `since`, outermost first."""
    return opening_lines([g for g in job.tree.facts[file].groups if g.start >= since], at)


def opening_lines(groups: Iterable[Group], at: int) -> tuple[str, ...]:
    """The lines that open those conditionals of `groups` which stand around `at`, outermost first."""
    around = [g for g in groups if any(b.start <= at < b.end for b in g.branches)]
    return tuple(_directive(g, at) for g in sorted(around, key=lambda g: g.start))


def without_empty_groups(job: Job, file: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """Removals of one file; where they leave a conditional empty, one that takes it along."""
    left, data = sorted(set(edits)), job.data[file]
    for group in job.tree.facts[file].groups:
        inside = [e for e in left if group.start <= e.start < group.end]
        if inside and not any(e.new for e in inside) and _is_blank(data, group, inside):
            begin, stop = line_start(data, group.start), data.find(b"\n", group.end - 1) + 1
            first = inside[0]
            left = [e for e in left if e not in inside]
            left.append(Edit(begin, stop or len(data), 0, b"", first.by, first.reason, first.variable))
    yield from left


def _is_blank(data: bytes, group: Group, removed: list[Edit]) -> bool:
    """Whether nothing stands in a conditional but what is removed."""
    for branch in group.branches:
        at, kept = branch.start, b""
        for edit in removed:
            if branch.start <= edit.start < branch.end:
                kept += data[at : edit.start]
                at = max(at, edit.end)
        if (kept + data[at : branch.end]).strip():
            return False
    return True
