"""Contexts whose object is replaced by another: each object gets its own, or a person is asked; what stays stays."""

import pytest
from test_placement import placements

TREE = """
struct frob { struct frob *next; struct vnet *v; struct ifnet *ifp; int x; };
LIST_HEAD(, frob) head;
static int n;
struct frob *frob_other(struct frob *f);
static struct frob *
frob_close(struct frob *f)
{
	if (f->x)
		return (NULL);
	return (f);
}
static struct frob *
frob_drop(struct frob *p, int why)
{
	p->x = why;
	return (frob_close(p));
}
static struct frob *
frob_twin(struct frob *f)
{
	return (f->next);
}
static struct frob *
frob_moves(struct frob *f)
{
	f = f->next;
	return (f);
}
static void
frob_free(struct frob **fp)
{
	frob_close(*fp);
	*fp = NULL;
}
static void
frob_swap(struct frob **fp)
{
	*fp = (*fp)->next;
}
static void
frob_hands_on(struct frob **fp)
{
	frob_swap(fp);
}
"""


def kinds(body: str, parameters: str = "struct cdev *d, struct frob *f", tree: str = TREE) -> list[tuple[str, str]]:
    """Kind and expression of each context in a method of a device; candidates where it is left."""
    text = (
        f"{tree}static int\nfrob_open({parameters})\n{{\n\t{body}\n}}\nstruct cdevsw w = {{ .d_open = frob_open }};\n"
    )
    return [(p.kind, p.expression or ", ".join(p.candidates)) for p in placements(text)]


@pytest.mark.parametrize(
    "change",
    [
        "f = LIST_NEXT(f, link);",
        "f = f->next;",
        "f = frob_other(f);",
        "f = frob_twin(f);",
        "f = frob_moves(f);",
        "f = LIST_FIRST(&head);",
        "f++;",
        "f += 1;",
        "if ((f = f->next) == NULL) return (0);",
        "if (f->x) f = f->next;",
        "if (f->x) { f = f->next; goto next; } f->x++; next:",
        "switch (f->x) { case 1: f = f->next; break; default: return (0); }",
        "frob_swap(&f);",
        "frob_hands_on(&f);",
        "frob_elsewhere(&f);",
        "f->v = d->v; f->ifp = d->ifp;",
        "LIST_FOREACH(f, &head, link) if (f->x) break;",
        "for (f = LIST_FIRST(&head); f->x; f = f->next) ;",
    ],
)
def test_another_object_keeps_no_context(change: str) -> None:
    found = kinds(f"n++; {change} n++; return (0);")
    assert [k for k, _ in found] == ["left"], found


@pytest.mark.parametrize(
    "change",
    [
        "f->x++;",
        "if (f == f->next) f->x++;",
        "f->next = NULL;",
        "f->v = curvnet;",
        "f->next->next = f;",
        "f = frob_close(f);",
        "f = (struct frob *)frob_close(f);",
        "f = frob_drop(f, 1);",
        "f = f;",
        "if (f->x) { f = NULL; }",
        "frob_free(&f);",
        "frob_elsewhere(&f->x);",
        "if (f->x) { f = f->next; return (f->x); }",
        "if (f->x) { f = f->next; goto out; }",
        "while (f->x) { f = f->next; return (f->x); }",
        "if (f->x) return ((f = f->next)->x);",
        "LIST_FOREACH(d, &head, link) f->x++;",
    ],
)
def test_the_same_object_keeps_its_context(change: str) -> None:
    assert kinds(f"n++; {change} n++; out: return (0);") == [("set", "f->v")]


def test_what_is_replaced_behind_the_last_need_does_not_matter() -> None:
    assert kinds("n++; f = f->next; f->x++; return (0);") == [("set", "f->v")]


@pytest.mark.parametrize(
    "body",
    [
        "while (f != NULL) { n++; f = f->next; } return (0);",
        "while (f != NULL) { if (n > 1) n--; f = LIST_NEXT(f, link); } return (0);",
        "do { n++; f = f->next; } while (f != NULL); return (0);",
        "for (; f != NULL; f = f->next) { n++; } return (0);",
        "LIST_FOREACH(f, &head, link) { n++; n--; } return (0);",
    ],
)
def test_a_turn_of_a_loop_has_the_context_of_its_object(body: str) -> None:
    assert kinds(body) == [("set", "f->v")]


@pytest.mark.parametrize(
    "body",
    [
        "while (n > 1) f = f->next; return (0);",
        "do { f->x++; f = f->next; } while (f != NULL && n > f->x); return (0);",
        "for (; n > f->x; f = f->next) ; return (0);",
        "while (f->x) { n++; f = f->next; n--; } return (0);",
        "again: n++; f = f->next; if (f->x) goto again; n--; return (0);",
    ],
)
def test_a_need_that_several_objects_share_is_left(body: str) -> None:
    assert [k for k, _ in kinds(body)] == ["left"]


def test_statements_apart_have_contexts_of_their_own() -> None:
    found = kinds("if (f->x) { n++; } while (f != NULL) { n++; f = f->next; } return (0);")
    assert found == [("set", "f->v"), ("set", "f->v")]


def test_another_way_to_the_vnet_is_taken_when_one_is_replaced() -> None:
    assert kinds("n++; f->v = d->v; n++; return (0);") == [("set", "f->ifp->if_vnet")]


def test_what_else_knows_the_vnet_is_taken() -> None:
    parameters = "struct cdev *d, struct frob *f, struct thread *td"
    assert kinds("n++; f = f->next; n++; return (0);", parameters) == [("set", "TD_TO_VNET(td)")]


def test_a_packet_stays_what_it_is() -> None:
    tree = "struct mbuf { struct vnet *v; struct mbuf *m_nextpkt; int x; };\nstatic int n;\n"
    parameters = "struct cdev *d, struct mbuf *m"
    for change in ("m = m_pullup(m, 20);", "if ((m = m_pullup(m, 20)) == NULL) return (0);", "m_hand(&m);"):
        assert kinds(f"n++; {change} n++; return (0);", parameters, tree) == [("set", "m->v")]
    for change in ("m = m->m_nextpkt;", "m = m_get(20);", "m = STAILQ_NEXT(m, link);"):
        assert [k for k, _ in kinds(f"n++; {change} n++; return (0);", parameters, tree)] == ["left"]


@pytest.mark.parametrize(
    ("body", "chosen"),
    [
        ("for (g = f; g != NULL; g = g->next) { n++; n--; } return (0);", "g->v"),
        ("for (g = f; g != NULL; g = g->next) { if (g->x) n++; } return (0);", "g->v"),
        ("g = f; while (g->x) { n++; g = g->next; } return (0);", "g->v"),
        ("LIST_FOREACH(g, &head, link) { n++; } return (0);", "g->v"),
        ("g = f->next; g->x = 0; n++; return (0);", "f->v"),
        ("for (g = f; g->x; g = g->next) continue; f->x++; n++; return (0);", "f->v"),
        ("for (g = f; g != NULL && n > g->x; g = g->next) ; return (0);", "f->v"),
        ("for (n = 0; f->x; f->x--) n++; return (0);", "f->v"),
    ],
)
def test_what_a_turn_does_is_done_for_its_own_object(body: str, chosen: str) -> None:
    assert kinds(f"struct frob *g;\n\n\t{body}") == [("set", chosen)]
