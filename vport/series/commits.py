"""A series as commits on a new branch, without touching the work tree, its index or any branch that is there.

Objects are written first and belong to nobody; the branch appears with the last step, so that an interruption loses
nothing.  See git-commit-tree(1) and git-update-ref(1).
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from vport.errors import UsageError
from vport.names import show
from vport.proof.programs import run
from vport.series.messages import Message
from vport.series.steps import Step

_NEW = "0" * 40
_FILES = ("100644", "100755")


class Place(msgspec.Struct, frozen=True):
    """Where the commits go.

    Arguments:
        top: of the work tree.
        prefix: of the tree's names, so that they begin there.
        base: the commit they follow.
        branch: to make.
    """

    top: Path
    prefix: str
    base: str
    branch: str


def _git(top: Path, *arguments: str, given: bytes | None = None, index: Path | None = None) -> bytes:
    """What a git command prints.

    Raises:
        UsageError: it fails; git's own words are handed on.
    """
    own = {"GIT_INDEX_FILE": str(index)} if index else {}
    ran = run(["git", "-c", "core.quotePath=false", *arguments], top, given, own)
    if ran.code:
        raise UsageError(f"git {arguments[0]}: {ran.words.strip().removeprefix('fatal: ')}; no branch was made")
    return ran.out


def find_place(root: Path, branch: str) -> Place:
    """Where commits on a new branch go.

    Arguments:
        root: of the tree that was read.
        branch: to make.

    Raises:
        UsageError: there is no work tree or no commit, the tree has changes of its own, or the branch is there.
    """
    folder = root if root.is_dir() else root.parent
    top = Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    _git(top, "check-ref-format", "--branch", branch)
    if run(["git", "rev-parse", "--verify", "-q", f"refs/heads/{branch}"], top).code == 0:
        raise UsageError(f"--commit: there is a branch {branch} already; name another, or delete it (git branch -D)")
    if run(["git", "rev-parse", "--verify", "-q", "HEAD^{commit}"], top).code:
        raise UsageError("--commit: there is no commit yet that the series could follow; make one first")
    changed = [os.fsdecode(e[3:]) for e in _git(top, "status", "--porcelain", "-z", "-uno").split(b"\0") if e]
    if changed:
        named = ", ".join(map(show, changed[:3])) + (f" and {len(changed) - 3} more" if changed[3:] else "")
        raise UsageError(
            f"--commit: the work tree has changes that are in no commit ({named}), and the series would leave them "
            f"out or mix them in; commit them, or put them aside with git stash"
        )
    below = folder.resolve().relative_to(top.resolve()).as_posix()
    base = _git(top, "rev-parse", "HEAD").decode().strip()
    return Place(top, "" if below == "." else f"{below}/", base, branch)


def _modes(place: Place, files: Iterable[str]) -> dict[str, str]:
    """Modes of the files in the commit that the series follows.

    Raises:
        UsageError: it does not hold one of them as a file.
    """
    names = [place.prefix + file for file in files]
    found: dict[str, str] = {}
    for entry in _git(place.top, "ls-tree", "-r", "-z", "--full-tree", place.base).split(b"\0"):
        head, _, name = entry.partition(b"\t")
        found[os.fsdecode(name)] = head.partition(b" ")[0].decode()
    for wanted in names:
        if found.get(wanted) not in _FILES:
            raise UsageError(f"--commit: {show(wanted)} is no file of the last commit; git add and commit it first")
    return {name: found[name] for name in names}


def commit(place: Place, steps: Sequence[Step], messages: Sequence[Message]) -> list[str]:
    """Make the branch; returns the commits, oldest first.

    Raises:
        UsageError: git refuses; no branch was made.
    """
    modes = _modes(place, sorted({file for step in steps for file in step.after}))
    made: list[str] = []
    with TemporaryDirectory(prefix="vport-commit-") as scratch:
        index = Path(scratch) / "index"
        _git(place.top, "read-tree", place.base, index=index)
        for step, message in zip(steps, messages, strict=True):
            _git(place.top, "update-index", "-z", "--index-info", given=_entries(place, step, modes), index=index)
            tree = _git(place.top, "write-tree", index=index).decode().strip()
            parent = made[-1] if made else place.base
            text = f"{message.subject}\n\n{message.body}".encode("utf-8", "replace")
            arguments = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, "-p", parent)
            made.append(_git(place.top, *arguments, given=text).decode().strip())
    if made:
        reason = f"vport port: {len(made)} steps"
        _git(place.top, "update-ref", "-m", reason, f"refs/heads/{place.branch}", made[-1], _NEW)
    return made


def _entries(place: Place, step: Step, modes: dict[str, str]) -> bytes:
    """What the index is told of a step; texts pass the filters that git add would apply."""
    out = b""
    for file, text in sorted(step.after.items()):
        name = place.prefix + file
        blob = _git(place.top, "hash-object", "-w", "--stdin", f"--path={name}", given=text).strip()
        out += b"%s %s\t%s\0" % (modes[name].encode(), blob, os.fsencode(name))
    return out


def sender_of(folder: Path) -> tuple[str, str]:
    """Name and address of who works here, as git knows them; a name that says it is nobody's where git knows none."""
    try:
        told = run(["git", "var", "GIT_AUTHOR_IDENT"], folder)
    except UsageError:
        return "vport", "vport@localhost"
    name, _, rest = told.out.decode("utf-8", "replace").partition(" <")
    return (name, rest.partition(">")[0]) if told.code == 0 and rest else ("vport", "vport@localhost")
