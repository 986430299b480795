import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.grammar import find_nodes
from vport.c.repair import repair


def reads(text: str) -> bool:
    """Whether some reading of the item parses."""
    code = text.encode()
    body = max(0, text.find("{")) if text.startswith(("int", "static", "struct m")) else 0
    return any(not find_nodes(reading)[0] for reading in [code, *repair(code, body, [])])


@pytest.mark.parametrize(
    "statement",
    [
        "if (a) { goto out; out: }",
        '__asm __volatile("" : "=r"(a));',
        "if FROB(a) g();",
        "CMP(a, <=, b);",
        "CMP(a, ==, b);",
        "ALLOC(a, struct s *, 3);",
        "ALLOC(struct s *, a);",
        "ALLOC(a, unsigned);",
        "FROB(a, , b);",
        "FROB(, b);",
        'g("a" PRIu64 "b");',
        'g("a" FMT(x) "b");',
        "FOREACHX(a, b) { g(); }",
        "FROB(a)\n\tg();",
        "DEBUG(1, g(); h(););",
        "DECLARE(int, n);",
        "FROB(a) n = 1;",
        "switch (a) { case 1 ... 3: g(); }",
        "x = offsetof(struct s, a[1].b);",
    ],
)
def test_statements_with_unknown_macros_are_read(statement: str) -> None:
    assert reads(f"int f(int a) {{ {statement} }}")


@pytest.mark.parametrize("head", ["int FROB_API f(int a)", "struct m * FROB_API f(int a)"])
def test_macros_between_type_and_name_vanish(head: str) -> None:
    assert reads(f"{head} {{ return (a); }}")


def test_type_in_capitals_stays() -> None:
    code = b"static FROB f(int a) { return a a; }"
    assert all(b"FROB f" in reading for reading in repair(code, code.index(b"{"), []))


@pytest.mark.parametrize(
    "statement", ["goto *t[a];", "goto *(void *)a;", "struct { int a : 1; unsigned : 3; unsigned int : 0; } s;"]
)
def test_gnu_jumps_and_unnamed_bit_fields_are_read(statement: str) -> None:
    assert reads(f"int f(int a) {{ {statement} }}")


def test_labels_in_functions_are_no_bit_fields() -> None:
    code = b"int f(int a) { a: b(); c: d = 1; return a a; }"
    assert all(b"a: b(); c: d = 1;" in reading for reading in repair(code, code.index(b"{"), []))


@pytest.mark.parametrize(
    "text", ["struct s {\n\tFROB_FIELDS\n\tint a;\n};", "struct s { char a[roundup2(struct x)]; };"]
)
def test_structs_with_macros_are_read(text: str) -> None:
    assert reads("  " + text)


@pytest.mark.parametrize(
    "text",
    [
        "int f(int a, int b __quiet) { return a; }",
        "int f(int a __quiet, int b FROB_LINE_ARG) { return a; }",
        "int f(int a) { struct s *p __traced; char *q __traced = 0; return g(a, p, q FROB_LINE_ARG); }",
        'void f(void) { __asm __volatile (__XSTRING(FROB_SYNC)); g("a"); }',
        "static const struct s t[] = { FROB(ONE, 1893C), FROB(3COM, 12), FROB(0x12, 1UL) };",
        "static const struct s t = { .a = 1, HSETW(.b, (X | Y)), .c = 2 };",
        "void f(void) __asm(__STRING(g));",
    ],
)
def test_macros_where_no_expression_could_stand_are_read(text: str) -> None:
    assert reads(text)


@pytest.mark.parametrize(
    "text",
    [
        "int f(int a) { const int __n = 3; return a a; }",
        "int f(int a) { unsigned __n; return a a; }",
        "int f(int a) { g(a, FROB_LINE); return a a; }",
        "int f(int a) { g(1, 0x1f, 12UL, 3); return a a; }",
    ],
)
def test_what_is_c_already_stays(text: str) -> None:
    code = text.encode()
    names = [b"__n", b"FROB_LINE", b"(1, 0x1f, 12UL, 3)"]
    kept = [name for name in names if name in code]
    assert kept and all(name in reading for reading in repair(code, code.index(b"{"), []) for name in kept)


@pytest.mark.parametrize("statement", ["return a a a;", "if (a { }", "int int int = ;"])
def test_nonsense_stays_unread(statement: str) -> None:
    assert not reads(f"int f(int a) {{ {statement} }}")


def test_what_never_compiles_goes_first() -> None:
    code = b"int f(void) { it's text; g(); }"
    first = next(repair(code, 12, [(14, 24)]))
    assert first.split() == b"int f(void) { g(); }".split()


def test_nothing_to_repair_nothing_to_try() -> None:
    assert list(repair(b"int f(void) { g(); }", 12, [])) == []


@given(
    st.lists(
        st.sampled_from(
            ["FROB", "(", ")", ",", ";", "{", "}", "\n", " ", "a", "*", "struct s", '"', "==", "if ", ":", "..."]
        )
    ).map("".join)
)
def test_readings_keep_the_length_and_the_lines(text: str) -> None:
    code = f"int f(void) {{{text}}}".encode()
    for reading in repair(code, 12, []):
        assert len(reading) == len(code)
        assert reading.count(b"\n") == code.count(b"\n")
