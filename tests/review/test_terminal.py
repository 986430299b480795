"""Reviews on a real pseudo-terminal: what a person sees, types and finds in the plan afterwards."""

import re
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from commands.runner import ROOT, command, environment, run_apart, write_tree

from review.conftest import FILES, PLAN
from vport.plan import read_plan

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
QUESTION = r"\? \[[a-z,?]+\][^ ]* "


class Person:
    """Somebody at a terminal.

    Arguments:
        folder: they stand in.
        arguments: of `vport review`.
        size: of the terminal, lines and columns.
        settings: of the environment.
    """

    def __init__(self, folder: Path, *arguments: str, size: tuple[int, int] = (24, 80), **settings: str) -> None:
        known = environment(VPORT_CACHE_DIR=str(folder.parent / "cache"), **settings)
        first, *rest = command("review", *arguments)
        self.child = pexpect.spawn(
            first, rest, cwd=str(folder), env=known, encoding="utf-8", timeout=30, dimensions=size
        )

    def sees(self, pattern: str = QUESTION) -> str:
        """All up to what matches, without escapes."""
        self.child.expect(pattern)
        assert isinstance(self.child.before, str)
        return ESCAPE.sub("", self.child.before + str(self.child.after)).replace("\r\n", "\n")

    def types(self, line: str) -> str:
        """Answer, and see what comes up to the next question."""
        self.child.sendline(line)
        return self.sees()

    def ends(self, line: str = "") -> tuple[int | None, str]:
        """Answer the last question: the exit code, and what was said."""
        if line:
            self.child.sendline(line)
        said = self._rest()
        self.child.close()
        return self.child.exitstatus, said

    def _rest(self) -> str:
        self.child.expect(pexpect.EOF)
        assert isinstance(self.child.before, str)
        return ESCAPE.sub("", self.child.before).replace("\r\n", "\n")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    yield write_tree(tmp_path / "w", {**FILES, "vport.toml": PLAN})


def decisions(tree: Path) -> dict[str, str]:
    return {entry.name: entry.decision for entry in read_plan(tree / "vport.toml").entries}


def test_a_whole_review(tree: Path) -> None:
    person = Person(tree, ".")
    first = person.sees()
    assert "frob_ttl\n  int, static, frob.c:4" in first
    assert "-static int frob_ttl = 7;\t/* hops */" in first.replace("        ", "\t")
    assert "+VNET_DEFINE_STATIC(int, frob_ttl) = 7;" in first
    assert "(1/4, 1/2) Accept? [y,n,s,a,e,b,u,q,?,h]" in first
    assert "frob_count\n" in person.types("a")
    refused = person.types("n one count is enough")
    assert "frob_count stays shared; vport.toml says so." in refused
    assert "frob_limit\n" in refused
    code, said = person.ends("q")
    assert code == 0
    assert re.search(r"1 of 4 hunks accepted, 1 variable refused, 3 left\.\nNext: vport review \.", said)
    assert decisions(tree) == {"frob_ttl": "virtualize", "frob_count": "share", "frob_limit": "virtualize"}
    assert {name: (tree / name).read_bytes() for name in FILES} == FILES


def test_the_next_port_honours_the_review(tree: Path) -> None:
    person = Person(tree, ".")
    person.sees()
    person.types("n no")
    person.ends("q")
    done = run_apart("port", ".", cwd=tree)
    assert "V_frob_ttl" not in done.text
    assert "V_frob_count" in done.text


def test_quit_and_go_on_until_all_is_accepted(tree: Path) -> None:
    person = Person(tree, ".")
    person.sees()
    person.types("y")
    person.ends("q")
    person = Person(tree, ".")
    assert "(1/4, 2/2)" in person.sees()
    for _ in range(2):
        person.types("a")
    person.types("a")
    code, said = person.ends("a")
    assert code == 0
    assert re.search(r"(\d+) of \1 hunks accepted, 0 left\.\nNext: vport port \. --write", said)
    code, said = Person(tree, ".").ends()
    assert (code, "Accept?" in said) == (0, False)
    assert "(1/4, 1/2)" in Person(tree, ".", "--again").sees()


