"""Patterns that are kept compiled from one run to the next; those of `later` are compiled when they are first asked.

There are hundreds, a small check asks some two hundred of them, and `re`, which compiles in Python, takes longer for
these than the check does.  What it compiles to is a list of numbers for its C part (CPython, Lib/re/_compiler.py and
Modules/_sre/sre.c), which looks them over before it takes them.  Nobody promises that list: where anything about it is
not as known, `re.compile` does its work.
"""

import importlib
import os
import re
import sys
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any, AnyStr, cast

import msgspec

from vport.digest import blake2b
from vport.runtime import patterns
from vport.runtime.patterns import later as later

if TYPE_CHECKING:
    from vport.cache import Cache

_store: "tuple[int, Cache] | None" = None
"""Where compiled patterns are kept, and the process that may write there."""
_kept: "dict[str, _Code] | None" = None
"""Those of earlier runs and of this one; None until one is asked for."""
_is_grown = False
"""Whether there are new ones."""


class _Code(msgspec.Struct, array_like=True, gc=False):
    """What a pattern was compiled to: its flags, its numbers, how many groups it has, and those with names."""

    flags: int
    numbers: bytes
    groups: int
    names: dict[str, int]


def compiled(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, for patterns that the next run will need again: those that follow from the rules, not from a tree.

    Arguments:
        text: of the pattern.
        flags: as `re` has them.

    Raises:
        re.error: the pattern is wrong.
    """
    global _is_grown
    if _store is None:
        return re.compile(text, flags)
    key = f"{int(flags)} {text!a}"
    kept = _all_kept(_store[1])
    if (said := kept.get(key)) is not None:
        with suppress(Exception):
            return _revived(text, said)
    made = re.compile(text, flags)
    with suppress(Exception):
        kept[key] = _code_of(text, int(flags), made)
        _is_grown = True
    return made


def _revived(text: AnyStr, said: _Code) -> re.Pattern[AnyStr]:
    numbers = array("I")
    numbers.frombytes(said.numbers)
    names = {number: name for name, number in said.names.items()}
    by_number = tuple(names.get(n) for n in range(said.groups + 1))
    taken = sys.modules["_sre"].compile(text, said.flags, numbers.tolist(), said.groups, said.names, by_number)
    return cast("re.Pattern[AnyStr]", taken)


def _code_of(text: str | bytes, flags: int, made: re.Pattern[Any]) -> _Code:
    compiler, parser = importlib.import_module("re._compiler"), importlib.import_module("re._parser")
    numbers = array("I", compiler._code(parser.parse(text, flags), flags)).tobytes()
    return _Code(made.flags, numbers, made.groups, dict(made.groupindex))


def _key() -> bytes:
    """Another interpreter compiles to other numbers."""
    said = f"patterns {sys.version} {sys.modules['_sre'].MAGIC} {array('I').itemsize} {sys.byteorder}"
    return blake2b(said.encode(), digest_size=20).digest()


def keep_in(store: "Cache | None") -> None:
    """Have compiled patterns in a cache from now on."""
    global _store, _kept, _is_grown
    _store = None if store is None else (os.getpid(), store)
    _kept, _is_grown = None, False


def _all_kept(store: "Cache") -> dict[str, _Code]:
    global _kept
    if _kept is None:
        _kept = {}
        # a connection must not be used on both sides of a fork
        row = store.get([_key()]).get(_key()) if _store is not None and _store[0] == os.getpid() else None
        with suppress(msgspec.DecodeError):
            _kept = {} if row is None else msgspec.msgpack.decode(row, type=dict[str, _Code])
    return _kept


def keep() -> None:
    """Write down which patterns were new."""
    global _is_grown
    if _is_grown and _store is not None and _store[0] == os.getpid():
        _store[1].put({_key(): msgspec.msgpack.encode(_kept)})
    _is_grown = False


patterns.compile_with(compiled)
