"""What may be the case: a world is one possibility, and equal worlds are one.

A branch that is not known goes both ways, so the kernel holds a small set of worlds instead of one truth.  A world is
immutable and compared by content; what differs only in how it came about is merged.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

SHARED = -1
"""Stands for no stack: the scope of shared state, and the value of a curvnet that is NULL."""

UNKNOWN = -2
"""Stands for a stack nobody can tell: one of those that exist."""


class Life(msgspec.Struct, frozen=True):
    """Where a resource stands: `live`, `dead`, `none` (dead, and its pointer NULL) or `unknown`, since when, by what
    kind of set-up, whether that was told to be for one stack only, and whether it stands for several of them."""

    status: str
    at: str
    kind: str = ""
    told: bool = False
    several: bool = False


class Handler(msgspec.Struct, frozen=True):
    """A function that the kernel may call.

    Arguments:
        kind: entry kind of rules/contexts.toml.
        function: to be called.
        at: where it was registered.
        holder: the callout, tag or hook that names it; empty if none does.
        scope: the stack whose state `holder` is, SHARED for shared state or a local object.
        made_in: curvnet when it was registered.
        argument: text of what it is given.
        argument_vnet: the stack that this argument leads to; SHARED for none, UNKNOWN if it cannot be told.
        name: event, cloner or hook it is registered on.
        call: the macro or function that registered.
    """

    kind: str
    function: str
    at: str
    holder: str = ""
    scope: int = SHARED
    made_in: int = SHARED
    argument: str = ""
    argument_vnet: int = SHARED
    name: str = ""
    call: str = ""


Key = tuple[str, int]
"""A resource: the variable that holds it, and its stack or SHARED."""


class World:
    """One possibility: what is set up and who is registered.  Immutable: `with_*` and `without_*` give another one."""

    __slots__ = ("_hash", "handlers", "lives")

    def __init__(self, lives: Mapping[Key, Life] | None = None, handlers: Iterable[Handler] = ()) -> None:
        self.lives: Mapping[Key, Life] = MappingProxyType(dict(lives or {}))
        self.handlers: tuple[Handler, ...] = tuple(handlers)
        self._hash = 0

    def __hash__(self) -> int:
        if not self._hash:
            self._hash = hash((frozenset(self.lives.items()), self.handlers))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, World):
            return NotImplemented
        return self is other or (self.lives == other.lives and self.handlers == other.handlers)

    def with_life(self, key: Key, life: Life) -> "World":
        """The world in which a resource stands so."""
        return World({**self.lives, key: life}, self.handlers)

    def without_stack(self, vnet: int) -> "World":
        """The world in which a stack and all its state are gone; handlers that hang on it stay, as in the kernel."""
        return World({k: v for k, v in self.lives.items() if k[1] != vnet}, self.handlers)

    def within(self, names: frozenset[str], handlers: bool, scopes: frozenset[int] | None = None) -> "World":
        """The part that concerns resources of some names, of some scopes if these are given, and handlers or not."""
        lives = {k: v for k, v in self.lives.items() if k[0] in names and (scopes is None or k[1] in scopes)}
        if len(lives) == len(self.lives) and (handlers or not self.handlers):
            return self
        return World(lives, self.handlers if handlers else ())

    def around(self, part: "World", old: "World", handlers: bool) -> "World":
        """The world in which a part of it, `within` what concerns some resources, has become another."""
        lives = {k: v for k, v in self.lives.items() if k not in old.lives}
        return World({**lives, **part.lives}, part.handlers if handlers else self.handlers)

    def with_handler(self, handler: Handler) -> "World":
        """The world in which a handler is registered; what is registered so already is not registered once more."""
        if handler in self.handlers:
            return self
        kept = [h for h in self.handlers if not _replaces(handler, h)]
        return World(self.lives, (*kept, handler))

    def without_handlers(self, gone: Iterable[Handler]) -> "World":
        """The world without some handlers."""
        dropped = set(gone)
        return World(self.lives, [h for h in self.handlers if h not in dropped])


def _replaces(new: Handler, old: Handler) -> bool:
    """Whether a registration is one that exists, made anew: a callout or task that is scheduled again."""
    same = (new.kind, new.holder, new.scope) == (old.kind, old.holder, old.scope)
    return same and bool(new.holder) and new.kind in ("callout", "task")


def merge(worlds: Iterable[World]) -> tuple[World, ...]:
    """Each world once, in the order of first appearance."""
    return tuple(dict.fromkeys(worlds))


def alike(worlds: Iterable[World], before: World) -> tuple[World, ...]:
    """Worlds that differ in nothing but handlers, what holds several resources, and places of set-ups, are one.

    What some way registered may be called, what some way took back is gone, seen from the world `before`.  Several are
    set up and torn down in loops, and that a loop may run not even once is no other possibility.
    """
    groups: dict[frozenset[tuple[Key, str, str, bool]], list[World]] = {}
    for world in worlds:
        stand = frozenset((k, v.status, v.kind, v.told) for k, v in world.lives.items() if not v.several)
        groups.setdefault(stand, []).append(world)
    return tuple(group[0] if len(group) == 1 else _united(group, before) for group in groups.values())


def _united(worlds: list[World], before: World) -> World:
    old = dict.fromkeys(before.handlers)
    kept = [h for h in old if all(h in w.handlers for w in worlds)]
    new = dict.fromkeys(h for w in worlds for h in w.handlers if h not in old)
    return World(_lives(worlds, before), (*kept, *new))


def _lives(worlds: list[World], before: World) -> dict[Key, Life]:
    """The lives of the first; of several resources, how they stand on a way that did something to them."""
    found = dict(worlds[0].lives)
    for world in worlds[1:]:
        for key, life in world.lives.items():
            known = found.get(key, before.lives.get(key))
            if life.several and (known == before.lives.get(key) or (known and known.status == "unknown")):
                found[key] = life
    return found
