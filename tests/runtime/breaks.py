"""Seeded breaks: one line of a ported module broken, the kind of fault that comes of it, and the line that is blamed.

A line is given by its text without indentation, and the function or line before it where the file has the text more
than once.  `lines` says where in the broken file the fault must show, `also` what else follows from the same line.
"""

from typing import NamedTuple

from vport.runtime.faults import Kind

GONE = ""
"""The line is removed."""


class Break(NamedTuple):
    """One line broken.

    Arguments:
        module: of fixtures/modules.
        file: in its ported tree.
        was: the line as it is.
        now: the line broken; GONE for none.
        kind: of the fault that must be found.
        at: the text of the line it must be reported at, in `file` unless `elsewhere` names another.
        scenario: in which it shows.
        behind: a text that `was` follows, where it is not the only one of its kind.
        at_behind: the same for `at`.
        elsewhere: the file of `at`.
        also: kinds that the same line brings about, too.
    """

    module: str
    file: str
    was: str
    now: str
    kind: Kind
    at: str
    scenario: str = "unload"
    behind: str = ""
    at_behind: str = ""
    elsewhere: str = ""
    also: tuple[Kind, ...] = ()


K = Kind
HOP, PEER = "if_hop.c", "if_hop_peer.c"
CACHE, DDX, SUB = "ddx_cache.c", "ddx_input.c", "ddx_sub.c"
SIEVE, RULES, TABLE = "sieve.c", "sieve_rules.c", "sieve_table.c"
INPUT, PROTO, REASS, TIMER, USRREQ = (f"netinet/rdtp_{n}.c" for n in ("input", "proto", "reass", "timer", "usrreq"))
PCB, FROB, EXPIRY = "netinet/frob_pcb.c", "netinet/frob_proto.c", "netinet/frob_timer.c"
STAT, SAMPLE, FLOWS = "net/flowstat.c", "net/flowstat_sample.c", "net/flowstat_table.c"

