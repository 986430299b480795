"""What a stack that dies, or a module that goes, leaves behind."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from .calls import Core, LoadedFile
from .expressions import enclosing, part_of_object, registration
from .faults import Fault, Kind
from .footprint import walk
from .model import Destroy, Unregister
from .tables import table
from .vnets import DEFAULT
from .worlds import SHARED, UNKNOWN, Handler, Life

CALLED = frozenset({"callout", "eventhandler", "eventhandler-all", "pfil", "hook", "cloner", "netisr"})
"""Kinds of handlers that the kernel goes on calling until they are taken back."""
_WITH_HEADS = {"2009": frozenset({"pfil"}), "2010": frozenset({"pfil"})}
"""Kinds that a dying stack's heads take along, by release."""
SOCKETS = frozenset({"socreate", "sobind", "soconnect"})


@lru_cache(maxsize=1)
def releasable() -> frozenset[str]:
    """Kinds of set-up that must be given back; a callout that is not scheduled holds nothing."""
    resources = table("resources")
    kinds = frozenset([*resources["init"], *resources["sysinit"]]) - {"EVENTHANDLER_REGISTER", "pfil_add_hook"}
    return frozenset(kind for kind in kinds if not kind.startswith("callout_init"))


class Leftovers:
    """Looks for them.

    Arguments:
        core: the kernel's inside.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def stack_dies(self, file: LoadedFile, vnet: int) -> None:
        """A stack's destructors have all run; whatever is its own must be gone."""
        self._lives(file, vnet, f"the stack that holds it is destroyed: give it back in a {_DESTRUCTOR}")
        freed = _WITH_HEADS.get(self._core.release.name, frozenset())
        self._handlers(file, lambda h: _hangs_on(h, vnet) and h.kind not in freed, vnet)
        gone = [h for h in file.handlers() if vnet == h.scope or _per_stack(h, vnet) or _freed(file, h, vnet)]
        worlds = (w.without_stack(vnet).without_handlers(gone) for w in file.worlds)
        file.worlds = tuple(dict.fromkeys(worlds))

    def module_goes(self, file: LoadedFile) -> None:
        """A module is unloaded; nothing of it may be left anywhere."""
        for vnet in (SHARED, *self._core.stacks()):
            how = "in MOD_UNLOAD or a SYSUNINIT" if vnet == SHARED else f"in a {_DESTRUCTOR}"
            self._lives(file, vnet, f"the module is unloaded: give it back {how}")
        self._handlers(file, lambda h: h.kind in CALLED, SHARED)

    def _lives(self, file: LoadedFile, vnet: int, why: str) -> None:
        for name, life in _alive(file, vnet):
            kind = Kind.LEFT_IN_VNET if life.kind in SOCKETS else Kind.NEVER_TORN_DOWN
            stands = [world.lives.get((name, vnet)) for world in file.worlds]
            if any(s is not None and s.status in ("dead", "none") for s in stands):
                continue  # given back on one path; what decides is not known, and seldom is the other one real
            message = f"{name} is set up by {life.kind} and still is when {why}"
            lines = (f"{life.at} {life.kind}",)
            sure = all(s is not None for s in stands)
            self._core.fault(Fault(kind, life.at, message, name, vnet, lines, sure=sure))

    def _handlers(self, file: LoadedFile, left: Callable[[Handler], bool], vnet: int) -> None:
        told: set[tuple[str, str]] = set()
        for handler in filter(left, file.handlers()):
            named = (handler.kind, handler.holder or handler.function)
            if named in told:
                continue
            told.add(named)
            sure = all(handler in world.handlers for world in file.worlds)
            own = _is_own(file, handler)
            part = part_of_object(handler.holder) if handler.kind != "cloner" else ""
            if handler.scope == UNKNOWN or not (own or part):
                continue
            if not (sure and own) and _taken_back(file, handler):
                continue  # of objects there are many, and the one that is left may be gone in truth
            gone = "the module is unloaded" if vnet == SHARED else f"stack {vnet} is destroyed"
            message = f"{handler.function} is still registered ({handler.kind}) when {gone}: take it back before"
            lines = (f"{handler.at} {handler.call or handler.kind}",)
            holder = handler.holder if own else ""
            self._core.fault(Fault(Kind.HANDLER_LEFT, handler.at, message, holder, vnet, lines, sure=sure))


def _is_own(file: LoadedFile, handler: Handler) -> bool:
    """Whether a variable of the module names the registration, or nothing does."""
    return not handler.holder or enclosing(handler.holder)[-1] in file.variables


def _taken_back(file: LoadedFile, handler: Handler) -> bool:
    """Whether the module takes the registration back somewhere; pointers to one object have many names."""
    name, part = handler.holder, part_of_object(handler.holder)
    nodes = (n for f in file.module.functions for n in walk(f.body) if isinstance(n, Unregister | Destroy))
    return any(
        registration(n.holder, file.variables) == name
        or (part and part_of_object(n.holder) == part)
        or (isinstance(n, Unregister) and n.function == handler.function)
        for n in nodes
    )


_DESTRUCTOR = "destructor (VNET_SYSUNINIT)"


def _alive(file: LoadedFile, vnet: int) -> Iterator[tuple[str, Life]]:
    found: dict[tuple[str, str], Life] = {}
    kinds = releasable() | SOCKETS | frozenset(file.module.resources)
    for world in file.worlds:
        for (name, stack), life in world.lives.items():
            if stack == vnet and life.status == "live" and life.kind in kinds:
                found.setdefault((name, life.at), life)
    return ((name, life) for (name, _), life in found.items())


def _hangs_on(handler: Handler, vnet: int) -> bool:
    if handler.kind not in CALLED:
        return False
    return vnet in (handler.scope, handler.argument_vnet) or _per_stack(handler, vnet)


def _per_stack(handler: Handler, vnet: int) -> bool:
    """Whether a registration is on something of a stack, which dies with it."""
    return handler.kind in ("pfil", "hook", "cloner") and handler.made_in == vnet != DEFAULT


def _freed(file: LoadedFile, handler: Handler, vnet: int) -> bool:
    """Whether an object of a stack held the registration: it went with the stack, by a way that takes it back."""
    ours = vnet in (handler.made_in, handler.argument_vnet) and vnet != DEFAULT
    return ours and bool(part_of_object(handler.holder)) and _taken_back(file, handler)
