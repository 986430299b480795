"""VP1xx: state that all stacks share and nobody answers for, and state that somebody does."""

import pytest

from checks.checking import Files, enough, find, marked, places
from checks.snippets import COUNT, SHARED, function

LEAF = 'SYSCTL_INT(_net_inet, OID_AUTO, hop_ttl, CTLFLAG_RW, &hop_ttl, 0, "ttl");\n\n'
AGE = function("hop_input", "V_hop_n++;\nif (hop_ttl == 0)\n\tm_freem(m);\nhop_ttl--;")
PLAN = 'version = 1\n\n[[variable]]\nname = "hop_ttl"\nfile = "hop.c"\ndecision = "{}"\n'
TTL = "static int hop_ttl = 7;{}\n"
INPUT = "struct ifnet *ifp, struct mbuf *m"


def local(declaration: str, body: str, other: str = COUNT) -> str:
    count = "V_hop_n++;\n" if other == COUNT else ""
    return other + function("hop_input", f"{declaration}\n\n{count}{body}", INPUT, "int")


CASES: dict[str, Files] = {
    "VP101-sysctl": COUNT + TTL.format(" /* VP101 */") + LEAF + AGE,
    "VP101-list_of_interfaces": COUNT
    + "struct hop {\n\tstruct ifnet\t*hop_ifp;\n\tLIST_ENTRY(hop)\thop_next;\n};\n"
    + "static LIST_HEAD(, hop) hop_list; /* VP101 */\n\n"
    + function(
        "hop_find",
        "struct hop *hop;\n\nV_hop_n++;\nLIST_FOREACH(hop, &hop_list, hop_next)\n\tif (hop->hop_ifp == ifp)\n"
        "\t\treturn (hop);\nreturn (NULL);",
        "struct ifnet *ifp",
        "struct hop *",
    )
    + function("hop_add", "LIST_INSERT_HEAD(&hop_list, hop, hop_next);", "struct ifnet *ifp, struct hop *hop"),
    "VP101-other_file_of_the_module": {
        "hop.c": COUNT
        + function("hop_input", "V_hop_n++;\nhop_age(m);")
        + 'static moduledata_t hop_mod = { "hop", NULL, NULL };\n'
        + "DECLARE_MODULE(hop, hop_mod, SI_SUB_PSEUDO, SI_ORDER_ANY);\n",
        "hop_age.c": TTL.format(" /* VP101 */")
        + LEAF
        + AGE.replace("V_hop_n++;\n\t", "").replace("hop_input", "hop_age"),
    },
    "VP101-accessor_of_a_plain_one": COUNT
    + "static int hop_m; /* VP101 */\n#define\tV_hop_m\thop_m\n\n"
    + function("hop_input", "V_hop_n++;\nV_hop_m++;"),
    "VP101-noop_accessor_where_there_are_no_stacks": COUNT
    + "#ifdef VIMAGE\nVNET_DEFINE_STATIC(int, hop_m);\n#define\tV_hop_m\tVNET(hop_m)\n"
    + "#else\nstatic int hop_m;\n#define\tV_hop_m\thop_m\n#endif\n\n"
    + function("hop_input", "V_hop_n++;\nV_hop_m++;"),
    "VP101-noop_planned_as_shared": {"hop.c": COUNT + TTL.format("") + LEAF + AGE, "vport.toml": PLAN.format("share")},
    "VP101-noop_excused": COUNT + SHARED + TTL.format("") + LEAF + AGE,
    "VP101-noop_never_written": COUNT
    + "static int hop_ttl = 7;\n\n"
    + function("hop_input", "V_hop_n++;\nif (hop_ttl == 0)\n\tm_freem(m);"),
    "VP101-noop_const": COUNT
    + "static const int hop_ttl = 7;\n\n"
    + function("hop_input", "V_hop_n++;\nif (hop_ttl == 0)\n\tm_freem(m);"),
    "VP101-noop_module_without_stacks": TTL.format("") + LEAF + AGE.replace("V_hop_n++;\n\t", ""),
    "VP101-noop_virtualized": COUNT
    + "VNET_DEFINE_STATIC(int, hop_ttl) = 7;\n#define\tV_hop_ttl\tVNET(hop_ttl)\n"
    + LEAF.replace("CTLFLAG_RW, &hop_ttl", "CTLFLAG_VNET | CTLFLAG_RW, &VNET_NAME(hop_ttl)")
    + AGE.replace("hop_ttl", "V_hop_ttl"),
    "VP102-sequence": local("static int seq; /* VP102 */", "return (seq++);"),
    "VP102-last_one_seen": local(
        "static struct ifnet *last; /* VP102 */", "if (last == ifp)\n\treturn (1);\nlast = ifp;\nreturn (0);"
    ),
    "VP102-noop_const": local("static const int most = 7;", "return (most);"),
    "VP102-noop_never_written": local("static int steps[] = { 1, 2, 3 };", "return (steps[1]);"),
    "VP102-noop_limits_messages": local(
        "static struct timeval last;\nstatic int rate;",
        'if (ppsratecheck(&last, &rate, 1))\n\tprintf("hop\\n");\nreturn (0);',
    ),
    "VP102-noop_not_static": local("int seq = 0;", "return (seq++);"),
    "VP102-noop_module_without_stacks": local("static int seq;", "return (seq++);", ""),
}


