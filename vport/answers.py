"""What the rules say of texts - names, types, callees - kept from one run to the next.

Such an answer follows from the rules and the text alone, and a tree asks for the same ones again and again; to compile
the patterns for a few texts takes longer than all the rest of a small check.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from vport import rules
from vport.digest import blake2b
from vport.own import own_digest

if TYPE_CHECKING:
    from vport.cache import Cache

Answer = TypeVar("Answer")

_MOST = 100_000
"""Answers of one kind that are kept: above, only those of the last run."""
_LONG = 33
"""Characters of a text from which on its digest, as long and with a mark that no word has, stands for it."""
_place: "_Place | None" = None
"""Where answers are kept."""
_NONE = msgspec.msgpack.encode({})
_fresh: "list[Answers[Any]]" = []
"""Those with something new."""


class _Place:
    """A row of a cache with answers of all kinds, for the process that opened it.

    Arguments:
        store: the cache.
    """

    def __init__(self, store: "Cache") -> None:
        self._store = store
        self._process = os.getpid()

    @cached_property
    def _key(self) -> bytes:
        said = (b"answers", own_digest(), rules.laid_over(), os.getcwd())
        return blake2b(msgspec.msgpack.encode(said), digest_size=20).digest()

    @cached_property
    def _rows(self) -> dict[str, msgspec.Raw]:
        row = self._store.get([self._key]).get(self._key)
        with suppress(msgspec.DecodeError):
            return {} if row is None else msgspec.msgpack.decode(row, type=dict[str, msgspec.Raw])
        return {}

    def of(self, kind: str) -> bytes | msgspec.Raw:
        """The answers of a kind, encoded; empty if none are known."""
        return self._rows.get(kind, b"") if self._process == os.getpid() else b""

    def keep(self, fresh: "Iterable[Answers[Any]]") -> None:
        """Put all answers of some kinds there."""
        encoded = {one.kind: msgspec.Raw(msgspec.msgpack.encode(one.all())) for one in fresh}
        self._store.put({self._key: msgspec.msgpack.encode(self._rows | encoded)})


class Answers(Generic[Answer]):
    """Answers of one kind; an object stands for the rules as they are when it is made.

    Arguments:
        kind: of answers; what else than the rules and the text they hang on.
        answer: what one is, as msgspec decodes it.
        ask: works one out.
    """

    def __init__(self, kind: str, answer: Any, ask: Callable[[str], Answer]) -> None:
        self.kind = kind
        self._ask = ask
        self._decoder = msgspec.msgpack.Decoder(dict[str, answer])
        self._known: dict[str, Answer] = {}
        self._before: dict[str, Answer] | None = None

    def __call__(self, text: str) -> Answer:
        """The answer for a text."""
        key = text if len(text) < _LONG else "#" + blake2b(text.encode(), digest_size=16).hexdigest()
        if key not in self._known:
            before = self._kept()
            if key in before:
                self._known[key] = before[key]
            else:
                self._known[key] = self._ask(text)
                if self not in _fresh:
                    _fresh.append(self)
        return self._known[key]

    def _kept(self) -> dict[str, Answer]:
        if self._before is None and _place is not None:
            self._before = {}
            with suppress(msgspec.DecodeError):
                self._before = self._decoder.decode(_place.of(self.kind) or _NONE)
        return self._before or {}

    def all(self) -> dict[str, Answer]:
        """All answers that are known, those of earlier runs among them unless they are too many."""
        together = {**(self._before or {}), **self._known}
        self._before = together if len(together) <= _MOST else self._known
        return self._before


@contextmanager
def kept_in(store: "Cache | None") -> Iterator[None]:
    """Take answers from a cache until the block ends, and put new ones there then."""
    global _place
    before, _place = _place, None if store is None else _Place(store)
    try:
        yield
    finally:
        if _place is not None and _fresh:
            _place.keep(_fresh)
        _fresh.clear()
        _place = before
