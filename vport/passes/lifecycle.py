"""Constructors and destructors for what every stack has of its own, out of what set up and tore down the one of old.

See VNET(9), SYSINIT(9) and the order of set-ups in sys/kernel.h.  What a person has to decide is marked by a comment
that begins `VPORT-LIFECYCLE:`.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from operator import itemgetter

from vport.c.flow import Flow
from vport.edits import Edit
from vport.job import Job
from vport.life.callees import Callees
from vport.life.domains import virtualize_domains
from vport.life.effects import Effects
from vport.life.entries import Key
from vport.life.events import Events
from vport.life.initialisers import Initialisers
from vport.life.moves import Moves
from vport.life.rebuild import NAME, Rebuilder
from vport.life.setups import Event, Setup, Setups
from vport.life.split import classify
from vport.passes.includes import late, place_header
from vport.patterns import later

__all__ = ["NAME", "run"]

_SET_UP = later(rb"\b(?:VNET_)?SYSU?N?INIT\s*\(")


def run(job: Job, edits: Mapping[str, list[Edit]]) -> dict[str, list[Edit]]:
    """All edits of a port with those of this pass: text it moves takes the other passes' edits along."""
    if not job.variables:
        return dict(edits)
    moves = Moves(job.data, edits, NAME)
    setups = Setups(job.life, job.life.release)
    rebuilder = Rebuilder(job, setups, moves)
    _Run(job, setups, rebuilder).run()
    for file, found in list(moves.edits.items()):
        if any(e.by == NAME and _SET_UP.search(e.new) for e in found):
            _include(job, moves, file, found)
    for file, at, line in list(late(job, moves.edits)):
        moves.change(file, at, at, line, "defines the macros this file now uses", -1)
    job.left += rebuilder.findings
    return moves.edits


def _include(job: Job, moves: Moves, file: str, found: list[Edit]) -> None:
    """`<sys/kernel.h>`, which defines the macros, where it does not reach."""
    known = {f for f in (file, *job.tree.reachable(file)) if f in job.tree.facts}
    if any(i.path == "sys/kernel.h" for f in known for i in job.tree.facts[f].includes):
        return
    first = min(e.start for e in found if e.by == NAME and _SET_UP.search(e.new))
    at, line = place_header(job, file, first, "sys/kernel.h", (r"sys/(?:param|systm|types)\.h", r"sys/", r""))
    moves.change(file, at, at, line, "defines the macros this file now uses", -2)


