"""What the rules say of texts - names, types, callees - kept from one run to the next.

Such an answer follows from the rules and the text alone, and a tree asks for the same ones again and again; to compile
the patterns for a few texts takes longer than all the rest of a small check.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
_store: "tuple[int, Cache] | None" = None
"""Where answers are kept, and the process that may look there."""
_fresh: "list[Answers[Any]]" = []
"""Those with something new."""


class Answers(Generic[Answer]):
    """Answers of one kind; an object stands for the rules as they are when it is made.

    Arguments:
        kind: of answers; what else than the rules and the text they hang on.
        answer: what one is, as msgspec decodes it.
        ask: works one out.
    """

    def __init__(self, kind: str, answer: Any, ask: Callable[[str], Answer]) -> None:
        self._ask = ask
        self._decoder = msgspec.msgpack.Decoder(dict[str, answer])
        self._known: dict[str, Answer] = {}
        self._before: dict[str, Answer] | None = None
        said = (b"answers", own_digest(), rules.laid_over(), kind, os.getcwd())
        self._key = blake2b(msgspec.msgpack.encode(said), digest_size=20).digest()

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
        if self._before is None and _store is not None and _store[0] == os.getpid():
            row = _store[1].get([self._key]).get(self._key)
            self._before = {}
            with suppress(msgspec.DecodeError):
                self._before = {} if row is None else self._decoder.decode(row)
        return self._before or {}

    def keep(self, store: "Cache") -> None:
        """Put all answers there."""
        together = {**(self._before or {}), **self._known}
        self._before = together if len(together) <= _MOST else self._known
        store.put({self._key: msgspec.msgpack.encode(self._before)})


@contextmanager
def kept_in(store: "Cache | None") -> Iterator[None]:
    """Take answers from a cache until the block ends, and put new ones there then."""
    global _store
    before, _store = _store, None if store is None else (os.getpid(), store)
    try:
        yield
    finally:
        if store is not None:
            for one in _fresh:
                one.keep(store)
        _fresh.clear()
        _store = before
