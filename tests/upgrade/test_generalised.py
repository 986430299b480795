"""Direct use of the generalised framework of 2010, and vnet_modinfo that is written out: what is lifted, what is listed."""

import pytest

from upgrade.upgrading import left, lifted, upgraded

FUNCTION = "static void\nfrob_init(const void *unused __unused)\n{\n}\n"
MODULE = """\
struct vnet_frob {
	int _frob_ttl;
};
#define	VNET_MOD_FROB		VNET_MOD_DYNAMIC_START
#define	INIT_VNET_FROB(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_FROB, struct vnet_frob, vnet_frob)
#define	VNET_FROB(sym)		VSYM(vnet_frob, sym)
#define	V_frob_ttl		VNET_FROB(frob_ttl)

#ifdef VIMAGE_GLOBALS
static int frob_ttl;
#endif

static int
frob_iattach(const void *unused __unused)
{
	INIT_VNET_FROB(curvnet);

	frob_start(&V_frob_ttl);
	return (0);
}
"""
REGISTERED = """
static void
frob_register(void *unused __unused)
{

	vnet_mod_register%s;
}
SYSINIT(frob_register, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_register, NULL);
"""
PLAIN = "(&vnet_frob_modinfo)"
DESIGNATED = (
    'static const struct vnet_modinfo vnet_frob_modinfo = {\n\t.vmi_id = VNET_MOD_FROB,\n\t.vmi_name = "frob",\n'
    "\t.vmi_dependson = VNET_MOD_NET,\n\t.vmi_iattach = frob_iattach,\n\t.vmi_size = sizeof(struct vnet_frob),\n};\n"
)
POSITIONAL = (
    'static const struct vnet_modinfo vnet_frob_modinfo = {\n\tVNET_MOD_FROB,\n\tVNET_MOD_NET,\n\t"frob",\n'
    "\tfrob_iattach,\n\tNULL,\n\tsizeof(struct vnet_frob),\n\tNULL,\n};\n"
)
MIXED = (
    "static struct vnet_modinfo vnet_frob_modinfo = {\n\tVNET_MOD_FROB, VNET_MOD_NET,\n"
    "\t.vmi_iattach = frob_iattach, NULL, sizeof(struct vnet_frob)\n};\n"
)


@pytest.mark.parametrize(
    ("used", "target", "expected"),
    [
        ("VIMAGE_SYSINIT(frob", "freebsd-13", "VNET_SYSINIT(frob"),
        ("VIMAGE_SYSUNINIT(frob", "freebsd-13", "VNET_SYSUNINIT(frob"),
        ("VIMAGE_SYSINIT(&vnet_data, frob", "freebsd-13", "VNET_SYSINIT(frob"),
        ("VIMAGE_SYSINIT(vnet,\n    frob", "freebsd-10", "VNET_SYSINIT(frob"),
        ("VIMAGE_SYSINIT(frob", "freebsd-9", "VNET_SYSINIT(frob"),
        ("VIMAGE_SYSINIT(frob", "plain", "SYSINIT(frob"),
        ("VIMAGE_SYSUNINIT(&vnet_data, frob", "plain", "SYSUNINIT(frob"),
        ("VIMAGE_SYSINIT(frob", "vimage-2010", "VIMAGE_SYSINIT(frob"),
    ],
)
def test_constructors_of_the_stack(used: str, target: str, expected: str) -> None:
    rest = ", SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);\n"
    assert lifted(FUNCTION + used + rest, target) == FUNCTION + expected + rest


@pytest.mark.parametrize(
    "text",
    [
        "VIMAGE_SYSINIT(&vprocg_data, frob, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);\n",
        "VIMAGE_SYSINIT(frob, frob_init);\n",
    ],
)
def test_constructors_of_others_are_listed(text: str) -> None:
    assert left(FUNCTION + text) == [(5, "generalised-left")]
    assert upgraded({"a.c": (FUNCTION + text).encode()}, "freebsd-13")[0]["a.c"].decode() == FUNCTION + text


@pytest.mark.parametrize(
    ("text", "target", "listed"),
    [
        ("VNET_SYSUNINIT_REG(frob, frob_init);\n", "freebsd-13", True),
        ("VNET_SYSUNINIT_REG_SO(frob, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init);\n", "freebsd-13", True),
        ("VNET_SYSUNINIT_REG(frob, frob_init);\n", "vimage-2010", False),
        ("static void\nf(void)\n{\n\tvimage_register_sysinit(&frob);\n}\n", "freebsd-13", True),
        ("static void\nf(void)\n{\n\tvnet_register_sysinit(&frob);\n}\n", "plain", True),
        ("static void\nf(void)\n{\n\tvnet_register_sysinit(&frob);\n}\n", "freebsd-13", False),
        ("void\nvimage_register_sysinit(void *arg)\n{\n}\n", "freebsd-13", False),
        ("void\tvnet_register_sysinit(void *);\n", "plain", False),
    ],
)
def test_registrations_by_hand_are_listed(text: str, target: str, listed: bool) -> None:
    assert ["registration-left" in kind for _, kind in left(FUNCTION + text, target)] == [True] * listed


@pytest.mark.parametrize("info", [DESIGNATED, POSITIONAL, MIXED])
def test_modules_that_are_written_out(info: str) -> None:
    text = lifted(MODULE + info + REGISTERED % PLAIN)
    assert "VNET_SYSINIT(frob_iattach, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_iattach, NULL);\n" in text
    assert "VNET_DEFINE_STATIC(int, frob_ttl);" in text
    assert not [word for word in ("vnet_modinfo", "vnet_mod_register", "VNET_MOD", "INIT_VNET") if word in text]


def test_noop_arguments_that_are_none() -> None:
    multi = "_multi(&vnet_frob_modinfo, NULL, NULL)"
    assert lifted(MODULE + POSITIONAL + REGISTERED % multi) == lifted(MODULE + POSITIONAL + REGISTERED % PLAIN)


def test_a_module_of_many_arguments_is_listed() -> None:
    text = MODULE + POSITIONAL + REGISTERED % '_multi(&vnet_frob_modinfo, ifp, "a")'
    assert [kind for _, kind in left(text)] == ["registration-left"]
    _, found = upgraded({"a.c": text.encode()}, "freebsd-13")
    assert "once for each argument" in found[0].message
