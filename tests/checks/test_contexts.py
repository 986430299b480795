"""VP2xx: paths and entry points that lose the stack, and near ones that do not."""

import pytest

from checks.checking import Files, enough, marked, places
from checks.enrolled_cases import BASES
from checks.snippets import COUNT, DESTROY, INIT, LOCK, construct, destruct, function

VNET = "struct vnet *vnet, int n"
TIMER = "static struct callout hop_timer;\n\n"
RESET = function("hop_start", "callout_reset(&hop_timer, hz, hop_tick, NULL);", "void", "static void")
POINTED = COUNT + "static int *hop_where; /* VP101 */\n\n"
OWN = COUNT + "VNET_DEFINE_STATIC(int *, hop_where);\n#define\tV_hop_where\tVNET(hop_where)\n\n"
LOCKED = LOCK + construct("hop_init", INIT) + destruct("hop_uninit", DESTROY)
FOREACH = "VNET_ITERATOR_DECL(vnet_iter);\n\nVNET_LIST_RLOCK();\nVNET_FOREACH(vnet_iter) {\n\tCURVNET_SET(vnet_iter);\n%s\n\tCURVNET_RESTORE();\n}\nVNET_LIST_RUNLOCK();"


def set_(body: str, arguments: str = VNET, kind: str = "int") -> str:
    return COUNT + function("hop_set", body, arguments, kind)


def tick(body: str) -> str:
    return COUNT + TIMER + function("hop_tick", body, "void *arg", "static void") + RESET


def late(subsystem: str, body: str, order: str = "SI_ORDER_ANY", macro: str = "SYSINIT") -> str:
    """A set-up at a subsystem; it gets its number from elsewhere, so that what it sets is all that can be wrong."""
    text = function("hop_late", "int n = 1;\n\n" + body, "void *arg", "static void")
    return COUNT + text + f"{macro}(hop_late, {subsystem}, {order}, hop_late, NULL);\n"


def flush(body: str) -> str:
    late = construct("hop_start", "hop_flush();", subsystem="SI_SUB_PROTO_END")
    return LOCKED + function("hop_flush", body, "void", "static void") + late


SAS = function("hop_count", "V_hop_n++;", "struct hop_sa *sa") + function(
    "hop_free", "if (--sa->refs == 0)\n\tV_hop_n--;", "struct hop_sa *sa"
)
ARMED = function("hop_start", "crp->crp_callback = hop_done;", "struct cryptop *crp")


def done(body: str, more: str = ARMED, home: str = COUNT + SAS) -> dict[str, str]:
    """A callback of the crypto framework in one file, what it calls in another."""
    text = "struct hop_sa *sa = crp->crp_opaque;\n\n" + body + "\nreturn (0);"
    return {"net/hop.c": function("hop_done", text, "struct cryptop *crp", "static int") + more, "net/hop_sa.c": home}


def gone(body: str) -> str:
    return COUNT + function("hop_destroy", body, "struct ifnet *ifp, struct ifnet *other")


