"""Seeded bugs for `vport check`: one line of a module broken, the finding that comes of it, and its line.

Those of tests/runtime/breaks.py, which break a module's life, and more of its declarations, accessors, plan and words.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vport.checks.found import id_of_kind
from vport.runtime.faults import Kind

sys.path.append(str(Path(__file__).resolve().parent.parent / "runtime"))

from breaks import (
    BREAKS,
    CACHE,
    EXPIRY,
    GONE,
    HOP,
    PEER,
    PROTO,
    REASS,
    RULES,
    SAMPLE,
    SIEVE,
    STAT,
    SUB,
    TABLE,
    TIMER,
    Break,
)

PLAN = "vport.toml"
HOP_H, SIEVE_H, RDTP_H, STAT_H = "if_hop.h", "sieve.h", "netinet/rdtp_var.h", "net/flowstat.h"
INPUT = "netinet/rdtp_input.c"


class Seed(NamedTuple):
    """One line broken.

    Arguments:
        id: of the finding that must come of it.
        module: of fixtures/modules.
        file: in its ported tree, or its plan.
        was, now: the line, without indentation; GONE for none.
        at: the text of the line that is blamed, in `file` unless `elsewhere` names another; `now` if empty.
        behind: a text that `was` follows, where it is not the only one of its kind.
        at_behind: the same for `at`.
        elsewhere: the file of `at`.
        form: the dialect that the module is ported to.
    """

    id: str
    module: str
    file: str
    was: str
    now: str
    at: str = ""
    behind: str = ""
    at_behind: str = ""
    elsewhere: str = ""
    form: str = "freebsd-13"


def _of_lives() -> Iterator[Seed]:
    for b in BREAKS:
        made = Seed(id_of_kind()[b.kind], b.module, b.file, b.was, b.now, b.at, b.behind, b.at_behind, b.elsewhere)
        yield made._replace(at_behind=_BEFORE) if _leaves_two_sets(b) else made


_BEFORE = "rdtp_fasttimo(void)"


def _leaves_two_sets(b: Break) -> bool:
    """A set in the place of a restore leaves two: one that is told in a function is the first."""
    return b.kind == Kind.NO_RESTORE and b.now.startswith("CURVNET_SET")


CONTEXTS = [
    Seed("VP209", "ifcloned", HOP, "CURVNET_SET(sc->hop_ifp->if_vnet);", "CURVNET_SET(TD_TO_VNET(curthread));",
         behind="mtx_assert(&sc->hop_lock, MA_OWNED);"),
]  # fmt: skip
"""Contexts of the wrong stack."""

STATE = [
    Seed("VP101", "ifcloned", PEER, "/* Warn that the table is full, at most every ten seconds. */",
         "static u_int hop_seen; void hop_mark(void); void hop_mark(void) { hop_seen++; }"),
    Seed("VP101", "proto", TIMER, "/* Written on every tick: keep it away from the rest. */",
         "static u_int rdtp_beats; void rdtp_beat(void); void rdtp_beat(void) { rdtp_beats++; }"),
    Seed("VP102", "ifcloned", PEER, "V_hop_prio_count[new->hp_prio]++;",
         "{ static u_int hop_adds; if (hop_adds++ > 0) V_hop_prio_count[new->hp_prio]++; }"),
    Seed("VP102", "kandr", CACHE, "V_ddxc_inuse--;", "{ static int ddx_freed; ddx_freed++; V_ddxc_inuse--; }"),
]  # fmt: skip
"""State that nobody accounts for."""

DECLARATIONS = [
    Seed("VP405", "ifcloned", HOP_H, "VNET_DECLARE(int, hop_ttl);", "VNET_DECLARE(u_long, hop_ttl);"),
    Seed("VP405", "ifcloned", HOP_H, "VNET_DECLARE(int, hop_npeers);", "extern int hop_npeers;"),
    Seed("VP405", "stats", STAT_H, "VNET_DECLARE(u_int, fst_nflows);", "VNET_DECLARE(uint64_t, fst_nflows);"),
    Seed("VP405", "stats", STAT_H, "VNET_DECLARE(struct mtx, fst_mtx);", "VNET_DECLARE(struct rwlock, fst_mtx);"),
    Seed("VP405", "pktfilter", SIEVE_H, "VNET_DECLARE(struct sieve_statehead *, sieve_statetbl);",
         "extern struct sieve_statehead *sieve_statetbl;"),
    Seed("VP405", "pktfilter", SIEVE_H, "VNET_DECLARE(uint32_t, sieve_hashseed);",
         "VNET_DECLARE(uint32_t *, sieve_hashseed);"),
    Seed("VP405", "proto", RDTP_H, "VNET_DECLARE(int, rdtp_defttl);", "VNET_DECLARE(u_char, rdtp_defttl);"),
    Seed("VP405", "kandr", SUB, "VNET_DECLARE(u_short, ddxid);", "extern u_short ddxid;"),
    Seed("VP409", "ifcloned", HOP, "static eventhandler_tag hop_departure_tag, hop_arrival_tag;",
         "VNET_DEFINE_STATIC(eventhandler_tag, hop_arrival_tag); static eventhandler_tag hop_departure_tag;"),
    Seed("VP409", "kandr", SUB, "static	eventhandler_tag ddx_depart;",
         "VNET_DEFINE_STATIC(eventhandler_tag, ddx_depart);"),
    Seed("VP409", "stats", STAT, "static moduledata_t fst_mod = {", "VNET_DEFINE_STATIC(moduledata_t, fst_mod) = {"),
]  # fmt: skip
"""Declarations that contradict their definition, and what must not be virtualized."""

ACCESSORS = [
    Seed("VP406", "ifcloned", PEER, "V_hop_prio_count[hp->hp_prio]--;", "hop_prio_count[hp->hp_prio]--;"),
    Seed("VP406", "kandr", CACHE, "V_ddxc_inuse--;", "ddxc_inuse--;"),
    Seed("VP406", "stats", STAT, "V_fst_arrivals++;", "fst_arrivals++;"),
    Seed("VP406", "proto", TIMER, "V_rdtp_clock.fast++;", "rdtp_clock.fast++;"),
    Seed("VP406", "ifcloned", PEER, "#define	V_hop_purge_callout	VNET(hop_purge_callout)", GONE,
         "callout_reset(&V_hop_purge_callout, hop_purge_interval * hz, hop_purge,", at_behind="hop_purge_runs++;"),
    Seed("VP407", "ifcloned", HOP, "#define	V_hop_uplink		VNET(hop_uplink)",
         "#define	V_hop_uplink		VNET(hop_uplinks)"),
    Seed("VP407", "stats", SAMPLE, "#define	V_head			VNET(head)", "#define	V_head			VNET(heads)"),
    Seed("VP407", "kandr", CACHE, "V_ddxc_killc : V_ddxc_killi))", "V_ddxc_killi : V_ddxc_killi))",
         "#define	V_ddxc_killc		VNET(ddxc_killc)"),
]  # fmt: skip
"""Accessors: not used, missing, leading nowhere."""

INITIALISERS = [
    Seed("VP404", "ifcloned", HOP, 'TUNABLE_INT_FETCH("net.link.hop.keepalive", &V_hop_keepalive);', "V_hop_nifs = 0;",
         "VNET_SYSINIT(vnet_if_hop_init, SI_SUB_INIT_IF, SI_ORDER_FIRST, vnet_if_hop_init,"),
    Seed("VP408", "proto", REASS, "V_rdtp_nfrags++;", "rdtp_debug++;"),
    Seed("VP408", "stats", STAT, "memset(V_fst_reasons, 0, sizeof(V_fst_reasons));", "fst_limit = 0;"),
]  # fmt: skip
"""Constructors that need not be, and locks that guard what others share."""

WORDS = [
    Seed("VP501", "ifcloned", PLAN, 'name = "hop_ttl"', 'name = "hop_tttl"', "[[variable]]", at_behind='note = "debug switch'),
    Seed("VP501", "ifcloned", PLAN, 'decision = "virtualize"', 'decision = "share"',
         "VNET_DEFINE_STATIC(int, hop_nifs);", behind='name = "hop_nifs"', elsewhere=HOP),
    Seed("VP503", "kandr", CACHE, "s = splimp();", "s = splimp();	/* VPORT-CONTEXT: whose stack? */",
         behind="if (V_ddxtimer_on == 0) {"),
    Seed("VP503", "proto", INPUT, "#include <sys/time.h>", "#include <sys/time.h>	/* VPORT-LIFECYCLE: who ends it? */"),
    Seed("VP504", "ifcloned", PEER, "/* Warn that the table is full, at most every ten seconds. */",
         'struct nlist hop_names[] = { { "_hop_npeers" }, { NULL } };'),
    Seed("VP505", "pktfilter", RULES, "V_sieve_nrules++;", "V_sieve_nrules++;	/* vport: ignore VP203 */"),
    Seed("VP506", "pktfilter", SIEVE, "CURVNET_SET(TD_TO_VNET(td));",
         "CURVNET_SET(TD_TO_VNET(td));	/* vport: ignore VP204 -- it is always a thread of a jail */"),
    Seed("VP506", "proto", PROTO, "rdtp_timer_init();", "rdtp_timer_init();	/* vport: ignore VP301 -- no timer */"),
]  # fmt: skip
"""Plans, marks, symbols and suppressions."""


def _old(id_: str, module: str, file: str, was: str, now: str, at: str = "", elsewhere: str = "") -> Seed:
    return Seed(id_, module, file, was, now, at, elsewhere=elsewhere, form="vimage-structs")


def _registers(name: str, verb: str = "register") -> str:
    return f"vnet_mod_{verb}(&vnet_{name}_modinfo);"


_IF_HOP = "VNET_MOD_DECLARE(IF_HOP, if_hop, vnet_if_hop_iattach, NULL, HOP_IF_HOP, NULL);"
_DDX_CACHE = "VNET_MOD_DECLARE(DDX_CACHE, ddx_cache, vnet_ddx_cache_iattach, NULL, DDX, NULL);"

REGISTRATIONS = [
    _old("VP318", "ifcloned", HOP, _IF_HOP, _IF_HOP.replace("HOP_IF_HOP", "HOPS"), _registers("if_hop")),
    _old("VP318", "kandr", CACHE, _DDX_CACHE, _DDX_CACHE.replace(" DDX,", " DDXN,"), _registers("ddx_cache")),
    _old("VP319", "proto", PROTO, _registers("rdtp"), f"{_registers('rdtp')} {_registers('rdtp')}"),
    _old("VP319", "kandr", CACHE, _registers("ddx_cache"), f"{_registers('ddx_cache')} {_registers('ddx_cache')}"),
    _old("VP320", "sctplike", EXPIRY, _registers("frob_timer"),
         'vnet_mod_register_multi(&vnet_frob_timer_modinfo, NULL, "frob");'),
    _old("VP320", "ifcloned", PEER, _registers("hop"), "vnet_mod_register_multi(&vnet_hop_modinfo, &hop_warned, NULL);"),
    _old("VP321", "ifcloned", PEER, _registers("hop_table_init"), GONE, _registers("hop_table_init", "deregister")),
    _old("VP321", "kandr", CACHE, _registers("ddx_cache", "deregister"),
         f"{_registers('ddx_cache', 'deregister')} {_registers('ddx_cache', 'deregister')}"),
    _old("VP322", "sctplike", EXPIRY, _registers("frob_timer", "deregister"), GONE, _registers("frob_timer")),
    _old("VP322", "pktfilter", TABLE, _registers("sieve_table", "deregister"), GONE, _registers("sieve_table")),
    _old("VP323", "ifcloned", PEER, "#define	VNET_MOD_HOP_TABLE_INIT	(VNET_MOD_DYNAMIC_START + 7)",
         "#define	VNET_MOD_HOP_TABLE_INIT	(VNET_MOD_DYNAMIC_START + 6)",
         "VNET_MOD_DECLARE_STATELESS(HOP_TABLE_INIT, hop_table_init,"),
    _old("VP323", "stats", SAMPLE, "#define	VNET_MOD_FLOWSTAT_SAMPLE	(VNET_MOD_DYNAMIC_START + 2)",
         "#define	VNET_MOD_FLOWSTAT_SAMPLE	(VNET_MOD_DYNAMIC_START + 64)",
         "VNET_MOD_DECLARE(FLOWSTAT_SAMPLE, flowstat_sample, vnet_flowstat_sample_iattach,"),
    _old("VP324", "ifcloned", PEER, "SYSUNINIT(vnet_hop_deregister, SI_SUB_MBUF, SI_ORDER_ANY, vnet_hop_deregister,",
         "SYSUNINIT(vnet_hop_deregister, SI_SUB_PROTO_END, SI_ORDER_ANY, vnet_hop_deregister,", "V_hop_npeers--;"),
    _old("VP324", "proto", TIMER, "SYSUNINIT(vnet_rdtp_timer_deregister, SI_SUB_MBUF, SI_ORDER_ANY,",
         "SYSUNINIT(vnet_rdtp_timer_deregister, SI_SUB_PROTO_END, SI_ORDER_ANY,", "callout_drain(&V_rdtp_sweep_callout);"),
]  # fmt: skip
"""Modules of the containers: what registers, waits, and is taken back."""

SEEDS = [
    *_of_lives(), *CONTEXTS, *STATE, *DECLARATIONS, *ACCESSORS, *INITIALISERS, *WORDS, *REGISTRATIONS,
]  # fmt: skip