CONTEXTS = [
    Break(
        "ifcloned", PEER, "curvnet);", "NULL);", K.NO_CONTEXT, "LIST_FOREACH(sc, &V_hop_softcs, hop_list) {",
        behind="hop_peer_purge_start(void)",
    ),
    Break(
        "ifcloned", HOP, "CURVNET_SET(sc->hop_ifp->if_vnet);", GONE, K.NO_CONTEXT,
        "if (sc->hop_npeers == 0 && !V_hop_forward)", behind="hop_link_task(void *arg, int pending)",
        scenario="jails", also=(K.NO_SET,),
    ),
    Break(
        "ifcloned", HOP, "CURVNET_SET(ifp->if_vnet);", GONE, K.NO_SET, "CURVNET_RESTORE();",
        at_behind="hop_input(struct ifnet *ifp, struct mbuf *m)", scenario="jails", also=(K.NO_CONTEXT,),
    ),
    Break(
        "ifcloned", HOP, "CURVNET_RESTORE();", GONE, K.NO_RESTORE, "CURVNET_SET(sc->hop_ifp->if_vnet);",
        behind="callout_reset(&sc->hop_tick", at_behind="mtx_assert(&sc->hop_lock, MA_OWNED);", scenario="jails",
    ),
    Break(
        "kandr", CACHE, "CURVNET_RESTORE();", GONE, K.NO_RESTORE, "return;", behind="if (V_ddxtimer_on == 0) {",
        at_behind="if (V_ddxtimer_on == 0) {",
    ),
    Break(
        "kandr", CACHE, "CURVNET_SET((struct vnet *)ignored);", GONE, K.NO_CONTEXT, "if (V_ddxtimer_on == 0) {",
        also=(K.NO_SET,),
    ),
    Break(
        "kandr", SUB, "CURVNET_RESTORE();", GONE, K.NO_RESTORE, "return (EBUSY);",
        behind="if (V_ddxcb.dp_next != &V_ddxcb) {",
    ),
    Break(
        "kandr", SUB, "CURVNET_SET(vnet_iter);", "CURVNET_SET(NULL);", K.NO_CONTEXT,
        "if (V_ddxcb.dp_next != &V_ddxcb) {",
    ),
    Break(
        "pktfilter", SIEVE, "CURVNET_SET(TD_TO_VNET(td));", "if (td != NULL) { CURVNET_SET(TD_TO_VNET(td)); }",
        K.CONDITIONAL_SET, "if (td != NULL) { CURVNET_SET(TD_TO_VNET(td)); }", also=(K.NO_CONTEXT,),
    ),
    Break(
        "pktfilter", SIEVE, "CURVNET_RESTORE();", GONE, K.NO_RESTORE, "return (error);", behind="out:",
        at_behind="out:",
    ),
    Break(
        "pktfilter", RULES, "curvnet);", "NULL);", K.NO_CONTEXT, "if (V_sieve_nstates > V_sieve_maxstates / 2) {",
        behind="callout_init(&V_sieve_purge_ch, CALLOUT_MPSAFE);",
    ),
    Break(
        "pktfilter", SIEVE, "CURVNET_SET(vnet_iter);", GONE, K.NO_CONTEXT, "V_sieve_nrules);", scenario="shutdown",
        also=(K.NO_SET,),
    ),
    Break(
        "proto", PROTO, "CURVNET_SET(vnet_iter);", GONE, K.NO_SET, "CURVNET_RESTORE();",
        behind="rdtp_maxsockets_change(void *arg __unused)", at_behind="rdtp_maxsockets_change(void *arg __unused)",
    ),
    Break(
        "proto", TIMER, "CURVNET_SET(vnet_iter);", GONE, K.NO_SET, "CURVNET_RESTORE();", scenario="jails",
        behind="rdtp_drain(void)", at_behind="rdtp_drain(void)", also=(K.NO_CONTEXT,),
    ),
    Break(
        "proto", TIMER, "CURVNET_RESTORE();", "CURVNET_SET(vnet_iter);", K.NO_RESTORE, "CURVNET_SET(vnet_iter);",
        behind="next:", at_behind="next:", also=(K.NESTED_SET,),
    ),
    Break(
        "proto", TIMER, "rdtp_reass_slowtimo();", "CURVNET_SET(vnet_iter);", K.NESTED_SET, "CURVNET_SET(vnet_iter);",
        at_behind="V_rdtp_clock.slow++;", also=(K.NO_RESTORE,),
    ),
    Break(
        "sctplike", EXPIRY, "CURVNET_SET(t->vnet);", GONE, K.NO_CONTEXT, "V_frob_expired[t->type]++;",
        scenario="jails", also=(K.NO_SET,),
    ),
    Break(
        "stats", SAMPLE, "TASK_INIT(&V_flush, 0, fst_flush, curvnet);", "TASK_INIT(&V_flush, 0, fst_flush, NULL);",
        K.NO_CONTEXT, "FST_LOCK();", at_behind="fst_flush(void *arg __unused, int npending)",
    ),
    Break(
        "stats", SAMPLE, "CURVNET_SET((struct vnet *)arg);", "do { CURVNET_SET((struct vnet *)arg); } while (0);",
        K.CONDITIONAL_SET, "do { CURVNET_SET((struct vnet *)arg); } while (0);", behind="end = npending > 1",
        also=(K.NO_SET, K.NO_RESTORE, K.NO_CONTEXT),
    ),
]  # fmt: skip
"""Contexts: sets, restores, accesses without one."""

