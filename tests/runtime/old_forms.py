"""Modules of the containers of 2009, written in C: a template, and fault modules with near twins that have none."""

from typing import NamedTuple

from vport.runtime.faults import Kind, OldKind

HEADER = """\
#include <sys/param.h>
#include <sys/vimage.h>

struct vnet_frob {
	int		 _frob_ttl;
	struct mtx	 _frob_mtx;
	struct callout	 _frob_callout;
	TAILQ_HEAD(, frob) _frob_list;
};
#define	VNET_MOD_FROB		(VNET_MOD_DYNAMIC_START + 0)
#define	VNET_MOD_FROB_USER	(VNET_MOD_DYNAMIC_START + 1)
#define	INIT_VNET_FROB(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_FROB, struct vnet_frob, vnet_frob)
#define	VNET_FROB(sym)		VSYM(vnet_frob, sym)
#define	V_frob_ttl		VNET_FROB(frob_ttl)
#define	V_frob_mtx		VNET_FROB(frob_mtx)
#define	V_frob_callout		VNET_FROB(frob_callout)
#define	V_frob_list		VNET_FROB(frob_list)

static struct mtx frob_one_mtx;
static int frob_one, frob_two;
"""

MAKE = """
static int
frob_iattach(const void *unused)
{
	INIT_VNET_FROB(curvnet);

	mtx_init(&V_frob_mtx, "frob", NULL, MTX_DEF);
	V_frob_ttl = 7;
	return (0);
}

static int
frob_idetach(const void *unused)
{
	INIT_VNET_FROB(curvnet);

	mtx_destroy(&V_frob_mtx);
	return (0);
}
"""

USE = """
static int
frob_user_iattach(const void *unused)
{
	INIT_VNET_FROB(curvnet);

	mtx_lock(&V_frob_mtx);
	mtx_unlock(&V_frob_mtx);
	return (0);
}
"""

DECLARE = "VNET_MOD_DECLARE(FROB, frob, frob_iattach, frob_idetach, NET, NULL);\n"
DECLARE_USER = "VNET_MOD_DECLARE_STATELESS(FROB_USER, frob_user, frob_user_iattach, NULL, FROB);\n"


def event(load: str, unload: str) -> str:
    """A module event that does some things."""
    return f"""
static int
frob_modevent(module_t mod, int type, void *data)
{{

	switch (type) {{
	case MOD_LOAD:
		{load}
		return (0);
	case MOD_UNLOAD:
		{unload}
		return (0);
	}}
	return (EOPNOTSUPP);
}}
static moduledata_t frob_mod = {{ "frob", frob_modevent, NULL }};
DECLARE_MODULE(frob, frob_mod, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY);
"""


REGISTER = "vnet_mod_register(&vnet_frob_modinfo);"
DEREGISTER = "vnet_mod_deregister(&vnet_frob_modinfo);"
REGISTER_USER = "vnet_mod_register(&vnet_frob_user_modinfo);"
DEREGISTER_USER = "vnet_mod_deregister(&vnet_frob_user_modinfo);"


def text(*parts: str, load: str = REGISTER, unload: str = DEREGISTER) -> str:
    """A module of its parts, behind which it is declared."""
    return "\n".join((HEADER, *(parts or (MAKE, DECLARE)), event(load, unload)))


def timer(body: str, argument: str = "curvnet") -> str:
    """A module with a timer in each stack."""
    return text(
        f"""
static void
frob_tick(void *arg)
{{
{body}
}}
""",
        MAKE.replace(
            "V_frob_ttl = 7;",
            f"callout_init(&V_frob_callout, 1);\n\tcallout_reset(&V_frob_callout, hz, frob_tick, {argument});",
        ).replace("	mtx_destroy", "	callout_drain(&V_frob_callout);\n	mtx_destroy"),
        DECLARE,
    )


def handler(body: str) -> str:
    """A module with a listener of an event that has no stack."""
    return text(
        f"""
static void
frob_changed(void *arg)
{{
{body}
}}
""",
        MAKE,
        DECLARE,
        "static eventhandler_tag frob_tag;\n",
        load=f"{REGISTER}\n\t\tfrob_tag = EVENTHANDLER_REGISTER(vm_lowmem, frob_changed, NULL, EVENTHANDLER_PRI_ANY);",
        unload=f"EVENTHANDLER_DEREGISTER(vm_lowmem, frob_tag);\n\t\t{DEREGISTER}",
    )


class Old(NamedTuple):
    """A module, the kind of fault that it has, if it has one, and in which scenario."""

    name: str
    c: str
    kind: Kind | OldKind | None = None
    scenario: str = "jails"


