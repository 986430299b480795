"""`CURVNET_SET` and `CURVNET_RESTORE`, and loops over all stacks, where code that has no vnet reaches per-vnet state.

See VNET(9); what each kind of entry finds in curvnet is data, rules/contexts.toml.  What a person has to decide is
marked by a comment that begins `VPORT-CONTEXT:`.
"""

import re
import textwrap
from collections.abc import Iterator

from vport.c.flow import Local, Statement
from vport.c.tokens import before
from vport.edits import Edit
from vport.findings import Finding
from vport.job import Job
from vport.life.exits import RESTORE, Change, Exits, insert_declaration
from vport.life.placement import Placement
from vport.life.region import Region
from vport.patterns import later
from vport.source import line_end, line_of, line_start

NAME = "contexts"
MARK = "VPORT-CONTEXT:"
"""How the comment begins that marks what is left to a person."""

_LOCKS = {
    "nosleep": ("VNET_LIST_RLOCK_NOSLEEP();", "VNET_LIST_RUNLOCK_NOSLEEP();"),
    "sleep": ("VNET_LIST_RLOCK();", "VNET_LIST_RUNLOCK();"),
}
_BASE = later(r"(?:\(struct vnet \*\)|\w+\()?(\w+)")
_DIRECTIVE = later(rb"[ \t]*#")


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every placement, and note what is left to a person."""
    job.left += _findings(job)
    for placement in job.placements:
        file = placement.function[0]
        if placement.kind == "left" and _is_marked(job, placement):
            continue
        if job.dialect.forms.frozen and _passes_another(job, placement):
            continue  # it comes with the step that may change what runs
        yield from ((file, edit) for edit in written(job, placement))
        yield from _arguments(job, placement)


def written(job: Job, placement: Placement) -> Iterator[Edit]:
    """The edits of one context that is to be set."""
    for start, end, new, rank in _Writer(job, placement).changes():
        yield Edit(start, end, rank, new.encode("latin-1"), NAME, placement.reason)


def _findings(job: Job) -> Iterator[Finding]:
    """What is left to a person, one finding for each place."""
    for placement in job.placements:
        if placement.kind == "left" and not _is_marked(job, placement):
            file, name = placement.function
            tries = f"; try {', '.join(placement.candidates)}" if placement.candidates else ""
            message = (
                f"{name} runs as {placement.entry.kind}, without a vnet, and reaches per-vnet state; {placement.reason}"
                f"{tries}.  Left to you: set the context with CURVNET_SET and restore it on every way out."
            )
            yield Finding(file, line_of(job.data[file], placement.at), "context-left", message, refuses=False)
    yield from _defined_nowhere(job)


def _defined_nowhere(job: Job) -> Iterator[Finding]:
    """Handlers without a vnet that no file defines, in files that hold per-vnet state of this port or use it."""
    files = {site.file for v in job.variables for site in v.sites}
    files |= {file for file, _ in job.life.reaching(job.variables)}
    for unknown in job.life.graph.unknown:
        if unknown.entry.context == "none" and unknown.file in files:
            message = (
                f"{unknown.name} is registered as {unknown.entry.kind} and no file that was read defines it: whether "
                f"it reaches per-vnet state is not known.  Left to you: read its file too, or see that it sets a vnet."
            )
            yield Finding(
                unknown.file, line_of(job.data[unknown.file], unknown.at), "context-left", message, refuses=False
            )


def _is_marked(job: Job, placement: Placement) -> bool:
    """Whether a comment names the place already: in the function, or above it."""
    data, flow = job.data[placement.function[0]], placement.flow
    above = max(0, data.rfind(b"\n}", 0, flow.start))
    return MARK.encode() in data[above : flow.end]


def _passes_another(job: Job, placement: Placement) -> bool:
    """Whether a handler would be given another argument than it was, which is a vnet that is no more than NULL yet."""
    given = (job.data[r.file][slice(*r.argument)] for r in placement.pass_vnet)
    return bool(placement.says) or any(text.strip() not in (b"NULL", b"0") for text in given)


def _arguments(job: Job, placement: Placement) -> Iterator[tuple[str, Edit]]:
    for registration in placement.pass_vnet:
        start, end = registration.argument
        reason = f"{placement.function[1]} gets the vnet it serves as its argument"
        yield registration.file, Edit(start, end, 3, b"curvnet", NAME, reason)
    for start, end, text in placement.says:
        reason = f"{placement.function[1]} was always given this, and gets its vnet instead"
        yield placement.function[0], Edit(start, end, 3, text.encode("latin-1"), NAME, reason)


class _Writer:
    """Edits of one placement."""

    def __init__(self, job: Job, placement: Placement) -> None:
        self._placement = placement
        file = placement.function[0]
        self._data = job.data[file]
        self._code = job.life.code[file]
        self._newline = job.newline(file)
        self._exits = Exits(self._data, self._code, placement.flow, self._newline, job.tree.words(file))

    def changes(self) -> Iterator[Change]:
        region = self._placement.region
        if region is None:
            yield from self._mark()
        elif self._placement.kind == "iterate":
            yield from self._iterate(region)
        else:
            yield from self._set(region)

    def _set(self, region: Region) -> Iterator[Change]:
        first = f"CURVNET_SET({self._placement.expression});"
        yield from self._exits.write(region)
        if region.arm_of is not None:
            yield from self._exits.arm(region, first, self._above_comments)
        else:
            yield self._before(region.start, [first])
        if region.falls and region.arm_of is None:
            yield self._behind(region, [RESTORE])
        yield from self._keep_parameter_quiet()

    def _keep_parameter_quiet(self) -> Iterator[Change]:
        """A parameter that only CURVNET_SET reads is unused in the default build."""
        flow = self._placement.flow
        match = _BASE.match(self._placement.expression)
        for parameter in flow.parameters if match else ():
            if match is None or parameter.name != match.group(1):
                continue
            word = re.compile(rb"\b%s\b" % parameter.name.encode())
            end = self._declared_end(parameter)
            marked = re.match(rb"\s*__(?:unused|maybe_unused|used)\b", self._code[end:])
            unused = self._placement.says or not word.search(self._code, flow.body, flow.end)
            if not marked and unused:
                yield end, end, " __unused", 0

    def _declared_end(self, parameter: Local) -> int:
        """Where the name ends that declares a parameter: in the list, or behind it in a definition of the old style."""
        behind = self._code.find(b")", parameter.at)
        old = re.compile(rb"\b%s\b" % parameter.name.encode()).search(self._code, behind, self._placement.flow.body)
        return old.end() if old else parameter.at + len(parameter.name)

    def _indent(self, region: Region) -> str:
        first = region.first
        while first.kind == "label" and first.parts:
            first = first.parts[0]
        return self._exits.indent(first.start)

    def _before(self, at: int, lines: list[str], rank: int = -3) -> Change:
        """Lines above the statement at `at`, above the comments that belong to it."""
        region = self._placement.region
        assert region is not None
        indent = self._indent(region)
        if not self._exits.alone(at):
            return at, at, "".join(line + self._newline + indent + "\t" for line in lines), rank
        start = self._above_comments(line_start(self._data, at))
        return start, start, "".join(indent + line + self._newline for line in lines), rank

    def _above_comments(self, start: int) -> int:
        """The start of the comment lines right above a line."""
        while start > self._placement.flow.body:
            above = line_start(self._data, start - 1)
            comment = self._data[above:start].strip() and not self._code[above:start].strip()
            if not comment or above <= self._placement.flow.body:
                break
            start = above
        return start

    def _label(self) -> str:
        """A name for the end of a loop's body that nothing in the function has."""
        flow = self._placement.flow
        body = self._code[flow.start : flow.end]
        return next(
            n for n in ("next", "next_vnet", "next_of_all_vnets") if not re.search(rb"\b%s\b" % n.encode(), body)
        )

    def _behind(self, region: Region, lines: list[str], label: str = "", rank: int = 8) -> Change:
        """Lines below a region, behind a label if one is given."""
        end = line_end(self._data, max(region.start, region.end - 1))
        indent = self._indent(region)
        text = f"{self._newline}{label}:" if label else ""
        text += "".join(self._newline + indent + line for line in lines)
        if self._code[region.end : end].strip():
            return region.end, region.end, text, rank
        end -= len(self._data[:end]) - len(self._data[:end].rstrip(b"\r\n"))
        return end, end, text, rank

    def _iterate(self, region: Region) -> Iterator[Change]:
        name = self._placement.expression
        lock, unlock = _LOCKS.get(self._placement.entry.lock, ("", ""))
        yield insert_declaration(self._placement.flow, self._data, self._newline, f"VNET_ITERATOR_DECL({name});")
        bare = region.first if region.first is region.last and region.first.kind == "block" else None
        if bare is not None and self._exits.alone(bare.start):
            yield from self._existing_block(bare, lock, name)
        else:
            opening = [*([lock] if lock else []), f"VNET_FOREACH({name}) {{", f"\tCURVNET_SET({name});"]
            yield self._before(region.start, opening)
            yield from self._indented(region)
            label = self._label()
            yield from self._exits.skip_to(region, label)
            ends = [f"\t{RESTORE}", "}", *([unlock] if unlock else [])]
            yield self._behind(region, ends, label if region.exits else "")
            return
        if unlock:
            yield self._behind(region, [unlock])

    def _existing_block(self, bare: Statement, lock: str, name: str) -> Iterator[Change]:
        """A block that stands by itself becomes the loop's body."""
        indent = self._exits.indent(bare.start)
        first = f"{lock}{self._newline}{indent}" if lock else ""
        yield bare.start, bare.start, f"{first}VNET_FOREACH({name}) ", 0
        yield bare.start + 1, bare.start + 1, f"{self._newline}{indent}\tCURVNET_SET({name});", 0
        last = bare.parts[-1].end if bare.parts else before(self._code, bare.end - 1)
        end = max(last, before(self._data, bare.end - 1))
        yield end, end, f"{self._newline}{indent}\t{RESTORE}", 8

    def _indented(self, region: Region) -> Iterator[Change]:
        at = self._above_comments(line_start(self._data, region.start))
        while at < region.end:
            end = line_end(self._data, at)
            line = self._data[at:end]
            if line.strip() and not _DIRECTIVE.match(line):
                yield at, at, "\t", 0
            at = end

    def _mark(self) -> Iterator[Change]:
        placement = self._placement
        if placement.reason.startswith("it also runs"):
            return  # right where it has a vnet already: nothing of it is to change
        at = self._mark_line()
        whole = at <= placement.flow.start
        indent = "" if whole else self._exits.indent(at) or "\t"
        tries = f"; try {', '.join(placement.candidates)}" if placement.candidates else ""
        text = f"{MARK} {placement.entry.kind} without a vnet; {placement.reason}{tries}."
        width = 80 - len(indent.expandtabs()) - 3
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        body = "".join(f"{indent} * {line}{self._newline}" for line in lines)
        yield at, at, f"{indent}/*{self._newline}{body}{indent} */{self._newline}", 9 if whole else -3

    def _mark_line(self) -> int:
        """Start of the line of the statement that needs a vnet, or of the function when it cannot be read."""
        flow = self._placement.flow
        statement: Statement | None = flow.root
        while statement is not None:
            inner = next((p for p in statement.parts if p.start <= self._placement.at < p.end), None)
            if inner is None or not self._exits.alone(inner.start):
                break
            statement = inner
        if statement is None or statement is flow.root:
            return line_start(self._data, flow.start)
        return self._above_comments(line_start(self._data, statement.start))
