"""Short forms for writing models in tests: each statement is a line of its own, `BAD` marks the one to be found."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from vport.runtime.chart import Instruction
from vport.runtime.expressions import constant
from vport.runtime.faults import Fault
from vport.runtime.host import Event, Value
from vport.runtime.interpret import Interpreter
from vport.runtime.model import (
    Access,
    Arm,
    Assign,
    Branch,
    Break,
    Call,
    Condition,
    Continue,
    Destroy,
    External,
    Foreach,
    Function,
    Goto,
    Init,
    Label,
    Loop,
    Module,
    Node,
    Register,
    Restore,
    Return,
    Scope,
    Set,
    Switch,
    Sysinit,
    Unregister,
    Variable,
)
from vport.runtime.paths import State
from vport.runtime.visit import Moves, Visit
from vport.runtime.worlds import SHARED, World

BAD = "frob.c:9000"
"""The line that a fragment's fault is at."""


class _Lines:
    """Numbers statements in the order they are written."""

    def __init__(self) -> None:
        self.number = 100

    def next(self, at: str) -> str:
        self.number += 1
        return at or f"frob.c:{self.number}"


_lines = _Lines()


def cond(text: str) -> Condition:
    """The condition a text is, as the model's writer would tell it."""
    text = text.strip()
    for op, sign in (("or", "||"), ("and", "&&")):
        if sign in text:
            return Condition(text, op, parts=tuple(cond(p) for p in text.split(sign)))
    if text.startswith("!"):
        return Condition(text, "not", parts=(cond(text[1:]),))
    if text.startswith("IS_DEFAULT_VNET("):
        return Condition(text, "default-vnet")
    for sign in ("!=", "=="):
        left, found, right = text.partition(sign)
        if found:
            equal = Condition(text, "equals", left.strip(), right.strip())
            return equal if sign == "==" else Condition(text, "not", parts=(equal,))
    if text in ("0", "1"):
        return Condition(text, "constant", text)
    if any(c in text for c in "<>+-"):
        return Condition(text)
    return Condition(text, "truth", text)


def access(variable: str, how: str = "read", at: str = "", vnet: str = "") -> Access:
    return Access(variable, how, _lines.next(at), vnet)


def address(variable: str, at: str = "") -> Access:
    return access(variable, "address", at)


def write(variable: str, at: str = "") -> Access:
    return access(variable, "write", at)


def enter(expression: str = "ifp->if_vnet", at: str = "") -> Set:
    return Set(expression, _lines.next(at))


def leave(at: str = "") -> Restore:
    return Restore(_lines.next(at))


def assign(target: str, value: str) -> Assign:
    return Assign(target, value, _lines.next(""))


def call(name: str, *arguments: str, result: str = "", at: str = "") -> Call:
    return Call(name, arguments, _lines.next(at), result)


def init(kind: str, holder: str, *arguments: str, at: str = "") -> Init:
    return Init(kind, holder, _lines.next(at), arguments)


def destroy(kind: str, holder: str, at: str = "") -> Destroy:
    return Destroy(kind, holder, _lines.next(at))


def register(kind: str, function: str, at: str = "", **more: Any) -> Register:
    return Register(kind, function, _lines.next(at), **more)


def unregister(kind: str, holder: str, at: str = "") -> Unregister:
    return Unregister(kind, holder, _lines.next(at))


def when(text: str, *then: Node, otherwise: tuple[Node, ...] = ()) -> Branch:
    return Branch(cond(text), _lines.next(""), then, otherwise)


def loop(text: str, *body: Node, once: bool = False) -> Loop:
    return Loop(f"while ({text})", _lines.next(""), body, cond(text), once)


def each(iterator: str, *body: Node) -> Foreach:
    return Foreach(iterator, _lines.next(""), body)


def choose(subject: str, *arms: Arm) -> Switch:
    return Switch(subject, _lines.next(""), arms)


def case(values: str, *body: Node) -> Arm:
    return Arm(tuple(values.split()), body) if values else Arm((), body, default=True)


def block(*body: Node) -> Scope:
    return Scope(body)


def label(name: str) -> Label:
    return Label(name, _lines.next(""))


def goto(name: str, at: str = "") -> Goto:
    return Goto(name, _lines.next(at))


def back(value: str = "", at: str = "") -> Return:
    return Return(value, _lines.next(at))


def out(at: str = "") -> Break:
    return Break(_lines.next(at))


def again(at: str = "") -> Continue:
    return Continue(_lines.next(at))


