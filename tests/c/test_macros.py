import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.macros import KINDS, learn_kinds, merge_kinds


@pytest.mark.parametrize(
    ("define", "kind"),
    [
        ("X(v, h) for ((v) = (h); (v); (v) = NEXT(v))", "head"),
        ("X(v, h) \\\n\tfor ((v) = (h); (v); (v) = NEXT(v))", "head"),
        ("X(v, h) \\\r\n\tfor ((v) = (h);;)", "head"),
        ("X(a) while (a)", "head"),
        ("X(a) for (;;) if (a)", "head"),
        ("X(a) for (;;) if (a) ; else", "head"),
        ("X(a) g(a); for (;;)", "head"),
        ("X for (;;)", "head"),
        ("X(a, ...) for (a; ;)", "head"),
        ("X(n) struct n { int a; }", "type"),
        ("X(n) \\\nstruct n { \\\n\tint a; \\\n}", "type"),
        ("X(n) union { struct n *a; }", "type"),
        ("X(a) __attribute__((a))", "attribute"),
        ("__x", "word"),
        ("X", "word"),
        ("x __attribute__((y))", "word"),
        ("X {", "open"),
        ("X(a) if (a) {", "open"),
        ("X }", "close"),
        ("X() } while (0)", "close"),
        ("X /* } */ {", "open"),
        ("X static", "storage"),
        ("X extern", "extern"),
        ("X static inline", "storage"),
        ("X(a) a", "identity"),
        ("X(p, t) ((t)(p)->data)", "typearg"),
        ("X(p, t) ((const t *)(p)->data)", "typearg"),
        ("X(t) sizeof(t)", "typearg"),
        ("X(t, a) ((struct t *)(a))", "typearg"),
        ("X(a) do { a; } while (0);", "statement"),
        ("X(a) { a; }", "statement"),
        ("X() g();", "statement"),
        ("X Y", "like:Y"),
        ("X(a) Y(a)", "like:Y:0"),
        ("X(a, b) Y(b, 1, a)", "like:Y:1,-,0"),
        ("X(a) Y((a)->b)", "like:Y:-"),
        ("X(v, a) for (int v = 0; v < a; v++)", "head:0"),
        ("X(a, v) for (struct s *v = (a), *w = v; v; )", "head:1"),
        ("X(t, v) for (t v = 0; ; )", "head:1"),
        ("X(t, v) for (const __typeof__(*(t)) *v = f(t); ; )", "head:1"),
        ("X(v) x(); for (int v = 0; ; ) if (v)", "head:0"),
        ("X(v) for (int w = (v); ; )", "head"),
        ("X(v) for (*v = 0; ; )", "head"),
        ("X(v) for (; int_t v; )", "head"),
    ],
)
def test_kind_of_a_macro(define: str, kind: str) -> None:
    (learnt,) = learn_kinds(f"#define {define}\n".encode()).values()
    assert learnt == kind


@pytest.mark.parametrize(
    "define",
    [
        "X 3",
        "x",
        "X()",
        "X (1 << 3)",
        'X "{"',
        "X(a, b) ((a) + (b))",
        "X(a) (a)",
        "X(a) do { a; } while (0)",
        "X(a) for (;;) a",
        "X(a) Y(a) + 1",
        "X(a) ((a) - b)",
        "X(t, n) t n",
        'X(a) g("for (;;)", a)',
        "X /* for (;;) */ 1",
        "X '{'",
        "X(a) ((a) == '}')",
        "X(a) if (a) g()",
        "X(a) ((a) & mask)",
        "X(a) ((a) * 2)",
    ],
)
def test_macros_of_no_interest(define: str) -> None:
    learnt = learn_kinds(f"#define {define}\n".encode())
    assert merge_kinds({}, [learnt]) == {}


@pytest.mark.parametrize(
    "text",
    [
        b"/* #define X(a) for (;;) */\n",
        b"// #define X {\n",
        b'char *s = "#define X {";\n',
    ],
)
def test_definitions_in_comments_and_literals_do_not_count(text: bytes) -> None:
    assert learn_kinds(text) == {}


def test_the_first_definition_of_a_file_counts() -> None:
    assert learn_kinds(b"#define X(a) for (;;)\n#define X(a) g(sizeof(a))\n") == {"X": "head"}


def test_indented_directives_and_files_without_a_final_newline() -> None:
    assert learn_kinds(b"#if A\n # define X(a) for (;;)\n#\tdefine Y {") == {"X": "head", "Y": "open"}


@pytest.mark.parametrize("repeat", [10, 5000])
def test_long_chains_of_heads_are_read(repeat: int) -> None:
    assert learn_kinds(b"#define X " + b"if (a) " * repeat + b"\n") == {"X": "head"}


def test_given_kinds_win() -> None:
    assert merge_kinds({"X": "plain", "Y": "head"}, [{"X": "head", "Y": "typearg"}]) == {"Y": "head"}


def test_files_that_disagree_keep_the_first_kind() -> None:
    assert merge_kinds({}, [{"X": "head"}, {"X": "statement"}]) == {"X": "head"}


@pytest.mark.parametrize("tables", [[{"X": "head"}, {"X": "typearg"}], [{"X": "typearg"}, {"X": "head"}]])
def test_files_that_disagree_keep_the_kind_that_only_adds_a_reading(tables: list[dict[str, str]]) -> None:
    assert merge_kinds({}, tables) == {"X": "typearg"}


def test_chain_of_macros_takes_the_kind_at_its_end() -> None:
    assert merge_kinds({"C": "head"}, [{"A": "like:B"}, {"B": "like:C"}]) == {"A": "head", "B": "head", "C": "head"}


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ({"A": "like:B:0", "B": "head:0"}, "head:0"),
        ({"A": "like:B:1", "B": "head:0"}, "head:1"),
        ({"A": "like:B:1,0", "B": "head:1"}, "head:0"),
        ({"A": "like:C:2,1", "B": "head:0", "C": "like:B:1,0"}, "head:1"),
        ({"A": "like:B", "B": "head:1"}, "head:1"),
        ({"A": "like:B:-", "B": "head:0"}, "head"),
        ({"A": "like:B:0", "B": "head:1"}, "head"),
        ({"A": "like:B:0", "B": "head"}, "head"),
    ],
)
def test_the_argument_a_loop_declares_is_followed_through_other_macros(table: dict[str, str], kind: str) -> None:
    assert merge_kinds({}, [table])["A"] == kind


@pytest.mark.parametrize("table", [{"A": "like:B"}, {"A": "like:A"}, {"A": "like:B", "B": "like:A"}])
def test_chain_that_ends_nowhere_has_no_kind(table: dict[str, str]) -> None:
    assert merge_kinds({}, [table]) == {}


def test_chain_that_is_too_long_has_no_kind() -> None:
    table = {f"M{i}": f"like:M{i + 1}" for i in range(20)} | {"M20": "head"}
    merged = merge_kinds({}, [table])
    assert "M0" not in merged
    assert merged["M19"] == "head"


@given(st.binary(max_size=80).map(lambda body: b"#define X(a) " + body))
def test_learning_never_raises(data: bytes) -> None:
    assert set(merge_kinds({}, [learn_kinds(data)]).values()) <= KINDS
