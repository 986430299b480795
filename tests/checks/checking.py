"""What tests of checks share: a tree out of texts, and what is found in it."""

import re
from collections.abc import Mapping
from pathlib import Path

from vport.cache import Cache
from vport.check import run_checks
from vport.checks.config import Config
from vport.checks.found import Found
from vport.plan import Plan, parse_plan
from vport.read import Read, Reader
from vport.suppress import sift

_MARK = re.compile(r"\bVP\d{3}\b(?=[^\n]*\*/)(?<!ignore VP\d{3})")
PLAN = "vport.toml"


def read(files: Mapping[str, str]) -> Read:
    data = {name: text.encode() for name, text in files.items() if name.endswith((".c", ".h"))}
    return Reader(Cache(None)).read_data(Path("/t"), data, [])


def plan(files: Mapping[str, str]) -> Plan | None:
    return parse_plan(files[PLAN], PLAN) if PLAN in files else None


def find(files: Mapping[str, str] | str, config: Config | None = None) -> list[Found]:
    """All findings in some files, as `vport check` shows them."""
    files = {"hop.c": files} if isinstance(files, str) else files
    tree = read(files)
    made = run_checks(tree, config, None, plan(files))
    assert made.problems == []
    return sift(made.found, tree.data, tree.data).found


def places(files: Mapping[str, str] | str) -> list[tuple[str, str, int]]:
    return [(one.id, one.file, one.line) for one in find(files)]


def marked(files: Mapping[str, str] | str) -> list[tuple[str, str, int]]:
    """Places that a text marks itself, by an id in a comment at the end of a line."""
    files = {"hop.c": files} if isinstance(files, str) else files
    return sorted(
        (
            (id_[0], file, number)
            for file, text in files.items()
            if file != PLAN
            for number, line in enumerate(text.split("\n"), 1)
            for id_ in _MARK.finditer(line)
        ),
        key=lambda place: (place[1], place[2], place[0]),
    )
