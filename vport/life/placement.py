"""Decide for every entry without a vnet how its per-vnet state gets one: set, iterate, or left to a person."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import chain

import msgspec

from vport.c.flow import Flow
from vport.life.arguments import Arguments, whole
from vport.life.candidates import Candidate, Candidates
from vport.life.carried import Carried, CarriedOver
from vport.life.certain import Certain
from vport.life.effects import Effects
from vport.life.entries import Key, Registration
from vport.life.fixed import FixedArguments
from vport.life.flows import walk
from vport.life.forms import Entry, waiting
from vport.life.held import Held
from vport.life.life import Life
from vport.life.region import Exit, NoRegion, Region, Regions
from vport.life.replaced import Replaced
from vport.life.split import classify

_ITERATOR = "vnet_iter"
_SERVING = ("callout", "eventhandler", "task", "kthread", "sysinit-late")
"""Entries that serve all stacks when nothing they are given is of one stack."""
_REPLACED = "what knows its vnet is set anew, maybe to an object of another stack, before the vnet is last needed"


class Placement(msgspec.Struct, frozen=True):
    """One context, or the place where a person has to write it.

    Arguments:
        kind: `set`, `iterate` or `left`.
        function: in which.
        flow: of it.
        entry: why it has no vnet.
        region: what is covered; None when left.
        expression: for the vnet.
        pass_vnet: registrations whose argument is to become `curvnet`.
        says: uses of the parameter that what was given instead takes the place of: start, end and text.
        reason: for the reviewer.
        candidates: expressions that a person may choose from.
        at: where it is left.
        object: tag of the structure the handler works on, when a vnet could be kept there.
    """

    kind: str
    function: Key
    flow: Flow
    entry: Entry
    region: Region | None = None
    expression: str = ""
    pass_vnet: tuple[Registration, ...] = ()
    says: tuple[tuple[int, int, str], ...] = ()
    reason: str = ""
    candidates: tuple[str, ...] = ()
    at: int = 0
    object: str = ""


class Placer:
    """Places contexts.

    Arguments:
        life: of the tree.
        mine: functions that reach a variable that this port makes per-vnet.
    """

    def __init__(self, life: Life, mine: Collection[Key]) -> None:
        self._life = life
        self._mine = mine
        self._bare = life.bare
        self._effects = Effects(life)
        self._arguments = Arguments(life)
        self._fixed = FixedArguments(life, self._arguments)
        self._entry = Entry("", "none")
        self._doubts: dict[Key, list[str]] = {}
        self._replaced: dict[Key, list[str]] = {}

    def place(self) -> list[Placement]:
        """Placements for all entries without a vnet, in order of file and offset."""
        found: list[Placement] = []
        done: set[Key] = set()
        for key, registrations in sorted(self._life.graph.entry_kinds.items()):
            without = [r for r in registrations if r.entry.context == "none"]
            if without and key in self._mine and key in self._life.needs.needy:
                found += self._handler(key, without, registrations, done)
        return sorted(found, key=lambda p: (p.function[0], p.flow.start, p.at))

    def _handler(
        self, key: Key, without: list[Registration], registrations: list[Registration], done: set[Key]
    ) -> Iterator[Placement]:
        if key in done:
            return
        done.add(key)
        entry = self._entry = without[0].entry
        mixed = self._other_context(key, registrations)
        for flow in self._life.flows.of(*key):
            needs = self._life.needs.places(key, flow.body, flow.end)
            if not needs:
                continue
            if mixed:
                yield self._left(key, flow, entry, needs, f"it also runs where a vnet is set ({mixed})", ())
                continue
            yield from self._flow(key, flow, entry, without, needs, done)

    def _other_context(self, key: Key, registrations: list[Registration]) -> str:
        """What else runs the function with a vnet, empty if nothing does."""
        for registration in registrations:
            if registration.entry.context != "none":
                return f"as {registration.entry.kind}"
        for caller in sorted(self._life.graph.callers.get(key, ())):
            if caller != key and caller not in self._bare and caller[0] != "#":
                return f"called by {caller[1]}"
        return ""

    def _flow(
        self, key: Key, flow: Flow, entry: Entry, without: list[Registration], needs: list[int], done: set[Key]
    ) -> Iterator[Placement]:
        if flow.root is None:
            yield self._left(key, flow, entry, needs, "its flow could not be read", ())
            return
        hidden, labels = self._life.hidden_exits(key[0], flow, min(needs), max(needs))
        needs = sorted({*needs, *labels})
        if hidden:
            yield self._left(key, flow, entry, needs, f"{hidden} may leave the function from inside", ())
            return
        if entry.iterate:
            yield self._iterate(key, flow, entry, needs)
            return
        given, passing = self._arguments.vnet(flow, entry, without)
        candidates = given + Candidates(flow, self._life.code[key[0]], key[0], self._life.types).find()
        placed = self._sets(key, flow, entry, needs, candidates)
        if placed is not None:
            yield from placed
            return
        fixed = self._fixed.find(key[0], flow, entry, without) if not passing else None
        if passing or fixed:
            name = flow.parameters[entry.param].name
            own = [whole(flow, f"(struct vnet *){name}")]
            placed = self._sets(key, flow, entry, needs, own)
            handed = fixed.registrations if fixed else passing
            says = tuple((start, end, fixed.text) for start, end in fixed.uses) if fixed else ()
            if placed is not None:
                yield from (msgspec.structs.replace(p, pass_vnet=handed, says=says) for p in placed)
                return
        yield from self._fallback(key, flow, entry, without, needs, candidates, done)

    def _fallback(
        self,
        key: Key,
        flow: Flow,
        entry: Entry,
        without: list[Registration],
        needs: list[int],
        candidates: Sequence[Candidate],
        done: set[Key],
    ) -> Iterator[Placement]:
        doubts = tuple(dict.fromkeys(self._doubts.get(key, ())))[:4]
        if doubts:
            left = self._left(key, flow, entry, needs, "what knows its vnet may be NULL there", doubts)
            yield msgspec.structs.replace(left, object=self._object(key, flow, entry))
            return
        inner = self._in_callees(key, flow, needs, done)
        if inner is not None:
            yield from inner
            return
        changed = tuple(dict.fromkeys(self._replaced.get(key, ())))[:4]
        if changed:
            yield self._left(key, flow, entry, needs, _REPLACED, changed)
            return
        known = [c for c in candidates if any(c.holds_at(at) for at in needs)]
        shared = self._arguments.serve_all(without) and not known
        itself = entry.kind in ("callout", "eventhandler") or self._works_itself(key, entry)
        if shared and itself and entry.kind in _SERVING:
            yield self._iterate(key, flow, entry, needs)
            return
        names = tuple(dict.fromkeys(c.expression for c in candidates))[:4]
        reason = "what knows the vnet is not known before it is needed" if names else "nothing at hand knows its vnet"
        reason = "no block can hold what knows its vnet" if known else reason
        left = self._left(key, flow, entry, needs, reason, names)
        yield msgspec.structs.replace(left, object=self._object(key, flow, entry) if not names else "")

    def _object(self, key: Key, flow: Flow, entry: Entry) -> str:
        """Tag of the structure that the handler is given, when the tree defines it."""
        given = flow.parameters[entry.param].name if 0 <= entry.param < len(flow.parameters) else ""
        code = self._life.code[key[0]]
        for assignment in flow.assignments if given else ():
            if re.fullmatch(rb"(?:\([^()]*\)\s*)?%s\s*" % given.encode(), code[assignment.start : assignment.end]):
                types = [x.type for x in flow.locals if x.name == assignment.left.lstrip("*")]
                tag = self._tag(types[0], key[0]) if types else ""
                if tag:
                    return tag
        return next((t for p in flow.parameters if (t := self._tag(p.type, key[0]))), "")

    def _tag(self, type_text: str, file: str) -> str:
        match = re.fullmatch(r"struct (\w+) \*", self._life.types.resolve(type_text))
        known = match is not None and self._life.types.members(match.group(1), file)
        return match.group(1) if match and known else ""

    def _works_itself(self, key: Key, entry: Entry) -> bool:
        """Whether per-vnet state is named by the function itself, or for a thread or set-up by what it calls.

        One that only hands on what others queued serves the stack of each item, and must not do so for all.
        """
        direct = self._life.graph.direct
        return key in direct or (
            entry.kind in ("kthread", "sysinit-late")
            and any(c in direct for c in self._life.graph.callees.get(key, ()) if c[0] in (key[0], "#"))
        )

    def _sets(
        self, key: Key, flow: Flow, entry: Entry, needs: list[int], candidates: Sequence[Candidate]
    ) -> list[Placement] | None:
        """Contexts that cover all needs: one if possible, else one for each statement that holds some."""
        regions = Regions(flow, self._life.code[key[0]], self._life.tree.facts[key[0]].groups)
        whole = self._set(key, flow, entry, regions, needs, candidates)
        if whole is not None:
            return [whole]
        parts = self._parts(regions, needs)
        if len(parts) < 2:
            return None
        found = [self._sets(key, flow, entry, part, candidates) for part in parts]
        placed = [p for inner in found for p in inner or ()]
        apart = all(
            a.region.end <= b.region.start for a, b in zip(placed, placed[1:], strict=False) if a.region and b.region
        )
        alone = len({p.region.block.start for p in placed if p.region}) == len(placed)
        return placed if all(found) and apart and alone else None

    def _set(
        self,
        key: Key,
        flow: Flow,
        entry: Entry,
        regions: Regions,
        needs: list[int],
        candidates: Sequence[Candidate],
    ) -> Placement | None:
        certain, doubts = Certain(self._life, key[0], flow), list[str]()
        replaced, changed = Replaced(self._life, key[0], flow), list[str]()
        reason = f"{key[1]} runs as {entry.kind}, which has no vnet"
        arms = [(c, r) for r in regions.arms(needs) for c in candidates]
        for candidate, region in chain(self._whole(regions, needs, candidates), arms):
            inside = candidate.start <= region.block.start or candidate.start <= flow.body
            fits = inside and candidate.since <= region.start <= candidate.until and region.end <= candidate.end
            held = fits and certain.holds(_base(candidate.expression), candidate.since, region)
            if fits and replaced.before(candidate.expression, region, needs):
                changed.append(candidate.expression)
            elif held and certain.reaches(candidate.expression, region):
                return Placement("set", key, flow, entry, region, candidate.expression, reason=reason)
            else:
                doubts += [candidate.expression] if fits else []
        self._doubts.setdefault(key, []).extend(doubts)
        self._replaced.setdefault(key, []).extend(changed)
        return None

    def _whole(
        self, regions: Regions, needs: list[int], candidates: Sequence[Candidate]
    ) -> Iterator[tuple[Candidate, Region]]:
        """Candidates with the region in a block that is to hold their context, as far as there is one."""
        for candidate in candidates:
            with suppress(NoRegion):
                yield candidate, regions.find(needs, (candidate.start, candidate.end))

    def _parts(self, regions: Regions, needs: list[int]) -> list[list[int]]:
        """Needs by the statement of their common block."""
        try:
            block = regions.find(needs, (regions.flow.body, regions.flow.end)).block
        except NoRegion:
            return []
        grouped: dict[int, list[int]] = {}
        for at in needs:
            part = next((p.start for p in block.parts if p.start <= at < p.end), -1)
            grouped.setdefault(part, []).append(at)
        return list(grouped.values())

    def _in_callees(
        self, key: Key, flow: Flow, needs: list[int], done: set[Key], depth: int = 0
    ) -> list[Placement] | None:
        """Contexts in functions that are called and never have a vnet either; None when none of them can set one."""
        file, found = key[0], []
        calls = {c.at: c for c in flow.calls}
        targets = [self._life.graph.entries.resolve(file, calls[at].name) if at in calls else None for at in needs]
        for at, target in zip(needs, targets, strict=True):
            if target is None or target == key or target not in self._bare or depth > 3:
                found.append(self._left(key, flow, self._entry, [at], "nothing at hand knows its vnet", ()))
            elif target not in done:
                done.add(target)
                found += self._in_callee(target, done, depth)
        return found if any(p.kind == "set" for p in found) else None

    def _in_callee(self, target: Key, done: set[Key], depth: int) -> list[Placement]:
        found: list[Placement] = []
        for inner in self._life.flows.of(*target):
            needs = self._life.needs.places(target, inner.body, inner.end)
            if not needs:
                continue
            if inner.root is None:
                found.append(self._left(target, inner, self._entry, needs, "its flow could not be read", ()))
                continue
            candidates = Candidates(inner, self._life.code[target[0]], target[0], self._life.types).find()
            placed = self._sets(target, inner, self._entry, needs, candidates)
            if placed is None:
                placed = self._in_callees(target, inner, needs, done, depth + 1)
            reason = "nothing at hand knows its vnet"
            found += placed or [self._left(target, inner, self._entry, needs, reason, ())]
        return found

    def _iterate(self, key: Key, flow: Flow, entry: Entry, needs: list[int]) -> Placement:
        regions = Regions(flow, self._life.code[key[0]], self._life.tree.facts[key[0]].groups)
        try:
            region = self._turn(flow, regions, needs)
        except NoRegion as error:
            return self._left(key, flow, entry, needs, str(error), (_ITERATOR,))
        except CarriedOver as error:
            reason = f"{error} would keep its value from one stack to the next"
            return self._left(key, flow, entry, needs, reason, (_ITERATOR,))
        if not self._loops(regions, region):
            return self._left(key, flow, entry, needs, "a loop over all stacks cannot hold its ways out", (_ITERATOR,))
        if entry.kind == "sysinit-late" and self._sets_up_shared(key, flow, region):
            return self._left(key, flow, entry, needs, "it sets up what all stacks share as well", (_ITERATOR,))
        if any(c.name in waiting() and region.start <= c.at < region.end for c in flow.calls):
            return self._left(key, flow, entry, needs, "it would wait once for each stack", (_ITERATOR,))
        if self._again(key, region):
            return self._left(key, flow, entry, needs, "it would schedule itself once for each stack", (_ITERATOR,))
        if entry.lock == "sleep" and Held(self._life).at(key[0], flow, region.start):
            entry = msgspec.structs.replace(entry, lock="nosleep")
        reason = f"{key[1]} runs as {entry.kind}, once for all stacks"
        return Placement("iterate", key, flow, entry, region, _ITERATOR, reason=reason)

    def _turn(self, flow: Flow, regions: Regions, needs: list[int]) -> Region:
        """What has to be done for each stack: all that uses what was computed from its state."""
        wanted = set(needs)
        carried = Carried(flow, regions.code)
        while True:
            region = regions.standing_alone(regions.find(wanted, (flow.body, flow.end)))
            more = {at for at in carried.wanted(region) if not region.start <= at < region.end}
            if not more:
                return region
            wanted |= more

    def _loops(self, regions: Regions, region: Region) -> bool:
        """Whether a region can be a loop's body: no labels, and nothing leaves it but plain returns at its level."""
        inside = [s for s in walk(regions.root) if region.start <= s.start < region.end]
        if any(s.kind == "label" for s in inside):
            return False
        if not region.exits:
            return True
        whole = region.block is regions.root and region.last is regions.root.parts[-1]
        return whole and all(self._skips(regions, e) for e in region.exits)

    def _skips(self, regions: Regions, way: Exit) -> bool:
        """Whether a `return;` can end one turn of the loop over all stacks."""
        text = regions.code[way.statement.start : way.statement.end]
        return way.statement.kind == "return" and text.split() in ([b"return;"], [b"return", b";"])

    def _again(self, key: Key, region: Region) -> bool:
        """Whether the handler schedules itself again in the region: once for all stacks would become once for each."""
        return any(
            r.function == key and r.file == key[0] and region.start <= r.at < region.end
            for r in self._life.graph.entry_kinds[key]
        )

    def _sets_up_shared(self, key: Key, flow: Flow, region: Region) -> bool:
        """Whether a region does what must happen once, and not once for each stack."""
        inside = [p for p in region.block.parts if region.start <= p.start < region.end]
        return any(p.kind in ("shared", "both") for p in classify(self._life, self._effects, key, flow, inside))

    def _left(
        self, key: Key, flow: Flow, entry: Entry, needs: list[int], reason: str, candidates: tuple[str, ...]
    ) -> Placement:
        return Placement("left", key, flow, entry, reason=reason, candidates=candidates, at=min(needs))


def _base(expression: str) -> str:
    """The local that an expression begins at: `sc` of `sc->ifp->if_vnet`, `td` of `TD_TO_VNET(td)`."""
    match = re.match(r"(?:\w+\()?(\w+)", expression)
    return match.group(1) if match else ""
