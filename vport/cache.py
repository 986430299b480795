"""An SQLite store of values by digest, in the user's cache folder: safe to share, safe to lose."""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from vport.format import FORMAT

SIZE_LIMIT = 1 << 30
"""Bytes above which the store is emptied and begun anew."""


_DIGEST = 8


def _digest(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_DIGEST).digest()


def _is_whole(stored: object) -> bool:
    return isinstance(stored, bytes) and stored[:_DIGEST] == _digest(stored[_DIGEST:])


def default_folder() -> Path:
    """Where caches live: `$VPORT_CACHE_DIR`, else the platform's cache folder (XDG on Unix)."""
    named = os.environ.get("VPORT_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("vport"))


class Cache:
    """Values by key, each with a digest.  Every failure and every spoilt value reads as a miss: a cache must never
    stop the work, nor change its result.

    Arguments:
        folder: of the database file; None for a cache that holds nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        self._folder = folder
        if folder is None:
            return
        path = folder / f"facts-{FORMAT}.sqlite"
        self._db = self._open(path) or self._open_anew(path)

    def again(self) -> "Cache":
        """The same, for another process: a connection must not be used on both sides of a fork."""
        return Cache(self._folder)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > SIZE_LIMIT:
                return None
            db = sqlite3.connect(path, timeout=10, isolation_level=None)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=OFF")
            db.execute("CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
            db.execute("SELECT key, value FROM facts LIMIT 1").fetchall()
        except (sqlite3.Error, OSError):
            return None
        return db

    @classmethod
    def _open_anew(cls, path: Path) -> sqlite3.Connection | None:
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            with contextlib.suppress(OSError):
                name.unlink()
        return cls._open(path)

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values of those of `keys` that are there."""
        if self._db is None:
            return {}
        wanted = list(keys)
        found: dict[bytes, bytes] = {}
        try:
            for i in range(0, len(wanted), 500):
                part = wanted[i : i + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(f"SELECT key, value FROM facts WHERE key IN ({marks})", part)
                found.update((key, value[_DIGEST:]) for key, value in rows if _is_whole(value))
        except sqlite3.Error:
            return {}
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Store `values`; several runs may do so at once, the last wins with the same value."""
        if self._db is None or not values:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            sealed = ((key, _digest(value) + value) for key, value in values.items())
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", sealed)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Release the database."""
        if self._db is not None:
            self._db.close()
