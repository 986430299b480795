"""VP4xx: initialisers, declarations, accessors, locks and registries, and near ones that are right."""

import pytest

from checks.checking import Files, enough, marked, places
from checks.snippets import COUNT, DESTROY, INIT, LOCK, SHARED, construct, destruct, function, module

USE = function("hop_input", "V_hop_n++;\nm_freem(m);")
LEAF = 'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, {}, {}, 0, "hops");{}\n\n'
MAX = 'static int hop_max = 7;\nSYSCTL_INT(_net_inet, OID_AUTO, hop_max, {}, &hop_max, 0, "most");{}\n\n'
OUTPUT = (
    "typedef void\thop_fn(struct mbuf *);\nstatic hop_fn\thop_default;\n\n"
    "VNET_DEFINE_STATIC(hop_fn *, hop_output)@;\n#define\tV_hop_output\tVNET(hop_output)\n\n"
    + function("hop_default", "m_freem(m);", kind="static void")
    + function("hop_input", "V_hop_output(m);")
)
EXTERN = "VNET_DEFINE(int, hop_n);\n\n" + USE
TOTAL = SHARED + "static int hop_total;\n\n"
LOCKS = LOCK + construct("hop_init", INIT) + destruct("hop_uninit", DESTROY)
UNDER = "mtx_lock(&{0});\nhop_total++;{1}\nmtx_unlock(&{0});"
ONE = 'static struct mtx hop_one;\nMTX_SYSINIT(hop_one, &hop_one, "hop", MTX_DEF);\n\n'


def declared(header: str) -> Files:
    return {"net/hop.h": header, "net/hop.c": EXTERN}


def set_(body: str, name: str = "hop_init", mark: str = "") -> str:
    return COUNT + construct(name, body, mark=mark) + USE + module()


