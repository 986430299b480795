"""Members: of per-vnet structs, whose lives are followed like variables, and of objects, which go by many names."""

import pytest
from helpers_model import model, walk

from vport.runtime import scenarios
from vport.runtime.faults import Kind
from vport.runtime.model import Access, Module

STATE = """#include <sys/param.h>
#include <net/vnet.h>
struct hop { struct mtx lock; struct callout tick; uma_zone_t zone; int n; struct { struct mtx in; } sub[4]; };
VNET_DEFINE_STATIC(struct hop, hop);
#define	V_hop	VNET(hop)
"""
EVENT = """
static int
event(module_t mod, int type, void *data)
{
	return (type == MOD_LOAD || type == MOD_UNLOAD ? 0 : EOPNOTSUPP);
}
static moduledata_t x_mod = { "x", event, NULL };
DECLARE_MODULE(x, x_mod, SI_SUB_PROTO_IF, SI_ORDER_FIRST);
"""


def slot(name: str, body: str, order: str = "SI_ORDER_ANY", down: bool = False) -> str:
    """A constructor, or a destructor."""
    macro = "VNET_SYSUNINIT" if down else "VNET_SYSINIT"
    return f"static void\n{name}(const void *unused)\n{{\n{body}\n}}\n{macro}({name}, SI_SUB_PSEUDO, {order}, {name}, 0);\n"


def ported(up: str, down: str, more: str = "") -> Module:
    return model(STATE + more + slot("up", up) + slot("down", down, down=True) + EVENT)


def faults(module: Module) -> list[tuple[Kind, str]]:
    found = [f for name in scenarios.names(module) for f in scenarios.run(module, name).faults]
    return sorted({(f.kind, f.variable) for f in found})


def test_an_access_says_which_member() -> None:
    text = "void f(struct hop *p)\n{\n\tV_hop.n++;\n\tg(&V_hop.sub[p->n].in, V_hop.zone->z, &V_hop, p->lock);\n}\n"
    body = next(f for f in model(STATE + text).functions if f.name == "f").body
    found = [(n.how, n.member) for n in walk(body) if isinstance(n, Access)]
    assert found == [("write", ".n"), ("address", ".sub[].in"), ("read", ".zone"), ("address", "")]


UP = 'mtx_init(&V_hop.lock, "hop", NULL, 0);'
DOWN = "mtx_destroy(&V_hop.lock);"
USE = "mtx_lock(&V_hop.lock);\n\tmtx_unlock(&V_hop.lock);"


def test_noop_member_set_up_used_torn_down() -> None:
    assert faults(ported(f"{UP}\n\t{USE}", f"{USE}\n\t{DOWN}")) == []


def test_noop_another_member_needs_no_set_up() -> None:
    assert faults(ported(f"V_hop.n = 1;\n\t{UP}", f"{DOWN}\n\tV_hop.n = 0;")) == []


def test_noop_address_given_to_the_set_up_of_another_member() -> None:
    up = f"{UP}\n\tcallout_init_mtx(&V_hop.tick, &V_hop.lock, 0);"
    assert faults(ported(up, f"callout_drain(&V_hop.tick);\n\t{DOWN}")) == []


def test_member_used_before_its_set_up() -> None:
    assert (Kind.BEFORE_SET_UP, "hop.lock") in faults(ported(f"{USE}\n\t{UP}", DOWN))


def test_member_used_before_its_set_up_in_an_earlier_constructor() -> None:
    early = slot("early", USE, "SI_ORDER_FIRST")
    assert (Kind.BEFORE_SET_UP, "hop.lock") in faults(ported(UP, DOWN, early))


def test_noop_member_used_in_a_later_constructor() -> None:
    early = slot("first", UP, "SI_ORDER_FIRST") + slot("last", DOWN, "SI_ORDER_FIRST", down=True)
    assert faults(ported(USE, USE, early)) == []


def test_member_used_after_its_tear_down() -> None:
    assert faults(ported(UP, f"{DOWN}\n\t{USE}")) == [(Kind.AFTER_TEAR_DOWN, "hop.lock")]


def test_pointer_member_used_after_its_tear_down() -> None:
    up = 'V_hop.zone = uma_zcreate("hop", 8, NULL, NULL, NULL, NULL, 0, 0);'
    down = "uma_zdestroy(V_hop.zone);\n\tuma_zfree(V_hop.zone, NULL);"
    assert (Kind.AFTER_TEAR_DOWN, "hop.zone") in faults(ported(up, down))


def test_noop_pointer_member_tested_and_cleared() -> None:
    up = 'V_hop.zone = uma_zcreate("hop", 8, NULL, NULL, NULL, NULL, 0, 0);'
    down = "if (V_hop.zone != NULL)\n\t\tuma_zdestroy(V_hop.zone);\n\tV_hop.zone = NULL;"
    assert faults(ported(up, down)) == []


