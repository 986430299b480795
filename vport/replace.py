"""One file replaced as a whole: a plan, or what a review remembers."""

import os
import stat
import tempfile
from pathlib import Path

from vport.errors import WriteError


def mode_of(path: Path) -> int:
    """The mode for a plan; raises WriteError when the one that is there is read-only."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise WriteError(f"{path}: read-only; the plan is untouched.  Make it writable (chmod u+w) and run again.")
    return mode


def replace_text(path: Path, text: str) -> None:
    """Replace a plan, all of it or nothing.

    A link in its place is replaced too, as whoever made the tree may have made it.

    Raises:
        WriteError: it cannot be written; the old one is untouched.
    """
    try:
        replace_file(path, text.encode(), mode_of(path))
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror}; the old plan, if any, is untouched") from error


def replace_file(target: Path, data: bytes, mode: int) -> None:
    """Give a file new content that is on the disk before the old one goes; raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
