"""Cloners of releases before 10: objects that a macro defines or initialises, and if_clone_attach takes."""

import pytest
from helpers_model import model, walk

from vport.runtime import scenarios
from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module, Register

HANDLERS = """
static int
hop_clone_create(struct if_clone *ifc, int unit, caddr_t params)
{
	return (0);
}
static void
hop_clone_destroy(struct ifnet *ifp)
{
}
"""
SIMPLE = HANDLERS + "IFC_SIMPLE_DECLARE(hop, 0);\n"
TABLE = (
    HANDLERS
    + "static struct if_clone hop_cloner = IFC_CLONE_INITIALIZER(\n"
    + '    "hop", NULL, IF_MAXUNIT, NULL, hop_match, hop_clone_create, hop_clone_destroy);\n'
)
EVENT = """
static int
hop_event(module_t mod, int type, void *data)
{{
	switch (type) {{
	case MOD_LOAD:
		{0}
		return (0);
	case MOD_UNLOAD:
		{1}
		return (0);
	default:
		return (EOPNOTSUPP);
	}}
}}
static moduledata_t hop_mod = {{ "hop", hop_event, NULL }};
DECLARE_MODULE(hop, hop_mod, SI_SUB_PSEUDO, SI_ORDER_ANY);
"""
OWN = """
#include <net/vnet.h>
static VNET_DEFINE(struct if_clone, own_cloner);
#define	V_own_cloner	VNET(own_cloner)
static void
own_init(const void *unused)
{
	V_own_cloner = hop_cloner;
	if_clone_attach(&V_own_cloner);
}
VNET_SYSINIT(own_init, SI_SUB_PSEUDO, SI_ORDER_ANY, own_init, NULL);
static void
own_uninit(const void *unused)
{
	if_clone_detach(&V_own_cloner);
}
VNET_SYSUNINIT(own_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, own_uninit, NULL);
"""


def attached(module: Module) -> list[tuple[str, str, str]]:
    nodes = (n for f in module.functions for n in walk(f.body))
    return [(n.kind, n.function, n.holder) for n in nodes if isinstance(n, Register)]


@pytest.mark.parametrize("declared", [SIMPLE, TABLE], ids=["macro", "table"])
def test_the_functions_of_the_object_are_registered(declared: str) -> None:
    module = model(declared + EVENT.format("if_clone_attach(&hop_cloner);", "if_clone_detach(&hop_cloner);"))
    assert attached(module) == [
        ("cloner", "hop_clone_create", "hop_cloner"),
        ("cloner", "hop_clone_destroy", "hop_cloner"),
    ]
    cloner = next(v for v in module.variables if v.name == "hop_cloner")
    assert (cloner.type, cloner.per_vnet) == ("struct if_clone", False)
    assert scenarios.run(module, "unload", "2010").faults == []


@pytest.mark.parametrize("declared", [SIMPLE, TABLE], ids=["macro", "table"])
def test_one_that_is_left_behind_is_told(declared: str) -> None:
    module = model(declared + EVENT.format("if_clone_attach(&hop_cloner);", ""))
    found = scenarios.run(module, "unload", "2010").faults
    assert [(f.kind, f.variable) for f in found] == [(Kind.HANDLER_LEFT, "hop_cloner")]


def test_a_clone_runs_its_functions() -> None:
    module = model(SIMPLE + EVENT.format("if_clone_attach(&hop_cloner);", "if_clone_detach(&hop_cloner);"))
    kernel = Kernel("2010")
    kernel.boot()
    kernel.load(module)
    kernel.interface_create("clone")
    kernel.unload(module)
    called = [e.text.partition("(")[0] for e in kernel.trace if e.text.startswith("hop_clone_")]
    assert called == ["hop_clone_create", "hop_clone_destroy"]


def test_a_copy_for_each_stack_is_one_stacks_own() -> None:
    module = model(SIMPLE + OWN + EVENT.format("", ""))
    assert attached(module) == [
        ("cloner", "hop_clone_create", "own_cloner"),
        ("cloner", "hop_clone_destroy", "own_cloner"),
    ]
    for name in scenarios.names(module):
        assert scenarios.run(module, name, "2010").faults == []


def test_a_copy_that_a_stack_leaves_attached_is_told() -> None:
    text = OWN.replace("if_clone_detach(&V_own_cloner);", "")
    found = scenarios.run(model(SIMPLE + text + EVENT.format("", "")), "jails", "2010").faults
    assert {(f.kind, f.variable) for f in found} >= {(Kind.HANDLER_LEFT, "own_cloner")}
