"""What modules declare at file scope."""

from pathlib import Path

import pytest
from helpers_model import function, model

from vport.cache import Cache
from vport.model import build
from vport.read import Reader
from vport.runtime import scenarios
from vport.runtime.model import Depend, Entry, ModuleEvent, Register

HEAD = "#include <net/vnet.h>\nstatic void up(void *a) { }\nstatic void down(void *a) { }\n"


def slots(text: str) -> list[tuple[str, str, str, str]]:
    """Kind, function, subsystem and order of every slot."""
    return [(s.kind, s.function, s.subsystem, s.order) for s in model(HEAD + text).sysinits]


def test_sysinits_of_all_kinds() -> None:
    text = """
SYSINIT(a, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);
SYSUNINIT(a, SI_SUB_PSEUDO, SI_ORDER_ANY, down, NULL);
VNET_SYSINIT(b, SI_SUB_PSEUDO, SI_ORDER_ANY - 1, (sysinit_cfunc_t)up, NULL);
VNET_SYSUNINIT(b, SI_SUB_PSEUDO, SI_ORDER_ANY - 1, down, NULL);
"""
    assert slots(text) == [
        ("SYSINIT", "up", "SI_SUB_PSEUDO", "SI_ORDER_ANY"),
        ("SYSUNINIT", "down", "SI_SUB_PSEUDO", "SI_ORDER_ANY"),
        ("VNET_SYSINIT", "up", "SI_SUB_PSEUDO", "SI_ORDER_ANY - 1"),
        ("VNET_SYSUNINIT", "down", "SI_SUB_PSEUDO", "SI_ORDER_ANY - 1"),
    ]


def test_slots_behind_macros_of_the_tree() -> None:
    text = """
#define ORDER (SI_ORDER_ANY - 255)
#define FROB_INIT(n, f) SYSINIT(n##_init, SI_SUB_PSEUDO, ORDER, f, NULL)
FROB_INIT(x, up);
"""
    assert slots(text) == [("SYSINIT", "up", "SI_SUB_PSEUDO", "(SI_ORDER_ANY - 255)")]


def test_a_macro_may_define_the_constructor_itself() -> None:
    module = model("VNET_PCPUSTAT_DEFINE_STATIC(struct s, st);\nVNET_PCPUSTAT_SYSINIT(st);\n")
    assert [s.function for s in module.sysinits] == ["vnet_st_init"]
    assert [type(n).__name__ for n in function(module, "vnet_st_init").body] == ["Access", "Init"]


def test_lock_slots_have_a_holder() -> None:
    module = model('static struct mtx lock;\nMTX_SYSINIT(lock, &lock, "l", MTX_DEF);\n')
    assert [(s.kind, s.holder, s.resource, s.function) for s in module.sysinits] == [
        ("SYSINIT", "lock", "mtx_init", ""),
        ("SYSUNINIT", "lock", "mtx_destroy", ""),
    ]


MODULE = """
static int handler(module_t m, int what, void *arg) { return (0); }
static moduledata_t data = { "frob", handler, NULL };
"""


def test_module_event_from_its_data() -> None:
    module = model(
        MODULE + "DECLARE_MODULE(frob, data, SI_SUB_PSEUDO, SI_ORDER_ANY);\nMODULE_DEPEND(frob, net, 1, 1, 1);\n"
    )
    assert module.name == "frob"
    assert module.events == (ModuleEvent("frob", "handler", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "m.c:4"),)
    assert [(d.module, d.on) for d in module.depends] == [("frob", "net")]
    assert isinstance(module.depends[0], Depend)
    assert module.loadable


def test_data_with_designators_and_no_handler() -> None:
    text = MODULE.replace('{ "frob", handler, NULL }', '{ .name = "frob", .evhand = handler }')
    declared = "DECLARE_MODULE(frob, data, SI_SUB_PSEUDO, SI_ORDER_ANY);\n"
    assert model(text + declared).events[0].handler == "handler"
    assert model(MODULE.replace("handler, NULL", "NULL, NULL") + declared).events[0].handler == ""
    assert not model(MODULE).loadable


