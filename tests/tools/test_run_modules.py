"""The tool that lives through every module of a tree: what it counts, and what it says of a module that does not run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from run_modules import Lived, Pool, Way, live, run_tree, summary  # noqa: E402

from vport.runtime.faults import Kind  # noqa: E402
from vport.runtime.model import Module, ModuleEvent  # noqa: E402

MODULE = """#include <sys/param.h>
#include <net/vnet.h>
VNET_DEFINE_STATIC(struct mtx, {0}_mtx);
#define	V_{0}_mtx	VNET({0}_mtx)
static void
{0}_init(const void *unused)
{{
	mtx_init(&V_{0}_mtx, "{0}", NULL, MTX_DEF);
}}
VNET_SYSINIT({0}_init, SI_SUB_PROTO_IF, SI_ORDER_ANY, {0}_init, NULL);
static void
{0}_uninit(const void *unused)
{{
	{1}
}}
VNET_SYSUNINIT({0}_uninit, SI_SUB_PROTO_IF, SI_ORDER_ANY, {0}_uninit, NULL);
static int
{0}_event(module_t mod, int type, void *data)
{{
	return (type == MOD_LOAD || type == MOD_UNLOAD ? 0 : EOPNOTSUPP);
}}
static moduledata_t {0}_mod = {{ "{0}", {0}_event, NULL }};
DECLARE_MODULE({0}, {0}_mod, {2}, SI_ORDER_FIRST);
"""


def module(name: str, down: str = "", subsystem: str = "SI_SUB_PROTO_IF") -> str:
    return MODULE.format(name, down or f"mtx_destroy(&V_{name}_mtx);", subsystem)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three modules: a good one, one that leaves a lock behind, one that no release can order."""
    (tmp_path / "good.c").write_text(module("good"))
    (tmp_path / "left.c").write_text(module("left", "(void)unused;"))
    (tmp_path / "odd.c").write_text(module("odd", subsystem="SI_SUB_ODD"))
    return tmp_path


def by_name(found: list[Lived]) -> dict[str, Lived]:
    return {lived.name: lived for lived in found}


def test_every_module_of_a_tree(tree: Path) -> None:
    found = by_name(run_tree(tree, [], Way()))
    assert list(found) == ["good", "left", "odd"]
    assert [found[n].modelled for n in found] == [True, True, True]
    assert [found[n].ran for n in found] == [True, True, False]
    assert (found["good"].files, found["good"].lines, found["good"].functions) == (["good.c"], 23, 3)
    assert [f.kind for f in found["good"].faults] == []
    assert [(f.kind, f.at) for f in found["left"].faults] == [(Kind.NEVER_TORN_DOWN, "left.c:8")]
    assert "odd.c:23: SI_SUB_ODD is not in the SYSINIT table" in found["odd"].error


def test_some_modules_and_scenarios(tree: Path) -> None:
    found = run_tree(tree, ["left"], Way(chosen=("boot",)))
    assert [(v.name, v.ran, len(v.faults)) for v in found] == [("left", True, 1)]
    found = run_tree(tree, ["left"], Way(chosen=("shutdown",)))
    assert [(v.name, v.ran, len(v.faults)) for v in found] == [("left", True, 0)]


def test_the_default_build_has_one_stack_that_goes_with_the_module(tree: Path) -> None:
    found = run_tree(tree, ["left"], Way(vimage=False))
    assert [(f.kind, f.vnet) for f in found[0].faults] == [(Kind.NEVER_TORN_DOWN, -1)]


def test_a_module_that_is_not_there_is_named_with_those_that_are(tree: Path) -> None:
    with pytest.raises(SystemExit, match=r"no module absent: choose of good, left, odd"):
        run_tree(tree, ["absent"], Way())


def test_one_that_cannot_be_modelled_is_told() -> None:
    def build() -> Module:
        raise ValueError("nothing of it is C")

    lived = live("bad", ["bad.c"], build, Way())
    assert (lived.modelled, lived.ran) == (False, False)
    assert lived.error.endswith("ValueError: nothing of it is C")


def test_one_that_cannot_run_is_told() -> None:
    event = ModuleEvent("bad", "bad_event", "SI_SUB_PSEUDO", "SI_ORDER_LATE", "bad.c:3")
    lived = live("bad", ["bad.c"], lambda: Module("bad", ("bad.c",), events=(event,)), Way())
    assert (lived.modelled, lived.ran) == (True, False)
    assert "bad.c:3: SI_ORDER_LATE" in lived.error


def _work(name: str) -> Lived:
    while name == "endless":
        pass
    if name == "dies":
        os._exit(3)
    return Lived(name, [f"{name}.c"], ran=True)


def test_one_that_takes_too_long_or_dies_takes_no_other_along() -> None:
    found = by_name(list(Pool(_work, 0.2, 2).map(["one", "endless", "dies", "two"])))
    assert {n: v.error for n, v in found.items()} == {
        "one": "",
        "two": "",
        "endless": "takes more than 0.2 s",
        "dies": "its process died",
    }
    assert found["two"].files == ["two.c"] and not found["dies"].ran


def test_the_summary_counts(tree: Path) -> None:
    lines = list(summary(run_tree(tree, [], Way())))
    assert lines[:4] == ["modules    3", "modelled   3", "ran        2 (66.7%)", "faultless  1"]
    assert "         1 never-torn-down" in lines
    assert any(line.startswith("odd: ") for line in lines)


def test_the_summary_of_nothing() -> None:
    assert "ran        0 (0.0%)" in list(summary([]))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOLS / "run_modules.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_from_the_command_line(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.json"
    done = run(str(tree), "--show", "--json", str(target), "--jobs", "1")
    assert (done.returncode, done.stderr) == (1, "")
    assert "== left\nleft.c:8: never-torn-down in vnet1: left_mtx is set up by mtx_init" in done.stdout
    found = {v["name"]: v for v in json.loads(target.read_text())}
    assert [f["kind"] for f in found["left"]["faults"]] == ["never-torn-down"]
    good = run(str(tree), "--module", "good")
    assert (good.returncode, good.stderr) == (0, "")
