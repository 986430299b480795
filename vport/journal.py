"""Journals: which run writes, or wrote and died, in the folders around some files.

Whoever made a tree may have made a journal in it, so what one says is checked before anything follows it.
"""

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec

JOURNAL = ".vport-journal.json"
LARGEST_PID = 2**31 - 1
SENSELESS = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a journal may raise."""


class Entry(msgspec.Struct, frozen=True):
    """What a journal says.

    Arguments:
        pid: of the run that writes; the names of its files hold it, so that no two runs share one.
        targets: files it replaces.
        done: all are replaced, only the kept texts are still to be removed.
    """

    pid: int
    targets: list[Path]
    done: bool


def _read_regular(path: Path) -> bytes:
    """The bytes of a regular file; raises OSError for links and anything that could block or never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("no regular file")
        return file.read()


def _target(root: Path, name: object) -> Path:
    """The file a journal names; raises ValueError unless it lies below the root with no link on the way."""
    if not isinstance(name, str) or not name or "\0" in name or os.path.isabs(name) or ".." in name.split("/"):
        raise ValueError(f"{name!r} is no name of a file below it")
    target = root / name
    if target == root or os.path.realpath(target.parent) != str(target.parent):
        raise ValueError(f"{name!r} leads out of the tree")
    return target


def _parse(root: Path, data: bytes) -> Entry:
    """What a journal says, checked: whoever made the tree may have made it.  Raises ValueError and its like."""
    entry = json.loads(data)
    pid, names, done = entry["pid"], entry["files"], entry.get("done", False)
    if type(pid) is not int or not 0 < pid <= LARGEST_PID:
        raise ValueError(f"pid {pid!r:.40} is no process")
    if not isinstance(names, list) or not isinstance(done, bool):
        raise ValueError("`files` must be a list and `done` a boolean")
    return Entry(pid, [_target(root, name) for name in names], done)


def read_journal(root: Path) -> Entry:
    """The journal of a folder; raises one of SENSELESS."""
    return _parse(root, _read_regular(root / JOURNAL))


def alive(pid: int) -> bool:
    """Whether another process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _is_ours(journal: Path) -> bool:
    """Whether we made it: in a folder that others may write to, anybody's file would have a say in our work."""
    try:
        return journal.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def _reaches(folder: Path, root: Path) -> bool:
    """Whether the journal of a folder above names files below the root; one that makes no sense may do so."""
    try:
        return any(target.is_relative_to(root) for target in read_journal(folder).targets)
    except SENSELESS:
        return True


def pending(root: Path, names: Iterable[str] = ()) -> list[Path]:
    """Folders with a journal that concerns the files: the root, those above it and those of `names` below it."""
    root = Path(os.path.realpath(root))
    below = {root / folder for name in names for folder in Path(name).parents}
    found = {Path(os.path.realpath(folder)) for folder in {root, *below} if os.path.lexists(folder / JOURNAL)}
    above = [folder for folder in root.parents if _is_ours(folder / JOURNAL) and _reaches(folder, root)]
    return sorted(found) + above
