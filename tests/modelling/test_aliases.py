"""Locals that stand for a variable: what is done through them is told of it, as long as they do."""

import pytest
from helpers_model import model, walk

from vport.runtime import scenarios
from vport.runtime.faults import Kind
from vport.runtime.model import Destroy, Init, Unregister

HEAD = """#include <sys/param.h>
#include <net/vnet.h>
struct hop { struct mtx lock; int n; };
VNET_DEFINE_STATIC(struct hop *, hop);
#define	V_hop	VNET(hop)
VNET_DEFINE_STATIC(struct hop, table);
#define	V_table	VNET(table)
static struct hop *common;
void other(void);
void f(struct ifnet *ifp, struct hop *given)
{
	struct hop *p;
	VNET_ITERATOR_DECL(vi);

"""


def holders(*statements: str) -> list[str]:
    """What is set up and given back in a function of these statements."""
    body = next(f for f in model(HEAD + "\n".join(statements) + "\n}\n").functions if f.name == "f").body
    return [n.holder for n in walk(body) if isinstance(n, Init | Destroy | Unregister)]


FREE = "uma_zdestroy(p);"


@pytest.mark.parametrize(
    ("statements", "holder"),
    [
        (("p = V_hop;", FREE), "hop"),
        (("p = common;", FREE), "common"),
        (("p = (struct hop *)V_hop;", "if (p != NULL)", FREE), "hop"),
        (("if ((p = V_hop) != NULL)", FREE), "hop"),
        (("VNET_FOREACH(vi) {", "p = VNET_VNET(vi, hop);", FREE, "}"), "VNET_VNET(vi, hop)"),
        (("p = VNET_VNET(vi, hop);", "CURVNET_SET(vi);", FREE, "CURVNET_RESTORE();"), "VNET_VNET(vi, hop)"),
        (("p = V_hop;", "NET_EPOCH_WAIT();", FREE), "hop"),
        (("p = &V_table;", "other();", "mtx_destroy(&p->lock);"), "table.lock"),
        (("p = &V_table;", "V_table.n = 0;", 'mtx_init(&p->lock, "hop", NULL, 0);'), "table.lock"),
    ],
)
def test_what_is_done_through_a_local(statements: tuple[str, ...], holder: str) -> None:
    assert holders(*statements) == [holder]


@pytest.mark.parametrize(
    "statements",
    [
        ("p = V_hop;", "V_hop = NULL;", FREE),
        ("p = V_hop;", "p = given;", FREE),
        ("if (given)", "p = V_hop;", "else", "p = given;", FREE),
        ("p = V_hop;", "other();", FREE),
        ("p = V_hop;", "next(&p);", FREE),
        ("p = V_hop;", "CURVNET_SET(ifp->if_vnet);", FREE, "CURVNET_RESTORE();"),
        ("if (given) {", "p = V_hop;", "}", FREE),
        ("p = V_hop;", "again:", FREE, "if (given) {", "V_hop = given;", "goto again;", "}"),
        ("p = V_hop;", "while (given) {", FREE, "V_hop = given;", "}"),
        ("p = V_hop->next;", FREE),
        ("p = first(V_hop);", FREE),
        ("p = given;", FREE),
    ],
)
def test_noop_a_local_that_is_no_variable_any_more(statements: tuple[str, ...]) -> None:
    assert holders(*statements) == ["p"]


def test_noop_a_member_through_a_pointer_that_is_copied() -> None:
    assert holders("p = V_hop;", "mtx_destroy(&p->lock);") == ["p->lock"]


LIFE = """#include <sys/param.h>
#include <net/vnet.h>
VNET_DEFINE_STATIC(uma_zone_t, zone);
#define	V_zone	VNET(zone)
static void
up(const void *unused)
{{
	V_zone = uma_zcreate("hop", 64, NULL, NULL, NULL, NULL, 0, 0);
}}
VNET_SYSINIT(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);
static void
down(const void *unused)
{{
	if (V_zone != NULL)
		uma_zdestroy(V_zone);
}}
VNET_SYSUNINIT(down, SI_SUB_PSEUDO, SI_ORDER_ANY, down, NULL);
static int
event(module_t mod, int type, void *data)
{{
	VNET_ITERATOR_DECL(vi);

	switch (type) {{
	case MOD_LOAD:
		return (0);
	case MOD_UNLOAD:
		VNET_FOREACH(vi) {{
			uma_zone_t zone = VNET_VNET(vi, zone);

			if (zone != NULL) {{
				uma_zdestroy(zone);
				{}
			}}
		}}
		return (0);
	}}
	return (EOPNOTSUPP);
}}
static moduledata_t x_mod = {{ "x", event, NULL }};
DECLARE_MODULE(x, x_mod, SI_SUB_PROTO_END, SI_ORDER_FIRST);
"""


def faults(text: str) -> list[Kind]:
    made = model(text)
    found = [fault for name in scenarios.names(made) for fault in scenarios.run(made, name).faults]
    return sorted({fault.kind for fault in found})


def test_noop_given_back_in_every_stack_before_their_destructors() -> None:
    assert faults(LIFE.format("VNET_VNET(vi, zone) = NULL;")) == []


def test_given_back_in_every_stack_and_by_their_destructors_again() -> None:
    assert faults(LIFE.format(";")) == [Kind.UNLOAD_FREES]
