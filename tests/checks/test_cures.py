"""Cures: after --fix a finding is gone, nothing new has come, and what compiled compiles in both builds."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from commands.runner import ROOT

from checks.checking import places, plan, read
from vport.check import run_checks
from vport.checks.found import Found
from vport.cures.apply import apply_cures

INCLUDE = ROOT / "runtime" / "include"
HEAD = """\
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/errno.h>
#include <sys/kernel.h>
#include <sys/sysctl.h>
#include <net/if.h>
#include <net/if_var.h>
#include <net/vnet.h>

SYSCTL_DECL(_net_inet);

"""
COUNT = "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
USE = "int\thop_use(int);\n\nint\nhop_use(int n)\n{\n\n\tV_hop_n += n;\n\treturn (V_hop_n);\n}\n"


def function(body: str, arguments: str = "struct vnet *vnet, int n") -> str:
    return f"int\thop_set({arguments});\n\nint\nhop_set({arguments})\n{{\n{body}}}\n"


SET = "\n\tCURVNET_SET(vnet);\n"
CURED = {
    "VP201-arm": (
        COUNT
        + function(SET + "\tif (n < 0)\n\t\treturn (EINVAL);\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n"),
        "\tif (n < 0) {\n\t\tCURVNET_RESTORE();\n\t\treturn (EINVAL);\n\t}\n\tV_hop_n = n;\n",
    ),
    "VP201-arm-before-else": (
        COUNT
        + function(
            SET + "\tif (n < 0)\n\t\treturn (EINVAL);\n\telse\n\t\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n"
        ),
        "\tif (n < 0) {\n\t\tCURVNET_RESTORE();\n\t\treturn (EINVAL);\n\t} else\n\t\tV_hop_n = n;\n",
    ),
    "VP201-arm-of-else": (
        COUNT
        + function(
            SET + "\tif (n > 0)\n\t\tV_hop_n = n;\n\telse\n\t\treturn (EINVAL);\n\tCURVNET_RESTORE();\n\treturn (0);\n"
        ),
        "\telse {\n\t\tCURVNET_RESTORE();\n\t\treturn (EINVAL);\n\t}\n\tCURVNET_RESTORE();\n",
    ),
    "VP201-on-the-line-of-its-if": (
        COUNT + function(SET + "\tif (n < 0) return (EINVAL);\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n"),
        "\tif (n < 0) { CURVNET_RESTORE(); return (EINVAL); }\n",
    ),
    "VP201-block": (
        COUNT
        + function(
            SET + "\tif (n < 0) {\n\t\tV_hop_n = 0;\n\t\treturn (EINVAL);\n\t}\n\tV_hop_n = n;\n"
            "\tCURVNET_RESTORE();\n\treturn (0);\n"
        ),
        "\t\tV_hop_n = 0;\n\t\tCURVNET_RESTORE();\n\t\treturn (EINVAL);\n\t}\n",
    ),
    "VP201-end": (
        COUNT + function(SET + "\tV_hop_n = n;\n\treturn (0);\n"),
        "\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n",
    ),
    "VP201-twice": (
        COUNT
        + function(
            SET + "\tif (n < 0)\n\t\treturn (EINVAL);\n\tif (n > 7)\n\t\treturn (ERANGE);\t/* too many */\n"
            "\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n"
        ),
        "\t\treturn (ERANGE);\t/* too many */\n\t}\n",
    ),
    "VP202": (
        COUNT + function("\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n", "struct ifnet *ifp, int n"),
        "\tV_hop_n = n;\n\treturn (0);\n",
    ),
    "VP401": (
        COUNT + 'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_RW, &VNET_NAME(hop_n), 0, "hops");\n\n' + USE,
        'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_VNET | CTLFLAG_RW,\n    &VNET_NAME(hop_n), 0, "hops");\n',
    ),
    "VP401-accessor": (
        COUNT + 'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_RW, &V_hop_n, 0, "");\n\n' + USE,
        'CTLFLAG_VNET | CTLFLAG_RW,\n    &VNET_NAME(hop_n), 0, "");\n',
    ),
    "VP402": (
        COUNT + "static int hop_max = 7;\nSYSCTL_INT(_net_inet, OID_AUTO, hop_max, CTLFLAG_VNET | CTLFLAG_RD,\n"
        '    &hop_max, 0, "");\n\n' + USE,
        "hop_max, CTLFLAG_RD,\n    &hop_max, 0",
    ),
    "VP402-behind": (
        COUNT + "static int hop_max = 7;\nSYSCTL_INT(_net_inet, OID_AUTO, hop_max, CTLFLAG_RD | CTLFLAG_VNET,\n"
        '    &hop_max, 0, "");\n\n' + USE,
        "hop_max, CTLFLAG_RD,\n    &hop_max, 0",
    ),
    "VP406": (
        COUNT + function("\n\tV_hop_n += n;\n\treturn (hop_n > 7);\n", "int n"),
        "\treturn (V_hop_n > 7);\n",
    ),
    "VP406-accessor": (
        COUNT.partition("#")[0] + "\n" + USE,
        "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n",
    ),
    "VP407": (COUNT + "#define\tV_hop_old\tVNET(hop_old)\n" + USE, COUNT + USE),
    "VP101": (
        COUNT + "static int hop_ttl = 7;\n"
        'SYSCTL_INT(_net_inet, OID_AUTO, hop_ttl, CTLFLAG_RW, &hop_ttl, 0, "ttl");\n\n'
        + function("\n\tV_hop_n += n;\n\thop_ttl--;\n\treturn (hop_ttl > 7);\n", "struct ifnet *ifp, int n"),
        "\tV_hop_ttl--;\n\treturn (V_hop_ttl > 7);\n",
    ),
    "VP102": (
        COUNT + function("\tstatic int seq = 1;\n\n\tV_hop_n += n;\n\treturn (seq++);\n", "struct ifnet *ifp, int n"),
        "\treturn (V_hop_set_seq++);\n",
    ),
    "VP102-last": (
        COUNT
        + function(
            "\tstatic u_int last, unused;\n\n\tif (n == 0)\n\t\tlast = V_hop_n;\n\treturn (last + unused);\n",
            "struct ifnet *ifp, int n",
        ),
        "\t\tV_hop_set_last = V_hop_n;\n",
    ),
}
LEFT = {
    "value_needs_the_stack": (
        "VP201",
        COUNT
        + function(SET + "\tif (n < 0)\n\t\treturn (V_hop_n);\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n"),
    ),
    "set_in_a_block_of_its_own": (
        "VP201",
        COUNT + function("\n\tif (n > 0) {\n\t\tCURVNET_SET(vnet);\n\t\tV_hop_n = n;\n\t}\n\treturn (0);\n"),
    ),
    "set_on_another_path": (
        "VP202",
        COUNT
        + function(
            "\n\tif (n > 0) {\n\t\tCURVNET_SET(vnet);\n\t\tV_hop_n = n;\n\t\tCURVNET_RESTORE();\n\t}\n"
            "\tCURVNET_RESTORE();\n\treturn (0);\n"
        ),
    ),
    "used_without_a_stack": (
        "VP101",
        COUNT + "static int hop_ttl = 7;\n"
        'SYSCTL_INT(_net_inet, OID_AUTO, hop_ttl, CTLFLAG_RW, &hop_ttl, 0, "ttl");\n'
        "static struct callout hop_timer;\n\n"
        + "static void\nhop_tick(void *arg)\n{\n\n\thop_ttl--;\n\tcallout_reset(&hop_timer, hz, hop_tick, NULL);\n}\n\n"
        + function("\n\tV_hop_n += n;\n\thop_tick(NULL);\n\treturn (0);\n", "struct ifnet *ifp, int n"),
    ),
}


def check(files: Mapping[str, str]) -> list[Found]:
    return run_checks(read(files), None, None, plan(files), cures=True).found


def cured(text: str) -> str:
    for _ in range(5):
        made, count = apply_cures([f for f in check({"hop.c": text}) if f.edits], {"hop.c": text.encode()})
        if not count:
            break
        text = made["hop.c"].decode()
    return text


@pytest.mark.parametrize("name", CURED)
def test_a_cure_leaves_no_finding(name: str) -> None:
    before, part = CURED[name]
    assert name[:5] in {place[0] for place in places(HEAD + before)}
    after = cured(HEAD + before)
    assert part in after
    assert places(after) == []
    assert cured(after) == after


HEADER = (
    "#define\tVNET_DEFINE(t, n)\tstruct _hack; t vnet_entry_##n\n"
    "#define\tVNET_DEFINE_STATIC(t, n)\tstatic t vnet_entry_##n\n"
)
OLD = {
    "leaf": (
        COUNT + 'SYSCTL_VNET_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_RW, &VNET_NAME(hop_n), 0, "hops");\n' + USE,
        'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_VNET | CTLFLAG_RW,\n    &VNET_NAME(hop_n), 0, "hops");\n',
    ),
    "preamble": (
        COUNT + function("\tINIT_VNET_INET(curvnet);\n\n\tV_hop_n += n;\n\treturn (0);\n", "int n"),
        "{\n\n\tV_hop_n += n;\n",
    ),
    "static": (COUNT.replace("VNET_DEFINE_STATIC", "static VNET_DEFINE") + USE, COUNT),
}
OLD_LEFT = {
    "leaf_of_a_plain_name": COUNT + 'SYSCTL_VNET_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_RW, &hop_m, 0, "");\n' + USE,
    "containers": "#ifdef VIMAGE_GLOBALS\nint hop_flag;\n#endif\n" + COUNT + USE,
}


def old(text: str) -> dict[str, str]:
    return {"net/vnet.h": HEADER, "hop.c": text}


@pytest.mark.parametrize("name", OLD)
def test_old_forms_become_those_of_today(name: str) -> None:
    text, part = OLD[name]
    found = [f for f in check(old(text)) if f.id == "VP502"]
    made, count = apply_cures([f for f in found if f.edits], {k: v.encode() for k, v in old(text).items()})
    assert (len(found), count) == (1, 1)
    assert part in made["hop.c"].decode()
    assert [f for f in check(old(made["hop.c"].decode())) if f.id == "VP502"] == []


@pytest.mark.parametrize("name", OLD_LEFT)
def test_old_forms_that_want_a_person_are_left(name: str) -> None:
    assert [f.edits for f in check(old(OLD_LEFT[name])) if f.id == "VP502"] == [()]


@pytest.mark.parametrize("build", ["", "-DVIMAGE"])
@pytest.mark.parametrize("name", CURED)
def test_what_is_cured_compiles(tmp_path: Path, name: str, build: str) -> None:
    (tmp_path / "hop.c").write_text(cured(HEAD + CURED[name][0]))
    flags = ["-std=gnu11", "-ffreestanding", "-fno-builtin", "-fsyntax-only", "-Wall", "-Wextra", "-D_KERNEL"]
    folders = ["-I", str(INCLUDE / "freebsd-13"), "-I", str(INCLUDE / "common")]
    command = ["cc", *flags, "-Wno-unused-parameter", *folders, *build.split(), str(tmp_path / "hop.c")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_safe_is_left_to_a_person(name: str) -> None:
    id_, text = LEFT[name]
    found = [one for one in check({"hop.c": HEAD + text}) if one.id == id_]
    assert found
    assert [one.edits for one in found if one.edits] == []
