"""The Python runtime, watched: which of its trace belongs to which call, and the ways it found through a function."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from .. import scenarios
from ..chart import Instruction
from ..effects import Visitor
from ..host import Event, Host, Outcome, Value
from ..interpret import Interpreter
from ..kernel import Kernel
from ..knowledge import Role
from ..model import Module
from ..paths import State
from ..record import Record
from ..visit import Visit
from ..worlds import World


class Ways(Visit):
    """A visit that keeps the steps from instruction to instruction that some path took."""

    def __init__(
        self, visitor: Visitor, function: str, arguments: dict[str, Value], curvnet: int, world: World, role: Role
    ) -> None:
        self.taken: dict[int, set[int]] = {}
        super().__init__(visitor, function, arguments, curvnet, world, role)
        assert isinstance(visitor, Watcher)
        visitor.ways[id(self.record)] = self

    def _go(self, pc: int, step: Instruction, target: int, state: State) -> None:
        self.taken.setdefault(pc, set()).add(target)
        super()._go(pc, step, target, state)


class Called(msgspec.Struct, frozen=True):
    """A function that the kernel called.

    Arguments:
        function: of the module.
        start, end: what it told lies between these in the trace; the call itself stands before `start`.
        records: of its visits, one for each possibility.
        watcher: that has the ways.
    """

    function: str
    start: int
    end: int
    records: tuple[Record, ...]
    watcher: "Watcher"


class Watcher(Interpreter):
    """An interpreter that keeps what the kernel called."""

    executes = Ways

    def __init__(self, module: Module, host: Host) -> None:
        super().__init__(module, host)
        assert isinstance(host, Kernel)
        self.kernel = host
        self.ways: dict[int, Ways] = {}
        self.called: list[Called] = []
        self._records: list[Record] | None = None

    def call(self, function: str, arguments: Mapping[str, Value], curvnet: int, worlds: tuple[World, ...]) -> Outcome:
        """Run a function that the kernel calls, and keep where its events lie."""
        start = len(self.kernel.trace)
        seen = [self.visit(function, arguments, curvnet, w, self.knowledge.role(function))[0] for w in worlds]
        outcome = super().call(function, arguments, curvnet, worlds)
        records = {id(r): r for r in seen}
        self.called.append(Called(function, start, len(self.kernel.trace), tuple(records.values()), self))
        return outcome


class Machine(Kernel):
    """A kernel that keeps what loading and unloading came to."""

    def __init__(self, release: str, vimage: bool, interpreter: Callable[[Module, Host], Watcher]) -> None:
        super().__init__(release, vimage, interpreter)
        self.results: dict[int, str] = {}

    def load(self, module: Module | str, fail: bool = False) -> str:
        """Load a module, and keep the error's name."""
        return self._kept(super().load(module, fail))

    def unload(self, module: Module | str, force: bool = False, veto: bool = False) -> str:
        """Unload a module, and keep the error's name."""
        return self._kept(super().unload(module, force, veto))

    def quiesce(self, module: Module | str) -> str:
        """Ask a module whether it can go, and keep the error's name."""
        return self._kept(super().quiesce(module))

    def _kept(self, error: str) -> str:
        if error:
            self.results[len(self.actions)] = error
        return error


class Watched(msgspec.Struct, frozen=True):
    """A scenario that the Python runtime lived through."""

    kernel: Machine
    called: Mapping[int, Called]
    """By the place of the call in the trace."""

    @property
    def trace(self) -> Sequence[Event]:
        """What happened."""
        return self.kernel.trace


def live(module: Module, scenario: str, release: str = "13", vimage: bool = True) -> Watched:
    """Live through a scenario, watched.

    Raises:
        RuntimeInputError: as scenarios.run.
    """
    watchers: list[Watcher] = []

    def watch(module: Module, host: Host) -> Watcher:
        watchers.append(Watcher(module, host))
        return watchers[-1]

    kernel = Machine(release, vimage, watch)
    scenarios.live(kernel, module, scenario)
    return Watched(kernel, {c.start - 1: c for w in watchers for c in w.called})
