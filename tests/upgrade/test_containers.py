"""From the forms of 2008 and 2009: what each construct becomes, what is listed, and what must stay."""

import pytest

from upgrade.upgrading import Files, lifted, upgraded

HEADER = """#ifndef _FROB_H_
#define	_FROB_H_

#ifdef VIMAGE_GLOBALS
extern struct frobq frob_q;
#endif

#ifndef VIMAGE_GLOBALS
struct vnet_frob {
	int		_frob_ttl;
	struct frobq	_frob_q;
	int		_frob_limits[4];
};
#endif
#if !defined(VIMAGE) && !defined(VIMAGE_GLOBALS)
extern struct vnet_frob vnet_frob_0;
#endif

#define	INIT_VNET_FROB(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_FROB, struct vnet_frob, vnet_frob)
#define	VNET_MOD_FROB		(VNET_MOD_DYNAMIC_START + 0)
#define	VNET_FROB(sym)		VSYM(vnet_frob, sym)
#define	V_frob_ttl		VNET_FROB(frob_ttl)
#define	V_frob_q		VNET_FROB(frob_q)
#define	V_frob_limits		VNET_FROB(frob_limits)

#endif
"""

SOURCE = """#include <sys/param.h>
#include <sys/vimage.h>

#include <net/frob.h>

#if !defined(VIMAGE) && !defined(VIMAGE_GLOBALS)
struct vnet_frob vnet_frob_0;
#endif

#define	FROB_TTL	64

#ifdef VIMAGE_GLOBALS
static int frob_ttl;		/* hops */
struct frobq frob_q;
static int frob_limits[4];
#endif

SYSCTL_V_INT(V_NET, vnet_frob, _net, OID_AUTO, ttl, CTLFLAG_RW, frob_ttl, 0, "");
SYSCTL_V_OPAQUE(V_NET, vnet_frob, _net, OID_AUTO, limits, CTLFLAG_RD,
    frob_limits, sizeof(int [4]), "I", "");

static int
frob_sysctl(SYSCTL_HANDLER_ARGS)
{

	SYSCTL_RESOLVE_V_ARG1();
	return (sysctl_handle_int(oidp, arg1, arg2, req));
}

int
frob_input(struct ifnet *ifp)
{
	INIT_VNET_FROB(%s);

	return (V_frob_ttl + V_frob_limits[0]);
}

static int
frob_iattach(const void *unused __unused)
{
	INIT_VNET_FROB(curvnet);

	V_frob_ttl = FROB_TTL;
%s	return (0);
}

static struct vnet_symmap vnet_frob_symmap[] = {
	VNET_SYMMAP(frob, frob_ttl),
	VNET_SYMMAP_END
};
%s
static void
frob_register(void *unused __unused)
{

#ifdef VIMAGE
	vnet_mod_register(&vnet_frob_modinfo);
#else
	frob_iattach(NULL);
#endif
}
SYSINIT(frob_register, SI_SUB_PROTO_IF, SI_ORDER_ANY, frob_register, NULL);
"""

DECLARED = "VNET_MOD_DECLARE(FROB, frob, frob_iattach, NULL, NET, vnet_frob_symmap);\n"
WRITTEN = """static const vnet_modinfo_t vnet_frob_modinfo = {
	.vmi_id			= VNET_MOD_FROB,
	.vmi_name		= "frob",
	.vmi_dependson		= VNET_MOD_NET,
	.vmi_iattach		= frob_iattach,
	.vmi_size		= sizeof(struct vnet_frob),
};
"""


def lift(
    vnet: str = "curvnet", more: str = "", module: str = DECLARED, to: str = "freebsd-13"
) -> tuple[str, str, list[str]]:
    """Source and header after an upgrade, and the kinds of what is left."""
    files: Files = {"net/frob.h": HEADER.encode(), "net/frob.c": (SOURCE % (vnet, more, module)).encode()}
    done, findings = upgraded(files, to, "vimage-structs")
    again, _ = upgraded(done, to)
    assert again == done
    return done["net/frob.c"].decode(), done["net/frob.h"].decode(), [f.kind for f in findings]


