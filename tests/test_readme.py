"""The examples of README.md are what vport gives."""

import re
import tomllib
from pathlib import Path

import cases
import pytest
from click.testing import CliRunner

from vport.checks.config import Config, read_config
from vport.commands import check, model, run
from vport.diff import unified_diff

README = (cases.ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = {path.name: path.read_bytes() for path in sorted((cases.ROOT / "fixtures" / "readme").iterdir())}
VARIABLES = {
    "frob.c": {("", "frob_ttl"), ("", "frob_limit"), ("", "frob_cb"), ("frob_input", "drops")},
    "frob_timer.c": {("", "frob_list"), ("", "frob_callout")},
}


def examples(language: str) -> list[str]:
    """Pieces of the examples in one language; dots stand for what is left out."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [piece for block in blocks for piece in re.split(r"^\.\.\.\n", block, flags=re.MULTILINE)]


def port(name: str) -> cases.Run:
    wanted = {(name, function, variable) for function, variable in VARIABLES[name]}
    return cases.run_port(SOURCES, wanted, "freebsd-13", life=True)


def ported(name: str) -> str:
    return unified_diff(name, SOURCES[name], port(name).port.edits[name]).decode()


@pytest.fixture
def frob_timer(tmp_path: Path) -> Path:
    """The ported module in a folder of its own."""
    path = tmp_path / "frob_timer.c"
    path.write_bytes(port(path.name).after[path.name])
    return path


def test_shows_the_model_that_is_made(frob_timer: Path) -> None:
    given = CliRunner().invoke(model.command, [str(frob_timer), "--no-cache"])
    assert examples("python")
    for piece in examples("python"):
        assert re.sub(r"\)\n$", ")", piece) in given.stdout
    assert given.stderr.strip().splitlines()[-1] in README


def test_shows_what_a_run_finds(frob_timer: Path) -> None:
    lines = frob_timer.read_text().splitlines(keepends=True)
    frob_timer.write_text("".join(line for line in lines if "callout_drain" not in line))
    command, *pieces = examples("console")
    words = command.split()
    assert words[:3] == ["$", "vport", "run"]
    given = CliRunner().invoke(run.command, [str(frob_timer), *words[4:], "--no-cache"])
    assert pieces
    for piece in pieces:
        assert piece in given.stdout


def test_shows_what_a_check_finds(frob_timer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = frob_timer.read_text().replace("\tCURVNET_RESTORE();\n}", "}", 1)
    text = text.replace("static void\nfrob_tick", "static int frob_ticks;\n\nstatic void\nfrob_tick", 1)
    frob_timer.write_text(text.replace("\tTAILQ_FOREACH", "\tfrob_ticks++;\n\tTAILQ_FOREACH", 1))
    (shown,) = examples("text")
    command, _, found = shown.partition("\n")
    assert command == "$ vport check frob_timer.c"
    monkeypatch.chdir(frob_timer.parent)
    given = CliRunner().invoke(check.command, [frob_timer.name, "--no-cache"])
    assert given.stdout == found


def test_shows_settings_that_exist() -> None:
    (shown,) = examples("toml")
    config = read_config(tomllib.loads(shown)["check"], "README.md")
    assert config.seconds == Config().seconds


def test_shows_the_diffs_that_the_port_gives() -> None:
    given = "".join(ported(name) for name in VARIABLES)
    assert examples("diff")
    for piece in examples("diff"):
        assert piece in given


@pytest.mark.parametrize("name", VARIABLES)
def test_shows_what_the_port_was_given(name: str) -> None:
    text = SOURCES[name].decode()
    shown = [piece for piece in examples("c") if any(v in piece for _, v in VARIABLES[name] if v != "drops")]
    assert any(piece in text for piece in shown)


@cases.needs_cc
@pytest.mark.parametrize("name", VARIABLES)
def test_shows_modules_that_compile(name: str) -> None:
    path = cases.ROOT / "fixtures" / "readme" / name
    assert cases.diagnostics([path], "freebsd-13", ["-Wno-unused", "-include", "sys/queue.h"]) == ""