def per_vnet(name: str, type: str = "int", **more: Any) -> Variable:
    return Variable(name, "frob.c:1", type, per_vnet=True, **more)


def shared(name: str, type: str = "int", **more: Any) -> Variable:
    return Variable(name, "frob.c:1", type, **more)


_KINDS = {
    "load": "SYSINIT",
    "unload": "SYSUNINIT",
    "construct": "VNET_SYSINIT",
    "destruct": "VNET_SYSUNINIT",
}


def module(
    *variables: Variable, externals: tuple[External, ...] = (), **functions: tuple[Node, ...] | Function
) -> Module:
    """A module: functions called `load`, `unload`, `construct` and `destruct` stand at such a slot, with what follows.

    A name may go on with a number (`construct2`); every call that leaves the module is known.
    """
    made = tuple(f if isinstance(f, Function) else function(name, *f) for name, f in functions.items())
    slots = tuple(
        Sysinit(kind, f.name, "SI_SUB_PSEUDO", "SI_ORDER_MIDDLE", f.at, f.name)
        for f in made
        if (kind := _KINDS.get(f.name.rstrip("0123456789")))
    )
    outside = {n.name for f in made for n in _calls(f.body)} - {f.name for f in made} - {e.name for e in externals}
    known = tuple(External(name, known=True) for name in sorted(outside))
    return Module("frob", ("frob.c",), variables, slots, functions=made, externals=(*externals, *known))


def function(name: str, *body: Node, parameters: tuple[str, ...] = (), returns: str = "void") -> Function:
    return Function(name, _lines.next(""), parameters, body, returns=returns)


def _calls(nodes: Any) -> list[Call]:
    found: list[Call] = []
    for node in nodes:
        if isinstance(node, Call):
            found.append(node)
        for field in ("then", "otherwise", "body", "arms"):
            found += _calls(getattr(node, field, ()))
    return found


class Small:
    """The least of a kernel: some stacks, a trace, faults; calls are made by hand, worlds flow on."""

    def __init__(self, module: Module, stacks: tuple[int, ...] = (2, 1, 0), vimage: bool = True) -> None:
        self.vimage = vimage
        self.listed = stacks
        self.trace: list[Event] = []
        self.faults: dict[tuple[str, str, str], Fault] = {}
        self.worlds: tuple[World, ...] = (World(),)
        self.interpreter = Interpreter(module, self)

    def stacks(self) -> tuple[int, ...]:
        return self.listed if self.vimage else ()

    def is_default(self, vnet: int) -> bool:
        return vnet == 0

    def enrolled(self) -> frozenset[str] | None:
        return None

    def record(self, event: Event) -> None:
        self.trace.append(event)

    def fault(self, fault: Fault) -> None:
        self.faults.setdefault((fault.kind, fault.at, fault.variable), fault)

    def call(self, name: str, curvnet: int = SHARED, arguments: Mapping[str, Value] | None = None) -> list[str]:
        """Call a function, go on with the worlds in which it did not fail; what it returned."""
        outcome = self.interpreter.call(name, arguments or {}, curvnet if self.vimage else SHARED, self.worlds)
        good = (*outcome.worlds.get("zero", ()), *outcome.worlds.get("value", ()))
        self.worlds = good or self.worlds
        return sorted(outcome.worlds)

    def do(self, steps: str) -> "Small":
        """Make calls: `name` with no stack, `name@1` in one, `name@all` in each as a module that comes or goes does."""
        for step in steps.split():
            name, _, where = step.partition("@")
            for vnet in self.listed if where == "all" else (int(where) if where else SHARED,):
                self.call(name, vnet)
        return self


def counted(small: Small) -> Counter[tuple[str, int]]:
    """Steps that a kernel's interpreter makes from now on, by function and by the stack that it was called in."""
    steps: Counter[tuple[str, int]] = Counter()

    class Counting(Visit):
        def _do(self, pc: int, step: Instruction, state: State) -> Moves:
            steps[self.function, self.curvnet] += 1
            return super()._do(pc, step, state)

    small.interpreter.executes = Counting
    return steps


def constants(**values: str) -> dict[str, Value]:
    """Arguments by name, as constants or as what leads to a stack (`vnet 1`)."""
    return {
        name: Value(name, int(v[5:])) if v.startswith("vnet ") else Value(v, SHARED, constant(v))
        for name, v in values.items()
    }


__all__ = [name for name in dir() if not name.startswith("_") and name not in ("Any", "Mapping", "variable")]
