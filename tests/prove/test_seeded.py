"""Wrong ports, each reported at the place of the fault; and near twins, which are proved."""

from pathlib import Path
from typing import NamedTuple

import pytest
from proofs import COMPILERS, proof

from vport.proof.verdict import BROKEN, DIFFERS, IDENTICAL, Verdict

BEFORE = """\
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/sysctl.h>
#include <net/vnet.h>

SYSCTL_DECL(_net_inet);
static int frob_ttl = 7;
static int frob_limit[4] = { 1, 2, 3, 4 };
int frob_count;
static u_int frob_seen;
SYSCTL_INT(_net_inet, OID_AUTO, frob_ttl, CTLFLAG_RW, &frob_ttl, 0, "Hops");
TUNABLE_INT("net.frob.limit", &frob_limit[0]);

static int
frob_clamp(int v)
{

	return (v > 40 ? 40 : v);
}

int
frob_input(int a, int *b)
{
	static int drops;

	KASSERT(a > 0, ("%s:%d", __FILE__, __LINE__));
	if (frob_ttl > a) {
		drops++;
		printf("dropped %d\\n", drops);
		return (frob_clamp(a));
	}
	frob_seen = a;
	*b = frob_ttl;
	frob_count++;
	return (frob_limit[a & 3]);
}

u_int
frob_last(void)
{

	return (frob_seen / 3);
}
"""
AFTER = """\
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/sysctl.h>
#include <net/vnet.h>

SYSCTL_DECL(_net_inet);
VNET_DEFINE_STATIC(int, frob_ttl) = 7;
VNET_DEFINE_STATIC(int, frob_limit[4]) = { 1, 2, 3, 4 };
VNET_DEFINE(int, frob_count);
VNET_DEFINE_STATIC(u_int, frob_seen);
#define	V_frob_ttl	VNET(frob_ttl)
#define	V_frob_limit	VNET(frob_limit)
#define	V_frob_count	VNET(frob_count)
#define	V_frob_seen	VNET(frob_seen)
SYSCTL_INT(_net_inet, OID_AUTO, frob_ttl, CTLFLAG_VNET | CTLFLAG_RW,
    &VNET_NAME(frob_ttl), 0, "Hops");
TUNABLE_INT("net.frob.limit", &VNET_NAME(frob_limit)[0]);

static int
frob_clamp(int v)
{

	return (v > 40 ? 40 : v);
}

VNET_DEFINE_STATIC(int, frob_input_drops);
#define	V_frob_input_drops	VNET(frob_input_drops)

int
frob_input(int a, int *b)
{

	KASSERT(a > 0, ("%s:%d", __FILE__, __LINE__));
	if (V_frob_ttl > a) {
		V_frob_input_drops++;
		printf("dropped %d\\n", V_frob_input_drops);
		return (frob_clamp(a));
	}
	V_frob_seen = a;
	*b = V_frob_ttl;
	V_frob_count++;
	return (V_frob_limit[a & 3]);
}

u_int
frob_last(void)
{

	return (V_frob_seen / 3);
}
"""


class Seed(NamedTuple):
    """A wrong port: what is replaced, what is blamed, and text of the line that is shown after."""

    old: str
    new: str
    name: str
    shown: str


