"""What the tests of dialects share: every module ported to every dialect, and how each of its builds is compiled."""

import subprocess
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import cases

from vport import dialect
from vport.outcome import Changed, Failed
from vport.port import Port, port

BUILDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "vimage-2008": {"globals": ()},
    "vimage-2008#3": {"globals": (), "structs": ("-DVIMAGE_USE_STRUCTS",)},
    "vimage-structs": {"vimage": ("-DVIMAGE",), "container": (), "globals": ("-DVIMAGE_GLOBALS",)},
}
"""Builds of the dialects that have others than with and without VIMAGE."""

OPTIONS = ("-DINET6", "-DDDB", "-DFROB_DEBUG", "-DRDTP_TRACE", "-DDDX_TABLES")
WARNINGS = ("-Wextra", "-Wno-unused-parameter")
MODULES = tuple(sorted(path.parent.name for path in cases.MODULES.glob("*/vport.toml")))

Ported = tuple[Mapping[str, bytes], Port]
"""All files after a port, and the port."""


def builds(name: str) -> Mapping[str, tuple[str, ...]]:
    """Options of each build of a dialect, or of its step as in `vimage-2008#3`."""
    usual = {"vimage": ("-DVIMAGE",), "default": ()}
    return BUILDS.get(name) or BUILDS.get(name.partition("#")[0]) or usual


@cache
def module(name: str) -> cases.Case:
    """A module of fixtures/modules with its plan."""
    return next(c for c in cases.module_cases() if c.id == f"{name}[freebsd-13-life]")


def target_of(to: str) -> dialect.Dialect:
    """A dialect, or a step of it as in `vimage-2008#3`."""
    base, _, step = to.partition("#")
    return dialect.load(base).at_step(int(step)) if step else dialect.load(base)


def repeated(
    name: str, to: str, files: Mapping[str, bytes], keys: Collection[tuple[str, str, str]]
) -> Mapping[str, bytes]:
    """All files after another port of a module that was ported."""
    read = cases.read_files(files)
    chosen = [v for v in read.tree.variables if v.key in keys or (v.file, "", v.name) in keys]
    result = port(read, chosen, target_of(to), objects=module(name).objects, life=True)
    return {**files, **{o.path: o.after for o in result.outcomes if isinstance(o, Changed)}}


@cache
def ported(name: str, to: str, life: bool = True) -> Ported:
    """A module ported to a dialect, or to a step of it."""
    case, target = module(name), target_of(to)
    read = cases.read_files(case.files)
    chosen = [v for v in read.tree.variables if v.key in case.wanted]
    result = port(read, chosen, target, objects=case.objects, life=life)
    assert not [o for o in result.outcomes if isinstance(o, Failed)]
    return {**case.files, **{o.path: o.after for o in result.outcomes if isinstance(o, Changed)}}, result


def write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files below a folder; returns the names of those to compile."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return sorted(name for name in files if name.endswith(".c"))


def diagnostics(folder: Path, names: Collection[str], to: str, flags: Collection[str]) -> str:
    """What the C compiler says of some files with the headers of a dialect."""
    assert cases.CC is not None
    headers = cases.INCLUDE / to.partition("#")[0]
    include = (f"-I{headers}", f"-I{cases.INCLUDE / 'common'}", "-I.")
    command = [cases.CC, *cases.FLAGS, *WARNINGS, *flags, *include, *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    return done.stderr + done.stdout + ("" if done.returncode == 0 or done.stderr else f"{command} failed")