TICK = """static void
tick(void *arg)
{
	CURVNET_SET((struct vnet *)arg);
	callout_reset(&V_hop.tick, hz, tick, arg);
	CURVNET_RESTORE();
}
"""
ARM = "callout_init(&V_hop.tick, 1);\n\tcallout_reset(&V_hop.tick, hz, tick, curvnet);"


def test_noop_callout_of_a_member_is_drained() -> None:
    assert faults(ported(ARM, "callout_drain(&V_hop.tick);", TICK)) == []


def test_callout_of_a_member_is_left() -> None:
    found = faults(ported(ARM, "V_hop.n = 0;", TICK))
    assert (Kind.HANDLER_LEFT, "hop.tick") in found


def test_each_stack_takes_its_own_back() -> None:
    """A drain that only vnet0 does leaves those of the others."""
    found = faults(ported(ARM, "if (IS_DEFAULT_VNET(curvnet))\n\t\tcallout_drain(&V_hop.tick);", TICK))
    assert (Kind.HANDLER_LEFT, "hop.tick") in found


OBJECT = """struct softc {{ struct callout co; eventhandler_tag tag; }};
static void later(void *arg) {{ }}
static void arrived(void *arg, struct ifnet *ifp) {{ }}
static int
make(struct if_clone *c, int unit, caddr_t p)
{{
	struct softc *sc = malloc(sizeof(*sc), M_TEMP, M_WAITOK);
	sc->tag = EVENTHANDLER_REGISTER(ifnet_link_event, arrived, sc, EVENTHANDLER_PRI_ANY);
	return (0);
}}
static void
gone(struct ifnet *ifp)
{{
	struct softc *priv = ifp->if_softc;
	{0}
	free(priv, M_TEMP);
}}
static struct if_clone *cl;
static int
hop_event(module_t mod, int type, void *data)
{{
	if (type == MOD_LOAD) {{
		cl = if_clone_simple("hop", make, gone, 0);
		return (0);
	}}
	if (type == MOD_UNLOAD) {{
		if_clone_detach(cl);
		return (0);
	}}
	return (EOPNOTSUPP);
}}
static moduledata_t x_mod = {{ "x", hop_event, NULL }};
DECLARE_MODULE(x, x_mod, SI_SUB_PSEUDO, SI_ORDER_ANY);
"""


@pytest.mark.parametrize(
    "back",
    [
        "EVENTHANDLER_DEREGISTER(ifnet_link_event, priv->tag);",
        "if (priv->tag != NULL)\n\t\tEVENTHANDLER_DEREGISTER(ifnet_link_event, priv->tag);",
    ],
)
def test_noop_an_objects_handler_is_taken_back_by_another_pointer(back: str) -> None:
    assert faults(model(OBJECT.format(back))) == []


def test_an_objects_handler_that_nothing_takes_back_is_told() -> None:
    module = model(OBJECT.format(""))
    found = [f for name in scenarios.names(module) for f in scenarios.run(module, name).faults]
    assert {(f.kind, f.at) for f in found} == {(Kind.HANDLER_LEFT, "m.c:8")}


SEVERAL = """#include <sys/param.h>
struct ent {{ int a; struct callout co; }};
static struct {{ struct ent **ent; int n; }} pace;
static int bind_threads = 2;
static void
up(void *st)
{{
	struct ent *e;
	int i, n = 4, error;

	{0}
	for (i = 0; i < pace.n; i++) {{
		pace.ent[i] = malloc(sizeof(struct ent), M_TEMP, M_WAITOK);
		e = pace.ent[i];
		callout_init(&e->co, 1);
	}}
	if (vm_ndomains == 1 && bind_threads == 2)
		bind_threads = 0;
	CPU_FOREACH(i) {{
		e = pace.ent[i];
		error = swi_add(&e->a, "hpts", up, (void *)e, 1, 2, &e->co);
		if (error)
			panic("x");
		if (bind_threads == 1)
			n++;
	}}
}}
SYSINIT(up, SI_SUB_SOFTINTR, SI_ORDER_ANY, up, NULL);
"""


def test_noop_several_that_a_loop_sets_up_and_another_uses() -> None:
    """A loop that does not run has set up none, and then there is none to be used."""
    assert faults(model(SEVERAL.format(""))) == []


def test_several_that_are_used_before_the_loop_that_sets_them_up() -> None:
    assert faults(model(SEVERAL.format("pace.ent[0]->a = 1;"))) == [(Kind.BEFORE_SET_UP, "pace.ent[]")]
