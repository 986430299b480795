"""Variables and functions that share a name in C: the model keeps them apart, in its texts, lives and files."""

from pathlib import Path
from textwrap import dedent

import pytest
from helpers_model import walk

from vport.cache import Cache
from vport.model import build
from vport.modelfile.update import update
from vport.read import Reader
from vport.runtime import scenarios
from vport.runtime.faults import Kind
from vport.runtime.load_model import parse_model
from vport.runtime.model import Access, Branch, Call, Destroy, Init, Module, Register

ALIAS = "#include <net/vnet.h>\n#define V_m VNET(m)\nVNET_DEFINE_STATIC(struct mtx, m);\n"
EVENT = """
static int
event(module_t mod, int type, void *data)
{
\tswitch (type) {
\tcase MOD_LOAD:
\tcase MOD_UNLOAD:
\t\treturn (0);
\tdefault:
\t\treturn (EOPNOTSUPP);
\t}
}
static moduledata_t x_mod = { "x", event, NULL };
DECLARE_MODULE(x, x_mod, SI_SUB_PROTO_IF, SI_ORDER_FIRST);
"""


def made(options: dict[str, int] | None = None, **files: str) -> Module:
    """A module of some files, by their names without `.c`; `__` stands for a slash."""
    data = {f"{name.replace('__', '/')}.c": dedent(text).encode() for name, text in files.items()}
    return build(Reader(Cache(None), 1).read_data(Path("."), data, []), list(data), options=options)


def lock(name: str, down: str = "mtx_destroy(&V_m);") -> str:
    """A file with a per-vnet lock `m` that its own constructor sets up."""
    return (
        ALIAS
        + f'static void\n{name}_init(void *a)\n{{\n\tmtx_init(&V_m, "{name}", NULL, 0);\n}}\n'
        + f"VNET_SYSINIT({name}, SI_SUB_PROTO_IF, SI_ORDER_ANY, {name}_init, NULL);\n"
        + f"static void\n{name}_fini(void *a)\n{{\n\t{down}\n}}\n"
        + f"VNET_SYSUNINIT({name}, SI_SUB_PROTO_IF, SI_ORDER_ANY, {name}_fini, NULL);\n"
    )


def faults(module: Module) -> list[tuple[Kind, str, str]]:
    """What the bundled lives of jails and of unloading find."""
    found = [f for name in ("jails", "unload") for f in scenarios.run(module, name).faults]
    return sorted({(f.kind, f.at, f.variable) for f in found})


def names(module: Module) -> list[str]:
    return sorted(v.name for v in module.variables if v.name != "x_mod")


def test_statics_of_two_files_stand_with_their_files() -> None:
    assert names(made(a=lock("a"), b=lock("b"))) == ["m@a_c", "m@b_c"]


def test_noop_one_static_keeps_its_name() -> None:
    assert names(made(a=lock("a"), b="static int other;\n")) == ["m", "other"]


def test_noop_a_static_of_another_functions_name_keeps_its_name() -> None:
    text = "void\n{0}(void)\n{{\n\tstatic int n;\n\tn++;\n}}\n"
    assert names(made(a=text.format("f"), b=text.format("g"))) == ["f.n", "g.n"]


def test_files_of_one_name_stand_with_their_folders() -> None:
    found = names(made(one__x="static int n;\n", two__x="static int n;\n"))
    assert len(found) == 2 and found == ["n@two_x_c", "n@x_c"]


def test_what_others_can_see_keeps_its_name() -> None:
    assert names(made(a="int n;\n", b="static int n;\nint f(void) { return (n); }\n")) == ["n", "n@b_c"]


def test_every_text_says_which_is_meant() -> None:
    text = (
        ALIAS
        + "static struct callout c;\nvoid f(void *m2)\n{\n\tint x = 0;\n\tV_m = g(m2->m, &V_m);\n\tuse(&VNET(m), c, x);\n"
    )
    module = made(a=text + "}\n", b=ALIAS + "static struct callout c;\n")
    body = next(f for f in module.functions if f.name == "f").body
    calls = {n.name: n.arguments for n in walk(body) if isinstance(n, Call)}
    assert calls["use"] == ("&V_m@a_c", "c@a_c", "x")
    assert calls["g"] == ("m2->m", "&V_m@a_c")
    assert {n.variable for n in walk(body) if isinstance(n, Access)} == {"m@a_c", "c@a_c"}


def test_a_local_of_the_name_stays() -> None:
    text = "static int n;\nvoid f(int n)\n{\n\tuse(n);\n}\n"
    module = made(a=text, b="static int n;\n")
    body = next(f for f in module.functions if f.name == "f").body
    assert [n.arguments for n in walk(body) if isinstance(n, Call)] == [("n",)]