LOOP = """
	VNET_ITERATOR_DECL(vnet_iter);

	{before}
	VNET_LIST_RLOCK();
	VNET_FOREACH(vnet_iter) {{
		CURVNET_SET(vnet_iter);
		{inside}
		V_frob_ttl++;
		CURVNET_RESTORE();
	}}
	VNET_LIST_RUNLOCK();
"""
INIT = "INIT_VNET_FROB(curvnet);"
MULTI = "vnet_mod_{verb}_multi(&vnet_frob_modinfo, {argument}, {name});"
LIST = MAKE.replace("V_frob_ttl = 7;", "TAILQ_INIT(&V_frob_list);")
BEFORE = text(
    MAKE,
    USE,
    DECLARE,
    DECLARE_USER,
    load=f"{REGISTER_USER}\n\t\t{REGISTER}",
    unload=f"{DEREGISTER_USER}\n\t\t{DEREGISTER}",
)
"""Registers what depends on the other before that."""


def multi(up: tuple[str, ...], down: tuple[str, ...]) -> str:
    """Registers with arguments and names, `argument name` each."""

    def calls(verb: str, pairs: tuple[str, ...]) -> str:
        return "\n\t\t".join(MULTI.format(verb=verb, argument=a, name=n) for a, n in (p.split() for p in pairs))

    return text(
        USE.replace("frob_user_iattach", "frob_iattach")
        .replace("mtx_lock(&V_frob_mtx);", "V_frob_ttl++;")
        .replace("mtx_unlock(&V_frob_mtx);", ""),
        "VNET_MOD_DECLARE(FROB, frob, frob_iattach, NULL, NET, NULL);",
        load=calls("register", up),
        unload=calls("deregister", down),
    )


SIMPLE = """
static int
frob_iattach(const void *unused)
{
	INIT_VNET_FROB(curvnet);

	V_frob_ttl = 7;
	return (0);
}
"""
"""A constructor that sets up nothing which is to be given back."""

LATE = """
static void
frob_late(void)
{
	INIT_VNET_FROB(curvnet);

	V_frob_ttl = 1;
}
"""
SYSCTL = """
SYSCTL_DECL(_net);

static int
frob_sysctl(SYSCTL_HANDLER_ARGS)
{
%s
	return (0);
}
SYSCTL_PROC(_net, OID_AUTO, frob, CTLTYPE_INT | CTLFLAG_RW, NULL, 0,
    frob_sysctl, "I", "");
"""
SHARED = MAKE.replace("mtx_init(&V_frob_mtx", "mtx_init(&frob_one_mtx").replace("	mtx_destroy(&V_frob_mtx);", "")
FAILS = MAKE.replace("V_frob_ttl = 7;", "if (frob_one == 0)\n\t\treturn (ENOMEM);")
EMPTY = LIST.replace("TAILQ_INIT(&V_frob_list);", "if (TAILQ_EMPTY(&V_frob_list))\n\t\tV_frob_ttl = 1;")
SIMPLE_DECLARE = DECLARE.replace("frob_idetach", "NULL")
STRANGER = DECLARE_USER.replace("NULL, FROB);", "NULL, NET);")
TOUCHES = USE.replace("mtx_lock(&V_frob_mtx);", "V_frob_ttl++;").replace("\tmtx_unlock(&V_frob_mtx);\n", "")
FIRST, LAST = f"{REGISTER_USER}\n\t\t{REGISTER}", f"{REGISTER}\n\t\t{REGISTER_USER}"
BOTH_GO = f"{DEREGISTER_USER}\n\t\t{DEREGISTER}"
ONE, TWO = '&frob_one "a"', '&frob_two "b"'


def numbered(c: str, module: int, number: int) -> str:
    """The text with another number for a module."""
    return c.replace(f"DYNAMIC_START + {module})", f"DYNAMIC_START + {number})")


STATIC = [
    Old("dependency_registers_later_at_boot", BEFORE, None, "static"),
    Old(
        "dependency_never_registers",
        text(MAKE, USE, DECLARE, DECLARE_USER, load=REGISTER_USER, unload=""),
        OldKind.WAITS,
        "static",
    ),
    Old("is_its_own_dependency", text(MAKE, DECLARE.replace(" NET,", " FROB,")), None, "static"),
    Old("depends_on_a_stranger", text(MAKE, DECLARE.replace(" NET,", " OTHER,")), OldKind.WAITS, "static"),
    Old("depends_on_the_kernels_own", text(MAKE, DECLARE.replace(" NET,", " INET6,")), None, "static"),
]
"""Modules of the kernel's own file."""

