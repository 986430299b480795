"""How a set-up parts: what moves, what stays, what both halves need, and why some cannot."""

import pytest
from life_small import life_of

from vport.life.effects import Effects
from vport.life.parting import Parter, Parting
from vport.life.split import classify

HEAD = """static struct mtx mtx;
static int own, shared;
static int ask(void) { return (shared++); }
static void
frob_init(void *arg)
{
	int i, j, *p;

	%s
}
"""


def part(body: str, strict: bool = True) -> tuple[Parting, str]:
    """The parting of a body, and the text it was made of."""
    life = life_of(HEAD % body, "own")
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    parts = classify(life, Effects(life), ("frob.c", "frob_init"), flow, flow.root.parts)
    return Parter(life, "frob.c", flow, strict).part(parts), life.code["frob.c"].decode()


@pytest.mark.parametrize(
    ("body", "moved", "rest"),
    [
        ("own = 1;\n\tshared = 1;", ["own = 1;"], ["shared = 1;"]),
        ("shared = 1;\n\town = 1;", ["own = 1;"], ["shared = 1;"]),
        ("i = 3;\n\town = i;\n\tshared = 1;", ["i = 3;", "own = i;"], ["shared = 1;"]),
        ("i = 3;\n\town = i;\n\tshared = i;", ["i = 3;", "own = i;"], ["i = 3;", "shared = i;"]),
        ("mtx_lock(&mtx);\n\town = 1;\n\tmtx_unlock(&mtx);\n\tshared = 1;", None, ["shared = 1;"]),
        ("mtx_lock(&mtx);\n\tshared = 1;\n\tmtx_unlock(&mtx);\n\town = 1;", ["own = 1;"], None),
        ("shared = 1;\n\tprintf(arg);\n\town = 1;", ["own = 1;"], ["shared = 1;", "printf(arg);"]),
        ("shared = 1;\n\tshared = 2;", [], ["shared = 1;", "shared = 2;"]),
    ],
)
def test_parts(body: str, moved: list[str] | None, rest: list[str] | None) -> None:
    parting, code = part(body)
    assert parting.reason == ""

    for wanted, given in ((moved, parting.moved), (rest, parting.rest)):
        assert wanted is None or [code[s.start : s.end] for s in given] == wanted


def test_moves_a_lock_with_what_it_guards() -> None:
    parting, code = part("mtx_lock(&mtx);\n\town = 1;\n\tmtx_unlock(&mtx);\n\tshared = 1;")
    assert [code[s.start : s.end] for s in parting.moved] == ["mtx_lock(&mtx);", "own = 1;", "mtx_unlock(&mtx);"]
    assert parting.shared


def test_copies_what_both_halves_read() -> None:
    parting, code = part("i = 3;\n\town = i;\n\tshared = i;")
    assert [code[s.start : s.end] for s in parting.copied] == ["i = 3;"]


def test_knows_when_nothing_shared_stays() -> None:
    parting, _ = part("own = 1;\n\ti = 3;")
    assert not parting.shared


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("shared = own;", "a statement that needs a vnet sets up shared as well"),
        ("mtx_lock(&mtx);\n\town = 1;\n\tshared = 1;\n\tmtx_unlock(&mtx);", "a lock is held around"),
        ("mtx_lock(&mtx);\n\town = 1;\n\tshared = 1;", "a lock is taken that is released elsewhere"),
        ("own = 1; shared = 1;", "other statements stand on the same line"),
        ("if (own == 0)\n\t\treturn;\n\tshared = 1;", "control leaves from inside"),
        ("if (shared == 0)\n\t\treturn;\n\town = 1;\n\tshared = 1;", "a test before it decides"),
        ("i = ask();\n\tshared = i;\n\town = i;", "i ties the per-vnet part to the rest"),
        ("i = own;\n\tshared = i;", "i ties the per-vnet part to the rest"),
        ("shared = 1;\n\town = *(int *)arg;", "arg ties the per-vnet part to the rest"),
    ],
)
def test_says_why_not(body: str, reason: str) -> None:
    parting, _ = part(body)
    assert parting.reason.startswith(reason)


def test_lets_an_early_way_out_of_a_case_be() -> None:
    parting, _ = part("if (shared == 0)\n\t\treturn;\n\town = 1;\n\tshared = 1;", strict=False)
    assert parting.reason == ""


def test_sees_in_a_case_what_is_read_behind_it() -> None:
    parting, _ = part("i = own;\n\tif (i == 0)\n\t\tshared = 1;", strict=False)
    assert parting.reason == "i ties the per-vnet part to the rest"
