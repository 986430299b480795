"""The programs that a proof runs: compilers and git."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vport.errors import UsageError

INSTALL = {
    "cc": "gcc",
    "gcc": "gcc",
    "clang": "clang",
    "git": "git",
}
"""Program to the Debian package that brings it."""


class Ran(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    out: bytes
    words: str


def run(
    arguments: Sequence[str], folder: Path, given: bytes | None = None, settings: Mapping[str, str] | None = None
) -> Ran:
    """Run a program to its end, with a time of its own that does not move.

    Arguments:
        arguments: the program and its own.
        folder: to run in.
        given: on its standard input.
        settings: more of its environment.

    Raises:
        UsageError: it is not there; the message says what to install.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C", **(settings or {})}
    try:
        done = subprocess.run(
            list(arguments), cwd=folder, input=given, capture_output=True, env=environment, check=False
        )
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        raise missing(arguments[0], folder) from error
    return Ran(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def missing(program: str, folder: Path) -> UsageError:
    """The error for a program that cannot be run."""
    if not folder.is_dir():
        return UsageError(f"{folder}: the folder a compile command runs in is gone; make compile_commands.json again")
    package = INSTALL.get(Path(program).name)
    install = f"install it (Debian: apt-get install {package})" if package else "install it"
    return UsageError(f"{program}: there is no such program to run; {install}, or name another by --cc")


@cache
def version(program: str) -> str:
    """What a compiler says of itself; part of the cache's key.

    Raises:
        UsageError: it is not there.
    """
    found = shutil.which(program)
    if found is None:
        raise missing(program, Path())
    told = run([found, "--version"], Path())
    return told.out.decode("utf-8", "replace") if told.code == 0 else f"{os.stat(found).st_mtime_ns}"


def git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What a git command prints.

    Raises:
        UsageError: git is not there, or fails; its own words are handed on.
    """
    ran = run(["git", "-c", "core.quotePath=false", *arguments], folder, given)
    if ran.code:
        said = ran.words.strip().removeprefix("fatal: ")
        raise UsageError(f"git {arguments[0]}: {said}; name commits that exist, or two folders by --before and --after")
    return ran.out
