"""What old dialects write beyond words, one situation each: what fires, and near twins that must not."""

from collections.abc import Mapping

import cases
import pytest

HEAD = "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <sys/sysctl.h>\n\n"
STATIC = HEAD + "static int frob_ttl = 7;\n\nint\nfrob_get(void)\n{\n\n\treturn (frob_ttl);\n}\n"


def run(text: str | Mapping[str, str], names: str, dialect: str = "vimage-structs", life: bool = True) -> cases.Run:
    """The port of the variables `names` of a file, or of several, wherever they are."""
    files = {"frob.c": text} if isinstance(text, str) else text
    data = {name: one.encode() for name, one in files.items()}
    keys = {v.key for v in cases.read_files(data).tree.variables if v.name in names.split()}
    return cases.run_port(data, keys, dialect, life)


def after(text: str, names: str, dialect: str = "vimage-structs", life: bool = True) -> str:
    return run(text, names, dialect, life).after["frob.c"].decode()


def kinds(text: str | Mapping[str, str], names: str, dialect: str = "vimage-structs") -> list[tuple[str, str]]:
    return [(f.kind, f.variable) for f in run(text, names, dialect).port.findings]


def test_whole_module_of_2009() -> None:
    assert after(STATIC, "frob_ttl") == (
        "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <sys/sysctl.h>\n#include <sys/vimage.h>\n\n"
        "#ifdef VIMAGE_GLOBALS\nstatic int frob_ttl;\n#endif\n\n"
        "#ifndef VIMAGE_GLOBALS\nstruct vnet_frob {\n\tint _frob_ttl;\n};\n#endif\n"
        "#if !defined(VIMAGE) && !defined(VIMAGE_GLOBALS)\nstatic struct vnet_frob vnet_frob_0;\n#endif\n\n"
        "#define\tVNET_MOD_FROB\t\t(VNET_MOD_DYNAMIC_START + 0)\n"
        "#define\tINIT_VNET_FROB(vnet)\t\t\t\t\t\t\\\n"
        "\tINIT_FROM_VNET(vnet, VNET_MOD_FROB, struct vnet_frob, vnet_frob)\n"
        "#define\tVNET_FROB(sym)\t\tVSYM(vnet_frob, sym)\n#define\tV_frob_ttl\t\tVNET_FROB(frob_ttl)\n\n"
        "int\nfrob_get(void)\n{\n\tINIT_VNET_FROB(curvnet);\n\n\treturn (V_frob_ttl);\n}\n\n"
        "static int\nvnet_frob_iattach(const void *unused __unused)\n{\n\tINIT_VNET_FROB(curvnet);\n\n"
        "\tV_frob_ttl = 7;\n\n\treturn (0);\n}\n\n"
        "#ifdef VIMAGE\nVNET_MOD_DECLARE(FROB, frob, vnet_frob_iattach, NULL, NET, NULL);\n#endif\n\n"
        "static void\nvnet_frob_register(void *unused __unused)\n{\n\n"
        "#ifdef VIMAGE\n\tvnet_mod_register(&vnet_frob_modinfo);\n#else\n\tvnet_frob_iattach(NULL);\n#endif\n}\n"
        "SYSINIT(vnet_frob_register, SI_SUB_MBUF, SI_ORDER_ANY, vnet_frob_register,\n    NULL);\n\n"
        "static void\nvnet_frob_deregister(void *unused __unused)\n{\n\n"
        "#ifdef VIMAGE\n\tvnet_mod_deregister(&vnet_frob_modinfo);\n#endif\n}\n"
        "SYSUNINIT(vnet_frob_deregister, SI_SUB_MBUF, SI_ORDER_ANY, vnet_frob_deregister,\n    NULL);\n"
    )


def test_whole_module_of_2008() -> None:
    assert after(STATIC, "frob_ttl", "vimage-2008") == (
        "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <sys/sysctl.h>\n#include <sys/vimage.h>\n\n"
        "static int frob_ttl;\n#define\tV_frob_ttl\t\tfrob_ttl\n#define\tINIT_VNET_FROB(vnet)\t/* vnet_frob */\n\n"
        "int\nfrob_get(void)\n{\n\tINIT_VNET_FROB(curvnet);\n\n\treturn (V_frob_ttl);\n}\n\n"
        "static int\nvnet_frob_iattach(const void *unused __unused)\n{\n\tINIT_VNET_FROB(curvnet);\n\n"
        "\tV_frob_ttl = 7;\n\n\treturn (0);\n}\n"
        "SYSINIT(vnet_frob_iattach, SI_SUB_MBUF, SI_ORDER_ANY, vnet_frob_iattach, NULL);\n"
    )


