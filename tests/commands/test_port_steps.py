"""`vport port --step`: a series of patches, each on top of the one before."""

import subprocess
from pathlib import Path

import pytest

from commands.runner import Run, write_tree

FROB = b"""#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/sysctl.h>

static int frob_ttl = 7;

SYSCTL_DECL(_net);
SYSCTL_INT(_net, OID_AUTO, frob, CTLFLAG_RW, &frob_ttl, 0, "Hops");

int\tfrob_hops(void);

int
frob_hops(void)
{

\treturn (frob_ttl);
}
"""


@pytest.fixture
def tree(vport: Run, work: Path) -> Path:
    write_tree(work, {"frob.c": FROB})
    (work / "names").write_text("frob_ttl\n")
    assert vport("plan", ".", "--from-list", "names").code == 0
    return work


def patch(vport: Run, number: int) -> str:
    done = vport("port", ".", "--dialect", "vimage-2008", "--step", str(number))
    assert done.code == 0, done.talk
    return done.text


def apply(folder: Path, text: str) -> None:
    subprocess.run(["git", "apply", "-"], cwd=folder, input=text, text=True, check=True)


def test_patches_apply_one_after_the_other(vport: Run, tree: Path) -> None:
    first, second, third = (patch(vport, n) for n in (1, 2, 3))
    apply(tree, first)
    text = (tree / "frob.c").read_text()
    assert "static int frob_ttl = 7;\n#define\tV_frob_ttl\t\tfrob_ttl\n" in text
    assert "{\n\tINIT_VNET_FROB(curvnet);\n\n\treturn (V_frob_ttl);\n}" in text
    apply(tree, second)
    text = (tree / "frob.c").read_text()
    assert "static int frob_ttl;\n" in text
    assert "\tV_frob_ttl = 7;\n" in text
    apply(tree, third)
    text = (tree / "frob.c").read_text()
    assert "#ifndef VIMAGE_USE_STRUCTS\nstatic int frob_ttl;\n#endif\n" in text
    assert "struct vnet_frob {\n\tint _frob_ttl;\n};\n" in text


@pytest.mark.parametrize("number", [1, 2, 3])
def test_writing_goes_as_far_as_the_step(vport: Run, tree: Path, number: int) -> None:
    patches = [patch(vport, n) for n in range(1, number + 1)]
    assert vport("port", ".", "--dialect", "vimage-2008", "--step", str(number), "--write").code == 0
    written = (tree / "frob.c").read_bytes()
    (tree / "frob.c").write_bytes(FROB)
    for text in patches:
        apply(tree, text)
    assert (tree / "frob.c").read_bytes() == written


@pytest.mark.parametrize("dialect", ["vimage-structs", "freebsd-13"])
def test_noop_dialects_without_steps(vport: Run, tree: Path, dialect: str) -> None:
    done = vport("port", ".", "--dialect", dialect, "--step", "1")
    assert (done.code, done.text) == (2, "")
    assert "is reached in one step" in done.talk
    assert (tree / "frob.c").read_bytes() == FROB


def test_noop_a_step_too_far(vport: Run, tree: Path) -> None:
    done = vport("port", ".", "--dialect", "vimage-2008", "--step", "4")
    assert done.code == 2
    assert "has the steps 1 to 3" in done.talk
