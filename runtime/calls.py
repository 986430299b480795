"""What all parts of the kernel share: trace, faults, the loaded files, and calling a C function in every world."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from .expressions import handler_of
from .faults import Fault, Kind
from .footprint import Footprints, walk
from .host import Event, Host, Outcome, Value
from .model import Function, Module, Register, Variable
from .order import Release
from .threads import Thread
from .vnets import DEFAULT, Vnets
from .worlds import SHARED, Handler, World, merge

MOST_WORLDS = 16
"""Possibilities followed for one module; what is more is cut, and the trace says so."""


class Executes(Protocol):
    """What the kernel asks of an interpreter."""

    def call(self, function: str, arguments: Mapping[str, Value], curvnet: int, worlds: tuple[World, ...]) -> Outcome:
        """Execute a function of the module in every world."""


class LoadedFile:
    """A module in the kernel.

    Arguments:
        module: its model.
        static: whether it is part of the kernel's own file.
    """

    def __init__(self, module: Module, static: bool) -> None:
        self.module = module
        self.static = static
        self.worlds: tuple[World, ...] = (World(),)
        self.functions: Mapping[str, Function] = {f.name: f for f in module.functions}
        self.variables: Mapping[str, Variable] = {v.name: v for v in module.variables}
        self.footprints = Footprints(module)
        nodes = (node for function in module.functions for node in walk(function.body))
        self.registers = frozenset((n.kind, handler_of(n.function)) for n in nodes if isinstance(n, Register))
        """Kinds and functions of the handlers that the module registers somewhere."""
        self.interpreter: Executes | None = None
        self.registered: list[str] = []
        """Names of its modules whose MOD_LOAD did not fail, newest first."""
        self.quiesced: set[str] = set()
        self.references = 1
        self.user_references = 0
        self.depends: list[LoadedFile] = []
        self.space: tuple[int, int] | None = None
        self.linked = False

    @property
    def name(self) -> str:
        """Of the module."""
        return self.module.name

    def handlers(self) -> tuple[Handler, ...]:
        """Handlers registered in any world, in the order of registration."""
        if len(self.worlds) == 1:
            return self.worlds[0].handlers
        return tuple(dict.fromkeys(h for world in self.worlds for h in world.handlers))


class Result(msgspec.Struct, frozen=True):
    """What a call came to: whether it can succeed, whether it can fail, and with which errors if that is known."""

    succeeds: bool = True
    fails: bool = False
    errors: tuple[str, ...] = ()


SUCCESS = ("zero", "value")


class Core:
    """The kernel's inside.  It is the interpreter's host.

    Arguments:
        release: whose rules hold.
        vimage: whether the kernel was built with the option VIMAGE.
        interpreter: makes the interpreter of a module.
    """

    def __init__(self, release: Release, vimage: bool, interpreter: Callable[[Module, Host], Executes]) -> None:
        self.release = release
        self.vimage = vimage
        self._interpreter = interpreter
        self.vnets = Vnets()
        self.thread = Thread(0)
        self.files: dict[str, LoadedFile] = {}
        self.trace: list[Event] = []
        self.actions: list[str] = []
        self.quiet = False
        """Whether the trace is not kept, for very long runs."""
        self.translate: Callable[[Fault], Fault] = lambda fault: fault
        self.enrolled: Callable[[], frozenset[str] | None] = lambda: None
        """Identifiers of modules of containers that have registered."""
        self.after_call: list[Callable[[LoadedFile, tuple[Handler, ...], int], None]] = []
        self._faults: dict[tuple[str, str, str], Fault] = {}

    @property
    def faults(self) -> list[Fault]:
        """What went wrong so far, each thing once."""
        return list(self._faults.values())

    def stacks(self) -> tuple[int, ...]:
        """The stacks on the list: newest first, vnet0 last."""
        return self.vnets.stacks() if self.vimage else ()

    def is_default(self, vnet: int) -> bool:
        """Whether a stack is vnet0; in the default build whatever is."""
        return vnet == DEFAULT or not self.vimage

    def record(self, event: Event) -> None:
        """Append to the trace."""
        if not self.quiet:
            self.trace.append(msgspec.structs.replace(event, step=len(self.actions)))

    def note(self, what: str, text: str, at: str = "") -> None:
        """Append to the trace what happens in the current stack."""
        if not self.quiet:
            self.trace.append(Event(what, text, at, self.thread.curvnet, len(self.actions)))

    def fault(self, fault: Fault) -> None:
        """Note a fault with the actions that led to it; the same thing at the same place is one fault."""
        fault = self.translate(fault)
        if self._follows(fault):
            return
        key = (fault.kind, fault.at, fault.variable)
        known = self._faults.get(key)
        if known is None:
            actions = fault.actions or tuple(self.actions)
            self._faults[key] = msgspec.structs.replace(fault, actions=actions)
        elif fault.sure and not known.sure:
            self._faults[key] = msgspec.structs.replace(known, sure=True)

    def _follows(self, fault: Fault) -> bool:
        """Whether a fault only shows another one again: that of a tie, or that of vnet0 in the other stacks."""
        if fault.kind not in (Kind.BEFORE_SET_UP, Kind.AFTER_TEAR_DOWN, Kind.DEFAULT_VNET_ONLY):
            return False
        tied = any(f.kind is Kind.EQUAL_KEYS and f.variable == fault.variable for f in self._faults.values())
        early = (Kind.BEFORE_SET_UP, fault.at, fault.variable) in self._faults
        return tied or (early and fault.kind is Kind.DEFAULT_VNET_ONLY)

    def stack(self, number: int) -> int:
        """A stack as curvnet has it: NULL in the default build."""
        return number if self.vimage else SHARED

    def going(self, number: int) -> bool:
        """Whether a stack is shutting down, and its interfaces are home."""
        vnet = self.vnets.all.get(number)
        return self.vimage and vnet is not None and vnet.going(self.release.vnet_done)

    def call(
        self,
        file: LoadedFile,
        function: str,
        values: Sequence[Value] = (),
        *,
        what: str = "call",
        at: str = "",
        keep: Sequence[str] = SUCCESS,
    ) -> Result:
        """Call a function of a module in the current stack, in every world of the module.

        It goes on in the worlds in which the function returned one of `keep`; in all, if there are none.
        """
        before = file.handlers()
        result, worlds = self._execute(file, function, values, file.worlds, keep, (what, at))
        self._settle(file, worlds)
        for listener in self.after_call:
            listener(file, before, self.thread.curvnet)
        return result

    def call_handler(self, file: LoadedFile, handler: Handler, values: Sequence[Value], *, once: bool = False) -> None:
        """Call a handler in those worlds in which it is registered; `once` takes the registration away before."""
        having = tuple(w for w in file.worlds if handler in w.handlers)
        others = [w for w in file.worlds if handler not in w.handlers]
        if not having:
            return
        if once:
            having = merge(w.without_handlers([handler]) for w in having)
        before = file.handlers()
        kind = ("handler", handler.at)
        _, worlds = self._execute(file, handler.function, values, having, ("zero", "value", "error"), kind)
        self._settle(file, [*others, *worlds])
        for listener in self.after_call:
            listener(file, before, self.thread.curvnet)

    def _execute(
        self,
        file: LoadedFile,
        function: str,
        values: Sequence[Value],
        worlds: tuple[World, ...],
        keep: Sequence[str],
        shown: tuple[str, str],
    ) -> tuple[Result, tuple[World, ...]]:
        known = file.functions.get(function)
        what, at = shown
        self.note(what, f"{function}({', '.join(_shown(known, values))})", at or (known.at if known else ""))
        if known is None:
            self.note("unknown", f"{function} is not a function of {file.name}", at)
            return Result(), worlds
        outcome = self._interpreted(file).call(function, _arguments(known, values), self.thread.curvnet, worlds)
        kept = merge(w for way in keep for w in outcome.worlds.get(way, ()))
        every = kept or merge(w for ws in outcome.worlds.values() for w in ws) or worlds
        return _judge(outcome), every

    def _interpreted(self, file: LoadedFile) -> Executes:
        if file.interpreter is None:
            file.interpreter = self._interpreter(file.module, self)
        return file.interpreter

    def _settle(self, file: LoadedFile, worlds: Iterable[World]) -> None:
        found = merge(worlds)
        if len(found) > MOST_WORLDS:
            self.note("bound", f"{file.name}: {len(found)} possibilities, {MOST_WORLDS} of them followed")
        file.worlds = found[:MOST_WORLDS]


def _arguments(function: Function, values: Sequence[Value]) -> dict[str, Value]:
    given = dict(zip(function.parameters, values, strict=False))
    return {name: given.get(name, Value(name)) for name in function.parameters}


def _shown(function: Function | None, values: Sequence[Value]) -> Iterator[str]:
    """Arguments in words: the parameter where nothing is known."""
    names = function.parameters if function else ()
    for index, value in enumerate(values):
        yield value.text or (names[index] if index < len(names) else "")


def _judge(outcome: Outcome) -> Result:
    ways = {way for way, worlds in outcome.worlds.items() if worlds}
    if not ways:
        return Result()
    return Result(bool(ways & set(SUCCESS)), bool(ways - set(SUCCESS)), tuple(sorted(outcome.errors)))


def everything(function: Function, vnet: int) -> tuple[Value, ...]:
    """Arguments that all lead to one stack: the packet's, the socket's, the thread's."""
    return tuple(Value(name, vnet) for name in function.parameters)
