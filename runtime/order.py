"""In which order a release runs its SYSINITs and SYSUNINITs (sys/kern/init_main.c, sys/kern/kern_linker.c)."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

import msgspec

from .errors import ModelError
from .patterns import later
from .tables import RULES, table

T = TypeVar("T")
Key = tuple[int, int]
"""Subsystem and order, compared unsigned."""

UNSIGNED = 0xFFFFFFFF
DUMMY = 0
DONE = 1
_TOKEN = later(r"\b[A-Za-z_]\w*\b|\b\d\w*\b")
_LITERAL = later(r"(0[xX][0-9A-Fa-f]+|\d+)[uUlL]*")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.FloorDiv: operator.floordiv,
}


EARLY = ("2009", "2010")
"""Releases before FreeBSD 10."""


class Release(msgspec.Struct, frozen=True):
    """How one release numbers and sorts.

    Arguments:
        name: 2009, 2010, 13 or main.
        sort: how a boot sorts, `exchange` (in place, not stable) or `stable`.
        load: how the linker sorts the table of a module that comes or goes later.
        names: SI_SUB_* and SI_ORDER_* and their numbers.
        done: the order in SI_SUB_VNET_DONE at which boot leaves the first stack.
    """

    name: str
    sort: str
    load: str
    names: Mapping[str, int]
    done: str = "ANY"

    def key(self, subsystem: str, order: str, at: str) -> Key:
        """The key of two expressions of the source.

        Raises:
            ModelError: if a name is not in the table of this release, or a text is no sum of names and numbers.
        """
        return self.number(subsystem, at), self.number(order, at)

    def number(self, text: str, at: str) -> int:
        """The unsigned number of one expression, as `key`."""
        try:
            return _evaluate(ast.parse(self._numbers(text, at), mode="eval").body) & UNSIGNED
        except (SyntaxError, ValueError, ArithmeticError):
            raise ModelError(at, f"cannot evaluate `{text}` as a SYSINIT key: write a sum of SI_* names") from None

    def _numbers(self, text: str, at: str) -> str:
        return _TOKEN.sub(lambda m: str(self._token(m.group(), at)), " ".join(text.split())).replace("/", "//")

    def _token(self, word: str, at: str) -> int:
        if word[0].isdigit():
            literal = _LITERAL.fullmatch(word)
            if literal is None:
                raise ValueError
            digits = literal.group(1)
            return int(digits, 8 if digits.isdigit() and digits[0] == "0" else 0)
        if word not in self.names:
            raise ModelError(at, f"{word} is not in the SYSINIT table of release {self.name}: {self._cure(word)}")
        return self.names[word]

    def _cure(self, word: str) -> str:
        """What to name instead: what stands here where a release that knows the name has it."""
        places = {r: release(r).names[word] for r in reversed(releases()) if word in release(r).names}
        here = {place: name for name, place in self.names.items() if name.startswith(word[:7])}
        same = next((f"{here[p]}, which is {word} of release {r}" for r, p in places.items() if p in here), "")
        return f"name {same or 'one that is'}, or run with --release {next(iter(places), '')}".removesuffix(
            ", or run with --release "
        )

    @property
    def early(self) -> bool:
        """Whether it is of the first years: sysctls live at once, no veto of unloads, constructors stand anywhere."""
        return self.name in EARLY

    @property
    def vnet(self) -> int:
        """SI_SUB_VNET: the first stack comes to be."""
        return self.names["SI_SUB_VNET"]

    @property
    def vnet_done(self) -> int:
        """SI_SUB_VNET_DONE: boot leaves the first stack."""
        return self.names["SI_SUB_VNET_DONE"]

    def has_vnet0(self, key: Key) -> bool:
        """Whether boot is in the first stack at a key: not where equal keys leave that to the linker."""
        first = (self.vnet, self.names["SI_ORDER_FIRST"])
        return first < key < (self.vnet_done, self.names[f"SI_ORDER_{self.done}"])


def _evaluate(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand)
    raise ValueError


def releases() -> tuple[str, ...]:
    """The releases there are tables for."""
    return tuple(sorted(path.stem for path in (RULES / "sysinit").glob("*.toml")))


@lru_cache(maxsize=8)
def release(name: str) -> Release:
    """The release of that name.

    Raises:
        ModelError: if there is no table for it.
    """
    if name not in releases():
        raise ModelError("", f"there is no release {name!r}: choose one of {', '.join(releases())}")
    says = table(f"sysinit/{name}")
    names = {f"SI_SUB_{n}": v for n, v in says["subsystem"].items()}
    names |= {f"SI_ORDER_{n}": v for n, v in says["order"].items()}
    return Release(name, says["sort"], says.get("load", says["sort"]), names, says["vnet_done"])


def exchange(items: list[T], wrong: Callable[[T, T], bool]) -> None:
    """Sort in place as the kernel does: each place is swapped with every later one that is out of order with it."""
    for i in range(len(items)):
        for j in range(i + 1, len(items)):
            if wrong(items[i], items[j]):
                items[i], items[j] = items[j], items[i]


def load_order(items: Iterable[T], key: Callable[[T], Key], how: Release) -> list[T]:
    """The order in which a module's SYSINITs run when it comes after boot; SI_SUB_DUMMY never runs."""
    return [x for x in _ascending(list(items), key, how.load) if key(x)[0] != DUMMY]


