"""Verdicts on C: events that a sysctl's writer raises, one cause told once, whose handler is whose."""

import pytest
from helpers_model import model

from vport.runtime import scenarios
from vport.runtime.faults import Kind

HEAD = """#include <sys/param.h>
#include <net/vnet.h>
VNET_DEFINE_STATIC(int, n);
#define	V_n	VNET(n)
VNET_DEFINE_STATIC(struct mtx, m);
#define	V_m	VNET(m)
static struct mtx all;
static eventhandler_tag tag;
"""
EVENT = """
static int
event(module_t mod, int type, void *data)
{{
	switch (type) {{
	case MOD_LOAD:
		{0}
		return (0);
	case MOD_UNLOAD:
		{1}
		return (0);
	default:
		return (EOPNOTSUPP);
	}}
}}
static moduledata_t x_mod = {{ "x", event, NULL }};
DECLARE_MODULE(x, x_mod, SI_SUB_PSEUDO, SI_ORDER_FIRST);
"""


def slot(name: str, body: str, order: str = "SI_ORDER_ANY", down: bool = False) -> str:
    """A constructor, or a destructor."""
    macro = "VNET_SYSUNINIT" if down else "VNET_SYSINIT"
    return f"static void\n{name}(const void *unused)\n{{\n{body}\n}}\n{macro}({name}, SI_SUB_PSEUDO, {order}, {name}, 0);\n"


def faults(text: str, load: str = "", unload: str = "", release: str = "13") -> list[tuple[Kind, str]]:
    module = model(HEAD + text + EVENT.format(load, unload))
    found = [f for name in scenarios.names(module) for f in scenarios.run(module, name, release).faults]
    return sorted({(f.kind, f.variable) for f in found})


def of_writer(body: str, event: str = "nmbclusters_change", call: str = "EVENTHANDLER", more: str = "") -> list[tuple]:
    changed = f"{more}static void\nchanged(void *arg)\n{{\n{body}\n}}\n"
    register = f"tag = {call}_REGISTER({event}, changed, NULL, EVENTHANDLER_PRI_ANY);"
    if call.startswith("VNET_GLOBAL"):
        register = f"{call}_REGISTER_TAG(tag, {event}, changed, NULL, EVENTHANDLER_PRI_ANY);"
    back = f"EVENTHANDLER_DEREGISTER({event}, tag);"
    if not call.startswith("VNET_GLOBAL"):
        return faults(changed, register, back)
    return faults(
        changed + slot("up", register) + slot("down", f"if (IS_DEFAULT_VNET(curvnet))\n\t\t{back}", down=True)
    )


def test_a_plain_handler_of_a_writers_event_writes_one_stack() -> None:
    assert of_writer("\tV_n = nmbclusters / 32;") == [(Kind.HANDLER_ONCE, "n")]


def test_it_writes_by_a_function_that_it_calls() -> None:
    more = "static void\nbound(int max)\n{\n\tV_n = max;\n}\n"
    assert of_writer("\tbound(maxsockets);", "maxsockets_change", more=more) == [(Kind.HANDLER_ONCE, "n")]


@pytest.mark.parametrize(
    "body",
    [
        '\tif (V_n > 3)\n\t\tprintf("many\\n");',
        "\tVNET_ITERATOR_DECL(it);\n\tVNET_LIST_RLOCK();\n\tVNET_FOREACH(it) {\n\t\tCURVNET_SET(it);\n"
        "\t\tV_n = nmbclusters;\n\t\tCURVNET_RESTORE();\n\t}\n\tVNET_LIST_RUNLOCK();",
        "\tCURVNET_SET(vnet0);\n\tV_n = nmbclusters;\n\tCURVNET_RESTORE();",
    ],
)
def test_noop_it_reads_only_or_chooses_the_stacks(body: str) -> None:
    assert of_writer(body) == []


def test_noop_an_event_that_happens_to_something_of_a_stack() -> None:
    assert of_writer("\tV_n++;", "ifnet_link_event") == []


def test_noop_a_handler_for_all_stacks() -> None:
    assert of_writer("\tV_n = nmbclusters;", call="VNET_GLOBAL_EVENTHANDLER") == []