@pytest.mark.parametrize(
    ("declared", "names", "member"),
    [
        pytest.param("static int *a;", "a", "\tint *_a;\n", id="pointer"),
        pytest.param("static u_int a[4];", "a", "\tu_int _a[4];\n", id="array"),
        pytest.param("static int (*a)(int);", "a", "\ta_t *_a;\n", id="function_pointer"),
        pytest.param("static struct { int x; } a;", "a", "\tstruct a _a;\n", id="body"),
        pytest.param("static int a, b;", "a", "struct vnet_frob {\n\tint _a;\n};\n", id="one_of_two"),
        pytest.param("static int a, b;", "a b", "\tint _a;\n\tint _b;\n", id="both"),
        pytest.param("static LIST_HEAD(, x) a;", "a", "\tLIST_HEAD(, x) _a;\n", id="head_without_tag"),
        pytest.param("static int a __aligned(64);", "a", "\tint _a __aligned(64);\n", id="attribute"),
        pytest.param("#ifdef INET6\nstatic int a;\n#endif", "a", "\tint _a;\n", id="alone_in_a_condition"),
        pytest.param(
            "static int b;\n#ifdef INET6\nstatic int a;\n#endif",
            "a b",
            "\tint _b;\n#ifdef INET6\n\tint _a;\n#endif\n",
            id="condition",
        ),
        pytest.param(
            "#ifdef X\nstatic int a;\n#else\nstatic long a;\n#endif",
            "a",
            "#ifdef X\n\tint _a;\n#endif\n#ifndef X\n\tlong _a;\n#endif\n",
            id="either_type",
        ),
    ],
)
def test_members(declared: str, names: str, member: str) -> None:
    uses = "".join(f"\t(void)sizeof({name});\n" for name in names.split())
    assert member in after(f"{HEAD}{declared}\n\nvoid f(void);\nvoid\nf(void)\n{{\n{uses}}}\n", names)


def test_noop_neighbours_stay_outside_of_the_condition() -> None:
    text = after(f"{HEAD}static int a = 1, b = 2;\nint g(void);\nint\ng(void)\n{{\n\treturn (a + b);\n}}\n", "a")
    assert "#ifdef VIMAGE_GLOBALS\nstatic int a;\n#endif\n" in text
    assert "\n\nstatic int b = 2;\n" in text
    assert "return (V_a + b);" in text


HEADER = "#ifndef FROB_H\n#define FROB_H\nextern int frob_ttl;\n#endif\n"
TWO = {
    "frob.h": HEADER,
    "frob.c": '#include "frob.h"\nint frob_ttl = 7;\nint f(void);\nint\nf(void)\n{\n\treturn (frob_ttl);\n}\n',
    "frob_b.c": '#include "frob.h"\nint g(void);\nint\ng(void)\n{\n\treturn (frob_ttl);\n}\n',
}


def test_what_a_header_declares_lives_in_its_container() -> None:
    files = {name: text.decode() for name, text in run(TWO, "frob_ttl").after.items()}
    assert "extern struct vnet_frob_ttl vnet_frob_ttl_0;" in files["frob.h"]
    assert files["frob.c"].count("struct vnet_frob_ttl vnet_frob_ttl_0;") == 1
    assert "VNET_SYMMAP(frob_ttl, frob_ttl)," in files["frob.c"]
    assert "\tINIT_VNET_FROB_TTL(curvnet);\n" in files["frob_b.c"]
    assert "struct vnet" not in files["frob_b.c"]


def test_a_header_that_all_include_may_hold_what_files_declare() -> None:
    files = {**TWO, "frob.h": HEADER.replace("extern int frob_ttl;\n", "struct frob { int x; };\n")}
    files["frob_b.c"] = files["frob_b.c"].replace("int g", "extern int frob_ttl;\nint g", 1)
    found = run(files, "frob_ttl")
    assert [f.kind for f in found.port.findings] == []
    assert b"\tint _frob_ttl;\n" in found.after["frob.h"]