CASES: dict[str, Files] = {
    "VP401-no_flag": COUNT + LEAF.format("CTLFLAG_RW", "&VNET_NAME(hop_n)", " /* VP401 */") + USE + module(),
    "VP401-accessor": COUNT + LEAF.format("CTLFLAG_RD", "&V_hop_n", " /* VP401 */") + USE + module(),
    "VP401-noop_flag": COUNT + LEAF.format("CTLFLAG_VNET | CTLFLAG_RW", "&VNET_NAME(hop_n)", "") + USE + module(),
    "VP401-noop_shared": COUNT + MAX.format("CTLFLAG_RW", "") + USE + module(),
    "VP402-flag": COUNT + MAX.format("CTLFLAG_VNET | CTLFLAG_RD", " /* VP402 */") + USE + module(),
    "VP402-flag_behind": COUNT + MAX.format("CTLFLAG_RD | CTLFLAG_VNET", " /* VP402 */") + USE + module(),
    "VP402-noop_no_flag": COUNT + MAX.format("CTLFLAG_RD", "") + USE + module(),
    "VP402-noop_per_vnet": COUNT + LEAF.format("CTLFLAG_RD | CTLFLAG_VNET", "&VNET_NAME(hop_n)", "") + USE + module(),
    "VP403-function": OUTPUT.replace("@;", " = hop_default; /* VP403 */") + module(),
    "VP403-own_address": "VNET_DEFINE_STATIC(struct hophead, hop_head) = TAILQ_HEAD_INITIALIZER(hop_head); /* VP403 */\n"
    "#define\tV_hop_head\tVNET(hop_head)\n\n"
    + function("hop_input", "TAILQ_INSERT_TAIL(&V_hop_head, hop, hop_next);", "struct hop *hop")
    + module(),
    "VP403-noop_constructor": OUTPUT.replace("@", "") + construct("hop_init", "V_hop_output = hop_default;") + module(),
    "VP403-noop_part_of_the_kernel": OUTPUT.replace("@", " = hop_default"),
    "VP403-noop_empty_list": "VNET_DEFINE_STATIC(struct hophead, hop_head) = LIST_HEAD_INITIALIZER(hop_head);\n"
    "#define\tV_hop_head\tVNET(hop_head)\n\n"
    + function("hop_input", "LIST_INSERT_HEAD(&V_hop_head, hop, hop_next);", "struct hop *hop")
    + module(),
    "VP404-number": set_("V_hop_n = 7;", mark=" /* VP404 */"),
    "VP404-macro": "#define\tHOP_MAX\t(7 * 2)\n" + set_("V_hop_n = HOP_MAX;", mark=" /* VP404 */"),
    "VP404-noop_call": set_("V_hop_n = hop_first();"),
    "VP404-noop_variable": set_("V_hop_n = hz;"),
    "VP404-noop_does_more": set_("V_hop_n = 7;\nhop_start();"),
    "VP404-noop_behind_a_condition": set_("if (IS_DEFAULT_VNET(curvnet))\n\tV_hop_n = 7;"),
    "VP404-noop_macro_of_a_call": "#define\tHOP_MAX\thop_most()\n" + set_("V_hop_n = HOP_MAX;"),
    "VP404-noop_macro_nobody_knows": set_("V_hop_n = HOP_MAX;"),
    "VP404-noop_overrides_its_initial_value": set_("V_hop_n = 7;").replace("hop_n);", "hop_n) = 1;", 1),
    "VP405-plain": declared("extern int hop_n; /* VP405 */\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP405-width": declared("VNET_DECLARE(long, hop_n); /* VP405 */\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP405-pointer": declared("VNET_DECLARE(int *, hop_n); /* VP405 */\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP405-noop_alike": declared("VNET_DECLARE(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP405-noop_a_typedef_may_be_it": declared("VNET_DECLARE(hop_int_t, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP405-noop_same_width": declared("VNET_DECLARE(int32_t, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n"),
    "VP406-plain_name": COUNT + function("hop_input", "V_hop_n++;\nif (hop_n > 7) /* VP406 */\n\tm_freem(m);"),
    "VP406-plain_address": COUNT + function("hop_input", "V_hop_n++;\nhop_fill(&hop_n); /* VP406 */"),
    "VP406-no_accessor": COUNT.partition("#")[0] + USE.replace("V_hop_n++;", "V_hop_n++; /* VP406 */"),
    "VP406-in_a_macro": COUNT
    + "#define\tHOP_MORE()\t(hop_n > 7) /* VP406 */\n\n"
    + function("hop_input", "V_hop_n++;\nif (HOP_MORE())\n\tm_freem(m);"),
    "VP406-noop_macro_nobody_uses": COUNT + "#define\thop_other\thop_n\n\n" + USE,
    "VP406-noop_local_of_that_name": COUNT
    + function("hop_input", "int hop_n = 0;\n\nV_hop_n++;\nif (hop_n > 7)\n\tm_freem(m);"),
    "VP406-noop_member": COUNT + function("hop_input", "V_hop_n++;\nif (m->hop_n > 7)\n\tm_freem(m);"),
    "VP406-noop_VNET": COUNT + function("hop_input", "V_hop_n++;\nVNET(hop_n)++;\nhop_fill(&VNET_NAME(hop_n));"),
    "VP406-noop_in_no_build": "VNET_DEFINE_STATIC(int, hop_m);\n\n"
    + COUNT
    + function("hop_input", "V_hop_n++;\n#if 0\nV_hop_m = 7;\n#endif\nhop_fill(&VNET(hop_m));").replace("\t#", "#"),
    "VP406-noop_other_stack": COUNT
    + function("hop_input", "V_hop_n++;\nVNET_VNET(vnet, hop_n)++;", "struct vnet *vnet"),
    "VP406-noop_without_VIMAGE": COUNT
    + function("hop_input", "V_hop_n++;\n#ifndef VIMAGE\nhop_n = 0;\n#endif").replace("\t#", "#"),
    "VP407-variable_is_gone": COUNT + "#define\tV_hop_old\tVNET(hop_old) /* VP407 */\n\n" + USE,
    "VP407-nobody_uses_it": COUNT
    + "VNET_DEFINE_STATIC(int, hop_m);\n#define\tV_hop_m\tVNET(hop_m)\t/* VP407 */\n\n"
    + USE
    + function("hop_other", "hop_fill(&VNET_NAME(hop_m));", "void"),
    "VP407-noop_used": COUNT + USE,
    "VP407-noop_used_elsewhere": {
        "net/hop.h": "VNET_DECLARE(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n",
        "net/hop.c": "VNET_DEFINE(int, hop_n);\n",
        "net/peer.c": USE,
    },
    "VP407-noop_other_macro": COUNT + "#define\tV_hop_other\t(V_hop_n + 1)\n\n" + USE,
    "VP408-counter": LOCKS + TOTAL + function("hop_input", UNDER.format("V_hop_lock", " /* VP408 */")) + module(),
    "VP408-in_a_branch": LOCKS
    + TOTAL
    + function(
        "hop_input", "mtx_lock(&V_hop_lock);\nif (m != NULL)\n\thop_total++; /* VP408 */\nmtx_unlock(&V_hop_lock);"
    )
    + module(),
    "VP408-noop_shared_lock": LOCKS
    + ONE
    + TOTAL
    + function("hop_input", "mtx_lock(&V_hop_lock);\nmtx_unlock(&V_hop_lock);\n" + UNDER.format("hop_one", ""))
    + module(),
    "VP408-noop_both_locks": LOCKS
    + ONE
    + TOTAL
    + function("hop_input", "mtx_lock(&V_hop_lock);\n" + UNDER.format("hop_one", "") + "\nmtx_unlock(&V_hop_lock);")
    + module(),
    "VP408-noop_also_without_a_lock": LOCKS
    + TOTAL
    + function("hop_input", UNDER.format("V_hop_lock", ""))
    + function("hop_reset", "hop_total = 0;", "void")
    + module(),
    "VP408-noop_only_read": LOCKS
    + TOTAL.removeprefix(SHARED)
    + function("hop_input", "mtx_lock(&V_hop_lock);\nif (hop_total > 7)\n\tm_freem(m);\nmtx_unlock(&V_hop_lock);")
    + module(),
    "VP409-tag": COUNT
    + "VNET_DEFINE_STATIC(eventhandler_tag, hop_tag); /* VP409 */\n#define\tV_hop_tag\tVNET(hop_tag)\n\n"
    + function("hop_input", "V_hop_n++;\nhop_show(V_hop_tag);"),
    "VP409-malloc_type": COUNT
    + "VNET_DEFINE_STATIC(struct malloc_type, hop_type); /* VP409 */\n#define\tV_hop_type\tVNET(hop_type)\n\n"
    + function("hop_input", "V_hop_n++;\nhop_show(&V_hop_type);"),
    "VP409-noop_shared_tag": COUNT
    + "static eventhandler_tag hop_tag;\n\n"
    + function("hop_input", "V_hop_n++;\nhop_show(hop_tag);"),
    "VP409-noop_pointer": COUNT
    + "VNET_DEFINE_STATIC(struct malloc_type *, hop_type);\n#define\tV_hop_type\tVNET(hop_type)\n\n"
    + function("hop_input", "V_hop_n++;\nhop_show(V_hop_type);"),
}


@pytest.mark.parametrize("name", CASES)
def test_linkage(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_each_finding_has_cases_of_both_kinds() -> None:
    assert enough("VP4", CASES) == {}
