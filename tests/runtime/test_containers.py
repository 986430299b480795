"""Modules of the containers in a whole kernel: who waits for whom, in which order stacks are made and go, storage."""

from pathlib import Path

import cases

from vport.model import build
from vport.runtime.faults import Kind, OldKind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module

MODULE = """
struct vnet_{name} {{
	int _{name}_n;
}};
#define	VNET_MOD_{upper}	(VNET_MOD_DYNAMIC_START + {number})
#define	INIT_VNET_{upper}(vnet)						\\
	INIT_FROM_VNET(vnet, VNET_MOD_{upper}, struct vnet_{name}, vnet_{name})
#define	V_{name}_n	VSYM(vnet_{name}, {name}_n)

static int
{name}_up(const void *unused)
{{
	INIT_VNET_{upper}(curvnet);

	V_{name}_n = 1;
	return (0);
}}

static int
{name}_down(const void *unused)
{{

	return (0);
}}

VNET_MOD_DECLARE({upper}, {name}, {name}_up, {name}_down, {depends}, NULL);
"""
EVENT = """
static int
{name}_modevent(module_t mod, int type, void *data)
{{

	switch (type) {{
	case MOD_LOAD:
{up}		return (0);
	case MOD_UNLOAD:
{down}		return (0);
	}}
	return (EOPNOTSUPP);
}}
static moduledata_t {name}_mod = {{ "{name}", {name}_modevent, NULL }};
DECLARE_MODULE({name}, {name}_mod, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY);
"""


def module(name: str, **depends: str) -> Module:
    """A loadable module of modules of containers: each with the one that it depends on, in order of registration."""
    numbers = {"base": 0, "mid": 1, "top": 2, "side": 3}
    parts = [MODULE.format(name=n, upper=n.upper(), number=numbers[n], depends=d) for n, d in depends.items()]
    up = "".join(f"\t\tvnet_mod_register(&vnet_{n}_modinfo);\n" for n in depends)
    down = "".join(f"\t\tvnet_mod_deregister(&vnet_{n}_modinfo);\n" for n in reversed(depends))
    c = "\n".join([*parts, EVENT.format(name=name, up=up, down=down)])
    return build(cases.read_files({f"{name}.c": c.encode()}, Path("sys")), name=name)


def made(kernel: Kernel, since: int = 0) -> list[str]:
    """Constructors and destructors of modules, in order: `base_up@1`."""
    told = [e for e in kernel.trace if e.what in ("constructor", "destructor") and "(" in e.text and e.step > since]
    return [f"{e.text.partition('(')[0]}@{e.vnet}" for e in told]


def booted(*modules: Module) -> Kernel:
    kernel = Kernel("2009")
    kernel.boot(*modules)
    return kernel


def test_new_stacks_are_made_in_the_order_of_registration_and_go_in_reverse() -> None:
    kernel = booted(module("frob", base="NET", top="BASE", mid="BASE"))
    assert made(kernel) == ["base_up@0", "top_up@0", "mid_up@0"]
    step = len(kernel.actions)
    jail = kernel.jail_create()
    kernel.jail_destroy(jail)
    assert made(kernel, step) == ["base_up@1", "top_up@1", "mid_up@1", "mid_down@1", "top_down@1", "base_down@1"]
    assert kernel.faults == []


def test_a_module_that_comes_later_is_made_for_every_stack_newest_first() -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.jail_create()
    kernel.load(module("frob", base="NET"))
    assert made(kernel) == ["base_up@2", "base_up@1", "base_up@0"]
    kernel.unload("frob")
    assert made(kernel)[3:] == ["base_down@2", "base_down@1", "base_down@0"]


def test_those_that_wait_are_completed_recursively() -> None:
    kernel = booted(module("frob", top="MID", mid="BASE", side="TOP", base="NET"))
    assert made(kernel) == ["base_up@0", "mid_up@0", "top_up@0", "side_up@0"]
    assert [e.text for e in kernel.trace if " waits for " in e.text] == [
        "top waits for VNET_MOD_MID",
        "mid waits for VNET_MOD_BASE",
        "side waits for VNET_MOD_TOP",
    ]
    step = len(kernel.actions)
    kernel.jail_create()
    assert made(kernel, step) == ["base_up@1", "mid_up@1", "top_up@1", "side_up@1"]
    assert kernel.faults == []


def test_modules_of_several_files_wait_for_each_other() -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.load(module("upper", top="MID"))
    kernel.load(module("middle", mid="BASE"))
    assert made(kernel) == []
    kernel.load(module("lower", base="NET"))
    assert made(kernel) == ["base_up@1", "base_up@0", "mid_up@1", "mid_up@0", "top_up@1", "top_up@0"]
    step = len(kernel.actions)
    kernel.jail_create()
    assert made(kernel, step) == ["base_up@2", "mid_up@2", "top_up@2"]
    assert kernel.faults == []


