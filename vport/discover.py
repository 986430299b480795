"""Which files to read: what was named, what git tracks, minus what is excluded; never outside the root."""

import fnmatch
import functools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from vport.errors import UsageError
from vport.git import tracked
from vport.names import show
from vport.outcome import Failed, Outcome, Skipped
from vport.source import looks_binary

SUFFIXES = (".c", ".h")
SIZE_LIMIT = 8 << 20
"""Bytes above which a file is skipped unless told otherwise: no hand-written C is that long."""


class Found(msgspec.Struct, frozen=True):
    """The files to read.

    Arguments:
        root: the folder all names are relative to.
        files: names below `root`, with forward slashes, sorted.
        left_out: outcomes of what was not taken.
    """

    root: Path
    files: list[str]
    left_out: list[Outcome]


def common_root(paths: list[Path]) -> Path:
    """The folder given, or the deepest folder that holds all that was given."""
    folders = [p if p.is_dir() else p.parent for p in paths]
    return Path(os.path.commonpath([os.path.abspath(f) for f in folders]))


def _walk(folder: Path, left_out: list[Outcome]) -> Iterator[str]:
    """Names of all files below `folder`; links to folders are not followed, so loops cannot form."""

    def failed(error: OSError) -> None:
        left_out.append(Failed(str(error.filename), f"cannot be listed: {error.strerror}"))

    for top, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(f for f in folders if f != ".git")
        for name in names:
            yield os.path.relpath(os.path.join(top, name), folder)


def _below(folder: Path, untracked: bool, left_out: list[Outcome]) -> list[str]:
    listed = None if untracked else tracked(folder)
    if listed:
        return [name for name in listed if name.endswith(SUFFIXES)]
    return [name for name in _walk(folder, left_out) if name.endswith(SUFFIXES)]


def _excluded(name: str, patterns: tuple[str, ...]) -> bool:
    parts = name.split("/")
    return any(
        fnmatch.fnmatch(name, p) or any(fnmatch.fnmatch(part, p.rstrip("/")) for part in parts) for p in patterns
    )


def _real(path: str, real_folder: Callable[[str], str]) -> str:
    """Where a file really is; folders on the way may be links too."""
    if os.path.islink(path):
        return os.path.realpath(path)
    return os.path.join(real_folder(os.path.dirname(path)), os.path.basename(path))


def _refusal(root: str, path: str, limit: int, real: str) -> str:
    """Why the file must not be read, or an empty string."""
    link = os.path.islink(path)
    if os.path.commonpath([root, real]) != root:
        return "a link that leaves the tree; name its target to read it"
    if link and not os.path.exists(path):
        return "a link to nothing"
    if not os.path.isfile(path):
        return "no regular file" if os.path.exists(path) else "gone from the work tree"
    try:
        size = os.path.getsize(path)
    except OSError:
        return "gone from the work tree"
    return f"{size:,} bytes, over the limit of {limit:,}; raise --max-size to read it" if size > limit else ""


def discover(
    paths: Iterable[Path], exclude: tuple[str, ...] = (), limit: int = SIZE_LIMIT, untracked: bool = False
) -> Found:
    """Find the C files that `paths` mean.

    Arguments:
        paths: files (any name) and folders (`.c` and `.h` below them; inside a git work tree tracked ones only).
        exclude: patterns over the whole relative name or one part of it, as in `fnmatch`.
        limit: bytes above which a file is skipped.
        untracked: read what git does not track as well.

    Raises:
        UsageError: a path does not exist, or there is none.
    """
    given = list(paths)
    if not given:
        raise UsageError("no paths: name the files and folders to read")
    for path in given:
        if not path.exists():
            raise UsageError(
                f"{show(str(path))}: no such file or folder; check the spelling, or run `vport` from another folder"
            )
    root = common_root(given)
    left_out: list[Outcome] = []
    names: dict[str, None] = {}
    for path in given:
        below = os.path.relpath(os.path.abspath(path), root)
        if path.is_dir():
            for name in _below(path, untracked, left_out):
                names[os.path.normpath(os.path.join(below, name))] = None
        else:
            names[below] = None
    files = _choose(root, sorted(names), exclude, limit, left_out)
    return Found(root, files, left_out)


def _choose(
    root: Path, names: Iterable[str], exclude: tuple[str, ...], limit: int, left_out: list[Outcome]
) -> list[str]:
    """The names of what is to be read, each file by its own name: one read twice would be ported twice."""
    files: set[str] = set()
    real_root = os.path.realpath(root)
    real_folder = functools.cache(os.path.realpath)
    for name in names:
        path = os.path.join(root, name)
        real = _real(path, real_folder)
        target = os.path.relpath(real, real_root)
        refusal = _refusal(real_root, path, limit, real)
        if _excluded(name, exclude):
            left_out.append(Skipped(name, "excluded"))
        elif refusal or _excluded(target, exclude):
            left_out.append(Skipped(name, refusal or "a link to what is excluded"))
        else:
            files.add(target)
            if target != name:
                left_out.append(Skipped(name, f"a link to {show(target)}, which is read by that name"))
    return sorted(files)


def read_files(found: Found) -> tuple[dict[str, bytes], list[Outcome]]:
    """Bytes of the files, and what could not be read; binary files are left out."""
    data: dict[str, bytes] = {}
    outcomes: list[Outcome] = list(found.left_out)
    for name in found.files:
        try:
            content = (found.root / name).read_bytes()
        except OSError as error:
            outcomes.append(Failed(name, f"cannot be read: {error.strerror}; check its permissions or leave it out"))
            continue
        if looks_binary(content):
            outcomes.append(Skipped(name, "holds NUL bytes, so it is no C source"))
        else:
            data[name] = content
    return data, outcomes
