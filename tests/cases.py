"""What the invariant tests share: the fixture cases and modules as values, and one way to run the port on them."""

import shutil
import subprocess
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from vport import dialect
from vport.cache import Cache
from vport.outcome import Changed, Failed
from vport.port import Port, port
from vport.read import Read, Reader

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "fixtures" / "cases"
MODULES = ROOT / "fixtures" / "modules"
INCLUDE = ROOT / "runtime" / "include"

FIREWALL = (b"SI_SUB_PROTO_FIREWALL", b"SI_SUB_FW")
"""A subsystem as our modules name it, and as kernels before FreeBSD 11 did."""

DIALECTS = {"freebsd-13": ".out.c", "freebsd-9": ".out9.c"}
"""Dialect to the ending of its golden file."""
FOLDERS = {"freebsd-13": "out", "freebsd-9": "out9"}
EXPECTED = {"freebsd-13": "expected", "freebsd-9": "expected9"}
LIFE = {"freebsd-13": "life", "freebsd-9": "life9"}
"""Folders with a module's golden text, and with that of a port that writes contexts and the life cycle too."""

MENDED: dict[str, str] = {}
"""Modules whose golden text says what the port should give; tools/golden.py leaves them alone until it does."""

Key = tuple[str, str, str]
"""File, function and name of a variable."""
Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """One tree with one plan, ported to one dialect.

    Arguments:
        id: its path, and the dialect where it is not the default.
        dialect: to write.
        files: before, by name.
        wanted: variables that the plan virtualizes.
        expected: after, by name.
        golden: where `expected` lies: name to path.
        kinds: of the findings that the plan names.
        life: whether contexts, constructors and destructors are written too; a plan says so by `life = true`.
        objects: members for a vnet that the plan gives to structures, by tag.
    """

    id: str
    dialect: str
    files: Mapping[str, bytes]
    wanted: frozenset[Key]
    expected: Mapping[str, bytes]
    golden: Mapping[str, Path]
    kinds: tuple[str, ...]
    life: bool = False
    objects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A port that was run: the tree before, the port, and all files after."""

    read: Read
    port: Port
    after: Files


def _below(folder: Path) -> Files:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def _id(path: Path, dialect_name: str) -> str:
    name = path.relative_to(CASES).as_posix()
    return name if dialect_name == "freebsd-13" else f"{name}[{dialect_name}]"


def _wanted(plan: Mapping[str, object]) -> frozenset[Key]:
    entries = plan.get("variable", [])
    assert isinstance(entries, list)
    return frozenset((e["file"], e.get("function", ""), e["name"]) for e in entries if e["decision"] == "virtualize")


def _objects(plan: Mapping[str, object]) -> dict[str, str]:
    entries = plan.get("object", [])
    assert isinstance(entries, list)
    return {e["tag"]: e["member"] for e in entries if e["decision"] == "store"}


def _file_cases(path: Path) -> Iterator[Case]:
    """`x.toml`, `x.in.c`, and `x.out.c` unless nothing changes."""
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    base = path.with_suffix("")
    before = path.with_name(base.name + ".in.c")
    noop = base.name.startswith("noop_")
    for name, ending in DIALECTS.items():
        after = before if noop else path.with_name(base.name + ending)
        if after.exists() and not (noop and name != "freebsd-13"):
            files, expected = {before.name: before.read_bytes()}, {before.name: after.read_bytes()}
            kinds = tuple(sorted(plan.get("findings", [])))
            golden = {before.name: after}
            life = bool(plan.get("life")), _objects(plan)
            yield Case(_id(base, name), name, files, _wanted(plan), expected, golden, kinds, *life)


def _folder_cases(path: Path) -> Iterator[Case]:
    """A folder with `in/`, `plan.toml`, and `out/` unless nothing changes."""
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    folder = path.parent
    before = folder / "in"
    noop = folder.name.startswith("noop_")
    for name, ending in FOLDERS.items():
        after = before if noop else folder / ending
        if after.exists() and not (noop and name != "freebsd-13"):
            kinds = tuple(sorted(plan.get("findings", [])))
            golden = {f: after / f for f in _below(after)}
            life = bool(plan.get("life")), _objects(plan)
            yield Case(_id(folder, name), name, _below(before), _wanted(plan), _below(after), golden, kinds, *life)


@cache
def fixture_cases() -> tuple[Case, ...]:
    """All of fixtures/cases."""
    found: list[Case] = []
    for path in sorted(CASES.rglob("*.toml")):
        found += _folder_cases(path) if path.name == "plan.toml" else _file_cases(path)
    return tuple(found)


def decided(plan: Path, decision: str = "") -> set[Key]:
    """Variables that a module's plan decides, or decides in one way; files as the tree names them."""
    entries = tomllib.loads(plan.read_text(encoding="utf-8"))["variable"]
    return {
        (e["file"].removeprefix("input/"), e["function"], e["name"]) for e in entries if decision in ("", e["decision"])
    }


