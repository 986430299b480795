"""A port in an old form and what an upgrade makes of it live the same life; what differs is told."""

from functools import cache
from pathlib import Path

import cases
import pytest
from dialects import matrix
from upgrade.upgrading import upgraded

from vport.dialect import NAMES, load
from vport.model import build
from vport.runtime import compare, scenarios
from vport.runtime.compare import Lived, differences, may_differ, shown
from vport.runtime.host import Event
from vport.runtime.model import Access, Enroll, Function, Module, Sysinit, Variable, VnetModule

RELEASES = {name: load(name).release for name in reversed(NAMES) if name != "freebsd-13"}
"""Old dialects, and the kernel that each is for."""

SCENARIOS = ("boot", "load", "jails", "vmove", "unload", "failed-load", "shutdown")
MORE = {"vimage-structs": SCENARIOS, "vimage-2008": ("jails", "unload")}
CHOSEN = [(old, s) for old in RELEASES for s in MORE.get(old, ("unload",))]
"""Each dialect with scenarios: the further from today's, the more."""


def modelled(files: dict[str, bytes], release: str) -> Module:
    return build(cases.read_files(cases.called_as_in(release, files), Path("sys")))


@cache
def both(module: str, old: str) -> tuple[Module, Module]:
    """The models of a module ported to an old dialect, and of the same lifted to today's.

    A person has said that domains are set up for each stack, where the upgrade left that to one.
    """
    text, _ = matrix.ported(module, old)
    lifted, left = upgraded(text, "freebsd-13", old)
    decided = {f.file for f in left if f.kind == "domain-left"}
    lifted = {n: t.replace(b"\nDOMAIN_SET(", b"\nVNET_DOMAIN_SET(") if n in decided else t for n, t in lifted.items()}
    return modelled(dict(text), RELEASES[old]), modelled(lifted, "13")


@pytest.mark.parametrize(("old", "scenario"), CHOSEN)
@pytest.mark.parametrize("module", matrix.MODULES)
def test_upgrade_keeps_behaviour(module: str, old: str, scenario: str) -> None:
    before, after = both(module, old)
    vimage = old != "vimage-2008"  # which had one stack
    was = scenarios.run(before, scenario, RELEASES[old], vimage)
    now = scenarios.run(after, scenario, "13", vimage)
    assert [f.message for f in (*was.faults, *now.faults)] == []
    assert shown(differences(Lived(before, was.trace), Lived(after, now.trace))) == ""
    explained = sum(bool(may_differ(e, Lived(before, was.trace), Lived(after, now.trace))) for e in was.trace)
    assert explained < len(was.trace)


def changed(module: str, file: str, line: bytes, now: bytes) -> str:
    """Differences when a line of the lifted text is another one."""
    before, _ = both(module, "vimage-structs")
    text, _ = matrix.ported(module, "vimage-structs")
    lifted, _ = upgraded(text, "freebsd-13", "vimage-structs")
    assert lifted[file].count(line) == 1
    after = modelled({**lifted, file: lifted[file].replace(line, now)}, "13")
    was, became = scenarios.run(before, "unload", "2009"), scenarios.run(after, "unload", "13")
    return shown(differences(Lived(before, was.trace), Lived(after, became.trace)))


@pytest.mark.parametrize(
    ("module", "file", "line", "now", "told"),
    [
        ("ifcloned", "if_hop.c", b"\tif_clone_detach(V_hop_cloner);\n", b"", "- 59 vnet1 unregister cloner hop_cloner"),
        ("ifcloned", "if_hop.c", b"\tV_hop_cloner = NULL;\n", b"", "write V_hop_cloner"),
        ("kandr", "ddx_sub.c", b"\tddxtimer_start();\n", b"", "register callout ddxtimer ddxtimer_ch"),
        ("kandr", "ddx_sub.c", b"ddx_init, 0);", b"ddxtimer_start, 0);", "V_ddx_started"),
        ("kandr", "ddx_sub.c", b"\tddxtimer_start();\n", b"\tddxtimer_start();\n\tV_ddxid = 0;\n", "+ "),
        ("kandr", "ddx_input.c", b", ddxttl) = 15;", b", ddxttl);", "write V_ddxttl"),
    ],
)
def test_what_an_upgrade_would_have_broken_is_told(module: str, file: str, line: bytes, now: bytes, told: str) -> None:
    assert told in changed(module, file, line, now)


NEW = Module(
    "frob",
    variables=(Variable("ttl", "a.c:1", per_vnet=True, initial="constant"), Variable("seen", "a.c:2", per_vnet=True)),
    sysinits=(Sysinit("VNET_SYSINIT", "frob_init", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "a.c:9", "frob_init"),),
    functions=(Function("frob_init", "a.c:5"), Function("frob_input", "a.c:20")),
)
OLD = Module(
    "frob",
    variables=(Variable("ttl", "a.c:1", per_vnet=True), Variable("seen", "a.c:2", per_vnet=True)),
    sysinits=(Sysinit("SYSINIT", "frob_register", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "a.c:49", "frob_register"),),
    functions=(
        Function("frob_iattach", "a.c:30", body=(Access("ttl", "write", "a.c:32"), Access("seen", "write", "a.c:33"))),
        Function("frob_register", "a.c:40", body=(Enroll("frob_modinfo", "a.c:42"),)),
        Function("frob_input", "a.c:60"),
    ),
    vnet_modules=(VnetModule("frob", "frob_modinfo", "VNET_MOD_FROB", "a.c:39", attach="frob_iattach"),),
)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event("register", "vnet module frob", "a.c:42"), compare.REGISTERS),
        (Event("register", "callout frob_tick frob_callout", "a.c:42"), ""),
        (Event("vnet", "frob waits for VNET_MOD_NET", "a.c:42"), compare.REGISTERS),
        (Event("vnet", "vnet 1 is on the list"), ""),
        (Event("constructor", "frob_iattach(NULL)", "a.c:42"), compare.SLOTTED),
        (Event("sysinit", "frob_register(NULL)", "a.c:49"), compare.SLOTTED),
        (Event("call", "frob_input()", "a.c:42"), ""),
        (Event("constructor", "vnet_sysinit_done"), compare.KERNEL),
        (Event("access", "write V_ttl", "a.c:32"), compare.VALUE),
        (Event("access", "write V_seen", "a.c:33"), ""),
        (Event("access", "read V_ttl", "a.c:32"), ""),
        (Event("access", "write V_ttl", "a.c:61"), ""),
        (Event("init", "mtx_init frob_mtx", "a.c:32"), ""),
    ],
)
def test_what_of_the_framework_may_differ(event: Event, why: str) -> None:
    assert may_differ(event, Lived(OLD, ()), Lived(NEW, ())) == why


def test_order_counts_but_at_equal_keys() -> None:
    slots = [("one", "SI_ORDER_ANY"), ("two", "SI_ORDER_ANY"), ("three", "SI_ORDER_FIRST")]
    sysinits = tuple(Sysinit("SYSINIT", n, "SI_SUB_PSEUDO", order, f"a.c:{k}", n) for k, (n, order) in enumerate(slots))
    module = Module("frob", sysinits=sysinits, functions=tuple(Function(n, "a.c:1") for n, _ in slots))

    def lived(*names: str) -> Lived:
        return Lived(module, [Event("sysinit", f"{n}(NULL)", "a.c:1", 0, 1) for n in names])

    assert differences(lived("three", "one", "two"), lived("three", "two", "one")) == []
    assert len(differences(lived("three", "one", "two"), lived("one", "two", "three"))) == 2
    assert [t.side for t in differences(lived("one"), lived("one", "two"))] == ["after"]