SET_UPS = [
    Break(
        "pktfilter", RULES, "SYSINIT(sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,",
        "SYSINIT(sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_ANY,", K.BEFORE_SET_UP,
        "uma_zone_set_max(sieve_state_zone, V_sieve_maxstates);",
    ),
    Break("stats", STAT, "fst_table_init();", GONE, K.BEFORE_SET_UP, "FST_LOCK();", elsewhere=SAMPLE,
          at_behind="fst_take(void *arg __unused)"),
    Break("proto", REASS, 'mtx_init(&V_rdtp_frag_mtx, "rdtp frag", NULL, MTX_DEF);', GONE, K.BEFORE_SET_UP,
          "RDTP_FRAG_LOCK();", at_behind="rdtp_reass_slowtimo(void)", scenario="jails"),
    Break("proto", REASS, "TAILQ_INIT(&V_rdtp_fragq);", GONE, K.BEFORE_SET_UP,
          "TAILQ_FOREACH_SAFE(rf, &V_rdtp_fragq, rf_link, tmp) {", scenario="jails"),
    Break("proto", REASS, "TAILQ_INIT(&V_rdtp_fragq);", "rdtp_reass_init();", K.SET_UP_TWICE,
          'mtx_init(&V_rdtp_frag_mtx, "rdtp frag", NULL, MTX_DEF);', also=(K.BEFORE_SET_UP,)),
    Break("stats", FLOWS, "V_fst_seed = arc4random();", 'mtx_init(&V_fst_mtx, "seed", NULL, MTX_DEF);', K.SET_UP_TWICE,
          'mtx_init(&V_fst_mtx, "seed", NULL, MTX_DEF);'),
    Break("ifcloned", PEER, "SYSINIT(hop_zone_init, SI_SUB_INIT_IF, SI_ORDER_SECOND, hop_zone_init, NULL);",
          "VNET_SYSINIT(hop_zone_init, SI_SUB_INIT_IF, SI_ORDER_SECOND, hop_zone_init, NULL);",
          K.SHARED_SET_UP_PER_VNET, 'hop_peer_zone = uma_zcreate("hop peer", sizeof(struct hop_peer), NULL,'),
    Break("pktfilter", RULES, "SYSINIT(sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,",
          "VNET_SYSINIT(sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,", K.SHARED_SET_UP_PER_VNET,
          'sieve_state_zone = uma_zcreate("sieve state",'),
    Break("ifcloned", PEER, "VNET_SYSINIT(hop_table_init, SI_SUB_INIT_IF, SI_ORDER_THIRD, hop_table_init,",
          "SYSINIT(hop_table_init, SI_SUB_INIT_IF, SI_ORDER_THIRD, hop_table_init,", K.DEFAULT_VNET_ONLY,
          "V_hop_peer_hash = hashinit(HOP_HASH_SIZE, M_HOP, &V_hop_peer_hashmask);"),
    Break("proto", PROTO, "rdtp_reass_init();", "if (IS_DEFAULT_VNET(curvnet)) rdtp_reass_init();",
          K.DEFAULT_VNET_ONLY, "RDTP_FRAG_LOCK();", elsewhere=REASS, at_behind="rdtp_reass_slowtimo(void)",
          scenario="jails"),
    Break("stats", STAT, "fst_table_init();", "if (IS_DEFAULT_VNET(curvnet)) fst_table_init();", K.DEFAULT_VNET_ONLY,
          "FST_LOCK();", elsewhere=SAMPLE, at_behind="fst_take(void *arg __unused)", scenario="jails"),
    Break("stats", STAT, 'printf("%s: error %d\\n", __func__, error);', "return;", K.CONSTRUCTOR_FAILS, "return;",
          at_behind="error = fst_hook_attach();"),
    Break("proto", PROTO, "rdtp_timer_init();", "if (pf_proto_register(PF_INET, &rdtp_inetsw) != 0) { return; }",
          K.CONSTRUCTOR_FAILS, "if (pf_proto_register(PF_INET, &rdtp_inetsw) != 0) { return; }"),
]  # fmt: skip
"""Set-ups: missing, made twice, made for the wrong number of stacks."""

