"""What the tests of the verbs share: a cache of their own, a small tree, and runs."""

import functools
from pathlib import Path

import pytest

from commands.runner import Run, run_here, write_tree

FILES = {
    "frob.c": (
        '#include <sys/param.h>\n#include <sys/sysctl.h>\n#include "frob_var.h"\n\n'
        "static int frob_ttl = 7;\nint frob_count;\nstatic const int frob_max = 9;\n"
        'SYSCTL_INT(_net_inet, OID_AUTO, frobttl, CTLFLAG_RW,\n    &frob_ttl, 0, "Time to live");\n\n'
        "int\nfrob_input(int a)\n{\n\tstatic int calls;\n\n\tcalls++;\n\tfrob_count += a;\n"
        "\treturn (frob_ttl - calls);\n}\n"
    ),
    "frob_var.h": "extern int frob_count;\n",
    "user.c": '#include "frob_var.h"\n\nint\nuser(void)\n{\n\treturn (frob_count);\n}\n',
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VPORT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    for name in ("NO_COLOR", "COLUMNS", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def tree(work: Path) -> Path:
    """A small module in ./t."""
    return write_tree(work / "t", FILES)


@pytest.fixture
def vport(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`vport ARGUMENT...` in this process."""
    return functools.partial(run_here, monkeypatch)


PLAN = """version = 1
dialect = "freebsd-13"

[[variable]]
name = "frob_ttl"
file = "t/frob.c"
decision = "virtualize"

[[variable]]
name = "frob_count"
file = "t/frob.c"
decision = "virtualize"

[[variable]]
name = "calls"
file = "t/frob.c"
function = "frob_input"
decision = "share"
"""


@pytest.fixture
def plan(work: Path) -> Path:
    """A plan for the small module, in ./vport.toml."""
    path = work / "vport.toml"
    path.write_text(PLAN)
    return path
