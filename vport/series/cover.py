"""The letter before a series: its steps, the decisions behind it, what is left to a person and how to check it."""

from collections.abc import Iterator, Sequence

from vport.findings import Finding
from vport.names import show
from vport.plan import Entry
from vport.series.messages import Decided, Message, finding_line, render
from vport.series.steps import Step

_LEAD = (
    "This series ports {paths} to VNET: {variables} that each network stack has for itself, in {files}.  Each step is "
    "whole in itself: what becomes per-vnet in it brings the contexts, the set-up and the tear-down that it needs.  "
    "Together the steps are what `vport port --write` writes, byte for byte."
)


def cover(
    steps: Sequence[Step],
    messages: Sequence[Message],
    decided: Decided,
    findings: Sequence[Finding],
    paths: Sequence[str],
    how: str,
) -> Message:
    """The letter.

    Arguments:
        steps, messages: of the series.
        decided: entries of the plan, by the key of their variable.
        findings: of the whole port.
        paths: that were ported, as a person named them.
        how: the command that applies the series or shows it.
    """
    variables = [v for step in steps for v in step.variables]
    files = {file for step in steps for file in step.after}
    named = ", ".join(show(path) for path in paths)
    number = f"{len(variables)} variable{'' if len(variables) == 1 else 's'}"
    body = render(
        "cover.txt.j2",
        lead=_LEAD.format(paths=named, variables=number, files=f"{len(files)} file{'' if len(files) == 1 else 's'}"),
        steps=[f"{n:4}  {m.subject}" for n, m in enumerate(messages, 1)],
        decisions=list(_decisions(steps, decided)),
        left=[finding_line(f) for f in findings],
        proved=_proved(steps),
        verdicts=_verdicts(steps),
        checks=list(_checks(paths, how)),
    )
    return Message(f"Port {named} to VNET: {number}", body)


def _decisions(steps: Sequence[Step], decided: Decided) -> Iterator[str]:
    """A table: the variable, its file, what was decided, in which step it is done, and why."""
    step_of = {v.key: str(n) for n, step in enumerate(steps, 1) for v in step.variables}
    keys = sorted({*decided, *step_of})
    head = ("variable", "file", "decision", "step", "why")
    rows = [head] + [(key[2], _place(key), *_decision(decided.get(key), step_of.get(key, "-"))) for key in keys]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        yield "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]).rstrip()


def _place(key: tuple[str, str, str]) -> str:
    return show(key[0]) + (f", {key[1]}()" if key[1] else "")


def _decision(entry: Entry | None, step: str) -> tuple[str, str, str]:
    """Decision, step and reasons; a symbol that several files define may be named in one entry alone."""
    if entry is None:
        return "virtualize", step, "one symbol with another entry's"
    note = " ".join(entry.note.split())
    return entry.decision, step, ", ".join(entry.why) + (f"  Note: {note}" if note else "")


def _proved(steps: Sequence[Step]) -> str:
    unread = [step for step in steps if step.unread[1] > step.unread[0]]
    read = "After each step the changed files were read again: " + (
        f"{len(unread)} of {len(steps)} steps are understood less well than before."
        if unread
        else "none is understood less well than before the step."
    )
    compiled = "Each step was compiled:" if _verdicts(steps) else "No step was compiled here; see below how to."
    return f"{read}  {compiled}"


def _verdicts(steps: Sequence[Step]) -> list[str]:
    return [f"step {n}: {line}" for n, step in enumerate(steps, 1) for line in step.proved]


def _checks(paths: Sequence[str], how: str) -> Iterator[str]:
    yield f"  {how}"
    yield "  vport prove BASE..HEAD --cc 'cc -c -D_KERNEL -I. {file} -o {output}'"
    yield "  git rebase -x \"vport prove HEAD~..HEAD --cc '...'\" BASE    (step by step)"
    yield f"  vport check {' '.join(show(path) for path in paths)}"
    yield f"  vport run {' '.join(show(path) for path in paths)}"