def test_netgraph_type_brings_its_module_event() -> None:
    text = MODULE + "static struct ng_type t = { .name = NG_FROB, .mod_event = handler, .rcvdata = rcv };\n"
    module = model("static int rcv(hook_p h, item_p i) { return (0); }\n" + text + "NETGRAPH_INIT(frob, &t);\n")
    assert [(e.name, e.handler) for e in module.events] == [("ng_frob", "handler")]
    assert ("netgraph", "rcv", "rcvdata", "t") in [(e.kind, e.function, e.member, e.table) for e in module.entries]


FLAGS = "#define CTLFLAG_RD 0x80000000\n#define CTLFLAG_VNET 0x00020000\n#define CTLFLAG_RDTUN (CTLFLAG_RD | 0x80000)\n"


@pytest.mark.parametrize("flags", ["", FLAGS], ids=["elsewhere", "in the tree"])
def test_sysctls_with_and_without_the_flag(flags: str) -> None:
    text = """
VNET_DEFINE_STATIC(int, n);
static int shared;
static int h(SYSCTL_HANDLER_ARGS) { return (0); }
SYSCTL_INT(_net, OID_AUTO, a, CTLFLAG_VNET | CTLFLAG_RW, &VNET_NAME(n), 0, "");
SYSCTL_INT(_net, OID_AUTO, b, CTLFLAG_RDTUN, &shared, 0, "");
SYSCTL_VNET_INT(_net, OID_AUTO, c, CTLFLAG_RD, &VNET_NAME(n), 0, "");
SYSCTL_PROC(_net, OID_AUTO, d, CTLTYPE_INT | CTLFLAG_RW, NULL, 0, h, "I", "");
"""
    module = model(HEAD + flags + text)
    found = [(s.name, s.variable, s.vnet, s.named, s.writable, s.tunable, s.handler) for s in module.sysctls]
    assert found == [
        ("_net.a", "n", True, True, True, False, ""),
        ("_net.b", "shared", False, False, False, True, ""),
        ("_net.c", "n", True, True, False, False, ""),
        ("_net.d", "", False, False, True, False, "h"),
    ]
    assert [(e.kind, e.function) for e in module.entries] == [("sysctl", "h")]
    assert function(module, "h").parameters == ("oidp", "arg1", "arg2", "req")


def test_tables_and_stores_make_entries() -> None:
    text = """
static int rd(void) { return (0); }
static struct cdevsw sw = { .d_read = rd, .d_name = "x" };
void f(struct ifnet *ifp) { ifp->if_start = up; ifp->if_softc = down; }
"""
    found = [(e.kind, e.function, e.member, e.table) for e in model(HEAD + text).entries]
    assert found == [("cdev", "rd", "d_read", "sw"), ("if-driver", "up", "if_start", "ifp")]
    assert isinstance(model(HEAD + text).entries[0], Entry)


def test_registering_an_object_registers_its_members() -> None:
    text = """
static struct netisr_handler nh = { .nh_name = "x", .nh_handler = up };
void f(void) { netisr_register(&nh); }
void g(void) { struct pfil_hook_args pha; pha.pa_mbuf_chk = down; V_h = pfil_add_hook(&pha); }
"""
    module = model(HEAD + text)
    registered = [n for name in ("f", "g") for n in function(module, name).body if isinstance(n, Register)]
    assert [(r.kind, r.function, r.holder, r.per_vnet) for r in registered] == [
        ("netisr", "up", "nh", False),
        ("pfil", "down", "h", True),
    ]


def test_domains_run_what_their_protocols_set_up() -> None:
    text = """
static struct protosw sw[] = { { .pr_type = 1, .pr_init = up }, { .pr_destroy = down } };
static struct domain xdomain = { .dom_family = 1, .dom_protosw = sw };
VNET_DOMAIN_SET(x);
"""
    assert [s[:2] for s in slots(text)] == [
        ("VNET_SYSINIT", "vnet_domain_init"),
        ("VNET_SYSUNINIT", "vnet_domain_uninit"),
    ]
    assert [(e.member, e.function) for e in model(HEAD + text).entries] == [("pr_init", "up"), ("pr_destroy", "down")]
    assert [s[:2] for s in slots(text.replace("VNET_", ""))] == [("SYSINIT", "domain_init")]


