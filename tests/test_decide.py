"""Decisions: what settles, what is weighed, what neighbours add, and that the policy is sound."""

from pathlib import Path

import pytest

from vport.cache import Cache
from vport.decide import (
    ASK,
    SHARE,
    VIRTUALIZE,
    Decision,
    Near,
    Neighbours,
    Policy,
    Thresholds,
    decide,
    decide_some,
    load_policy,
)
from vport.evidence import Evidence, Gatherer, gather
from vport.read import Reader

TABLE = {
    "policy": {
        "never": ["registry", "eventhandler-tag"],
        "virtualize": 1.0,
        "share": -1.0,
        "prior": [0.0, 0.0],
        "reasons": 2,
        "module": {"variables": 10, "virtualize": 0.0, "share": -3.0},
    },
    "neighbours": {"usual": 0.5, "users": 1.0, "file": 2.0},
    "weights": {"good": [1.0, 1.5], "bad": [-1.0, -2.0], "small": [0.1, 0.1], "bad & good": [0.0, 3.0]},
}
WHOLE = Thresholds(1.0, -1.0)


def decisions(**files: str) -> dict[str, Decision]:
    data = {f"{name}.c": text.encode() for name, text in files.items()}
    read = Reader(Cache(None), jobs=1).read_data(Path(), data, [])
    return {key[2]: decision for key, decision in decide(read, gather(read)).items()}


def weigh(*classes: str, users: float = 0.0, file: float = 0.0) -> Decision:
    return Policy(TABLE).weigh(frozenset(classes), Near(users, file), WHOLE)


def test_strongest_reason_comes_first() -> None:
    assert weigh("good", "small") == Decision(VIRTUALIZE, ("good", "small"), 1.6)
    assert weigh("bad", "small") == Decision(SHARE, ("bad",), -1.9)


def test_between_the_thresholds_both_sides_are_named() -> None:
    assert weigh("small").decision == ASK
    assert weigh("bad", "good", "bad & good").why == ("bad & good", "good")


def test_pair_counts_only_together() -> None:
    assert weigh("bad", "good").score == pytest.approx(2.5)
    assert weigh("good").score == pytest.approx(1.5)


def test_neighbours_move_the_score_and_are_named() -> None:
    assert weigh(file=0.6) == Decision(VIRTUALIZE, ("neighbours-per-stack",), 1.2)
    assert weigh(users=-0.5, file=-0.5) == Decision(SHARE, ("neighbours-shared",), -1.5)


def test_nothing_known_says_so() -> None:
    assert weigh() == Decision(ASK, ("no-evidence",), 0.0)


@pytest.mark.parametrize(
    ("name", "decision"),
    [("const", SHARE), ("percpu", SHARE), ("virtual-already", VIRTUALIZE), ("registry", SHARE)],
)
def test_one_class_settles(name: str, decision: str) -> None:
    settled = Policy(TABLE).settle(frozenset((name, "good")))
    assert settled is not None
    assert (settled.decision, settled.why) == (decision, (name,))


def test_other_classes_settle_nothing() -> None:
    assert Policy(TABLE).settle(frozenset(("good", "bad"))) is None


def test_module_given_alone_has_its_own_thresholds() -> None:
    policy = Policy(TABLE)
    assert policy.thresholds(9).decision(-2.0) == ASK
    assert policy.thresholds(10).decision(-2.0) == SHARE


def key(file: str, name: str) -> tuple[str, str, str]:
    return (file, "", name)


def test_users_count_across_files_and_files_by_themselves() -> None:
    together = frozenset((("a.c", 0),))
    evidence = {
        key("a.c", "mine"): Evidence(frozenset(), {}, together),
        key("b.c", "used_with_mine"): Evidence(frozenset(), {}, together),
        key("b.c", "beside_it"): Evidence(frozenset()),
    }
    alone = dict(zip(evidence, (0.0, 9.0, -9.0), strict=True))
    near = Neighbours(evidence, 0.5).near(alone)
    assert near[key("a.c", "mine")].users > 0.2
    assert near[key("a.c", "mine")].file == 0.0
    assert near[key("b.c", "used_with_mine")].file < -0.1
    assert near[key("b.c", "beside_it")].users == 0.0


def test_own_look_is_no_neighbour() -> None:
    one = {key("a.c", "x"): Evidence(frozenset(), {}, frozenset((("a.c", 0),)))}
    near = Neighbours(one, 0.5).near({key("a.c", "x"): 9.0})[key("a.c", "x")]
    assert (near.users, near.file) == (0.0, 0.0)


