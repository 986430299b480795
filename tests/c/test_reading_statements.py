"""Where statements end, by their tokens; the end stands at `^`."""

import pytest

from vport.c.statements import end_of_statement


@pytest.mark.parametrize(
    "text",
    [
        "a = 1;^ b;",
        " \n\ta(b, c);^ d;",
        "{ a; { b; } c; }^ d;",
        "if (a) b;^ c;",
        "if (a) b; else c;^ d;",
        "if (a) { b; } else if (c) d; else { e; }^ f;",
        "for (;;) a;^ b;",
        "for (a; b; c) if (d) e; else f;^ g;",
        "while (a) { b; }^ c;",
        "do a; while (b);^ c;",
        "do { a; } while (b);^ c;",
        "switch (a) { case 1: b; }^ c;",
        "FOREACH(a, b) c;^ d;",
        "FOREACH(a, b) { c; }^ d;",
        "FOREACH(a, b) FOREACH(c, d) if (e) f; else g;^ h;",
        "FOREACH(a, b) *c = 1;^ d;",
        "a(b)->c = 1;^ d;",
        "a(b) + c;^ d;",
        "a = (struct s){ 1, 2 };^ b;",
        ";^ a;",
        "a ^} b;",
        "return (a);^ b;",
        "a^",
    ],
)
def test_end_of_statement(text: str) -> None:
    assert end_of_statement(text.replace("^", "").encode(), 0) == text.index("^")


def test_heads_nested_without_end_are_read_in_bounded_depth() -> None:
    text = b"if (a) " * 5000 + b"b; c;"
    assert end_of_statement(text, 0) == text.index(b";") + 1
