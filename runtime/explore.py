"""Execute one entry point by itself: no life before it, all resources set up, the context that its caller gives."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from . import order
from .errors import ModelError
from .expressions import handler_of
from .faults import Fault
from .host import Event, Value
from .interpret import Bounds, Interpreter
from .knowledge import Role
from .model import Entry, Module, Register, Sysinit
from .order import DUMMY
from .tables import table
from .worlds import SHARED, UNKNOWN, Life, World

_CONTEXTS = {"vnet": UNKNOWN, "inherited": UNKNOWN, "thread": UNKNOWN, "none": SHARED}


class _Alone:
    """A host with two stacks, where nothing happens but the call."""

    def __init__(self, vimage: bool) -> None:
        self.vimage = vimage
        self.trace: list[Event] = []
        self.faults: dict[tuple[str, str, str], Fault] = {}

    def stacks(self) -> tuple[int, ...]:
        """A jail's, and vnet0."""
        return (1, 0) if self.vimage else ()

    def is_default(self, vnet: int) -> bool:
        """Whether a stack is vnet0."""
        return vnet == 0

    def enrolled(self) -> frozenset[str] | None:
        """Nobody knows."""
        return None

    def record(self, event: Event) -> None:
        """Keep what bounds cut, and what is not known."""
        if event.what in ("bound", "unknown"):
            self.trace.append(event)

    def fault(self, fault: Fault) -> None:
        """Keep each fault once."""
        self.faults.setdefault((fault.kind, fault.at, fault.variable), fault)


class Explorer:
    """Explores entry points of one module; what is known of a function is kept from one to the next.

    Arguments:
        module: to explore.
        vimage: whether with VIMAGE.
        bounds: how far.
        release: of the kernel, which says when a boot runs in vnet0.
    """

    def __init__(self, module: Module, vimage: bool = True, bounds: Bounds | None = None, release: str = "13") -> None:
        self.module = module
        self._release = order.release(release)
        self._host = _Alone(vimage)
        self._interpreter = Interpreter(module, self._host, bounds)
        self._world = self._everything_set_up()

    def _everything_set_up(self) -> World:
        """Nothing is said of resources: neither their set-up nor their tear-down is a fault here."""
        scopes = (*self._host.stacks(), SHARED)
        resources = self._interpreter.knowledge.resources.items()
        lives = {(name, s): Life("unknown", r.variable.at) for name, r in resources for s in scopes}
        return World(lives)

    @property
    def unknown(self) -> tuple[Event, ...]:
        """What was met and is not known, and what bounds cut."""
        return tuple(self._host.trace)

    def explore(self, entry: Entry) -> tuple[Fault, ...]:
        """The faults on any path of an entry point, in the context its framework guarantees."""
        self._host.faults.clear()
        curvnet = _CONTEXTS.get(entry.context, SHARED) if self._host.vimage else SHARED
        self._interpreter.call(entry.function, self._arguments(entry.function), curvnet, (self._world,))
        return tuple(self._host.faults.values())

    def _arguments(self, function: str) -> Mapping[str, Value]:
        known = self._interpreter.knowledge.function(function)
        return {name: Value(name, UNKNOWN) for name in known.parameters} if known else {}

    def _in_vnet0(self, slot: Sysinit) -> bool:
        """Whether boot runs a slot in the first stack; where its key cannot be told, nothing is said against it.

        kldload runs it in the loader's stack; a module that the kernel's file holds, or the loader brings, is at boot.
        """
        try:
            key = self._release.key(slot.subsystem, slot.order, slot.at)
        except ModelError:
            return True
        return key[0] == DUMMY or self._release.has_vnet0(key)

    def entries(self) -> tuple[Entry, ...]:
        """All functions of the module that the kernel calls, by table, registration or slot."""
        knowledge = self._interpreter.knowledge
        found = {(e.function, e.context): e for e in self.module.entries}
        for slot in self.module.sysinits:
            if slot.function and slot.kind == "SYSINIT" and not self._in_vnet0(slot):
                found[slot.function, "none"] = Entry("sysinit", slot.function, slot.at)
        for name, role in knowledge.roles.items():
            context = "vnet" if role in (Role.CONSTRUCTOR, Role.DESTRUCTOR) else "thread"
            if (name, "none") not in found:
                found.setdefault((name, context), Entry(str(role), name, "", context))
        for node in knowledge.registered():
            name, context = handler_of(node.function), _guaranteed(node)
            found.setdefault((name, context), Entry(node.kind, name, node.at, context))
        return tuple(e for e in found.values() if e.function in knowledge.functions)


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, Any]:
    kinds: Mapping[str, Any] = table("contexts")["entry"]
    return kinds


def _guaranteed(node: Register) -> str:
    """What the caller of a handler guarantees: by its kind, for events by their name; unknown kinds say nothing."""
    kind = _kinds().get(node.kind, {"context": "inherited"})
    if isinstance(kind.get("names"), dict):
        for pattern, context in kind["names"].items():
            if fnmatchcase(node.name, pattern):
                return str(context)
    return str(kind.get("context", "none"))


def explore(module: Module, entry: Entry, vimage: bool = True) -> tuple[Fault, ...]:
    """The faults on any path of one entry point, in the context its framework guarantees."""
    return Explorer(module, vimage).explore(entry)
