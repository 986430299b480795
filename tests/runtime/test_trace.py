"""The trace: its lines are those the documentation names, complete, and the same from run to run."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vport.runtime import table

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "modules"
MODULES = sorted(p.name for p in FIXTURES.iterdir() if p.is_dir())
KINDS = {
    kind for line in re.findall(r"^    ([a-z, -]+): ", table.__doc__ or "", re.MULTILINE) for kind in line.split(", ")
}
FIELDS = {"what", "text", "at", "vnet", "step"}


def told(path: Path, seed: str, *more: str) -> bytes:
    """What `vport run --format json` prints, under a seed of Python's hashes."""
    command = [sys.executable, "-m", "vport", "run", str(path), "--format", "json", "-q", *more]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=env)
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.stdout


@cache
def trace(module: str) -> list[dict[str, Any]]:
    """The events of all scenarios of a ported fixture."""
    found = json.loads(told(FIXTURES / module / "life", "0"))
    return [event for scenario in found["scenarios"] for event in scenario["trace"]]


def test_the_documentation_names_kinds() -> None:
    assert {"action", "constructor", "destructor", "access", "register", "bound"} <= KINDS


@pytest.mark.parametrize("module", MODULES)
def test_the_same_bytes_under_every_seed(module: str) -> None:
    path = FIXTURES / module / "life"
    first = told(path, "1")
    assert first == told(path, "2")
    assert len(first) > 10_000


@pytest.mark.parametrize("module", MODULES[:2])
def test_faults_come_in_the_same_order_under_every_seed(module: str, tmp_path: Path) -> None:
    folder = FIXTURES / module / "life"
    for file in folder.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            without = file.read_bytes().replace(b"CURVNET_SET(", b"(void)(").replace(b"mtx_destroy(", b"(void)(")
            target.write_bytes(without)
    first = told(tmp_path, "1")
    assert any(s["faults"] for s in json.loads(first)["scenarios"])
    assert first == told(tmp_path, "2")


@pytest.mark.parametrize("module", MODULES)
def test_every_line_has_every_field_and_a_kind_that_is_documented(module: str) -> None:
    for event in trace(module):
        assert event.keys() == FIELDS
        assert event["what"] in KINDS, event
        assert event["text"] and event["step"] >= 1 and event["vnet"] >= -2
        assert re.fullmatch(r"[\w/.-]+:\d+|", event["at"]), event


@pytest.mark.parametrize("module", MODULES)
def test_steps_are_actions_in_order(module: str) -> None:
    found = json.loads(told(FIXTURES / module / "life", "0"))
    for scenario in found["scenarios"]:
        steps = [event["step"] for event in scenario["trace"]]
        assert steps == sorted(steps)
        actions = [event["step"] for event in scenario["trace"] if event["what"] == "action"]
        assert sorted(set(actions)) == list(range(1, steps[-1] + 1)), scenario["name"]


def test_kinds_that_concern_state_have_a_place() -> None:
    for module in MODULES:
        for event in trace(module):
            if event["what"] in ("access", "set", "restore", "init", "destroy", "register", "unregister"):
                assert event["at"], event


def test_fixtures_show_nearly_all_kinds() -> None:
    seen = {event["what"] for module in MODULES for event in trace(module)}
    assert KINDS - seen <= {"bound", "sysinit", "unknown"}
