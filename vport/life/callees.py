"""Functions that set-ups call to set up, or tear down, shared and per-vnet state at once: they are parted."""

from vport.c.flow import Flow, Statement
from vport.life.effects import Effects
from vport.life.entries import Key as FunctionKey
from vport.life.order import Key
from vport.life.parting import Parter
from vport.life.rebuild import TAIL, Rebuilder
from vport.life.setups import Event, Setup
from vport.life.split import Part, classify
from vport.source import line_end


class Callees:
    """Parts what module events and other set-ups call.

    Arguments:
        rebuilder: writes what moves.
        effects: on shared state.
    """

    def __init__(self, rebuilder: Rebuilder, effects: Effects) -> None:
        self._to = rebuilder
        self._life = rebuilder.job.life
        self._effects = effects
        self._parted: set[FunctionKey] = set()

    def part(self, event: Event | Setup, flow: Flow, parts: list[Part], down: bool) -> tuple[list[Part], Key | None]:
        """The statements of a case as they are once the functions they call are parted.

        What is left of such a function is shared and stays.  The key is that of the last per-vnet part; what the caller
        itself does for each stack has to come behind it.
        """
        found, last = list(parts), None
        for i in reversed(range(len(parts))) if down else range(len(parts)):
            if parts[i].kind != "both" or not self._comes_first(found, i, down):
                continue
            base = self._to.orders.following(last or event.key)
            key = self._function(event, flow, parts[i].statement, base, down)
            if key is not None:
                found[i], last = Part("shared", parts[i].statement), key
        return found, last

    def _comes_first(self, parts: list[Part], i: int, down: bool) -> bool:
        """Whether a call is made before all that the event does for each stack, on unload behind all."""
        others = parts[i + 1 :] if down else parts[:i]
        return not any(p.kind in ("vnet", "both") for p in others)

    def _function(self, event: Event | Setup, flow: Flow, statement: Statement, base: Key, down: bool) -> Key | None:
        """Part the function that a statement calls; the key of its per-vnet part, None where it cannot be parted."""
        target = self._target(event, flow, statement)
        flows = self._life.flows.of(*target) if target else []
        if target is None or len(flows) != 1 or flows[0].root is None or flows[0].parameters:
            return None
        file, name = target
        inner = flows[0]
        parts = classify(self._life, self._effects, target, inner, inner.root.parts if inner.root else ())
        parting = Parter(self._life, file, inner, strict=True).part(parts)
        if parting.reason or not parting.moved or self._to.unmovable(file, inner, parting.moved, inner.end):
            return None
        touched = self._to.keys.touched_in(file, [(s.start, s.end) for s in parting.moved])
        key = (self._to.keys.mirrored(touched, file) or base) if down else base
        if isinstance(event, Setup):
            key = max(key, base)  # what stays of it is shared, and goes last
        if not down:
            key = self._to.keys.place(target, event.key, key, touched)
        if not self._to.orders.within_vnet(key):
            return None
        self._parted.add(target)
        at = line_end(self._to.job.data[file], inner.end - 1)
        self._to.emit(file, at, TAIL.sub("", name) or name, key, down, self._to.take(target, inner, parting))
        self._to.keys.note(touched, key, down, event.key)
        return key

    def _target(self, event: Event | Setup, flow: Flow, statement: Statement) -> FunctionKey | None:
        """The function that a statement calls, if it does nothing else, and nobody else calls that."""
        calls = [c for c in flow.calls if statement.start <= c.at < statement.end]
        if statement.kind != "expression" or len(calls) != 1 or calls[0].at != statement.start or calls[0].arguments:
            return None
        graph = self._life.graph
        target = graph.entries.resolve(event.function[0], calls[0].name)
        again = sum(c.name == calls[0].name for c in flow.calls) > 1
        if target is None or again or target in self._parted or target in graph.entry_kinds:
            return None
        return target if graph.callers.get(target, set()) == {event.function} else None
