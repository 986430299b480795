"""VP3xx: lives that go wrong, and near ones that do not."""

import pytest

from checks.checking import Files, enough, marked, places
from checks.enrolled_cases import ENROLLED
from checks.snippets import (
    ANY,
    BUFFER,
    COUNT,
    CREATE,
    DESTROY,
    FIRST,
    FREE,
    INIT,
    LOCK,
    SHARED,
    USE,
    ZONE,
    construct,
    destruct,
    down,
    function,
    module,
    up,
)

SECOND, LATE = "SI_ORDER_SECOND", "SI_SUB_PROTO_END"
LOCKED = USE.replace("mtx_lock(&V_hop_lock);", "mtx_lock(&V_hop_lock); /* {} */", 1)
PAIR = construct("hop_init", INIT) + destruct("hop_uninit", DESTROY)
COUNTED = construct("hop_count", "V_hop_n = hop_first();")
ONE_LOCK = "static struct mtx hop_one;\n\n"
ONE_ZONE = SHARED + "static uma_zone_t hop_zone;\n" + BUFFER
MAKE_ZONE = 'hop_zone = uma_zcreate("hop", 64, NULL, NULL, NULL, NULL, 0, 0);'
ARRIVE = (
    COUNT
    + "static eventhandler_tag hop_tag;\n\n"
    + function("hop_arrive", "V_hop_n++;", "void *arg __unused, struct ifnet *ifp", "static void")
)
LISTEN = "hop_tag = EVENTHANDLER_REGISTER(ifnet_arrival_event, hop_arrive, NULL,{}\n    EVENTHANDLER_PRI_ANY);"
UNLISTEN = "EVENTHANDLER_DEREGISTER(ifnet_arrival_event, hop_tag);"
NETISR = (
    COUNT
    + function("hop_input", "V_hop_n++;\nm_freem(m);")
    + 'static struct netisr_handler hop_nh = {\n\t.nh_name = "hop",\n\t.nh_handler = hop_input,\n\t.nh_proto = 7,\n};\n\n'
)
HOOK = (
    COUNT
    + "VNET_DEFINE_STATIC(pfil_hook_t, hop_hook);\n#define\tV_hop_hook\tVNET(hop_hook)\n\n"
    + function(
        "hop_check",
        "V_hop_n++;\nreturn (PFIL_PASS);",
        "struct mbuf **m, struct ifnet *ifp, int flags, void *ruleset __unused,\n    struct inpcb *inp",
        "static pfil_return_t",
    )
)
ADD_HOOK = (
    "struct pfil_hook_args pha;\n\npha.pa_func = hop_check;\npha.pa_type = PFIL_TYPE_IP4;\n"
    "V_hop_hook = pfil_add_hook(&pha);{}"
)
TIMER = (
    COUNT
    + "VNET_DEFINE_STATIC(struct callout, hop_timer);\n#define\tV_hop_timer\tVNET(hop_timer)\n\n"
    + function("hop_tick", "CURVNET_SET(arg);\nV_hop_n++;\nCURVNET_RESTORE();", "void *arg", "static void")
)
START = "callout_init(&V_hop_timer, 1);\ncallout_reset(&V_hop_timer, hz, hop_tick, curvnet);{}"
CLONER = (
    "VNET_DEFINE_STATIC(struct if_clone *, hop_cloner);\n#define\tV_hop_cloner\tVNET(hop_cloner)\n\n"
    + function(
        "hop_create",
        'struct ifnet *ifp;\n\nifp = if_alloc(IFT_ETHER);\nif_initname(ifp, "hop", unit);\nif_attach(ifp);\nreturn (0);',
        "struct if_clone *ifc, int unit, caddr_t params",
        "static int",
    )
    + function("hop_destroy", "if_detach(ifp);\nif_free(ifp);", "struct ifnet *ifp", "static void")
)
CLONE = 'V_hop_cloner = if_clone_simple("hop", hop_create, hop_destroy, 0);{}'
DETACH = "if_clone_detach(V_hop_cloner);"
ALLOCATE = "V_hop_buf = malloc(64, M_HOP, M_WAITOK);"
RELEASE = "free(V_hop_buf, M_HOP);"
TABLE = "VNET_DEFINE_STATIC(char, hop_table[{}]);{}\n#define\tV_hop_table\tVNET(hop_table)\n\n"


