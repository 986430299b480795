"""A pytest plugin: the fixture `kernel`, in which a module's life can be tested in ten lines.

A test that uses it fails when a fault shows that it does not expect; the marker `vnet` chooses the kernel and names
the expected faults.
"""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from .faults import Kind
from .kernel import Kernel
from .load_model import load_model
from .model import Module
from .table import report

MARKER = "vnet(release='13', vimage=True, faults=()): the kernel a test runs in, and the kinds of fault it expects"


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker."""
    config.addinivalue_line("markers", MARKER)


def _wanted(node: pytest.Item) -> dict[str, Any]:
    marker = node.get_closest_marker("vnet")
    return dict(marker.kwargs) if marker else {}


@pytest.fixture
def kernel(request: pytest.FixtureRequest) -> Kernel:
    """A machine that is off: `kernel.boot()`, `kernel.load(module)`, `kernel.jail_create()`, ..."""
    wanted = _wanted(request.node)
    return Kernel(str(wanted.get("release", "13")), bool(wanted.get("vimage", True)))


@pytest.fixture
def vport_model(request: pytest.FixtureRequest) -> Callable[[str], Module]:
    """Gives the module of a model file; its path is relative to the test's file."""
    return lambda name: load_model(Path(request.path).parent / name)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """After a test that used `kernel`: the faults it did not expect, and those it expected in vain."""
    result = yield
    machine = pyfuncitem.funcargs.get("kernel")
    if isinstance(machine, Kernel):
        _judge(machine, _wanted(pyfuncitem))
    return result


def _judge(machine: Kernel, wanted: dict[str, Any]) -> None:
    if machine.booted and not machine.down:
        machine.finish()
    expected = {Kind(kind) for kind in wanted.get("faults", ())}
    strange = [fault for fault in machine.faults if fault.kind not in expected]
    if strange:
        pytest.fail("\n".join(report(strange)), pytrace=False)
    missed = expected - {fault.kind for fault in machine.faults}
    if missed:
        pytest.fail(f"expected and not found: {', '.join(sorted(missed))}", pytrace=False)