def test_noop_files_without_a_header_in_common() -> None:
    files = {
        "a.c": "int frob_ttl;\nint f(void);\nint\nf(void)\n{\n\treturn (frob_ttl);\n}\n",
        "b.c": "extern int frob_ttl;\nint g(void);\nint\ng(void)\n{\n\treturn (frob_ttl);\n}\n",
    }
    found = run(files, "frob_ttl")
    assert [(f.kind, f.variable) for f in found.port.findings] == [("no-common-header", "frob_ttl")]
    assert found.after == {name: text.encode() for name, text in files.items()}


def test_noop_what_a_function_declares_for_itself() -> None:
    files = {
        "a.c": "int frob_ttl;\nint f(void);\nint\nf(void)\n{\n\treturn (frob_ttl);\n}\n",
        "b.c": "int g(void);\nint\ng(void)\n{\n\textern int frob_ttl;\n\n\treturn (frob_ttl);\n}\n",
    }
    found = run(files, "frob_ttl")
    assert [(f.kind, f.variable) for f in found.port.findings] == [("declared-in-function", "frob_ttl")]
    assert found.after == {name: text.encode() for name, text in files.items()}


def test_noop_what_two_files_define() -> None:
    files = {"frob.h": HEADER, **dict.fromkeys(("a.c", "b.c"), '#include "frob.h"\nint frob_ttl = 7;\n')}
    found = run(files, "frob_ttl")
    assert {(f.kind, f.variable) for f in found.port.findings} == {("defined-twice", "frob_ttl")}
    assert found.after == {name: text.encode() for name, text in files.items()}


def test_globals_of_2008_need_no_header() -> None:
    files = {
        "a.c": "int frob_ttl;\nint f(void);\nint\nf(void)\n{\n\treturn (frob_ttl);\n}\n",
        "b.c": "extern int frob_ttl;\nint g(void);\nint\ng(void)\n{\n\treturn (frob_ttl);\n}\n",
    }
    found = run(files, "frob_ttl", "vimage-2008")
    assert found.port.findings == []
    assert b"\tINIT_VNET_A(curvnet);\n\treturn (V_frob_ttl);" in found.after["a.c"]
    assert b"#define\tV_frob_ttl\t\tfrob_ttl\n" in found.after["b.c"]


LATE = 'static int a;\nSYSCTL_DECL(_net);\nSYSCTL_INT(_net, OID_AUTO, a, CTLFLAG_RW, &a, 0, "");\n'
LATE += "struct late { int x; };\nstatic struct late b;\nint g(void);\nint\ng(void)\n{\n\treturn (a + b.x);\n}\n"


def test_a_type_that_is_said_late_gets_a_second_container() -> None:
    text = after(HEAD + LATE, "a b")
    assert "struct vnet_frob {\n\tint _a;\n};" in text
    assert "struct vnet_frob_late {\n\tstruct late _b;\n};" in text
    assert "{\n\tINIT_VNET_FROB(curvnet);\n\tINIT_VNET_FROB_LATE(curvnet);\n" in text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(
            "static int a[] = { 1, 2 };\nint g(void);\nint\ng(void)\n{\n\treturn (a[0]);\n}\n",
            "size-of-initialiser",
            id="size",
        ),
        pytest.param(
            "static int a;\nint h(SYSCTL_HANDLER_ARGS);\nint\nh(SYSCTL_HANDLER_ARGS)\n{\n"
            "\treturn (oidp->oid_arg1 == &a);\n}\n"
            'SYSCTL_DECL(_net);\nSYSCTL_PROC(_net, OID_AUTO, a, CTLTYPE_INT | CTLFLAG_RW, &a, 0, h, "I", "");\n',
            "symbol-of-member",
            id="compared",
        ),
    ],
)
def test_noop_what_no_member_can_be(text: str, kind: str) -> None:
    found = run(HEAD + text, "a")
    assert [(f.kind, f.variable) for f in found.port.findings] == [(kind, "a")]
    assert found.after["frob.c"].decode() == HEAD + text