TEAR_DOWNS = [
    Break("ifcloned", PEER, "hashdestroy(V_hop_peer_hash, M_HOP, V_hop_peer_hashmask);", GONE, K.NEVER_TORN_DOWN,
          "V_hop_peer_hash = hashinit(HOP_HASH_SIZE, M_HOP, &V_hop_peer_hashmask);"),
    Break("ifcloned", HOP, "counter_u64_free(hop_lost);", GONE, K.NEVER_TORN_DOWN,
          "hop_lost = counter_u64_alloc(M_WAITOK);"),
    Break("pktfilter", RULES, "uma_zdestroy(sieve_state_zone);", GONE, K.NEVER_TORN_DOWN,
          'sieve_state_zone = uma_zcreate("sieve state",'),
    Break("proto", REASS, "mtx_destroy(&V_rdtp_frag_mtx);", GONE, K.NEVER_TORN_DOWN,
          'mtx_init(&V_rdtp_frag_mtx, "rdtp frag", NULL, MTX_DEF);'),
    Break("stats", STAT, "sysctl_ctx_free(&fst_ctx);", GONE, K.NEVER_TORN_DOWN, "sysctl_ctx_init(&fst_ctx);"),
    Break("stats", SAMPLE, "free(V_ring, M_FLOWSTAT);", GONE, K.NEVER_TORN_DOWN,
          "V_ring = malloc(ringsize * sizeof(*V_ring), M_FLOWSTAT,"),
    Break("stats", STAT, "fst_table_destroy();", GONE, K.NEVER_TORN_DOWN,
          'mtx_init(&V_fst_mtx, "flowstat", NULL, MTX_DEF);', elsewhere=FLOWS),
    Break("pktfilter", SIEVE, "destroy_dev(sieve_dev);", GONE, K.NEVER_TORN_DOWN,
          "sieve_dev = make_dev(&sieve_cdevsw, 0, UID_ROOT, GID_WHEEL,"),
    Break("pktfilter", RULES, "SYSUNINIT(sieve_state_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,",
          "VNET_SYSUNINIT(sieve_state_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,", K.TORN_DOWN_TWICE,
          "uma_zdestroy(sieve_state_zone);"),
    Break("ifcloned", HOP, "SYSUNINIT(hop_uninit, SI_SUB_PSEUDO, SI_ORDER_MIDDLE, hop_uninit, NULL);",
          "VNET_SYSUNINIT(hop_uninit, SI_SUB_PSEUDO, SI_ORDER_MIDDLE, hop_uninit, NULL);", K.TORN_DOWN_TWICE,
          "counter_u64_free(hop_lost);"),
    Break("stats", FLOWS, "V_fst_table = NULL;", "mtx_destroy(&V_fst_mtx);", K.TORN_DOWN_TWICE,
          "mtx_destroy(&V_fst_mtx);", at_behind="mtx_destroy(&V_fst_mtx);"),
    Break("pktfilter", RULES, "SYSUNINIT(sieve_state_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,",
          "SYSUNINIT(sieve_state_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_ANY,", K.AFTER_TEAR_DOWN,
          "uma_zfree(sieve_state_zone, s);"),
    Break("pktfilter", SIEVE, "VNET_SYSUNINIT(vnet_sieve_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_FOURTH + 1,",
          "VNET_SYSUNINIT(vnet_sieve_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,", K.AFTER_TEAR_DOWN,
          "LIST_FOREACH_SAFE(s, &V_sieve_statetbl[i], ss_hash, next)", elsewhere=RULES, also=(K.EQUAL_KEYS,)),
    Break("proto", PROTO, "rdtp_timer_destroy();", "rdtp_pcb_destroy();", K.TORN_DOWN_TWICE,
          "uma_zdestroy(V_rdtp_zone);", elsewhere=USRREQ, also=(K.HANDLER_LEFT, K.NEVER_TORN_DOWN)),
    Break("pktfilter", SIEVE, "sieve_state_detach();", "uma_zdestroy(sieve_state_zone);", K.UNLOAD_FREES,
          "uma_zfree(sieve_state_zone, s);", elsewhere=RULES),
    Break("proto", PROTO, "netisr_unregister(&rdtp_nh);", "rdtp_destroy();", K.UNLOAD_FREES,
          "uma_zdestroy(V_rdtp_zone);", elsewhere=USRREQ, also=(K.HANDLER_LEFT,)),
]  # fmt: skip
"""Tear-downs: missing, made twice, at the wrong time."""