def test_a_module_of_the_containers() -> None:
    source, header, left = lift()
    assert left == []
    assert (
        header
        == (
            "#ifndef _FROB_H_\n#define\t_FROB_H_\n\n#include <net/vnet.h>\n\n"
            "VNET_DECLARE(struct frobq, frob_q);\n#define\tV_frob_q\t\tVNET(frob_q)\n\n#endif\n"
        )
        or "VNET_DECLARE(struct frobq, frob_q);\n#define\tV_frob_q\t\tVNET(frob_q)\n" in header
    )
    assert "VNET_DEFINE_STATIC(int, frob_ttl) = FROB_TTL;\t\t/* hops */\n" in source
    assert "VNET_DEFINE(struct frobq, frob_q);\nVNET_DEFINE_STATIC(int, frob_limits[4]);\n" in source
    assert "#define\tV_frob_ttl\t\tVNET(frob_ttl)\n" in source
    for gone in ("vnet_frob", "VSYM", "INIT_", "VIMAGE", "symmap", "vimage.h", "_register", "iattach", "SYSINIT"):
        assert gone not in source + header, gone


def test_sysctls_of_the_containers() -> None:
    source, _, _ = lift()
    assert 'SYSCTL_INT(_net, OID_AUTO, ttl, CTLFLAG_VNET | CTLFLAG_RW, &VNET_NAME(frob_ttl),\n    0, "");\n' in source
    assert "VNET_NAME(frob_limits), sizeof(V_frob_limits)" in " ".join(source.split())
    assert "SYSCTL_RESOLVE_V_ARG1" not in source
    older, _, _ = lift(to="freebsd-9")
    assert "SYSCTL_VNET_INT(_net, OID_AUTO, ttl, CTLFLAG_RW," in older


def test_to_plain() -> None:
    source, header, left = lift(to="plain")
    assert left == []
    assert "static int frob_ttl = FROB_TTL;\t\t/* hops */\nstruct frobq frob_q;\nstatic int frob_limits[4];\n" in source
    assert "return (frob_ttl + frob_limits[0]);" in source
    assert "extern struct frobq frob_q;\n" in header
    assert "V_" not in (source + header).replace("CTLFLAG_", "")


def test_module_that_is_written_out() -> None:
    source, _, left = lift(module=WRITTEN)
    assert left == []
    assert "modinfo" not in source


def test_constructor_that_does_more_stays_at_its_place() -> None:
    source, _, left = lift(more="\tTAILQ_INIT(&V_frob_q);\n")
    assert left == []
    assert "VNET_DEFINE_STATIC(int, frob_ttl) = FROB_TTL;" in source
    assert (
        "\tTAILQ_INIT(&V_frob_q);\n\treturn (0);\n}\n"
        "VNET_SYSINIT(frob_iattach, SI_SUB_PROTO_IF, SI_ORDER_ANY, frob_iattach, NULL);\n" in source
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("\tV_frob_limits[0] = 3;\n", id="element"),
        pytest.param("\tfrob_reset();\n\tV_frob_limits[0] = V_frob_ttl;\n", id="after_a_call"),
        pytest.param("\tif (frob_input(NULL))\n\t\tV_frob_ttl = 3;\n", id="under_a_condition"),
    ],
)
def test_noop_values_that_are_no_first_constants(more: str) -> None:
    source, _, _ = lift(more=more)
    for line in more.splitlines():
        assert line in source


def test_value_that_nothing_proves_constant_is_listed() -> None:
    text = SOURCE.replace("V_frob_ttl = FROB_TTL", "V_frob_ttl = hz") % ("curvnet", "", DECLARED)
    done, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert [(f.kind, f.variable) for f in findings] == [("value-left", "frob_ttl")]
    assert findings[0].line == text[: text.index("V_frob_ttl = hz")].count("\n") + 1
    assert b"V_frob_ttl = hz;" in done["frob.c"]
    assert b"VNET_DEFINE_STATIC(int, frob_ttl);" in done["frob.c"]


