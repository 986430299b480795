"""Lines made to fit a terminal: broken between words there, whole everywhere else."""

import os
import sys
from pathlib import Path

import pytest
from commands.runner import write_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.report import fit

FINDING = "net/frob.c:18: warning: frob_ticks is state that all stacks share, beside state that each has of its own."


@given(st.text(st.sampled_from("ab /.:-,"), max_size=200), st.integers(20, 120))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_no_word_is_broken_and_none_is_lost(line: str, width: int) -> None:
    lines = fit.fitted(line, width)
    assert " ".join(lines).split() == line.split()
    for one in lines:
        assert len(one) <= width or len(one.split()) <= 2 or len(lines) == 1


def test_lines_below_stand_apart() -> None:
    first, *rest = fit.fitted("    " + FINDING, 60)
    assert first.startswith("    net/frob.c:18: warning:")
    assert rest
    assert all(line.startswith("        ") for line in rest)


@pytest.mark.parametrize(
    "line",
    [
        "Next: vport port netinet netinet6 --plan vport.toml --write",
        "    + if_hop.c:592: break;  a line of code",
        "\tif (frob_count > frob_limit)",
        "short",
        "",
    ],
)
def test_noop_commands_code_and_short_lines(line: str) -> None:
    assert fit.fitted(line, 30) == [line]


def test_noop_without_a_terminal() -> None:
    assert fit.fitted(FINDING, 0) == [FINDING]
    assert list(fit.prose([FINDING])) == [FINDING]
    assert fit.page("# A\n\n" + FINDING) == "# A\n\n" + FINDING


class Terminal:
    """A stream that says it is one."""

    closed = False

    def isatty(self) -> bool:
        return True


def on_terminal(patch: pytest.MonkeyPatch, **settings: str) -> None:
    """Sixty columns in colour, unless the settings say otherwise."""
    patch.setattr(sys, "stdout", Terminal())
    patch.delenv("NO_COLOR", raising=False)
    for name, value in {"COLUMNS": "60", "TERM": "xterm", **settings}.items():
        patch.setenv(name, value)


def test_severities_have_a_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    (first, *_) = fit.prose([FINDING])
    assert first.startswith("\x1b[1mnet/frob.c:18\x1b[0m: \x1b[33mwarning\x1b[0m: frob_ticks")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_noop_colour_nobody_wants(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    on_terminal(monkeypatch, **{name: value})
    assert "\x1b" not in "".join(fit.prose([FINDING]))
    assert "\x1b" not in fit.page("# A\n")


def test_noop_a_severity_that_is_only_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    assert list(fit.prose(["an error: nothing"])) == ["an error: nothing"]


def test_pages_fill_the_terminal_and_keep_their_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    example = "```c fires\nint a_long_line_of_code_that_does_not_fit_into_sixty_columns_at_all;\n\nint b;\n```"
    shown = fit.page(f"# VP1 name\n\n{FINDING}\n{FINDING}\n\n{example}\n")
    head, *paragraph = shown.split("\n\n")[:2]
    assert head == "\x1b[1m# VP1 name\x1b[0m"
    assert all(len(line) <= 60 for line in paragraph[0].split("\n"))
    assert example in shown
    assert " ".join(paragraph[0].split()) == f"{FINDING} {FINDING}"


def test_a_check_on_a_terminal_of_forty_columns(tmp_path: Path) -> None:
    import pexpect
    from commands.runner import command, environment

    write_tree(tmp_path, {"a.c": "static VNET_DEFINE(int, frob_n);\nstatic int frob_m;\nvoid f(void) { frob_m++; }\n"})
    first, *rest = command("check", ".", "--no-cache", "-q")
    known = environment(NO_COLOR="1", HOME=str(tmp_path), PATH=os.environ["PATH"])
    child = pexpect.spawn(first, rest, cwd=str(tmp_path), env=known, encoding="utf-8", timeout=60, dimensions=(24, 40))
    child.expect(pexpect.EOF)
    lines = [line for line in str(child.before).replace("\x1b[K", "").splitlines() if "\x1b" not in line]
    assert any(line.startswith("a.c:") for line in lines)
    assert all(len(line) <= 40 or " " not in line.strip() for line in lines)
