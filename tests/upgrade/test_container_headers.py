"""Containers in a header for the purpose, `vhop.h` beside `hop_var.h`, as the instructions of 2008 and 2009 have it."""

from pathlib import Path

import cases
import pytest
from dialects import matrix

from upgrade.upgrading import left, upgraded

HEADER = """\
#ifndef _NETINET_HOP_VAR_H_
#define	_NETINET_HOP_VAR_H_

struct hop {
	int	ttl;
};

#ifdef VIMAGE_GLOBALS
extern int hop_ttl;
extern int hop_limit;
#endif

int	hop_input(struct hop *);

#endif
"""

CONTAINER = """\
#ifndef _NETINET_VHOP_H_
#define	_NETINET_VHOP_H_

#include <netinet/hop_var.h>

struct vnet_hop {
	int	_hop_ttl;
	int	_hop_limit;
	int	_hop_drops;
};

#ifndef VIMAGE
#ifndef VIMAGE_GLOBALS
extern struct vnet_hop vnet_hop_0;
#endif
#endif

#define	VNET_MOD_HOP		VNET_MOD_DYNAMIC_START
#define	INIT_VNET_HOP(vnet) \\
	INIT_FROM_VNET(vnet, VNET_MOD_HOP, struct vnet_hop, vnet_hop)
#define	VNET_HOP(sym)		VSYM(vnet_hop, sym)

#define	V_hop_drops		VNET_HOP(hop_drops)
#define	V_hop_limit		VNET_HOP(hop_limit)
#define	V_hop_ttl		VNET_HOP(hop_ttl)

#endif
"""

SOURCE = """\
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/sysctl.h>
#include <sys/vimage.h>

#include <netinet/hop_var.h>
#include <netinet/vhop.h>

#ifdef VIMAGE_GLOBALS
int hop_ttl;
int hop_limit;
static int hop_drops;
#endif

#ifndef VIMAGE
#ifndef VIMAGE_GLOBALS
struct vnet_hop vnet_hop_0;
#endif
#endif

SYSCTL_DECL(_net_inet);
SYSCTL_V_INT(V_NET, vnet_hop, _net_inet, OID_AUTO, hop_ttl, CTLFLAG_RW,
    hop_ttl, 0, "");

int
hop_input(struct hop *h)
{
	INIT_VNET_HOP(curvnet);

	if (h->ttl > V_hop_limit) {
		V_hop_drops++;
		return (-1);
	}
	return (V_hop_ttl);
}

static int
vnet_hop_iattach(const void *unused __unused)
{
	INIT_VNET_HOP(curvnet);

	V_hop_ttl = 7;
	V_hop_limit = 64;
	return (0);
}
#ifdef VIMAGE
VNET_MOD_DECLARE(HOP, hop, vnet_hop_iattach, NULL, NET, NULL);
#endif

static void
hop_init(void *unused __unused)
{

#ifdef VIMAGE
	vnet_mod_register(&vnet_hop_modinfo);
#else
	vnet_hop_iattach(NULL);
#endif
}
SYSINIT(hop, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_init, NULL);
"""

USER = """\
#include <sys/param.h>
#include <sys/vimage.h>

#include <netinet/hop_var.h>
#include <netinet/vhop.h>

int	hop_output(struct hop *);

int
hop_output(struct hop *h)
{
	INIT_VNET_HOP(curvnet);

	return (h->ttl < V_hop_limit);
}
"""

TREE = {
    "netinet/hop_var.h": HEADER.encode(),
    "netinet/vhop.h": CONTAINER.encode(),
    "netinet/hop.c": SOURCE.encode(),
    "netinet/hop_out.c": USER.encode(),
}
GUARD = "#ifndef _NETINET_VHOP_H_\n#define\t_NETINET_VHOP_H_\n\n#include <netinet/hop_var.h>\n\n#endif\n"


@pytest.mark.parametrize("target", ["freebsd-13", "freebsd-9", "plain"])
def test_its_header_is_emptied_and_listed(target: str) -> None:
    files, found = upgraded(TREE, target)
    assert files["netinet/vhop.h"].decode() == GUARD
    assert [(f.file, f.line, f.kind) for f in found] == [("netinet/vhop.h", 1, "header-left")]
    assert upgraded(files, target) == (files, [])


def test_what_it_held_stands_where_it_was_declared() -> None:
    files, _ = upgraded(TREE, "freebsd-13")
    assert "VNET_DEFINE(int, hop_ttl) = 7;\nVNET_DEFINE(int, hop_limit) = 64;\n" in files["netinet/hop.c"].decode()
    assert "VNET_DEFINE_STATIC(int, hop_drops);\n" in files["netinet/hop.c"].decode()
    assert "VNET_DECLARE(int, hop_ttl);\nVNET_DECLARE(int, hop_limit);\n" in files["netinet/hop_var.h"].decode()
    assert not [word for text in files.values() for word in (b"INIT_VNET", b"VSYM", b"_modinfo") if word in text]


@cases.needs_cc
@pytest.mark.parametrize("build", [("-DVIMAGE",), ()])
def test_it_compiles_before_and_after(build: tuple[str, ...], tmp_path: Path) -> None:
    for dialect, files in (("vimage-structs", TREE), ("freebsd-13", upgraded(TREE, "freebsd-13")[0])):
        names = matrix.write(tmp_path / dialect, files)
        assert matrix.diagnostics(tmp_path / dialect, names, dialect, build) == ""


@pytest.mark.parametrize("kept", ["#define\tHOP_MAX\t3", "struct hop;", "int\thop_route(void);"])
def test_noop_a_header_with_more_stays(kept: str) -> None:
    more = CONTAINER.replace("struct vnet_hop {", f"{kept}\nstruct vnet_hop {{", 1)
    files, found = upgraded({**TREE, "netinet/vhop.h": more.encode()}, "freebsd-13")
    assert found == []
    assert kept.encode() in files["netinet/vhop.h"]


def test_noop_a_header_that_had_nothing() -> None:
    assert left("int x;\n") == []
    empty = {"a.h": b"#ifndef A\n#define A\n#include <sys/vimage.h>\n#endif\n", "a.c": b'#include "a.h"\n'}
    assert upgraded(empty, "freebsd-13")[1] == []