def test_who_waits_at_the_end_of_boot_panics_and_who_comes_later_does_not() -> None:
    static = booted(module("frob", top="MID"))
    assert [(f.kind, f.variable) for f in static.faults] == [(OldKind.WAITS, "vnet_top")]
    assert "top waits for VNET_MOD_MID" in static.faults[0].message
    later = booted()
    later.load(module("frob", top="MID"))
    assert later.faults == []
    assert made(later) == []


def test_files_of_the_kernel_complete_each_other_before_boot_ends() -> None:
    kernel = booted(module("upper", top="BASE"), module("lower", base="NET"))
    assert sorted(made(kernel)) == ["base_up@0", "top_up@0"]
    assert made(kernel)[0] == "base_up@0"
    assert kernel.faults == []


def test_an_identifier_of_another_file_is_taken() -> None:
    kernel = booted()
    kernel.load(module("one", base="NET"))
    other = module("two", mid="NET")
    clash = [m for m in other.vnet_modules if m.number == 33]
    assert len(clash) == 1
    kernel.load(module("again", side="NET"))
    assert kernel.faults == []
    twice = build(
        cases.read_files(
            {"x.c": MODULE.format(name="late", upper="LATE", number=0, depends="NET").encode()}, Path("sys")
        ),
        name="late",
    )
    kernel.load(twice)
    assert [f.kind for f in kernel.faults] == [OldKind.NUMBER]
    assert "VNET_MOD_LATE and VNET_MOD_BASE are both 32" in kernel.faults[0].message


def test_one_that_stays_registered_is_found_when_its_file_goes() -> None:
    frob = module("frob", base="NET")
    c = EVENT.format(name="frob", up="\t\tvnet_mod_register(&vnet_base_modinfo);\n", down="")
    kept = MODULE.format(name="base", upper="BASE", number=0, depends="NET")
    kernel = booted()
    kernel.load(build(cases.read_files({"frob.c": (kept + c).encode()}, Path("sys")), name="frob"))
    kernel.unload("frob")
    assert [f.kind for f in kernel.faults] == [OldKind.LEFT]
    clean = booted()
    clean.load(frob)
    clean.unload("frob")
    assert clean.faults == []


def test_constructors_are_called_once_without_vimage() -> None:
    kernel = Kernel("2009", vimage=False)
    kernel.boot()
    kernel.load(module("frob", top="MID", base="NET"))
    kernel.jail_create()
    kernel.unload("frob")
    assert made(kernel) == ["top_up@-1", "base_up@-1", "base_down@-1", "top_down@-1"]
    assert kernel.faults == []


def test_a_hand_written_modinfo_is_the_same_as_a_declared_one() -> None:
    written = """
static const struct vnet_modinfo vnet_base_modinfo = {
	.vmi_id		= VNET_MOD_BASE,
	.vmi_dependson	= VNET_MOD_NET,
	.vmi_name	= "base",
	.vmi_iattach	= base_up,
	.vmi_idetach	= base_down,
	.vmi_struct_size = sizeof(struct vnet_base),
};
"""
    text = MODULE.format(name="base", upper="BASE", number=0, depends="NET")
    declared = build(cases.read_files({"a.c": text.encode()}, Path("sys"))).vnet_modules[0]
    at = text.index("VNET_MOD_DECLARE")
    (found,) = build(cases.read_files({"a.c": (text[:at] + written).encode()}, Path("sys"))).vnet_modules
    assert (found.identifier, found.number, found.depends, found.attach, found.detach, found.container) == (
        declared.identifier,
        declared.number,
        declared.depends,
        declared.attach,
        declared.detach,
        declared.container,
    )
    assert (found.number, found.container) == (32, "vnet_base")


def test_a_timer_without_a_stack_takes_no_base() -> None:
    text = MODULE.format(name="base", upper="BASE", number=0, depends="NET").replace(
        "V_base_n = 1;", "callout_reset(&base_timer, hz, base_tick, NULL);"
    )
    tick = "static struct callout base_timer;\nstatic void\nbase_tick(void *arg)\n{\n\tINIT_VNET_BASE(curvnet);\n\n\tV_base_n++;\n}\n"
    event = EVENT.format(name="frob", up="\t\tvnet_mod_register(&vnet_base_modinfo);\n", down="")
    cut = text.index("static int\nbase_up")
    c = text[:cut] + tick + text[cut:] + event
    kernel = booted()
    kernel.load(build(cases.read_files({"frob.c": c.encode()}, Path("sys")), name="frob"))
    kernel.tick()
    assert [(f.kind, f.variable) for f in kernel.faults] == [(Kind.NO_CONTEXT, "vnet_base")]
