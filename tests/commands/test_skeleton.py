"""`vport skeleton`: the new module compiles in every build, lives as it should, and leaves nothing for a port to do."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import cases
import pytest

from commands.runner import ROOT, Run, run_apart

KERNEL = Path(__file__).with_name("skeleton_kernel.c")
DIALECTS = tuple(cases.DIALECTS)
BUILDS = {"default": (), "vimage": ("-DVIMAGE",)}
COMPILERS = [
    pytest.param(c, marks=pytest.mark.skipif(shutil.which(c) is None, reason=f"{c} is not in PATH"))
    for c in ("gcc", "clang")
]
LONGEST = "a_name_of_thirty_one_characters"
NAMES = ("frob", "f", "Frob_2", "_frob", LONGEST, LONGEST.upper())
KERNEL_NAMES = ("callout", "curvnet", "hz", "module", "mtx", "sysctl", "vnet")
"""Names that the kernel uses for things of its own."""

every_dialect = pytest.mark.parametrize("dialect", DIALECTS)
every_name = pytest.mark.parametrize("name", NAMES)
every_build = pytest.mark.parametrize("build", BUILDS)
every_compiler = pytest.mark.parametrize("compiler", COMPILERS)


def compile_c(compiler: str, dialect: str, *arguments: str | Path) -> str:
    """What a compiler says of a run with the bundled headers of a dialect."""
    include = (f"-I{cases.INCLUDE / dialect}", f"-I{cases.INCLUDE / 'common'}")
    flags = ("-std=gnu11", "-ffreestanding", "-fno-builtin", "-Wall", "-Wextra", "-Werror", "-D_KERNEL")
    command = [compiler, *flags, *include, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode == 0 else f"{done.returncode}: {done.stdout}{done.stderr}"


def make(vport: Run, name: str, dialect: str, output: str = "frob.c") -> Path:
    """A skeleton in the folder we stand in."""
    done = vport("skeleton", name, "--dialect", dialect, "-o", output)
    assert (done.code, done.text, done.talk) == (0, "", "")
    return Path(output).resolve()


@every_compiler
@every_build
@every_dialect
@pytest.mark.parametrize("checks", [(), ("-DINVARIANTS",)], ids=["plain", "invariants"])
def test_compiles_without_a_word(
    vport: Run, work: Path, compiler: str, build: str, dialect: str, checks: tuple[str, ...]
) -> None:
    source = make(vport, "frob", dialect)
    assert compile_c(compiler, dialect, "-fsyntax-only", *BUILDS[build], *checks, source) == ""


@cases.needs_cc
@every_dialect
@pytest.mark.parametrize("name", [*NAMES, *KERNEL_NAMES])
def test_compiles_under_any_name(vport: Run, work: Path, name: str, dialect: str) -> None:
    source = make(vport, name, dialect)
    for flags in BUILDS.values():
        assert compile_c("cc", dialect, "-fsyntax-only", *flags, source) == ""


LIFE = {
    "default": """\
load
MOD_LOAD: 0
mtx_init frob
stack 0: callout_init
stack 0: callout_reset 100
timers
stack 0: callout_reset 100
MOD_SHUTDOWN: 45
unload
MOD_QUIESCE: 0
MOD_UNLOAD: 0
stack 0: callout_drain
mtx_destroy
""",
    "vimage": """\