PROTOCOL = """
struct frob { LIST_ENTRY(frob) next; struct ifnet *ifp; };
static int frob_ttl = 7;
static LIST_HEAD(frobhead, frob) frob_list;
static struct frobhead *frob_table;
static u_long frob_tablemask;
static uint32_t frob_seed;
static eventhandler_tag frob_tag;
static const int frob_fixed = 1;
SYSCTL_INT(_net_inet_frob, OID_AUTO, ttl, CTLFLAG_RW, &frob_ttl, 0, "");
static struct protosw frob_sw[] = { { .pr_input = frob_input } };
void frob_input(struct mbuf *m, struct ifnet *ifp)
{
\tstruct frob *f;
\tLIST_FOREACH(f, &frob_list, next)
\t\tif (f->ifp == ifp)
\t\t\tfrob_send(m, frob_ttl, &frob_table[jenkins_hash32(m, 1, frob_seed) & frob_tablemask]);
}
void frob_init(void)
{
\tfrob_seed = arc4random();
\tfrob_table = hashinit(16, M_FROB, &frob_tablemask);
}
void frob_destroy(void)
{
\thashdestroy(frob_table, M_FROB, frob_tablemask);
}
"""


def test_protocol_state_is_per_stack_and_registrations_are_shared() -> None:
    found = decisions(frob=PROTOCOL)
    for name in ("frob_ttl", "frob_list", "frob_table", "frob_seed"):
        assert found[name].decision == VIRTUALIZE, (name, found[name])
    for name in ("frob_tag", "frob_fixed", "frob_sw"):
        assert found[name].decision == SHARE, (name, found[name])
    assert found["frob_fixed"].why == ("const",)
    assert "sysctl-writable" in found["frob_ttl"].why


def test_file_that_has_per_stack_variables_already_counts() -> None:
    plain = "static int frob_n;\nvoid frob_poke(void)\n{\n\tfrob_n++;\n}\n"
    ported = plain + "VNET_DEFINE(int, frob_a) = 1;\nVNET_DEFINE(int, frob_b) = 2;\n"
    found = decisions(frob=ported)
    assert found["frob_a"] == Decision(VIRTUALIZE, ("virtual-already",), found["frob_a"].score)
    assert found["frob_n"].score > decisions(frob=plain)["frob_n"].score
    assert "neighbours-per-stack" in found["frob_n"].why


SYMBOL = """
SYSCTL_INT(_net_inet_ip, OID_AUTO, n, CTLFLAG_RW, &frob_n, 0, "");
int frob_n;
int frob_get(struct mbuf *m) { frob_n = m->m_len; return (frob_n); }
"""


def decided_in(**files: str) -> list[str]:
    """What is decided for each definition, in the order of the files."""
    data = {f"{name}.c": text.encode() for name, text in files.items()}
    read = Reader(Cache(None), jobs=1).read_data(Path(), data, [])
    return [decision.decision for decision in decide(read, gather(read)).values()]


def test_one_symbol_of_two_programs_is_left_to_a_person() -> None:
    assert decided_in(a=SYMBOL) + decided_in(b="eventhandler_tag frob_n;") == [VIRTUALIZE, SHARE]
    assert decided_in(a=SYMBOL, b="eventhandler_tag frob_n;") == [ASK, ASK]


def test_statics_of_one_name_are_decided_apart() -> None:
    assert decided_in(a=SYMBOL, b="static eventhandler_tag frob_n;") == [VIRTUALIZE, SHARE]


def test_one_symbol_that_looks_alike_everywhere_is_decided() -> None:
    assert decided_in(a="eventhandler_tag frob_n;", b="eventhandler_tag frob_n;") == [SHARE, SHARE]


def test_driver_switches_are_not_virtualized() -> None:
    text = 'static int frob_debug;\nSYSCTL_INT(_hw_frob, OID_AUTO, debug, CTLFLAG_RWTUN, &frob_debug, 0, "");\n'
    assert decisions(frob=text)["frob_debug"].decision != VIRTUALIZE


def test_policy_is_sound() -> None:
    policy = load_policy()
    for thresholds in (policy.thresholds(1), policy.thresholds(10_000)):
        assert thresholds.share < thresholds.virtualize
    assert not set(policy.never) & {name for name, _ in policy.together.parts(frozenset(policy.never))}


@pytest.mark.parametrize("file", ["a.c", "b.c", "h.h"])
def test_some_are_decided_like_all(file: str) -> None:
    data = {
        "a.c": b'#include "h.h"\nint count, limit = 3;\nstatic struct softc *list;\n'
        b"void up(struct ifnet *ifp) { count++; TOUCH(); }\nint down(void) { return (count + limit); }\n",
        "b.c": b'#include "h.h"\nstatic int ticks, seen;\nint count;\nvoid run(struct mbuf *m) { ticks++; seen = 1; }\n',
        "h.h": b"extern int count;\nint shared;\n#define TOUCH() (shared = 1)\n",
        "c.c": b"static int alone;\nvoid other(void) { alone = 2; }\n",
    }
    read = Reader(Cache(None), jobs=1).read_data(Path(), data, [])
    wanted = [v for v in read.tree.variables if v.file == file]
    whole = decide(read, gather(read))
    assert decide_some(read, Gatherer(read), wanted).items() >= {v.key: whole[v.key] for v in wanted}.items()
    assert wanted
