"""The judge of contexts: what it takes for an entry, for the same vnet, and for a place that is covered or named."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from context_equal import Meaning, contexts, plain  # noqa: E402
from context_source import Tree, read_text  # noqa: E402
from context_truth import Survey  # noqa: E402
from score_contexts import Judge, Verdict, summary, table  # noqa: E402

HEADER = """
#define V_frob_n VNET(frob_n)
#define FROB_LATER(c, f, a) FROB_AT(c, hz, f, a)
#define FROB_AT(c, t, f, a) callout_reset((c), (t), (f), (a))
#define FROB_COUNT() (V_frob_n++)
#define SC2IFP(sc) ((sc)->sc_ifp)
#define f_vnet f_inpcb->inp_vnet
"""
FROB = """
static void frob_tick(void *);
static int frob_sysctl(SYSCTL_HANDLER_ARGS) { return (V_frob_n); }
SYSCTL_PROC(_net, OID_AUTO, frob, CTLFLAG_RW, 0, 0, frob_sysctl, "I", "");

static void
frob_count(struct frob_softc *sc)
{
	FROB_COUNT();
}

static void
frob_tick(void *arg)
{
	struct frob_softc *sc = arg;

	CURVNET_SET(sc->sc_ifp->if_vnet);
	frob_count(sc);
	CURVNET_RESTORE();
}

static void
frob_drain(void)
{
	VNET_ITERATOR_DECL(vnet_iter);

	VNET_FOREACH(vnet_iter) {
		CURVNET_SET(vnet_iter);
		V_frob_n = 0;
		CURVNET_RESTORE();
	}
}

void
frob_attach(struct frob_softc *sc)
{
	FROB_LATER(&sc->sc_c, frob_tick, sc);
}