CASES: dict[str, Files] = {
    "VP208-behind_the_restore": done(
        "CURVNET_SET(sa->vnet);\nhop_count(sa);\nCURVNET_RESTORE();\nhop_free(sa); /* VP208 */"
    ),
    "VP208-through_a_function_between": done(
        "hop_drop(sa); /* VP208 */", home=COUNT + SAS + function("hop_drop", "hop_free(sa);", "struct hop_sa *sa")
    ),
    "VP208-noop_within_the_context": done("CURVNET_SET(sa->vnet);\nhop_free(sa);\nCURVNET_RESTORE();"),
    "VP208-noop_sets_it_itself": done(
        "hop_free(sa);",
        home=COUNT
        + function("hop_free", "CURVNET_SET(sa->vnet);\nV_hop_n--;\nCURVNET_RESTORE();", "struct hop_sa *sa"),
    ),
    "VP208-noop_somebody_with_a_stack_calls_it": done(
        "hop_free(sa);", more=function("hop_send", "hop_done(crp);", "struct cryptop *crp")
    ),
    "VP209-freed": gone("if_free(ifp);\nCURVNET_SET(ifp->if_vnet); /* VP209 */\nV_hop_n--;\nCURVNET_RESTORE();"),
    "VP209-freed_before_a_block": gone(
        "if_free(ifp);\nif (other != NULL) {\n\tCURVNET_SET(ifp->if_vnet); /* VP209 */\n\tV_hop_n--;\n\tCURVNET_RESTORE();\n}"
    ),
    "VP209-thread_of_a_timer": tick("CURVNET_SET(TD_TO_VNET(curthread)); /* VP209 */\nV_hop_n++;\nCURVNET_RESTORE();"),
    "VP209-noop_freed_on_another_path": gone(
        "if (other != NULL) {\n\tif_free(ifp);\n\treturn;\n}\nCURVNET_SET(ifp->if_vnet);\nV_hop_n--;\nCURVNET_RESTORE();"
    ),
    "VP209-noop_another_object": gone("if_free(ifp);\nCURVNET_SET(other->if_vnet);\nV_hop_n--;\nCURVNET_RESTORE();"),
    "VP209-noop_written_in_between": gone(
        "if_free(ifp);\nifp = other;\nCURVNET_SET(ifp->if_vnet);\nV_hop_n--;\nCURVNET_RESTORE();"
    ),
    "VP209-noop_thread_of_a_call": COUNT
    + function("hop_call", "CURVNET_SET(TD_TO_VNET(curthread));\nV_hop_n++;\nCURVNET_RESTORE();", "void"),
    "VP206-unregistered_function": COUNT
    + "static int *hop_where; /* VP101 */\n\n"
    + function("hop_keep", "hop_where = &V_hop_n; /* VP206 */", "void"),
    "VP206-noop_kept_in_a_local": COUNT + function("hop_keep", "int *where = &V_hop_n;\n\n(*where)++;", "void"),
    "VP206-noop_kept_in_an_object": COUNT + function("hop_keep", "sc->where = &V_hop_n;", "struct hop_softc *sc"),
    "VP201-return_in_an_if": set_(
        "CURVNET_SET(vnet);\nif (n < 0)\n\treturn (EINVAL); /* VP201 */\nV_hop_n = n;\nCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP201-at_the_end": set_("CURVNET_SET(vnet);\nV_hop_n = n;\nreturn (0); /* VP201 */"),
    "VP201-in_a_switch": set_(
        "CURVNET_SET(vnet);\nswitch (n) {\ncase 0:\n\treturn (EINVAL); /* VP201 */\ndefault:\n\tV_hop_n = n;\n\tbreak;\n}\n"
        "CURVNET_RESTORE();\nreturn (0);"
    ),
    "VP201-noop_by_a_label": set_(
        "int error = 0;\n\nCURVNET_SET(vnet);\nif (n < 0) {\n\terror = EINVAL;\n\tgoto out;\n}\nV_hop_n = n;\nout:\n"
        "CURVNET_RESTORE();\nreturn (error);"
    ),
    "VP201-noop_each_way_restores": set_(
        "CURVNET_SET(vnet);\nif (n < 0) {\n\tCURVNET_RESTORE();\n\treturn (EINVAL);\n}\nV_hop_n = n;\nCURVNET_RESTORE();\n"
        "return (0);"
    ),
    "VP201-noop_return_before_the_set": set_(
        "if (n < 0)\n\treturn (EINVAL);\nCURVNET_SET(vnet);\nV_hop_n = n;\nCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP202-noop_a_flag_joins_set_and_restore": COUNT
    + function(
        "hop_set",
        "int quiet = 0;\n\n/*\n * Of two lines.\n */\nif (vnet == NULL) {\n\tquiet = 1;\n\tgoto skip;\n}\nCURVNET_SET(vnet);\nV_hop_n = n;\nskip:\nhop_say(n);\n"
        "if (quiet == 0)\n\tCURVNET_RESTORE();\nreturn (0);",
        VNET,
        "int",
    ),
    "VP202-no_set_at_all": set_("V_hop_n++;\nCURVNET_RESTORE(); /* VP202 */", "struct mbuf *m", "void"),
    "VP202-twice": set_(
        "CURVNET_SET(vnet);\nV_hop_n = n;\nCURVNET_RESTORE();\nCURVNET_RESTORE(); /* VP202 */\nreturn (0);"
    ),
    "VP202-noop_in_each_arm": set_(
        "CURVNET_SET(vnet);\nif (n > 0) {\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n} else\n\tCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP202-noop_in_a_loop": set_(
        "while (n-- > 0) {\n\tCURVNET_SET(vnet);\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n}\nreturn (0);"
    ),
    "VP203-set_up_behind_the_first_stack": late("SI_SUB_SMP", "V_hop_n = n; /* VP203 */"),
    "VP203-set_up_before_the_first_stack": late("SI_SUB_KLD", "V_hop_n = n; /* VP203 */"),
    "VP203-set_up_as_boot_leaves_the_first_stack": late("SI_SUB_VNET_DONE", "V_hop_n = n; /* VP203 */"),
    "VP203-noop_set_up_in_the_first_stack": late("SI_SUB_PROTO_DOMAIN", "V_hop_n = n;"),
    "VP203-noop_set_up_just_before_boot_leaves_it": late("SI_SUB_VNET_DONE", "V_hop_n = n;", "SI_ORDER_FOURTH"),
    "VP203-noop_late_set_up_for_all_stacks": late("SI_SUB_SMP", FOREACH % "\tV_hop_n = n;"),
    "VP203-noop_late_tear_down": late("SI_SUB_SMP", "V_hop_n = n;", macro="SYSUNINIT"),
    "VP203-noop_set_up_that_never_runs": late("SI_SUB_DUMMY", "V_hop_n = n;"),
    "VP203-noop_late_set_up_of_the_stacks_themselves": COUNT
    + function("hop_late", "V_hop_n++;", "void *arg", "static void")
    + "VNET_SYSINIT(hop_late, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_late, NULL);\n",
    "VP203-callout": tick("V_hop_n++; /* VP203 */"),
    "VP203-called_by_a_callout": COUNT
    + TIMER
    + function("hop_count", "V_hop_n++; /* VP203 */", "void", "static void")
    + function("hop_tick", "hop_count();", "void *arg", "static void")
    + RESET,
    "VP203-task": COUNT
    + "static struct task hop_task;\n\n"
    + function("hop_work", "V_hop_n++; /* VP203 */", "void *arg, int pending", "static void")
    + function("hop_start", "TASK_INIT(&hop_task, 0, hop_work, NULL);", "void", "static void"),
    "VP203-noop_all_stacks": tick(FOREACH % "\tV_hop_n++;"),
    "VP203-noop_of_the_argument": tick(
        "struct ifnet *ifp = arg;\n\nCURVNET_SET(ifp->if_vnet);\nV_hop_n++;\nCURVNET_RESTORE();"
    ),
    "VP203-noop_callers_have_a_stack": COUNT + function("hop_input", "V_hop_n++;"),
    "VP204-arm_of_an_if": set_(
        "if (n > 0)\n\tCURVNET_SET(vnet); /* VP204 */\nV_hop_n = n;\nCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP204-block_of_its_own": set_(
        "if (n > 0) {\n\tCURVNET_SET(vnet); /* VP204 */\n\tV_hop_n = n;\n}\nCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP204-noop_block_with_both": set_(
        "if (n > 0) {\n\tCURVNET_SET(vnet);\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n}\nreturn (0);"
    ),
    "VP204-noop_behind_an_if": set_(
        "if (n > 0)\n\tn = 0;\nCURVNET_SET(vnet);\nV_hop_n = n;\nCURVNET_RESTORE();\nreturn (0);"
    ),
    "VP205-two_stacks": set_(
        "CURVNET_SET(from);\nV_hop_n--;\nCURVNET_SET(to); /* VP205 */\nV_hop_n++;\nCURVNET_RESTORE();\nCURVNET_RESTORE();",
        "struct vnet *from, struct vnet *to",
        "void",
    ),
    "VP205-the_same": set_(
        "CURVNET_SET(vnet);\nV_hop_n--;\nCURVNET_SET(vnet); /* VP205 */\nV_hop_n++;\nCURVNET_RESTORE();\n"
        "CURVNET_RESTORE();\nreturn (0);"
    ),
    "VP205-noop_a_block_for_each": set_(
        "CURVNET_SET(from);\nV_hop_n--;\n{\n\tCURVNET_SET(to);\n\tV_hop_n++;\n\tCURVNET_RESTORE();\n}\nCURVNET_RESTORE();",
        "struct vnet *from, struct vnet *to",
        "void",
    ),
    "VP205-noop_one_after_the_other": set_(
        "CURVNET_SET(from);\nV_hop_n--;\nCURVNET_RESTORE();\nCURVNET_SET(to);\nV_hop_n++;\nCURVNET_RESTORE();",
        "struct vnet *from, struct vnet *to",
        "void",
    ),
    "VP206-shared_pointer": POINTED
    + construct("hop_keep", "V_hop_n = hop_first();\nhop_where = &V_hop_n; /* VP206 */"),
    "VP206-table_of_pointers": COUNT
    + "static int *hop_table[4];\n\n"
    + construct("hop_keep", "V_hop_n = hop_first();\nhop_table[1] = &V_hop_n; /* VP206 */"),
    "VP206-noop_pointer_of_the_stack": OWN + construct("hop_keep", "V_hop_n = hop_first();\nV_hop_where = &V_hop_n;"),
    "VP206-noop_for_a_call": COUNT + construct("hop_keep", "hop_fill(&V_hop_n);"),
    "VP207-taken_before_the_set": flush(
        "struct mtx *lock = &V_hop_lock;\n" + FOREACH % "\tmtx_lock(lock); /* VP207 */\n\tmtx_unlock(lock); /* VP207 */"
    ),
    "VP207-assigned_before_the_set": flush(
        "struct mtx *lock;\n"
        + (FOREACH % "\tmtx_assert(lock, MA_NOTOWNED); /* VP207 */").replace(
            "\n\nVNET", "\n\nlock = &V_hop_lock;\nVNET", 1
        )
    ),
    "VP207-noop_taken_behind_the_set": flush(
        "struct mtx *lock;\n" + FOREACH % "\tlock = &V_hop_lock;\n\tmtx_lock(lock);\n\tmtx_unlock(lock);"
    ),
    "VP207-noop_used_at_home": flush("struct mtx *lock = &V_hop_lock;\n\nmtx_lock(lock);\nmtx_unlock(lock);"),
}


@pytest.mark.parametrize("name", CASES)
def test_contexts(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_each_finding_has_cases_of_both_kinds() -> None:
    assert enough("VP2", {**CASES, **BASES}) == {}
