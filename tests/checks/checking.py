"""What tests of checks share: a tree out of texts, and what is found in it."""

import re
from collections.abc import Mapping
from pathlib import Path

from vport.cache import Cache
from vport.check import run_checks
from vport.checks.config import Config
from vport.checks.found import Found, all_rules
from vport.plan import Plan, parse_plan
from vport.read import Read, Reader
from vport.suppress import sift

_MARK = re.compile(r"\bVP\d{3}\b(?=[^\n]*\*/)(?<!ignore VP\d{3})")
PLAN = "vport.toml"
Files = Mapping[str, str] | str


def read(files: Mapping[str, str]) -> Read:
    data = {name: text.encode() for name, text in files.items() if name.endswith((".c", ".h"))}
    return Reader(Cache(None)).read_data(Path("/t"), data, [])


def plan(files: Mapping[str, str]) -> Plan | None:
    return parse_plan(files[PLAN], PLAN) if PLAN in files else None


def find(files: Files, config: Config | None = None, new: Mapping[str, frozenset[int]] | None = None) -> list[Found]:
    """All findings in some files, as `vport check` shows them; `new` are lines that a commit brings."""
    files = {"hop.c": files} if isinstance(files, str) else files
    tree = read(files)
    made = run_checks(tree, config, None, plan(files), new=new)
    assert made.problems == []
    return sift(made.found, tree.data, tree.data).found


def places(files: Files) -> list[tuple[str, str, int]]:
    return [(one.id, one.file, one.line) for one in find(files)]


def marked(files: Files) -> list[tuple[str, str, int]]:
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


def enough(family: str, cases: Mapping[str, Files]) -> dict[str, tuple[int, int]]:
    """Findings of a family that have too few cases: how many fire, and how many must not."""
    counted = {
        id_: (
            sum(name.startswith(id_) and "-noop_" not in name for name in cases),
            sum(name.startswith(id_ + "-noop_") for name in cases),
        )
        for id_ in all_rules()
        if id_.startswith(family)
    }
    wrong = [name for name, case in cases.items() if (name[:5] in {p[0] for p in marked(case)}) == ("-noop_" in name)]
    assert wrong == []
    return {id_: numbers for id_, numbers in counted.items() if min(numbers) < 2}
