"""Models of the containers of 2009: members, base pointers, modules, sysctls."""

from pathlib import Path

import cases
import pytest

from vport.model import build
from vport.runtime.model import Access, Base, Call, Destroy, Enroll, Init, Module, Node, Sysctl, VnetModule

HEAD = """\
struct vnet_frob {
	int		 _frob_ttl, *_frob_next, _frob_count[4];
	struct mtx	 _frob_mtx __aligned(64);
	TAILQ_HEAD(, frob) _frob_list;
	struct {
		int	 a;
	}		 _frob_pair;
	int		 unlike;
};
#define	VNET_MOD_FROB		(VNET_MOD_DYNAMIC_START + 2)
#define	INIT_VNET_FROB(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_FROB, struct vnet_frob, vnet_frob)
#define	VNET_FROB(sym)		VSYM(vnet_frob, sym)
#define	V_frob_ttl		VNET_FROB(frob_ttl)
#define	V_frob_next		VNET_FROB(frob_next)
#define	V_frob_count		VNET_FROB(frob_count)
#define	V_frob_mtx		VNET_FROB(frob_mtx)
#define	V_frob_list		VNET_FROB(frob_list)
#define	V_frob_pair		VNET_FROB(frob_pair)
"""


def modelled(text: str) -> Module:
    return build(cases.read_files({"frob.c": (HEAD + text).encode()}, Path("sys")))


def body(statements: str) -> tuple[Node, ...]:
    module = modelled(f"\nvoid\nfrob(struct ifnet *ifp)\n{{\n{statements}\n}}\n")
    return module.functions[0].body


@pytest.mark.parametrize(
    ("name", "type_", "set_up"),
    [
        ("frob_ttl", "int", ""),
        ("frob_next", "int *", ""),
        ("frob_count", "int [4]", ""),
        ("frob_mtx", "struct mtx", "lock"),
        ("frob_list", "TAILQ_HEAD(, frob)", "queue"),
    ],
)
def test_members_are_per_vnet_variables_that_begin_as_zero(name: str, type_: str, set_up: str) -> None:
    module = modelled(f"\nvoid\nfrob(void)\n{{\n\tINIT_VNET_FROB(curvnet);\n\n\tuse(&V_{name});\n}}\n")
    (found,) = (v for v in module.variables if v.name == name)
    assert (found.type.replace(" ", ""), found.set_up) == (type_.replace(" ", ""), set_up)
    assert (found.per_vnet, found.initial, found.container) == (True, "zero", "vnet_frob")
    assert found.at.startswith("frob.c:") and found.at != "frob.c:1"


def test_a_base_pointer_is_fetched_where_it_stands() -> None:
    assert body("\tINIT_VNET_FROB(ifp->if_vnet);\n\n\tV_frob_ttl++;") == (
        Base("vnet_frob", "ifp->if_vnet", "frob.c:24"),
        Access("frob_ttl", "write", "frob.c:26", "vnet_frob"),
    )


def test_a_container_of_the_kernel_is_one() -> None:
    assert body("\tINIT_VNET_INET(curvnet);") == (Base("vnet_inet", "curvnet", "frob.c:24"),)


def test_an_array_is_written_and_what_a_pointer_leads_to_is_not() -> None:
    found = body("\tV_frob_count[1] = 2;\n\tV_frob_next[1] = 2;\n\tV_frob_pair.a = 1;")
    assert [(n.variable, n.how, n.member) for n in found if isinstance(n, Access)] == [
        ("frob_count", "write", ""),
        ("frob_next", "read", ""),
        ("frob_pair", "write", ".a"),
    ]


def test_resources_of_members() -> None:
    found = body('\tmtx_init(&V_frob_mtx, "f", NULL, MTX_DEF);\n\tmtx_destroy(&V_frob_mtx);')
    assert [n.holder for n in found if isinstance(n, Init | Destroy)] == ["frob_mtx", "frob_mtx"]