class _Run:
    """One run: constructors first, so that destructors can mirror them."""

    def __init__(self, job: Job, setups: Setups, rebuilder: Rebuilder) -> None:
        self._job = job
        self._setups = setups
        self._to = rebuilder
        self._mine = job.life.reaching(job.variables)
        self._effects = Effects(job.life)
        self._events = Events(rebuilder, self._effects)
        self._callees = Callees(rebuilder, self._effects)
        self._called_by_setups = {s.function for s in setups.sysinits} | {e.function for e in setups.events}

    def run(self) -> None:
        """All set-ups, module events, initialisers and domains."""
        events = list(self._own_events())
        self._set_ups(events)
        initialisers = Initialisers(self._job, self._setups, self._to)
        initialisers.run()
        for setup in self._needy_sysinits(down=True):
            self._sysinit(setup)
        for event, flow in events:
            self._events.unload(event, flow)
        initialisers.release()
        for event, flow in events:
            self._events.release_late(event, flow)
        virtualize_domains(self._to, self._mine)
        self._by_macros()
        self._undefined()

    def _by_macros(self) -> None:
        """Set-ups that a macro of the tree registers: its other users forbid to change what it expands to."""
        life = self._job.life
        for r in self._setups.by_macros():
            if r.function in self._mine and r.function in life.needs.needy and self._writes(r.function):
                reason = f"{r.by}, a macro, registers it, which VNET_SYSINIT or VNET_SYSUNINIT has to do here"
                self._to.left(r.file, r.at, r.function[1], reason)

    def _set_ups(self, events: list[tuple[Event, Flow]]) -> None:
        """SYSINITs and module events in the order of old, so that what comes later can stay behind."""
        steps = [(s.key.place(), partial(self._sysinit, s)) for s in self._needy_sysinits(down=False)]
        steps += [(e.key.place(), partial(self._load, e, f)) for e, f in events]
        for _, step in sorted(steps, key=itemgetter(0)):
            step()

    def _load(self, event: Event, flow: Flow) -> None:
        self._events.elsewhere(event, flow)
        self._events.load(event, flow)

    def _undefined(self) -> None:
        """Handlers that are nowhere, in files that this port changes."""
        touched = {r.file for v in self._job.variables for r in v.references}
        for one in self._setups.undefined:
            if one.file in touched:
                message = (
                    f"{one.name} is registered here and defined nowhere that was read; whether it sets up per-vnet "
                    f"state cannot be told.  Left to you."
                )
                self._to.mark(one.file, one.at, f"{one.name} is defined nowhere that was read")
                self._to.find(one.file, one.at, "handler-undefined", message)

    def _needy_sysinits(self, down: bool) -> Iterator[Setup]:
        for setup in self._setups.sysinits:
            needy = setup.function in self._mine and setup.function in self._job.life.needs.needy
            if needy and not setup.per_vnet and setup.down == down:
                yield setup

    def _sysinit(self, setup: Setup) -> None:
        reason = self._unfit(setup)
        flows = self._job.life.flows.of(*setup.function)
        if not reason and (len(flows) != 1 or flows[0].root is None):
            reason = f"the flow of {setup.function[1]} cannot be read"
        if reason:
            if not self._is_served(setup):
                self._to.left(setup.file, setup.call.start, setup.function[1], reason)
            return
        root = flows[0].root
        parts = classify(self._job.life, self._effects, setup.function, flows[0], root.parts if root else ())
        made_for_each = b"IS_DEFAULT_VNET" in self._job.life.code[setup.function[0]][flows[0].body : flows[0].end]
        if not made_for_each and any(p.kind == "both" for p in parts):
            parts, _ = self._callees.part(setup, flows[0], parts, setup.down)
            if not any(p.kind in ("vnet", "both") for p in parts):
                return
        if made_for_each or not any(p.kind in ("shared", "both") for p in parts):
            self._to.convert(setup)
        elif self._callers(setup.function):
            self._to.left(setup.file, setup.call.start, setup.function[1], "it is called from elsewhere too")
        else:
            self._to.split(setup, flows[0], parts)

    def _is_served(self, setup: Setup) -> bool:
        """Whether a late set-up is the contexts' alone: it only reads what each stack has, or is marked by them."""
        if setup.down or not self._setups.orders.at_boot(setup.key):
            return False
        if any(p.kind == "left" and p.function == setup.function for p in self._job.placements):
            return True
        return not self._writes(setup.function)

    def _writes(self, key: Key) -> bool:
        """Whether a function does more to per-vnet state than read it, as far as it shows."""
        life = self._job.life
        places = [at for f in life.flows.of(*key) for at in life.needs.places(key, f.body, f.end)]
        return any(life.access(key[0], at) != "read" for at in places)

    def _unfit(self, setup: Setup) -> str:
        """Why a set-up cannot become a per-vnet one; empty if it can."""
        if not setup.key.known:
            return f"its order {', '.join(setup.key.texts)} cannot be evaluated"
        if not self._setups.orders.within_vnet(setup.key):
            if self._setups.orders.at_boot(setup.key) and not setup.down:
                return "no constructor can stand behind SI_SUB_VNET_DONE: stacks that are made later do without it"
            return "its place lies outside of (SI_SUB_VNET, SI_SUB_VNET_DONE], where no constructor can stand"
        others = self._callers(setup.function)
        again = sorted(c[1] for c in self._job.life.graph.reaching(others) & self._called_by_setups)
        return f"{again[0]} calls it as well" if again else ""

    def _callers(self, function: Key) -> set[Key]:
        """Functions that call a set-up by name."""
        return {c for c in self._job.life.graph.callers.get(function, ()) if c != function}

    def _own_events(self) -> Iterator[tuple[Event, Flow]]:
        """Module events that reach per-vnet state; two in one file are left to a person."""
        found: dict[str, list[tuple[Event, Flow]]] = {}
        for event in self._setups.events:
            for flow in self._job.life.flows.of(*event.function):
                if event.function in self._mine:
                    found.setdefault(event.function[0], []).append((event, flow))
        for file, events in found.items():
            functions = {e.function for e, _ in events}
            own = [(e, f) for e, f in events if self._events.needs_rebuilding(e, f)]
            everything = {e.function for e in self._setups.events if e.function[0] == file}
            if len(everything | functions) > 1:
                for event, flow in own:
                    self._to.left(file, flow.start, event.function[1], "its file has more than one module event")
            else:
                yield from events[:1]
