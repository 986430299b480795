"""Write many files or none.

New texts are staged beside their targets, the old ones are kept as hard links, and a journal in the root names
both while targets are being replaced.  Whatever stops the run before the journal is gone, the old tree comes
back: at once on an error or an interruption, on the next run after a crash (rename(2) is atomic for one file,
nothing is for many).
"""

import contextlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from vport.errors import WriteError

JOURNAL = ".vport-journal.json"
_NEW, _OLD = ".vport-new", ".vport-old"


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f".{path.name}{suffix}")


def _stage(target: Path, before: bytes, after: bytes) -> None:
    """Put the new text beside the target, with the target's mode; raises WriteError or OSError."""
    mode = target.stat().st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise WriteError(f"{target}: read-only; nothing was written.  Make it writable (chmod u+w) and run again.")
    if target.read_bytes() != before:
        raise WriteError(f"{target}: changed while vport ran; nothing was written.  Run again.")
    staged = _beside(target, _NEW)
    with staged.open("wb") as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    staged.chmod(stat.S_IMODE(mode))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _keep(target: Path) -> None:
    """Keep the old text under another name; a link costs no space, a copy serves where links are not possible."""
    old = _beside(target, _OLD)
    with contextlib.suppress(OSError):
        old.unlink()
    try:
        os.link(target, old)
    except OSError:
        old.write_bytes(target.read_bytes())


def _roll_back(targets: list[Path]) -> None:
    for target in targets:
        old = _beside(target, _OLD)
        if old.exists():
            old.replace(target)
    _remove([_beside(t, _NEW) for t in targets])


def recover(root: Path) -> int:
    """Bring back the old texts if an earlier run died while it wrote; returns how many files came back.

    Raises:
        WriteError: the journal cannot be read, or another run holds it.
    """
    journal = root / JOURNAL
    try:
        entry = json.loads(journal.read_text(encoding="utf-8"))
        names, pid = list(entry["files"]), int(entry["pid"])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WriteError(
            f"{journal}: cannot be read ({error}).  Compare the tree with your backup, then remove it."
        ) from error
    if _alive(pid):
        raise WriteError(
            f"{journal}: process {pid} is writing to this tree; nothing was written.  Run again when it has ended."
        )
    targets = [root / name for name in names]
    came_back = sum(_beside(t, _OLD).exists() for t in targets)
    _roll_back(targets)
    journal.unlink()
    return came_back


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _open_journal(root: Path, names: list[str]) -> Path:
    journal = root / JOURNAL
    try:
        descriptor = os.open(journal, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise WriteError(
            f"{journal}: another run is writing to this tree; nothing was written.  Run again later."
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "files": names}, file)
        file.flush()
        os.fsync(file.fileno())
    return journal


def save_all(root: Path, texts: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Replace every file by its new text, or none.

    Arguments:
        root: folder of the names.
        texts: name to old and new text; the old one is checked before anything is replaced.

    Raises:
        WriteError: something could not be written; every file holds its old text.
    """
    if not texts:
        return
    targets = {name: Path(os.path.realpath(root / name)) for name in texts}
    staged: list[Path] = []
    journal: Path | None = None
    try:
        for name, target in targets.items():
            staged.append(_beside(target, _NEW))
            _stage(target, *texts[name])
        journal = _open_journal(root, [os.path.relpath(t, root) for t in targets.values()])
        for target in targets.values():
            _keep(target)
        for target in targets.values():
            _beside(target, _NEW).replace(target)
    except BaseException as error:
        if journal is not None:
            _roll_back(list(targets.values()))
            _remove([journal])
        _remove(staged)
        if isinstance(error, OSError):
            raise WriteError(
                f"{error.filename}: {error.strerror}; nothing was written.  Mend that and run again."
            ) from error
        raise
    journal.unlink()
    _remove([_beside(t, _OLD) for t in targets.values()])
