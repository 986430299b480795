"""Who calls whom, in a form that is soon read from a cache: functions by their places in a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property

import msgspec

from vport.life.entries import Key


class Links(msgspec.Struct, frozen=True, dict=True):
    """Calls of a tree.

    Arguments:
        keys: all functions and macros that call or are called.
        to: of each what it calls, by place in `keys`.
        back: of each who calls it.
    """

    keys: list[Key]
    to: list[list[int]]
    back: list[list[int]]

    @cached_property
    def _places(self) -> dict[Key, int]:
        return {key: i for i, key in enumerate(self.keys)}

    @cached_property
    def callees(self) -> "Linked":
        """What every function and macro calls."""
        return Linked(self.keys, self._places, self.to)

    @cached_property
    def callers(self) -> "Linked":
        """Who calls every function and macro."""
        return Linked(self.keys, self._places, self.back)


def link(callees: Mapping[Key, Iterable[Key]]) -> Links:
    """The links that calls make."""
    places = {key: i for i, key in enumerate(callees)}
    to = [[places.setdefault(key, len(places)) for key in called] for called in callees.values()]
    to += [[] for _ in range(len(places) - len(to))]
    back: list[list[int]] = [[] for _ in places]
    for caller, called in enumerate(to):
        for callee in called:
            back[callee].append(caller)
    return Links(list(places), to, back)


class Linked(Mapping[Key, Set[Key]]):
    """One direction of the links, with sets made when they are asked for.

    Arguments:
        keys: of all functions and macros.
        places: of each in `keys`.
        lists: what it is linked to, by place.
    """

    def __init__(self, keys: Sequence[Key], places: Mapping[Key, int], lists: Sequence[Sequence[int]]) -> None:
        self._keys = keys
        self._places = places
        self._lists = lists
        self._known: dict[int, frozenset[Key]] = {}

    def __getitem__(self, key: Key) -> Set[Key]:
        place = self._places[key]
        if place not in self._known:
            self._known[place] = frozenset([self._keys[i] for i in self._lists[place]])
        return self._known[place]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
