"""Where a vnet is needed, and where one is set already."""

import pytest
from life_small import life_of

STATE = "static int n;\nstatic void g(void)\n{\n\tn++;\n}\n"
ENTER = "#define ENTER(v) CURVNET_SET(v)\n#define LEAVE() CURVNET_RESTORE()\n"


def needs(body: str, head: str = "") -> list[str]:
    """The words at which `f` needs a vnet."""
    text = f"{head}{STATE}void f(struct vnet *v, int c)\n{{\n\t{body}\n}}\n"
    life = life_of(text, "n")
    key = ("frob.c", "f")
    (flow,) = life.flows.of(*key)
    code = life.code["frob.c"]
    return [
        code[at:].split(b"(")[0].split(b"+")[0].split(b";")[0].decode()
        for at in life.needs.places(key, flow.body, flow.end)
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("n++; g();", ["n", "g"]),
        ("CURVNET_SET(v); n++; g(); CURVNET_RESTORE();", []),
        ("CURVNET_SET_QUIET(v); n++; CURVNET_RESTORE(); g();", ["g"]),
        ("g(); CURVNET_SET(v); n++; CURVNET_RESTORE();", ["g"]),
        ("CURVNET_SET(v); if (c) { CURVNET_RESTORE(); return; } n++; CURVNET_RESTORE();", []),
        ("if (c) { CURVNET_SET(v); n++; CURVNET_RESTORE(); } g();", ["g"]),
        ("while (c--) { CURVNET_SET(v); n++; CURVNET_RESTORE(); }", []),
        ("{ CURVNET_SET(v); n++; } n++;", ["n"]),
        ("c = sizeof(n);", []),
        ("if (c) { CURVNET_SET(v); g(); CURVNET_RESTORE(); } else { n++; }", ["n"]),
    ],
)
def test_knows_where_a_context_is_set(body: str, found: list[str]) -> None:
    assert needs(body) == found


def test_knows_macros_that_set_and_restore() -> None:
    assert needs("ENTER(v); n++; LEAVE(); g();", ENTER) == ["g"]


def test_knows_a_macro_that_sets_and_restores() -> None:
    head = "#define COUNT(v) do { CURVNET_SET(v); n++; CURVNET_RESTORE(); } while (0)\n"
    assert needs("COUNT(v); g();", head) == ["g"]


def test_needs_nothing_for_a_callee_that_sets_it() -> None:
    head = "static void h(struct vnet *v)\n{\n\tCURVNET_SET(v);\n\tn++;\n\tCURVNET_RESTORE();\n}\n"
    text = "static int n;\n" + head + "void f(struct vnet *v)\n{\n\th(v);\n}\n"
    assert ("frob.c", "f") not in life_of(text, "n").needs.needy