SEEDS = {
    "wrong_initialiser": Seed("frob_ttl) = 7", "frob_ttl) = 8", "frob_ttl", "VNET_DEFINE_STATIC(int, frob_ttl) = 8;"),
    "wrong_member_of_an_array": Seed("2, 3, 4 }", "2, 4, 4 }", "frob_limit", "{ 1, 2, 4, 4 };"),
    "lost_initialiser": Seed("frob_ttl) = 7", "frob_ttl)", "frob_ttl", "VNET_DEFINE_STATIC(int, frob_ttl);"),
    "changed_type": Seed("(u_int, frob_seen)", "(u_long, frob_seen)", "frob_seen", "u_long"),
    "changed_sign": Seed("(u_int, frob_seen)", "(int, frob_seen)", "frob_last", "VNET_DEFINE_STATIC(int, frob_seen)"),
    "lost_static": Seed("VNET_DEFINE_STATIC(int, frob_ttl)", "VNET_DEFINE(int, frob_ttl)", "frob_ttl", "VNET_DEFINE("),
    "changed_constant": Seed("(v > 40 ? 40 : v)", "(v > 41 ? 41 : v)", "frob_input", "(v > 41"),
    "other_variable": Seed("*b = V_frob_ttl", "*b = V_frob_count", "frob_input", "*b = V_frob_count;"),
    "swapped_statements": Seed(
        '\t\tV_frob_input_drops++;\n\t\tprintf("dropped %d\\n", V_frob_input_drops);\n',
        '\t\tprintf("dropped %d\\n", V_frob_input_drops);\n\t\tV_frob_input_drops++;\n',
        "frob_input",
        "printf(",
    ),
    "lost_line": Seed("\tV_frob_count++;\n", "", "frob_input", "return (V_frob_limit"),
    "changed_text": Seed('"dropped %d\\n"', '"dropt %d\\n"', "frob_input", "dropt"),
    "changed_condition": Seed("V_frob_ttl > a", "V_frob_ttl >= a", "frob_input", ">= a"),
    "other_leaf": Seed(
        "&VNET_NAME(frob_ttl)", "&VNET_NAME(frob_count)", "sysctl___net_inet_frob_ttl", "SYSCTL_INT(_net_inet"
    ),
    "another_flag": Seed("| CTLFLAG_RW,", "| CTLFLAG_RD,", "sysctl___net_inet_frob_ttl", "SYSCTL_INT(_net_inet"),
    "volatile_lost_its_double_read": Seed("*b = V_frob_ttl", "*b = 7", "frob_input", "*b = 7"),
}
TWINS = {
    "as_it_is": ("", ""),
    "comments": ("frob_last(void)\n{\n", "frob_last(void)\n{\n\t/* the last one */\n\n"),
    "white_space": ("return (frob_clamp(a));", "return\n\t\t    (frob_clamp(a));"),
    "another_name_for_a_static": ("frob_clamp", "frob_bound"),
    "another_name_for_a_hoisted_static": ("frob_input_drops", "frob_drops"),
    "lines_above_an_assertion": ("static int\nfrob_clamp", "\n\n\n/* Not more than 40. */\nstatic int\nfrob_clamp"),
    "brackets": ("*b = V_frob_ttl", "*b = (V_frob_ttl)"),
    "a_constant_written_otherwise": ("v > 40 ? 40", "v > 0x28 ? 0x28"),
    "a_prototype": ("static int\nfrob_clamp", "static int frob_clamp(int);\n\nstatic int\nfrob_clamp"),
}
MOVED = "\nu_int\nfrob_last(void)\n{\n\n\treturn (V_frob_seen / 3);\n}\n"


def checked(tmp_path: Path, after: str, compiler: str) -> Verdict:
    return proof(tmp_path, BEFORE, after, compiler, "-DINVARIANTS")


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_wrong_port_is_blamed_where_it_is_wrong(seed: Seed, compiler: str, tmp_path: Path) -> None:
    assert AFTER.count(seed.old) == 1
    told = checked(tmp_path, AFTER.replace(seed.old, seed.new), compiler)
    assert told.verdict == DIFFERS
    places = {d.name: d.after for d in told.differences}
    assert seed.name in places
    place = places[seed.name]
    assert place is not None and place.file == "frob.c"
    assert seed.shown in place.text


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(("old", "new"), TWINS.values(), ids=TWINS)
def test_twin_is_proved(old: str, new: str, compiler: str, tmp_path: Path) -> None:
    assert not old or old in AFTER
    told = checked(tmp_path, AFTER.replace(old, new) if old else AFTER, compiler)
    assert (told.verdict, told.differences, told.words) == (IDENTICAL, (), "")


@pytest.mark.parametrize("compiler", COMPILERS)
def test_function_that_moved_is_proved(compiler: str, tmp_path: Path) -> None:
    assert MOVED in AFTER
    place = "\nstatic int\nfrob_clamp"
    told = checked(tmp_path, AFTER.replace(MOVED, "").replace(place, MOVED + place), compiler)
    assert (told.verdict, told.differences) == (IDENTICAL, ())


@pytest.mark.parametrize("compiler", COMPILERS)
def test_missed_use_does_not_compile_with_vimage(compiler: str, tmp_path: Path) -> None:
    told = checked(tmp_path, AFTER.replace("*b = V_frob_ttl", "*b = frob_ttl"), compiler)
    assert (told.verdict, told.build) == (BROKEN, "VIMAGE")
    assert told.words.startswith("frob.c:") and "frob_ttl" in told.words
    line = int(told.words.split("error:")[0].rstrip(": ").split(":")[-2])
    assert (tmp_path / "after" / "frob.c").read_text().split("\n")[line - 1] == "\t*b = frob_ttl;"


def test_lost_semicolon_does_not_compile_in_the_default_build(tmp_path: Path) -> None:
    told = checked(tmp_path, AFTER.replace("V_frob_count++;", "V_frob_count++"), "gcc")
    assert (told.verdict, told.build) == (BROKEN, "default")
    assert "frob.c:" in told.words and str(tmp_path) not in told.words


def test_hoisted_static_is_told_as_renamed(tmp_path: Path) -> None:
    told = checked(tmp_path, AFTER, "gcc")
    assert told.renamed == ("drops.0 -> frob_input_drops",)
    assert told.notes == ("the flag CTLFLAG_VNET is new in sysctl___net_inet_frob_ttl",)
