"""What is overwritten before parsing, and what is left alone."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.chunks import read_top_level
from vport.c.lex import blank_comments
from vport.c.mask import mask_known, mask_old_style, take_calls

KINDS = {
    b"FOREACH": "head",
    b"EVER": "head",
    b"HEAD": "type",
    b"__aligned": "attribute",
    b"__unused": "attribute",
    b"__extension__": "word",
    b"__P": "identity",
    b"mtod": "typearg",
    b"LOCK": "statement",
    b"BEGIN": "open",
    b"END": "close",
    b"LOCAL": "storage",
    b"VNET_DEFINE": "definer",
    b"KASSERT": "plain",
}


def masked(text: str, kinds: Mapping[bytes, str] = KINDS) -> str:
    code = blank_comments(text.encode("latin-1"))
    result = mask_known(code, kinds, read_top_level(code).chunks).decode("latin-1")
    assert len(result) == len(text)
    return " ".join(result.split())


def in_function(statement: str) -> str:
    return masked(f"int f(void) {{ {statement} }}")[len("int f(void) { ") : -2]


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        ("FOREACH(a, b, c) { g(); }", "while (a, b, c) { g(); }"),
        ("FOREACH(a, &b->h, c) g();", "while (a, &b->h, c) g();"),
        ("FOREACH(a, struct b, c) g();", "while (1 ) g();"),
        ("FOREACH(a, , c) g();", "while (1 ) g();"),
        ("FOREACH() g();", "for(;;) g();"),
        ("EVER { g(); }", "{ g(); }"),
        ("mtod(m, struct ip *)->x = 1;", "mtod(m, 0 )->x = 1;"),
        ("mtod(m, const char *);", "mtod(m, 0 );"),
        ("mtod(m, , x);", "mtod(m, x);"),
        ("mtod(, x);", "mtod( x);"),
        ("mtod(m, x);", "mtod(m, x);"),
        ("mtod(m, x * y);", "mtod(m, x * y);"),
        ("LOCK(a) g();", "; g();"),
        ("LOCK(a); g();", "LOCK(a); g();"),
        ("x = LOCK(a) + 1;", "x = LOCK(a) + 1;"),
        ("g(LOCK(a), 1);", "g(LOCK(a), 1);"),
        ("LOCK(a)\n}", "; }"),
        ("BEGIN g(); END", "{ g(); }"),
        ("BEGIN(a) g(); END(b)", "{ g(); }"),
        ("int a __unused = 1;", "int a = 1;"),
        ("int a __aligned(8);", "int a ;"),
        ("x = __extension__ ({ 1; });", "x = ({ 1; });"),
        ("KASSERT(a, (b));", "KASSERT(a, (b));"),
        ("FOREACHX(a) MYFOREACH(b);", "FOREACHX(a) MYFOREACH(b);"),
        ("FOREACH(a, b", "FOREACH(a, b"),
    ],
)
def test_inside_functions(statement: str, result: str) -> None:
    assert in_function(statement) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("static HEAD(, frob) h;", "static struct qqqqq h;"),
        ("struct s { HEAD(, x) h; };", "struct s { struct qq h; };"),
        ("static int a __aligned(8) = 1;", "static int a = 1;"),
        ("int f __P((int a));", "int f (int a) ;"),
        ("LOCAL int a;", "int a;"),
        ("VNET_DEFINE(int, x[3]) = { 1 };", "int x[3] = { 1 };"),
        ("VNET_DEFINE(int) = 1;", "VNET_DEFINE(int) = 1;"),
    ],
)
def test_at_file_scope(text: str, result: str) -> None:
    assert masked(text) == result


@pytest.mark.parametrize(
    "text", ["int a = FOREACH(a, b);", "int a = mtod(m, int *);", "int BEGIN;", "int x = LOCK(a)+1;"]
)
def test_statement_macros_mean_nothing_at_file_scope(text: str) -> None:
    assert masked(text) == text


def test_uses_inside_comments_and_literals_are_blank_already() -> None:
    text = 'int f(void) { g("FOREACH(a)"); /* BEGIN */ }'
    assert masked(text) == 'int f(void) { g(" "); }'


@pytest.mark.parametrize("kind", sorted(set(KINDS.values())))
@given(data=st.lists(st.sampled_from(["XY", "(", ")", ",", "{", "}", ";", "\n", "a", "*", "struct ", "int "])))
def test_masking_keeps_length_and_lines(kind: str, data: list[str]) -> None:
    code = "".join(["int f(void) {", *data, "}"]).encode()
    result = mask_known(code, {b"XY": kind}, read_top_level(code).chunks)
    assert len(result) == len(code)
    assert [i for i, byte in enumerate(result) if byte == 10] == [i for i, byte in enumerate(code) if byte == 10]


@pytest.mark.parametrize("statement", ["E { g(); }", "E(a) g();"])
def test_loop_macro_with_a_name_of_one_letter_keeps_the_length(statement: str) -> None:
    code = f"int f(void) {{ {statement} }}".encode()
    assert len(mask_known(code, {b"E": "head"}, read_top_level(code).chunks)) == len(code)


def calls_in(text: str) -> tuple[list[tuple[str, str]], str]:
    code = blank_comments(text.encode())
    taken = take_calls(code, read_top_level(code).chunks, KINDS)
    assert len(taken.text) == len(code)
    return [(c.name, text[c.start : c.end]) for c in taken.calls], " ".join(taken.text.decode().split())


@pytest.mark.parametrize(
    ("text", "calls", "rest"),
    [
        ('SYSCTL_INT(_a, b, "c");', [("SYSCTL_INT", 'SYSCTL_INT(_a, b, "c");')], ""),
        ("static MALLOC_DEFINE(a, b) ;", [("MALLOC_DEFINE", "static MALLOC_DEFINE(a, b) ;")], ""),
        ("lower_case(a);", [("lower_case", "lower_case(a);")], ""),
        ("FROB(a)\nint b;", [("FROB", "FROB(a)")], "int b;"),
        ("FROB(a)\nFRAB(b)\nint c;", [("FROB", "FROB(a)"), ("FRAB", "FRAB(b)")], "int c;"),
        ("FROB(a)", [("FROB", "FROB(a)")], ""),
        ("FROB(a)\nint f(void) { }", [("FROB", "FROB(a)")], "int f(void) { }"),
        ("int a; FROB(b); int c;", [("FROB", "FROB(b);")], "int a; int c;"),
        ("FROB(a) int b;", [], "FROB(a) int b;"),
        ("frob(a)\nint b;", [], "frob(a) int b;"),
        ("FROB(a) = 1;", [], "FROB(a) = 1;"),
        ("int f(int a);", [], "int f(int a);"),
        ("int a = f(1);", [], "int a = f(1);"),
        ("FROB;", [], "FROB;"),
        ("VNET_DEFINE(int, a);", [], "VNET_DEFINE(int, a);"),
        ("static VNET_DEFINE(int, a);", [], "static VNET_DEFINE(int, a);"),
        ("FROB(a;", [], "FROB(a;"),
        ("f(a) { }", [], "f(a) { }"),
    ],
)
def test_calls_of_the_top_level_are_taken_out(text: str, calls: list[tuple[str, str]], rest: str) -> None:
    assert calls_in(text) == (calls, rest)


def test_arguments_of_a_taken_call() -> None:
    text = "FROB( a, g(b, c),\n\t, { d } );"
    code = text.encode()
    (call,) = take_calls(code, read_top_level(code).chunks, KINDS).calls
    assert [text[a:b] for a, b in call.arguments] == ["a", "g(b, c)", "", "{ d }"]


@pytest.mark.parametrize("text", ["SHOW(a, b) { g(); }", "SHOW(a, b)\n{\n\tg();\n}", "static SHOW(a) { }"])
def test_macro_that_heads_a_function(text: str) -> None:
    code = text.encode()
    taken = take_calls(code, read_top_level(code).chunks, KINDS)
    (call,) = taken.calls
    assert (call.name, call.function) == ("SHOW", text.index("{"))
    assert b"int f()" in taken.text


@pytest.mark.parametrize(
    ("code", "masked"),
    [
        ("int f(a) int a; { }", "         int a; { }"),
        ("char *f(a, b) int a; { }", "              int a; { }"),
        ("f(a)\nint (*a)(b);\n{ }", "    \nint (*a)(b);\n{ }"),
        ("int f(a) { }", "int f(a) { }"),
        ("int f(int a) { }", "int f(int a) { }"),
        ("int f(a);", "int f(a);"),
    ],
)
def test_heads_of_old_style_functions(code: str, masked: str) -> None:
    assert mask_old_style(code.encode(), read_top_level(code.encode()).chunks).decode() == masked
