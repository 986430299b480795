"""Who reaches per-vnet state: by name, by call, through macros."""

import pytest
from life_small import life_of


def reaching(text: str) -> list[str]:
    life = life_of(text, "n")
    return sorted(name for file, name in life.reaching(life.variables) if file != "#")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("static int n;\nvoid f(void) { n++; }\nvoid g(void) { }\n", ["f"]),
        ("static int n;\nvoid f(void) { n++; }\nvoid g(void) { f(); }\nvoid h(void) { g(); }\n", ["f", "g", "h"]),
        ("static int n;\n#define N() (n++)\nvoid f(void) { N(); }\n", ["f"]),
        ("static struct { int x; } n;\n#define X n.x\nvoid f(void) { X = 1; }\n", ["f"]),
        ("static int n;\n#define N() M\n#define M n\nvoid f(void) { N() = 1; }\n", ["f"]),
        ("static int n;\nvoid f(int n) { n++; }\n", []),
        ("static int n;\nvoid f(struct s *p) { p->n++; }\n", []),
        ("static int n;\nint f(void) { return (sizeof(n)); }\n", []),
        (
            "VNET_DEFINE_STATIC(int, n);\n#define V_n VNET(n)\nvoid f(void) { V_n++; }\nvoid g(void) { f(); }\n",
            ["f", "g"],
        ),
    ],
)
def test_finds_who_reaches_state(text: str, found: list[str]) -> None:
    assert reaching(text) == found


TABLE = "static int n;\nstatic void f(void) { n++; }\nstruct o { void (*go)(void); };\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{TABLE}struct o t = {{ .go = f }};\nvoid g(struct o *p) {{ p->go(); }}\n", ["f", "g"]),
        (f"{TABLE}void s(struct o *p) {{ p->go = f; }}\nvoid g(struct o *p) {{ (*p->go)(); }}\n", ["f", "g"]),
        (f"{TABLE}struct o t;\nvoid g(struct o *p) {{ p->go(); }}\n", ["f"]),
        (
            f"{TABLE}struct q {{ void (*go)(void); }};\nstruct o t = {{ .go = f }};\nvoid g(struct q *p) {{ p->go(); }}\n",
            ["f"],
        ),
    ],
)
def test_follows_members_that_one_structure_has_alone(text: str, found: list[str]) -> None:
    assert reaching(text) == found
