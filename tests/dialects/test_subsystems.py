"""Subsystems that old releases call otherwise or have not: what is renamed, and what is not."""

import cases
import pytest
from matrix import ported

from vport import rules
from vport.dialect import NAMES, load
from vport.port import port

HEAD = "#include <sys/param.h>\n#include <sys/kernel.h>\n\n"
VARIABLE = "static int frob_ttl;\n\nint\nfrob_get(void)\n{\n\n\treturn (frob_ttl);\n}\n\n"
LIST = "enum sysinit_sub_id {\n\tSI_SUB_PROTO_FIREWALL = 0x8806000,\n};\n"


def run(text: str, dialect: str, names: tuple[str, ...] = ("frob_ttl",), extra: str = "") -> cases.Run:
    files = {"frob.c": (HEAD + VARIABLE + text).encode(), "sys/kernel.h": extra.encode()}
    keys = {v.key for v in cases.read_files(files).tree.variables if v.name in names}
    return cases.run_port(files, keys, dialect, True)


def event(subsystem: str) -> str:
    """A module at a slot."""
    return (
        'static moduledata_t frob_mod = { "frob", NULL, NULL };\n'
        f"DECLARE_MODULE(frob, frob_mod, {subsystem}, SI_ORDER_ANY);\n"
    )


def after(subsystem: str, dialect: str, extra: str = "") -> str:
    return run(event(subsystem), dialect, extra=extra).after["frob.c"].decode()


@pytest.mark.parametrize(
    ("dialect", "today", "then"),
    [
        ("freebsd-9", "SI_SUB_PROTO_FIREWALL", "SI_SUB_PROTO_IFATTACHDOMAIN"),
        ("freebsd-10", "SI_SUB_PROTO_PFIL", "SI_SUB_PROTO_BEGIN"),
        ("freebsd-8", "SI_SUB_PROTO_MC", "SI_SUB_PSEUDO"),
        ("freebsd-9", "SI_SUB_LAST", "SI_SUB_RUN_SCHEDULER"),
        ("vimage-2010", "SI_SUB_PROTO_FIREWALL", "SI_SUB_FW"),
        ("vimage-structs", "SI_SUB_PROTO_FIREWALL", "SI_SUB_PROTO_IFATTACHDOMAIN"),
        ("vimage-2008", "SI_SUB_PROTO_FIREWALL", "SI_SUB_PROTO_IFATTACHDOMAIN"),
    ],
)
def test_the_slot_of_the_same_purpose(dialect: str, today: str, then: str) -> None:
    text = after(today, dialect)
    assert f"DECLARE_MODULE(frob, frob_mod, {then}, SI_ORDER_ANY);" in text
    assert today not in text


@pytest.mark.parametrize(
    ("dialect", "subsystem"),
    [
        ("freebsd-13", "SI_SUB_PROTO_FIREWALL"),
        ("freebsd-11", "SI_SUB_PROTO_MC"),
        ("freebsd-10", "SI_SUB_LAST"),
        ("vimage-2010", "SI_SUB_PROTO_MC"),
        ("freebsd-9", "SI_SUB_PROTO_DOMAIN"),
        ("freebsd-9", "FROB_SI_SUB_PROTO_FIREWALL"),
    ],
)
def test_noop_the_release_has_it(dialect: str, subsystem: str) -> None:
    assert f"DECLARE_MODULE(frob, frob_mod, {subsystem}, SI_ORDER_ANY);" in after(subsystem, dialect)


def test_noop_the_tree_has_a_list_of_its_own() -> None:
    assert "SI_SUB_PROTO_FIREWALL" in after("SI_SUB_PROTO_FIREWALL", "freebsd-9", extra=LIST)


def test_noop_words_in_comments_and_strings() -> None:
    text = '/* SI_SUB_PROTO_FIREWALL is today\'s */\nconst char *frob_name = "SI_SUB_PROTO_FIREWALL";\n'
    assert run(text, "freebsd-9").after["frob.c"].decode().endswith(text)


def test_noop_nothing_is_ported() -> None:
    text = event("SI_SUB_PROTO_FIREWALL")
    assert run(text, "freebsd-9", ()).port.edits == {}


def test_a_first_step_changes_nothing_that_runs() -> None:
    data = {"frob.c": (HEAD + VARIABLE + event("SI_SUB_PROTO_FIREWALL")).encode()}
    read = cases.read_files(data)
    chosen = [v for v in read.tree.variables if v.name == "frob_ttl"]
    for step, stays in ((1, True), (2, False)):
        result = port(read, chosen, load("vimage-2008").at_step(step), life=True)
        changed = next(o.after for o in result.outcomes if hasattr(o, "after"))
        assert (b"SI_SUB_PROTO_FIREWALL" in changed) is stays


def test_a_line_that_gets_too_long_is_folded() -> None:
    text = "SYSINIT(frob_initialise, SI_SUB_PROTO_FIREWALL, SI_ORDER_ANY, frob_initialise, 0);\n"
    assert (
        "SYSINIT(frob_initialise, SI_SUB_PROTO_IFATTACHDOMAIN, SI_ORDER_ANY,\n    frob_initialise, 0);\n"
        in run(text, "freebsd-9").after["frob.c"].decode()
    )


def test_what_another_pass_wrote_is_still_its_own() -> None:
    edits = [e for found in ported("pktfilter", "freebsd-9")[1].edits.values() for e in found]
    renamed = [e for e in edits if b"SI_SUB_PROTO_IFATTACHDOMAIN" in e.new]
    assert {e.by for e in renamed} == {"lifecycle", "subsystems"}
    assert {e.by for e in renamed if b"VNET_SYSUNINIT(" in e.new} == {"lifecycle"}
    assert all("the release" in e.reason for e in renamed)


def test_noop_a_comment_in_a_long_line_stays_where_it_is() -> None:
    text = "SYSINIT(frob_initialise, SI_SUB_PROTO_FIREWALL /* or so */, SI_ORDER_ANY, frob_initialise, 0);\n"
    then = text.replace("SI_SUB_PROTO_FIREWALL", "SI_SUB_PROTO_IFATTACHDOMAIN")
    assert then in run(text, "freebsd-9").after["frob.c"].decode()


def test_what_nothing_stands_for_is_listed() -> None:
    made = run(event("SI_SUB_EPOCH"), "freebsd-9")
    assert [(f.kind, f.line) for f in made.port.findings if f.kind == "subsystem-unknown"] == [
        ("subsystem-unknown", 14)
    ]
    assert b"SI_SUB_EPOCH" in made.after["frob.c"]
    assert run(event("SI_SUB_TASKQ"), "freebsd-11").port.findings == []


def test_every_name_that_is_written_is_one_of_the_release() -> None:
    for name in NAMES:
        dialect = load(name)
        has = rules.load(f"sysinit/{dialect.release}")["subsystem"]
        written = (*dialect.stand_ins.values(), *dialect.subsystems.values())
        assert [w for w in written if w.removeprefix("SI_SUB_") not in has] == []


def test_every_subsystem_of_today_is_there_or_has_another() -> None:
    newest = rules.load("sysinit/13")["subsystem"]
    for old, new in {**load("freebsd-9").stand_ins, **load("freebsd-9").subsystems}.items():
        assert old.removeprefix("SI_SUB_") in newest
        assert old != new