ORDERS = [
    Break("ifcloned", HOP, "VNET_SYSINIT(vnet_hop_init, SI_SUB_PSEUDO, SI_ORDER_MIDDLE + 1, vnet_hop_init,",
          "VNET_SYSINIT(vnet_hop_init, SI_SUB_SMP, SI_ORDER_MIDDLE + 1, vnet_hop_init,", K.OUT_OF_RANGE,
          "VNET_SYSINIT(vnet_hop_init, SI_SUB_SMP, SI_ORDER_MIDDLE + 1, vnet_hop_init,"),
    Break("sctplike", PCB, "VNET_SYSINIT(vnet_frob_pcb_init, SI_SUB_INIT_IF, SI_ORDER_FIRST,",
          "VNET_SYSINIT(vnet_frob_pcb_init, SI_SUB_LOCK, SI_ORDER_FIRST,", K.OUT_OF_RANGE,
          "VNET_SYSINIT(vnet_frob_pcb_init, SI_SUB_LOCK, SI_ORDER_FIRST,"),
    Break("kandr", SUB, "VNET_SYSUNINIT(vnet_ddx_uninit, SI_SUB_PROTO_IFATTACHDOMAIN, SI_ORDER_ANY,",
          "VNET_SYSUNINIT(vnet_ddx_uninit, SI_SUB_KTHREAD_INIT, SI_ORDER_ANY,", K.OUT_OF_RANGE,
          "VNET_SYSUNINIT(vnet_ddx_uninit, SI_SUB_KTHREAD_INIT, SI_ORDER_ANY,"),
    Break("pktfilter", RULES, "VNET_SYSINIT(vnet_sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_THIRD,",
          "VNET_SYSINIT(vnet_sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,", K.EQUAL_KEYS,
          "VNET_SYSINIT(vnet_sieve_state_init, SI_SUB_PROTO_FIREWALL, SI_ORDER_FIRST,", also=(K.BEFORE_SET_UP,)),
    Break("stats", STAT, "VNET_SYSUNINIT(vnet_fst_uninit, SI_SUB_PROTO_IFATTACHDOMAIN, SI_ORDER_FIRST,",
          "VNET_SYSUNINIT(vnet_fst_uninit, SI_SUB_INIT_IF, SI_ORDER_FIRST,", K.NOT_MIRRORED,
          "VNET_SYSUNINIT(fst_uninit, SI_SUB_PROTO_FIREWALL, SI_ORDER_SECOND, fst_uninit,"),
    Break("ifcloned", HOP, "hop_peer_purge_start();", 'kern_kldload(curthread, "if_hop_more", NULL);', K.DEADLOCK,
          'kern_kldload(curthread, "if_hop_more", NULL);'),
]  # fmt: skip
"""Keys, and what happens while the list of constructors is locked."""

ADDRESSES = [
    Break("stats", FLOWS, "VNET_DEFINE_STATIC(fst_hash_t *, fst_hash);",
          "VNET_DEFINE_STATIC(fst_hash_t *, fst_hash) = fst_hash_xor;", K.ADDRESS_INITIAL,
          "VNET_DEFINE_STATIC(fst_hash_t *, fst_hash) = fst_hash_xor;"),
    Break("pktfilter", SIEVE, "VNET_DEFINE_STATIC(struct sieve_logif *, sieve_logifp) = NULL;",
          "VNET_DEFINE_STATIC(struct sieve_logif *, sieve_logifp) = &VNET_NAME(sieve_logif);", K.ADDRESS_INITIAL,
          "VNET_DEFINE_STATIC(struct sieve_logif *, sieve_logifp) = &VNET_NAME(sieve_logif);"),
    Break("proto", TIMER, "VNET_DEFINE_STATIC(int, rdtp_idle_secs) = 7200;		/* given a value below */",
          "VNET_DEFINE_STATIC(int *, rdtp_idle_secs) = &rdtp_sweep_interval;", K.ADDRESS_INITIAL,
          "VNET_DEFINE_STATIC(int *, rdtp_idle_secs) = &rdtp_sweep_interval;"),
    Break("ifcloned", HOP, "hop_ifnet_arrival, NULL, EVENTHANDLER_PRI_LAST);",
          "hop_ifnet_arrival, &V_hop_uplink, EVENTHANDLER_PRI_LAST);", K.ADDRESS_SHARED,
          "hop_arrival_tag = EVENTHANDLER_REGISTER(ifnet_arrival_event,"),
    Break("pktfilter", RULES, "error = kproc_create(sieve_purge_thread, NULL, &sieve_purge_proc, 0, 0,",
          "error = kproc_create(sieve_purge_thread, &V_sieve_rules, &sieve_purge_proc, 0, 0,", K.ADDRESS_SHARED,
          "error = kproc_create(sieve_purge_thread, &V_sieve_rules, &sieve_purge_proc, 0, 0,"),
    Break("kandr", CACHE, "dc = &V_ddxcache[0][0];", "dc = &VNET_VNET(vnet0, ddxcache)[0][0];", K.OTHER_STACK,
          "ddxtfree(dc);", at_behind="dc = &VNET_VNET(vnet0, ddxcache)[0][0];"),
    Break("kandr", DDX, "VNET_DEFINE(int, ddxerrs[4]);", "VNET_DEFINE(int, ddxerrs[16384]);", K.NO_MODSPACE,
          "VNET_DEFINE(struct ddxcache, ddxcache[DDX_NB][DDX_BSIZ]);", elsewhere=CACHE),
]  # fmt: skip
"""Addresses, and room for per-vnet state."""

