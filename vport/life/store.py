"""Where what the texts of a tree say is kept from one run to the next: what is derived of a file is derived once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

Value = TypeVar("Value")


class Said(Mapping[str, Value]):
    """Values by file, each made when it is first asked for.

    Arguments:
        files: that there are.
        give: makes the value of one.
        digest: of all values; empty where nobody keeps what follows from them.
    """

    def __init__(self, files: Iterable[str], give: Callable[[str], Value], digest: bytes = b"") -> None:
        self._files = dict.fromkeys(files)
        self._give = give
        self._known: dict[str, Value] = {}
        self.digest = digest

    def __getitem__(self, file: str) -> Value:
        if file not in self._known:
            if file not in self._files:
                raise KeyError(file)
            self._known[file] = self._give(file)
        return self._known[file]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Store(Protocol):
    """Gives what was derived before; values are equal to those that would be made now."""

    def each(
        self, what: str, files: Iterable[str], type_: type[Value], make: Callable[[str], Value], asked: object = ()
    ) -> Said[Value]:
        """A value for each file, which follows from its text and from what all files say beside function bodies.

        Arguments:
            what: names the values.
            files: that are asked about.
            type_: of the values.
            make: derives one.
            asked: what they depend on beside that.
        """
        ...

    def whole(self, what: str, type_: type[Value], make: Callable[[], Value], asked: object = ()) -> Value:
        """One value, which follows from what all files say beside function bodies, and from `asked`."""
        ...


class Nothing:
    """Keeps nothing: all is derived anew."""

    def each(
        self, what: str, files: Iterable[str], type_: type[Value], make: Callable[[str], Value], asked: object = ()
    ) -> Said[Value]:
        """A value for each file."""
        return Said(files, make)

    def whole(self, what: str, type_: type[Value], make: Callable[[], Value], asked: object = ()) -> Value:
        """One value."""
        return make()