struct protosw frobsw = { .pr_drain = frob_drain };
"""
TICK = "CURVNET_SET(sc->sc_ifp->if_vnet);"
BARE = FROB.replace(f"\t{TICK}\n\tfrob_count(sc);\n\tCURVNET_RESTORE();", "\tfrob_count(sc);")


def survey(frob: str) -> Survey:
    return Survey(Tree([read_text("frob.h", HEADER), read_text("frob.c", frob)]))


def verdicts(port: str, people: str = FROB, left: set[tuple[str, str]] | None = None) -> list[Verdict]:
    return Judge(survey(people), survey(port), left=left).verdicts()


def statuses(port: str, people: str = FROB, left: set[tuple[str, str]] | None = None) -> dict[str, str]:
    """Status by function."""
    found = verdicts(port, people, left)
    return {re.split(r"[:\s]", v.text)[1]: v.status for v in found}


def test_the_truth_against_itself_is_the_same_everywhere() -> None:
    found = verdicts(FROB)
    assert [(v.status, v.kind) for v in found] == [("same", "timer"), ("same", "callout")]


def test_a_tree_without_contexts_misses_every_place() -> None:
    bare = re.sub(r"\tVNET_FOREACH\(\w+\) \{|\t*CURVNET_(SET|RESTORE)\(.*\);\n|VNET_ITERATOR_DECL\(\w+\);", "", BARE)
    assert statuses(bare.replace("\t}\n}", "}")) == {"frob_tick": "missing", "frob_drain": "missing"}


@pytest.mark.parametrize(
    "written",
    [
        "CURVNET_SET_QUIET( (sc)->sc_ifp->if_vnet );",
        "CURVNET_SET(SC2IFP(sc)->if_vnet);",
        "CURVNET_SET(((struct frob_softc *)arg)->sc_ifp->if_vnet);",
        "struct ifnet *ifp = sc->sc_ifp; CURVNET_SET(ifp->if_vnet);",
        "struct ifnet *ifp; ifp = SC2IFP(sc); struct vnet *v = ifp->if_vnet; CURVNET_SET(v);",
    ],
)
def test_other_words_for_the_same_vnet(written: str) -> None:
    assert statuses(FROB.replace(TICK, written))["frob_tick"] == "same"


@pytest.mark.parametrize("written", ["CURVNET_SET(vnet0);", "CURVNET_SET(sc->sc_peer->if_vnet);", "CURVNET_SET(arg);"])
def test_another_vnet_differs(written: str) -> None:
    assert statuses(FROB.replace(TICK, written))["frob_tick"] == "differs"


def test_one_vnet_is_not_a_loop_over_all() -> None:
    one = FROB.replace("VNET_FOREACH(vnet_iter) {", "{").replace("CURVNET_SET(vnet_iter)", "CURVNET_SET(vnet0)")
    assert statuses(one)["frob_drain"] == "differs"


def test_the_name_of_the_iterator_is_free() -> None:
    assert statuses(FROB.replace("vnet_iter", "each"))["frob_drain"] == "same"


def test_a_comment_or_an_entry_names_the_place() -> None:
    marked = BARE.replace("\tfrob_count(sc);", "\t/* VPORT-CONTEXT: which vnet? */\n\tfrob_count(sc);")
    assert statuses(marked)["frob_tick"] == "named"
    assert statuses(BARE, left={("frob.c", "frob_tick")})["frob_tick"] == "named"


def test_a_mark_in_another_function_or_a_string_names_nothing() -> None:
    beside = BARE.replace("\tFROB_COUNT();", "\tFROB_COUNT();\t/* VPORT-CONTEXT: here */")
    quoted = BARE.replace("\tfrob_count(sc);", '\tlog("VPORT-CONTEXT: x");\n\tfrob_count(sc);')
    assert statuses(beside)["frob_tick"] == statuses(quoted)["frob_tick"] == "missing"


def test_a_callee_on_every_way_covers_the_place_and_is_no_extra() -> None:
    moved = BARE.replace("\tFROB_COUNT();", f"\t{TICK}\n\tFROB_COUNT();")
    assert statuses(moved) == {"frob_tick": "elsewhere", "frob_drain": "same"}


def test_a_callee_on_one_way_only_does_not_cover() -> None:
    moved = BARE.replace("\tFROB_COUNT();", f"\t{TICK}\n\tFROB_COUNT();")
    leaky = moved.replace("\tfrob_count(sc);", "\tV_frob_n = 1;\n\tfrob_count(sc);")
    assert statuses(leaky)["frob_tick"] == "missing"


def test_a_caller_covers_a_helper() -> None:
    helper = BARE.replace("\tFROB_COUNT();", f"\t{TICK}\n\tFROB_COUNT();")
    assert statuses(FROB, people=helper) == {"frob_count": "elsewhere", "frob_drain": "same"}


def test_a_context_in_a_sysctl_handler_is_wrong_and_in_an_unknown_function_extra() -> None:
    port = FROB.replace("{ return (V_frob_n); }", "{ CURVNET_SET(vnet0); return (V_frob_n); }")
    port = port.replace("\tFROB_LATER", "\tCURVNET_SET(vnet0);\n\tFROB_LATER")
    found = verdicts(port)
    assert [(v.status, v.kind) for v in found[2:]] == [("extra", "unknown"), ("wrong", "sysctl")]
    assert summary(found, 4).endswith("1 of 4 (25.0%)")


@pytest.mark.parametrize(
    ("registration", "kind"),
    [
        ("void g(void) { TASK_INIT(&t, 0, frob_h, 0); }", "task"),
        ("void g(void) { callout_reset(&c, 1, (void (*)(void *))frob_h, 0); }", "callout"),
        ("void g(int a) { void (*f)(void *); f = frob_h; callout_reset_on(&c, 1, f, 0, 1); }", "callout"),
        ("void later(void (*f)(void *)) { callout_reset(&c, 1, f, 0); } void g(void) { later(frob_h); }", "callout"),
        ("struct cdevsw s = { .d_ioctl = frob_h };", "cdev"),
        ("void g(void) { NET_EPOCH_CALL(frob_h, &x->ctx); }", "epoch"),
        ("void g(void) { kproc_create(frob_h, 0, &p, 0, 0, 0); }", "kthread"),
        ("void g(struct ifnet *ifp) { ifp->if_input = frob_h; }", "if_input"),
        ("void g(void) { EVENTHANDLER_REGISTER(vm_lowmem, frob_h, 0, 0); }", "event"),
        ("struct pr_usrreqs u = { .pru_attach = frob_h };", "usrreqs"),
        ("VNET_SYSINIT(frob, SI_SUB_PROTO, SI_ORDER_ANY, frob_h, 0);", "constructor"),
        ("void g(void) { EVENTHANDLER_REGISTER(ifnet_departure_event, frob_h, 0, 0); }", "if event"),
        ("void g(void) { frob_h(0); }", "unknown"),
    ],
)
def test_what_a_function_is_entered_as(registration: str, kind: str) -> None:
    text = f"static void frob_h(void *arg)\n{{\n\tCURVNET_SET(arg);\n\tV_frob_n++;\n}}\n{registration}\n"
    (place,) = survey(text).places()
    assert place.kind == kind
    assert bool(place.reason) == (kind in ("usrreqs", "constructor", "if event", "unknown"))


def test_a_helper_that_others_use_too_does_not_count() -> None:
    text = BARE.replace("\tFROB_COUNT();", f"\t{TICK}\n\tFROB_COUNT();")
    shared = text.replace("{ return (V_frob_n); }", "{ frob_count(0); return (V_frob_n); }")
    assert {p.function.name: p.reason for p in survey(text).places()}["frob_count"] == ""
    assert "sysctl" in {p.function.name: p.reason for p in survey(shared).places()}["frob_count"]


def test_a_place_that_reaches_no_state_does_not_count() -> None:
    idle = FROB.replace("FROB_COUNT();", ";")
    assert {p.function.name: p.reason for p in survey(idle).places()}["frob_tick"] == "reaches no state in this tree"


def test_socket_and_connection_of_one_object() -> None:
    text = "void f(struct socket *so, struct thread *td)\n{\n\tstruct inpcb *inp = so->so_pcb;\n}\n"
    tree = survey(text).tree
    (function,) = tree.functions("f", "frob.c")
    forms = Meaning(tree).forms
    assert forms("inp->inp_vnet", function) & forms("so->so_vnet", function)
    assert forms("tp->f_vnet", function) & forms("tp->f_inpcb->inp_socket->so_vnet", function)
    assert forms("TD_TO_VNET(td)", function) & forms("CRED_TO_VNET(td->td_ucred)", function)
    assert not forms("TD_TO_VNET(td)", function) & forms("so->so_vnet", function)


def test_reading_functions_through_branches_and_old_heads() -> None:
    text = read_text(
        "a.c",
        "#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n\tif (a) { CURVNET_SET(a); }\n}\n"
        "int\ng(a, b)\n\tint a;\n\tchar *b;\n{\n\treturn (a); /* } */\n}\n"
        "static int t[] = { 1 };\nDB_SHOW_COMMAND(h, db_h)\n{\n}\n",
    )
    assert [(f.name, contexts(f)) for f in text.functions] == [("f", ("a",)), ("g", ()), ("db_h", ())]
    assert text.functions[1].parameters == ("a", "b")


def test_plain_leaves_calls_alone() -> None:
    assert plain("((struct vnet *) (arg))") == "arg"
    assert plain("nhop_get_vnet( nh )") == "nhop_get_vnet(nh)"


def test_command_line(tmp_path: Path) -> None:
    for name, frob in (("people", FROB), ("port", BARE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frob.h").write_text(HEADER)
        (tmp_path / name / "frob.c").write_text(frob)
    left = tmp_path / "left.json"
    left.write_text(json.dumps([{"file": "frob.c", "function": "frob_tick", "line": 12, "kind": "callout"}]))
    command = [sys.executable, str(TOOLS / "score_contexts.py"), str(tmp_path / "people"), str(tmp_path / "port")]
    shown = subprocess.run([*command, "--show"], capture_output=True, text=True, check=True).stdout
    assert "missing: frob.c:frob_tick" in shown
    named = subprocess.run([*command, "--left", str(left)], capture_output=True, text=True, check=True).stdout
    assert "all vnet-less entries: same or named 2 of 2 (100.0%)" in named
    assert table(verdicts(FROB)).splitlines()[0].split()[2:] == [
        "people", "same", "named", "elsewhere", "differs", "missing", "wrong", "extra",
    ]  # fmt: skip