def test_constructor_that_others_call_keeps_its_values() -> None:
    text = SOURCE % ("curvnet", "", DECLARED) + "void\nfrob_again(void)\n{\n\n\tfrob_iattach(NULL);\n}\n"
    done, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert [f.kind for f in findings] == ["value-left"]
    assert b"\tV_frob_ttl = FROB_TTL;\n" in done["frob.c"]


def test_preamble_that_names_another_vnet_becomes_a_context() -> None:
    source, _, left = lift(vnet="ifp->if_vnet")
    assert left == []
    assert (
        "{\n\tint error;\n\n\tCURVNET_SET(ifp->if_vnet);\n\terror = V_frob_ttl + V_frob_limits[0];\n"
        "\tCURVNET_RESTORE();\n\treturn (error);\n}\n" in source
    )
    assert "INIT_VNET" not in source


def _with_body(body: str) -> list[str]:
    text = (SOURCE % ("ifp->if_vnet", "", DECLARED)).replace("\treturn (V_frob_ttl + V_frob_limits[0]);\n", body)
    done, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert b"INIT_VNET" not in done["frob.c"]
    return [f.kind for f in findings]


def test_preamble_whose_vnet_changes_is_listed() -> None:
    assert _with_body("\tifp = ifp->if_bridge;\n\treturn (V_frob_ttl);\n") == ["preamble-names-vnet"]


def test_preamble_that_nothing_needs_is_listed() -> None:
    assert _with_body("\treturn (frob_get());\n") == ["preamble-names-vnet"]


def test_calls_inside_of_a_new_context_are_listed() -> None:
    body = "\tV_frob_ttl++;\n\tfrob_input(NULL);\n\tV_frob_ttl--;\n\treturn (0);\n"
    assert _with_body(body) == ["call-in-context"]
    assert _with_body(body.replace("frob_input(NULL)", "printf(0)")) == []


def test_preamble_whose_vnet_is_set() -> None:
    text = SOURCE % ("curvnet", "", DECLARED)
    text = text.replace(
        "\tINIT_VNET_FROB(curvnet);\n\n\treturn (V",
        "\tCURVNET_SET(ifp->if_vnet);\n\tINIT_VNET_FROB(ifp->if_vnet);\n\treturn (V",
        1,
    )
    _, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert findings == []


def test_member_without_a_definition_is_listed() -> None:
    text = (SOURCE % ("curvnet", "", DECLARED)).replace("static int frob_limits[4];\n", "")
    _, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert ("member-without-definition", "frob_limits") in [(f.kind, f.variable) for f in findings]
    assert "int _frob_limits[4];" in next(f.message for f in findings if f.kind == "member-without-definition")


def test_registration_in_a_module_event_is_listed() -> None:
    text = SOURCE % ("curvnet", "\tTAILQ_INIT(&V_frob_q);\n", DECLARED)
    event = (
        "static int\nfrob_modevent(module_t mod, int type, void *unused)\n{\n\n\tswitch (type) {\n\tcase MOD_LOAD:\n"
    )
    event += "\t\tvnet_mod_register(&vnet_frob_modinfo);\n\t\tbreak;\n\t}\n\treturn (0);\n}\n"
    text = text[: text.index("static void\nfrob_register")] + event
    done, findings = upgraded({"frob.h": HEADER.encode(), "frob.c": text.encode()}, "freebsd-13", "vimage-structs")
    assert [f.kind for f in findings] == ["registration-left"]
    assert "behind that of NET" in findings[0].message
    assert b"\tcase MOD_LOAD:\n\t\tbreak;\n" in done["frob.c"]


