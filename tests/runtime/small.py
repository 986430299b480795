"""Small modules written by hand, for tests of the kernel."""

from collections.abc import Iterable
from typing import Any

from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import (
    Access,
    Arm,
    Break,
    Call,
    Destroy,
    Function,
    Init,
    Module,
    ModuleEvent,
    Node,
    Return,
    Switch,
    Sysinit,
    Variable,
)

PLACES = iter(range(1000, 10**9))


def at() -> str:
    """A place that no other declaration has, later in the file than those before."""
    return f"frob.c:{next(PLACES)}"


def var(name: str, type: str = "int", **more: Any) -> Variable:
    return Variable(name, at(), type, **{"per_vnet": True, **more})


def function(name: str, *body: Node, parameters: tuple[str, ...] = ("arg",), returns: str = "void") -> Function:
    return Function(name, at(), parameters, body, returns=returns)


def init(holder: str, kind: str = "mtx_init") -> Init:
    return Init(kind, holder, at())


def destroy(holder: str, kind: str = "mtx_destroy") -> Destroy:
    return Destroy(kind, holder, at())


def use(variable: str, how: str = "write") -> Access:
    return Access(variable, how, at())


def call(name: str, *arguments: str) -> Call:
    return Call(name, arguments, at())


def slot(kind: str, function: str, subsystem: str = "PSEUDO", order: str = "ANY", **more: Any) -> Sysinit:
    return Sysinit(kind, function, f"SI_SUB_{subsystem}", f"SI_ORDER_{order}", at(), function, **more)


def handler(
    load: Iterable[Node] = (),
    unload: Iterable[Node] = (),
    quiesce: str = "EOPNOTSUPP",
    *,
    loaded: str = "0",
    unloaded: str = "0",
) -> Function:
    """A module event handler, `modevent`."""
    arms = (
        Arm(("MOD_LOAD",), (*load, Return(loaded, at()))),
        Arm(("MOD_UNLOAD",), (*unload, Return(unloaded, at()))),
        Arm(("MOD_QUIESCE",), (Return(quiesce, at()),)),
        Arm((), (Break(at()),), default=True),
    )
    body = (Switch("type", at(), arms), Return("EOPNOTSUPP", at()))
    return function("modevent", *body, parameters=("mod", "type", "data"), returns="int")


def event(name: str = "frob", handler: str = "modevent", order: str = "FIRST") -> ModuleEvent:
    return ModuleEvent(name, handler, "SI_SUB_PSEUDO", f"SI_ORDER_{order}", at())


def module(name: str = "frob", *parts: Any, loadable: bool = True) -> Module:
    """A module of declarations in any order; without an event it gets one whose handler does nothing."""
    kinds: dict[type, str] = {Variable: "variables", Sysinit: "sysinits", ModuleEvent: "events", Function: "functions"}
    fields: dict[str, list[Any]] = {}
    for part in parts:
        kind = kinds.get(type(part), type(part).__name__.lower() + "s")
        fields.setdefault({"entrys": "entries"}.get(kind, kind), []).append(part)
    if loadable and "events" not in fields:
        fields["events"] = [event(name)]
        fields.setdefault("functions", []).append(handler())
    lists = {key: tuple(values) for key, values in fields.items()}
    return Module(name, ("frob.c",), loadable=loadable, **lists)


def pair(variable: str = "frob_mtx", **keys: Any) -> tuple[Any, ...]:
    """A per-vnet lock, its constructor and destructor."""
    return (
        var(variable, "struct mtx", set_up="lock"),
        function(f"{variable}_init", init(variable)),
        function(f"{variable}_uninit", destroy(variable)),
        slot("VNET_SYSINIT", f"{variable}_init", **keys),
        slot("VNET_SYSUNINIT", f"{variable}_uninit", **keys),
    )


def booted(*modules: Module, release: str = "13", vimage: bool = True) -> Kernel:
    kernel = Kernel(release, vimage)
    kernel.boot(*modules)
    return kernel


def kinds(kernel: Kernel) -> list[Kind]:
    return [fault.kind for fault in kernel.faults]


def texts(kernel: Kernel, *whats: str) -> list[str]:
    """`text @vnet` of the events of some sorts."""
    return [f"{e.text.partition('(')[0]} @{e.vnet}" for e in kernel.trace if e.what in whats]
