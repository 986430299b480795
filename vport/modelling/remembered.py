"""Functions of a module as they were modelled before.

What a function's model says follows from its own text, from what names mean at that point (variables, functions and
objects that were met before it), and from what stands outside of function bodies.  The first two are each function's
mark; whoever keeps a memory answers for the third.  Lines are put back where the function stands now.
"""

import msgspec

from vport.digest import blake2b
from vport.facts import Function as FoundFunction
from vport.modelling.body import Brought
from vport.modelling.symbols import Symbols
from vport.modelling.workshop import FunctionReader, Shop
from vport.patterns import later
from vport.runtime.model import Entry, Function, Sysctl
from vport.tree import Variable

_AT = later(rb'"at":"((?:[^"\\]|\\.)*):(\d+)"')


class Gain(msgspec.Struct):
    """A function's model, and what reading it added to the module's: see `Brought` and `Symbols`."""

    function: Function
    called: list[tuple[str, str]]
    externals: list[str]
    entries: list[Entry]
    sysctls: list[Sysctl]
    stored: list[tuple[tuple[str, str], str]]
    copied: dict[str, str]
    variables: list[tuple[str, str, str]]
    foreign: dict[str, str]
    members: dict[str, tuple[str, str, str]]
    functions: list[tuple[str, str]]


class Memory:
    """Gains of one module's functions: those of before, and those of now to keep.

    Arguments:
        row: what `row` gave before; None, or anything spoilt, for nothing.
    """

    def __init__(self, row: bytes | None = None) -> None:
        self._before = _decoded(row)
        self._now: dict[bytes, tuple[int, bytes]] = {}
        self._is_new = False

    def gain(self, mark: bytes, line: int) -> Gain | None:
        """What a function with a mark came to, as it is where it begins at a line; None if nobody knows."""
        known = self._before.get(mark)
        if known is None:
            return None
        begun, text = self._now[mark] = known
        if begun != line:
            text = _AT.sub(lambda m: b'"at":"%s:%d"' % (m[1], int(m[2]) + line - begun), text)
        try:
            return msgspec.json.decode(text, type=Gain)
        except msgspec.DecodeError:
            return None

    def keep(self, mark: bytes, lines: range, file: str, gain: Gain) -> None:
        """Remember a gain, if all its places lie in the lines of the function."""
        text = msgspec.json.encode(gain)
        name = msgspec.json.encode(file)[1:-1]
        if all(m[1] == name and int(m[2]) in lines for m in _AT.finditer(text)):
            self._now[mark] = (lines.start, text)
            self._is_new = True

    def row(self) -> bytes | None:
        """What to keep; None if it is what was there."""
        changed = self._is_new or self._now.keys() != self._before.keys()
        return msgspec.msgpack.encode(self._now) if changed else None


class Rememberer:
    """Reads functions of one module, those that are as they were from memory.

    Arguments:
        shop: the tree.
        symbols: of the module.
        brought: gathers for the model.
        memory: of the module.
    """

    def __init__(self, shop: Shop, symbols: Symbols, brought: Brought, memory: Memory) -> None:
        self._shop = shop
        self._symbols = symbols
        self._brought = brought
        self._reader = FunctionReader(shop, symbols, brought)
        self._memory = memory
        self._met = b""
        self._by_key: dict[tuple[str, str, str], Variable] = {}

    def key(self, key: tuple[str, str]) -> Function:
        """A function of the tree."""
        found, source = self._reader.found(key), self._shop.source(key[0])
        first, last = source.line(found.start), source.line(found.end)
        mark = self._mark(key, found, self._reader.is_exported(found))
        gain = self._memory.gain(mark, first)
        if gain is None:
            gain = self._read(key)
            self._memory.keep(mark, range(first, last + 1), key[0], gain)
        else:
            self._take_names(gain)
        self._take(gain)
        return gain.function

    def _mark(self, key: tuple[str, str], found: FoundFunction, exported: bool) -> bytes:
        """What a function's model follows from, itself and what names mean there."""
        if key not in self._symbols.shown_functions:
            self._symbols.shown(key)
            self._met = b""
        self._met = self._met or self._names()
        source = self._shop.source(key[0])
        texts = (source.raw[found.start : found.end], source.text[found.start : found.end])
        said = msgspec.msgpack.encode((key, texts, found.body - found.start, exported, self._met))
        return blake2b(said, digest_size=16).digest()

    def _names(self) -> bytes:
        """What names mean so far, as far as reading functions changes it."""
        symbols, brought = self._symbols, self._brought
        said = (
            [(n, v.key, v.const, symbols.has_own(v), len(v.sites)) for n, v in symbols.variables.items()],
            list(symbols.foreign.items()),
            list(symbols.members.items()),
            list(symbols.shown_functions.items()),
            sorted(symbols.qualified),
            sorted(symbols.made),
            list(brought.stored.items()),
            list(brought.copied.items()),
        )
        return blake2b(msgspec.msgpack.encode(said), digest_size=16).digest()

    def _read(self, key: tuple[str, str]) -> Gain:
        """A function's model from its text, with what that adds."""
        symbols, before = self._symbols, self._brought
        counts = [len(d) for d in (symbols.variables, symbols.foreign, symbols.members, symbols.shown_functions)]
        own = Brought(stored=dict(before.stored), copied=dict(before.copied))
        function = self._reader.into(own).key(key)
        variables, foreign, members, functions = counts
        return Gain(
            function,
            list(own.called),
            list(own.externals),
            own.entries,
            own.sysctls,
            [(k, v) for k, v in own.stored.items() if before.stored.get(k) != v],
            {k: v for k, v in own.copied.items() if before.copied.get(k) != v},
            [v.key for v in list(symbols.variables.values())[variables:]],
            dict(list(symbols.foreign.items())[foreign:]),
            dict(list(symbols.members.items())[members:]),
            list(symbols.shown_functions)[functions:],
        )

    def _take_names(self, gain: Gain) -> None:
        """Give names as reading the function would."""
        symbols = self._symbols
        if gain.variables and not self._by_key:
            self._by_key = {v.key: v for v in self._shop.tree.variables}
        for key in gain.variables:
            symbols.show(self._by_key[key])
        for function in gain.functions:
            symbols.shown(function)
        symbols.foreign.update(gain.foreign)
        symbols.members.update(gain.members)

    def _take(self, gain: Gain) -> None:
        brought = self._brought
        brought.called.update(dict.fromkeys(gain.called))
        for name in gain.externals:
            brought.externals.setdefault(name, gain.function.at)
        brought.entries += gain.entries
        brought.sysctls += gain.sysctls
        brought.stored.update(gain.stored)
        brought.copied.update(gain.copied)
        if any((gain.stored, gain.copied, gain.variables, gain.foreign, gain.members, gain.functions)):
            self._met = b""


def _decoded(row: bytes | None) -> dict[bytes, tuple[int, bytes]]:
    try:
        return {} if row is None else msgspec.msgpack.decode(row, type=dict[bytes, tuple[int, bytes]])
    except msgspec.DecodeError:
        return {}