def test_explains_undoes_goes_back_and_edits(tree: Path) -> None:
    person = Person(tree, ".")
    person.sees()
    why = person.types("?")
    assert "definitions: frob_ttl: one for each network stack" in why
    assert "evidence:" in why
    assert "read by\n    frob_input(), frob.c:26" in why
    assert "accept this hunk" in person.types("h")
    assert "accept this hunk" in person.types("nonsense")
    assert "(1/4, 2/2)" in person.types("y")
    assert "accepted before" in person.types("b")
    assert "this is the first hunk" in person.types("b")
    assert "(1/4, 2/2)" in person.types("s")
    assert "is left open" in person.types("e ask who knows")
    assert decisions(tree)["frob_ttl"] == "ask"
    assert "(1/4, 2/2)" in person.types("u")
    assert decisions(tree)["frob_ttl"] == "virtualize"
    person.child.sendline("e")
    person.sees("and why:[^ ]* ")
    assert "nothing was changed" in person.types("perhaps")
    assert (tree / "vport.toml").read_text() == PLAN
    assert "there is nothing to undo" in [person.types("u") for _ in range(4)][-1]
    assert person.ends("q")[0] == 0


def test_refusing_what_several_need_asks_first(tmp_path: Path) -> None:
    source = b"""#include <sys/param.h>

static int frob_a;
static int frob_b;

static void
frob_note(void)
{
	frob_a += frob_b;
}

static void
frob_tick(void *arg)
{
	frob_note();
	callout_reset(&frob_timer, hz, frob_tick, NULL);
}

void
frob_start(void)
{
	callout_reset(&frob_timer, hz, frob_tick, NULL);
}
"""
    plan = "version = 1\n" + "".join(
        f'[[variable]]\nname = "{n}"\nfile = "frob.c"\ndecision = "virtualize"\n' for n in ("frob_a", "frob_b")
    )
    tree = write_tree(tmp_path / "w", {"frob.c": source, "vport.toml": plan})
    person = Person(tree, ".", "--variable", "frob_b")
    seen = person.sees()
    while "What several variables need" not in seen:
        seen = person.types("y")
    person.child.sendline("n")
    assert "That is about all that need it: frob_a, frob_b." in person.sees(r"\[y,n\][^ ]* ")
    assert "Accept?" in person.types("n")
    assert set(decisions(tree).values()) == {"virtualize"}
    person.child.sendline("n no timers")
    person.sees(r"\[y,n\][^ ]* ")
    code, said = person.ends("y")
    assert (code, "2 variables refused" in said) == (0, True)
    assert set(decisions(tree).values()) == {"share"}


def test_open_decisions_one_by_one(tree: Path) -> None:
    (tree / "vport.toml").write_text(PLAN.replace('"virtualize"', '"ask"'))
    person = Person(tree, ".", "--decisions")
    first = person.sees()
    assert "frob_ttl\n  int, static, frob.c:4" in first
    assert "% that each network stack has its own" in first
    assert "(1/3) Whose is it?" in first
    second = person.types("v of a stack")
    assert "note: counts" in second
    assert "frob_input(), frob.c:25: frob_count += a;" in second
    assert "user(), user.c:6" in person.types("?")
    assert "(3/3)" in person.types("s")
    assert "decided: share" in person.types("u") or decisions(tree)["frob_count"] == "ask"
    person.types("s")
    code, said = person.ends("k")
    assert code == 0
    assert re.search(r"2 of 3 open decisions settled in vport\.toml\.\nNext: vport review \. --decisions", said)
    assert decisions(tree) == {"frob_ttl": "virtualize", "frob_count": "share", "frob_limit": "ask"}
    assert 'note = "of a stack"' in (tree / "vport.toml").read_text()


def test_noop_no_open_decision(tree: Path) -> None:
    code, said = Person(tree, ".", "--decisions").ends()
    assert (code, "0 of 0 open decisions" in said) == (0, True)
    assert (tree / "vport.toml").read_text() == PLAN


@pytest.mark.parametrize("arguments", [["."], [".", "--decisions"]], ids=["hunks", "decisions"])
def test_ctrl_c_loses_nothing(tree: Path, arguments: list[str]) -> None:
    (tree / "vport.toml").write_text(PLAN.replace('"virtualize"', '"ask"', 1) if arguments[1:] else PLAN)
    person = Person(tree, *arguments)
    person.sees()
    if not arguments[1:]:
        person.types("n no")
    person.child.sendintr()
    code, said = person.ends()
    assert code == 130
    assert "interrupted; every answer so far is kept; the same command goes on" in said
    assert decisions(tree)["frob_ttl"] == ("ask" if arguments[1:] else "share")
    assert sorted(p.name for p in tree.iterdir()) == sorted([*FILES, "vport.toml"])


def test_the_end_of_the_input_quits(tree: Path) -> None:
    person = Person(tree, ".")
    person.sees()
    person.types("y")
    person.child.sendeof()
    code, said = person.ends()
    assert (code, bool(re.search(r"1 of \d hunks accepted, \d left", said))) == (0, True)


