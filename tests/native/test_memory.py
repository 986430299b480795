"""Real memory: stacks do not share any, and what is lost or used after its end is told by both runtimes."""

import re
from pathlib import Path

import batch
import pytest

from vport.runtime import scenarios
from vport.runtime.faults import Fault, Kind, NativeKind
from vport.runtime.kernel import Kernel
from vport.runtime.native import drive
from vport.runtime.native.build import Build
from vport.runtime.native.drive import Life

HEAD = """\
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/module.h>
#include <sys/malloc.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/sysctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/vnet.h>

static MALLOC_DEFINE(M_FROB, "frob", "what frob allocates");
VNET_DEFINE_STATIC(int, frob_count);
#define V_frob_count VNET(frob_count)
VNET_DEFINE_STATIC(int *, frob_table);
#define V_frob_table VNET(frob_table)
VNET_DEFINE_STATIC(struct mtx, frob_mtx);
#define V_frob_mtx VNET(frob_mtx)
static int *frob_shared;
"""
TAIL = """
static moduledata_t frob_mod = { "frob", frob_modevent, NULL };
DECLARE_MODULE(frob, frob_mod, SI_SUB_PSEUDO, SI_ORDER_FIRST);
"""
QUIET = """
static int
frob_modevent(module_t mod, int type, void *data)
{

	return (type == MOD_LOAD || type == MOD_UNLOAD ? 0 : EOPNOTSUPP);
}
"""
SHOW = """
static int
frob_show(SYSCTL_HANDLER_ARGS)
{

	V_frob_count++;
	printf("count %d at %p\\n", V_frob_count, &V_frob_count);
	return (0);
}
SYSCTL_PROC(_net, OID_AUTO, frob,
    CTLFLAG_VNET | CTLTYPE_INT | CTLFLAG_RD | CTLFLAG_MPSAFE, NULL, 0,
    frob_show, "I", "Count once more");
"""
SET_UP = """
static void
frob_init(const void *unused)
{

	V_frob_table = malloc(64, M_FROB, M_WAITOK | M_ZERO);
}
VNET_SYSINIT(frob_init, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);
"""
TEAR_DOWN = """
static void
frob_uninit(const void *unused)
{

	free(V_frob_table, M_FROB);
}
VNET_SYSUNINIT(frob_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_uninit, NULL);
"""
FREED_EARLY = """
static int
frob_modevent(module_t mod, int type, void *data)
{

	switch (type) {
	case MOD_LOAD:
		frob_shared = malloc(64, M_FROB, M_WAITOK | M_ZERO);
		return (0);
	case MOD_UNLOAD:
		free(frob_shared, M_FROB);
		return (0);
	default:
		return (EOPNOTSUPP);
	}
}

static void
frob_uninit(const void *unused)
{

	frob_shared[1]++;
}
VNET_SYSUNINIT(frob_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_uninit, NULL);
"""
NO_DESTROY = """
static void
frob_init(const void *unused)
{

	mtx_init(&V_frob_mtx, "frob", NULL, MTX_DEF);
}
VNET_SYSINIT(frob_init, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);
"""
NO_STACK = """
static void
frob_tick(void *arg)
{

	V_frob_count++;
}

static struct callout frob_callout;

static void
frob_init(const void *unused)
{

	callout_init(&frob_callout, 1);
	callout_reset(&frob_callout, hz, frob_tick, NULL);
}
SYSINIT(frob_init, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);

static void
frob_uninit(const void *unused)
{

	callout_drain(&frob_callout);
}
SYSUNINIT(frob_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_uninit, NULL);
"""
TWICE = """
static void
frob_uninit(const void *unused)
{

	free(V_frob_table, M_FROB);
	free(V_frob_table, M_FROB);
}
VNET_SYSUNINIT(frob_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_uninit, NULL);
"""


def both(text: str, scenario: str, folder: Path, vimage: bool = True) -> tuple[list[Fault], Life]:
    """The faults of the Python runtime, and the native life."""
    kernel = scenarios.run(batch.model({"frob.c": text.encode()}), scenario, "13", vimage)
    toolchain = batch.compiler()
    assert toolchain is not None
    program = batch.many({"frob": text}, Build(toolchain, vimage, cache=batch.CACHE), folder)
    return kernel.faults, drive.live(program, kernel.actions)


def place(text: str, line: str) -> str:
    """The last line that holds a text."""
    return f"frob.c:{max(i for i, other in enumerate(text.split(chr(10)), 1) if line in other)}"


@batch.needs_compiler
def test_two_jails_have_memory_of_their_own(tmp_path: Path) -> None:
    text = HEAD + SHOW + QUIET + TAIL
    kernel = Kernel("13")
    kernel.boot()
    kernel.load(batch.model({"frob.c": text.encode()}))
    threads = [0, *(kernel.thread_create(kernel.jail_create()) for _ in range(2))]
    for thread in (*threads, threads[1], threads[1]):
        kernel.sysctl_read("net.frob", thread)
    toolchain = batch.compiler()
    assert toolchain is not None
    program = batch.many({"frob": text}, Build(toolchain, True, cache=batch.CACHE), tmp_path)
    said = re.findall(r"count (\d+) at (\S+)", drive.live(program, kernel.actions).said)
    assert [number for number, _ in said] == ["1", "1", "1", "2", "3"]
    addresses = [address for _, address in said]
    assert len({*addresses[:3]}) == 3
    assert addresses[3:] == [addresses[1]] * 2


@batch.needs_compiler
@pytest.mark.parametrize("vimage", [True, False], ids=["vimage", "default"])
def test_what_is_right_has_no_fault(vimage: bool, tmp_path: Path) -> None:
    python, life = both(HEAD + SET_UP + TEAR_DOWN + QUIET + TAIL, "unload", tmp_path, vimage)
    assert python == []
    assert life.faults == []
    assert life.status == 0


SEEDED = {
    "leak": (SET_UP + QUIET, "jails", "malloc(64", Kind.NEVER_TORN_DOWN, {Kind.NEVER_TORN_DOWN}),
    "lock": (NO_DESTROY + QUIET, "jails", "mtx_init", Kind.NEVER_TORN_DOWN, {Kind.NEVER_TORN_DOWN}),
    "used after unload": (
        FREED_EARLY,
        "unload",
        "frob_shared[1]++",
        Kind.UNLOAD_FREES,
        {NativeKind.MEMORY, Kind.AFTER_TEAR_DOWN},
    ),
    "freed twice": (
        SET_UP + TWICE + QUIET,
        "jails",
        "free(V_frob_table",
        Kind.TORN_DOWN_TWICE,
        {NativeKind.MEMORY, Kind.TORN_DOWN_TWICE},
    ),
    "no stack": (
        NO_STACK + QUIET,
        "jails",
        "V_frob_count++",
        Kind.NO_CONTEXT,
        {Kind.NO_CONTEXT, NativeKind.PAGE_FAULT},
    ),
}


@batch.needs_compiler
@pytest.mark.parametrize("name", SEEDED)
def test_both_runtimes_find_what_is_seeded(name: str, tmp_path: Path) -> None:
    body, scenario, line, kind, native_kinds = SEEDED[name]
    text = HEAD.replace("#include <sys/sysctl.h>", "#include <sys/callout.h>\n#include <sys/sysctl.h>") + body + TAIL
    python, life = both(text, scenario, tmp_path)
    assert (kind, place(text, line)) in [(f.kind, f.at) for f in python]
    found = [(f.kind, f.at) for f in life.faults]
    assert any(k in native_kinds and at == place(text, line) for k, at in found), (found, life.said)
