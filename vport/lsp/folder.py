"""A folder as an editor has it open: files as they lie on disk, under texts that are not saved yet."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vport.cache import Cache
from vport.check import run_checks
from vport.checks.config import OFF, Config
from vport.checks.found import Found
from vport.discover import Found as Files
from vport.discover import discover, read_files
from vport.names import is_text
from vport.outcome import Outcome
from vport.plan import Plan
from vport.read import Reader
from vport.suppress import sift

_SETTLED = 2 * 10**9
"""Nanoseconds after which a file that is written again has another time, whatever its file system counts in."""

Look = tuple[int, int, int, int]
"""Inode, size and times of a file."""


class Settings(msgspec.Struct, frozen=True):
    """What configuration files of a folder say."""

    config: Config
    plan: Plan | None = None


class Seen(msgspec.Struct, frozen=True):
    """What a check of one file came to: findings, and the texts that their offsets mean."""

    found: list[Found]
    data: dict[str, bytes]
    config: Config


class Folder:
    """One folder of an editor; not for several threads at once.

    Arguments:
        root: the folder.
        settings: reads its configuration; asked at each check, for it may have changed.
        cache: where facts and results are kept.
    """

    def __init__(self, root: Path, settings: Callable[[Path], Settings], cache: Cache) -> None:
        self._root = root.resolve()
        self._settings = settings
        self._cache = cache
        self._reader = Reader(cache, jobs=1)
        self._disk: dict[str, tuple[Look, bytes]] = {}
        self.texts: dict[str, bytes] = {}

    def name_of(self, path: Path) -> str | None:
        """The name of a file below the folder; None if it is elsewhere."""
        real = path.resolve()
        return real.relative_to(self._root).as_posix() if real.is_relative_to(self._root) else None

    def path_of(self, name: str) -> Path:
        """The file of a name."""
        return self._root / name

    def check(self, name: str, cures: bool = False) -> Seen:
        """Findings in one file, with the whole folder as it is now around it.

        Arguments:
            name: of the file.
            cures: whether also edits that take long to work out are wanted.
        """
        settings = self._settings(self._root)
        data, outcomes = self._on_disk(discover([self._root]))
        data = {name: text for name, text in {**data, **self.texts}.items() if is_text(name)}
        read = self._reader.read_data(self._root, dict(sorted(data.items())), outcomes)
        made = run_checks(read, settings.config, frozenset([name]), settings.plan, self._cache, 1, cures)
        self._cache.flush()
        sifted = sift(made.found, data, [name] if name in data else [])
        kept = [f for f in sifted.found if f.file == name and settings.config.severity_of(f.id) != OFF]
        return Seen(kept, data, settings.config)

    def _on_disk(self, found: Files) -> tuple[dict[str, bytes], list[Outcome]]:
        """Texts as they lie on disk, and what could not be read; those that look as before are not opened again."""
        now = {name: _look(found.root / name) for name in found.files}
        same = {name: kept for name, kept in self._disk.items() if kept[0] == now.get(name)}
        fresh, outcomes = read_files(Files(found.root, [n for n in found.files if n not in same], found.left_out))
        # what was written a moment ago may be written again without looking otherwise
        old = time.time_ns() - _SETTLED
        looks = {n: (look, fresh[n]) for n, look in now.items() if n in fresh and look is not None and look[-1] < old}
        self._disk = same | looks
        texts = {name: text for name, (_, text) in same.items()} | fresh
        return {name: texts[name] for name in found.files if name in texts}, outcomes


def _look(path: Path) -> Look | None:
    """What a file looks like from outside: another text shows in it, unless somebody hides it."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
