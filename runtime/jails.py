"""Jails: with a stack of their own, or in that of their parent."""

from collections.abc import Iterator

from .errors import ScenarioError
from .vnets import DEFAULT


class Jail:
    """A prison.

    Arguments:
        number: 0 is prison0; that of a jail with a stack is the stack's too.
        parent: number of the jail it is in, -1 for prison0.
        vnet: the stack its processes are in.
        own: whether that stack is its own.
    """

    def __init__(self, number: int, parent: int, vnet: int, own: bool) -> None:
        self.number = number
        self.parent = parent
        self.vnet = vnet
        self.own = own
        self.dying = False
        self.references = 0
        """Sockets whose credential belongs to it; the last one's end is the end of a dying jail."""


class Jails:
    """The tree of jails."""

    def __init__(self) -> None:
        self.all: dict[int, Jail] = {0: Jail(0, -1, DEFAULT, own=True)}
        self._last = 0

    def __getitem__(self, number: int) -> Jail:
        if number not in self.all:
            raise ScenarioError("", f"there is no jail {number}: name one of {sorted(self.all)}")
        return self.all[number]

    def living(self, number: int) -> Jail:
        """A jail that processes can be in.

        Raises:
            ScenarioError: if there is none of that number, or it is dying.
        """
        jail = self[number]
        if jail.dying:
            raise ScenarioError("", f"jail {number} is dying: nothing can be done in it any more")
        return jail

    def next_number(self) -> int:
        """A number that was never used."""
        self._last += 1
        return self._last

    def add(self, number: int, parent: int, own: bool) -> Jail:
        """A new jail, with a stack of its own number or in the parent's."""
        jail = Jail(number, parent, number if own else self.living(parent).vnet, own)
        self.all[number] = jail
        return jail

    def children(self, number: int) -> Iterator[Jail]:
        """Jails in a jail, newest first."""
        return (jail for _, jail in sorted(self.all.items(), reverse=True) if jail.parent == number)

    def gone(self, jail: Jail) -> bool:
        """Whether a dying jail has lost its last reference."""
        return jail.dying and not jail.references and not any(self.children(jail.number))
