"""`vport run --native`: the same formats and exit codes, from compiled C."""

import json
import shutil
from pathlib import Path

import pytest

from commands.runner import Run
from vport.runtime.native import toolchain

HEAD = """\
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/module.h>
#include <sys/mutex.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/vnet.h>

VNET_DEFINE_STATIC(struct mtx, hop_mtx);
#define	V_hop_mtx	VNET(hop_mtx)

static void
hop_init(const void *unused)
{

	mtx_init(&V_hop_mtx, "hop", NULL, MTX_DEF);
}
VNET_SYSINIT(hop_init, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_init, NULL);

static moduledata_t hop_mod = { "hop", NULL, NULL };
DECLARE_MODULE(hop, hop_mod, SI_SUB_PSEUDO, SI_ORDER_FIRST);
"""
MENDED = (
    HEAD
    + """
static void
hop_uninit(const void *unused)
{

	mtx_destroy(&V_hop_mtx);
}
VNET_SYSUNINIT(hop_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_uninit, NULL);
"""
)
needs_cc = pytest.mark.skipif(
    not any(map(shutil.which, toolchain.CANDIDATES)), reason="no C compiler: install gcc or clang (apt install gcc)"
)


@pytest.fixture
def hop(work: Path) -> Path:
    (work / "hop.c").write_text(HEAD)
    return work / "hop.c"


@needs_cc
def test_faults_come_first_and_exit_1(vport: Run, hop: Path) -> None:
    done = vport("run", "--native", "hop.c", "--scenario", "jails")
    assert done.code == 1
    first, rest = done.text.split("\n\n", 1)
    assert first == "1 fault in scenario jails:"
    assert rest.startswith("hop.c:18: never-torn-down")
    assert "again by: boot(); " in rest and "scenario jails:\nSTEP" in rest
    assert done.talk == (
        "hop: 1 scenario, 1 fault  Next: vport run hop.c --native --scenario jails "
        "--timeline life.svg draws how it came to that\n"
    )


@needs_cc
@pytest.mark.parametrize("build", ["vimage", "default"])
def test_what_is_right_exits_0(vport: Run, hop: Path, build: str) -> None:
    hop.write_text(MENDED)
    done = vport("run", "--native", "hop.c", "--no-trace", "--build", build)
    assert (done.code, done.text) == (0, "")
    assert done.talk == "hop: 7 scenarios without a fault\n"


@needs_cc
def test_json_has_faults_and_trace(vport: Run, hop: Path) -> None:
    done = vport("run", "--native", "hop.c", "--scenario", "jails", "--format", "json")
    (scenario,) = json.loads(done.text)["scenarios"]
    assert [f["at"] for f in scenario["faults"]] == ["hop.c:18"]
    assert {"what": "init", "text": "mtx_init hop_mtx", "at": "hop.c:18", "vnet": 1, "step": 4} in scenario["trace"]


@needs_cc
def test_c_that_does_not_compile_is_told_in_the_compilers_words(vport: Run, hop: Path) -> None:
    hop.write_text(HEAD.replace('"hop", NULL, MTX_DEF', '"hop", NULL, MTX_NO_SUCH'))
    done = vport("run", "--native", "hop.c")
    assert done.code == 2
    assert "hop.c does not compile natively" in done.talk
    assert "MTX_NO_SUCH" in done.talk


@needs_cc
def test_what_nobody_defines_is_told(vport: Run, hop: Path) -> None:
    calls = "int\thop_elsewhere(void);\n" + MENDED.replace("\tmtx_destroy", "\t(void)hop_elsewhere();\n\tmtx_destroy")
    hop.write_text(calls)
    done = vport("run", "--native", "hop.c", "--scenario", "jails")
    assert done.code == 0
    assert "hop_elsewhere" in done.talk


def test_no_compiler_says_what_to_install(vport: Run, hop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(hop.parent))
    monkeypatch.delenv("CC", raising=False)
    done = vport("run", "--native", "hop.c")
    assert done.code == 2
    assert "no C compiler" in done.talk and "install" in done.talk


def test_compiler_that_does_not_exist(vport: Run, hop: Path) -> None:
    done = vport("run", "--native", "--cc", "no-such-cc", "hop.c")
    assert done.code == 2
    assert "no-such-cc cannot be started" in done.talk


def test_compiler_without_native(vport: Run, hop: Path) -> None:
    done = vport("run", "--cc", "cc", "hop.c")
    assert done.code == 2
    assert "--native" in done.talk


def test_model_file_is_no_c(vport: Run, work: Path) -> None:
    (work / "m.py").write_text("")
    done = vport("run", "--native", "m.py")
    assert done.code == 2
    assert "m.py: --native compiles C" in done.talk