def mirrored(lock: str, buffer: str, mark: str = "", late: str = "") -> str:
    """A buffer that is made and freed under a lock, their destructors at given orders."""
    return (
        LOCK
        + BUFFER
        + construct("hop_init", INIT, FIRST)
        + construct("hop_buf_init", f"mtx_lock(&V_hop_lock);\n{ALLOCATE}\nmtx_unlock(&V_hop_lock);", SECOND)
        + destruct("hop_uninit", DESTROY, lock, mark=mark)
        + destruct("hop_buf_uninit", f"mtx_lock(&V_hop_lock);{late}\n{RELEASE}\nmtx_unlock(&V_hop_lock);", buffer)
        + module(order=FIRST)
    )


CASES: dict[str, Files] = {
    "VP301-smaller_key": LOCK + construct("hop_first", LOCKED.format("VP301"), FIRST) + PAIR + module(),
    "VP301-nobody_sets_up": LOCK + construct("hop_first", LOCKED.format("VP301")) + module(),
    "VP301-noop_in_order": LOCK + PAIR + construct("hop_late", USE, subsystem=LATE) + module(),
    "VP301-noop_same_constructor": LOCK
    + construct("hop_init", f"{INIT}\n{USE}")
    + destruct("hop_uninit", DESTROY)
    + module(),
    "VP302-same_destructor": LOCK
    + construct("hop_init", INIT)
    + destruct("hop_uninit", f"{DESTROY}\n" + LOCKED.format("VP302"))
    + module(),
    "VP302-later_destructor": LOCK
    + construct("hop_init", INIT)
    + destruct("hop_uninit", DESTROY, ANY)
    + destruct("hop_last", LOCKED.format("VP302"), FIRST)
    + module(),
    "VP302-noop_before": LOCK + construct("hop_init", INIT) + destruct("hop_uninit", f"{USE}\n{DESTROY}") + module(),
    "VP302-noop_earlier_destructor": LOCK
    + construct("hop_init", INIT)
    + destruct("hop_uninit", DESTROY, FIRST)
    + destruct("hop_early", USE, ANY)
    + module(),
    "VP303-two_constructors": LOCK
    + construct("hop_init", INIT, FIRST)
    + construct("hop_again", f"{INIT} /* VP303 */", ANY)
    + destruct("hop_uninit", DESTROY)
    + module(),
    "VP303-twice_in_one": LOCK
    + construct("hop_init", f"{INIT}\n{INIT} /* VP303 */")
    + destruct("hop_uninit", DESTROY)
    + module(),
    "VP303-noop_torn_down_between": LOCK
    + construct("hop_init", f"{INIT}\n{DESTROY}\n{INIT}")
    + destruct("hop_uninit", DESTROY)
    + module(),
    "VP303-noop_one_in_each_arm": LOCK
    + construct("hop_init", f"if (hop_fast())\n\t{INIT}\nelse\n\t{INIT}")
    + destruct("hop_uninit", DESTROY)
    + module(),
    "VP304-lock": ONE_LOCK
    + COUNT
    + COUNTED
    + construct("hop_init", 'mtx_init(&hop_one, "hop", NULL, MTX_DEF); /* VP304 */')
    + down("hop_down", "mtx_destroy(&hop_one);")
    + module(),
    "VP304-zone": SHARED
    + "static uma_zone_t hop_zone;\n"
    + COUNT
    + COUNTED
    + construct("hop_init", f"{MAKE_ZONE} /* VP304 */")
    + down("hop_down", "uma_zdestroy(hop_zone);")
    + module(),
    "VP304-noop_by_a_SYSINIT": ONE_LOCK
    + COUNT
    + COUNTED
    + up("hop_up", 'mtx_init(&hop_one, "hop", NULL, MTX_DEF);')
    + down("hop_down", "mtx_destroy(&hop_one);")
    + module(),
    "VP304-noop_for_the_default_vnet": ONE_LOCK
    + COUNT
    + COUNTED
    + construct("hop_init", 'if (IS_DEFAULT_VNET(curvnet))\n\tmtx_init(&hop_one, "hop", NULL, MTX_DEF);')
    + destruct("hop_uninit", "if (IS_DEFAULT_VNET(curvnet))\n\tmtx_destroy(&hop_one);")
    + module(),
    "VP305-zone": ZONE + construct("hop_init", f"{CREATE} /* VP305 */") + module(),
    "VP305-lock": LOCK + construct("hop_init", f"{INIT} /* VP305 */") + module(),
    "VP305-noop_destructor": ZONE + construct("hop_init", CREATE) + destruct("hop_uninit", FREE) + module(),
    "VP305-noop_called_by_the_destructor": ZONE
    + function("hop_free", FREE, "void", "static void")
    + construct("hop_init", CREATE)
    + destruct("hop_uninit", "hop_free();")
    + module(),
    "VP306-two_destructors": LOCK
    + construct("hop_init", INIT)
    + destruct("hop_uninit", DESTROY, ANY)
    + destruct("hop_again", f"{DESTROY} /* VP306 */", FIRST)
    + module(),
    "VP306-shared_by_each_stack": ONE_LOCK
    + COUNT
    + COUNTED
    + up("hop_up", 'mtx_init(&hop_one, "hop", NULL, MTX_DEF);', FIRST)
    + destruct("hop_uninit", "mtx_destroy(&hop_one); /* VP306 */")
    + module(),
    "VP306-noop_once": LOCK + PAIR + module(),
    "VP306-noop_one_in_each_arm": LOCK
    + construct("hop_init", INIT)
    + destruct("hop_uninit", f"if (hop_fast())\n\t{DESTROY}\nelse\n\t{DESTROY}")
    + module(),
    "VP307-constructor_asks": LOCK
    + construct("hop_init", f"if (!IS_DEFAULT_VNET(curvnet))\n\treturn;\n{INIT}")
    + construct("hop_late", LOCKED.format("VP307"), subsystem=LATE)
    + destruct("hop_uninit", f"if (IS_DEFAULT_VNET(curvnet))\n\t{DESTROY}")
    + module(),
    "VP307-module_event": LOCK + module(f"{INIT} /* VP307 */", DESTROY, FIRST),
    "VP307-noop_each_stack": LOCK + PAIR + construct("hop_late", USE, subsystem=LATE) + module(),
    "VP307-noop_used_by_the_default_only": LOCK
    + construct("hop_init", f"if (!IS_DEFAULT_VNET(curvnet))\n\treturn;\n{INIT}")
    + construct("hop_late", f"if (!IS_DEFAULT_VNET(curvnet))\n\treturn;\n{USE}", subsystem=LATE)
    + destruct("hop_uninit", f"if (IS_DEFAULT_VNET(curvnet))\n\t{DESTROY}")
    + module(),
    "VP308-behind": COUNT
    + construct("hop_init", "V_hop_n = hop_first();", subsystem="SI_SUB_KTHREAD_INIT", mark=" /* VP308 */")
    + module(),
    "VP308-before": COUNT
    + construct("hop_init", "V_hop_n = hop_first();", subsystem="SI_SUB_KLD", mark=" /* VP308 */")
    + module(),
    "VP308-noop_the_last": COUNT
    + construct("hop_init", "V_hop_n = hop_first();", subsystem="SI_SUB_VNET_DONE")
    + module(),
    "VP308-noop_behind_where_a_release_allows_it": {
        "net/vnet.h": "#define\tVNET_DEFINE(t, n)\tstruct _hack; t vnet_entry_##n\n"
        "#define\tSYSCTL_VNET_INT(p, n, m, a, t, v, d)\tSYSCTL_OID(p, n, m, a, t, v, 0, d)\n",
        "net/hop.c": COUNT.replace("VNET_DEFINE_STATIC", "static VNET_DEFINE")
        + construct("hop_init", "V_hop_n = hop_first();", subsystem="SI_SUB_KTHREAD_INIT")
        + module(),
    },
    "VP308-noop_shared": COUNT + COUNTED + up("hop_up", "hop_spawn();", subsystem="SI_SUB_KTHREAD_INIT") + module(),
    "VP309-constructors": LOCK
    + construct("hop_late", USE)
    + construct("hop_init", INIT, mark=" /* VP309 */")
    + destruct("hop_uninit", DESTROY)
    + module(order=FIRST),
    "VP309-zone": ZONE
    + construct("hop_late", "hop_take(uma_zalloc(V_hop_zone, M_WAITOK));")
    + construct("hop_init", CREATE, mark=" /* VP309 */")
    + destruct("hop_uninit", FREE)
    + module(order=FIRST),
    "VP309-noop_other_orders": LOCK
    + construct("hop_init", INIT, "SI_ORDER_ANY - 1")
    + construct("hop_late", USE)
    + destruct("hop_uninit", DESTROY, "SI_ORDER_ANY - 1")
    + module(order=FIRST),
    "VP309-noop_nothing_in_common": LOCK + COUNT + COUNTED + PAIR + module(order=FIRST),
    "VP310-lock_first": mirrored(SECOND, FIRST, " /* VP310 */", " /* VP302 */"),
    "VP310-other_subsystem": mirrored(SECOND, FIRST, " /* VP310 */", " /* VP302 */").replace(
        "SI_SUB_PSEUDO, SI_ORDER_SECOND", "SI_SUB_PROTO_IF, SI_ORDER_SECOND"
    ),
    "VP310-noop_mirrored": mirrored(FIRST, SECOND),
    "VP310-noop_far_apart": mirrored(FIRST, ANY),
    "VP311-zone": ONE_ZONE
    + construct("hop_init", "V_hop_buf = uma_zalloc(hop_zone, M_WAITOK);")
    + destruct("hop_uninit", "uma_zfree(hop_zone, V_hop_buf); /* VP311 */")
    + module(MAKE_ZONE, "uma_zdestroy(hop_zone);", FIRST),
    "VP311-lock": ONE_LOCK
    + COUNT
    + COUNTED
    + destruct("hop_uninit", "mtx_lock(&hop_one); /* VP311 */\nV_hop_n = 0;\nmtx_unlock(&hop_one);")
    + module('mtx_init(&hop_one, "hop", NULL, MTX_DEF);', "mtx_destroy(&hop_one);", FIRST),
    "VP311-noop_by_a_SYSUNINIT": ONE_ZONE
    + construct("hop_init", "V_hop_buf = uma_zalloc(hop_zone, M_WAITOK);")
    + destruct("hop_uninit", "uma_zfree(hop_zone, V_hop_buf);")
    + down("hop_down", "uma_zdestroy(hop_zone);")
    + module(MAKE_ZONE, "", FIRST),
    "VP311-noop_destructor_needs_it_not": ONE_LOCK
    + COUNT
    + COUNTED
    + destruct("hop_uninit", "V_hop_n = 0;")
    + module('mtx_init(&hop_one, "hop", NULL, MTX_DEF);', "mtx_destroy(&hop_one);", FIRST),
    "VP312-event": ARRIVE + construct("hop_init", LISTEN.format(" /* VP312 */")) + module(unload=UNLISTEN),
    "VP312-netisr": NETISR
    + construct("hop_init", "netisr_register(&hop_nh); /* VP312 */")
    + module(unload="netisr_unregister(&hop_nh);"),
    "VP312-noop_on_MOD_LOAD": ARRIVE + module(LISTEN.format(""), UNLISTEN),
    "VP312-noop_by_the_default_vnet": ARRIVE
    + construct("hop_init", "if (IS_DEFAULT_VNET(curvnet))\n\t" + LISTEN.format("").replace("\n", "\n\t"))
    + module(unload=UNLISTEN),
    "VP313-pfil": HOOK
    + up("hop_up", ADD_HOOK.format(" /* VP313 */"))
    + destruct("hop_uninit", "if (V_hop_hook != NULL)\n\tpfil_remove_hook(V_hop_hook);")
    + module(),
    "VP313-netisr": NETISR
    + up("hop_up", "netisr_register_vnet(&hop_nh); /* VP313 */")
    + destruct("hop_uninit", "netisr_unregister_vnet(&hop_nh);")
    + module(),
    "VP313-noop_its_tag_is_the_mistake": COUNT
    + "VNET_DEFINE_STATIC(eventhandler_tag, hop_tag); /* VP409 */\n#define\tV_hop_tag\tVNET(hop_tag)\n\n"
    + function("hop_arrive", "V_hop_n++;", "void *arg __unused, struct ifnet *ifp", "static void")
    + module(LISTEN.format("").replace("hop_tag", "V_hop_tag"), UNLISTEN.replace("hop_tag", "V_hop_tag")),
    "VP313-noop_pfil_by_each_stack": HOOK
    + construct("hop_init", ADD_HOOK.format(""))
    + destruct("hop_uninit", "pfil_remove_hook(V_hop_hook);")
    + module(),
    "VP313-noop_event_once": ARRIVE + module(LISTEN.format(""), UNLISTEN),
    "VP314-event": ARRIVE + module(LISTEN.format(" /* VP314 */")),
    "VP314-callout": TIMER + construct("hop_init", START.format(" /* VP314 */")) + module(),
    "VP314-noop_event": ARRIVE + module(LISTEN.format(""), UNLISTEN),
    "VP314-noop_callout": TIMER
    + construct("hop_init", START.format(""))
    + destruct("hop_uninit", "callout_drain(&V_hop_timer);")
    + module(),
    "VP315-cloner_stays": CLONER + construct("hop_init", CLONE.format(" /* VP315 */")) + module(),
    "VP315-cloner_goes_too_late": CLONER
    + construct("hop_init", CLONE.format(" /* VP315 */"))
    + destruct("hop_uninit", DETACH, FIRST, "SI_SUB_KLD + 0x1000000 - 1")
    + module(),
    "VP315-noop_cloner_goes_first": CLONER
    + construct("hop_init", CLONE.format(""))
    + destruct("hop_uninit", DETACH, ANY, "SI_SUB_INIT_IF")
    + module(),
    "VP315-noop_cloner_goes_with_its_constructor": CLONER
    + construct("hop_init", CLONE.format(""))
    + destruct("hop_uninit", DETACH)
    + module(),
    "VP316-returns_without_memory": BUFFER
    + construct(
        "hop_init",
        "V_hop_buf = malloc(64, M_HOP, M_NOWAIT);\nif (V_hop_buf == NULL)\n\treturn; /* VP316 */\nbzero(V_hop_buf, 64);",
    )
    + destruct("hop_uninit", RELEASE)
    + module(),
    "VP316-loads_a_module": COUNT
    + COUNTED
    + construct("hop_init", 'int fileid;\n\nkern_kldload(curthread, "peer", &fileid); /* VP316 */')
    + module(),
    "VP316-noop_shared_by_all_stacks": COUNT
    + "static void *hop_buf;\n\n"
    + construct(
        "hop_init",
        "V_hop_n = hop_first();\nif (!IS_DEFAULT_VNET(curvnet))\n\treturn;\n"
        "hop_buf = malloc(64, M_HOP, M_NOWAIT);\nif (hop_buf == NULL)\n\treturn;\nbzero(hop_buf, 64);",
    )
    + module(unload="free(hop_buf, M_HOP);"),
    "VP316-noop_waits": BUFFER + construct("hop_init", ALLOCATE) + destruct("hop_uninit", RELEASE) + module(),
    "VP316-noop_nothing_can_fail": COUNT + construct("hop_init", "V_hop_n = hop_first();") + module(),
    "VP317-one_array": TABLE.format(65536, " /* VP317 */")
    + construct("hop_init", "V_hop_table[0] = hop_first();")
    + module(),
    "VP317-two_dimensions": TABLE.format("64][1024", " /* VP317 */")
    + construct("hop_init", "V_hop_table[0][0] = hop_first();")
    + module(),
    "VP317-noop_small": TABLE.format(64, "") + construct("hop_init", "V_hop_table[0] = hop_first();") + module(),
    "VP317-noop_part_of_the_kernel": TABLE.format(65536, "") + construct("hop_init", "V_hop_table[0] = hop_first();"),
}


@pytest.mark.parametrize("name", CASES)
def test_life(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_each_finding_has_cases_of_both_kinds() -> None:
    assert enough("VP3", {**CASES, **ENROLLED}) == {}
