"""Which lines count: what is staged, or what changed since a commit.  Git is asked, never guessed at."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from vport.git import PATCH, RAW, STAGED, TOP, git, is_born
from vport.patterns import later

_HUNK = later(rb"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_FILE = later(rb"^diff --git ", re.MULTILINE)
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


def top_of(folder: Path) -> Path:
    """The top of the work tree that a folder is in."""
    return Path(os.fsdecode(git(folder, *TOP).rstrip(b"\n")))


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
    patch = git(top, "diff", "--no-renames", *PATCH, *against, "--", *wanted)
    parts = _FILE.split(patch)[1:]
    # git prints files in the order of their names, as bytes
    ordered = sorted(wanted, key=os.fsencode)
    if len(parts) != len(ordered):
        return {name: _lines(git(top, "diff", "--no-renames", *PATCH, *against, "--", name)) for name in wanted}
    return {name: _lines(part) for name, part in zip(ordered, parts, strict=True)}


class _Entry(msgspec.Struct, frozen=True):
    """One line of `git diff --raw`: what the old and the new side hold under a name."""

    name: str
    old_kind: str
    kind: str
    old_object: str
    status: str


def _entries(raw: bytes) -> list[_Entry]:
    words, found = raw.split(b"\0"), []
    for said, name in zip(words[::2], words[1::2], strict=False):
        old_kind, kind, old_object, _, status = said.decode("ascii").lstrip(":").split(" ")
        found.append(_Entry(os.fsdecode(name), old_kind, kind, old_object, status))
    return found


def _staged_lines(top: Path, index: list[_Entry], patch: bytes) -> dict[str, frozenset[int]]:
    """Lines of what the commit brings: a file that comes in place of a link has two parts of the patch."""
    files = [one for one in index if one.status in "AMT" and one.kind in _OBJECT_KINDS]
    owners = [one for one in index if one.status != "U" for _ in range(1 + (one.status == "T"))]
    parts = _FILE.split(patch)[1:]
    if len(parts) != len(owners):
        return _changed(top, [one.name for one in files], "--cached")
    lines = dict.fromkeys((one.name for one in files), frozenset[int]())
    for one, part in zip(owners, parts, strict=True):
        if one.name in lines:
            lines[one.name] |= _lines(part)
    return lines


def _objects(top: Path, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """What objects hold, by the names they are wanted for."""
    if not wanted:
        return {}
    listed = list(wanted.items())
    said = git(top, "cat-file", "--batch", given="".join(f"{id_}\n" for _, id_ in listed).encode())
    texts, at = {}, 0
    for name, _ in listed:
        end = said.index(b"\n", at)
        size = int(said[at:end].rpartition(b" ")[2])
        texts[name] = said[end + 1 : end + 1 + size]
        at = end + size + 2
    return texts


def staged(folder: Path) -> Changed:
    """What the index holds that HEAD does not; a commit with nothing in it is no error.

    Submodules and symbolic links are left out: neither holds C of this tree.  What waits for a merge to be resolved has
    no text in the index, so that of the work tree stands.
    """
    top = top_of(folder)
    raw, _, patch = git(top, *STAGED).partition(b"\0\0")
    index = _entries(raw)
    behind = [one for one in _entries(git(top, *RAW)) if one.status != "U" and one.old_kind in _OBJECT_KINDS]
    texts = _objects(top, {one.name: one.old_object for one in behind})
    gone = frozenset(one.name for one in index if one.status == "D")
    return Changed(top, _staged_lines(top, index, patch), texts, gone)


def since(folder: Path, base: str) -> Changed:
    """What the work tree has that a commit has not."""
    top = top_of(folder)
    git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    entries = _entries(git(top, *RAW, base, "--"))
    found = [one for one in entries if one.status in "AMT" and one.kind in _OBJECT_KINDS]
    return Changed(top, _changed(top, [one.name for one in found], base))


def since_head(folder: Path, names: Iterable[str]) -> dict[str, frozenset[int]]:
    """Lines that files of the work tree have and the last commit has not; all of them before the first commit."""
    top = top_of(folder)
    base = "HEAD" if is_born(top) else git(top, "hash-object", "-t", "tree", "/dev/null").decode().strip()
    return _changed(top, names, base)