PREAMBLE = "INIT_VNET_FROB(curvnet);"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param("int g(void) { return (a); }", f"{{ {PREAMBLE} return (V_a); }}", id="one_line"),
        pytest.param(
            "int\ng(void)\n{\n\tint b = a;\n\n\treturn (b);\n}", f"{{\n\t{PREAMBLE}\n\tint b = V_a;", id="locals"
        ),
        pytest.param("#define A a\nint\ng(void)\n{\n\treturn (A);\n}", f"{{\n\t{PREAMBLE}\n\treturn (A);", id="macro"),
        pytest.param(
            "#define A a\n#define B (A + 1)\nint\ng(void)\n{\n\treturn (B);\n}",
            f"{{\n\t{PREAMBLE}\n\treturn (B);",
            id="macro_in_a_macro",
        ),
        pytest.param(
            "#define G(n) \\\nstatic int \\\ng_##n(void) \\\n{ \\\n\treturn (a + n); \\\n}\nG(1)",
            f"{{ \\\n\t{PREAMBLE}\t",
            id="function_of_a_macro",
        ),
    ],
)
def test_preambles(body: str, wanted: str) -> None:
    assert wanted in after(f"{HEAD}static int a;\n{body}\n", "a")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("int\nh(int a)\n{\n\treturn (a);\n}", id="parameter"),
        pytest.param("struct s { int a; };\nint\nh(struct s *p)\n{\n\treturn (p->a);\n}", id="member"),
        pytest.param('const char *\nh(void)\n{\n\treturn ("V_a");\n}', id="string"),
        pytest.param("int\nh(void)\n{\n\t/* V_a */\n\treturn (0);\n}", id="comment"),
        pytest.param("#define A a\nint\nh(void)\n{\n\treturn (0);\n}", id="macro_that_is_not_used"),
    ],
)
@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
def test_noop_functions_that_reach_nothing(body: str, dialect: str) -> None:
    text = after(f"{HEAD}static int a;\nint g(void);\nint\ng(void)\n{{\n\treturn (a);\n}}\n{body}\n", "a", dialect)
    function = text[text.index("h(") :] if "h(" in text else ""
    assert PREAMBLE not in function.partition("\n}")[0]


TICK = (
    "static int a;\nstatic struct callout c;\nvoid start(void);\nstatic void\ntick(void *arg)\n{\n\ta++;\n"
    "\tcallout_reset(&c, 1, tick, NULL);\n}\nvoid\nstart(void)\n{\n\tcallout_init(&c, 1);\n"
    "\tcallout_reset(&c, 1, tick, NULL);\n}\n"
)


def test_base_pointer_follows_the_context() -> None:
    text = after(HEAD + "#include <sys/callout.h>\n" + TICK, "a c")
    assert "\tCURVNET_SET((struct vnet *)arg);\n\tINIT_VNET_FROB(curvnet);\n\tV_a++;\n" in text
    assert text.count(PREAMBLE) == 2


@pytest.mark.parametrize(
    ("leaf", "wanted"),
    [
        pytest.param(
            'SYSCTL_INT(_n, 1, a, CTLFLAG_RW, &a, 0, "");',
            "SYSCTL_V_INT(V_NET, vnet_frob, _n, 1, a, CTLFLAG_RW, a, 0,",
            id="scalar",
        ),
        pytest.param('SYSCTL_INT(_n, 1, s, CTLFLAG_RW, &s.x, 0, "");', ", s.x, 0,", id="member"),
        pytest.param('SYSCTL_INT(_n, 1, v, CTLFLAG_RW, &v[1], 0, "");', ", v[1], 0,", id="element"),
        pytest.param('SYSCTL_OPAQUE(_n, 1, v, CTLFLAG_RD, v, sizeof(v), "I", "");', "v, sizeof(int [4]),", id="array"),
        pytest.param(
            '#define LEAF(n) SYSCTL_INT(_n, 1, n, CTLFLAG_RW, &a, 0, "")\nLEAF(x);',
            "SYSCTL_V_INT(V_NET, vnet_frob, _n, 1, n, CTLFLAG_RW, a, 0,",
            id="macro",
        ),
    ],
)
def test_leaves_name_the_variable(leaf: str, wanted: str) -> None:
    variables = "static int a;\nstatic struct t { int x; } s;\nstatic int v[4];\nSYSCTL_DECL(_n);\n"
    assert wanted in " ".join(
        after(f"{HEAD}{variables}{leaf}\nint g(void) {{ return (a + s.x + v[0]); }}\n", "a s v").split()
    )


