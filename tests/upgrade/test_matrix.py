"""Every module, ported to every dialect and lifted: the text of the direct port, or what a listed reason explains."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import cases
import inverse
import pytest
from dialects import matrix

from upgrade.upgrading import Files, upgraded
from vport.dialect import HISTORY

Item = tuple[str, ...]
Items = list[Item]

_SETUPS = ("SYSINIT", "SYSUNINIT", "VNET_SYSINIT", "VNET_SYSUNINIT")


def _each(change: Callable[[Item], Item]) -> Callable[[Items], Items]:
    return lambda items: [new for new in map(change, items) if new]


def _without_ident(item: Item) -> Item:
    return (item[0], "(", *item[3:]) if item[0] in _SETUPS else item


def _of_one_stack(item: Item) -> Item:
    return (item[0].removeprefix("VNET_"), *item[1:]) if item[0] in _SETUPS else item


def _domain(item: Item) -> Item:
    return ("DOMAIN_SET", *item[1:]) if item[0] == "VNET_DOMAIN_SET" else item


def _subsystems(item: Item) -> Item:
    return tuple("SI_SUB_PROTO_FIREWALL" if token == "SI_SUB_FW" else token for token in item)


def _without_module_global(item: Item) -> Item:
    out, i = list[str](), 0
    while i < len(item):
        if item[i] == "MODULE_GLOBAL" and item[i + 1 : i + 2] == ("(",):
            end = inverse.closing(list(item), i + 1)
            out += item[i + 2 : end - 1]
            i = end
        else:
            out.append(item[i])
            i += 1
    return tuple(out)


def _without_sizes(item: Item) -> Item:
    if not item[0].startswith("SYSCTL_"):
        return item
    parts = inverse.split_commas(list(item[2:-2]))
    kept = [p for p in parts if p[:1] != ["sizeof"]]
    kept = [p[p.index(",") + 1 : -1] if p[:1] == ["__DEVOLATILE"] else p for p in kept]
    return (item[0], *(t for p in kept for t in p))


def _without_values(items: Items) -> Items:
    """Without initialisers, and without constructors that give values to containers."""
    out = []
    for item in items:
        if "_iattach" in " ".join(item):
            continue
        at = item.index("=") if {"VNET_DEFINE", "VNET_DEFINE_STATIC"} & set(item[:2]) and "=" in item else -1
        out.append((*item[:at], ";") if at > 0 else item)
    return out


def _without_modules(items: Items) -> Items:
    """Without constructors, what registers them, and the conditionals around all that."""
    words = ("vnet_mod_", "_iattach", "_idetach", "_register", "VNET_MOD_", "vnet_symmap")
    return [i for i in items if i[0] not in _SETUPS and i[0] != "#" and not any(w in " ".join(i) for w in words)]


REASONS: dict[str, Callable[[Items], Items]] = {
    # the lines of a leaf, blank lines around what was a structure, how a statement that was split stood
    "layout": lambda items: items,
    # definitions that one statement held, with one that stayed plain between them, got accessors as one group
    "order": lambda items: items,
    # vnet_modinfo has no place for the name of a SYSINIT
    "ident": _each(_without_ident),
    # in 2008 there was one stack and SYSINIT was all there was; listed as left to a person
    "one-stack": _each(_of_one_stack),
    # VNET_DOMAIN_SET came with net/vnet.h; listed as left to a person
    "domain": _each(_domain),
    # the module says a subsystem by today's name, which the target does not have
    "subsystem": _each(_subsystems),
    # a leaf of 2009 took the name of a member, and MODULE_GLOBAL makes an accessor of it
    "module-global": _each(_without_module_global),
    # no base pointer stands at file scope, so the size of a type was written that nothing proves to be the variable's
    "size": _each(_without_sizes),
    # a module of the containers registers for each stack; the step before does not say whose a set-up is
    "modules": _without_modules,
    # a value that nothing in the tree proves to be constant stays in its constructor; listed as left to a person
    "value": _without_values,
}


def _items(text: bytes) -> Items:
    return [tuple(i.tokens) for i in inverse.read_items(inverse.tokenize(text).tokens) if i.tokens]


def _apply(items: Items, reasons: Iterable[str]) -> Items:
    for reason in reasons:
        items = REASONS[reason](items)
    return items


def _same(one: bytes, other: bytes, reasons: Sequence[str]) -> bool:
    if not reasons:
        return one == other
    left, right = (_apply(_items(t), reasons) for t in (one, other))
    return Counter(left) == Counter(right) if "order" in reasons else left == right


def _paths(module: str, old: str, new: str) -> tuple[Files, Files, set[tuple[str, str]]]:
    """The lifted port of the old dialect, the direct port of the same variables, and what is left to a person."""
    text, port = matrix.ported(module, old)
    lifted, findings = upgraded(text, new, old)
    case = matrix.module(module)
    wanted = {v.key for v in port.ported}
    direct = cases.run_port(case.files, wanted, new, life=True, objects=case.objects).after
    return lifted, direct, {(f.file, f.kind) for f in findings}


def needed(module: str, old: str, new: str) -> tuple[dict[str, tuple[str, ...]], set[tuple[str, str]]]:
    """For each file the fewest reasons that explain a difference, and file and kind of what is left to a person."""
    lifted, direct, left = _paths(module, old, new)
    found = {name: _fewest(lifted[name], direct[name], new) for name in direct if lifted[name] != direct[name]}
    return found, left


def _fewest(one: bytes, other: bytes, new: str) -> tuple[str, ...]:
    every = [r for r in REASONS if r != "modules" or new == "vimage-structs"]
    if not _same(one, other, every):
        return ("unexplained",)
    for reason in reversed(list(every)):
        less = [r for r in every if r != reason]
        if less and _same(one, other, less):
            every = less
    return tuple(every)


CLASSES = {
    "vimage-2008": "2008",
    "vimage-structs": "structs",
    **dict.fromkeys(("freebsd-8", "freebsd-9", "vimage-2010", "freebsd-10"), "family"),
    **dict.fromkeys(("freebsd-11", "freebsd-12", "freebsd-13"), "flag"),
}
"""Dialects that say the same in the same words, but for statics and iterators."""

LISTED = {
    "value": {"value-left", "constructor-of-one-stack"},
    "one-stack": {"constructor-of-one-stack"},
    "domain": {"domain-left"},
}
"""Reasons that a person is told of, by the kinds of what is left."""

PATHS = [(old, new) for i, old in enumerate(HISTORY[1:], 1) for new in HISTORY[i + 1 :]]

EXPLAINED: dict[tuple[str, str, str], dict[str, tuple[str, ...]]] = {
    ("ifcloned", "2008", "structs"): {"if_hop.c": ("modules",), "if_hop_peer.c": ("modules",)},
    ("ifcloned", "2008", "family"): {"if_hop.c": ("one-stack", "value"), "if_hop_peer.c": ("one-stack",)},
    ("ifcloned", "2008", "flag"): {"if_hop.c": ("one-stack", "value"), "if_hop_peer.c": ("one-stack",)},
    ("ifcloned", "structs", "family"): {"if_hop.c": ("value",), "if_hop.h": ("layout",), "if_hop_peer.c": ("layout",)},
    ("ifcloned", "structs", "flag"): {"if_hop.c": ("value",), "if_hop.h": ("layout",), "if_hop_peer.c": ("layout",)},
    ("ifcloned", "family", "flag"): {"if_hop.c": ("layout",), "if_hop_peer.c": ("layout",)},
    ("kandr", "2008", "family"): {"ddx_input.c": ("one-stack",), "ddx_sub.c": ("one-stack",)},
    ("kandr", "2008", "flag"): {"ddx_input.c": ("one-stack",), "ddx_sub.c": ("one-stack",)},
    ("kandr", "structs", "family"): {"ddx_input.c": ("order",), "ddx_sub.c": ("ident", "size")},
    ("kandr", "structs", "flag"): {"ddx_input.c": ("order",), "ddx_sub.c": ("ident", "size")},
    ("pktfilter", "2008", "structs"): {"sieve_rules.c": ("modules",), "sieve_table.c": ("modules",)},
    ("pktfilter", "2008", "family"): {
        "sieve.c": ("one-stack", "subsystem"),
        "sieve_rules.c": ("one-stack", "subsystem", "value"),
        "sieve_table.c": ("one-stack", "subsystem", "size"),
    },
    ("pktfilter", "2008", "flag"): {
        "sieve.c": ("one-stack",),
        "sieve_rules.c": ("one-stack", "value"),
        "sieve_table.c": ("one-stack", "size"),
    },
    ("pktfilter", "structs", "family"): {
        "sieve.c": ("order", "subsystem"),
        "sieve_rules.c": ("subsystem", "value"),
        "sieve_table.c": ("subsystem", "size"),
    },
    ("pktfilter", "structs", "flag"): {"sieve.c": ("order",), "sieve_rules.c": ("value",), "sieve_table.c": ("size",)},
    ("pktfilter", "family", "family"): {
        "sieve.c": ("subsystem",),
        "sieve_rules.c": ("subsystem",),
        "sieve_table.c": ("subsystem",),
    },
    ("pktfilter", "family", "flag"): {"sieve_rules.c": ("layout",)},
    ("proto", "2008", "structs"): {"netinet/rdtp_timer.c": ("modules",)},
    ("proto", "2008", "family"): {
        "netinet/rdtp_input.c": ("one-stack",),
        "netinet/rdtp_proto.c": ("one-stack", "domain"),
        "netinet/rdtp_reass.c": ("one-stack",),
        "netinet/rdtp_timer.c": ("value",),
        "netinet/rdtp_usrreq.c": ("layout",),
    },
    ("proto", "2008", "flag"): {
        "netinet/rdtp_input.c": ("one-stack",),
        "netinet/rdtp_proto.c": ("one-stack", "domain"),
        "netinet/rdtp_reass.c": ("one-stack",),
        "netinet/rdtp_timer.c": ("value",),
        "netinet/rdtp_usrreq.c": ("layout",),
    },
    ("proto", "structs", "family"): {
        "netinet/rdtp_input.c": ("layout",),
        "netinet/rdtp_proto.c": ("domain",),
        "netinet/rdtp_reass.c": ("layout",),
        "netinet/rdtp_usrreq.c": ("layout",),
        "netinet/rdtp_var.h": ("order",),
    },
    ("proto", "structs", "flag"): {
        "netinet/rdtp_input.c": ("layout",),
        "netinet/rdtp_proto.c": ("domain",),
        "netinet/rdtp_reass.c": ("layout",),
        "netinet/rdtp_usrreq.c": ("layout",),
        "netinet/rdtp_var.h": ("order",),
    },
    ("sctplike", "2008", "structs"): {"netinet/frob_proto.c": ("layout",)},
    ("sctplike", "2008", "family"): {
        "netinet/frob_pcb.c": ("one-stack", "module-global"),
        "netinet/frob_proto.c": ("one-stack", "module-global"),
    },
    ("sctplike", "2008", "flag"): {
        "netinet/frob_pcb.c": ("one-stack", "module-global"),
        "netinet/frob_proto.c": ("one-stack", "module-global"),
    },
    ("sctplike", "structs", "family"): {
        "netinet/frob.h": ("layout",),
        "netinet/frob_pcb.c": ("order", "module-global"),
        "netinet/frob_proto.c": ("module-global",),
        "netinet/frob_timer.c": ("order",),
    },
    ("sctplike", "structs", "flag"): {
        "netinet/frob.h": ("layout",),
        "netinet/frob_pcb.c": ("order", "module-global"),
        "netinet/frob_proto.c": ("module-global",),
        "netinet/frob_timer.c": ("order",),
    },
    ("stats", "2008", "family"): {
        "net/flowstat.c": ("one-stack", "subsystem"),
        "net/flowstat_sample.c": ("one-stack",),
        "net/flowstat_table.c": ("one-stack",),
    },
    ("stats", "2008", "flag"): {
        "net/flowstat.c": ("one-stack",),
        "net/flowstat_sample.c": ("one-stack",),
        "net/flowstat_table.c": ("one-stack",),
    },
    ("stats", "structs", "family"): {
        "net/flowstat.c": ("subsystem",),
        "net/flowstat.h": ("layout",),
        "net/flowstat_sample.c": ("layout",),
        "net/flowstat_table.c": ("order",),
    },
    ("stats", "structs", "flag"): {
        "net/flowstat.c": ("layout",),
        "net/flowstat.h": ("layout",),
        "net/flowstat_sample.c": ("layout",),
        "net/flowstat_table.c": ("order",),
    },
    ("stats", "family", "family"): {"net/flowstat.c": ("subsystem",)},
}
"""Differences from the direct port by module and classes of both dialects: file to reasons."""


@pytest.mark.parametrize(("old", "new"), PATHS, ids=lambda name: name)
@pytest.mark.parametrize("module", matrix.MODULES)
def test_an_upgrade_is_the_direct_port(module: str, old: str, new: str) -> None:
    found, left = needed(module, old, new)
    assert found == EXPLAINED.get((module, CLASSES[old], CLASSES[new]), {})
    for name, reasons in found.items():
        for reason in LISTED.keys() & set(reasons):
            assert any((name, kind) in left for kind in LISTED[reason]), reason


@pytest.mark.parametrize(("old", "new"), [p for p in PATHS if p[1] == "freebsd-13"], ids=lambda name: name)
@pytest.mark.parametrize("module", matrix.MODULES)
def test_a_second_run_changes_nothing(module: str, old: str, new: str) -> None:
    text, _ = matrix.ported(module, old)
    once, _ = upgraded(text, new, old)
    assert upgraded(once, new)[0] == once


def test_every_reason_is_met() -> None:
    used = {reason for files in EXPLAINED.values() for reasons in files.values() for reason in reasons}
    assert used == REASONS.keys()


@cases.needs_cc
@pytest.mark.parametrize(
    "old", ["vimage-2008#1", "vimage-2008#2", "vimage-2008#3", "vimage-2008", "vimage-structs", "freebsd-9"]
)
@pytest.mark.parametrize("module", matrix.MODULES)
def test_compiles_in_all_builds(module: str, old: str, tmp_path: Path) -> None:
    lifted, _ = upgraded(matrix.ported(module, old)[0], "freebsd-13", old.partition("#")[0])
    words = {token for text in lifted.values() for token in inverse.tokenize(text).tokens}
    assert not words & {"VSYM", "INIT_FROM_VNET", "VIMAGE_GLOBALS", "VIMAGE_USE_STRUCTS", "vnet_mod_register"}
    names = matrix.write(tmp_path, lifted)
    for build in matrix.builds("freebsd-13").values():
        for options in ((), matrix.OPTIONS):
            assert matrix.diagnostics(tmp_path, names, "freebsd-13", (*build, *options)) == ""