def test_a_terminal_that_changes_its_size(tree: Path) -> None:
    person = Person(tree, ".", size=(50, 200))
    person.sees()
    wide = person.types("?")
    person.child.setwinsize(24, 60)
    narrow = person.types("?")
    if "evidence" not in narrow:  # the question was painted again for the new size
        narrow = person.sees()
    told = narrow[narrow.index("evidence") : narrow.index("weighed")].splitlines()
    assert max(map(len, wide.splitlines())) > 80
    assert len(told) > 1
    assert max(map(len, told)) <= 60


@pytest.mark.parametrize(
    ("settings", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "no_color", "dumb"],
)
def test_colour(tree: Path, settings: dict[str, str], coloured: bool) -> None:
    person = Person(tree, ".", **settings)
    person.child.expect(QUESTION)
    assert ("\x1b[32m+VNET_DEFINE_STATIC" in str(person.child.before)) is coloured
    assert ("\x1b[31m" in str(person.child.before)) is coloured


def test_sources_cannot_move_the_cursor(tmp_path: Path) -> None:
    source = (
        "static int frob_n; /* \x1b[2J\x07 größe \u202e */\nint f(void) { return (frob_n); }\n".encode()
        + b"/* \xff */\n"
    )
    plan = 'version = 1\n[[variable]]\nname = "frob_n"\nfile = "a\\u001b[31m.c"\ndecision = "virtualize"\n'
    tree = write_tree(tmp_path / "w", {"a\x1b[31m.c": source, "vport.toml": plan + 'note = "\\u001b[2J"\n'})
    person = Person(tree, ".", NO_COLOR="1")
    person.child.expect(QUESTION)
    raw = str(person.child.before)
    assert "\\x1b[2J\\x07 größe \\u202e" in raw
    assert '"a\\033[31m.c"' in raw
    assert "note: \\x1b[2J" in raw
    assert "\\xff" in raw
    assert "\x1b[2J" not in raw
    assert "\x1b[31m" not in raw


@pytest.mark.parametrize("arguments", [["."], [".", "--decisions"]], ids=["hunks", "decisions"])
def test_without_a_terminal(tree: Path, arguments: list[str]) -> None:
    done = run_apart("review", *arguments, cwd=tree, stdin=b"y\ny\n")
    assert (done.code, done.raw) == (2, b"")
    assert done.talk.startswith(
        "vport: a review asks questions, and there is no terminal to ask them on; run it in one"
    )
    assert (tree / "vport.toml").read_text() == PLAN


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-"], "name files or folders"),
        ([".", "--plan", "-"], "name its file"),
        ([".", "--plan", "none.toml"], "cannot be read"),
        ([".", "--variable", "frob_x"], "the port changes nothing for it"),
        (["nowhere"], "no such file or folder"),
    ],
    ids=" ".join,
)
def test_usage(tree: Path, arguments: list[str], says: str) -> None:
    code, said = Person(tree, *arguments).ends()
    assert (code, says in " ".join(said.split())) == (2, True)


def test_somebody_else_edits_the_plan_meanwhile(tree: Path) -> None:
    person = Person(tree, ".")
    person.sees()
    theirs = PLAN.replace('"counts"', '"theirs"')
    (tree / "vport.toml").write_text(theirs)
    code, said = person.ends("n")
    assert (code, "somebody changed it during the review" in said) == (2, True)
    assert (tree / "vport.toml").read_text() == theirs


def test_what_stays_open_or_is_refused_is_told_first(tmp_path: Path) -> None:
    source = b"#define M(x) frob_##x\nstatic int frob_n;\nstatic int frob_m;\nint f(void) { return (M(n) + frob_m); }\n"
    plan = "version = 1\n" + "".join(
        f'[[variable]]\nname = "frob_{n}"\nfile = "a.c"\ndecision = "virtualize"\n' for n in "nm"
    )
    person = Person(write_tree(tmp_path / "w", {"a.c": source, "vport.toml": plan}), ".")
    seen = person.sees()
    assert seen.index("pasted-name") < seen.index("Accept?")


def test_the_review_in_the_readme(tmp_path: Path) -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Going through it")[1].split("\n## ")[0]
    shown = [line[4:] for line in section.splitlines() if line.startswith("    ") and line.strip() != "..."]
    sources = {p.name: p.read_bytes() for p in (ROOT / "fixtures" / "readme").glob("frob.?")}
    tree = write_tree(tmp_path / "w", sources)
    run_apart("plan", ".", "--from-list", "-", cwd=tree, stdin=b"frob_ttl\nfrob_limit\nfrob_cb\nfrob_input.drops\n")
    person = Person(tree, ".", NO_COLOR="1")
    seen = person.sees() + person.types("n hops are the system's")
    at = 0
    for line in shown:
        at = seen.find(line.expandtabs(), at) if "\t" not in seen else seen.find(line, at)
        assert at >= 0, line
    assert len(shown) > 5