def unload_order(items: Iterable[T], key: Callable[[T], Key], how: Release) -> list[T]:
    """The order in which a module's SYSUNINITs run; equal keys are not the reverse of what they were on load."""
    table = list(items)
    if how.load == "exchange":
        exchange(table, lambda a, b: key(a) < key(b))
    else:
        table.sort(key=lambda x: tuple(-part for part in key(x)))
    return [x for x in table if key(x)[0] != DUMMY]


def boot_order(items: Iterable[T], key: Callable[[T], Key], how: Release) -> list[T]:
    """The order in which a boot runs a table that nothing is added to."""
    table = Table(key, how)
    table.add(items)
    return list(table)


def _ascending(table: list[T], key: Callable[[T], Key], sort: str) -> list[T]:
    if sort == "exchange":
        exchange(table, lambda a, b: key(a) > key(b))
    else:
        table.sort(key=key)
    return table


class _Slot(Generic[T]):
    """An entry of the table of a boot, whose subsystem becomes SI_SUB_DONE when it has run."""

    def __init__(self, item: T, key: Key) -> None:
        self.item = item
        self.key = key


class Table(Generic[T]):
    """The SYSINITs of a boot.  Iterating runs it; whoever runs may add more, which then take their place.

    Arguments:
        key: of an item.
        how: the release.
    """

    def __init__(self, key: Callable[[T], Key], how: Release) -> None:
        self._key = key
        self._how = how
        self._slots: list[_Slot[T]] = []
        self._pending: list[_Slot[T]] | None = None

    def add(self, items: Iterable[T]) -> None:
        """Add a linker set; what comes mid-boot with a key that has passed runs next."""
        new = [_Slot(item, self._key(item)) for item in items]
        if self._how.sort == "exchange":
            self._pending = [*(self._slots if self._pending is None else self._pending), *new]
        else:
            new.sort(key=lambda s: s.key)
            self._slots = _merge(self._slots, new)

    def __iter__(self) -> "Table[T]":
        return self

    def __next__(self) -> T:
        return self._next_exchanged() if self._how.sort == "exchange" else self._next_merged()

    def _next_exchanged(self) -> T:
        if self._pending is not None:
            self._slots, self._pending = self._pending, None
            exchange(self._slots, lambda a, b: a.key > b.key)
        for slot in self._slots:
            if slot.key[0] not in (DUMMY, DONE):
                slot.key = (DONE, slot.key[1])
                return slot.item
        raise StopIteration

    def _next_merged(self) -> T:
        while self._slots:
            slot = self._slots.pop(0)
            if slot.key[0] != DUMMY:
                return slot.item
        raise StopIteration


def _merge(old: list[_Slot[T]], new: list[_Slot[T]]) -> list[_Slot[T]]:
    """Both lists are sorted; of equal ones those that were there come first."""
    return sorted([*old, *new], key=lambda s: s.key)
