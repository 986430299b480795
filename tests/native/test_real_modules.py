"""The six ported modules live the same life in the Python runtime and as compiled C, in both builds."""

import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import batch
import cases
import pytest

from vport.runtime import scenarios
from vport.runtime.model import Module
from vport.runtime.native import agree, drive, watch
from vport.runtime.native.build import Build, Program, Sources, program

MODULES = sorted(path.parent.name for path in cases.MODULES.glob("*/vport.toml"))
DIALECT = {"13": "freebsd-13", "2010": "freebsd-9"}


def folder(module: str, release: str) -> Path:
    return cases.MODULES / module / cases.LIFE[DIALECT[release]]


@cache
def texts(module: str, release: str) -> Mapping[str, bytes]:
    top = folder(module, release)
    return {f.relative_to(top).as_posix(): f.read_bytes() for f in sorted(top.rglob("*")) if f.is_file()}


@cache
def model(module: str, release: str) -> Module:
    return batch.model(cases.called_as_in(release, texts(module, release)))


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vport-") as top:
        yield Path(top)


def built(module: str, release: str, vimage: bool, programs: Path) -> Program:
    """The program of a module, built once for all scenarios."""
    to = programs / f"{module}-{release}-{vimage}"
    if (to / "program").exists():
        return Program(to / "program", release)
    to.mkdir()
    made = model(module, release)
    files = tuple(name for name in made.files if name.endswith(".c"))
    toolchain = batch.compiler()
    assert toolchain is not None
    build = Build(toolchain, vimage, release, batch.CACHE)
    return program([Sources(made.name, folder(module, release), files)], build, to)


@batch.needs_compiler
@pytest.mark.parametrize("vimage", [True, False], ids=["vimage", "default"])
@pytest.mark.parametrize("release", DIALECT)
@pytest.mark.parametrize("scenario", list(scenarios.BUNDLED))
@pytest.mark.parametrize("module", MODULES)
def test_both_runtimes_agree(module: str, scenario: str, release: str, vimage: bool, programs: Path) -> None:
    made = model(module, release)
    ours = watch.live(made, scenario, release, vimage)
    life = drive.live(built(module, release, vimage, programs), ours.kernel.actions)
    assert [(f.kind, f.at, f.message) for f in life.faults] == []
    decoded = {name: text.decode() for name, text in texts(module, release).items()}
    assert [str(d) for d in agree.compare(made, ours, life.trace, decoded)] == []