def test_holders_and_handlers_of_both_files() -> None:
    text = (
        "static struct callout c;\nstatic void tick(void *a) { }\n"
        "void {0}(void)\n{{\n\tcallout_init(&c, 1);\n\tcallout_reset(&c, 1, tick, &c);\n}}\n"
        "void {0}_end(void)\n{{\n\tcallout_drain(&c);\n}}\n"
    ).replace("{ }", "{{ }}")
    module = made(a=text.format("f"), b=text.format("g"))
    nodes = [n for f in module.functions for n in walk(f.body)]
    assert [n.holder for n in nodes if isinstance(n, Init)] == ["c@a_c", "c@b_c"]
    registered = [(n.function, n.holder, n.argument) for n in nodes if isinstance(n, Register)]
    assert registered == [("tick", "c@a_c", "&c@a_c"), ("tick@b_c", "c@b_c", "&c@b_c")]


def test_their_lives_are_their_own() -> None:
    assert faults(made(a=lock("a"), b=lock("b"), m=EVENT)) == []


@pytest.mark.parametrize(("left", "line"), [("a", "a.c:7"), ("b", "b.c:7")])
def test_the_one_that_is_left_behind_is_told(left: str, line: str) -> None:
    files = {name: lock(name, "(void)a;" if name == left else "mtx_destroy(&V_m);") for name in "ab"}
    assert faults(made(**files, m=EVENT)) == [(Kind.NEVER_TORN_DOWN, line, f"m@{left}_c")]


BRANCHES = """
#include <net/vnet.h>
#ifdef {0}
VNET_DEFINE_STATIC(struct if_clone *, cl);
#define V_cl VNET(cl)
#else
static struct if_clone *cl;
#define V_cl cl
#endif
static int make(struct if_clone *c, int u, caddr_t p) {{ return (0); }}
static void gone(struct ifnet *i) {{ }}
static void up(void *a)
{{
\tV_cl = if_clone_simple("x", make, gone, 0);
}}
VNET_SYSINIT(up, SI_SUB_PROTO_IF, SI_ORDER_ANY, up, NULL);
static void down(void *a)
{{
\tif_clone_detach(V_cl);
}}
VNET_SYSUNINIT(down, SI_SUB_PROTO_IF, SI_ORDER_ANY, down, NULL);
"""


def test_of_two_branches_the_one_counts_that_is_compiled() -> None:
    with_stacks = made(a=BRANCHES.format("VIMAGE"), m=EVENT)
    without = made(a=BRANCHES.format("HOP_OWN"), m=EVENT)
    assert [(v.name, v.per_vnet, v.at) for v in with_stacks.variables if v.name == "cl"] == [("cl", True, "a.c:4")]
    assert [(v.name, v.per_vnet, v.at) for v in without.variables if v.name == "cl"] == [("cl", False, "a.c:7")]
    assert faults(with_stacks) == []
    assert (Kind.SHARED_SET_UP_PER_VNET, "a.c:14", "cl") in faults(without)


def test_a_model_file_keeps_them_apart_and_a_persons_words() -> None:
    module = made(a=lock("a"), b=lock("b"), m=EVENT)
    text = update("", "x.py", module).text
    assert parse_model(text, "x.py") == module
    first, _, rest = text.partition('name="m@b_c"')
    edited = f'{first}name="m@b_c"{rest.replace("size=32", "size=48", 1)}'
    again = update(edited, "x.py", made(a=lock("a"), b="\n" + lock("b"), m=EVENT))
    sizes = {v.name: v.size for v in parse_model(again.text, "x.py").variables if v.per_vnet}
    assert sizes == {"m@a_c": 32, "m@b_c": 48}
    assert len(again.notes) <= 1


def test_a_second_of_the_name_is_no_heir_of_the_first() -> None:
    """What a person wrote about the only `m` is not said of another one that comes to stand before it."""
    text = update("", "x.py", made(b=lock("b"), m=EVENT)).text.replace("size=32", "size=48", 1)
    again = update(text, "x.py", made(a=lock("a"), b=lock("b"), m=EVENT))
    sizes = {v.name: v.size for v in parse_model(again.text, "x.py").variables if v.per_vnet}
    assert sizes == {"m": 48, "m@a_c": 32, "m@b_c": 32}
    assert any("nothing in the C answers to it" in note for note in again.notes)


def test_destroys_stand_with_their_files() -> None:
    module = made(a=lock("a"), b=lock("b"), m=EVENT)
    found = [n.holder for f in module.functions for n in walk(f.body) if isinstance(n, Destroy)]
    assert found == ["m@a_c", "m@b_c"]


