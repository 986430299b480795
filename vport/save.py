"""Write many files or none.

A journal in the root comes first: it locks the tree and names every file.  Then new texts are staged beside their
targets, the old ones are kept as hard links, and the targets are replaced (rename(2) is atomic for one file, nothing
is for many).  Whatever stops the run before the journal says `done`, the old tree comes back: at once on an error or
an interruption, on the next run after a crash.  Folders are synced between these steps, so that they reach the disk in
this order.  A run over a folder above or below holds a journal of its own there, which is looked for as well.
"""

import contextlib
import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from vport.errors import WriteError
from vport.journal import JOURNAL, LARGEST_PID, SENSELESS, Entry, alive, pending, read_journal

_NEW, _OLD, _COPY = ".vport-new", ".vport-old", ".vport-copy"


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


def _sync(folders: Iterable[Path]) -> None:
    """Let names that were made or changed in the folders reach the disk; some file systems know no such thing."""
    for folder in sorted(set(folders)):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
                raise
        finally:
            os.close(descriptor)


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


def _roll_back(root: Path, entry: Entry) -> int:
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
    with contextlib.suppress(OSError):
        _sync(target.parent for target in entry.targets)
    _clean(root, entry)
    return came_back


def _clean(root: Path, entry: Entry) -> None:
    """Take away what lies beside the targets, the journal last: while it is there, the next run can do the same."""
    _remove(_beside(t, suffix, entry.pid) for t in entry.targets for suffix in (_NEW, _COPY, _OLD))
    try:
        (root / JOURNAL).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise WriteError(f"{root / JOURNAL}: {error.strerror}; the tree is whole.  Remove this file.") from error


def recover(root: Path, names: Iterable[str] = ()) -> int:
    """Bring back the old texts if an earlier run died while it wrote; returns how many files came back.

    Arguments:
        root: folder to be written to.
        names: files below it; a run over one of their folders, or over a folder above, may have died as well.

    Raises:
        WriteError: a journal cannot be read, or another run holds it.
    """
    root = Path(os.path.realpath(root))
    _sweep(root)
    return sum(_recover(folder) for folder in pending(root, names))


def _recover(root: Path) -> int:
    journal = root / JOURNAL
    try:
        entry = read_journal(root)
    except FileNotFoundError:
        return 0
    except SENSELESS as error:
        raise WriteError(
            f"{journal}: cannot be read ({error}).  Compare the tree with your backup, then remove it."
        ) from error
    if alive(entry.pid):
        raise WriteError(
            f"{journal}: process {entry.pid} is writing to this tree; nothing was written.  "
            f"Run again when it has ended."
        )
    if not entry.done:
        return _roll_back(root, entry)
    _clean(root, entry)
    return 0


def _draft(root: Path, pid: int) -> Path:
    """Where a run writes its journal before that takes its name."""
    return root / f"{JOURNAL}.{pid}"


def _sweep(root: Path) -> None:
    """Remove journals of dead runs that never took their name."""
    for path in root.glob(f"{JOURNAL}.*"):
        pid = path.name.removeprefix(f"{JOURNAL}.")
        if pid.isascii() and pid.isdigit() and 0 < int(pid[:12]) <= LARGEST_PID and not alive(int(pid[:12])):
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
    with _naming(root):
        _sync([root])
    for target, (before, after) in targets.items():
        with _naming(target):
            _stage(target, before, after)
    folders = {target.parent for target in targets}
    for target in targets:
        with _naming(target):
            _keep(target)
    with _naming(root):
        _sync(folders)
    for target in targets:
        with _naming(target):
            _beside(target, _NEW, os.getpid()).replace(target)
    with _naming(root):
        _sync(folders)
    with _naming(root / JOURNAL):
        os.replace(_write_draft(root, names, done=True), root / JOURNAL)


def _is_done(root: Path) -> bool:
    """Whether our journal says that all is replaced: from then on there is no way back."""
    try:
        return read_journal(root).done
    except SENSELESS:
        return False


def _check_neighbours(root: Path, names: Iterable[str]) -> None:
    """Raise WriteError if a run above or below this root, which has claimed its own journal, may write here too."""
    for folder in pending(root, names):
        if folder != root:
            raise WriteError(
                f"{folder / JOURNAL}: another run writes to files of this tree, or died while it did; nothing was "
                f"written.  Run again when it has ended."
            )


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
    entry = Entry(os.getpid(), list(targets), done=False)
    _check_free(targets)
    _open_journal(root, names)
    try:
        _check_neighbours(root, names)
        _replace_all(root, targets, names)
    except BaseException as error:
        _remove([_draft(root, entry.pid)])
        if not _is_done(root):
            _roll_back(root, entry)
            raise
        _clean(root, entry)
        raise KeyboardInterrupt("everything was written") from error  # nothing else can come that late
    try:
        with contextlib.suppress(OSError):
            _sync([root])
        _clean(root, entry)
    except KeyboardInterrupt:
        _clean(root, entry)
        raise KeyboardInterrupt("everything was written") from None
