"""Write many files or none.

A journal in the root comes first: it locks the tree and names every file.  Then new texts are staged beside their
targets, the old ones are kept as hard links, and the targets are replaced (rename(2) is atomic for one file, nothing
is for many).  Whatever stops the run before the journal says `done`, the old tree comes back: at once on an error or
an interruption, on the next run after a crash.
"""

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from vport.errors import WriteError

JOURNAL = ".vport-journal.json"
_NEW, _OLD, _COPY = ".vport-new", ".vport-old", ".vport-copy"
_LARGEST_PID = 2**31 - 1


class _Entry(msgspec.Struct, frozen=True):
    """What a journal says.

    Arguments:
        pid: of the run that writes; the names of its files hold it, so that no two runs share one.
        targets: files it replaces.
        done: all are replaced, only the kept texts are still to be removed.
    """

    pid: int
    targets: list[Path]
    done: bool


def _beside(path: Path, suffix: str, pid: int) -> Path:
    return path.with_name(f".{path.name}.{pid}{suffix}")


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn an OSError into a WriteError that names the file: one of write(2) knows none."""
    try:
        yield
    except OSError as error:
        name = error.filename2 or error.filename or path
        raise WriteError(f"{name}: {error.strerror}; nothing was written.  Mend that and run again.") from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that must not be there yet; a link that waits in its place is not followed."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _stage(target: Path, before: bytes, after: bytes) -> None:
    """Put the new text beside the target, with the target's mode; raises WriteError or OSError."""
    mode = target.stat().st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise WriteError(f"{target}: read-only; nothing was written.  Make it writable (chmod u+w) and run again.")
    if target.read_bytes() != before:
        raise WriteError(f"{target}: changed while vport ran; nothing was written.  Run again.")
    _write_new(_beside(target, _NEW, os.getpid()), after, stat.S_IMODE(mode))


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _keep(target: Path) -> None:
    """Keep the old text under another name; a link costs no space, a copy serves where links are not possible.

    A copy gets its name when it is whole: half a copy must not come back as the old text.
    """
    old, copy = _beside(target, _OLD, os.getpid()), _beside(target, _COPY, os.getpid())
    try:
        os.link(target, old)
    except FileExistsError:
        raise
    except OSError:
        _write_new(copy, target.read_bytes(), stat.S_IMODE(target.stat().st_mode))
        os.rename(copy, old)


def _roll_back(root: Path, entry: _Entry) -> int:
    """Bring the old texts back, then end the journal; returns how many files had one kept.

    Raises:
        WriteError: one could not be brought back; the journal stays for the next run.
    """
    came_back = 0
    for target in entry.targets:
        old = _beside(target, _OLD, entry.pid)
        if os.path.islink(old) or not os.path.isfile(old):
            continue
        try:
            old.replace(target)
            old.unlink(missing_ok=True)  # rename(2) of two links to one file does nothing
        except OSError as error:
            raise WriteError(
                f"{target}: {error.strerror}; its old text is in {old}.  Mend that and run `vport port --write` "
                f"again, which brings all old texts back first."
            ) from error
        came_back += 1
    _clean(root, entry)
    return came_back


def _clean(root: Path, entry: _Entry) -> None:
    """Take away what lies beside the targets, the journal last: while it is there, the next run can do the same."""
    _remove(_beside(t, suffix, entry.pid) for t in entry.targets for suffix in (_NEW, _COPY, _OLD))
    try:
        (root / JOURNAL).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise WriteError(f"{root / JOURNAL}: {error.strerror}; the tree is whole.  Remove this file.") from error


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


def _parse(root: Path, data: bytes) -> _Entry:
    """What a journal says, checked: whoever made the tree may have made it.  Raises ValueError and its like."""
    entry = json.loads(data)
    pid, names, done = entry["pid"], entry["files"], entry.get("done", False)
    if type(pid) is not int or not 0 < pid <= _LARGEST_PID:
        raise ValueError(f"pid {pid!r:.40} is no process")
    if not isinstance(names, list) or not isinstance(done, bool):
        raise ValueError("`files` must be a list and `done` a boolean")
    return _Entry(pid, [_target(root, name) for name in names], done)


