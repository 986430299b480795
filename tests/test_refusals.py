"""Refusals: what a port would break is found first, told with place and cure, and left as it was."""

from collections.abc import Mapping

import pytest
from cases import read_files

from vport import dialect
from vport.findings import Finding
from vport.outcome import Changed
from vport.port import Port, port


def ported(files: Mapping[str, str] | str, *, to: str = "freebsd-13", but: tuple[str, ...] = ()) -> Port:
    """A port of everything that can change."""
    given = {"x.c": files} if isinstance(files, str) else files
    read = read_files({name: text.encode() for name, text in given.items()})
    wanted = [v for v in read.tree.variables if not v.const and v.name not in but]
    return port(read, wanted, dialect.load(to))


def findings(files: Mapping[str, str] | str, *, to: str = "freebsd-13") -> list[Finding]:
    return ported(files, to=to).findings


REFUSED = {
    "own_address": ("static void *p = &p;\n", "x.c", 1, "self-referential-initializer", "VNET_SYSINIT"),
    "tail_queue": (
        "TAILQ_HEAD(frobs, frob);\nstatic struct frobs h = TAILQ_HEAD_INITIALIZER(h);\n",
        "x.c",
        2,
        "self-referential-initializer",
        "TAILQ_INIT(&V_h);",
    ),
    "simple_tail_queue": (
        "STAILQ_HEAD(frobs, frob);\nstatic struct frobs h =\n    STAILQ_HEAD_INITIALIZER(h);\n",
        "x.c",
        3,
        "self-referential-initializer",
        "STAILQ_INIT(&V_h);",
    ),
    "address_in_another": (
        "static int n;\nstatic int *const p = &n;\n",
        "x.c",
        2,
        "address-in-initializer",
        "the initialiser of p",
    ),
    "address_in_a_table": (
        "static int n;\nstatic const struct { int *p; } t[] = {\n\t{ 0 },\n\t{ &n },\n};\n",
        "x.c",
        4,
        "address-in-initializer",
        "the initialiser of t",
    ),
    "array_decays": (
        "static char a[4];\nstatic const char *const p = a;\n",
        "x.c",
        2,
        "address-in-initializer",
        "&V_a",
    ),
    "address_in_a_local_static": (
        "static int n;\nint f(void)\n{\n\tstatic int *const p = &n;\n\treturn (*p);\n}\n",
        "x.c",
        4,
        "address-in-initializer",
        "VNET_SYSINIT",
    ),
    "lock": (
        'static struct mtx m;\nMTX_SYSINIT(frob, &m, "frob", MTX_DEF);\n',
        "x.c",
        2,
        "lock-sysinit",
        "VNET_SYSUNINIT",
    ),
    "reader_writer_lock": (
        'static struct rwlock m;\nRW_SYSINIT(frob, &m, "frob");\n',
        "x.c",
        2,
        "lock-sysinit",
        "VNET_SYSUNINIT",
    ),
    "registration": (
        "static int n;\nDATA_SET(frobs, &n);\nFROB_REGISTER(a, &n);\n",
        "x.c",
        3,
        "address-in-initializer",
        "constructor",
    ),
    "pasted": (
        "#define BUMP(x)\tfrob_##x++\nstatic int frob_n;\nvoid f(void) { BUMP(n); }\n",
        "x.c",
        3,
        "pasted-name",
        "BUMP(n) makes the name frob_n",
    ),
    "pasted_behind": (
        "#define BUMP(x)\tx##_n++\nstatic int frob_n;\nvoid f(void) { BUMP(frob); }\n",
        "x.c",
        3,
        "pasted-name",
        "Let the macro take the whole name",
    ),
    "pasted_itself": ("static int frob_n;\n#define M(x)\tfrob_n##x\n", "x.c", 2, "pasted-name", "without ##"),
    "macro_of_its_name": (
        "static int n;\n#define n 3\nint f(void) { return n; }\n",
        "x.c",
        2,
        "macro-shadows-name",
        "Rename one",
    ),
    "macro_of_its_name_in_a_header": (
        {"x.h": "#define n 3\n", "x.c": '#include "x.h"\n#undef n\nstatic int n;\n'},
        "x.h",
        1,
        "macro-shadows-name",
        "Rename one",
    ),
    "macro_nobody_knows_before_the_type": (
        "FROB_STATIC int n = 3;\nint f(void) { return (n); }\n",
        "x.c",
        1,
        "unreadable-declarator",
        "Take it out",
    ),
    "macros_nobody_knows_before_the_type": (
        "#define A_STATIC static\nA_STATIC FROB_FAR struct s *n;\nint f(void) { return (n != 0); }\n",
        "x.c",
        2,
        "unreadable-declarator",
        "Take it out",
    ),
    "macro_nobody_knows_before_the_name": (
        "static z_t far n[3] = { 1 };\nint f(void) { return (n[0]); }\n",
        "x.c",
        1,
        "unreadable-declarator",
        "macros.toml",
    ),
    "one_for_each_processor": (
        "DPCPU_DEFINE(int, n);\nint f(void) { return (DPCPU_GET(n)); }\n",
        "x.c",
        1,
        "defined-by-macro",
        "counter",
    ),
    "macro_that_declares": (
        "#define TABLE(name) static int name[]\nTABLE(n) = { 1 };\nint f(void) { return (n[0]); }\n",
        "x.c",
        2,
        "defined-by-macro",
        "without it",
    ),
    "declarator_with_a_comment": ("static int (*cb)(int /* unit */);\n", "x.c", 1, "unreadable-declarator", "typedef"),
}