def test_variables_say_what_they_are() -> None:
    text = """
#include <net/vnet.h>
TAILQ_HEAD(frobhead, frob);
VNET_DEFINE_STATIC(struct frobhead, q);
VNET_DEFINE_STATIC(int, n) = 7;
VNET_DEFINE_STATIC(int *, p) = &shared;
static struct frobhead sq = TAILQ_HEAD_INITIALIZER(sq);
static struct mtx lock;
static int shared;
static const int never = 1;
"""
    found = {v.name: (v.per_vnet, v.initial, v.set_up) for v in model(text).variables}
    assert found == {
        "q": (True, "zero", "queue"),
        "n": (True, "constant", ""),
        "p": (True, "address", ""),
        "sq": (False, "self", ""),
        "lock": (False, "zero", "lock"),
        "shared": (False, "zero", ""),
    }


def test_one_branch_of_a_conditional_is_chosen_for_all() -> None:
    text = """
#ifdef VIMAGE
static void init(void) { one(); }
#else
static void init(void) { other(); }
#endif
"""
    assert [n.name for n in function(model(text), "init").body] == ["one"]  # type: ignore[union-attr]
    assert [n.name for n in function(model(text, {}), "init").body] == ["other"]  # type: ignore[union-attr]


def test_functions_of_headers_come_when_they_are_called() -> None:
    header = "static inline int used(void) { return (1); }\nstatic inline int unused(void) { return (2); }\n"
    module = model('#include "w.h"\nint\nf(void)\n{\n\treturn (used());\n}\n', w=header)
    assert [f.name for f in module.functions] == ["f", "used"]


def test_externals_are_known_or_not() -> None:
    module = model("void\nf(void)\n{\n\tm_freem(m);\n\tif_attach(ifp);\n\tnobody_knows();\n\tp->method(1);\n}\n")
    found = {e.name: (e.known, e.needs_vnet) for e in module.externals}
    assert found == {
        "m_freem": (True, False),
        "if_attach": (True, True),
        "nobody_knows": (False, False),
        "->method": (True, False),
    }


def test_functions_say_whether_files_outside_name_them() -> None:
    data = {
        "m.c": b"static void f(void) { }\nvoid g(void) { }\nvoid h(void) { }\n",
        "o.c": b"void o(void) { f(); g(); }\n",
    }
    module = build(Reader(Cache(None), 1).read_data(Path("."), data, []), ["m.c"])
    assert [(f.name, f.exported) for f in module.functions] == [("f", False), ("g", True), ("h", False)]


def test_a_helper_is_a_module_whose_hooks_serve_every_stack() -> None:
    text = """
    #include <net/vnet.h>
    VNET_DEFINE_STATIC(int, seen);
    #define V_seen VNET(seen)
    static int hook(int type, int id, void *u, void *ctx, void *h, struct osd *o) { V_seen++; return (0); }
    static struct helper hop_helper = { .h_flags = 0 };
    static struct hookinfo hop_hooks[] = { { .hook_type = 1, .hook_id = 2, .hook_func = &hook } };
    KHELP_DECLARE_MOD(hop, &hop_helper, hop_hooks, 1);
    """
    module = model(text)
    assert [(e.name, e.handler, e.subsystem, e.order) for e in module.events] == [
        ("hop", "khelp_modevent", "SI_SUB_KLD", "SI_ORDER_ANY")
    ]
    assert [f.unread for f in module.functions if f.unread] == []
    assert [(e.kind, e.function) for e in module.entries] == [("hook", "hook")]
    kernel = scenarios.run(module, "load")
    assert kernel.faults == []
    assert {e.vnet for e in kernel.trace if e.text.startswith("hook(")} == {0}


@pytest.mark.parametrize("condition", ["__has_feature(x)", "defined(FROB) && FROB(1)(2)", "9 ** 9 ** 9 ** 9", "(1)(2)"])
def test_conditions_that_nobody_can_tell_are_left_out_in_silence(
    condition: str, recwarn: pytest.WarningsRecorder
) -> None:
    slot = "SYSINIT(a, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);\n"
    assert slots(f"#if {condition}\n{slot}#endif\n") == []
    assert slots(f"#if 1 && (2 > 1)\n{slot}#endif\n") == [("SYSINIT", "up", "SI_SUB_PSEUDO", "SI_ORDER_ANY")]
    assert list(recwarn) == []
