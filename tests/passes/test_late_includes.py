"""A file that gets nothing but a context includes the header of its macros; one whose headers bring it does not."""

import pytest
from cases import run_port

STATE = b'#include <sys/param.h>\n#include "frob.h"\n\nstatic int frob_n;\n\nvoid\nfrob_note(void)\n{\n\tfrob_n++;\n}\n'
INPUT = b"""#include <sys/param.h>
#include <sys/systm.h>
%s#include "frob.h"

static void
frob_input(struct ifnet *ifp, struct mbuf *m)
{

	frob_note();
	m_freem(m);
}

void
frob_attach(struct ifnet *ifp)
{

	ifp->if_input = frob_input;
}
"""
FILES = {"frob.h": b"void frob_note(void);\n", "frob.c": STATE, "frob_input.c": INPUT % b""}
WANTED = {("frob.c", "", "frob_n")}


def test_a_context_brings_its_header() -> None:
    after = run_port(FILES, WANTED, "freebsd-13", life=True).after["frob_input.c"]
    assert b"CURVNET_SET(" in after
    assert b"#include <sys/systm.h>\n\n#include <net/vnet.h>\n" in after


@pytest.mark.parametrize("header", [b"#include <net/vnet.h>\n", b"#include <net/if_var.h>\n"])
def test_noop_a_header_that_is_there(header: bytes) -> None:
    after = run_port({**FILES, "frob_input.c": INPUT % header}, WANTED, "freebsd-13", life=True).after["frob_input.c"]
    assert b"CURVNET_SET(" in after
    assert after.count(b"#include <net/") == 1


def test_noop_without_contexts() -> None:
    assert run_port(FILES, WANTED, "freebsd-13").after["frob_input.c"] == FILES["frob_input.c"]
