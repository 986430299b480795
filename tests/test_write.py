"""What ports write: definitions, accessor lines, typedefs and folded lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport import dialect
from vport.write import accessor_lines, columns, fold, is_simple, join_type, typedef_for

NEW = dialect.load("freebsd-13")
OLD = dialect.load("freebsd-9")
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,40}", fullmatch=True)


@pytest.mark.parametrize(
    ("specifier", "declarator", "parts"),
    [
        ("int", "frob_n", ("int", "frob_n")),
        ("int", "frob_v[4]", ("int", "frob_v[4]")),
        ("struct frob", "*frob_p", ("struct frob *", "frob_p")),
        ("struct frob", "*frob_v[4]", ("struct frob *", "frob_v[4]")),
        ("int", "**p", ("int **", "p")),
        ("int", "* * p", ("int **", "p")),
        ("int", "* const p", ("int * const", "p")),
        ("char", "*const *volatile p", ("char *const *volatile", "p")),
        ("char", "*\n\t p", ("char *", "p")),
        ("int", "*restrict p", ("int *restrict", "p")),
        ("int", "*__restrict p", ("int *__restrict", "p")),
        ("int", "*constant", ("int *", "constant")),
        ("int", "*volatile_n", ("int *", "volatile_n")),
        ("int", "p[ 4 ][N + 1]", ("int", "p[ 4 ][N + 1]")),
    ],
)
def test_stars_belong_to_the_type(specifier: str, declarator: str, parts: tuple[str, str]) -> None:
    assert join_type(specifier, declarator) == parts


@pytest.mark.parametrize(
    ("shape", "simple"),
    [("", True), ("p", True), ("a", True), ("aap", True), ("pa", False), ("f", False), ("pf", False)],
)
def test_shapes_that_fit_a_defining_macro(shape: str, simple: bool) -> None:
    assert is_simple(shape) is simple


@pytest.mark.parametrize(
    ("specifier", "declarator", "typedef", "type_text", "rest"),
    [
        ("int", "(*cb)(int)", "typedef int cb_t(int);", "cb_t *", "cb"),
        ("void", "(*cb)(void)", "typedef void cb_t(void);", "cb_t *", "cb"),
        ("int", "*(*cb)(void)", "typedef int *cb_t(void);", "cb_t *", "cb"),
        ("int", "(**cb)(void)", "typedef int cb_t(void);", "cb_t **", "cb"),
        ("int", "(* const cb)(void)", "typedef int cb_t(void);", "cb_t * const", "cb"),
        ("int", "(*cb[4])(void)", "typedef int cb_t(void);", "cb_t *", "cb[4]"),
        ("int", "(*(cb[4]))(void)", "typedef int (*cb_t)(void);", "cb_t", "cb[4]"),
        ("int", "(*cb[N][sizeof(struct x)])(void)", "typedef int cb_t(void);", "cb_t *", "cb[N][sizeof(struct x)]"),
        ("int", "(*cb['(' + 1])(void)", "typedef int cb_t(void);", "cb_t *", "cb['(' + 1]"),
        ("int", "(*cb)[4]", "typedef int cb_t[4];", "cb_t *", "cb"),
        ("int", "(*(*cb)(int))(char)", "typedef int (*cb_t(int))(char);", "cb_t *", "cb"),
        ("frob_t", "(*cb)(bar_t *, baz_t)", "typedef frob_t cb_t(bar_t *, baz_t);", "cb_t *", "cb"),
        ("uint32_t", "(*cb)(uint32_t a, ...)", "typedef uint32_t cb_t(uint32_t a, ...);", "cb_t *", "cb"),
        ("int", "(*cb)(int (*)(void), u_int)", "typedef int cb_t(int (*)(void), u_int);", "cb_t *", "cb"),
        ("const char *", "(*cb)(const char *)", "typedef const char *cb_t(const char *);", "cb_t *", "cb"),
        ("int", "(*cb)(frob_t const *, u_int)", "typedef int cb_t(frob_t const *, u_int);", "cb_t *", "cb"),
        pytest.param("int", "(*cb)(const frob_t *)", "typedef int cb_t(const frob_t *);", "cb_t *", "cb"),
        pytest.param("int", "(*cb)(const frob_t a)", "typedef int cb_t(const frob_t a);", "cb_t *", "cb"),
        pytest.param("int", "(*cb[MAX(A, B)])(void)", "typedef int cb_t(void);", "cb_t *", "cb[MAX(A, B)]"),
        pytest.param("int", "(*cb)(const frob_t)", "typedef int cb_t(const frob_t);", "cb_t *", "cb"),
        pytest.param("int", "(*cb)(int, volatile u_int)", "typedef int cb_t(int, volatile u_int);", "cb_t *", "cb"),
        pytest.param("int", "(*cb)(const frob_t[2])", "typedef int cb_t(const frob_t[2]);", "cb_t *", "cb"),
    ],
)
def test_typedef_for_names_in_the_middle(
    specifier: str, declarator: str, typedef: str, type_text: str, rest: str
) -> None:
    assert typedef_for(specifier, declarator, "cb") == (typedef, type_text, rest)


@pytest.mark.parametrize("declarator", ["(*cb", "(*cb)(int", "(*cb)(", "cb)", "(*cb)(1)", "(*cb)(int) /* c */", ""])
def test_declaration_that_cannot_be_read(declarator: str) -> None:
    with pytest.raises(ValueError):
        typedef_for("int", declarator, "cb")


def test_accessor_of_one_variable() -> None:
    assert accessor_lines(NEW, ["frob_ttl"]) == ["#define\tV_frob_ttl\t\tVNET(frob_ttl)"]


def test_accessors_are_aligned_in_their_group() -> None:
    assert accessor_lines(NEW, ["a", "b" * 14, "c" * 22]) == [
        "#define\tV_a\t\t\t\tVNET(a)",
        f"#define\tV_{'b' * 14}\t\tVNET({'b' * 14})",
        f"#define\tV_{'c' * 22}\tVNET({'c' * 22})",
    ]


@given(st.lists(NAMES, min_size=1, max_size=8))
@settings(derandomize=True, deadline=None)
def test_accessors_stand_in_one_column(names: list[str]) -> None:
    lines = accessor_lines(OLD, names)
    places = {columns(line[: line.index("VNET(")]) for line in lines}
    assert len(places) == 1
    assert all(place % 8 == 0 and place >= 32 for place in places)
    assert all(line.startswith(f"#define\tV_{name}\t") for line, name in zip(lines, names, strict=True))


def test_lines_of_eighty_columns_stay() -> None:
    line = f"VNET_DEFINE({'t' * 60}, {'n' * 5})"
    assert columns(line) == 80
    assert fold(line) == line
    assert fold(line, behind=1) == f"VNET_DEFINE({'t' * 60},\n    {'n' * 5})"


def test_tabs_count_to_the_next_stop() -> None:
    assert columns("\tx") == 9
    assert columns("1234567\tx") == 9
    assert columns("12345678\tx") == 17


def test_line_without_a_comma_cannot_be_folded() -> None:
    assert fold("x" * 100) == "x" * 100


def test_folded_before_the_declarator_whose_bounds_hold_a_comma() -> None:
    assert (
        fold(f"VNET_DEFINE({'t' * 70}, frob[MAX(A, B)])", "frob[MAX(A, B)]")
        == f"VNET_DEFINE({'t' * 70},\n    frob[MAX(A, B)])"
    )
