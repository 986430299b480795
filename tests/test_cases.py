"""What must hold for every fixture case and every module, one test an invariant."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import cases
import inverse
import inverse_life
import pytest
from cases import Case

ALL = (*cases.fixture_cases(), *cases.module_cases())

MENDED = {f"{module}[{dialect}]": reason for module, reason in cases.MENDED.items() for dialect in cases.DIALECTS}


def every_case(broken: Mapping[str, str] | None = None) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases.as_parameters(ALL, broken))


def planned(case: Case) -> list[inverse.Planned]:
    return [inverse.Planned(name, function) for _, function, name in sorted(case.wanted)]


def to_crlf(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: data.replace(b"\n", b"\r\n") for name, data in files.items()}


def without_last_newline(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")


@every_case(MENDED)
def test_gives_the_golden_text(case: Case) -> None:
    assert cases.run_case(case.id).after == case.expected


@pytest.mark.parametrize("case", cases.as_parameters(cases.fixture_cases()))
def test_has_the_findings_of_the_plan(case: Case) -> None:
    kinds = {finding.kind for finding in cases.run_case(case.id).port.findings}
    assert tuple(sorted(kinds)) == case.kinds


@every_case()
def test_changes_nothing_in_a_second_run(case: Case) -> None:
    first = cases.run_case(case.id)
    second = cases.run_port(first.after, case.wanted, case.dialect, case.life)
    assert second.after == first.after
    assert not any(second.port.edits.values())
    refused = {(f.file, f.kind, f.variable) for f in first.port.findings if f.refuses}
    assert {(f.file, f.kind, f.variable) for f in second.port.findings} == refused


@every_case()
def test_can_be_undone(case: Case) -> None:
    after = cases.run_case(case.id).after
    for name, before, undone in inverse_life.compare(case.files, after, planned(case)):
        assert undone == before, name


@every_case()
def test_keeps_every_comment(case: Case) -> None:
    after = cases.run_case(case.id).after
    assert {name: lost for name in after if (lost := inverse.lost_comments(case.files[name], after[name]))} == {}


@every_case()
def test_keeps_line_ends(case: Case) -> None:
    if any(b"\r" in data for data in case.files.values()):
        pytest.skip("has carriage returns of its own")
    run = cases.run_with(case, to_crlf(case.files))
    assert run.after == to_crlf(cases.run_case(case.id).after)


@every_case()
def test_adds_no_final_newline(case: Case) -> None:
    files = {name: without_last_newline(data) for name, data in case.files.items()}
    run = cases.run_with(case, files)
    assert run.after == {name: without_last_newline(data) for name, data in cases.run_case(case.id).after.items()}


@every_case()
def test_is_read_no_worse_than_before(case: Case) -> None:
    run = cases.run_case(case.id)
    before = cases.unread(run.read)
    worse = {name: n for name, n in cases.unread(cases.read_files(run.after)).items() if n > before[name]}
    assert not worse


@every_case()
def test_touches_no_byte_outside_the_edits(case: Case) -> None:
    run = cases.run_case(case.id)
    assert {name: cases.rebuilt(data, run, name) for name, data in case.files.items()} == run.after


# --- the compiler: single files of one idiom in one run, folders each in their own

Unit = tuple[str, str, tuple[Path, ...], Path]


def compile_units() -> Iterator[Unit]:
    """What is compiled together: name, dialect, files and the folder of their own headers."""

    def group(case: Case) -> tuple[str, str]:
        path = next(iter(case.golden.values()))
        single = path.name.startswith(Path(case.id.split("[")[0]).name + ".")
        return (case.id.split("/")[0] if single else case.id.split("[")[0]), case.dialect

    for (name, dialect), members in groupby(sorted(cases.fixture_cases(), key=group), key=group):
        together = list(members)
        sources = [cases.CASES / f"{c.id.split('[')[0]}.in.c" for c in together]
        folder = cases.CASES / name
        if not sources[0].exists():
            sources = sorted((folder / "in").rglob("*.c"))
        yield f"{name}[{dialect}][before]", dialect, tuple(sources), folder / "in"
        golden = [p for c in together for p in c.golden.values() if p.suffix == ".c" and not p.name.endswith(".in.c")]
        changed = [p for p in golden if "in" not in p.relative_to(folder).parts]
        if changed:
            yield f"{name}[{dialect}][after]", dialect, tuple(changed), folder / cases.FOLDERS[dialect]


@cases.needs_cc
@pytest.mark.parametrize("unit", [pytest.param(unit, id=unit[0]) for unit in compile_units()])
def test_compiles_without_a_word(unit: Unit) -> None:
    _, dialect, files, headers = unit
    assert cases.diagnostics(files, dialect, [f"-I{headers}"]) == ""


def test_compiles_every_case() -> None:
    compiled = {path for _, _, files, _ in compile_units() for path in files}
    assert compiled == set(cases.CASES.rglob("*.c"))


# --- small inputs, each for one fault

HEAD = "#include <sys/param.h>\n#include <sys/systm.h>\n#include <sys/kernel.h>\n#include <sys/queue.h>\n"
HEAD += "#include <sys/sysctl.h>\n\n#include <net/if.h>\n#include <net/vnet.h>\n\n"

SMALL: dict[str, tuple[str, str]] = {
    "leaf_in_macro": (
        "n",
        "static int n[2];\n#define\tLEAF(name, i) \\\nSYSCTL_INT(_net, OID_AUTO, name, CTLFLAG_RW | CTLFLAG_MPSAFE, "
        '&n[i], \\\n    0, "Knob")\nLEAF(a, 0);\n',
    ),
    "queue_head_on_the_next_line": (
        "n",
        "struct e { SLIST_ENTRY(e) l; };\nstatic SLIST_HEAD(h, e)\n    n[4];\n"
        "int f(void) { return (n[0].slh_first != 0); }\n",
    ),
    "pasted_while_handed_on": (
        "s_n",
        'static int s_n;\n#define\tKNOB(x) SYSCTL_INT(_net, OID_AUTO, x, CTLFLAG_RW, &s_##x, 0, "")\nKNOB(n);\n'
        "int f(void) { return (s_n); }\n",
    ),
    "leaf_through_macro": (
        "n",
        "static struct { int m; } n;\n#define\tBASE(x) n.x\n"
        'SYSCTL_INT(_net, OID_AUTO, x, CTLFLAG_RW, &BASE(m), 0, "");\nint f(void) { return (BASE(m)); }\n',
    ),
    "two_locals_of_one_name": (
        "f:n f@2:n",
        "int f(int x)\n{\n\t{\n\t\tstatic int n;\n\t\tx += n++;\n\t}\n\t{\n\t\tstatic int n = 5;\n\t\tx += n++;\n\t}\n"
        "\treturn (x);\n}\n",
    ),
    "first_of_two_locals_of_one_name": (
        "f:n",
        "int f(int x)\n{\n\t{\n\t\tstatic int n;\n\t\tx += n++;\n\t}\n\t{\n\t\tstatic int n = 5;\n\t\tx += n++;\n\t}\n"
        "\treturn (x);\n}\n",
    ),
    "locals_in_conditionals": (
        "f:n f:a f:b f:c",
        "int f(int x)\n{\n#ifdef A\n\tstatic int n;\n#endif\n#if defined(B) && C > 2\n\tstatic int a = 4;\n"
        "\n\tx += a++;\n#elif defined(D)\n\tstatic int b;\n\n\tx += b++;\n#else\n\tstatic int c;\n\n\tx += c++;\n"
        "#endif\n#ifdef A\n\tx += n++;\n#endif\n\treturn (x);\n}\n",
    ),
    "empty_macro_in_the_directive_before_a_hoisted_local": (
        "f:b",
        "#define\tEMPTY\nint f(void)\n{\n#ifndef EMPTY\n\treturn (0);\n#else\n\tint x = 0;\n#endif\n#ifdef EMPTY\n"
        "\tstatic int b;\n\n\treturn (b + x);\n#endif\n}\n",
    ),
    "attribute_before_a_hoisted_local": (
        "f:b",
        "int f(void)\n{\n\t__unused static int b;\n\n\treturn (b);\n}\n",
    ),
    "attribute_before_a_pointer_in_parentheses": (
        "p",
        "static int __read_mostly (*p)(int a, int b) = NULL;\nint f(void) { return (p(1, 2)); }\n",
    ),
    "functions_in_two_branches": (
        "f:n",
        "#ifdef X\nint f(void)\n{\n\tstatic int n;\n\treturn (n++);\n}\n#else\nint f(void)\n{\n\tstatic int n = 4;\n"
        "\treturn (n++);\n}\n#endif\n",
    ),
    "local_struct_over_lines": (
        "f:s",
        "int f(void)\n{\n\tstatic struct {\n\t\tint a;\t// one\n\t\tint b;\n\t} __packed s;\t/* both */\n\treturn (s.a + s.b);\n}\n",
    ),
    "local_struct_of_two_variables": (
        "f:s f:p",
        "int f(void)\n{\n\tstatic struct { int a, b; } s, *p = NULL;\n\treturn (s.a + p->b);\n}\n",
    ),
    "attributes_before_a_hoisted_local": (
        "f:a f:b",
        "int f(void)\n{\n\tstatic __aligned(8) int a = 3, b __unused;\n\treturn (a + b);\n}\n",
    ),
    "comment_before_the_value_of_a_hoisted_local": (
        "f:a",
        "int f(void)\n{\n\tstatic int a /* hops */ = 3; /* left */ a++;\n\treturn (a);\n}\n",
    ),
    "line_comment_between_hoisted_locals": (
        "f:b",
        "int f(void)\n{\n\tstatic int a, // one\n\t    b; // two\n\treturn (a + b);\n}\n",
    ),
    "last_of_three_hoisted_before_code": (
        "f:c",
        "int f(void)\n{\n\tstatic int a, b,\t// both\n\t    c; a++; return (a + b + c);\n}\n",
    ),
    "local_struct_of_two_members": (
        "f:s",
        "int f(void)\n{\n\tstatic struct { int a, b; } s;\n\treturn (s.a + s.b);\n}\n",
    ),
    "local_of_local_type": (
        "f:s",
        "int f(void)\n{\n\tstruct t { int a; };\n\tstatic struct t s;\n\treturn (s.a);\n}\n",
    ),
    "local_with_local_bound": (
        "f:t",
        "int f(void)\n{\n\tenum { N = 4 };\n\tstatic int t[N];\n\treturn (t[0]);\n}\n",
    ),
    "local_that_measures_another": (
        "f:a f:n",
        "int f(void)\n{\n\tstatic int a[3];\n\tstatic int n = sizeof(a);\n\treturn (a[0] + n);\n}\n",
    ),
    "attribute_of_hoisted_local": (
        "f:n f:m",
        "int f(void)\n{\n\tstatic __read_mostly int n = 3;\n\tstatic int m __aligned(8);\n\n\treturn (n + m);\n}\n",
    ),
    "comments_of_hoisted_locals": (
        "f:a f:b",
        "int f(void)\n{\n\tstatic int a,\t/* one */\n\t    b;\t/* two */\n\treturn (a + b);\n}\n",
    ),
    "comment_of_one_hoisted_local": (
        "f:a",
        "int f(void)\n{\n\tstatic int a,\t/* one */\n\t    b;\t/* two */\n\treturn (a + b);\n}\n",
    ),
    "used_after_forward_declaration": (
        "n",
        "static int n[2];\nstatic int *p(void) { return (n); }\nstatic int n[2] = { 1 };\n"
        "int f(void) { return (*p()); }\n",
    ),
    "tentative_beside_others": (
        "a b",
        "static int a;\nstatic int a, b;\nint f(void) { return (a + b); }\n",
    ),
    "tentative_beside_another_on_one_line": (
        "a",
        "static int a; static int b;\t/* b */\nstatic int a = 3;\nint f(void) { return (a + b); }\n",
    ),
    "tentative_with_comment_and_value_with_comment": (
        "a",
        "static int a;\t/* one */\nstatic int a = 3;\t/* two */\nint f(void) { return (a); }\n",
    ),
    "empty_declaration_behind": (
        "a",
        "static int a;;\nint f(void) { return (a); }\n",
    ),
    "section_of_a_shared_neighbour": (
        "a",
        "static __read_mostly int a, b;\nint f(void) { return (a + b); }\n",
    ),
    "name_in_parentheses": (
        "n",
        "static int (n);\nint f(void) { return (n); }\n",
    ),
    "pointers_and_arrays_in_parentheses": (
        "n m k q",
        "static int (n), *(m), (*k), ((q)[3]);\nint f(void) { return (n + *m + *k + q[0]); }\n",
    ),
    "end_of_inner_conditional": (
        "n",
        "static int n;\nint f(int x, int y) { return (x ? y ? 1 : n : 0); }\n",
    ),
    "comma_before_colon": (
        "n",
        "static int n;\nint f(int x) { return (x ? x--, n : 0); }\n",
    ),
    "address_of_label": (
        "n",
        "static int n;\nint f(void) { void *p = &&n; goto *p; n: return (n); }\n",
    ),
    "name_of_typedef_taken": (
        "cb",
        "typedef struct { int i; } cb_t;\nstatic int (*cb)(int);\nint f(void) { cb_t c = { 1 }; return (cb(c.i)); }\n",
    ),
    "name_of_tag_taken_twice": (
        "a",
        "struct a { int z; };\nstruct a_s { int y; };\nstatic struct { int q; } a;\nint f(void) { return (a.q); }\n",
    ),
    "qualifier_before_body": (
        "p",
        "static const struct a { int x; } *p;\nint f(void) { return (p->x); }\n",
    ),
    "qualifier_behind_body": (
        "p q",
        "static struct a { int x; } volatile *p, q;\nint f(void) { return (p->x + q.x); }\n",
    ),
    "packed_body": (
        "p",
        "static struct { char a; int x; } __packed p;\nint f(void) { return (p.x); }\n",
    ),
    "measures_itself": (
        "n",
        "static int n = sizeof(n);\nint f(void) { return (n); }\n",
    ),
    "measures_its_neighbour": (
        "a b",
        "static int a[4], b[sizeof(a)];\nint f(void) { return (a[0] + b[0]); }\n",
    ),
    "measured_beside_its_definition": (
        "n f:y",
        "static int n;\nint f(void) { static __typeof(n) z, y;\n\treturn (n + z + y); }\n",
    ),
    "measured_in_the_body_of_a_hoisted_local": (
        "n f:v",
        "static int n;\nint f(void) { static struct { char b[sizeof(n)]; } v; return (n + v.b[0]); }\n",
    ),
    "measured_in_attributes_and_bounds": (
        "n b c",
        "static long n;\nstatic char a, b[sizeof(n)] __aligned(sizeof(n)), c __aligned(sizeof(n));\n"
        "int f(void) { return (a + b[0] + c + (int)n); }\n",
    ),
    "measured_in_a_tentative_definition": (
        "n k",
        "static long n;\nstatic char k[sizeof(n)];\nstatic char k[sizeof(n)] = { sizeof(n), sizeof(k) };\n"
        "int f(void) { return (k[0] + (int)n); }\n",
    ),
    "order_of_qualifiers": (
        "cb",
        'static int (*cb)(char const *);\nint f(void) { return (cb("")); }\n',
    ),
    "continued_definition": (
        "n",
        "static int \\\n    n = 3;\nint f(void) { return (n); }\n",
    ),
    "accessor_taken": (
        "n",
        "static int n, V_n;\nint f(void) { return (n + V_n); }\n",
    ),
}
"""Inputs that were wrong once: planned variables (`function:name` for statics in functions), and text."""


@cases.needs_cc
@pytest.mark.parametrize("dialect", cases.DIALECTS)
@pytest.mark.parametrize("name", SMALL)
def test_is_right_for_small_inputs(name: str, dialect: str, tmp_path: Path) -> None:
    names, body = SMALL[name]
    split = [n.split(":") if ":" in n else ["", n] for n in names.split()]
    file, before = "unit.c", (HEAD + body).encode()
    wanted = {(file, function, variable) for function, variable in split}
    run = cases.run_port({file: before}, wanted, dialect)
    after = run.after[file]
    assert wanted == {v.key for v in run.read.tree.variables} & wanted
    assert inverse.lost_comments(before, after) == []
    asked = [inverse.Planned(v, f.partition("@")[0]) for f, v in split]
    for _, old, undone in inverse.compare({file: before}, run.after, asked):
        assert undone == old
    assert cases.run_port(run.after, wanted, dialect).after == run.after
    for text in (before, after):
        (tmp_path / file).write_bytes(text)
        assert cases.diagnostics([tmp_path / file], dialect, ["-Wno-unused"]) == ""


def test_includes_above_a_hoisted_local() -> None:
    text = b"int f(void)\n{\n\tstatic int n;\n\n\treturn (n++);\n}\n"
    after = cases.run_port({"unit.c": text}, {("unit.c", "f", "n")}, "freebsd-13").after["unit.c"]
    assert after.startswith(b"#include <net/vnet.h>\n\nVNET_DEFINE_STATIC(int, f_n);\n")


def test_gives_hoisted_locals_names_unlike_one_another() -> None:
    text = (
        b"int f(void)\n{\n\tstatic int a_b;\n\treturn (a_b);\n}\nint f_a(void)\n{\n\tstatic int b;\n\treturn (b);\n}\n"
    )
    run = cases.run_port({"unit.c": text}, {("unit.c", "f", "a_b"), ("unit.c", "f_a", "b")}, "freebsd-13")
    after = run.after["unit.c"]
    assert b"VNET_DEFINE_STATIC(int, f_a_b);" in after
    assert b"VNET_DEFINE_STATIC(int, f_a_b2);" in after


def test_says_when_a_macro_is_used_where_the_name_is_hidden() -> None:
    text = b"static int n;\n#define\tGET() (n)\nint f(int n) { return (GET()); }\nint g(void) { return (GET()); }\n"
    run = cases.run_port({"unit.c": text}, {("unit.c", "", "n")}, "freebsd-13")
    assert run.port.findings


@pytest.mark.parametrize(("moved", "name"), [("f", "f_n"), ("f@2", "f_n2"), ("f@3", "f_n3")])
def test_namesakes_in_a_function_keep_their_numbers(moved: str, name: str) -> None:
    text = b"void f(void)\n{\n\t{ static int n; n = 1; }\n\t{ static int n; n = 2; }\n\t{ static int n; n = 3; }\n}\n"
    after = cases.run_port({"unit.c": text}, {("unit.c", moved, "n")}, "freebsd-13").after
    left = {v.key for v in cases.read_files(after).tree.variables if v.function}
    assert left == {("unit.c", key, "n") for key in ("f", "f@2", "f@3") if key != moved}
    assert f"VNET_DEFINE_STATIC(int, {name});".encode() in after["unit.c"]


def test_takes_alignment_along() -> None:
    text = b"_Alignas(8) static int n;\nint f(void)\n{\n\t_Alignas(16) static char a[4];\n\treturn (a[0] + n);\n}\n"
    after = cases.run_port({"unit.c": text}, {("unit.c", "", "n"), ("unit.c", "f", "a")}, "freebsd-13").after["unit.c"]
    assert b"VNET_DEFINE_STATIC(_Alignas(8) int, n);\n" in after
    assert b"VNET_DEFINE_STATIC(_Alignas(16) char, f_a[4]);\n" in after
    assert after.count(b"_Alignas") == 2
