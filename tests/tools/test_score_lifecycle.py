"""The judge of constructors: what it takes for the same, for named, and for what nobody could have known."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from score_lifecycle import read_data, table, verdicts  # noqa: E402

FROB = """VNET_DEFINE_STATIC(int, frob_n);
#define	V_frob_n	VNET(frob_n)
static void frob_start(void) { V_frob_n = 1; }
static void frob_idle(void *arg) { idle(); }
%s
"""
INIT = "static void frob_init(void *arg) { frob_start(); }\n"
HEAD = "#include <sys/kernel.h>\n#include <net/vnet.h>\n"


def score(people: str, port: str, before: str = "") -> list[str]:
    """What became of the set-ups of one file."""
    trees = [read_data({"frob.c": (HEAD + FROB % text).encode()}) for text in (people, port, before)]
    return [v.status for v in verdicts(trees[0], trees[1], trees[2] if before else None)]


def vnet_sysinit(function: str, order: str = "ANY", macro: str = "VNET_SYSINIT") -> str:
    return f"{macro}({function}, SI_SUB_PSEUDO, SI_ORDER_{order}, {function}, NULL);\n"


PEOPLE = INIT + vnet_sysinit("frob_init")
CALLER = INIT + "static void all(void *arg) { frob_init(arg); }\n"


@pytest.mark.parametrize(
    ("port", "statuses"),
    [
        (PEOPLE, ["same"]),
        (INIT + vnet_sysinit("frob_init", "FIRST"), ["key"]),
        (INIT + vnet_sysinit("frob_init", "ANY + 0"), ["same"]),
        (CALLER + vnet_sysinit("all"), ["through"]),
        (INIT + vnet_sysinit("frob_init", macro="SYSINIT"), ["missing"]),
        (INIT + "/* VPORT-LIFECYCLE: why. */\n" + vnet_sysinit("frob_init", macro="SYSINIT"), ["named"]),
        ("/* VPORT-LIFECYCLE: why. */\n" + INIT, ["named"]),
        (INIT.replace("{ ", "{ /* VPORT-LIFECYCLE: why. */ "), ["named"]),
        (CALLER.replace("{ frob_init", "{ /* VPORT-LIFECYCLE: why. */ frob_init"), ["named"]),
        (INIT + vnet_sysinit("frob_init", macro="VNET_SYSUNINIT"), ["missing", "extra"]),
        ("", []),
    ],
)
def test_judges(port: str, statuses: list[str]) -> None:
    assert score(PEOPLE, port) == statuses


def test_asks_for_nothing_that_reaches_no_state() -> None:
    assert score(vnet_sysinit("frob_idle"), "") == ["idle"]


def test_counts_nothing_that_was_there() -> None:
    assert score(PEOPLE, PEOPLE, PEOPLE) == []


def test_counts_what_people_did_not_have() -> None:
    assert score(INIT, PEOPLE) == ["extra"]


def test_counts_by_kind() -> None:
    people, port = (read_data({"frob.c": (HEAD + FROB % text).encode()}) for text in (PEOPLE, PEOPLE))
    lines = [line.split() for line in table(verdicts(people, port)).split("\n")]
    assert lines[1][:3] == ["constructors", "1", "1"]
    assert lines[2][:3] == ["destructors", "-", "-"]


def test_runs(tmp_path: Path) -> None:
    for name, text in (("people", PEOPLE), ("port", INIT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frob.c").write_text(HEAD + FROB % text)
    command = [sys.executable, str(TOOLS / "score_lifecycle.py"), "people", "port", "--show"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "missing: frob.c: frob_init at SI_SUB_PSEUDO, SI_ORDER_ANY" in done.stdout
