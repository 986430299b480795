"""Where what the text of a tree says is kept from one run to the next: what is derived of a file is derived once."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

Value = TypeVar("Value")


class Store(Protocol):
    """Gives what was derived before; values are made of messages and equal to those that would be made now."""

    def each(
        self, what: str, files: Iterable[str], type_: type[Value], make: Callable[[str], Value], asked: object = ()
    ) -> dict[str, Value]:
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
    ) -> dict[str, Value]:
        """A value for each file."""
        return {file: make(file) for file in files}

    def whole(self, what: str, type_: type[Value], make: Callable[[], Value], asked: object = ()) -> Value:
        """One value."""
        return make()
