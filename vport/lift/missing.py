"""Macros that the target's headers do not have: their users are left to a person."""

import fnmatch
from collections.abc import Iterator

from vport import rules
from vport.dialect import HISTORY
from vport.edits import Edit
from vport.lift.work import Work

NAME = "missing"


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """List every use; there is nothing to edit."""
    if work.target.forms.storage != "symbols":
        return
    for pattern, first in rules.load("upgrade")["since"].items():
        if HISTORY.index(work.target.name) >= HISTORY.index(first):
            continue
        for file, at in work.words(fnmatch.filter(work.matching(pattern), pattern)):
            name = work.word_at(file, at)
            message = f"{work.target.name} has no {name}, which came with {first}; write it without"
            work.leave(file, at, "macro-of-later-release", message)
    yield from ()
