"""Who runs: a thread with its jail and the stack it is in at the moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from .worlds import SHARED


class Thread:
    """A thread of a process.

    Arguments:
        number: of the thread; 0 is the kernel's own, in prison0.
        jail: number of the jail its credential belongs to.
    """

    def __init__(self, number: int, jail: int = 0) -> None:
        self.number = number
        self.jail = jail
        self.curvnet = SHARED
        self.alive = True
        self._saved: list[int] = []

    @property
    def depth(self) -> int:
        """How many sets wait for their restore."""
        return len(self._saved)

    @contextmanager
    def within(self, vnet: int) -> Iterator[None]:
        """CURVNET_SET and CURVNET_RESTORE around what the kernel does in a stack; SHARED for none."""
        self._saved.append(self.curvnet)
        self.curvnet = vnet
        try:
            yield
        finally:
            self.curvnet = self._saved.pop()