@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
def test_noop_leaves_of_other_variables_and_of_none(dialect: str) -> None:
    leaves = 'SYSCTL_INT(_n, 1, b, CTLFLAG_RW, &b, 0, "");\n'
    leaves += 'SYSCTL_PROC(_n, 2, h, CTLTYPE_INT | CTLFLAG_RW, NULL, 0, h, "I", "");\n'
    handler = "static int\nh(SYSCTL_HANDLER_ARGS)\n{\n\treturn (a);\n}\n"
    text = after(f"{HEAD}static int a, b;\nSYSCTL_DECL(_n);\n{handler}{leaves}", "a", dialect)
    assert leaves in text


@pytest.mark.parametrize(
    ("declared", "statement"),
    [
        pytest.param("static int a = 7;", "\tV_a = 7;\n", id="number"),
        pytest.param("static char *a = NULL;", "\tV_a = NULL;\n", id="pointer"),
        pytest.param("static int a[2] = { 1, 2 };", "static const int vnet_a_value[2] = { 1, 2 };", id="array"),
        pytest.param('static char a[8] = "x";', "bcopy(&vnet_a_value, &V_a, sizeof(V_a));", id="string"),
        pytest.param(
            "#ifdef X\nstatic int a = 7;\n#endif\nstatic int b;", "#ifdef X\n\tV_a = 7;\n#endif\n", id="condition"
        ),
    ],
)
@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
def test_values_move_into_a_constructor(declared: str, statement: str, dialect: str) -> None:
    text = after(f"{HEAD}{declared}\nint g(void) {{ return (sizeof(a)); }}\n", "a", dialect)
    assert statement in text
    assert declared.partition(" = ")[2] not in text.partition("vnet_frob_iattach")[0]


@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
def test_noop_without_a_value_there_is_no_constructor(dialect: str) -> None:
    assert "iattach" not in after(f"{HEAD}static int a;\nint g(void) {{ return (a); }}\n", "a", dialect)


def test_noop_only_renaming_keeps_values_in_2008() -> None:
    assert "static int frob_ttl = 7;" in after(STATIC, "frob_ttl", "vimage-2008", life=False)


SETUP = (
    'static struct mtx a;\nstatic void\nup(void *arg __unused)\n{\n\n\tmtx_init(&a, "a", NULL, MTX_DEF);\n}\n'
    "SYSINIT(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);\n"
    "static void\ndown(void *arg __unused)\n{\n\n\tmtx_destroy(&a);\n}\n"
    "SYSUNINIT(down, SI_SUB_PSEUDO, SI_ORDER_ANY, down, NULL);\n"
)


def test_a_constructor_and_its_destructor_are_one_module() -> None:
    text = after(HEAD + "#include <sys/lock.h>\n#include <sys/mutex.h>\n" + SETUP, "a")
    assert "VNET_MOD_DECLARE_STATELESS(UP, up, vnet_up_iattach, vnet_up_idetach, FROB);" in text
    assert "SYSINIT(vnet_up_register, SI_SUB_PSEUDO, SI_ORDER_ANY, vnet_up_register, NULL);" in text
    assert "VNET_SYSINIT" not in text


def test_constructors_of_2008_are_set_ups() -> None:
    text = after(HEAD + "#include <sys/lock.h>\n#include <sys/mutex.h>\n" + SETUP, "a", "vimage-2008")
    assert "\nSYSINIT(up, SI_SUB_PSEUDO, SI_ORDER_ANY, up, NULL);" in text
    assert "\nSYSUNINIT(down, SI_SUB_PSEUDO, SI_ORDER_ANY, down, NULL);" in text


@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
def test_line_endings_stay(dialect: str) -> None:
    text = after(STATIC.replace("\n", "\r\n"), "frob_ttl", dialect)
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize("dialect", ["vimage-structs", "vimage-2008"])
@pytest.mark.parametrize("text", [STATIC, HEAD + LATE], ids=["value", "late"])
def test_noop_second_run(text: str, dialect: str) -> None:
    names = "frob_ttl a b"
    once = after(text, names, dialect)
    assert after(once, names, dialect) == once


def test_iterators_of_2010_are_cast() -> None:
    slow = "static int a;\nstatic void\nslow(void)\n{\n\ta++;\n}\nstruct protosw p = { .pr_slowtimo = slow };\n"
    text = after(HEAD + "#include <sys/protosw.h>\n" + slow, "a", "vimage-2010")
    assert "CURVNET_SET((struct vnet *)vnet_iter);" in text
    assert "CURVNET_SET(vnet_iter);" in after(HEAD + "#include <sys/protosw.h>\n" + slow, "a", "freebsd-9")
