"""Every class of evidence fires where it should, and stays away from a twin."""

from pathlib import Path

import pytest

from vport.cache import Cache
from vport.evidence import Evidence, gather
from vport.read import Reader


def evidence_of(name: str, *texts: str) -> Evidence:
    data = {f"{chr(97 + i)}.c": text.encode() for i, text in enumerate(texts)}
    found = gather(Reader(Cache(None), jobs=1).read_data(Path(), data, []))
    return next(e for key, e in found.items() if key[2] == name)


def classes_of(name: str, *texts: str) -> frozenset[str]:
    return evidence_of(name, *texts).classes


def in_function(name: str, body: str, header: str = "void frob_poke(void)") -> str:
    return f"{name}\n{header}\n{{\n\t{body}\n}}\n"


SYSCTL = 'static int frob_n = 7;\nSYSCTL_INT(_net_inet_frob, OID_AUTO, n, {}, &frob_n, 0, "");\n'
CASES = {
    "const": ("static const int frob_n = 1;", "static int frob_n = 1;"),
    "virtual-already": ("VNET_DEFINE(int, frob_n) = 1;", "int frob_n;"),
    "percpu": ("DPCPU_DEFINE(int, frob_n) = 1;", "int frob_n;"),
    "lock": ("static struct mtx frob_n;", "static struct mtx_like frob_n;"),
    "callout": ("static struct callout frob_n;", "static struct callouts_seen frob_n;"),
    "eventhandler-tag": ("static eventhandler_tag frob_n;", "static eventhandlers frob_n;"),
    "registry": ("static struct protosw frob_n[] = { { 0 } };", "static struct prototype frob_n[2];"),
    "statistics": ("static struct frobstat frob_n;", "static struct frobstate frob_n;"),
    "counter": ("static counter_u64_t frob_n;", "static uint64_t frob_n;"),
    "uma-zone": ("static uma_zone_t frob_n;", "static uma_keg_t frob_n;"),
    "queue-head": ("static TAILQ_HEAD(, frob) frob_n;", "static TAILQ_ENTRY(frob) frob_n;"),
    "hook-handle": ("static pfil_hook_t frob_n;", "static pfil_rulename frob_n;"),
    "function-hook": ("static void (*frob_n)(void);", "static void *frob_n;"),
    "pointer": ("static struct frob *frob_n;", "static struct frob frob_n;"),
    "array": ("static int frob_n[4];", "static int frob_n;"),
    "scalar": ("static u_int frob_n;", "static struct u_int_like frob_n;"),
    "table": ("static int frob_n[] = { 1, 2 };", "static int frob_n = 1;"),
    "initialised-head": (
        "static LIST_HEAD(, frob) frob_n = LIST_HEAD_INITIALIZER(frob_n);",
        "static LIST_HEAD(, frob) frob_n;",
    ),
    "hash-seed": ("static int frob_seed;", "static int frob_seat;"),
    "name-debug": ("static int frob_debug;", "static int frob_debt;"),
    "name-log": ("static int frob_log;", "static int frob_login;"),
    "sysctl-writable": (SYSCTL.format("CTLFLAG_RW"), SYSCTL.format("CTLFLAG_RD")),
    "sysctl-read-only": (SYSCTL.format("CTLFLAG_RDTUN"), SYSCTL.format("CTLFLAG_RWTUN")),
    "sysctl-secure": (SYSCTL.format("CTLFLAG_RW | CTLFLAG_SECURE"), SYSCTL.format("CTLFLAG_RW")),
    "sysctl-inet": (SYSCTL.format("CTLFLAG_RW"), SYSCTL.format("CTLFLAG_RW").replace("_net_inet", "_kern")),
    "tunable": ('static int frob_n;\nTUNABLE_INT("net.frob", &frob_n);\n', "static int frob_n;"),
    "in-file-scope-macro": (
        'static struct mtx frob_n;\nMTX_SYSINIT(frob, &frob_n, "frob", MTX_DEF);\n',
        in_function("static struct mtx frob_n;", "mtx_init(&frob_n, 0, 0, 0);"),
    ),
    "sysctl-added": (
        in_function("static int frob_n;", 'SYSCTL_ADD_INT(c, l, OID_AUTO, "n", CTLFLAG_RW, &frob_n, 0, "");'),
        in_function("static int frob_n;", "frob_n = 1;"),
    ),
    "tunable-fetched": (
        in_function("static int frob_n;", 'TUNABLE_INT_FETCH("net.frob", &frob_n);'),
        in_function("static int frob_n;", "frob_fetch(&frob_n);"),
    ),
    "hash-table": (
        in_function("static struct frobs *frob_n;", "frob_n = hashinit(16, M_FROB, &mask);"),
        in_function("static struct frobs *frob_n;", "frob_n = malloc(16, M_FROB, M_WAITOK);"),
    ),
    "lock-made": (
        in_function("static struct mtx frob_n;", "mtx_init(&frob_n, 0, 0, MTX_DEF);"),
        in_function("static struct mtx frob_n;", "mtx_lock(&frob_n);"),
    ),
    "zone-made": (
        in_function("static uma_zone_t frob_n;", "uma_zone_set_max(frob_n, 3);"),
        in_function("static uma_zone_t frob_n;", "uma_zalloc(frob_n, M_NOWAIT);"),
    ),
    "walked": (
        in_function("static LIST_HEAD(, frob) frob_n;", "LIST_FOREACH(f, &frob_n, next) f->n++;"),
        in_function("static LIST_HEAD(, frob) frob_n;", "LIST_INIT(&frob_n);"),
    ),
    "hook-registered": (
        in_function("static pfil_hook_t frob_n;", "pfil_remove_hook(frob_n);"),
        in_function("static pfil_hook_t frob_n;", "remove_it(frob_n);"),
    ),
    "random-filled": (
        in_function("static int frob_n;", "arc4rand(&frob_n, 4, 0);"),
        in_function("static int frob_n;", "bzero(&frob_n, 4);"),
    ),
    "never-written": (
        in_function("static int frob_n;", "use(frob_n);"),
        in_function("static int frob_n;", "frob_n++;"),
    ),
    "written-at-run-time": (
        in_function("static int frob_n;", "frob_n = 1;", "void frob_input(struct mbuf *m)"),
        in_function("static int frob_n;", "frob_n = 1;", "void frob_init(void)"),
    ),
    "written-at-init-only": (
        in_function("static int frob_n;", "frob_n = 1;", "void frob_init(void)"),
        in_function("static int frob_n;", "frob_n = 1;", "void frob_input(struct mbuf *m)"),
    ),
    "sees-packet": (
        in_function("static int frob_n;", "frob_n = 1;", "void frob_run(struct mbuf *m)"),
        in_function("static int frob_n;", "frob_n = 1;", "void frob_run(struct mbufs *m)"),
    ),
    "sees-module": (
        in_function("static int frob_n;", "frob_n = 1;", "int frob_event(module_t m, int what, void *arg)"),
        in_function("static int frob_n;", "frob_n = 1;", "int frob_event(int what, void *arg)"),
    ),
    "used-in-macro": (
        "static int frob_n;\n#define FROB_BUMP() frob_n++\n",
        "static int frob_n;\n#define FROB_BUMP() other_n++\n",
    ),
    "function-local": (
        in_function("", "static int frob_n; frob_n++;"),
        in_function("static int frob_n;", "frob_n++;"),
    ),
    "file-module": (
        "static int frob_n;\nDECLARE_MODULE(frob, frob_mod, SI_SUB_PSEUDO, SI_ORDER_ANY);\n",
        "static int frob_n;\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_class_fires_and_its_twin_does_not(name: str) -> None:
    variable = {"hash-seed": ("frob_seed", "frob_seat"), "name-debug": ("frob_debug", "frob_debt")}.get(name)
    variable = variable or (("frob_log", "frob_login") if name == "name-log" else ("frob_n", "frob_n"))
    with_it, without = CASES[name]
    assert name in classes_of(variable[0], with_it)
    assert name not in classes_of(variable[1], without)


def test_function_registered_as_sysinit_initialises() -> None:
    text = in_function("static int frob_n;", "frob_n = 1;", "static void frob_go(void *arg)")
    registered = text + "SYSINIT(frob, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_go, NULL);\n"
    assert "written-at-init-only" in classes_of("frob_n", registered)
    assert "written-at-run-time" in classes_of("frob_n", text)


def test_function_only_called_from_init_initialises() -> None:
    text = in_function("static int frob_n;", "frob_n = 1;", "void frob_go(void)")
    from_init = text + in_function("", "frob_go();", "void frob_init(void)")
    also_later = from_init + in_function("", "frob_go();", "void frob_input(void)")
    assert "written-at-init-only" in classes_of("frob_n", from_init)
    assert "written-at-run-time" in classes_of("frob_n", also_later)


def test_module_event_handler_initialises() -> None:
    text = in_function("static int frob_n;", "frob_n = 1;", "static int frob_go(module_t m, int w, void *a)")
    declared = text + 'static moduledata_t frob_mod = { "frob", frob_go, 0 };\n'
    assert "written-at-init-only" in classes_of("frob_n", declared)


def test_write_through_a_macro_counts_for_its_callers() -> None:
    macro = "static int frob_n;\n#define FROB_BUMP(n) do { frob_n += (n); } while (0)\n"
    evidence = evidence_of("frob_n", macro + in_function("", "FROB_BUMP(1);", "void frob_input(struct mbuf *m)"))
    assert evidence.details["written-at-run-time"] == "frob_input"
    assert "sees-packet" in evidence.classes


def test_write_through_a_macro_nobody_calls_is_at_run_time() -> None:
    assert "written-at-run-time" in classes_of("frob_n", "static int frob_n;\n#define FROB_BUMP() frob_n++\n")


def test_elements_of_a_queue_are_looked_at() -> None:
    element = "struct frob { LIST_ENTRY(frob) next; struct ifnet *ifp; };\n"
    assert "elements-interface" in classes_of("frob_n", element + "static LIST_HEAD(, frob) frob_n;\n")
    assert "elements-unknown" in classes_of("frob_n", "static LIST_HEAD(, frob) frob_n;\n")


def test_details_hold_flags_and_writers() -> None:
    evidence = evidence_of("frob_n", SYSCTL.format("CTLFLAG_RW"), "")
    assert evidence.details == {"sysctl": "CTLFLAG_RW"}
    written = evidence_of("frob_n", in_function("static int frob_n;", "frob_n = 1;"))
    assert written.details == {"written-at-run-time": "frob_poke"}


def test_many_writers_are_cut_short() -> None:
    writers = "".join(in_function("", "frob_n++;", f"void frob_{c}(void)") for c in "abcdef")
    details = evidence_of("frob_n", "static int frob_n;\n" + writers).details
    assert details["written-at-run-time"] == "frob_a, frob_b, frob_c, frob_d ..."


def test_use_in_another_file_counts() -> None:
    user = in_function("extern int frob_n;", "frob_n = 1;", "void frob_input(struct mbuf *m)")
    assert {"used-elsewhere", "exported", "sees-packet"} <= classes_of("frob_n", "int frob_n;\n", user)
