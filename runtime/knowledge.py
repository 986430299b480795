"""What can be said of a module before anything runs: names, roles of functions, which resources to follow."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property, lru_cache

import msgspec

from .chart import Chart, Decide, Instruction, Operation, leaves
from .expressions import constant, enclosing, handler_of, holder, member, mentioned, stripped, variable
from .liveness import Liveness
from .model import Access, Assign, Call, Destroy, External, Function, Init, Module, Register, Unregister, Variable
from .patterns import later
from .reach import Reaches, Stacks
from .relevance import Known, Relevance, relevances
from .tables import table

_SETS_UP = later(r"init|create|attach|setup|construct", re.IGNORECASE)
_ASKED = ("sysctl", "cdev", "syscall", "socket", "if-method")
_CONSTRUCTORS = ("pr_init", "dom_init", "dom_rtattach")
_DESTRUCTORS = ("pr_destroy", "dom_destroy", "dom_rtdetach")


class Role(StrEnum):
    """On whose behalf a function runs."""

    CONSTRUCTOR = "constructor"
    DESTRUCTOR = "destructor"
    SHARED = "shared"
    HANDLER = "handler"


class Resource(msgspec.Struct, frozen=True):
    """How a variable's life is followed.

    Arguments:
        variable: as declared.
        pointer: it points to what is set up, so that it can be tested, and is NULL before.
        many: it holds several of them, so that one more set-up or tear-down is no fault.
        checked: a use before its set-up is a fault: the module sets it up while it is brought up, or never does.
            What comes and goes at run time, by a sysctl or an ioctl, hangs on state that nobody follows.
        places: where it is set up.
    """

    variable: Variable
    pointer: bool
    many: bool
    checked: bool
    places: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _results() -> frozenset[str]:
    """Kinds of set-up whose result is what they set up."""
    kinds = table("resources")["init"]
    return frozenset(kind for kind, entry in kinds.items() if entry["object"] == "result")


class Knowledge:
    """A module, looked up; what is found is kept, and never changed."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.variables = {v.name: v for v in module.variables}
        self.functions = {f.name: f for f in module.functions}
        self.externals = {e.name: e for e in module.externals}
        self.vnet_modules = {m.symbol: m for m in module.vnet_modules}
        self.containers = frozenset(m.container for m in module.vnet_modules) - {""}
        self._has_members = any(v.container for v in module.variables)
        self.pins = {(p.function, p.text): p.value for p in module.pins}
        self._charts: dict[str, Chart] = {}
        self._exempt: dict[str, frozenset[int]] = {}
        self._handled: dict[str, frozenset[str]] = {}
        self._handled_itself: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._livenesses: dict[str, Liveness] = {}
        self._pointers: dict[str, tuple[str, Resource | None]] = {}
        self._reach: dict[str, tuple[frozenset[str], bool]] = {}
        self.depending: dict[tuple[str, int, bool], frozenset[str]] = {}
        self.hanging: dict[tuple[str, int], bool] = {}

    def chart(self, function: str) -> Chart:
        """The chart of a function of the module, or of what an external call is known to do."""
        found = self._charts.get(function)
        if found is None:
            own = self.functions.get(function)
            found = self._charts[function] = Chart(own.body if own else self.externals[function].does)
        return found

    def relevance(self, function: str) -> Relevance:
        """What a path through a function must remember."""
        return self._relevances[function]

    def liveness(self, function: str) -> Liveness:
        """What a path through a function can still be asked for, place by place."""
        found = self._livenesses.get(function)
        if found is None:
            last = self.relevance(function).last
            found = self._livenesses[function] = Liveness(self.chart(function), last, self._wanted, self._whole)
        return found

    def _wanted(self, does: Operation) -> list[str]:
        """Arguments that a callee asks about, and the container whose member is reached."""
        if isinstance(does, Call):
            found = self._relevances.get(does.name)
            asked = found.last if found else {}
            return [a for p, a in zip(self.parameters(does.name), does.arguments, strict=False) if p in asked]
        if not self._has_members or not isinstance(does, Access | Init | Destroy | Register | Unregister):
            return []
        variable = self.variables.get(does.variable if isinstance(does, Access) else self._whole(does.holder))
        return [variable.container] if variable else []

    def _whole(self, text: str) -> str:
        """The variable that a resource's holder is part of."""
        return self.owner(self.holder(text))

    @cached_property
    def _relevances(self) -> dict[str, Relevance]:
        charts = dict(self._all_charts())
        holding = (s.does.holder for c in charts.values() for s in c.steps if isinstance(s.does, Init | Destroy))
        known = Known(
            charts,
            {f.name: f.parameters for f in self.module.functions},
            self.variables,
            frozenset(self.resources),
            {text: self.holder(text) for text in holding},
            self.externals,
            self.brought_up,
        )
        return relevances(known)

    def reach(self, function: str) -> tuple[frozenset[str], bool]:
        """The resources a function can see or change, with all it calls, and whether it makes or ends handlers."""
        found = self._reach.get(function)
        if found is None:
            names, _, handlers = self._reaches.of(function)
            mine = frozenset(r for r in self.resources if self.owner(r) in names) | (self.containers & names)
            found = self._reach[function] = (mine, handlers)
        return found

    def stacks(self, function: str) -> Stacks:
        """Which stacks a function can get to, with all it calls."""
        return self._reaches.stacks(function)

    def changes(self, function: str) -> frozenset[str]:
        """Variables that a function may change, with all it calls, by name and by accessor."""
        return self._reaches.of(function).changes

    @cached_property
    def _reaches(self) -> Reaches:
        return Reaches(dict(self._all_charts()), self.module.vnet_modules)

    def parameters(self, function: str) -> tuple[str, ...]:
        """Names of a function's parameters."""
        own = self.functions.get(function)
        return own.parameters if own else ()

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles of the functions that the kernel calls at a slot or for a module event."""
        found: dict[str, Role] = {e.handler: Role.SHARED for e in self.module.events}
        for slot in self.module.sysinits:
            per_vnet = {"VNET_SYSINIT": Role.CONSTRUCTOR, "VNET_SYSUNINIT": Role.DESTRUCTOR}
            found[slot.function] = per_vnet.get(slot.kind, Role.SHARED)
        for one in self.module.vnet_modules:
            found |= {one.attach: Role.CONSTRUCTOR, one.detach: Role.DESTRUCTOR}
        for entry in self.module.entries:
            if entry.member in (*_CONSTRUCTORS, *_DESTRUCTORS):
                found[entry.function] = Role.CONSTRUCTOR if entry.member in _CONSTRUCTORS else Role.DESTRUCTOR
        found.pop("", None)
        return found

    def role(self, function: str) -> Role:
        """On whose behalf a function runs when the kernel calls it."""
        return self.roles.get(function, Role.HANDLER)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """The variables whose set-up and tear-down are followed, by name."""
        inits = self._inits()
        whole = {
            v.name: self._resource(v, inits.get(v.name, []))
            for v in self.variables.values()
            if v.name in inits or v.set_up
        }
        members = {
            n: self._resource(self.variables[self.owner(n)], found, n) for n, found in inits.items() if n not in whole
        }
        return whole | members

    def _inits(self) -> dict[str, list[tuple[str, str, str]]]:
        """Function, kind and place of each set-up, by variable."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for function, chart in self._all_charts():
            for step in chart.steps:
                if isinstance(step.does, Init) and (name := self.holder(step.does.holder)):
                    found.setdefault(name, []).append((function, step.does.kind, step.does.at))
        for slot in self.module.sysinits:
            if slot.holder and (name := self.holder(slot.holder)):
                found.setdefault(name, []).append(("", slot.resource or slot.kind, slot.at))
        return found

    def _resource(self, v: Variable, inits: list[tuple[str, str, str]], part: str = "") -> Resource:
        kinds = {kind for _, kind, _ in inits}
        told = bool(kinds) and kinds.isdisjoint(self.module.resources)
        pointer = kinds <= _results() if told else "*" in v.type or v.type.endswith("_t")
        in_time = any(function in self.brought_up for function, _, _ in inits) or self._forgotten(part or v.name, inits)
        never = not inits and v.static and v.initial == "zero" and not self.takers(v.name, sets_up=True)
        toggled = any(function in self.switched for function, _, _ in inits)
        places = tuple(at for _, _, at in inits)
        return Resource(v, pointer, "[" in part + v.type or toggled, (in_time or never) and not toggled, places)

    def _forgotten(self, name: str, inits: list[tuple[str, str, str]]) -> bool:
        """Whether nothing of the module runs what sets a variable up, though what ends a stack tears it down.

        What is not static may be run by another file.
        """
        run = self._run | {f.name for f in self.module.functions if f.exported}
        if not inits or any(function in run for function, _, _ in inits):
            return False
        ends = self._called_by([f for f, role in self.roles.items() if role is Role.DESTRUCTOR])
        steps = (step.does for f in ends if f in self.functions for step in self.chart(f).steps)
        return any(isinstance(does, Destroy) and self.holder(does.holder) == name for does in steps)

    @cached_property
    def _run(self) -> set[str]:
        """Functions that something runs: called, handed over, or named by a table or a slot."""
        found = {"", *self.roles, *(e.function for e in self.module.entries), *(s.handler for s in self.module.sysctls)}
        for _, chart in self._all_charts():
            for step in chart.steps:
                if isinstance(step.does, Call):
                    found |= {step.does.name}.union(*(mentioned(a) for a in step.does.arguments))
                elif isinstance(step.does, Register):
                    found.add(handler_of(step.does.function))
        return found

    @cached_property
    def brought_up(self) -> frozenset[str]:
        """Functions that run while the module or a stack is brought up; the empty name stands for slots without one."""
        return frozenset(self._called_by([f for f, r in self.roles.items() if r in (Role.CONSTRUCTOR, Role.SHARED)]))

    @cached_property
    def switched(self) -> frozenset[str]:
        """Functions that run when somebody asks for something at run time: a sysctl, a device, a socket."""
        asked = [e.function for e in self.module.entries if e.kind in _ASKED and e.function not in self.roles]
        return frozenset(self._called_by([*asked, *(s.handler for s in self.module.sysctls if s.handler)]) - {""})

    def _called_by(self, todo: list[str]) -> set[str]:
        """Some functions, all that they call, and the empty name."""
        found = {"", *todo}
        while todo:
            name = todo.pop()
            if name not in self.functions:
                continue
            called = {s.does.name for s in self.chart(name).steps if isinstance(s.does, Call)} - found
            found |= called
            todo.extend(sorted(called))
        return found

    def _all_charts(self) -> Iterator[tuple[str, Chart]]:
        for f in self.module.functions:
            yield f.name, self.chart(f.name)
        for e in self.module.externals:
            if e.does:
                yield e.name, self.chart(e.name)

    @cached_property
    def _taken(self) -> dict[str, dict[str, None]]:
        """Functions outside that are given a variable, by variable, in order of appearance."""
        found: dict[str, dict[str, None]] = {}
        for _, chart in self._all_charts():
            for step in chart.steps:
                if isinstance(step.does, Call) and step.does.name not in self.functions:
                    for name in {n for a in step.does.arguments for n in mentioned(a)} & self.variables.keys():
                        found.setdefault(name, {})[step.does.name] = None
        return found

    def takers(self, name: str, sets_up: bool = False) -> tuple[str, ...]:
        """Functions outside that are given a variable: those nobody knows, or those whose name says set-up."""
        taken = self._taken.get(self.owner(name), {})
        if sets_up:
            return tuple(t for t in taken if _SETS_UP.search(t))
        return tuple(t for t in taken if not self.external(t).known)

    def handled(self, function: str) -> frozenset[str]:
        """Resources that a function, or one of the module that it calls, sets up or tears down."""
        found = self._handled.get(function)
        if found is None:
            todo, seen, found = [function], {function}, frozenset()
            while todo:
                own, calls = self._handles(todo.pop())
                found |= own
                called = calls - seen
                seen |= called
                todo.extend(called)
            self._handled[function] = found
        return found

    def _handles(self, function: str) -> tuple[frozenset[str], frozenset[str]]:
        """Resources that a function sets up or tears down itself, and functions of the module that it calls."""
        known = self._handled_itself.get(function)
        if known is None:
            steps = self.chart(function).steps
            called = {s.does.name for s in steps if isinstance(s.does, Call)} & self.functions.keys()
            known = self._handled_itself[function] = (self.handled_by(steps), frozenset(called))
        return known

    def handled_by(self, steps: list[Instruction]) -> frozenset[str]:
        """Resources that instructions set up or tear down themselves."""
        held = (self.holder(s.does.holder) for s in steps if isinstance(s.does, Init | Destroy))
        return frozenset(name for name in held if name in self.resources)

    def registered(self) -> Iterator[Register]:
        """Every place that makes a function a handler."""
        for _, chart in self._all_charts():
            yield from (s.does for s in chart.steps if isinstance(s.does, Register))

    def external(self, name: str) -> External:
        """What is known of a call that leaves the module."""
        return self.externals.get(name) or External(name)

    def holder(self, text: str) -> str:
        """The resource of the module that a text is; empty when it is another expression."""
        return holder(text, self.variables)

    def pointer(self, text: str) -> tuple[str, Resource | None]:
        """The resource that a text, which is a variable that points to it, stands for, by name; None for none."""
        found = self._pointers.get(text)
        if found is None:
            name = self.holder(text)
            resource = self.resources.get(name)
            other = resource is None or not resource.pointer or resource.many or stripped(text).startswith("&")
            found = self._pointers[text] = (name, None if other else resource)
        return found

    def reached(self, access: Access) -> str:
        """The resource that an access is of: the smallest part of a variable that is one; empty for none."""
        if not access.member:
            return access.variable if access.variable in self.resources else ""
        parts = enclosing(access.variable + access.member)
        return next((name for name in parts if name in self.resources), "")

    def owner(self, resource: str) -> str:
        """The variable that a resource is, or is a member of."""
        return resource if resource in self.variables else member(resource)[0]

    def function(self, name: str) -> Function | None:
        """A function of the module."""
        return self.functions.get(name)

    def exempt(self, function: str) -> frozenset[int]:
        """Accesses that are no use of a resource: the argument of its set-up or tear-down, a pointer's test."""
        found = self._exempt.get(function)
        if found is None:
            found = self._exempt[function] = frozenset(self._find_exempt(self.chart(function)))
        return found

    def _find_exempt(self, chart: Chart) -> Iterator[int]:
        for pc, step in enumerate(chart.steps):
            if isinstance(step.does, Access) and self.reached(step.does):
                later = (chart.steps[n].does for n in range(pc + 1, len(chart.steps)))
                ahead = next((does for does in later if not self._leads(step.does, does)), None)
                if self._no_use(step.does, ahead):
                    yield pc

    def _leads(self, access: Access, does: object) -> bool:
        """Whether an instruction says no more than what is reached, or hands a pointer to a local as it is."""
        return isinstance(does, Access) or (isinstance(does, Assign) and self.holder(does.value) == access.variable)

    def _no_use(self, access: Access, ahead: object) -> bool:
        if isinstance(ahead, Init | Destroy | Register | Unregister):
            return self.owner(self.holder(ahead.holder)) == access.variable
        if isinstance(ahead, Call):
            return ahead.name in self.takers(access.variable, sets_up=True)
        if isinstance(ahead, Decide) and ahead.condition and self.resources[self.reached(access)].pointer:
            return self.reached(access) in self._tested(leaves(ahead.condition))
        return False

    def _tested(self, conditions: Iterable[object]) -> set[str]:
        """Variables that conditions compare with nothing but NULL."""
        found = set()
        for c in conditions:
            op, subject, value = (getattr(c, name) for name in ("op", "subject", "value"))
            if op == "truth" or (op == "equals" and constant(value) == "0"):
                found.add(self.holder(subject) or variable(subject))
        return found


_LAST = 4
_recent: list[Knowledge] = []


def knowledge_of(module: Module) -> Knowledge:
    """What is known of a module: of the last few it is kept, as several lives of one follow each other."""
    for one in _recent:
        if one.module is module:
            return one
    _recent.append(Knowledge(module))
    del _recent[:-_LAST]
    return _recent[-1]
