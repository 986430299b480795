"""Releases of shared state that per-vnet code still uses: MOD_UNLOAD runs before the destructors, a SYSUNINIT after."""

from functools import cached_property

from vport import rules
from vport.c.flow import Flow, Statement
from vport.life.effects import Effects
from vport.life.guards import beyond
from vport.life.parting import Parting
from vport.life.rebuild import Rebuilder
from vport.life.setups import Event
from vport.life.split import Part, alone_on_lines, used_locals
from vport.life.text import function_text, set_up_call


class Teardown:
    """Moves late releases out of module events.

    Arguments:
        rebuilder: writes what moves.
        effects: knows shared state.
    """

    def __init__(self, rebuilder: Rebuilder, effects: Effects) -> None:
        self._to = rebuilder
        self._effects = effects
        said = rules.load("resources")
        self._releases = frozenset(said["release"]) - frozenset(said["early"]["names"])

    def run(self, event: Event, flow: Flow, parts: list[Part], base: str) -> None:
        """Move the releases of MOD_UNLOAD that have to wait; in a module without destructors none has."""
        moved = [p.statement for p in parts if p.kind in ("shared", "local") and self._waits(event, flow, p.statement)]
        file, name = event.function
        if not moved or not event.key.known or not self._destructors(file):
            return
        life = self._to.job.life
        tied = used_locals(life, file, flow, moved)
        split = any(not alone_on_lines(life.code[file], s) for s in moved)
        if tied or split or any(beyond(life.tree, file, s.start, flow.start) is None for s in moved):
            self._to.left(file, moved[0].start, name, "it runs before the destructors that use what it releases")
            return
        lines = self._to.take(event.function, flow, Parting(moved))
        wish = self._to.new_name(file, f"{base}_uninit")
        at = self._to.above(file, flow.start)
        key = self._to.orders.written(event.key, file, at)
        text = function_text(wish, *lines, set_up_call("SYSUNINIT", wish, key, wish))
        reason = "what all stacks use is released after their destructors"
        self._to.put(file, at, text, reason, 8)

    def _destructors(self, file: str) -> bool:
        """Whether the module of `file`, which is what lies in its folder, has per-vnet destructors."""
        folder, job = file.rpartition("/")[0], self._to.job
        written = [f for f, edits in self._to.moves.edits.items() if any(b"VNET_SYSUNINIT" in e.new for e in edits)]
        known = [f for f, facts in job.tree.facts.items() if any(c.name == "VNET_SYSUNINIT" for c in facts.calls)]
        return any(f.rpartition("/")[0] == folder for f in (*written, *known))

    def _waits(self, event: Event, flow: Flow, statement: Statement) -> bool:
        """Whether a statement releases shared state that per-vnet code of other functions still uses."""
        if statement.kind != "expression":
            return False
        file = event.function[0]
        names = self._released(file, flow, statement)
        return bool(names & self._used_per_vnet)

    def _released(self, file: str, flow: Flow, statement: Statement) -> set[tuple[str, str]]:
        """Shared variables a statement releases, by file and name, itself or through a macro."""
        life, found = self._to.job.life, set()
        for call in flow.calls:
            if call.at != statement.start:
                continue
            ranges = [(file, statement.start, statement.end)] if call.name in self._releases else []
            for where, define in life.tree.macros.get(call.name, ()):
                body = life.code[where][define.body : define.end].decode("latin-1")
                if any(f"{name}(" in body for name in self._releases):
                    ranges += [(where, define.body, define.end), (file, statement.start, statement.end)]
            for where, start, end in ranges:
                found |= {self._owner[(where, at)] for at, *_ in self._effects.uses(where, start, end)}
        return found

    @cached_property
    def _owner(self) -> dict[tuple[str, int], tuple[str, str]]:
        return {(r.file, r.use.at): (v.file, v.name) for v in self._effects.shared for r in v.references}

    @cached_property
    def _used_per_vnet(self) -> set[tuple[str, str]]:
        """Shared variables that functions name which need a vnet, module events left out."""
        life = self._to.job.life
        events = {r.function for r in life.graph.registrations if r.entry.kind == "module"}
        needy, found = life.needs.needy - events, set()
        macros = {key[1] for key in life.graph.reached_from(needy) if key[0] == "#"}
        for variable in self._effects.shared:
            for r in variable.references:
                facts = life.tree.facts[r.file]
                inside = r.use.place == "function" and (r.file, facts.functions[r.use.index].name) in needy
                if inside or (r.use.place == "macro" and facts.defines[r.use.index].name in macros):
                    found.add((variable.file, variable.name))
        return found
