"""The steps that lead from a tree to its port: each is read, compiled and run as well as the one before.

A step is the port of the variables so far, so that what a variable needs comes with it: sysctls, loops over all
stacks, set-up and tear-down.  The last step is the port itself, byte for byte.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from vport.dialect import Dialect
from vport.edits import Edit, apply_edits
from vport.errors import OverlapError
from vport.facts import read_facts
from vport.findings import Finding
from vport.outcome import Changed, Failed
from vport.passes import contexts, lifecycle
from vport.patterns import later
from vport.port import Port
from vport.read import Read
from vport.series.compose import Edits, Prepared, compose, parts, prepare
from vport.series.groups import grouped, with_life
from vport.tree import Variable

TYPES, CONTEXTS, VARIABLES, LIFE = "types", "contexts", "variables", "life"
"""Kinds of steps."""

SET = b"CURVNET_SET"
_WORD = later(r"[A-Za-z_]\w*")

Tell = Callable[[str, int, int], None]


class Step(msgspec.Struct):
    """One step.

    Arguments:
        kind: of it.
        variables: that it makes per-vnet.
        edits: by file, against the text before the series; those of the step before in `earlier`.
        before, after: texts of the files it changes.
        findings: what it leaves to a person.
        for_now: what it leaves as well, and a later step does.
        functions: that it sets a context in, when that is all it does.
        unread: how much of these files is not understood, before and after.
        proved: what compilers say of it, a line each; empty where none was asked.
    """

    kind: str
    variables: list[Variable]
    edits: Edits
    earlier: Edits
    before: dict[str, bytes]
    after: dict[str, bytes]
    findings: list[Finding] = []
    for_now: list[Finding] = []
    functions: list[str] = []
    unread: tuple[int, int] = (0, 0)
    proved: list[str] = []

    @property
    def new_edits(self) -> Iterator[tuple[str, Edit]]:
        """Edits that this step brings, with their files."""
        for file in sorted(self.after):
            yield from ((file, e) for e in sorted(set(self.edits.get(file, ())) - set(self.earlier.get(file, ()))))


class _Series:
    """The steps as they are made.

    Arguments:
        read: the tree.
        whole: the port.
        prepared: for it.
    """

    def __init__(self, read: Read, whole: Port, prepared: Prepared) -> None:
        self._read, self._whole, self._prepared = read, whole, prepared
        self._edits: Edits = {}
        self._texts: dict[str, bytes] = {}
        self._unread: dict[bytes, int] = {}
        self._known = set(map(_place, whole.findings))
        self._tied = grouped(whole.ported, "variable", ())
        self.ready: Edits = {}

    def step(self, part: Port | None, variables: list[Variable], kind: str = "") -> Step | None:
        """The next step; None when it is no step of its own: it changes nothing, or it can only go with the next.

        Arguments:
            part: the port of the variables so far.
            variables: that are new in it.
            kind: of the step, found by its edits unless given.
        """
        edits = compose(part, self._whole, self._prepared, self.ready)
        touched = sorted(f for f in {*edits, *self._edits} if _set(edits, f) != _set(self._edits, f))
        try:
            new = {f: apply_edits(f, self._read.data[f], edits.get(f, ())) for f in touched}
        except OverlapError:
            return None
        after = {f: text for f, text in new.items() if text != self._text(f)}
        before = {f: self._text(f) for f in after}
        unread = sum(map(self._not_understood, before.values())), sum(map(self._not_understood, after.values()))
        if not after or (unread[1] > unread[0] and part is not self._whole):
            return None
        step = Step(kind, variables, edits, self._edits, before, after, unread=unread)
        step.kind = kind or (LIFE if any(e.by == lifecycle.NAME for _, e in step.new_edits) else VARIABLES)
        if kind == CONTEXTS:
            step.functions = list(dict.fromkeys(self._functions(step)))
        self._edits = edits
        self._texts.update(after)
        return step

    def of_groups(
        self, groups: list[list[Variable]], again: Callable[[Sequence[Variable]], Port], tell: Tell | None
    ) -> Iterator[Step | None]:
        """A step for each group; those that can only go together wait for one another."""
        done: list[Variable] = []
        waiting: list[Variable] = []
        rest, total = list(groups), len(groups)
        while len(rest) > 1:
            if tell is not None:
                tell("steps", total - len(rest), total)
            waiting += rest.pop(0)
            part = again([*done, *waiting])
            while wanted := self._wanted(part, rest):
                left = [kept for group in rest if (kept := [v for v in group if v.key not in wanted])]
                if not left:
                    break
                waiting += [v for group in rest for v in group if v.key in wanted]
                rest = left
                part = again([*done, *waiting])
            step = self.step(part, waiting) if _complete(part, [*done, *waiting]) else None
            if step is not None:
                step.for_now = self._passing(part)
                self._known |= set(map(_place, step.for_now))
                yield step
                done, waiting = [*done, *waiting], []
        yield self.step(self._whole, [*waiting, *(v for group in rest for v in group)])

    def _passing(self, part: Port) -> list[Finding]:
        """What a part of the port would leave to a person, and neither the whole nor an earlier step does."""
        return [f for f in part.findings if not f.refuses and _place(f) not in self._known]

    def _wanted(self, part: Port, rest: list[list[Variable]]) -> set[tuple[str, str, str]]:
        """Keys of variables that a part of the port cannot do without: what it leaves to a person names them."""
        words = {word for f in self._passing(part) for word in _WORD.findall(f.message)}
        named = {v.key for group in rest for v in group if v.name in words}
        return {v.key for tied in self._tied if any(v.key in named for v in tied) for v in tied}

    def _text(self, file: str) -> bytes:
        return self._texts.get(file, self._read.data[file])

    def _functions(self, step: Step) -> Iterator[str]:
        """Functions that a step sets a context in."""
        for file, edit in step.new_edits:
            if edit.by == contexts.NAME and SET in edit.new:
                known = self._read.tree.facts[file].functions
                yield from (f.name for f in known if f.start <= edit.start < f.end)

    def _not_understood(self, text: bytes) -> int:
        """Items of a text that the reader cannot make sense of."""
        if text not in self._unread:
            facts = read_facts(text, self._read.reading)
            self._unread[text] = len(facts.unread) + len(facts.problems)
        return self._unread[text]


def _place(finding: Finding) -> tuple[str, int, str]:
    return finding.file, finding.line, finding.kind


def _set(edits: Edits, file: str) -> set[Edit]:
    return set(edits.get(file, ()))


def series(
    read: Read,
    whole: Port,
    dialect: Dialect,
    again: Callable[[Sequence[Variable]], Port],
    by: str,
    tell: Tell | None = None,
) -> list[Step]:
    """The steps to a port.

    Arguments:
        read: the tree.
        whole: the port.
        dialect: it was made for.
        again: makes the same port of some of its variables.
        by: how variables are grouped, a name in `vport.series.groups.GROUPS`.
        tell: hears how far the work is.
    """
    prepared = prepare(whole, dialect)
    made = _Series(read, whole, prepared)
    steps = [made.step(None, [], TYPES)]
    for part in parts(prepared, whole):
        made.ready = {**made.ready, **part}
        steps.append(made.step(None, [], CONTEXTS))
    steps += made.of_groups(grouped(whole.ported, by, with_life(whole)), again, tell)
    found = [step for step in steps if step is not None]
    _attribute(found, whole.findings)
    _check(found, read, whole)
    return found


def _complete(part: Port, variables: Iterable[Variable]) -> bool:
    """Whether a part of the port is whole in itself: some variables can only go together."""
    ported = {v.key for v in part.ported}
    return all(v.key in ported for v in variables) and not any(isinstance(o, Failed) for o in part.outcomes)


def _attribute(steps: Sequence[Step], findings: Iterable[Finding]) -> None:
    """Give what is left to a person to the step that brings it: its variable's, or the last that changes the file."""
    for finding in findings:
        named = [s for s in steps if any(v.name == finding.variable for v in s.variables)]
        there = [s for s in named or steps if finding.file in s.after]
        if not finding.refuses and (there or named):
            owner = (there or named)[-1]
            owner.findings = [*owner.findings, finding]


def _check(steps: Sequence[Step], read: Read, whole: Port) -> None:
    """See that the steps lead from the tree to the port.

    Raises:
        AssertionError: they do not, which is a fault of vport.
    """
    texts = dict(read.data)
    for step in steps:
        for file, before in step.before.items():
            if texts[file] != before:
                raise AssertionError(f"{file}: a step does not begin where the one before it ended")
        texts.update(step.after)
    wanted = {**read.data, **{o.path: o.after for o in whole.outcomes if isinstance(o, Changed)}}
    for file, text in wanted.items():
        if texts[file] != text:
            raise AssertionError(f"{file}: the steps do not lead to the port")