STEP = """#include <sys/vimage.h>

static int frob_n = 3, frob_shared;
#define	V_frob_n		frob_n
#define	INIT_VNET_FROB(vnet)

SYSCTL_V_INT(V_NET, vnet_frob, _net, OID_AUTO, n, CTLFLAG_RW, frob_n, 0, "");

int
frob_get(void)
{
	INIT_VNET_FROB(curvnet);

	return (V_frob_n + frob_n + frob_shared);
}
"""


def test_the_macros_of_2008() -> None:
    source = lifted(STEP)
    assert "VNET_DEFINE_STATIC(int, frob_n) = 3;\nstatic int frob_shared;\n" in source
    assert "return (V_frob_n + V_frob_n + frob_shared);" in source
    assert "INIT_VNET" not in source
    plain = lifted(STEP, "plain")
    assert "static int frob_n = 3, frob_shared;" in plain
    assert "return (frob_n + frob_n + frob_shared);" in plain


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#define\tV_frob_n\tfrob_n\nint\tfrob_get(void);\n", id="variable_of_another_tree"),
        pytest.param("int frob_n;\n#define\tV_frob_n\t(frob_n + 1)\n", id="not_the_variable_itself"),
        pytest.param("#define\tMODULE_GLOBAL(s)\ts\nint frob_n;\n", id="module_global_of_a_library"),
    ],
)
def test_noop_macros_of_2008(text: str) -> None:
    assert lifted(text) == text


def test_set_up_of_one_stack_is_listed() -> None:
    text = STEP + "static void\nfrob_init(void *unused)\n{\n\n\tif (frob_get())\n\t\treturn;\n}\n"
    text += "SYSINIT(frob, SI_SUB_PROTO_IF, SI_ORDER_ANY, frob_init, NULL);\n"
    _, findings = upgraded({"a.c": text.encode()}, "freebsd-13")
    assert [(f.line, f.kind) for f in findings] == [(text.count("\n"), "constructor-of-one-stack")]


DEPENDENT = """#include <sys/vimage.h>

static int
bar_iattach(const void *unused __unused)
{

	bar_start();
	return (0);
}
VNET_MOD_DECLARE_STATELESS(BAR, bar, bar_iattach, NULL, FROB);

static void
bar_register(void *unused __unused)
{

	vnet_mod_register(&vnet_bar_modinfo);
}
SYSINIT(bar_register, SI_SUB_PROTO_IF, %s, bar_register, NULL);
"""


@pytest.mark.parametrize(
    ("order", "more", "expected"),
    [
        pytest.param(
            "SI_ORDER_FIRST",
            "\tfrob_start();\n",
            "SI_SUB_PROTO_DOMAININIT, SI_ORDER_FIRST",
            id="moves_behind_its_dependency",
        ),
        pytest.param(
            "SI_ORDER_ANY", "\tfrob_start();\n", "SI_SUB_PROTO_DOMAININIT, SI_ORDER_FIRST", id="equal_keys_are_no_order"
        ),
        pytest.param(
            "SI_ORDER_ANY + 5", "\tfrob_start();\n", "SI_SUB_PROTO_IF, SI_ORDER_ANY + 5", id="noop_it_is_behind"
        ),
        pytest.param(
            "SI_ORDER_FIRST", "", "SI_SUB_PROTO_IF, SI_ORDER_FIRST", id="noop_the_dependency_needs_no_constructor"
        ),
    ],
)
def test_a_constructor_stands_behind_what_it_depends_on(order: str, more: str, expected: str) -> None:
    files = {
        "frob.h": HEADER.encode(),
        "frob.c": (SOURCE % ("curvnet", more, DECLARED)).encode(),
        "bar.c": (DEPENDENT % order).encode(),
    }
    done, findings = upgraded(files, "freebsd-13", "vimage-structs")
    assert findings == []
    assert f"VNET_SYSINIT(bar_iattach, {expected}, bar_iattach," in done["bar.c"].decode()