DEBUG = "static int hop_debug;{}\n"
DEBUG_LEAF = 'SYSCTL_INT(_debug, OID_AUTO, hop, CTLFLAG_RW, &hop_debug, 0, "");\n\n'
SAY = function("hop_input", 'V_hop_n++;\nif (hop_debug)\n\tprintf("hop\\n");')
CALLS = "static u_long hop_calls; /* VP101 */\n\n" + function("hop_input", "V_hop_n++;\nhop_calls++;")
NEWS: dict[str, Files] = {
    "VP101-new_switch_of_a_sysctl": COUNT + DEBUG.format(" /* VP101 */") + DEBUG_LEAF + SAY,
    "VP101-new_counter": COUNT + CALLS,
    "VP101-new_table": COUNT
    + "static struct hop *hop_table[16]; /* VP101 */\n\n"
    + function("hop_input", "V_hop_n++;\nhop_table[hash & 15] = NULL;", "u_int hash"),
    "VP102-new_limit": local("static int first = 1; /* VP102 */", "if (first)\n\tfirst = 0;\nreturn (first);"),
    "VP101-noop_new_lock": COUNT
    + "static struct mtx hop_lock;\n\n"
    + function("hop_input", "V_hop_n++;\nmtx_lock(&hop_lock);\nmtx_unlock(&hop_lock);"),
    "VP101-noop_new_tag": COUNT
    + "static eventhandler_tag hop_tag;\n\n"
    + function("hop_input", "V_hop_n++;\nEVENTHANDLER_DEREGISTER(hop, hop_tag);\nhop_tag = NULL;"),
    "VP101-noop_new_table_that_nobody_writes": COUNT
    + "static int hop_steps[] = { 1, 2, 3 };\n\n"
    + function("hop_input", "V_hop_n += hop_steps[1];"),
    "VP101-noop_new_and_excused": COUNT + SHARED + DEBUG.format("") + DEBUG_LEAF + SAY,
    "VP101-noop_new_and_planned": {
        "hop.c": COUNT + DEBUG.format("") + DEBUG_LEAF + SAY,
        "vport.toml": PLAN.format("share").replace("hop_ttl", "hop_debug"),
    },
}
"""State that comes with a change: asked about though much of its kind is shared."""


def _all_lines(files: Files) -> dict[str, frozenset[int]]:
    texts = {"hop.c": files} if isinstance(files, str) else files
    return {name: frozenset(range(1, text.count("\n") + 2)) for name, text in texts.items()}


@pytest.mark.parametrize("name", NEWS)
def test_new_state_is_asked_about(name: str) -> None:
    case = NEWS[name]
    assert [(f.id, f.file, f.line) for f in find(case, new=_all_lines(case))] == marked(case)


def test_state_that_was_there_is_left_alone() -> None:
    assert places(NEWS["VP101-new_switch_of_a_sysctl"]) == []
    assert find(NEWS["VP101-new_switch_of_a_sysctl"], new={"hop.c": frozenset({1, 2})}) == []


def test_what_answered_for_new_state_is_not_told_as_unused() -> None:
    assert places(NEWS["VP101-noop_new_and_excused"]) == []


@pytest.mark.parametrize("name", CASES)
def test_state(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_each_finding_has_cases_of_both_kinds() -> None:
    assert enough("VP1", CASES) == {}
