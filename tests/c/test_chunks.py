"""The top level by its braces."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.chunks import read_top_level
from vport.c.lex import blank_comments


def items(text: str) -> list[tuple[str, str]]:
    """Each item and what it is: `function` or empty."""
    code = blank_comments(text.encode("latin-1"))
    return [(text[c.start : c.end], "function" if c.body >= 0 else "") for c in read_top_level(code).chunks]


@pytest.mark.parametrize(
    "text",
    [
        "int f(void) { }",
        "f() { return 1; }",
        "int\nf(void)\n{\n}",
        "static inline struct s *\nf(int a, int (*b)(int))\n{\n}",
        "struct s f(void) { }",
        "union u\nf(x)\n{ }",
        "enum e f(void) { }",
        "int f(void) __attribute__((x(1))) { }",
        "int f(int a) __unused __aligned(8) { }",
        "int f(int a)\n__attribute__((x))\n{ { } if (a) { } }",
        "int (*f(int a))(int) { }",
        "int (f)(int a) { }",
        "DB_SHOW_COMMAND(a, b)\n{ }",
        "f(a) int a; { }",
        "int\nf(a, b)\n\tstruct x *a;\n\tint b;\n{\n}",
        "int f(a)\n\tint (*a)(void);\n{ }",
        'int f(void) { g("}{"); /* } */ }',
        "int f(a)\n\tstruct { int x; } *a;\n{ }",
    ],
)
def test_functions(text: str) -> None:
    assert items(text) == [(text, "function")]
    assert items(f"int a;\n{text}\nint b;") == [("int a;", ""), (text, "function"), ("int b;", "")]


@pytest.mark.parametrize(
    "text",
    [
        "int a;",
        "int a = { 1 };",
        "int a[] = { [1] = { 2 } }, b;",
        "struct s { int a; };",
        "struct s { int a; } b = { 1 };",
        "typedef struct { int a; } t;",
        "enum e { A, B };",
        "union { int a; } u;",
        "struct __packed s { int a; };",
        "struct s x = (struct s){ 1 };",
        "static struct s *q = &(struct s){ .a = 1 };",
        "int (*f)(int) = g, a[] = { 1 };",
        "FOO(a, b);",
        "int f(int a);",
        "int f(void), a[] = { 1 };",
        "enum\n{ A };",
        "struct __attribute__((aligned(8), packed)) s { int a; } x;",
    ],
)
def test_other_items(text: str) -> None:
    assert items(text) == [(text, "")]


@pytest.mark.parametrize("text", ["", " \n\t", "/* a */"])
def test_nothing_at_all(text: str) -> None:
    assert items(text) == []


def test_items_stand_apart_and_in_order() -> None:
    text = "int a; struct s { int x; } b; int f(void) { } ; int g(void) { } int c"
    assert items(text) == [
        ("int a;", ""),
        ("struct s { int x; } b;", ""),
        ("int f(void) { }", "function"),
        (";", ""),
        ("int g(void) { }", "function"),
        ("int c", ""),
    ]


@pytest.mark.parametrize("before", ["#include <x.h>\n", ""])
def test_linkage_block_is_entered(before: str) -> None:
    text = before + 'extern "C" {\nint a;\nint f(void) { }\n}\n'
    assert ("int f(void) { }", "function") in items(text)


def test_unclosed_function_does_not_swallow_the_next_in_style_9() -> None:
    text = "int f(void)\n{\n\tif (a) {\n}\nint g(void)\n{\n}\n"
    assert [kind for _, kind in items(text)] == ["function", "function"]
    assert items(text)[1][0] == "int g(void)\n{\n}"


@pytest.mark.parametrize(
    ("text", "stray"),
    [("}", [0]), ("{", [0]), ("int f(void) { { }", [12]), ("int f(void) { } }", [16]), ("int f(void) { { } }", [])],
)
def test_stray_braces(text: str, stray: list[int]) -> None:
    assert read_top_level(text.encode()).stray == stray


def test_braces_in_column_zero_inside_a_balanced_function_do_not_end_it() -> None:
    text = "int f(int a)\n{\n\tif (a)\n{\n\tg();\n}\n\treturn (1);\n}"
    assert items(text) == [(text, "function")]


SOUP = st.lists(st.sampled_from(["{", "}", ";", "(", ")", "f(a)", "int a", "=", "\n", "struct s", '"', ","]))


@given(SOUP.map(" ".join))
def test_chunks_are_ordered_and_bodies_lie_inside(text: str) -> None:
    code = text.encode()
    chunks = read_top_level(code).chunks
    assert all(c.start <= c.end and (c.body < 0 or c.start <= c.body < c.end) for c in chunks)
    assert all(a.end <= b.start for a, b in zip(chunks, chunks[1:], strict=False))
    assert all(code[c.body] == 0x7B for c in chunks if c.body >= 0)


def test_words_before_a_brace_are_read_in_linear_time() -> None:
    """`__attribute__((x)) enum long_name : uint8_t {` is C23; each further letter of the name doubled the time."""

    def seconds(length: int) -> float:
        code = b"x(a) " + b"a" * length + b" : b { }"
        begun = time.process_time()
        for _ in range(5):
            read_top_level(code)
        return time.process_time() - begun

    seconds(4)
    assert seconds(20) < 100 * seconds(5) + 0.005