UP, USE = 'mtx_init(&V_m, "x", NULL, MTX_DEF);', "mtx_lock(&V_m);\n\tmtx_unlock(&V_m);"
DOWN = slot("down", "mtx_destroy(&V_m);", down=True)


def test_a_tie_is_told_once_and_what_follows_from_it_is_not() -> None:
    assert faults(slot("a", UP) + slot("b", USE) + DOWN) == [(Kind.EQUAL_KEYS, "m")]


def test_without_a_tie_the_use_is_told_in_vnet0_and_not_again_in_others() -> None:
    early = slot("a", UP) + slot("b", USE, "SI_ORDER_MIDDLE") + DOWN
    assert faults(early) == [(Kind.BEFORE_SET_UP, "m")]


def test_what_is_set_up_for_vnet0_only_is_told_still() -> None:
    once = slot("a", f"if (IS_DEFAULT_VNET(curvnet))\n\t\t{UP}", "SI_ORDER_FIRST")
    assert (Kind.DEFAULT_VNET_ONLY, "m") in faults(once + slot("b", USE) + slot("down", "", down=True))


ALL = "mtx_lock(&all);\n\tmtx_unlock(&all);"


def test_what_MOD_UNLOAD_frees_after_a_load_that_failed_is_the_same_fault() -> None:
    load = 'if (tag == NULL)\n\t\t\treturn (ENOMEM);\n\t\tmtx_init(&all, "x", NULL, MTX_DEF);'
    found = faults(slot("down", ALL, "SI_ORDER_SECOND", down=True), load, "mtx_destroy(&all);")
    assert found == [(Kind.UNLOAD_FREES, "all")]


def test_noop_a_load_that_fails_where_the_lock_goes_last() -> None:
    lock = 'MTX_SYSINIT(all, &all, "x", MTX_DEF);\n'
    load = "if (tag == NULL)\n\t\t\treturn (ENOMEM);"
    assert faults(lock + slot("up", ALL) + slot("down", ALL, down=True), load) == []


STOP = "static void\nstop(void *v)\n{\n\tCURVNET_SET((struct vnet *)v);\n\tV_n = 0;\n\tCURVNET_RESTORE();\n}\n"


def of_each_stack(argument: str) -> list[tuple[Kind, str]]:
    tags = "VNET_DEFINE_STATIC(eventhandler_tag, t);\n#define\tV_t\tVNET(t)\n"
    up = slot("up", f"V_t = EVENTHANDLER_REGISTER(shutdown_pre_sync, stop, {argument}, 0);")
    return faults(tags + STOP + up + slot("down", "EVENTHANDLER_DEREGISTER(shutdown_pre_sync, V_t);", down=True))


def test_each_stack_registers_the_same_once_more() -> None:
    assert (Kind.HANDLER_PER_VNET, "t") in of_each_stack("vnet0")


def test_noop_each_stack_registers_one_that_is_told_whose_it_is() -> None:
    assert of_each_stack("curvnet") == []


def test_each_stack_leaves_its_own() -> None:
    up = slot("up", "EVENTHANDLER_REGISTER(shutdown_pre_sync, stop, curvnet, 0);")
    assert faults(STOP + up) == [(Kind.HANDLER_LEFT, "")]


FILTER = "static int\ncheck(void *arg, struct mbuf **m, struct ifnet *ifp, int dir, struct inpcb *inp)\n{\n\tV_n++;\n\treturn (0);\n}\n"
HOOK = "pfil_{0}_hook(check, NULL, PFIL_IN, pfil_head_get(PFIL_TYPE_AF, AF_INET));"


def test_noop_a_hook_that_is_taken_back_by_its_function() -> None:
    text = FILTER + slot("up", HOOK.format("add")) + slot("down", HOOK.format("remove"), down=True)
    assert faults(text, release="2010") == []


def test_a_hook_that_stays_when_the_module_goes() -> None:
    assert faults(FILTER + slot("up", HOOK.format("add")), release="2010") == [(Kind.HANDLER_LEFT, "")]
