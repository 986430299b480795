"""VP5xx: plans that fell behind, old spellings, marks, symbols looked up from outside, suppressions."""

import pytest

from checks.checking import Files, enough, find, marked, places
from checks.snippets import COUNT, function, module

USE = function("hop_input", "V_hop_n++;")
HEADER = (
    "#define\tVNET_DEFINE(t, n)\tstruct _hack; t vnet_entry_##n\n"
    "#define\tVNET_DEFINE_STATIC(t, n)\tstatic t vnet_entry_##n\n"
)
ENTRY = '[[variable]]\nname = "{}"\nfile = "hop.c"\ndecision = "{}"\n'
EXTERN = COUNT.replace("_STATIC", "") + USE
TABLE = '#include <nlist.h>\n\nstatic struct nlist nl[] = {{\n\t{}\n\t{{ "" }},\n}};\n'


def planned(text: str, *entries: tuple[str, str]) -> Files:
    return {"hop.c": text, "vport.toml": "version = 1\n\n" + "\n".join(ENTRY.format(*entry) for entry in entries)}


def today(text: str) -> Files:
    return {"net/vnet.h": HEADER, "net/hop.c": text}


def table(row: str) -> Files:
    return {"sys/hop.c": EXTERN, "usr.bin/hopstat.c": TABLE.format(row)}


CASES: dict[str, Files] = {
    "VP501-decided_otherwise": planned(COUNT.replace(");", "); /* VP501 */", 1) + USE, ("hop_n", "share")),
    "VP501-decided_otherwise_among_others": planned(
        COUNT
        + "VNET_DEFINE_STATIC(int, hop_m); /* VP501 */\n#define\tV_hop_m\tVNET(hop_m)\n\n"
        + USE
        + function("hop_more", "V_hop_m++;"),
        ("hop_n", "virtualize"),
        ("hop_m", "share"),
    ),
    "VP501-noop_decided_so": planned(COUNT + USE, ("hop_n", "virtualize")),
    "VP501-noop_not_decided": planned(COUNT + USE, ("hop_n", "ask")),
    "VP502-static": today("static VNET_DEFINE(int, hop_n); /* VP502 */\n#define\tV_hop_n\tVNET(hop_n)\n\n" + USE),
    "VP502-preamble": today(COUNT + function("hop_input", "INIT_VNET_INET(curvnet); /* VP502 */\n\nV_hop_n++;")),
    "VP502-sysctl": today(
        COUNT
        + 'SYSCTL_VNET_INT(_net_inet, OID_AUTO, hop_n, CTLFLAG_RW, /* VP502 */\n    &VNET_NAME(hop_n), 0, "");\n'
        + USE
    ),
    "VP502-containers": today("#ifdef VIMAGE_GLOBALS /* VP502 */\nint hop_flag;\n#endif\n" + COUNT + USE),
    "VP502-noop_today": today(COUNT + USE),
    "VP502-noop_in_a_comment": today("/* This was static VNET_DEFINE(int, hop_n) once. */\n" + COUNT + USE),
    "VP502-noop_no_header_says_what_is_spoken": "static VNET_DEFINE(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
    + USE,
    "VP503-context": COUNT + function("hop_input", "/* VPORT-CONTEXT: which stack? VP503 */\nV_hop_n++;"),
    "VP503-life": COUNT + "/* VPORT-LIFECYCLE: who frees it? VP503 */\n" + USE,
    "VP503-noop_other_comment": COUNT + "/* vport wrote this once. */\n" + USE,
    "VP503-noop_word_of_its_own": COUNT + "/* See VPORT-CONTEXTS. */\n" + USE,
    "VP504-nlist": table('{ "_hop_n" }, /* VP504 */'),
    "VP504-designated": table('{ .n_name = "_hop_n" }, /* VP504 */'),
    "VP504-noop_other_symbol": table('{ "_hop_version" },'),
    "VP504-noop_no_table": {"sys/hop.c": EXTERN, "usr.bin/hopstat.c": 'static char *names[] = { "_hop_n" };\n'},
    "VP505-no_reason": COUNT + "/* vport: ignore VP101 */ /* VP505 */\n" + USE,
    "VP505-no_id": COUNT + "/* vport: ignore -- it is fine */ /* VP505 */\n" + USE,
    "VP505-noop_reason": COUNT
    + "/* vport: ignore VP101 -- one limit for the machine */\nstatic int hop_ttl = 7;\n"
    + 'SYSCTL_INT(_net_inet, OID_AUTO, hop_ttl, CTLFLAG_RW, &hop_ttl, 0, "");\n\n'
    + function("hop_input", "V_hop_n++;\nhop_ttl--;"),
    "VP505-noop_comment_about_something_else": COUNT + "/* vport knows how to ignore things. */\n" + USE,
    "VP506-nothing_there": COUNT + "/* vport: ignore VP201 -- the caller restores */ /* VP506 */\n\n" + USE,
    "VP506-other_finding": COUNT
    + function(
        "hop_set",
        "CURVNET_SET(vnet);\nV_hop_n = 1;\n/* vport: ignore VP202 -- the caller restores */ /* VP506 */\n"
        "return (0); /* VP201 */",
        "struct vnet *vnet",
        "int",
    ),
    "VP506-noop_above": COUNT
    + function(
        "hop_set",
        "CURVNET_SET(vnet);\nV_hop_n = 1;\n/* vport: ignore VP201 -- the caller restores */\nreturn (0);",
        "struct vnet *vnet",
        "int",
    ),
    "VP506-noop_beside": COUNT
    + function(
        "hop_set",
        "CURVNET_SET(vnet);\nV_hop_n = 1;\nreturn (0);\t/* vport: ignore VP201 -- the caller restores */",
        "struct vnet *vnet",
        "int",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_plan(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_each_finding_has_cases_of_both_kinds() -> None:
    assert enough("VP5", CASES) == {}


def test_an_entry_of_what_is_gone_is_found_in_the_plan() -> None:
    found = find(planned(COUNT + USE, ("hop_n", "virtualize"), ("hop_old", "share")))
    assert [(one.id, one.file, one.line) for one in found] == [("VP501", "vport.toml", 8)]


def test_old_spellings_of_a_module_are_told_apart() -> None:
    text = "static VNET_DEFINE(int, hop_n); static VNET_DEFINE(int, hop_m);\n" + module()
    assert [one.line for one in find(today(text)) if one.id == "VP502"] == [1]
