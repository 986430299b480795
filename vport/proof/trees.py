"""The two trees of a proof: folders that are there, or commits, written out without touching the work tree."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from vport.errors import UsageError
from vport.proof.programs import git

_LINK, _SUBMODULE = "120000", "160000"


class Trees(NamedTuple):
    """Before and after.

    Arguments:
        before, after: folders with the same layout.
        home: the folder that compile commands were written for; paths below it are mapped to both.
    """

    before: Path
    after: Path
    home: Path


class Entry(NamedTuple):
    """One name of a commit: its mode, object and path."""

    mode: str
    name: bytes
    path: str


def folders(before: Path, after: Path, home: Path | None = None) -> Trees:
    """Two folders.

    Raises:
        UsageError: one is no folder.
    """
    for folder in (before, after):
        if not folder.is_dir():
            raise UsageError(f"{folder}: is no folder; --before and --after name the two trees to compare")
    return Trees(before.resolve(), after.resolve(), (home or after).resolve())


@contextmanager
def commits(asked: str, here: Path) -> Iterator[Trees]:
    """Two commits as folders: `BASE..HEAD`, `BASE...HEAD` from where they parted, or `BASE` against the work tree.

    Raises:
        UsageError: they do not exist, or `here` is in no work tree of git.
    """
    top = Path(os.fsdecode(git(here, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    base, dots, head = asked.partition("...") if "..." in asked else asked.partition("..")
    start = _commit(top, base or "HEAD")
    with TemporaryDirectory(prefix="vport-prove-") as scratch:
        root = Path(scratch).resolve()
        if not dots:
            yield Trees(write_out(top, start, root / "before"), top.resolve(), top.resolve())
            return
        end = _commit(top, head or "HEAD")
        if dots == "...":
            start = git(top, "merge-base", start, end).decode().strip()
        yield Trees(write_out(top, start, root / "before"), write_out(top, end, root / "after"), top.resolve())


def _commit(top: Path, name: str) -> str:
    return git(top, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode().strip()


def write_out(top: Path, commit: str, folder: Path) -> Path:
    """Write all files of a commit, as git keeps them, below `folder`; submodules stay away."""
    listing = git(top, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
    entries = [e for e in map(_entry, filter(None, listing)) if e.mode != _SUBMODULE]
    wanted = b"".join(e.name + b"\n" for e in entries)
    texts = _contents(git(top, "cat-file", "--batch", given=wanted)) if entries else iter(())
    folder.mkdir(parents=True)
    for entry, text in zip(entries, texts, strict=True):
        path = folder / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode == _LINK:
            path.symlink_to(os.fsdecode(text))
        else:
            path.write_bytes(text)
    return folder


def _entry(line: bytes) -> Entry:
    head, _, path = line.partition(b"\t")
    mode, _kind, name = head.split(b" ")
    return Entry(mode.decode(), name, os.fsdecode(path))


def _contents(batch: bytes) -> Iterator[bytes]:
    """Texts of `git cat-file --batch`: a line with the size, the text, an end of line."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        size = int(batch[at:end].rsplit(b" ", 1)[1])
        yield batch[end + 1 : end + 1 + size]
        at = end + size + 2


def names_below(folder: Path, suffixes: Sequence[str]) -> set[str]:
    """Names of the files below a folder with one of the endings, without git's own."""
    found: set[str] = set()
    for place, inner, files in os.walk(folder):
        inner[:] = [name for name in inner if name not in (".git", ".hg", ".svn")]
        found |= {os.path.relpath(os.path.join(place, f), folder) for f in files if f.endswith(tuple(suffixes))}
    return found


def changed(trees: Trees, suffixes: Sequence[str]) -> set[str]:
    """Names of files that are not the same in both trees, or in one only."""
    both = names_below(trees.before, suffixes) | names_below(trees.after, suffixes)
    return {name for name in both if _text(trees.before / name) != _text(trees.after / name)}


def _text(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
