"""An upgrade: a tree that speaks one dialect of VNET comes to speak another, in rounds of lifts.

Each round reads the text that the one before left; all changes are edits.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher

import msgspec

from vport.cache import Cache
from vport.dialect import HISTORY, Dialect
from vport.edits import Edit, apply_edits
from vport.errors import OverlapError, UsageError
from vport.findings import Finding
from vport.lift import (
    aliases,
    containers,
    contexts,
    definitions,
    generalised,
    handlers,
    headers,
    initialisers,
    missing,
    preambles,
    references,
    registration,
    symmaps,
    sysctls,
)
from vport.lift.work import Work
from vport.outcome import Changed, Clean, Failed, Outcome
from vport.passes import continuations
from vport.port import port
from vport.read import Read, Reader

Lift = Callable[[Work], Iterator[tuple[str, Edit]]]
"""Yields (file, edit)."""

RESPELL: Mapping[str, Lift] = {
    definitions.NAME: definitions.run,
    sysctls.NAME: sysctls.run,
    handlers.NAME: handlers.run,
    registration.NAME: registration.run,
    generalised.NAME: generalised.run,
    contexts.NAME: contexts.run,
    missing.NAME: missing.run,
}
"""Lifts between dialects whose variables are symbols."""


RETIRE: Mapping[str, Lift] = {
    symmaps.NAME: symmaps.run,
    aliases.NAME: aliases.retired,
    initialisers.NAME: initialisers.run,
    registration.NAME: registration.retired,
    containers.NAME: containers.run,
    references.NAME: references.retired,
    preambles.NAME: preambles.run,
    sysctls.NAME: sysctls.retired,
    handlers.NAME: handlers.retired,
    headers.NAME: headers.run,
}
"""Lifts that leave plain definitions of what lived in containers, or was reached by the macros of 2008."""

PLAIN: Mapping[str, Lift] = {
    definitions.NAME: definitions.plain,
    aliases.NAME: aliases.plain,
    references.NAME: references.plain,
    sysctls.NAME: sysctls.plain,
    handlers.NAME: handlers.run,
    registration.NAME: registration.plain,
    generalised.NAME: generalised.plain,
    contexts.NAME: contexts.plain,
}
"""Lifts that take a port out."""


class Upgrade(msgspec.Struct):
    """What an upgrade does.

    Arguments:
        outcomes: one for each file that was read.
        findings: what is left to a person.
        explained: file, line in the text of that round, lift and reason of every edit.
    """

    outcomes: list[Outcome]
    findings: list[Finding]
    explained: list[tuple[str, int, str, str]]


def upgrade(read: Read, target: Dialect, source: str = "", reader: Reader | None = None) -> Upgrade:
    """Bring a tree to `target`.

    Arguments:
        read: the tree.
        target: dialect to write.
        source: dialect it speaks, if that is known; its own macros tell otherwise.
        reader: of the texts between rounds; one without a cache unless given.

    Raises:
        UsageError: there is no way from the one to the other.
    """
    check_way(source, target)
    kept: frozenset[str] = frozenset()
    while True:
        rounds = _Rounds(read, target, reader or Reader(Cache(None)), kept)
        refused = rounds.run_all()
        if refused <= kept:
            return rounds.result()
        kept |= refused


def check_way(source: str, target: Dialect) -> None:
    """Raise UsageError where a port has to be taken out and written anew.

    Arguments:
        source: dialect of the tree; empty where only its macros tell.
        target: dialect to write.
    """
    if target.name in ("plain",) or target.forms.storage == "symbols":
        return
    if not source:
        raise UsageError(
            f"nothing tells that the tree speaks something older than {target.name}: name the folder of its headers "
            "(sys/vimage.h, net/vnet.h) as well, or say it with --from"
        )
    if HISTORY.index(source) > HISTORY.index(target.name):
        raise UsageError(
            f"{target.name} is no later than what the tree speaks: take the port out with `vport upgrade --to plain` "
            f"and write it with `vport port --dialect {target.name}`"
        )


class _Rounds:
    """Runs rounds of lifts, each on the text that the one before left.

    Arguments:
        read: the tree.
        target: dialect to write.
        reader: of the texts between rounds.
        kept: variables that stay what they are.
    """

    def __init__(self, read: Read, target: Dialect, reader: Reader, kept: frozenset[str]) -> None:
        self._reader = reader
        self._first = read
        self._read = read
        self._target = target
        self._kept = kept
        self._accessors: dict[str, str] = {}
        self._findings: list[Finding] = []
        self._failed: dict[str, Failed] = {}
        self._explained: list[tuple[str, int, str, str]] = []

    def run_all(self) -> frozenset[str]:
        """All rounds that the tree needs; returns variables that cannot be per-vnet."""
        known = aliases.retirable(Work(self._read, self._target))
        self._accessors = {name: variable for name, variable in known.items() if variable not in self._kept}
        self._run({preambles.NAME: preambles.entered})
        self._run(RETIRE)
        if self._target.name == "plain":
            self._run(PLAIN)
            self._run({headers.NAME: headers.unused})
            return frozenset()
        refused = self._port() if self._accessors else frozenset()
        if self._target.forms.storage == "symbols":
            self._run(RESPELL)
        return refused

    def _run(self, lifts: Mapping[str, Lift]) -> None:
        """One round."""
        work = Work(self._read, self._target, self._kept)
        work.accessors = self._accessors
        edits: dict[str, list[Edit]] = {}
        for lift in lifts.values():
            for file, edit in lift(work):
                edits.setdefault(file, []).append(edit)
        for file, edit in work.drops("containers"):
            edits[file] = [e for e in edits.get(file, []) if not _inside(e, edit)] + [edit]
        self._note(work.left)
        kept = {file: _outermost(found) for file, found in edits.items()}
        self._apply({file: [*found, *continuations.run(work.job, file, found)] for file, found in kept.items()})

    def _port(self) -> frozenset[str]:
        """The plain definitions of what had accessors as the target defines them; returns those that are refused."""
        names = set(self._accessors.values())
        chosen = [v for v in self._read.tree.variables if v.name in names and not v.function and not v.virtual]
        result = port(self._read, chosen, self._target, spelled=names)
        self._note(result.findings)
        self._apply(result.edits)
        return frozenset(f.variable for f in result.findings if f.refuses)

    def _note(self, findings: list[Finding]) -> None:
        """Keep findings by the lines of the first text."""
        for finding in findings:
            before, now = self._first.data[finding.file], self._read.data[finding.file]
            line = finding.line if before == now else old_line(before, now, finding.line)
            self._findings.append(msgspec.structs.replace(finding, line=line))

    def _apply(self, edits: Mapping[str, list[Edit]]) -> None:
        data = dict(self._read.data)
        for file, found in edits.items():
            try:
                data[file] = apply_edits(file, data[file], found)
            except OverlapError as error:
                self._failed[file] = Failed(file, str(error))
                continue
            self._explained += [
                (file, data[file].count(b"\n", 0, e.start) + 1, e.by, e.reason) for e in sorted(set(found))
            ]
        if data != self._read.data:
            self._read = self._reader.read_data(self._first.root, data, self._first.outcomes)

    def result(self) -> Upgrade:
        """What all rounds did together."""
        outcomes: list[Outcome] = []
        for file, before in self._first.data.items():
            after = self._read.data[file]
            if file in self._failed:
                outcomes.append(self._failed[file])
            else:
                outcomes.append(Changed(file, before, after) if after != before else Clean(file))
        empty = headers.emptied(self._first.data, self._read.data)
        return Upgrade(outcomes + self._first.outcomes, sorted({*self._findings, *empty}), self._explained)


def _outermost(edits: list[Edit]) -> list[Edit]:
    """Edits without uses that are renamed inside of text that goes."""
    others = [e for e in edits if e.by != references.NAME and e.start < e.end]
    return [e for e in edits if e.by != references.NAME or not any(_inside(e, o) for o in others)]


def _inside(edit: Edit, removal: Edit) -> bool:
    """Whether an edit is of text that goes."""
    if edit.start == edit.end:
        return removal.start < edit.start < removal.end
    return removal.start <= edit.start and edit.end <= removal.end


def old_line(before: bytes, now: bytes, line: int) -> int:
    """The line of an earlier text that stands where `line` does, or the one behind the last that both have."""
    old, new = before.splitlines(), now.splitlines()
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if c < line <= d:
            return a + line - c if tag == "equal" else min(a + line - c, max(b, a + 1))
    return max(1, len(old))


def line_edits(before: bytes, after: bytes) -> list[Edit]:
    """Edits of whole lines that turn one text into another, for a diff of all rounds together."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        Edit(starts[a], starts[b], 0, b"".join(new[c:d]), "upgrade", "")
        for tag, a, b, c, d in matched
        if tag != "equal"
    ]
