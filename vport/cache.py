"""An SQLite store of values by digest, in the user's cache folder: safe to share, safe to lose."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from vport.digest import blake2b
from vport.format import FORMAT

SIZE_LIMIT = 2 << 30
"""Bytes above which values that nobody asked for lately are dropped, until a quarter of it is free."""
_FRESH = 15 * 60
"""Seconds for which reading a value need not be written down."""

_MANY = 1000
"""Values that may wait to be written."""
_MOMENT = 1.0
"""Seconds for which they may."""

_DIGEST = 8


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=_DIGEST).digest()


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
        self._now = int(time.time())
        self._asked: set[bytes] = set()
        self._waiting: dict[bytes, bytes] = {}
        self._written = time.monotonic()
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
            db = sqlite3.connect(path, timeout=10, isolation_level=None)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=OFF")
            # what is long stands last, so that looking for old values does not read it
            db.execute("CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, used INT, value BLOB) WITHOUT ROWID")
            db.execute("SELECT key, used, value FROM facts LIMIT 1").fetchall()
            _make_room(db)
        except (sqlite3.Error, OSError):
            return None
        return db

    @classmethod
    def _open_anew(cls, path: Path) -> sqlite3.Connection | None:
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            with contextlib.suppress(OSError):
                name.unlink()
        return cls._open(path)

    def get(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The values of those of `keys` that are there."""
        if self._db is None:
            return {}
        found = {key: self._waiting[key] for key in keys if key in self._waiting} if self._waiting else {}
        wanted = [key for key in keys if key not in found]
        try:
            for i in range(0, len(wanted), 500):
                part = wanted[i : i + 500]
                marks = ",".join("?" * len(part))
                for key, used, value in self._db.execute(f"SELECT * FROM facts WHERE key IN ({marks})", part):
                    if _is_whole(value):
                        found[key] = value[_DIGEST:]
                        if self._now - used > _FRESH:
                            self._asked.add(key)
        except sqlite3.Error:
            return {}
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Store `values`; several runs may do so at once, the last wins with the same value.

        What came within a moment is written together, as each writing takes as long as a function to be read.
        """
        if self._db is None:
            return
        self._waiting.update(values)
        if len(self._waiting) > _MANY or time.monotonic() - self._written > _MOMENT:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._db is None:
            return
        values, self._waiting = self._waiting, {}
        with contextlib.suppress(sqlite3.Error):
            if values:
                with _at_once(self._db):
                    sealed = ((key, self._now, _digest(value) + value) for key, value in values.items())
                    self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", sealed)
        self._written = time.monotonic()

    def close(self) -> None:
        """Write what waits and release the database, which is to know of old values that they are of use."""
        if self._db is None:
            return
        self.flush()
        with contextlib.suppress(sqlite3.Error):
            if self._asked:
                with _at_once(self._db):
                    used = ((self._now, key) for key in self._asked)
                    self._db.executemany("UPDATE facts SET used = ? WHERE key = ?", used)
        self._asked.clear()
        self._db.close()


@contextlib.contextmanager
def _at_once(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction; taken back if it fails."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except sqlite3.Error:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _make_room(db: sqlite3.Connection) -> None:
    """Drop what was not used for longest, if the store is too large; its file keeps its size, and has room again."""
    pages, free, size = (db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_count", "freelist_count", "page_size"))
    if (pages - free) * size <= SIZE_LIMIT:
        return
    left, gone = SIZE_LIMIT * 3 // 4, []
    for key, length in db.execute("SELECT key, length(value) FROM facts ORDER BY used DESC"):
        left -= length
        if left < 0:
            gone.append((key,))
    with _at_once(db):
        db.executemany("DELETE FROM facts WHERE key = ?", gone)