def test_tables_of_one_name_keep_their_handlers() -> None:
    text = (
        "static void {0}(struct mbuf *m) {{ }}\n"
        'static {1}struct netisr_handler nh = {{ .nh_name = "{0}", .nh_handler = {0} }};\n'
        "void {0}_go(void)\n{{\n\tnetisr_register(&nh);\n}}\n"
    )
    for const in ("", "const "):
        module = made(a=text.format("f", const), b=text.format("g", const))
        nodes = [n for f in module.functions for n in walk(f.body)]
        assert [n.function for n in nodes if isinstance(n, Register)] == ["f", "g"]


def test_members_of_namesakes_are_told_apart() -> None:
    text = (
        "#include <net/vnet.h>\nVNET_DEFINE_STATIC(struct sc, s);\n#define V_s VNET(s)\n"
        "void {0}(void)\n{{\n\tif (V_s.ready && VNET(s).on)\n\t\tmtx_init(&V_s.lock, 0, 0, 0);\n}}\n"
    )
    module = made(a=text.format("f"), b=text.format("g"))
    nodes = [n for f in module.functions for n in walk(f.body)]
    assert [n.holder for n in nodes if isinstance(n, Init)] == ["s@a_c.lock", "s@b_c.lock"]
    parts = [[p.subject for p in n.condition.parts] for n in nodes if isinstance(n, Branch) and n.condition.parts]
    assert parts == [["V_s@a_c.ready", "V_s@a_c.on"], ["V_s@b_c.ready", "V_s@b_c.on"]]


SAME = """#include <net/vnet.h>
static struct if_clone hop = IFC_CLONE_INITIALIZER("hop", NULL, IF_MAXUNIT, NULL, match, create, destroy);
static int create(struct if_clone *c, int unit, caddr_t p) {{ return (0); }}
static int destroy(struct if_clone *c, struct ifnet *ifp) {{ return (0); }}
#ifdef VIMAGE
static VNET_DEFINE(struct if_clone, hop){0};
#define	V_hop	VNET(hop)
static void
up(const void *unused)
{{
	V_hop = hop;
	if_clone_attach(&V_hop);
}}
VNET_SYSINIT(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);
static void
down(const void *unused)
{{
	if_clone_detach(&V_hop);
}}
VNET_SYSUNINIT(down, SI_SUB_PSEUDO, SI_ORDER_ANY, down, NULL);
#endif
"""


@pytest.mark.parametrize(("value", "initial"), [("", "zero"), (" = { .ifc_create = create }", "address")])
def test_of_a_plain_and_a_per_vnet_one_of_a_name_the_latters_value_counts(value: str, initial: str) -> None:
    module = made(m=SAME.format(value) + EVENT)
    assert [(v.initial, v.per_vnet) for v in module.variables if v.name == "hop"] == [(initial, True)]
    found = {f.kind for name in scenarios.names(module) for f in scenarios.run(module, name, "2010").faults}
    assert found == ({Kind.ADDRESS_INITIAL} if value else set())


def test_without_VIMAGE_the_plain_one_is_all_there_is() -> None:
    module = made(m=SAME.format("") + EVENT, options={})
    assert [(v.initial, v.per_vnet) for v in module.variables if v.name == "hop"] == [("address", False)]


BLOCKS = """#include <net/vnet.h>
#define	LOCKED(x) mtx_lock(x); mtx_unlock(x)
static int
age(int way)
{{
	if (way) {{
		static struct mtx m;
		mtx_init(&m, "one", NULL, MTX_DEF);
		LOCKED(&m);
		mtx_destroy(&m);
	}} else {{
		static struct mtx m;
		{0}
		LOCKED(&m);
	}}
	return (0);
}}
static void
up(const void *unused)
{{
	age(0);
	age(1);
	age(1);
}}
SYSINIT(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);
"""


def test_statics_of_one_name_in_two_blocks_are_two() -> None:
    module = made(m=BLOCKS.format(""))
    assert {v.name for v in module.variables} == {"age.m", "age@2.m"}
    found = [n.variable for f in module.functions for n in walk(f.body) if isinstance(n, Access)]
    assert found == ["age.m"] * 4 + ["age@2.m"] * 2
    assert faults(module) == [(Kind.BEFORE_SET_UP, "m.c:14", "age@2.m")]


def test_noop_each_of_two_blocks_sets_up_its_own() -> None:
    assert faults(made(m=BLOCKS.format('mtx_init(&m, "two", NULL, MTX_DEF);'))) == []


def test_a_static_behind_an_inner_one_is_the_outer_again() -> None:
    text = "int f(void)\n{\n\tstatic int n;\n\tif (n) {\n\t\tstatic int n;\n\t\tn = 1;\n\t}\n\treturn (n = 2);\n}\n"
    body = next(f for f in made(m=text).functions if f.name == "f").body
    found = [(n.variable, n.how) for n in walk(body) if isinstance(n, Access)]
    assert found == [("f.n", "read"), ("f@2.n", "write"), ("f.n", "write")]
