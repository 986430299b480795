"""Files that a verb writes as a whole: all of it or nothing."""

import contextlib
import os
from pathlib import Path

from vport.errors import UsageError, WriteError


def check_target(path: Path) -> None:
    """Raise UsageError early when there is no folder to write a file into."""
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first, or name another file")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file in it")


def write_whole(path: Path, text: str) -> None:
    """Write the whole file or nothing; a file that is there keeps its mode.

    Raises:
        WriteError: it cannot be written; the old text is untouched.
    """
    import tempfile  # here, for it takes long, and most runs write nothing

    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror}; nothing was changed") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def diff_prefix(root: Path) -> str:
    """What turns a name below the root into one that git-apply(1) finds, run from the current folder.

    It takes names as relative to the top of the work tree it runs in, or to the current folder outside of any.
    """
    here = Path.cwd().resolve()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    try:
        below = root.resolve().relative_to(top).as_posix()
    except ValueError:
        return ""
    return "" if below == "." else below + "/"
