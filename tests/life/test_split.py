"""What statements of a set-up are: per-vnet, shared, both, or nothing that lasts."""

import pytest
from life_small import life_of

from vport.life.effects import Effects
from vport.life.split import begins_with_assignment, classify, leaves, lock_of

HEAD = """struct frob { TAILQ_ENTRY(frob) f_next; };
static TAILQ_HEAD(, frob) all;
static struct frob one;
static struct mtx mtx;
static int own, shared;
static void count(void) { own++; }
static void boots(void) { shared++; }
static void hold(struct frob *f) { TAILQ_INSERT_TAIL(&all, f, f_next); own++; }
static void look(const struct frob *f) { own++; }
static void first(void) { if (IS_DEFAULT_VNET(curvnet)) shared = 1; }
static void quiet(int x) { printf("%%d", x); }
static void
frob_init(void *arg)
{
	struct frob *f;
	int i;

	%s
}
"""


def kinds(statement: str) -> list[str]:
    life = life_of(HEAD % statement, "own")
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    parts = classify(life, Effects(life), ("frob.c", "frob_init"), flow, flow.root.parts)
    return [p.kind for p in parts if p.kind != "declaration"]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("own = 1;", "vnet"),
        ("count();", "vnet"),
        ("if (own) shared = 2;", "both"),
        ("for (i = 0; i < 3; i++) own += i;", "vnet"),
        ("shared = own;", "both"),
        ("own = shared;", "vnet"),
        ("look(&one);", "vnet"),
        ("hold(&one);", "both"),
        ("hold(f);", "vnet"),
        ("TAILQ_INSERT_TAIL(&all, (struct frob *)&own, f_next);", "both"),
        ("first();", "vnet"),
        ("if (IS_DEFAULT_VNET(curvnet)) shared = 1;", "vnet"),
        ("shared = 1;", "shared"),
        ("boots();", "shared"),
        ("TAILQ_INIT(&all);", "shared"),
        ('mtx_init(&mtx, "", NULL, 0);', "shared"),
        ("kernel_does(1);", "shared"),
        ("mtx_lock(&mtx);", "lock"),
        ('printf("%d", own);', "print"),
        ('printf("here");', "print"),
        ("i = 3;", "local"),
        ("i = shared;", "local"),
        ("quiet(i);", "local"),
        ("bzero(&i, sizeof(i));", "local"),
        ("bzero(&one, sizeof(one));", "shared"),
        ("return;", "end"),
    ],
)
def test_tells_what_a_statement_is(statement: str, kind: str) -> None:
    assert kinds(statement) == [kind]


def test_names_what_is_shared() -> None:
    life = life_of(HEAD % "shared = own;", "own")
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    parts = classify(life, Effects(life), ("frob.c", "frob_init"), flow, flow.root.parts)
    assert [p.shared for p in parts if p.kind == "both"] == [("shared",)]


@pytest.mark.parametrize(
    ("statement", "lock"),
    [
        ("mtx_lock(&mtx);", ("mtx_lock(&mtx);", True)),
        ("mtx_unlock(&mtx);", ("mtx_lock(&mtx);", False)),
        ("FROB_WLOCK();", ("FROB_WLOCK();", True)),
        ("FROB_WUNLOCK();", ("FROB_WLOCK();", False)),
        ("NET_EPOCH_EXIT(et);", ("NET_EPOCH_ENTER(et);", False)),
        ("FROB_LOCK_INIT();", None),
        ("FROB_LOCK_ASSERT();", None),
        ("i = frob_lock();", None),
    ],
)
def test_pairs_locks(statement: str, lock: tuple[str, bool] | None) -> None:
    life = life_of(HEAD % statement)
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    assert lock_of(life, "frob.c", flow, flow.root.parts[-1]) == lock


@pytest.mark.parametrize(
    ("statement", "out"),
    [
        ("return;", True),
        ("if (i) return;", True),
        ("if (i) goto out; out: i = 1;", True),
        ("for (;;) break;", False),
        ("for (;;) return;", True),
        ("switch (i) { case 1: break; }", False),
        ("if (i) i = 2;", False),
    ],
)
def test_sees_where_control_leaves(statement: str, out: bool) -> None:
    life = life_of(HEAD % statement)
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    assert any(leaves(s) for s in flow.root.parts) == out


@pytest.mark.parametrize(
    ("statement", "set_first"),
    [
        ("i = 1; own = i;", True),
        ("own = i; i = 1;", False),
        ("if (i == 1) own = 2;", False),
        ("TAILQ_FOREACH(f, &all, f_next) own++;", True),
        ("own = 1;", True),
    ],
)
def test_sees_what_gives_a_local_its_value(statement: str, set_first: bool) -> None:
    life = life_of(HEAD % statement)
    (flow,) = life.flows.of("frob.c", "frob_init")
    assert flow.root is not None
    statements = [s for s in flow.root.parts if s.kind != "declaration"]
    name = "f" if "FOREACH" in statement else "i"
    assert begins_with_assignment(life, "frob.c", statements, name) == set_first
