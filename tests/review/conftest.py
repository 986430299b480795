"""Reviews for tests: the small module of the verbs' tests, and sessions over it without a terminal."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pytest
from cases import read_files

from vport import dialect
from vport.plan import match
from vport.port import Port, port
from vport.review.hunks import Key
from vport.review.memory import Memory
from vport.review.planfile import PlanFile
from vport.review.session import Session

FILES = {
    "frob.c": b"""#include <sys/param.h>
#include "frob_var.h"

static int frob_ttl = 7;	/* hops */
int frob_count;
static int frob_limit;

static void
frob_note(void)
{
	frob_count++;
}

static void
frob_tick(void *arg)
{
	frob_note();
	callout_reset(&frob_timer, hz, frob_tick, NULL);
}

int
frob_input(int a)
{
	callout_reset(&frob_timer, hz, frob_tick, NULL);
	frob_count += a;
	return (frob_ttl - frob_limit);
}
""",
    "frob_var.h": b"extern int frob_count;\n",
    "user.c": b'#include "frob_var.h"\n\nint\nuser(void)\n{\n\treturn (frob_count);\n}\n',
}

PLAN = """# Whose it is.
version = 1
dialect = "freebsd-13"

[[variable]]
name = "frob_ttl"   # as in RFC 0
file = "frob.c"
decision = "virtualize"  # sure

[[variable]]
name = "frob_count"
file = "frob.c"
note = "counts"
decision = "virtualize"

# the last
[[variable]]
name = "frob_limit"
file = "frob.c"
decision = "virtualize"
why = ["scalar"]
note = ""
"""


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    path = tmp_path / "vport.toml"
    path.write_text(PLAN)
    return path


Opener = Callable[..., Session]


@pytest.fixture
def review(tmp_path: Path, plan_path: Path) -> Opener:
    """Open a review of some files; another call goes on with it, as another run would."""

    def opened(files: Mapping[str, bytes] = FILES, only: Collection[str] = ()) -> Session:
        read = read_files(files, tmp_path)
        plan = PlanFile(plan_path)

        def porter(chosen: Collection[Key], objects: Mapping[str, str]) -> Port:
            wanted = [v for v in read.tree.variables if v.key in set(chosen)]
            return port(read, wanted, dialect.load("freebsd-13"), objects=objects, life=True)

        memory = Memory(tmp_path / "memory", plan_path)
        return Session(read, plan, match(plan.plan, read, tmp_path), memory, porter, only)

    return opened
