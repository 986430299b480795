"""The pytest plugin, in runs of pytest of its own; the page that documents it is executed."""

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

INSTALLED = any(entry.name == "vport" for entry in importlib.metadata.entry_points(group="pytest11"))
OPTIONS = ("-p", "no:cacheprovider", *(() if INSTALLED else ("-p", "vport.runtime.plugin")), "test_hop.py")
"""Where vport is installed with its entry point, pytest has the plugin already."""

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "testing.md"
LEAKS = """
from vport.runtime.model import Function, Init, Module, ModuleEvent, Sysinit, Variable

MODULE = Module(name="hop")
mtx = Variable(name="hop_mtx", at="hop.c:1", type="struct mtx", per_vnet=True, set_up="lock")
event = ModuleEvent(name="hop", handler="", subsystem="SI_SUB_PSEUDO", order="SI_ORDER_FIRST", at="hop.c:2")
init = Function(name="hop_init", at="hop.c:3", body=(Init("mtx_init", "hop_mtx", at="hop.c:4"),))
sysinit = Sysinit("VNET_SYSINIT", "hop", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "hop.c:5", "hop_init")
"""
TEST = """
import pytest

{marker}
def test_stack_comes_and_goes(kernel, vport_model):
    kernel.boot()
    kernel.load(vport_model("hop_model.py"))
    kernel.jail_destroy(kernel.jail_create())
"""


def run(pytester: pytest.Pytester, marker: str = "", model: str = LEAKS) -> pytest.RunResult:
    pytester.makepyfile(hop_model=model, test_hop=TEST.format(marker=marker))
    return pytester.runpytest_inprocess(*OPTIONS)


def test_a_fault_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*hop.c:4: never-torn-down*"])


def test_an_expected_fault_does_not(pytester: pytest.Pytester) -> None:
    run(pytester, "@pytest.mark.vnet(faults=['never-torn-down'])").assert_outcomes(passed=1)


def test_an_expected_fault_that_does_not_show_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(pytester, "@pytest.mark.vnet(faults=['never-torn-down', 'torn-down-twice'])")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected and not found: torn-down-twice*"])


def test_a_module_without_faults_passes(pytester: pytest.Pytester) -> None:
    good = LEAKS.replace('Init("mtx_init", "hop_mtx", at="hop.c:4"),', "")
    run(pytester, model=good).assert_outcomes(passed=1)


def test_the_page_says_what_is_so(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("VPORT_CACHE_DIR", str(pytester.path / "cache"))
    blocks = re.findall(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    for name, text in blocks:
        (pytester.path / name).write_text(text, encoding="utf-8")
    assert {"hop.c", "test_hop.py"} <= {name for name, _ in blocks}
    made = pytester.run(sys.executable, "-m", "vport", "model", "hop.c", "-o", "hop_model.py")
    assert made.ret == 0
    result = pytester.runpytest_inprocess(*OPTIONS)
    result.assert_outcomes(passed=3)