load
MOD_LOAD: 0
mtx_init frob
stack 0: callout_init
stack 0: callout_reset 100
new stack
stack 1: callout_init
stack 1: callout_reset 100
timers
stack 1: callout_reset 500
stack 0: callout_reset 100
stack ends
stack 1: callout_drain
MOD_SHUTDOWN: 45
unload
MOD_QUIESCE: 0
MOD_UNLOAD: 0
stack 0: callout_drain
mtx_destroy
""",
}
"""What a kernel is asked for, in this order."""


@every_compiler
@every_build
@every_dialect
def test_lives_as_the_keys_say(vport: Run, work: Path, compiler: str, build: str, dialect: str) -> None:
    make(vport, "frob", dialect)
    flags = (*BUILDS[build], "-DINVARIANTS", f"-I{work}")
    assert compile_c(compiler, dialect, *flags, KERNEL, "-o", work / "kernel") == ""
    done = subprocess.run([work / "kernel"], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, LIFE[build])


@every_dialect
@every_name
def test_shared_are_the_lock_and_the_registration(vport: Run, work: Path, name: str, dialect: str) -> None:
    make(vport, name, dialect)
    done = vport("scan", "frob.c", "--format", "json")
    assert done.code == 0
    assert {row["name"]: row["decision"] for row in json.loads(done.text)} == {
        f"{name}_mtx": "share",
        f"{name}_mod": "share",
        f"{name}_interval": "virtualize",
        f"{name}_callout": "virtualize",
    }


@every_dialect
@every_name
def test_is_read_to_the_last_byte(vport: Run, work: Path, name: str, dialect: str) -> None:
    source = make(vport, name, dialect)
    assert all(n == 0 for n in cases.unread(cases.read_files({"frob.c": source.read_bytes()})).values())


@every_dialect
@every_name
def test_port_changes_nothing(vport: Run, work: Path, name: str, dialect: str) -> None:
    source = make(vport, name, dialect)
    before = source.read_bytes()
    assert vport("plan", "frob.c", "--dialect", dialect).code == 0
    done = vport("port", "frob.c", "--check")
    assert (done.code, done.text) == (0, "")
    assert done.talk.startswith("0 variables virtualized, 0 files would change, 0 variables refused, 0 not in the plan")
    assert vport("port", "frob.c", "--write").code == 0
    assert source.read_bytes() == before


@every_dialect
@every_name
def test_layout_is_that_of_style_9(vport: Run, work: Path, name: str, dialect: str) -> None:
    text = make(vport, name, dialect).read_text(encoding="ascii")
    lines = text.splitlines()
    assert text.endswith(";\n") and "\n\n\n" not in text
    assert [line for line in lines if len(line.expandtabs(8)) > 80] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert [line for line in lines if " \t" in line] == []
    for line in lines:
        lead = line[: len(line) - len(line.lstrip())]
        assert lead.lstrip("\t") in ("", " " * 4) or (lead == " " and line.startswith(" *")), line
        assert not line.startswith("#define ")


def test_values_of_macros_stand_in_one_column(vport: Run, work: Path) -> None:
    text = make(vport, "frob", "freebsd-13").read_text()
    orders = [line.expandtabs(8) for line in text.splitlines() if line.startswith("#define\tFROB_")]
    assert {line.index(line.split(None, 2)[2]) for line in orders} == {32}


def test_dialects_spell_it_their_way(vport: Run, work: Path) -> None:
    new, old = (vport("skeleton", "frob", "--dialect", d).text for d in DIALECTS)
    assert "\nVNET_DEFINE_STATIC(int, frob_interval) = 1;\n" in new
    assert "\nSYSCTL_INT(_net_frob, OID_AUTO, interval, CTLFLAG_VNET | CTLFLAG_RW,\n" in new
    assert "SYSCTL_VNET_" not in new and "static VNET_DEFINE" not in new
    assert "\nstatic VNET_DEFINE(int, frob_interval) = 1;\n" in old
    assert "\nSYSCTL_VNET_INT(_net_frob, OID_AUTO, interval, CTLFLAG_RW,\n" in old
    assert "CTLFLAG_VNET" not in old and "VNET_DEFINE_STATIC" not in old
    assert len(set(new.splitlines()) - set(old.splitlines())) == 3


def test_the_default_dialect_on_standard_output(vport: Run, work: Path) -> None:
    plain = vport("skeleton", "frob")
    assert (plain.code, plain.talk) == (0, "")
    assert plain.raw == vport("skeleton", "frob", "-o", "-", "--dialect", "freebsd-13").raw
    assert plain.raw == make(vport, "frob", "freebsd-13").read_bytes()
    assert os.listdir(work) == ["frob.c"]


@pytest.mark.parametrize(
    "name", ["", " ", "9frob", "a-b", "a b", "a.c", "../frob", "frob\n", "frobé", "ſ", "a;b", '"', "{{ 1 }}"]
)
def test_refuses_what_is_no_identifier(vport: Run, work: Path, name: str) -> None:
    done = vport("skeleton", name, "-o", "frob.c")
    assert (done.code, done.text) == (2, "")
    assert done.talk == (
        f"vport: {name!r} is no C identifier; use letters, digits and underscores, and no digit first\n"
    )
    assert os.listdir(work) == []


@pytest.mark.parametrize("name", ["int", "static", "_Bool"])
def test_refuses_keywords(vport: Run, work: Path, name: str) -> None:
    done = vport("skeleton", name)
    assert (done.code, done.text) == (2, "")
    assert done.talk == f"vport: {name!r} is a keyword of C; choose another name, such as {name}_mod\n"
    assert vport("skeleton", f"{name}_mod").code == 0


def test_refuses_names_the_kernel_would_cut(vport: Run, work: Path) -> None:
    assert len(LONGEST) == 31
    done = vport("skeleton", LONGEST + "x")
    assert (done.code, done.text) == (2, "")
    assert "has 32 characters; the kernel shows 31 of a module's name" in done.talk


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("frob", "--dialect", "freebsd-4"), ("frob", "--no-such-thing")])
def test_wrong_command_line(vport: Run, work: Path, arguments: tuple[str, ...]) -> None:
    done = vport("skeleton", *arguments)
    assert (done.code, done.text) == (2, "")
    assert done.talk


def test_does_not_overwrite_unless_told_to(vport: Run, work: Path) -> None:
    (work / "frob.c").write_text("mine\n")
    (work / "frob.c").chmod(0o640)
    done = vport("skeleton", "frob", "-o", "frob.c")
    assert (done.code, done.text) == (2, "")
    assert done.talk == ("vport: frob.c: is there already; nothing was changed.  Name another file, or say --force.\n")
    assert (work / "frob.c").read_text() == "mine\n"
    assert vport("skeleton", "frob", "-o", "frob.c", "--force").code == 0
    assert (work / "frob.c").read_text().startswith("/*\n * frob: what the module does.\n")
    assert (work / "frob.c").stat().st_mode & 0o777 == 0o640
    assert os.listdir(work) == ["frob.c"]


def test_does_not_overwrite_through_a_link(vport: Run, work: Path) -> None:
    (work / "frob.c").symlink_to("nowhere.c")
    assert vport("skeleton", "frob", "-o", "frob.c").code == 2
    assert os.listdir(work) == ["frob.c"]


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_folder_that_is_not_there(vport: Run, work: Path, force: tuple[str, ...]) -> None:
    done = vport("skeleton", "frob", "-o", "no/frob.c", *force)
    assert (done.code, done.text) == (2, "")
    assert done.talk == "vport: no/frob.c: cannot be written: No such file or directory; nothing was changed\n"


def test_folder_in_place_of_the_file(vport: Run, work: Path) -> None:
    (work / "d").mkdir()
    assert vport("skeleton", "frob", "-o", "d").code == 2
    done = vport("skeleton", "frob", "-o", "d", "--force")
    assert (done.code, done.text) == (2, "")
    assert done.talk.startswith("vport: d: cannot be written: ")
    assert os.listdir(work) == ["d"] and os.listdir(work / "d") == []


def test_a_bad_name_touches_no_file(vport: Run, work: Path) -> None:
    (work / "frob.c").write_text("mine\n")
    assert vport("skeleton", "a-b", "-o", "frob.c", "--force").code == 2
    assert (work / "frob.c").read_text() == "mine\n"


def test_help_has_examples(vport: Run, work: Path) -> None:
    done = vport("skeleton", "--help")
    assert done.code == 0
    assert "Examples:" in done.text and "vport skeleton frob -o frob.c" in done.text
    assert "skeleton" in vport("--help").text


def test_as_a_process(work: Path) -> None:
    done = run_apart("skeleton", "frob", cwd=work)
    assert (done.code, done.talk) == (0, "")
    assert done.text.endswith("MODULE_VERSION(frob, 1);\n")


def test_readme_shows_a_real_run(vport: Run, work: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("`vport skeleton frob`", 1)[1].split("```c\n", 1)[1].split("```", 1)[0]
    text = vport("skeleton", "frob").text
    assert all(part in text for part in shown.split("...\n"))
