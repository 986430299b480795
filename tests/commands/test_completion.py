"""Completion in the shells themselves: what Tab offers is what the command line knows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from commands.runner import Run, environment, run_apart, write_tree
from vport.cli import VERBS

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def known(tmp_path: Path) -> dict[str, str]:
    """An environment with `vport` in its path and a home of its own."""
    folder = write_tree(tmp_path / "bin", {"vport": f'#!/bin/sh\nexec "{sys.executable}" -m vport "$@"\n'})
    (folder / "vport").chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    return environment(
        PATH=f"{folder}:{os.environ['PATH']}", HOME=str(home), XDG_CONFIG_HOME=str(home), XDG_DATA_HOME=str(home)
    )


def offered(shell: str, words: list[str], known: dict[str, str]) -> list[str]:
    """What vport offers a shell for the last of some words."""
    line = " ".join(words)
    more = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "fish": {"COMP_WORDS": line, "COMP_CWORD": words[-1]},
    }[shell]
    done = subprocess.run(
        ["vport"],
        env={**known, **more, "_VPORT_COMPLETE": f"{shell}_complete"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_offered_with_what_it_does(verb: str, known: dict[str, str]) -> None:
    assert f"plain,{verb}" in offered("bash", ["vport", verb[:2]], known)


def test_descriptions_are_offered_where_a_shell_shows_them(known: dict[str, str]) -> None:
    assert "Write or refresh the plan (vport.toml) that a person edits." in offered("zsh", ["vport", "pla"], known)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["vport", "port", "--asked"], ["plain,--asked-as"]),
        (["vport", "port", "--asked-as", ""], ["plain,share", "plain,virtualize"]),
        (["vport", "scan", "--format", "j"], ["plain,json"]),
        (["vport", "explain", "vp20"], ["plain,VP201", "plain,VP202", "plain,VP203"]),
        (["vport", "explain", "set-without"], ["plain,set-without-restore"]),
        (["vport", "completion", ""], ["plain,bash", "plain,zsh", "plain,fish"]),
    ],
    ids=lambda value: " ".join(value[1:]) if value[0] == "vport" else "",
)
def test_options_their_values_and_findings(words: list[str], expected: list[str], known: dict[str, str]) -> None:
    found = offered("bash", words, known)
    assert found[: len(expected)] == expected


def test_offering_verbs_imports_none(known: dict[str, str]) -> None:
    code = (
        "import sys, vport.cli as m, click; c = click.Context(m.cli); m.cli.shell_complete(c, ''); "
        "print([n for n in sys.modules if n.startswith('vport.commands.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_another_shell_is_no_choice(vport: Run) -> None:
    done = vport("completion", "csh")
    assert (done.code, done.raw) == (2, b"")
    assert "'bash', 'zsh', 'fish'" in done.talk


def started(shell: str, script: Path, known: dict[str, str]) -> pexpect.spawn:
    """A shell that has read the script, at its prompt."""
    arguments = {
        "bash": ["--norc", "--noprofile", "-i"],
        "zsh": ["-f", "-i"],
        "fish": ["--no-config", "-i"],
    }[shell]
    set_up = {
        "bash": "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'",
        "zsh": "autoload -Uz compinit && compinit -u -D",
        "fish": "function fish_prompt; echo 'at> '; end",
    }[shell]
    child = pexpect.spawn(shell, arguments, env={**known, "PS1": "at> "}, encoding="utf-8", timeout=30)
    child.setwinsize(40, 160)
    child.sendline(f"{set_up}; source {script}; echo re''ady")
    child.expect("ready\r\n")
    return child


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_a_verb_an_option_and_a_file(shell: str, tmp_path: Path, known: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    text = run_apart("completion", shell, cwd=tmp_path).text
    script = write_tree(tmp_path / "s", {f"vport.{shell}": text}) / f"vport.{shell}"
    write_tree(tmp_path / "home" / "kernel_folder", {"frob.c": "static int frob_n;\n"})
    child = started(shell, script, known)
    child.sendline(f"cd {tmp_path / 'home'}; echo in''side")
    child.expect("inside\r\n")
    child.send("vport dial\t")
    child.expect("ect")
    child.sendcontrol("u")
    child.send("vport scan --cov\t")
    child.expect("erage")
    child.send(" kernel_f\t")
    child.expect("older")
    child.send("\r")
    child.expect("functions")
    child.close(force=True)