@cache
def module_cases() -> tuple[Case, ...]:
    """All of fixtures/modules, in both dialects, without and with contexts and the life cycle."""
    return tuple(
        _module_case(path, name, life)
        for path in sorted(MODULES.glob("*/vport.toml"))
        for life in (False, True)
        for name in DIALECTS
    )


def _module_case(path: Path, name: str, life: bool) -> Case:
    files = _below(path.parent / "input")
    folder = path.parent / (LIFE if life else EXPECTED)[name]
    expected = _below(folder) if folder.exists() else {}
    objects = _objects(tomllib.loads(path.read_text(encoding="utf-8")))
    wanted = frozenset(decided(path, "virtualize"))
    id_ = f"{path.parent.name}[{name}{'-life' if life else ''}]"
    return Case(id_, name, files, wanted, expected, {f: folder / f for f in files}, (), life, objects)


def read_files(files: Mapping[str, bytes], root: Path = Path()) -> Read:
    """Read a tree from memory, without a cache."""
    return Reader(Cache(None)).read_data(root, dict(files), [])


def run_port(
    files: Mapping[str, bytes],
    wanted: Collection[Key],
    dialect_name: str,
    life: bool = False,
    objects: Mapping[str, str] | None = None,
) -> Run:
    """Port the variables `wanted` of a tree in memory; a file that cannot be ported fails the test."""
    read = read_files(files)
    chosen = [v for v in read.tree.variables if v.key in wanted]
    result = port(read, chosen, dialect.load(dialect_name), objects=objects, life=life)
    failed = [o for o in result.outcomes if isinstance(o, Failed)]
    assert not failed, failed
    return Run(read, result, {**files, **{o.path: o.after for o in result.outcomes if isinstance(o, Changed)}})


def run_with(case: Case, files: Mapping[str, bytes]) -> Run:
    """The port of other texts as a case says."""
    return run_port(files, case.wanted, case.dialect, case.life, case.objects)


@cache
def run_case(case_id: str) -> Run:
    """The port of one case or module; tests of several invariants share it."""
    case = next(c for c in (*fixture_cases(), *module_cases()) if c.id == case_id)
    return run_with(case, case.files)


def as_parameters(cases: Collection[Case], broken: Mapping[str, str] | None = None) -> list[object]:
    """Cases as parameters named by their path.

    Arguments:
        cases: to run.
        broken: id to the known fault of the tool that makes the test fail.
    """
    reasons = broken or {}
    unknown = set(reasons) - {c.id for c in cases}
    assert not unknown, f"known faults of cases that do not exist: {unknown}"
    return [
        pytest.param(c, id=c.id, marks=[pytest.mark.xfail(reason=reasons[c.id])] if c.id in reasons else [])
        for c in cases
    ]


def rebuilt(before: bytes, run: Run, name: str) -> bytes:
    """The new text of a file, put together from the edits alone: all other bytes come from `before`."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(set(run.port.edits.get(name, ()))):
        assert at <= edit.start <= edit.end <= len(before), edit
        parts += (before[at : edit.start], edit.new)
        at = edit.end
    return b"".join([*parts, before[at:]])


def unread(run_read: Read) -> dict[str, int]:
    """How much of each file the reader does not understand."""
    return {name: len(facts.unread) + len(facts.problems) for name, facts in run_read.tree.facts.items()}


CC = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
FLAGS = ("-std=gnu11", "-ffreestanding", "-fno-builtin", "-fsyntax-only", "-Wall", "-D_KERNEL")

needs_cc = pytest.mark.skipif(CC is None, reason="no C compiler: cc, gcc and clang are not in PATH")


def diagnostics(paths: Collection[Path], dialect_name: str, flags: Collection[str] = (), folder: Path = ROOT) -> str:
    """What the C compiler says of some files, both with and without VIMAGE; nothing when all is well.

    Arguments:
        paths: files of one run of the compiler.
        dialect_name: whose headers to take.
        flags: more options.
        folder: to run in.
    """
    assert CC is not None
    said = ""
    for build in ((), ("-DVIMAGE",)):
        include = (f"-I{INCLUDE / dialect_name}", f"-I{INCLUDE / 'common'}")
        command = [CC, *FLAGS, *flags, *build, *include, *map(str, paths)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        said += done.stderr + done.stdout
        if done.returncode and not said:
            said += f"{command} ended with {done.returncode}"
    return said


def called_as_in(release: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Texts with subsystems called as a kernel calls them; a port leaves them as they are."""
    then = release in ("2009", "2010")
    return {name: text.replace(*FIREWALL) if then else text for name, text in files.items()}
