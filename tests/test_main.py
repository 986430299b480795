"""The console script: help with examples that work, exit codes, faults, interruptions, terminals."""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pexpect
import pytest
from click.testing import CliRunner
from commands.runner import ROOT, Result, command, content, environment, run_apart, run_here, write_tree

from vport import __version__
from vport.cli import VERBS, cli

EXAMPLE = re.compile(r"^ {2,}(vport .*?)(?: {2,}\S.*)?$", re.MULTILINE)
MODULE = "static int frob_n = 1;\nint frob_m;\nint\nfrob(void)\n{\n\treturn (frob_n + frob_m);\n}\n"
OLD_PORT = (
    "#include <sys/param.h>\n#include <net/vnet.h>\n\nstatic VNET_DEFINE(int, frob_n) = 1;\n"
    "#define\tV_frob_n\tVNET(frob_n)\n\nint\nfrob(void)\n{\n\treturn (V_frob_n);\n}\n"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VPORT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def help_of(*verb: str) -> str:
    done = CliRunner().invoke(cli, [*verb, "--help"], prog_name="vport")
    assert done.exit_code == 0
    return done.output


EXAMPLES = [(verb, example) for verb in ("", *VERBS) for example in EXAMPLE.findall(help_of(*verb.split()))]


def test_help_lists_the_verbs() -> None:
    text = help_of()
    assert all(re.search(rf"^  {verb} ", text, re.MULTILINE) for verb in VERBS)


def test_short_help_option() -> None:
    assert CliRunner().invoke(cli, ["scan", "-h"], prog_name="vport").output == help_of("scan")


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_shows_examples(verb: str) -> None:
    assert "Example" in help_of(*verb.split())
    assert [e for v, e in EXAMPLES if v == verb]


@pytest.mark.parametrize("verb", VERBS)
def test_help_fits_the_terminal_and_documents_every_option(verb: str) -> None:
    for width in (80, 100, 160):
        text = CliRunner().invoke(cli, [verb, "--help"], prog_name="vport", env={"COLUMNS": str(width)}).output
        assert all(len(line) <= min(width, 100) for line in text.splitlines())
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    for option in found.params:
        if isinstance(option, click.Option):
            assert option.opts[0] in text


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_says_what_it_does(verb: str) -> None:
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    assert [o.name for o in found.params if isinstance(o, click.Option) and not o.help] == []


@pytest.mark.parametrize("example", [e for _, e in EXAMPLES])
def test_examples_of_the_help_work(tmp_path: Path, example: str) -> None:
    """Each in a shell, in a folder that holds the names the examples use."""
    plan = "version = 1\n" + "".join(
        f'[[variable]]\nname = "{name}"\nfile = "{file}"\ndecision = "virtualize"\n'
        for file in ("netinet/frob.c", "sys/net/frob.c")
        for name in ("frob_n", "frob_m")
        if file.split("/")[0] in example
    )
    files = {
        "netinet/frob.c": MODULE,
        "sys/net/frob.c": MODULE,
        "frob.c": MODULE,
        "net/if_hop.c": MODULE,
        "mod/frob.c": OLD_PORT,
        "hop_model.py": 'from vport.runtime.model import Module\n\nMODULE = Module(name="hop")\n',
        "names": "frob_n\n",
        "vport.toml": plan,
        "p.toml": plan,
    }
    made = re.search(r"-o (\S+\.c)", example)
    files.pop(made[1] if made else "", None)
    write_tree(tmp_path / "w", files)
    write_tree(tmp_path / "bin", {"vport": f'#!/bin/sh\nexec "{sys.executable}" -m vport "$@"\n'})
    (tmp_path / "bin" / "vport").chmod(0o755)
    if "--staged" in example:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path / "w", check=True)
    if "prove" in example or "--commit" in example:
        write_tree(tmp_path / "w" / "sys.orig", {"net/frob.c": MODULE})
        settings = "git config user.name n && git config user.email n@example.org && git config commit.gpgsign false"
        made_up = f"git init -q -b main && {settings} && git add . && git commit -q -m x"
        made_up += " && git branch port" if "prove" in example else ""
        subprocess.run(["sh", "-c", made_up], cwd=tmp_path / "w", check=True)
    known = environment(PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    if " review " in example:
        assert ended_by(example, "q", tmp_path / "w", known) == 0
        return
    done = subprocess.run(
        ["sh", "-c", example], cwd=tmp_path / "w", env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == (1 if "--check" in example else 0), done.stderr
    assert "Usage" not in done.stderr
    after = content(tmp_path / "w")
    changed = {name for name in files if after[name] != files[name].encode()} - {"vport.toml"}
    changed -= {"hop_model.py"} if example.startswith("vport model") else set()
    assert changed == ({example.split()[2] + "/frob.c"} if "--write" in example or "git apply" in example else set())


def ended_by(example: str, key: str, folder: Path, known: dict[str, str]) -> int | None:
    """The exit code of a conversation that a person ends at once."""
    child = pexpect.spawn("sh", ["-c", example], cwd=str(folder), env=known, encoding="utf-8", timeout=30)
    if child.expect([r"\? \[[^]]*\] ?", pexpect.EOF]) == 0:
        child.sendline(key)
        child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_version() -> None:
    done = CliRunner().invoke(cli, ["--version"], prog_name="vport")
    assert done.output == f"vport, version {__version__}\n"


def test_verbs_are_imported_only_when_asked_for() -> None:
    late = ("tree_sitter", "pycparser", "rich", "tomlkit", "jinja2", "vport.tree")
    code = f"import sys, vport.cli; print([m for m in sys.modules if m in {late}])"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "before", ["", "threading.Thread(target=time.sleep, args=(0.3,)).start(); "], ids=["alone", "threads"]
)
def test_what_waits_for_the_end_is_done(before: str) -> None:
    code = (
        f"import atexit, sys, threading, time; {before}atexit.register(print, 'at last'); "
        "sys.argv = ['vport', '--version']; from vport.__main__ import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == f"vport, version {__version__}\nat last\n"


# Exit codes


def test_exit_0_clean(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    assert run_apart("scan", ".", cwd=tmp_path).code == 0


def test_exit_1_would_change(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    assert run_apart("plan", ".", "--from-list", "-", cwd=tmp_path, stdin=b"frob_n").code == 0
    assert run_apart("port", ".", "--check", cwd=tmp_path).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("--nonsense",),
        ("scan",),
        ("scan", "--nonsense", "."),
        ("scan", ".", "--format", "xml"),
        ("scan", ".", "--max-size", "many"),
        ("scan", "nowhere"),
        ("port", ".", "--plan", "nowhere.toml"),
        ("port", ".", "--asked-as", "maybe"),
        ("port", ".", "--dialect", "linux"),
        ("plan", ".", "--from-list", "nowhere"),
        ("sca", "."),
    ],
    ids=" ".join,
)
def test_exit_2_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    done = run_here(monkeypatch, *arguments)
    assert (done.code, done.raw) == (2, b"")
    assert done.talk
    assert "Traceback" not in done.talk


def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException) -> Result:
    """A scan in whose middle something breaks."""

    def fail(*_: object) -> None:
        raise error

    write_tree(tmp_path / "t", {"a.c": MODULE})
    with monkeypatch.context() as inner:
        inner.setattr("vport.read.read_facts", fail)
        return run_here(inner, "scan", tmp_path / "t")


def test_exit_3_fault_with_a_log_to_paste(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = broken(monkeypatch, tmp_path, ZeroDivisionError("injected"))
    log = Path(os.environ["VPORT_CACHE_DIR"]) / "fault.log"
    assert (done.code, done.raw) == (3, b"")
    assert done.talk == f"vport: internal fault: ZeroDivisionError: injected; please report it with {log}\n"
    text = log.read_text()
    assert f"vport {__version__}, Python {sys.version.split()[0]}" in text
    assert "'scan'" in text
    assert text.rstrip().endswith("ZeroDivisionError: injected")


def test_exit_3_where_no_log_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VPORT_CACHE_DIR", "/dev/null/cache")
    done = broken(monkeypatch, tmp_path, ZeroDivisionError("injected"))
    assert done.code == 3
    assert "ZeroDivisionError: injected\nTraceback" in done.talk


@pytest.mark.parametrize("error", [RecursionError("deep"), MemoryError(), AssertionError()])
def test_exit_3_for_any_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    assert broken(monkeypatch, tmp_path, error).code == 3


def test_exit_130_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken(monkeypatch, tmp_path, KeyboardInterrupt()).code == 130


def long_tree(folder: Path) -> Path:
    """A tree that takes some seconds and needs processes."""
    body = "".join(
        f"int f{i}(int a)\n{{\n\tint b = a + {i};\n\n\tif (b > 3)\n\t\treturn (f0(b));\n\treturn (b);\n}}\n"
        for i in range(3000)
    )
    return write_tree(folder, {f"{i}.c": f"static int n{i};\n{body}" for i in range(40)})


@pytest.mark.parametrize("whole_group", [False, True], ids=["kill_int", "ctrl_c"])
def test_interrupted_scan_leaves_no_files_and_no_processes(tmp_path: Path, whole_group: bool) -> None:
    tree = long_tree(tmp_path / "t")
    before = content(tmp_path)
    process = subprocess.Popen(
        command("port", "t", "--plan", "-", "--write"),
        cwd=tmp_path,
        env=environment(VPORT_CACHE_DIR=str(tmp_path / "cache")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(b"version = 1\n")
    process.stdin.close()
    process.stdin = None
    deadline = time.monotonic() + 20
    while not (tmp_path / "cache").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert out == b""
    assert b"fault" not in err
    assert not (tmp_path / "cache" / "fault.log").exists()
    shutil.rmtree(tmp_path / "cache")
    assert content(tmp_path) == before
    assert tree.exists()
    with contextlib.suppress(ProcessLookupError):
        time.sleep(0.2)
        os.killpg(process.pid, 0)
        pytest.fail("workers outlive the run")


def test_interrupted_says_that_nothing_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "interrupted; nothing was written" in broken(monkeypatch, tmp_path, KeyboardInterrupt()).talk


def test_reader_of_the_results_may_leave_early(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.c": "".join(f"static int frob_with_a_long_name_{i};\n" for i in range(3000))})
    shell = f'"{sys.executable}" -m vport scan . -q --format json | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    first, code = done.stdout.splitlines()
    assert first == "["
    assert done.stderr == ""
    assert code in ("0", "1", "141")


@pytest.mark.parametrize("arguments", ["scan .", "scan . -f json", "plan . -o -", "dialect .", "--help", "scan -h"])
def test_results_into_a_full_disk(tmp_path: Path, arguments: str) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command(*arguments.split()),
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    said = b"vport: standard output: No space left on device; the results are not complete.  Make room and run again.\n"
    assert done.stderr == said


@pytest.mark.parametrize("arguments", ["scan .", "scan . -f csv", "plan . -o -", "--help", "plan --help"])
def test_reader_that_left_before_the_results(tmp_path: Path, arguments: str) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command(*arguments.split()),
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert b"rror" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "2>/dev/full", ">&- 2>&- <&-"])
def test_streams_that_are_closed_stop_nothing(tmp_path: Path, closed: str) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    shell = f'"{sys.executable}" -m vport plan . {closed}; echo $?'
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert done.stdout == b"0\n"
    assert (tmp_path / "vport.toml").exists()


def test_locale_without_the_characters_of_a_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"größe.c": MODULE})
    settings = {"PYTHONIOENCODING": "iso-8859-7", "VPORT_CACHE_DIR": str(tmp_path / "c")}
    assert "gr\\xf6\\xdfe.c:1" in run_apart("scan", ".", cwd=tmp_path, **settings).text
    assert '"größe.c"' in run_apart("scan", ".", "-f", "json", cwd=tmp_path, **settings).text
    assert 'file = "größe.c"' in run_apart("plan", ".", "-o", "-", cwd=tmp_path, **settings).text


# Terminals


@contextlib.contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    leader, follower = pty.openpty()
    try:
        yield leader, follower
    finally:
        os.close(leader)
        with contextlib.suppress(OSError):
            os.close(follower)


def on_a_terminal(*arguments: str, cwd: Path, stream: str, **more: str) -> tuple[str, str]:
    """A run with one of its streams on a terminal: what the terminal got, and what the other stream got."""
    with terminal() as (leader, follower):
        other = "stdout" if stream == "stderr" else "stderr"
        streams = {stream: follower, other: subprocess.PIPE}
        process = subprocess.Popen(command(*arguments), cwd=cwd, env=environment(**more), **streams)  # type: ignore[call-overload]
        os.close(follower)
        seen = b""
        while True:
            if not select.select([leader], [], [], 30)[0]:
                break
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        rest = getattr(process, other).read()
        process.communicate(timeout=30)
        assert process.returncode == 0
    return seen.decode(), rest.decode()


def test_progress_bar_on_a_terminal(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"{i}.c": MODULE for i in range(3)})
    seen, out = on_a_terminal("scan", ".", cwd=tmp_path, stream="stderr")
    assert "facts" in seen
    assert "3/3" in seen
    assert "\x1b" not in out
    assert "facts" not in out
    assert "6 variables in 3 files" in seen


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_no_progress_bar_when_quiet(tmp_path: Path, option: str) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    seen, out = on_a_terminal("scan", ".", option, cwd=tmp_path, stream="stderr")
    assert seen == ""
    assert "frob_n" in out


def test_no_progress_bar_without_a_terminal(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    done = run_apart("scan", ".", cwd=tmp_path)
    assert done.talk.splitlines() == [done.talk.strip()]


def test_table_in_colour_on_a_terminal(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    assert "\x1b[" in on_a_terminal("scan", ".", "-q", cwd=tmp_path, stream="stdout")[0]
    assert "\x1b" not in on_a_terminal("scan", ".", "-q", cwd=tmp_path, stream="stdout", NO_COLOR="1")[0]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_formats_for_programs_never_have_colour(tmp_path: Path, form: str) -> None:
    write_tree(tmp_path, {"a.c": MODULE})
    assert "\x1b" not in on_a_terminal("scan", ".", "-q", "-f", form, cwd=tmp_path, stream="stdout")[0]


def test_runs_from_any_folder(tmp_path: Path) -> None:
    write_tree(tmp_path / "a b" / "t", {"x.c": MODULE})
    assert "frob_n" in run_apart("scan", "t", cwd=tmp_path / "a b").text
    assert "frob_n" in run_apart("scan", tmp_path / "a b" / "t", cwd=ROOT).text
    assert "frob_n" in run_apart("scan", "../t", cwd=tmp_path / "a b" / "t").text