SYSCTLS = [
    Break("ifcloned", HOP, "SYSCTL_INT(_net_link_hop, OID_AUTO, ttl, CTLFLAG_VNET | CTLFLAG_RW,",
          "SYSCTL_INT(_net_link_hop, OID_AUTO, ttl, CTLFLAG_RW,", K.SYSCTL_NO_FLAG,
          "SYSCTL_INT(_net_link_hop, OID_AUTO, ttl, CTLFLAG_RW,"),
    Break("pktfilter", RULES, "CTLFLAG_VNET | CTLTYPE_INT | CTLFLAG_RW | CTLFLAG_MPSAFE,		\\",
          "CTLTYPE_INT | CTLFLAG_RW | CTLFLAG_MPSAFE,		\\", K.SYSCTL_NO_FLAG,
          "SIEVE_TIMEOUT(pass_timeout, SIEVE_PASS);"),
    Break("stats", STAT, "CTLFLAG_VNET | CTLFLAG_RD,", "CTLFLAG_RD,", K.SYSCTL_NO_FLAG,
          'SYSCTL_ADD_UINT(&fst_ctx, children, OID_AUTO, "flows",', behind='OID_AUTO, "flows",'),
    Break("sctplike", PCB, "SYSCTL_INT(_net_inet_frob, OID_AUTO, tag_wait, CTLFLAG_VNET | CTLFLAG_RW,",
          "SYSCTL_INT(_net_inet_frob, OID_AUTO, tag_wait, CTLFLAG_RW,", K.SYSCTL_NO_FLAG,
          "SYSCTL_INT(_net_inet_frob, OID_AUTO, tag_wait, CTLFLAG_RW,"),
    Break("kandr", DDX, 'SYSCTL_INT(_net_ddx, OID_AUTO, debug, CTLFLAG_RW, &ddxdebug, 0, "");',
          'SYSCTL_INT(_net_ddx, OID_AUTO, debug, CTLFLAG_VNET | CTLFLAG_RW, &ddxdebug, 0, "");', K.SYSCTL_FLAG_SHARED,
          'SYSCTL_INT(_net_ddx, OID_AUTO, debug, CTLFLAG_VNET | CTLFLAG_RW, &ddxdebug, 0, "");'),
    Break("proto", USRREQ, "SYSCTL_INT(_net_inet_rdtp, OID_AUTO, hashsize, CTLFLAG_RDTUN, &rdtp_hashsize,",
          "SYSCTL_INT(_net_inet_rdtp, OID_AUTO, hashsize, CTLFLAG_VNET | CTLFLAG_RDTUN, &rdtp_hashsize,",
          K.SYSCTL_FLAG_SHARED,
          "SYSCTL_INT(_net_inet_rdtp, OID_AUTO, hashsize, CTLFLAG_VNET | CTLFLAG_RDTUN, &rdtp_hashsize,"),
]  # fmt: skip
"""Sysctl leaves."""

