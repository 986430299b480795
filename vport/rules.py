"""Rule data: TOML files loaded once, checked when loaded, and a digest of all of them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import msgspec

from vport.digest import blake2b
from vport.errors import UsageError

if TYPE_CHECKING:
    from vport.cache import Cache

Given = ParamSpec("Given")
Made = TypeVar("Made")

_added: Mapping[str, Any] = {}
"""Tables of a person's own that lie over those of the files, by the files' names."""
_forget: list[Callable[[], None]] = []
_kept: "tuple[int, Cache] | None" = None
"""Where parsed tables are kept, and the process that may look there."""
_tables: dict[str, msgspec.Raw] = {}
"""Those that were kept, by name."""


def derived(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """`functools.cache` for what follows from tables that a person may add to."""
    kept = cache(function)
    _forget.append(kept.cache_clear)
    return cast(Callable[Given, Made], kept)


@cache
def data_folder(name: str) -> Path:
    """Folder of the data called `name` (`rules`, `templates`, `runtime`), of an installation or of a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / name
    return installed if installed.is_dir() else here.parent / name


@cache
def _texts() -> dict[str, bytes]:
    """Rule files by name; one that cannot be read is missed where it is asked for."""
    found: dict[str, bytes] = {}
    folders = [""]
    for below in folders:
        with suppress(OSError), os.scandir(os.path.join(data_folder("rules"), below)) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(f"{below}{entry.name}/")
                elif entry.name.endswith(".toml"):
                    with suppress(OSError), open(entry.path, "rb") as file:
                        found[below + entry.name.removesuffix(".toml")] = file.read()
    return dict(sorted(found.items()))


@derived
def load(name: str) -> dict[str, Any]:
    """The table in rules/`name`.toml, with what `added` lays over it.

    Raises:
        UsageError: as `plain`.
    """
    return _laid_over(plain(name), _added.get(name, {}))


def _laid_over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    tables = {k: _laid_over(below.get(k, {}), v) if isinstance(v, Mapping) else v for k, v in above.items()}
    lists = {k: [*below.get(k, []), *v] for k, v in tables.items() if isinstance(v, (list, tuple))}
    return {**below, **tables, **lists}


@contextmanager
def added(tables: Mapping[str, Any]) -> Iterator[None]:
    """Lay tables over those of the files, by the names of these, until the block ends; lists grow."""
    global _added
    before, _added = _added, tables
    for forget in _forget if before or tables else ():
        forget()
    try:
        yield
    finally:
        _added = before
        for forget in _forget if before or tables else ():
            forget()


def laid_over() -> Mapping[str, Any]:
    """The tables that lie over those of the files now."""
    return _added


def keep_in(store: "Cache | None") -> None:
    """Have tables in a cache from now on, by their texts: parsing all of them takes longer than many a check."""
    global _kept
    _kept = None if store is None else (os.getpid(), store)
    _tables.clear()


def _table(name: str) -> dict[str, Any]:
    """A table, from the cache where it is kept; a process that was forked must not use its parent's connection."""
    text = _texts().get(name)
    if text is None:
        text = (data_folder("rules") / f"{name}.toml").read_bytes()
    if not _tables and _kept is not None and _kept[0] == os.getpid():
        _tables.update(_take(_kept[1]))
    with suppress(KeyError, msgspec.DecodeError):
        return msgspec.msgpack.decode(_tables[name], type=dict[str, Any])
    return _read(text)


def parsed(text: bytes) -> dict[str, Any]:
    """A table of somebody else's, from the cache where it is kept."""
    if _kept is None or _kept[0] != os.getpid():
        return _read(text)
    key = blake2b(b"table" + text, digest_size=20).digest()
    found = _kept[1].get([key]).get(key)
    if found is not None:
        with suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(found, type=dict[str, Any])
    table = _read(text)
    _kept[1].put({key: msgspec.msgpack.encode(table)})
    return table


def _take(store: "Cache") -> dict[str, msgspec.Raw]:
    """All tables, each as it is kept."""
    key = blake2b(f"rules {digest()}".encode(), digest_size=20).digest()
    row = store.get([key]).get(key)
    with suppress(msgspec.DecodeError):
        if row is not None:
            return msgspec.msgpack.decode(row, type=dict[str, msgspec.Raw])
    made: dict[str, msgspec.Raw] = {}
    for name, text in _texts().items():
        with suppress(ValueError):  # said where the table is asked for
            made[name] = msgspec.Raw(msgspec.msgpack.encode(_read(text)))
    store.put({key: msgspec.msgpack.encode(made)})
    return made


def _read(text: bytes) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text.decode("utf-8"))


@cache
def plain(name: str) -> dict[str, Any]:
    """The table in rules/`name`.toml as it is there.

    Raises:
        UsageError: the file is missing, is no TOML or has another version than 1.
    """
    path = data_folder("rules") / f"{name}.toml"
    try:
        table = _table(name)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as rules: {error}.  Reinstall vport.") from error
    if table.get("version") != 1:
        raise UsageError(f"{path}: `version = 1` is missing; these rules are for another vport.")
    return table


@cache
def digest() -> str:
    """Hash of all rule files, for the cache's key."""
    hashed = blake2b(digest_size=16)
    for name, text in _texts().items():
        hashed.update(f"{name} {len(text)} ".encode("utf-8", "surrogateescape") + text)
    return hashed.hexdigest()
