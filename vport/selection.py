"""Which lines count: what is staged, or what changed since a commit.  Git is asked, never guessed at."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from vport.errors import UsageError

_HUNK = re.compile(rb"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_FILE = re.compile(rb"^diff --git ", re.MULTILINE)
_OBJECT_KINDS = ("100644", "100755")


class Changed(msgspec.Struct, frozen=True):
    """What changed.

    Arguments:
        top: of the work tree.
        lines: by name below `top`: line numbers that are new, changed, or next to lines that went.
        texts: content that stands in the index and not in the work tree, by name.
        gone: names that the work tree has and the index has not.
    """

    top: Path
    lines: Mapping[str, frozenset[int]]
    texts: Mapping[str, bytes] = {}
    gone: frozenset[str] = frozenset()


def git(folder: Path, *arguments: str) -> bytes:
    """What a git command prints.

    Raises:
        UsageError: git is not there, or fails; its own words are handed on.
    """
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *arguments], cwd=folder, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed; --staged and --diff ask it what changed") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise UsageError(
            f"git {arguments[0]}: {said}; run vport check in a git work tree, or without --staged and --diff"
        )
    return done.stdout


def top_of(folder: Path) -> Path:
    """The top of the work tree that a folder is in."""
    return Path(os.fsdecode(git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))


def _names(raw: bytes) -> list[str]:
    return [os.fsdecode(name) for name in raw.split(b"\0") if name]


def _lines(patch: bytes) -> frozenset[int]:
    """Line numbers of the new text that a patch without context touches."""
    found: set[int] = set()
    for hunk in _HUNK.finditer(patch):
        start, count = int(hunk[2]), int(hunk[3] if hunk[3] is not None else 1)
        # where lines only went, what stands around the gap is what changed
        found.update(range(start, start + count) if count else (start, start + 1))
    return frozenset(found)


def _changed(top: Path, names: Iterable[str], *against: str) -> dict[str, frozenset[int]]:
    wanted = list(names)
    if not wanted:
        return {}
    patch = git(top, "diff", "-U0", "--no-color", "--no-ext-diff", "--no-renames", "--text", *against, "--", *wanted)
    parts = _FILE.split(patch)[1:]
    # git prints files in the order of their names, as bytes
    ordered = sorted(wanted, key=os.fsencode)
    if len(parts) != len(ordered):
        return {
            name: _lines(git(top, "diff", "-U0", "--text", "--no-renames", *against, "--", name)) for name in wanted
        }
    return {name: _lines(part) for name, part in zip(ordered, parts, strict=True)}


def staged(folder: Path) -> Changed:
    """What the index holds that HEAD does not; a commit with nothing in it is no error."""
    top = top_of(folder)
    names = _names(git(top, "diff", "--cached", "--name-only", "-z", "--no-renames", "--diff-filter=AMT"))
    files = [name for name in names if not _is_link(top, name)]
    behind = set(_names(git(top, "diff", "--name-only", "-z", "--no-renames")))
    texts = {name: git(top, "show", f":{name}") for name in behind if _in_index(top, name)}
    gone = frozenset(_names(git(top, "diff", "--cached", "--name-only", "-z", "--no-renames", "--diff-filter=D")))
    return Changed(top, _changed(top, files, "--cached"), texts, gone)


def since(folder: Path, base: str) -> Changed:
    """What the work tree has that a commit has not."""
    top = top_of(folder)
    git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    names = _names(git(top, "diff", "--name-only", "-z", "--no-renames", "--diff-filter=AMT", base, "--"))
    return Changed(top, _changed(top, [n for n in names if not _is_link(top, n)], base))


def _entry(top: Path, name: str) -> str:
    return git(top, "ls-files", "-s", "-z", "--", name).decode("utf-8", "surrogateescape")[:6]


def _is_link(top: Path, name: str) -> bool:
    """Whether a name is a submodule or a symbolic link in the index: neither holds C of this tree."""
    return _entry(top, name) not in _OBJECT_KINDS


def _in_index(top: Path, name: str) -> bool:
    return _entry(top, name) in _OBJECT_KINDS
