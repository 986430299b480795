"""Of the seeded bugs nearly all are found, with the right id at the right line; unbroken modules are clean."""

from collections import Counter
from functools import cache
from pathlib import Path

import cases
import pytest
from dialects.matrix import ported

from checks.seeded import PLAN, SEEDS, Seed
from vport.cache import Cache
from vport.check import run_checks
from vport.checks.found import Found, all_rules
from vport.dialect import NAMES, load
from vport.plan import Plan, parse_plan
from vport.read import Read, Reader
from vport.suppress import sift

MODULES = sorted(path.parent.name for path in cases.MODULES.glob("*/vport.toml"))
MISSED: dict[str, str] = {}
"""Seeds that are not found, by their label, and why."""

HOME = "input"
"""The folder that plans speak of."""
FOUND = 0.95
"""Of the seeds at least so many."""
CANNOT_BE_SEEDED = {
    "VP208": "it takes two modules, of which one calls the other; its page and tests/checks/test_contexts.py have them",
    "VP210": "it takes a base pointer and a set behind it; its page and tests/checks/test_enrolled.py have them",
    "VP502": "which dialect is old is told by the headers of a tree, and the modules bring none; its page has examples",
}


@cache
def texts(module: str, folder: str) -> dict[str, str]:
    """The ported module and its plan, its marks settled: what a person would have committed."""
    root = cases.MODULES / module
    files = {f.relative_to(root / folder).as_posix(): f.read_text() for f in sorted((root / folder).rglob("*.[ch]"))}
    if folder in NAMES:  # a dialect, which no folder holds
        then = cases.called_as_in(load(folder).release, ported(module, folder)[0])
        files = {name: data.decode() for name, data in then.items()}
    settled = {
        name: text.replace("VPORT-LIFECYCLE: ", "").replace("VPORT-CONTEXT: ", "") for name, text in files.items()
    }
    return {f"{HOME}/{name}": text for name, text in settled.items()} | {PLAN: (root / PLAN).read_text()}


def find(files: dict[str, str]) -> tuple[list[Found], Read, Plan]:
    data = {name: text.encode() for name, text in files.items() if name != PLAN}
    read, plan = Reader(Cache(None)).read_data(Path("/t"), data, []), parse_plan(files[PLAN], PLAN)
    checked = run_checks(read, None, None, plan)
    assert checked.problems == []
    return sift(checked.found, data, data).found, read, plan


def line_of(text: str, line: str, behind: str) -> int:
    """The number of the only line of a text, or of the first behind one that holds `behind`."""
    lines = text.split("\n")
    start = next(i + 1 for i, other in enumerate(lines) if behind in other) if behind else 0
    found = [i + 1 for i in range(start, len(lines)) if lines[i].strip() == line]
    assert found and (behind or len(found) == 1), f"the line {line!r} is there {len(found)} times behind {behind!r}"
    return found[0]


def path(seed: Seed) -> str:
    return seed.file if seed.file == PLAN else f"{HOME}/{seed.file}"


def broken(seed: Seed) -> dict[str, str]:
    """The module with one line broken; no other line changes its number."""
    files = dict(texts(seed.module, cases.LIFE.get(seed.form, seed.form)))
    lines = files[path(seed)].split("\n")
    number = line_of(files[path(seed)], seed.was, seed.behind)
    old = lines[number - 1]
    lines[number - 1] = old[: len(old) - len(old.lstrip())] + seed.now if seed.now else ""
    return files | {path(seed): "\n".join(lines)}


def label(seed: Seed) -> str:
    return f"{SEEDS.index(seed)}-{seed.module}-{seed.id}"


def missed(seed: Seed) -> str:
    """What was found instead; empty if the seed was found."""
    files = broken(seed)
    where = f"{HOME}/{seed.elsewhere}" if seed.elsewhere else path(seed)
    expected = (seed.id, where, line_of(files[where], seed.at or seed.now, seed.at_behind))
    places = [(one.id, one.file, one.line) for one in find(files)[0]]
    return "" if expected in places else f"{label(seed)}: {expected}, found {places}"


def test_nearly_all_seeds_are_found() -> None:
    left = [text for seed in SEEDS if (text := missed(seed))]
    assert [text for text in left if text.split(":")[0] not in MISSED] == []
    assert {text.split(":")[0] for text in left} == set(MISSED), "what is found now is no longer missed"
    assert len(left) <= (1 - FOUND) * len(SEEDS)


@pytest.mark.parametrize("folder", [*cases.LIFE.values(), "vimage-structs", "vimage-2010", "vimage-2008"])
@pytest.mark.parametrize("module", MODULES)
def test_unbroken_modules_are_clean(module: str, folder: str) -> None:
    found, read, plan = find(texts(module, folder))
    assert [one for one in found if one.variable not in refused(read, plan)] == []


def refused(read: Read, plan: Plan) -> set[str]:
    """Variables that a person wanted per stack, and that no port can make so: what is said of them is true."""
    virtual = {v.name for v in read.tree.variables if v.virtual}
    return {e.name for e in plan.entries if e.decision == "virtualize"} - virtual


def test_seeds_are_many_and_of_all_modules_and_findings() -> None:
    assert len(SEEDS) >= 60
    assert {seed.module for seed in SEEDS} == set(MODULES)
    assert {seed.id for seed in SEEDS} | CANNOT_BE_SEEDED.keys() == set(all_rules())


def test_no_seed_is_there_twice() -> None:
    assert [s for s, n in Counter((s.module, s.file, s.was, s.now, s.behind) for s in SEEDS).items() if n > 1] == []
