"""The texts a file with conditionals is read as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.conditionals import Group, Selection, conditional_groups, select_texts
from vport.c.lex import blank_comments, find_directives


def groups_of(text: str) -> tuple[list[Group], list[int]]:
    code = blank_comments(text.encode())
    return conditional_groups(code, find_directives(code))


def select(text: str) -> Selection:
    code = blank_comments(text.encode("latin-1"))
    directives = find_directives(code)
    return select_texts(code, directives, conditional_groups(code, directives)[0])


def texts_of(text: str) -> list[str]:
    """The texts to parse, blanks folded."""
    return [" ".join(t.decode("latin-1").split()) for t in select(text).texts]


def test_group_names_its_branches_and_what_they_hold() -> None:
    text = "#if A > 1\na\n#elif defined(B)\nb\n#else\nc\n#endif\n"
    ((group,), stray) = groups_of(text)
    assert stray == []
    assert [(b.directive, b.condition, text[b.start : b.end].strip()) for b in group.branches] == [
        ("if", "A > 1", "a"),
        ("elif", "defined(B)", "b"),
        ("else", "", "c"),
    ]
    assert (group.start, group.end) == (0, len(text) - 1)
    assert group.has_else


def test_group_without_else() -> None:
    ((group,), _) = groups_of("x\n  #ifndef A /* why */\na\n  #endif // A\n")
    assert group.branches[0].condition == "A"
    assert group.branches[0].directive == "ifndef"
    assert not group.has_else


def test_nested_groups_come_inside_out() -> None:
    groups, _ = groups_of("#if A\n#if B\n#endif\n#endif\n#if C\n#endif\n")
    assert [g.branches[0].condition for g in groups] == ["B", "A", "C"]


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("#endif\n", [0]),
        ("#else\n#endif\n", [0, 6]),
        ("#elif A\n", [0]),
        ("#if A\n", [0]),
        ("#if A\n#if B\n#endif\n", [0]),
        ("#if A\n#endif\n#endif\n", [13]),
        ("#if A\n#else\n#endif\n", []),
        ("", []),
    ],
)
def test_directives_that_pair_with_nothing(text: str, stray: list[int]) -> None:
    assert groups_of(text)[1] == stray


@pytest.mark.parametrize(
    "text",
    [
        "#ifdef A\nint a;\n#else\nint b;\n#endif\n",
        "int f(void) {\n#ifdef A\n\tg();\n#else\n\th();\n#endif\n}\n",
        "int f(void) {\n#ifdef A\n\tif (a) {\n\t\tg();\n\t}\n#endif\n}\n",
        "static int x[] = {\n#ifdef A\n\t1,\n#else\n\t2,\n#endif\n\t3 };\n",
        "enum {\n#ifdef A\n\tX,\n#endif\n\tY };\n",
        "int f(int a) {\n\tswitch (a) {\n#ifdef A\n\tcase 1:\n#endif\n\tcase 2: ;\n\t}\n}\n",
        "int f(int a) {\n\tif (a\n#ifdef A\n\t    && b\n#endif\n\t    )\n\t\tg();\n}\n",
        "#ifndef _X_H_\n#define _X_H_\nint a;\n#endif\n",
        "#ifdef A\n#include <a.h>\n#else\n#include <b.h>\n#endif\n",
        "#ifdef A\n#else\nint a;\n#endif\n",
        "#if A\n#elif B\n#else\n#endif\n",
    ],
)
def test_whole_branches_stand_side_by_side(text: str) -> None:
    selection = select(text)
    assert selection.split == ()
    words = " ".join(line for line in text.splitlines() if not line.startswith("#"))
    assert texts_of(text) == [" ".join(words.split())]


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n}", ["if (a) { }", "if (b) { }"]),
        ("#ifndef A\nif (b) {\n#else\nif (a) {\n#endif\n}", ["if (a) { }", "if (b) { }"]),
        ("#if !A\nif (b) {\n#else\nif (a) {\n#endif\n}", ["if (a) { }", "if (b) { }"]),
        ("#if 0\nif (b) {\n#else\nif (a) {\n#endif\n}", ["if (a) { }", "if (b) { }"]),
        ("x =\n#ifdef A\n1\n#else\n2\n#endif\n;", ["x = 1 ;", "x = 2 ;"]),
        ("x =\n#ifdef A\n1;\n#else\n2;\n#endif\n", ["x = 1;", "x = 2;"]),
        ("g(a,\n#ifdef A\nb\n#else\nc\n#endif\n);", ["g(a, b );", "g(a, c );"]),
        (
            "#if A\nif (a) {\n#elif B\nif (b) {\n#else\nif (c) {\n#endif\n}",
            ["if (a) { }", "if (b) { }", "if (c) { }"],
        ),
        ("#ifdef A\n{\n#endif\nx;\n#ifdef A\n}\n#endif", ["{ x; }", "x;"]),
        (
            "#ifdef A\nf(a) {\n#else\nf(b) {\n#endif\n#ifdef A\nx; }\n#else\ny; }\n#endif",
            ["f(a) { x; }", "f(b) { y; }"],
        ),
        ("#ifdef __cplusplus\nextern {\n#endif\nx;\n#ifdef __cplusplus\n}\n#endif", ["x;", "x;"]),
        ("#if defined(__cplusplus)\n{\n#endif\nx;", ["x;", "x;"]),
        ("#if 0\n{\n#endif\nx;", ["x;", "x;"]),
    ],
)
def test_branches_that_split_something_are_read_one_by_one(text: str, texts: list[str]) -> None:
    assert texts_of(text) == texts


def test_opposite_halves_without_else_are_alternatives() -> None:
    text = "#ifdef A\nif (a) {\n#endif\n#ifndef A\nif (b) {\n#endif\n}"
    assert sorted(texts_of(text)) == ["if (a) { }", "if (b) { }"]


def test_whole_branch_inside_a_splitting_one_goes_with_it() -> None:
    text = "#ifdef A\nif (a) {\n#ifdef B\nx;\n#endif\n#else\nif (b) {\n#endif\n}"
    assert texts_of(text) == ["if (a) { x; }", "if (b) { }"]


def test_only_outermost_splits_are_told() -> None:
    text = "#if A\n#if B\nif (a) {\n#else\nif (b) {\n#endif\n#else\nif (c) {\n#endif\n}\n"
    assert select(text).split == ((0, text.index("}") - 1),)


SOUP = st.lists(
    st.sampled_from(
        [
            "#if A",
            "#ifdef B",
            "#ifndef B",
            "#if 0",
            "#else",
            "#elif C",
            "#endif",
            "{",
            "}",
            "x;",
            "(",
            ")",
            "a,",
            "",
            "\r",
        ]
    ),
    max_size=25,
).map("\n".join)


@given(SOUP)
def test_texts_keep_length_and_line_ends_and_add_nothing(text: str) -> None:
    for one in select(text).texts:
        assert len(one) == len(text)
        assert all(new == old or (new, old != "\n") == (" ", True) for new, old in zip(one.decode(), text, strict=True))
        assert b"#" not in one


@given(SOUP)
def test_first_text_differs_from_the_others_only_in_splits(text: str) -> None:
    selection = select(text)
    first = selection.texts[0]
    outside = [i for i in range(len(text)) if not any(a <= i < b for a, b in selection.split)]
    assert all(one[i] == first[i] for one in selection.texts for i in outside)
