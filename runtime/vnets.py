"""The network stacks: how they come, go and are met, and the constructors and destructors registered for them."""

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from .order import Key

DEFAULT = 0
"""Number of vnet0."""


class Keyed(Protocol):
    """What has a place in the order of SYSINITs."""

    @property
    def key(self) -> Key:
        """Subsystem and order."""


R = TypeVar("R", bound=Keyed)


class Registrations(Generic[R]):
    """The kernel's list of constructors, or that of destructors: sorted, of equal keys the new one last."""

    def __init__(self) -> None:
        self._items: list[R] = []

    def add(self, item: R) -> None:
        """Register."""
        behind = sum(1 for other in self._items if other.key <= item.key)
        self._items.insert(behind, item)

    def remove(self, item: R) -> None:
        """Deregister."""
        self._items.remove(item)

    def __iter__(self) -> Iterator[R]:
        return iter(tuple(self._items))

    def __reversed__(self) -> Iterator[R]:
        return reversed(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)


class Vnet:
    """A stack.

    Arguments:
        number: 0 is vnet0; numbers are not used twice.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.state = 0
        """Subsystem of the constructor or destructor that ran last when it was made or destroyed; 0 for ever in vnet0,
        whose constructors run through registration."""
        self.shutdown = False
        self.alive = True
        self.sockets = 0

    def going(self, done: int) -> bool:
        """Whether it is shutting down: not yet while its interfaces go home."""
        return self.shutdown and self.state < done


class Vnets:
    """All stacks, those on the list and the one under construction."""

    def __init__(self) -> None:
        self.all: dict[int, Vnet] = {}
        self._head: list[int] = []

    def stacks(self) -> tuple[int, ...]:
        """The stacks on the list: newest first, vnet0 last."""
        return tuple(self._head)

    def alloc(self, number: int, construct: Callable[[Vnet], None]) -> Vnet:
        """A new stack; only when all its constructors have run it is put on the list."""
        vnet = Vnet(number)
        self.all[number] = vnet
        construct(vnet)
        self._head.insert(0, number)
        return vnet

    def destroy(self, number: int, destruct: Callable[[Vnet], None]) -> Vnet:
        """Take a stack from the list, then run its destructors."""
        vnet = self.all[number]
        self._head.remove(number)
        vnet.shutdown = True
        destruct(vnet)
        vnet.alive = False
        del self.all[number]
        return vnet