def recover(root: Path) -> int:
    """Bring back the old texts if an earlier run died while it wrote; returns how many files came back.

    Raises:
        WriteError: the journal cannot be read, or another run holds it.
    """
    root = Path(os.path.realpath(root))
    journal = root / JOURNAL
    _sweep(root)
    try:
        entry = _parse(root, _read_regular(journal))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WriteError(
            f"{journal}: cannot be read ({error}).  Compare the tree with your backup, then remove it."
        ) from error
    if _alive(entry.pid):
        raise WriteError(
            f"{journal}: process {entry.pid} is writing to this tree; nothing was written.  "
            f"Run again when it has ended."
        )
    if not entry.done:
        return _roll_back(root, entry)
    _clean(root, entry)
    return 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _draft(root: Path, pid: int) -> Path:
    """Where a run writes its journal before that takes its name."""
    return root / f"{JOURNAL}.{pid}"


def _sweep(root: Path) -> None:
    """Remove journals of dead runs that never took their name."""
    for path in root.glob(f"{JOURNAL}.*"):
        pid = path.name.removeprefix(f"{JOURNAL}.")
        if pid.isascii() and pid.isdigit() and 0 < int(pid[:12]) <= _LARGEST_PID and not _alive(int(pid[:12])):
            _remove([path])


def _write_draft(root: Path, names: list[str], done: bool) -> Path:
    draft = _draft(root, os.getpid())
    _remove([draft])
    _write_new(draft, json.dumps({"pid": os.getpid(), "files": names, "done": done}).encode(), 0o600)
    return draft


def _claim(draft: Path, journal: Path) -> None:
    """Give the draft its name unless that is taken; raises FileExistsError.

    Where links are not possible the name is taken by an empty file first; should the run die just then, a person
    has to remove it.
    """
    try:
        os.link(draft, journal)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(journal, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
        os.replace(draft, journal)


def _check_free(targets: Iterable[Path]) -> None:
    """Raise WriteError if a name we need is taken: nothing of ours can be there, and a roll-back would use it."""
    for target in targets:
        for suffix in (_NEW, _COPY, _OLD):
            if os.path.lexists(taken := _beside(target, suffix, os.getpid())):
                raise WriteError(f"{taken}: is in the way; nothing was written.  Look what it is and move it away.")


def _open_journal(root: Path, names: list[str]) -> Path:
    """Lock the tree; the journal appears whole or not at all."""
    journal = root / JOURNAL
    try:
        with _naming(journal):
            draft = _write_draft(root, names, done=False)
            try:
                _claim(draft, journal)
            except FileExistsError:
                raise WriteError(
                    f"{journal}: another run is writing to this tree; nothing was written.  Run again later."
                ) from None
    finally:
        _remove([_draft(root, os.getpid())])
    return journal


def _targets(root: Path, texts: Mapping[str, tuple[bytes, bytes]]) -> dict[Path, tuple[bytes, bytes]]:
    """The files that the names mean, each once, and their texts.

    Raises:
        WriteError: a name leads out of the tree, or two names of one file ask for different texts.
    """
    targets: dict[Path, tuple[bytes, bytes]] = {}
    for name, text in texts.items():
        target = Path(os.path.realpath(root / name))
        if not target.is_relative_to(root):
            raise WriteError(f"{root / name}: leads out of the tree; nothing was written.  Name its target instead.")
        if targets.setdefault(target, text) != text:
            raise WriteError(
                f"{root / name}: another name of {target}, which would get another text; nothing was written.  "
                f"Leave one of them out with --exclude."
            )
    return targets


def _replace_all(root: Path, targets: Mapping[Path, tuple[bytes, bytes]], names: list[str]) -> None:
    for target, (before, after) in targets.items():
        with _naming(target):
            _stage(target, before, after)
    for target in targets:
        with _naming(target):
            _keep(target)
    for target in targets:
        with _naming(target):
            _beside(target, _NEW, os.getpid()).replace(target)
    with _naming(root / JOURNAL):
        os.replace(_write_draft(root, names, done=True), root / JOURNAL)


def save_all(root: Path, texts: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Replace every file by its new text, or none.

    Arguments:
        root: folder of the names.
        texts: name to old and new text; the old one is checked before anything is replaced.

    Raises:
        WriteError: something could not be written; every file holds its old text.
        KeyboardInterrupt: its argument says so if it came when everything was written.
    """
    if not texts:
        return
    root = Path(os.path.realpath(root))
    targets = _targets(root, texts)
    names = [os.path.relpath(t, root) for t in targets]
    entry = _Entry(os.getpid(), list(targets), done=False)
    _check_free(targets)
    _open_journal(root, names)
    try:
        _replace_all(root, targets, names)
    except BaseException:
        _remove([_draft(root, entry.pid)])
        _roll_back(root, entry)
        raise
    try:
        _clean(root, entry)
    except KeyboardInterrupt:
        _clean(root, entry)
        raise KeyboardInterrupt("everything was written") from None