BASES = [
    Old("timer_takes_the_base_without_a_stack", timer(f"\t{INIT}\n\n\tV_frob_ttl--;"), Kind.NO_CONTEXT),
    Old("timer_takes_the_base_of_its_argument", timer("\tINIT_VNET_FROB((struct vnet *)arg);\n\n\tV_frob_ttl--;")),
    Old(
        "timer_takes_the_base_in_its_stack",
        timer(f"\tCURVNET_SET((struct vnet *)arg);\n\t{INIT}\n\n\tV_frob_ttl--;\n\tCURVNET_RESTORE();"),
    ),
    Old("event_takes_the_base_without_a_stack", handler(f"\t{INIT}\n\n\tV_frob_ttl--;"), Kind.NO_CONTEXT),
    Old("event_takes_the_base_in_each_stack", handler(LOOP.format(before="", inside=INIT))),
    Old(
        "base_of_before_the_loop",
        text(MAKE, DECLARE, SYSCTL % LOOP.format(before=INIT, inside="")),
        OldKind.STALE_BASE,
    ),
    Old("base_of_each_turn_of_the_loop", text(MAKE, DECLARE, SYSCTL % LOOP.format(before="", inside=INIT))),
    Old(
        "base_of_before_another_stack_is_set",
        text(MAKE, DECLARE, SYSCTL % f"\t{INIT}\n\n\tCURVNET_SET(vnet0);\n\tV_frob_ttl++;\n\tCURVNET_RESTORE();"),
        OldKind.STALE_BASE,
    ),
    Old(
        "base_when_the_stack_is_restored",
        text(MAKE, DECLARE, SYSCTL % f"\t{INIT}\n\n\tCURVNET_SET(vnet0);\n\tCURVNET_RESTORE();\n\tV_frob_ttl++;"),
    ),
]
"""Base pointers."""

ROLLS = [
    Old("registers", text()),
    Old("registers_twice", text(load=f"{REGISTER}\n\t\t{REGISTER}"), OldKind.TWICE),
    Old("registers_twice_with_one_argument", multi((ONE, ONE), (ONE,)), OldKind.TWICE),
    Old("registers_with_two_arguments", multi((ONE, TWO), (ONE, TWO)), None, "unload"),
    Old("registers_again_when_it_was_taken_back", text(load=f"{REGISTER}\n\t\t{DEREGISTER}\n\t\t{REGISTER}")),
    Old("argument_without_a_name", multi(("&frob_one NULL",), ("&frob_one NULL",)), OldKind.NAMELESS),
    Old("name_without_an_argument", multi(('NULL "a"',), ('NULL "a"',)), OldKind.NAMELESS),
    Old("neither_argument_nor_name", multi(("NULL NULL",), ("NULL NULL",)), None, "unload"),
    Old("takes_back_what_never_registered", text(MAKE, DECLARE, load=""), OldKind.UNKNOWN, "unload"),
    Old("takes_back_twice", text(unload=f"{DEREGISTER}\n\t\t{DEREGISTER}"), OldKind.UNKNOWN, "unload"),
    Old("takes_back_with_another_argument", multi((ONE,), (TWO, ONE)), OldKind.UNKNOWN, "unload"),
    Old("takes_back_once", text(), None, "unload"),
    Old("leaves_itself_registered", text(SIMPLE, SIMPLE_DECLARE, unload=""), OldKind.LEFT, "unload"),
    Old("takes_itself_back", text(SIMPLE, SIMPLE_DECLARE), None, "unload"),
    Old("number_too_high", numbered(text(), 0, 32), OldKind.NUMBER),
    Old("highest_number", numbered(text(), 0, 31)),
    Old("number_of_another", numbered(BEFORE, 1, 0), OldKind.NUMBER),
    Old("number_of_its_own", numbered(BEFORE, 1, 2)),
]
"""Registering and taking back."""

STORAGE = [
    Old("waits_for_its_dependency", BEFORE),
    Old(
        "touches_before_it_registers",
        text(MAKE, DECLARE, LATE, load=f"frob_late();\n\t\t{REGISTER}"),
        OldKind.NO_CONTAINER,
    ),
    Old("touches_behind_its_registration", text(MAKE, DECLARE, LATE, load=f"{REGISTER}\n\t\tfrob_late();")),
    Old(
        "touches_when_it_is_taken_back",
        text(MAKE, DECLARE, LATE, unload=f"{DEREGISTER}\n\t\tfrob_late();"),
        OldKind.NO_CONTAINER,
        "unload",
    ),
    Old(
        "touches_before_it_is_taken_back",
        text(MAKE, DECLARE, LATE, unload=f"frob_late();\n\t\t{DEREGISTER}"),
        None,
        "unload",
    ),
    Old(
        "user_without_a_dependency_registers_first",
        text(MAKE, TOUCHES, DECLARE, STRANGER, load=FIRST, unload=BOTH_GO),
        OldKind.NO_CONTAINER,
    ),
    Old(
        "user_without_a_dependency_registers_last",
        text(MAKE, TOUCHES, DECLARE, STRANGER, load=LAST, unload=BOTH_GO),
        None,
        "unload",
    ),
    Old("constructor_sets_up_what_all_share", text(SHARED, DECLARE), Kind.SHARED_SET_UP_PER_VNET),
    Old("no_destructor", text(MAKE, SIMPLE_DECLARE), Kind.NEVER_TORN_DOWN),
    Old("zeroed_list_is_none", text(EMPTY, DECLARE), Kind.BEFORE_SET_UP),
    Old("list_set_up", text(LIST, DECLARE)),
    Old("constructor_that_fails", text(FAILS, DECLARE), Kind.CONSTRUCTOR_FAILS),
]
"""Containers and what they hold."""

OLD = [*STATIC, *BASES, *ROLLS, *STORAGE]
