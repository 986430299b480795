"""The examples of README.md are what vport gives."""

import re

import cases
import pytest

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


def ported(name: str) -> str:
    wanted = {(name, function, variable) for function, variable in VARIABLES[name]}
    run = cases.run_port(SOURCES, wanted, "freebsd-13", life=True)
    return unified_diff(name, SOURCES[name], run.port.edits[name]).decode()


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
