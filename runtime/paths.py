"""Where a path through a function stands."""

from typing import NamedTuple

from .host import Value
from .worlds import World


class Fact(NamedTuple):
    """What a path knows of a local, or of a condition's text (its key begins with `?`).

    `since` is the instruction of a branch that assumed it, -1 when it was assigned.
    """

    key: str
    value: Value
    since: int = -1


class Held(NamedTuple):
    """A `CURVNET_SET` that waits for its `CURVNET_RESTORE`.

    `block` is the block it belongs to; `left` the place at which the path left that block, `left_block` that it did.
    """

    saved: int
    at: str
    expression: str
    block: tuple[int, ...]
    left: str = ""
    left_block: bool = False


class State(NamedTuple):
    """A path: equal states are one.  `failed` is the place of a set-up that is assumed to have failed on it."""

    curvnet: int
    sets: tuple[Held, ...]
    facts: tuple[Fact, ...]
    world: World
    failed: str = ""

    def fact(self, key: str) -> Value | None:
        """What is known under a key."""
        for fact in self.facts:
            if fact.key == key:
                return fact.value
        return None

    def knowing(self, key: str, value: Value, since: int = -1) -> "State":
        """With something known anew."""
        kept = [f for f in self.facts if f.key != key]
        return self.with_facts(tuple(sorted([*kept, Fact(key, value, since)], key=_key)))

    def forgetting(self, names: frozenset[str], touched: "dict[str, frozenset[str]]") -> "State":
        """Without what is known of some names, and of conditions that mention them (`touched`: names by condition)."""
        if not self.facts:
            return self
        kept = tuple(
            f for f in self.facts if (names.isdisjoint(touched[f.key]) if f.key in touched else f.key not in names)
        )
        return self if len(kept) == len(self.facts) else self.with_facts(kept)

    def in_another_stack(self, touched: "dict[str, frozenset[str]]") -> "State":
        """Without what is known of per-vnet variables: curvnet has changed, and these are others now."""
        named = ((f, touched.get(f.key, (f.key,))) for f in self.facts)
        kept = tuple(f for f, words in named if not any(w.startswith("V_") for w in words))
        return self if len(kept) == len(self.facts) else self.with_facts(kept)

    def with_facts(self, facts: tuple[Fact, ...]) -> "State":
        """With other facts; a state is made anew so often that `_replace` would take twice as long."""
        return State(self.curvnet, self.sets, facts, self.world, self.failed)

    def in_world(self, world: World) -> "State":
        """In another world."""
        return State(self.curvnet, self.sets, self.facts, world, self.failed)


def _key(fact: Fact) -> str:
    return fact.key


class Exit(NamedTuple):
    """How a function was left: what it returned (`zero`, `error`, `value`), curvnet and world."""

    result: str
    curvnet: int
    world: World
    value: Value = Value()
