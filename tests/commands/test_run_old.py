"""`vport run` of modules in old forms: the kernel they are for is chosen by what they are written in."""

import shutil
from pathlib import Path

import pytest

from commands.runner import Run, write_tree

CONTAINERS = """\
#include <sys/param.h>
#include <sys/vimage.h>

struct vnet_hop {
	struct mtx _hop_mtx;
};
#define	VNET_MOD_HOP		(VNET_MOD_DYNAMIC_START + 0)
#define	INIT_VNET_HOP(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_HOP, struct vnet_hop, vnet_hop)
#define	V_hop_mtx		VSYM(vnet_hop, hop_mtx)

static int
hop_iattach(const void *unused)
{
	INIT_VNET_HOP(curvnet);

	mtx_init(&V_hop_mtx, "hop", NULL, MTX_DEF);
	return (0);
}

VNET_MOD_DECLARE(HOP, hop, hop_iattach, NULL, NET, NULL);

static void
hop_register(void *arg)
{

	vnet_mod_register(&vnet_hop_modinfo);
}
SYSINIT(hop, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_register, NULL);
"""
GLOBALS = {
    "sys/vimage.h": "#define\tV_hop_n\thop_n\n#define\tINIT_VNET_HOP(vnet)\n",
    "hop.c": "#include <sys/vimage.h>\n\nint hop_n;\n\nstatic void\nhop_init(void *arg)\n{\n\tINIT_VNET_HOP(curvnet);\n\n"
    "\tV_hop_n = 1;\n}\nSYSINIT(hop, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_init, NULL);\n",
}
NINE = {
    "net/vnet.h": "#define\tVNET_DEFINE(t, n)\tt n\n#define\tSYSCTL_VNET_INT(a)\n",
    "hop.c": "#include <net/vnet.h>\n\nstatic void\nhop_init(void *arg)\n{\n}\n"
    "SYSINIT(hop, SI_SUB_FW, SI_ORDER_ANY, hop_init, NULL);\n",
}


def test_containers_run_in_a_kernel_of_2009(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": CONTAINERS})
    done = vport("run", "t", "--scenario", "jails")
    assert done.code == 1
    assert done.text.startswith("1 fault in scenario jails:\n\nhop.c:17: never-torn-down in vnet1")
    assert "vnet module hop" in done.text
    assert "hop_iattach(NULL)" in done.text


def test_without_vimage_a_module_of_containers_has_one_instance(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": CONTAINERS})
    done = vport("run", "t", "--scenario", "jails", "--build", "default")
    assert done.code == 0
    assert "vnet module" not in done.text
    assert done.text.count("mtx_init hop_mtx") == 1


def test_before_the_containers_there_was_one_stack(vport: Run, work: Path) -> None:
    write_tree(work / "t", GLOBALS)
    done = vport("run", "t", "--scenario", "jails")
    assert done.code == 0
    assert "constructor" not in done.text and "vnet1" not in done.text
    assert "write hop_n" in done.text


def test_headers_choose_the_release(vport: Run, work: Path) -> None:
    write_tree(work / "t", NINE)
    assert vport("run", "t", "--no-trace").code == 0
    asked = vport("run", "t", "--no-trace", "--release", "13")
    assert asked.code == 2
    assert "SI_SUB_FW is not in the SYSINIT table of release 13" in asked.talk


def test_a_model_of_containers_is_run_as_the_c(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": CONTAINERS})
    assert vport("model", "t", "-o", "m.py").code == 0
    assert "VnetModule(" in (work / "m.py").read_text()
    told = [vport("run", what, "--scenario", "jails").text for what in ("t", "m.py")]
    assert told[0] == told[1]


def test_no_native_kernel_of_2009(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": CONTAINERS})
    done = vport("run", "t", "--native")
    assert done.code == 2
    assert "--native has no kernel of 2009" in done.talk


@pytest.mark.parametrize("release", ["2010", "13"])
def test_a_person_may_choose_another(vport: Run, work: Path, release: str) -> None:
    write_tree(work / "t", {"hop.c": CONTAINERS})
    assert "vnet module hop" in vport("run", "t", "--scenario", "jails", "--release", release).text


TEN = {
    "sys/param.h": "#define\t__FreeBSD_version\t1000510\n",
    "net/vnet.h": "#define\tVNET_DEFINE(t, n)\tt n\n#define\tSYSCTL_VNET_INT(a)\n#define\tVNET_PCPUSTAT_DEFINE(t, n)\n",
    "mod/hop.c": "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <sys/counter.h>\n#include <sys/malloc.h>\n"
    "#include <net/vnet.h>\n\n"
    "struct hopstat {\n\tuint64_t hops_n;\n};\nVNET_PCPUSTAT_DEFINE(struct hopstat, hopstat);\n"
    "VNET_PCPUSTAT_SYSINIT(hopstat);\nVNET_PCPUSTAT_SYSUNINIT(hopstat);\n",
}


@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="no C compiler: apt install gcc")
@pytest.mark.parametrize("dialect", ["freebsd-10", "freebsd-9"])
def test_native_runs_have_the_headers_of_the_dialect(dialect: str, vport: Run, work: Path) -> None:
    nine = {
        name: text.replace("VNET_PCPUSTAT_DEFINE(t, n)", "X").replace("1000510", "900044") for name, text in TEN.items()
    }
    write_tree(work / "t", TEN if dialect == "freebsd-10" else nine)
    done = vport("run", "t", "--native", "--scenario", "unload")
    assert done.code == (0 if dialect == "freebsd-10" else 2), done.talk
    if dialect == "freebsd-9":
        assert "does not compile" in done.talk
