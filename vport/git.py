"""Git is asked, never guessed at: what its commands print, some of them asked while Python still starts."""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vport.errors import UsageError

_QUOTED = ("-c", "core.quotePath=false")
_TRACKED = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *_QUOTED, "ls-files", "-z", "--", ".")
_KEPT = {
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
}

TOP = ("rev-parse", "--show-toplevel")
RAW = ("diff", "--raw", "-z", "--no-renames", "--no-abbrev")
PATCH = (
    *("-U0", "--patch", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--text"),
    "--irreversible-delete",
)
STAGED = (*RAW, "--cached", *PATCH)

_ahead: "dict[tuple[str, ...], subprocess.Popen[bytes]]" = {}
"""Commands whose answers nobody heard yet, by folder and words."""


def ask_ahead(arguments: Sequence[str]) -> None:
    """Let git begin with what `vport check --staged` will ask of it, while Python imports what that needs.

    Arguments:
        arguments: of the command line; others than those of such a check start nothing.
    """
    if arguments[:1] != ["check"] or "--staged" not in arguments or os.environ.get("PRE_COMMIT_FROM_REF"):
        return
    with contextlib.suppress(OSError):  # which is said where the answer is wanted
        here = os.getcwd()
        for words in (STAGED, RAW, TOP):
            _ahead[here, *_QUOTED, *words] = _start(here, (*_QUOTED, *words), None)
        _ahead[here, *_TRACKED] = _start(here, _TRACKED, _of_nobody())


def _start(
    folder: str, words: Sequence[str], environment: Mapping[str, str] | None, given: int = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen(["git", *words], cwd=folder, env=environment, stdin=given, stdout=pipe, stderr=pipe)


def _asked(
    folder: Path, words: Sequence[str], environment: Mapping[str, str] | None = None, given: bytes = b""
) -> tuple[int, bytes, bytes]:
    """Code, output and complaints of a command; raises OSError where it cannot be run."""
    process = _ahead.pop((str(folder), *words), None)
    if process is None:
        process = _start(str(folder), words, environment, subprocess.PIPE if given else subprocess.DEVNULL)
    with process:
        said, complaint = process.communicate(given or None)
    return process.returncode, said, complaint


def git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What a git command prints.

    Arguments:
        folder: to stand in.
        arguments: the command.
        given: on its standard input.

    Raises:
        UsageError: git is not there, or fails; its own words are handed on.
    """
    try:
        code, said, complaint = _asked(folder, (*_QUOTED, *arguments), None, given)
    except FileNotFoundError as error:
        raise UsageError("git is not installed; --staged and --diff ask it what changed") from error
    if code:
        words = complaint.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise UsageError(
            f"git {arguments[0]}: {words}; run vport check in a git work tree, or without --staged and --diff"
        )
    return said


def is_born(folder: Path) -> bool:
    """Whether a repository has a first commit."""
    return _asked(folder, ("rev-parse", "--verify", "-q", "HEAD"))[0] == 0


def _of_nobody() -> dict[str, str]:
    """A hook that calls us has set GIT_DIR and others for its own repository, which need not be that of a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0"}


def tracked(folder: Path) -> list[str] | None:
    """What git tracks below `folder`, or None outside a work tree; configuration of the tree runs nothing."""
    try:
        code, said, _ = _asked(folder, _TRACKED, _of_nobody())
    except OSError:
        return None
    return None if code else [os.fsdecode(name) for name in said.split(b"\0") if name]