@pytest.mark.parametrize(
    ("call", "node"),
    [
        ("vnet_mod_register(&vnet_frob_modinfo)", Enroll("vnet_frob_modinfo", "frob.c:24")),
        ("vnet_mod_deregister(&vnet_frob_modinfo)", Enroll("vnet_frob_modinfo", "frob.c:24", down=True)),
        ('vnet_mod_register_multi(&m, ifp, "x")', Enroll("m", "frob.c:24", "ifp", '"x"')),
        ("vnet_mod_register_multi(&m, NULL, NULL)", Enroll("m", "frob.c:24")),
        ('vnet_mod_deregister_multi(&m, ifp, "x")', Enroll("m", "frob.c:24", "ifp", '"x"', True)),
    ],
)
def test_registering(call: str, node: Enroll) -> None:
    assert body(f"\t{call};") == (node,)


def test_another_call_registers_nothing() -> None:
    assert not any(isinstance(n, Enroll) for n in body("\tvnet_module_register(&vnet_frob_modinfo);"))
    assert any(isinstance(n, Call) for n in body("\tvnet_module_register(&vnet_frob_modinfo);"))


@pytest.mark.parametrize(
    ("text", "module"),
    [
        (
            "VNET_MOD_DECLARE(FROB, frob, frob_up, NULL, NET, NULL);",
            VnetModule("frob", "vnet_frob_modinfo", "VNET_MOD_FROB", "frob.c:20", 34, "VNET_MOD_NET", "frob_up", "", "vnet_frob"),
        ),
        (
            "VNET_MOD_DECLARE_STATELESS(OTHER, other, NULL, down, FROB);",
            VnetModule("other", "vnet_other_modinfo", "VNET_MOD_OTHER", "frob.c:20", -1, "VNET_MOD_FROB", "", "down", ""),
        ),
        (
            'static struct vnet_modinfo m = { VNET_MOD_FROB, VNET_MOD_NET, "frob", frob_up, NULL, sizeof(struct vnet_frob) };',
            VnetModule("frob", "m", "VNET_MOD_FROB", "frob.c:20", 34, "VNET_MOD_NET", "frob_up", "", "vnet_frob"),
        ),
        (
            'static struct vnet_modinfo m = { .vmi_name = "frob", .vmi_iattach = frob_up, down, .vmi_id = VNET_MOD_FROB };',
            VnetModule("frob", "m", "VNET_MOD_FROB", "frob.c:20", 34, "", "frob_up", "down", ""),
        ),
    ],
)  # fmt: skip
def test_declared_modules(text: str, module: VnetModule) -> None:
    assert modelled(text + "\n").vnet_modules == (module,)


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        (
            'SYSCTL_V_INT(V_NET, vnet_frob, _net_frob, OID_AUTO, ttl, CTLFLAG_RW, frob_ttl, 0, "");',
            Sysctl("_net_frob.ttl", "frob.c:20", "frob_ttl", vnet=True, named=True, writable=True),
        ),
        (
            'SYSCTL_V_INT(V_NET, vnet_frob, _net_frob, OID_AUTO, one, CTLFLAG_RD, frob_one, 0, "");',
            Sysctl("_net_frob.one", "frob.c:20", "frob_one"),
        ),
    ],
)
def test_sysctls_of_members_and_of_globals(text: str, leaf: Sysctl) -> None:
    assert modelled(f"{text}\nint frob_one;\n").sysctls == (leaf,)


@pytest.mark.parametrize("macro", ["SYSINIT", "SYSUNINIT"])
def test_slots_of_the_generalised_framework(macro: str) -> None:
    made = modelled(f"void\nup(void *a)\n{{\n}}\nVIMAGE_{macro}(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);\n")
    assert [(s.kind, s.function) for s in made.sysinits] == [(f"VNET_{macro}", "up")]


def test_slots_that_say_which_subsystem_they_are_of() -> None:
    slot = "VIMAGE_SYSINIT(&vnet_data, up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);"
    made = modelled(f"void\nup(void *a)\n{{\n}}\n{slot}\n")
    assert [(s.name, s.subsystem, s.order, s.function) for s in made.sysinits] == [
        ("up", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "up")
    ]


def test_members_of_two_containers_may_share_a_name() -> None:
    other = "struct vnet_more {\n\tint _frob_ttl;\n};\n#define\tV_more\tVSYM(vnet_more, frob_ttl)\n"
    made = modelled(other + "void\nf(void)\n{\n\tV_frob_ttl = V_more;\n}\n")
    assert {(v.name, v.container) for v in made.variables} == {
        ("frob_ttl", "vnet_more"),
        ("frob_ttl@vnet_frob", "vnet_frob"),
    }