@pytest.mark.parametrize(("files", "file", "line", "kind", "cure"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(files: Mapping[str, str] | str, file: str, line: int, kind: str, cure: str) -> None:
    found = [f for f in findings(files) if f.kind == kind]
    assert [(f.file, f.line, f.refuses) for f in found if f.line == line] == [(file, line, True)]
    message = next(f for f in found if f.line == line).message
    assert cure in message
    assert message.endswith(".")
    assert "  " not in message.replace(".  ", "")


@pytest.mark.parametrize(("files", "file", "line", "kind", "cure"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_variable_stays_as_it_is_everywhere(
    files: Mapping[str, str] | str, file: str, line: int, kind: str, cure: str
) -> None:
    result = ported(files)
    refused = {f.variable for f in result.findings}
    assert refused
    for name in refused:
        assert name not in {v.name for v in result.ported}
        for outcome in result.outcomes:
            if isinstance(outcome, Changed):
                assert f"V_{name}".encode() not in outcome.after


CLEAN = {
    "macro_that_is_a_storage_class_before_the_type": (
        "#define A_STATIC static\nA_STATIC int n = 3;\nint f(void) { return (n); }\n"
    ),
    "attribute_before_the_type": "__read_mostly static int m;\n_Alignas(8) static int n;\nint f(void) { return (n); }\n",
    "type_in_capitals": "FROB_T n;\nint f(void) { return (n); }\n",
    "list_head": "LIST_HEAD(frobs, frob);\nstatic struct frobs h = LIST_HEAD_INITIALIZER(h);\n",
    "single_list_head": "SLIST_HEAD(frobs, frob);\nstatic struct frobs h = SLIST_HEAD_INITIALIZER(h);\n",
    "own_size": "static int n = sizeof(n);\n",
    "size_in_another": "static int n;\nstatic int m = sizeof(n);\n",
    "address_in_a_local": "static int n;\nint f(void)\n{\n\tint *p = &n;\n\treturn (*p);\n}\n",
    "sysctl": 'static int n;\nSYSCTL_INT(_net, OID_AUTO, n, CTLFLAG_RW, &n, 0, "");\n',
    "tunable": 'static int n;\nTUNABLE_INT("net.n", &n);\n',
    "member_of_its_name": "static int n;\nstatic struct { int n; } s = { .n = 1 };\n",
    "macro_of_another_name": "static int n;\n#define N n\nint f(void) { return N; }\n",
    "macro_with_its_name_as_parameter": "static int n;\n#define M(n) ((n) + 1)\nint f(int a) { return M(a) + n; }\n",
    "pasting_of_other_names": "#define BUMP(x)\tother_##x++\nstatic int frob_n;\nvoid f(void) { BUMP(n); }\n",
    "pasting_of_another_argument": "#define BUMP(x)\tfrob_##x++\nstatic int frob_n;\nvoid f(void) { BUMP(m); }\n",
    "pasting_in_another_file": {
        "x.c": "static int frob_n;\n",
        "y.c": "#define BUMP(x)\tfrob_##x++\nvoid f(void) { BUMP(n); }\n",
    },
    "macro_in_a_file_that_is_not_included": {"x.c": "static int n;\n", "y.h": "#define n 3\n"},
    "lock_set_up_in_a_function": 'static struct mtx m;\nvoid f(void) { mtx_init(&m, "m", NULL, MTX_DEF); }\n',
    "name_in_a_string": 'static int n;\nconst char *const s = "&n";\n',
}


@pytest.mark.parametrize("files", CLEAN.values(), ids=CLEAN.keys())
def test_noop_not_refused(files: Mapping[str, str] | str) -> None:
    assert ported(files, but=("p", "s")).findings == []


def test_local_static_is_refused_and_not_its_namesake_at_file_scope() -> None:
    local = "int f(void)\n{\n\tstatic int n = 1;\n\tstatic int *const p = &n;\n\treturn (*p);\n}\n"
    result = ported("static int n;\nint g(void) { return n; }\n" + local)
    assert [(v.name, v.function) for v in result.ported] == [("n", "")]
    assert [(f.line, f.kind) for f in result.findings] == [(6, "address-in-initializer")]


def test_sysctl_without_a_form_in_an_old_dialect() -> None:
    text = 'static bool n;\nSYSCTL_BOOL(_net, OID_AUTO, n, CTLFLAG_RW, &n, 0, "");\n'
    assert findings(text) == []
    (found,) = findings(text, to="freebsd-9")
    assert (found.line, found.kind) == (2, "no-sysctl-family")
    assert "freebsd-9 has no per-stack form of SYSCTL_BOOL" in found.message
    assert "SYSCTL_VNET_PROC" in found.message


def test_refusal_reaches_all_definitions_of_one_symbol() -> None:
    result = ported({"a.c": "int n;\n", "b.c": "int n;\nstatic int *const p = &n;\n"})
    assert {f.kind for f in result.findings} == {"address-in-initializer"}
    assert not any(isinstance(o, Changed) for o in result.outcomes if o.path == "a.c")


def test_refusal_of_one_leaves_the_others() -> None:
    result = ported("static void *p = &p;\nstatic int n;\n")
    assert [v.name for v in result.ported] == ["n"]


def test_findings_are_sorted_and_stand_once() -> None:
    found = findings(
        {"b.c": "int n;\nint *const p = &n, *const q = &n;\n", "a.c": "extern int n;\nint *const r = &n;\n"}
    )
    assert found == sorted(set(found))
    assert [(f.file, f.line) for f in found] == [("a.c", 2), ("b.c", 2), ("b.c", 2)]
