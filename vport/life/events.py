"""Module events: what their cases do for each stack moves into constructors and destructors."""

import re

from vport.c.flow import Flow, Statement
from vport.life.asking import Asking
from vport.life.callees import Callees
from vport.life.effects import Effects
from vport.life.entries import Key as FunctionKey
from vport.life.failing import CAN_FAIL, Failing
from vport.life.order import Key
from vport.life.parting import Parter
from vport.life.rebuild import Rebuilder
from vport.life.setups import Event
from vport.life.split import Part, classify, lines_of
from vport.life.teardown import Teardown
from vport.patterns import later

_EVENT_NAME = later(r"_?(?:mod_?(?:ule)?_?)?(?:event|evh|handler|load|modevent)\Z")


class Events:
    """Rebuilds the module events of one port.

    Arguments:
        rebuilder: writes what moves.
        effects: on shared state.
    """

    def __init__(self, rebuilder: Rebuilder, effects: Effects) -> None:
        self._to = rebuilder
        self._job = rebuilder.job
        self._effects = effects
        self._callees = Callees(rebuilder, effects)
        self._failing = Failing(rebuilder)
        self._teardown = Teardown(rebuilder, effects)
        self._asking = Asking(rebuilder)
        self._left: set[FunctionKey] = set()

    def needs_rebuilding(self, event: Event, flow: Flow) -> bool:
        """Whether any case reaches per-vnet state."""
        return any(
            p.kind in ("vnet", "both")
            for statement in event.cases.values()
            for p in self._parts(event, flow, statement)
        )

    def load(self, event: Event, flow: Flow) -> None:
        """The constructor, out of MOD_LOAD."""
        if (statement := event.cases.get("MOD_LOAD")) is not None:
            self._case(event, flow, statement, down=False)

    def unload(self, event: Event, flow: Flow) -> None:
        """The destructor, out of MOD_UNLOAD; other cases ask every stack."""
        if (statement := event.cases.get("MOD_UNLOAD")) is not None:
            self._case(event, flow, statement, down=True)
        for case, statement in event.cases.items():
            if case not in ("MOD_LOAD", "MOD_UNLOAD"):
                self._other_case(event, flow, statement)

    def elsewhere(self, event: Event, flow: Flow) -> None:
        """Per-vnet statements that stand in no case, and what shares the tear-down but is no unload."""
        file, name = event.function
        inside = [(s.start, s.end) for s in event.cases.values()]
        life = self._job.life
        for at in life.needs.places(event.function, flow.body, flow.end):
            if not any(a <= at < b for a, b in inside):
                self._to.left(file, at, name, "it stands in no case of MOD_LOAD or MOD_UNLOAD")
                break
        after = event.cases.get("MOD_UNLOAD")
        for case, statement in event.cases.items():
            shares = case != "MOD_UNLOAD" and after and not statement.parts and self._follows(file, statement, after)
            if shares and after and self._moved(event, flow, after):
                reason = f"{case} tore down with MOD_UNLOAD; now a stack's own state goes on unload alone"
                self._to.left(file, statement.start, name, reason)

    def _follows(self, file: str, label: Statement, after: Statement) -> bool:
        return label.end <= after.start and not self._job.life.code[file][label.end : after.start].strip()

    def _moved(self, event: Event, flow: Flow, statement: Statement) -> bool:
        return any(p.kind in ("vnet", "both") for p in self._parts(event, flow, statement))

    def release_late(self, event: Event, flow: Flow) -> None:
        """Shared releases of MOD_UNLOAD wait for the destructors."""
        if (statement := event.cases.get("MOD_UNLOAD")) is not None:
            self._teardown.run(event, flow, self._parts(event, flow, statement), base_of(event))

    def _parts(self, event: Event, flow: Flow, statement: Statement) -> list[Part]:
        return classify(self._job.life, self._effects, event.function, flow, _statements(statement))

    def _other_case(self, event: Event, flow: Flow, statement: Statement) -> None:
        file, name = event.function
        for part in self._parts(event, flow, statement):
            if part.kind in ("vnet", "both"):
                if self._asking.is_test(file, flow, part.statement):
                    self._asking.all(event.function, flow, part.statement)
                else:
                    self._to.left(file, part.statement.start, name, "it runs in the caller's stack alone")

    def _case(self, event: Event, flow: Flow, statement: Statement, down: bool) -> None:
        parts = self._parts(event, flow, statement)
        tests = self._tests(event.function[0], flow, parts)
        for test in tests:
            self._asking.all(event.function, flow, test)
        first = next((p.statement for p in parts if p.kind in ("vnet", "both") and p.statement not in tests), None)
        if first is None:
            return
        reason = "" if event.key.known else f"the order {', '.join(event.key.texts)} of its module cannot be evaluated"
        if down and event.function in self._left:
            reason = "its set-up is left to you as well"
        if reason:
            self._leave(event, first, reason)
            return
        parts, behind = self._callees.part(event, flow, parts, down)
        self._move(event, flow, parts, tests, behind, down)

    def _tests(self, file: str, flow: Flow, parts: list[Part]) -> list[Statement]:
        """Tests that refuse before anything is set up or torn down."""
        found = []
        for part in parts:
            if part.kind == "vnet" and self._asking.is_test(file, flow, part.statement):
                found.append(part.statement)
            elif part.kind in ("vnet", "both"):
                break
        return found

    def _leave(self, event: Event, first: Statement, reason: str) -> None:
        self._left.add(event.function)
        self._to.left(event.function[0], first.start, event.function[1], reason)

    def _move(
        self, event: Event, flow: Flow, parts: list[Part], tests: list[Statement], behind: Key | None, down: bool
    ) -> None:
        """Move what a case does for each stack, `behind` what a function that it calls does."""
        file, name = event.function
        first = next((p.statement for p in parts if p.kind in ("vnet", "both") and p.statement not in tests), None)
        if first is None:
            return
        tested = self._failing.tests(file, parts)
        checks, unasked = list(tested.values()), self._failing.unasked(file, flow, parts)
        if down and (checks or unasked):
            self._leave(event, first, "whether it fails decides whether the module may go")
            return
        given = [self._failing.name(file, s) for s in unasked]
        parting = Parter(self._job.life, file, flow, strict=False).part(parts, [*tests, *checks], given)
        reason = parting.reason or self._to.unmovable(file, flow, parting.moved, flow.start)
        key = self._to.orders.following(event.key) if parting.shared else event.key
        if not reason and not self._to.orders.within_vnet(key):
            reason = _OUTSIDE
        if reason:
            self._leave(event, first, reason)
            return
        touched = self._to.keys.touched_in(file, [(s.start, s.end) for s in parting.moved])
        placed = self._to.keys.mirrored(touched, file) if down else self._placed(event, key, touched)
        key = placed or key
        key = max(key, self._to.orders.following(behind)) if behind else key
        put = self._result(file, flow, parting.moved)
        parting.dropped = checks
        asked = {**dict.fromkeys(unasked), **tested}
        says = {s: self._failing.says(file, flow, s, t, s is parting.moved[-1]) for s, t in asked.items()}
        lines = self._to.take(event.function, flow, parting, says, put)
        for one, test in asked.items():
            self._to.find(file, (test or one).start, "constructor-can-fail", CAN_FAIL.format(name))
        for check in checks:
            start, end = lines_of(self._job.data[file], self._job.life.code[file], check, flow.body)
            self._to.moves.take(file, start, end, "a constructor cannot fail; it says so instead")
        self._to.emit(file, self._to.above(file, flow.start), base_of(event), key, down, lines)
        self._to.keys.note(touched, key, down, event.key)

    def _placed(self, event: Event, key: Key, touched: frozenset[tuple[str, str, str]]) -> Key:
        return self._to.keys.place(event.function, event.key, key, touched)

    def _result(self, file: str, flow: Flow, moved: list[Statement]) -> str:
        """What stays where statements set a local that the function still returns: `error = 0;`."""
        code = self._job.life.code[file]
        switch = next((s for s in flow.root.parts if s.start <= moved[0].start < s.end), None) if flow.root else None
        for local in flow.locals if switch is not None else ():
            name = local.name.encode()
            sets = any(re.match(rb"%s\s*=[^=]" % name, code[s.start : s.end]) for s in moved)
            before = re.search(rb"\b%s\s*=[^=]" % name, code[flow.body : switch.start])  # type: ignore[union-attr]
            if sets and not before and re.search(rb"\b%s\b" % name, code[switch.end : flow.end]):  # type: ignore[union-attr]
                indent = re.search(rb"[ \t]*\Z", code[: moved[0].start])
                return f"{indent.group().decode() if indent else ''}{local.name} = 0;"
        return ""


_OUTSIDE = "no constructor can stand there: its place lies outside of (SI_SUB_VNET, SI_SUB_VNET_DONE]"


def base_of(event: Event) -> str:
    """What a module event's functions are called after."""
    return _EVENT_NAME.sub("", event.function[1]) or event.function[1]


def _statements(case: Statement) -> list[Statement]:
    """The statements of a case; those of a block around all of them."""
    parts = list(case.parts)
    if len(parts) >= 1 and parts[0].kind == "block" and all(p.kind in ("block", "break") for p in parts):
        return [*parts[0].parts, *parts[1:]]
    return parts
