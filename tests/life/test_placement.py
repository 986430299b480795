"""Which vnet a handler gets: the best expression at hand, all stacks, its argument, or a person's decision."""

import pytest
from life_small import life_of

from vport.life.placement import Placement, Placer

IFP = "struct softc { struct ifnet *ifp; struct socket *so; struct vnet *v; struct inpcb *inp; int x; };\n"


def placements(text: str, *names: str) -> list[Placement]:
    life = life_of(text, *(names or ("n",)))
    return Placer(life, life.reaching(life.variables)).place()


def expression(members: str, body: str = "n++;") -> str:
    """The vnet of a callout's handler that is given a structure with some members."""
    text = (
        f"struct softc {{ int x; {members} }};\nstatic int n;\nstatic void\nf(void *a)\n{{\n\tstruct softc *sc = a;\n\n"
    )
    text += f"\tsc->x++;\n\t{body}\n}}\nvoid s(struct callout *c, struct softc *sc)\n{{\n\tcallout_reset(c, 1, f, sc);\n}}\n"
    return placements(text)[0].expression


@pytest.mark.parametrize(
    ("members", "chosen"),
    [
        ("struct ifnet *ifp;", "sc->ifp->if_vnet"),
        ("struct socket *so; struct ifnet *ifp;", "sc->ifp->if_vnet"),
        ("struct inpcb *inp; struct socket *so;", "sc->so->so_vnet"),
        ("struct tcpcb *tp; struct inpcb *inp;", "sc->inp->inp_vnet"),
        ("struct ng_node *node; struct tcpcb *tp;", "sc->tp->t_vnet"),
        ("struct thread *td; struct ng_node *node;", "sc->node->nd_vnet"),
        ("struct ucred *cred; struct thread *td;", "TD_TO_VNET(sc->td)"),
        ("struct ucred *cred;", "CRED_TO_VNET(sc->cred)"),
        ("struct ifnet *ifp; struct vnet *v;", "sc->v"),
        ("struct ifnet ifn;", "sc->ifn.if_vnet"),
        ("char *name;", ""),
    ],
)
def test_prefers_what_is_near_and_sure(members: str, chosen: str) -> None:
    assert expression(members) == chosen


@pytest.mark.parametrize(
    ("parameters", "chosen"),
    [
        ("struct cdev *d, struct thread *td", "TD_TO_VNET(td)"),
        ("struct thread *td, struct ifnet *ifp", "ifp->if_vnet"),
        ("struct thread *td, struct socket *so", "so->so_vnet"),
    ],
)
def test_prefers_objects_to_threads(parameters: str, chosen: str) -> None:
    text = f"static int n;\nstatic int\nf({parameters})\n{{\n\treturn (n);\n}}\nstruct cdevsw w = {{ .d_open = f }};\n"
    assert [p.expression for p in placements(text)] == [chosen]


def handler(body: str, register: str, names: tuple[str, ...] = ("n",)) -> list[tuple[str, str]]:
    text = "static int n, m;\nstatic struct callout co;\nstatic struct task ta;\nstatic struct mtx mt;\n"
    text += f"static void\nf(void *a, int c)\n{{\n\tint i;\n\n\t{body}\n}}\nvoid s(void *x)\n{{\n\t{register}\n}}\n"
    return [
        (p.kind, p.entry.lock if p.kind == "iterate" else p.reason or p.expression) for p in placements(text, *names)
    ]


CALLOUT = "callout_reset(&co, 1, f, NULL);"
TASK = "TASK_INIT(&ta, 0, f, NULL);"


@pytest.mark.parametrize(
    ("body", "register", "lock"),
    [
        ("n++;", CALLOUT, "nosleep"),
        ("n++;", "callout_reset(&co, 1, f, &m);", "nosleep"),
        ("n++;", TASK, "sleep"),
        ("mtx_lock(&mt); n++; mtx_unlock(&mt);", TASK, "nosleep"),
        ("mtx_lock(&mt); m++; mtx_unlock(&mt); n++;", TASK, "sleep"),
        ("mtx_lock(&mt); if (c) { mtx_unlock(&mt); return; } n++;", TASK, "nosleep"),
        ("n++;", "EVENTHANDLER_REGISTER(vm_lowmem, f, NULL, 0);", "sleep"),
    ],
)
def test_holds_the_list_as_it_may(body: str, register: str, lock: str) -> None:
    assert handler(body, register) == [("iterate", lock)]


@pytest.mark.parametrize(
    ("body", "register", "reason"),
    [
        ("n++; callout_reset(&co, 1, f, NULL); n--;", CALLOUT, "it would schedule itself once for each stack"),
        ("n++;", "callout_reset(&co, 1, f, x);", "nothing at hand knows its vnet"),
        ("while (c > n) c--; m = c;", TASK, "c would keep its value from one stack to the next"),
        ("again: n++; if (n) goto again;", TASK, "a loop over all stacks cannot hold its ways out"),
    ],
)
def test_leaves_what_no_rule_settles(body: str, register: str, reason: str) -> None:
    assert handler(body, register) == [("left", reason)]


def test_leaves_what_also_runs_with_a_vnet() -> None:
    text = "static int n;\nstatic void\nf(void)\n{\n\tn++;\n}\nstruct protosw w = { .pr_drain = f, .pr_init = f };\n"
    (left,) = placements(text)
    assert (left.kind, left.reason) == ("left", "it also runs where a vnet is set (as protocol)")


def test_makes_the_argument_of_a_per_vnet_callout_its_vnet() -> None:
    text = "static int n;\nstatic struct callout co;\nstatic void\nf(void *a)\n{\n\tn++;\n}\n"
    (placed,) = placements(text + "void s(void)\n{\n\tcallout_reset(&co, 1, f, NULL);\n}\n", "n", "co")
    assert (placed.kind, placed.expression, len(placed.pass_vnet)) == ("set", "(struct vnet *)a", 1)


def test_does_not_ask_what_may_be_missing() -> None:
    assert expression("struct ifnet *ifp;", "n++; if (sc->ifp != NULL) sc->x = 0;") == ""


def test_reads_untyped_members_that_hold_a_vnet() -> None:
    text = (
        "struct softc { void *v; };\nstatic int n;\nstatic void\nf(void *a)\n{\n\tstruct softc *sc = a;\n\n\tn++;\n}\n"
    )
    text += "void s(struct callout *c, struct softc *sc)\n{\n\tsc->v = curvnet;\n\tcallout_reset(c, 1, f, sc);\n}\n"
    assert [p.expression for p in placements(text)] == ["(struct vnet *)sc->v"]


def test_names_a_function_that_cannot_be_read() -> None:
    text = "static int n;\nstatic void\nf(void *a)\n{\n\tn++ ]\n\tEND }\n}\nvoid s(struct callout *c)\n{\n\tcallout_reset(c, 1, f, 0);\n}\n"
    assert [(p.kind, p.reason) for p in placements(text)] == [("left", "its flow could not be read")]