HANDLERS = [
    Break("ifcloned", HOP, "hop_peer_purge_start();",
          "hop_departure_tag = EVENTHANDLER_REGISTER(ifnet_departure_event, hop_ifnet_departure, NULL, 0);",
          K.HANDLER_PER_VNET,
          "hop_departure_tag = EVENTHANDLER_REGISTER(ifnet_departure_event, hop_ifnet_departure, NULL, 0);"),
    Break("kandr", SUB, "ddxtimer_start();", "netisr_register(&ddx_nh);", K.HANDLER_PER_VNET,
          "netisr_register(&ddx_nh);", at_behind="V_ddxid = (u_short)V_ddx_started.tv_sec;"),
    Break("stats", STAT, "VNET_SYSINIT(vnet_fst_init, SI_SUB_PROTO_IFATTACHDOMAIN, SI_ORDER_FIRST,",
          "SYSINIT(vnet_fst_init, SI_SUB_PROTO_IFATTACHDOMAIN, SI_ORDER_FIRST,", K.HANDLER_ONCE,
          "V_fst_hook_in = pfil_add_hook(&pha);", elsewhere=FLOWS, also=(K.BEFORE_SET_UP, K.DEFAULT_VNET_ONLY)),
    Break("ifcloned", PEER, "callout_drain(&V_hop_purge_callout);", GONE, K.HANDLER_LEFT,
          "callout_reset(&V_hop_purge_callout, hop_purge_interval * hz, hop_purge,",
          at_behind="hop_peer_purge_start(void)", also=(K.NEVER_TORN_DOWN,)),
    Break("pktfilter", RULES, "callout_drain(&V_sieve_purge_ch);", GONE, K.HANDLER_LEFT,
          "callout_reset(&V_sieve_purge_ch, hz, sieve_purge_tick,", also=(K.NEVER_TORN_DOWN,)),
    Break("kandr", SUB, "EVENTHANDLER_DEREGISTER(ifnet_departure_event, ddx_depart);", GONE, K.HANDLER_LEFT,
          "ddx_depart = EVENTHANDLER_REGISTER(ifnet_departure_event,"),
    Break("kandr", SUB, "netisr_unregister(&ddx_nh);", GONE, K.HANDLER_LEFT, "netisr_register(&ddx_nh);"),
    Break("kandr", CACHE, "untimeout(ddxtimer, curvnet, V_ddxtimer_ch);", GONE, K.HANDLER_LEFT,
          "V_ddxtimer_ch = timeout(ddxtimer, curvnet, hz);"),
    Break("stats", FLOWS, "pfil_remove_hook(V_fst_hook_in);", GONE, K.HANDLER_LEFT,
          "V_fst_hook_in = pfil_add_hook(&pha);"),
    Break("sctplike", FROB, "EVENTHANDLER_DEREGISTER(ifaddr_event, frob_ifaddr_tag);", GONE, K.HANDLER_LEFT,
          "frob_ifaddr_tag = EVENTHANDLER_REGISTER(ifaddr_event,", behind="case MOD_UNLOAD:", at_behind="case MOD_LOAD:"),
    Break("ifcloned", HOP, "if_clone_detach(V_hop_cloner);", GONE, K.LEFT_IN_VNET,
          "V_hop_cloner = if_clone_simple(hop_name, hop_clone_create,", scenario="jails",
          also=(K.HANDLER_LEFT, K.NEVER_TORN_DOWN)),
    Break("ifcloned", HOP, "VNET_SYSUNINIT(hop_cloner_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY,",
          "VNET_SYSUNINIT(hop_cloner_uninit, SI_SUB_INTR, SI_ORDER_ANY,", K.LEFT_IN_VNET,
          "V_hop_cloner = if_clone_simple(hop_name, hop_clone_create,", scenario="jails"),
    Break("ifcloned", HOP, "V_hop_uplink = NULL;", "if_detach(ifp);", K.DETACHED_TWICE, "if_detach(ifp);",
          behind="hop_ifnet_departure(void *arg __unused", at_behind="hop_ifnet_departure(void *arg __unused",
          scenario="vmove"),
]  # fmt: skip
"""Handlers and interfaces."""

BREAKS = [*CONTEXTS, *SET_UPS, *TEAR_DOWNS, *ORDERS, *ADDRESSES, *SYSCTLS, *HANDLERS]
