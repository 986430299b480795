"""What one file says."""

import time
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.facts import FileFacts
from vport.uses import find_uses

FactsOf = Callable[[bytes | str], FileFacts]


@pytest.mark.parametrize(
    "text",
    [
        'register struct s *n __asm("x18");',
        "typedef _Packed struct s\n{\n\tuint8_t\ta;\n\tuint32_t b[4];\n} _PackedType s;\n",
        "typedef Wrapped struct s { int a; volatile int b, c; } _PackedType s;",
        "#ifdef LOCORE\n\tmovw\t%ax, n\n\tENTRY(n) movl n\n#endif",
        "#ifndef __ASSEMBLER__\nint f(void);\n#else\n\tmovq\t%rax, n\n\tsubq $n - 8, %rax\n#endif",
    ],
)
def test_no_variables(facts_of: FactsOf, text: str) -> None:
    assert variables(facts_of(text)) == []


def variables(facts: FileFacts) -> list[tuple[str, str, str]]:
    return [(x.function, x.storage, d.name) for x in facts.declarations for d in x.declarators]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("int f(void) { }", ["f"]),
        ("static inline struct s *\nf(int a)\n{ }", ["f"]),
        ("int f(a) int a; { }", ["f"]),
        ("int __attribute__((noinline)) f(int a) { }", ["f"]),
        ("int f(void) __aligned(8) { }", ["f"]),
        ("int f __P((int));\nint f(int a) { }", ["f"]),
        ("#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{ }\nint g(void) { }", ["f", "g"]),
        ("DB_SHOW_COMMAND(a, show_a)\n{ }", ["DB_SHOW_COMMAND(a, show_a)"]),
        ("int f(void);\nint a;", []),
        ("int (*f(int a))(int) { }", ["f"]),
        ("int (f)(int a) { }", ["f"]),
        ("FROB_EXPORT(int) f(int a) { }", ["f"]),
    ],
)
def test_functions_by_name(facts_of: FactsOf, text: str, names: list[str]) -> None:
    assert [f.name for f in facts_of(text).functions] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#ifdef A\nint f(int a)\n#else\nint g(int b)\n#endif\n{ }", ["f g"]),
        ("#ifdef A\nint f(int a)\n{\n#else\nint g(int b)\n{\n#endif\n}", ["f g"]),
        ("static int\n#ifdef A\nf(a)\n#elif B\ng(a)\n#else\nh(a)\n#endif\n\tint a;\n{ }", ["f g h"]),
        ("#ifdef A\nint f(int a) { if (a) {\n#else\nint g(int b) { {\n#endif\n} }", ["f g"]),
        ("#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{ }\nint g(void) { }", ["f", "g"]),
        ("#ifdef A\nint f(int a) { }\n#else\nint g(int b) { }\n#endif", ["f", "g"]),
        ("int f(int a) {\n#ifdef A\nif (a) {\n#else\nif (g(a)) {\n#endif\n} }", ["f"]),
        ("int f(void) { }\n#ifdef A\nint g(int a)\n#else\nint g(void)\n#endif\n{ }", ["f", "g"]),
    ],
)
def test_heads_of_one_body_in_branches_are_names_of_one_function(
    facts_of: FactsOf, text: str, names: list[str]
) -> None:
    assert [" ".join(f.names) for f in facts_of(text).functions] == names


@pytest.mark.parametrize(
    ("text", "undefined"),
    [
        ("#undef n", [("n", 0)]),
        ("#define n 3\n # undef n /* m */\n#undef\n", [("n", 12)]),
        ('/*\n#undef n\n*/\n"#undef m"\n#define undef n\n#ifdef n\n#endif', []),
    ],
)
def test_undefined_names(facts_of: FactsOf, text: str, undefined: list[tuple[str, int]]) -> None:
    assert facts_of(text).undefined == undefined


@pytest.mark.parametrize(
    ("text", "static"),
    [
        ("static int f(void) { }", True),
        ("\n static\nint\nf(void) { }", True),
        ("int f(void) { static int a; }", False),
        ("int f_static(void) { }", False),
        ("inline int f(void) { }", False),
        ("inline static int f(void) { }", True),
        ("__attribute__((x)) static int f(void) { }", True),
        ("static_t f(void) { }", False),
    ],
)
def test_static_functions(facts_of: FactsOf, text: str, static: bool) -> None:
    assert facts_of(text).functions[0].static is static


def test_function_covers_header_and_body(facts_of: FactsOf) -> None:
    text = "int a;\n\nint\nf(void)\n{\n\tg();\n}\nint b;"
    (function,) = facts_of(text).functions
    assert text[function.start : function.end] == "int\nf(void)\n{\n\tg();\n}"
    assert (text[function.body], function.line) == ("{", 3)


def test_calls_of_a_function_once_each_in_order(facts_of: FactsOf) -> None:
    text = "int f(void) { z(a()); if (b(1)) z(); s.m(); (*p)(); return q; }\nint h(void) { c(); }"
    assert [set(f.calls) for f in facts_of(text).functions] == [{"z", "a", "b"}, {"c"}]
    assert all(len(f.calls) == len(set(f.calls)) for f in facts_of(text).functions)
    assert facts_of("int f(void) { d(); b(); c(); a(); }").functions[0].calls == ("d", "b", "c", "a")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "int a; static int b, *c; extern int d;",
            [("", "", "a"), ("", "static", "b"), ("", "static", "c"), ("", "extern", "d")],
        ),
        ("int f(void) { static int a; int b; extern int c; }", [("f", "static", "a"), ("f", "extern", "c")]),
        ("int f(a) int a; { }", []),
        ("int f(void) { for (static int a;;) ; }", [("f", "static", "a")]),
        ("int f(void) { { { static int a[3] = { 1 }; } } }", [("f", "static", "a")]),
        ("int f(void) { register int a; auto int b; typedef int c; }", []),
        ("struct s { int a; } b; enum { X } c; union { int d; } *e;", [("", "", "b"), ("", "", "c"), ("", "", "e")]),
        ("#ifdef A\nstatic int a;\n#else\nint a;\n#endif", [("", "static", "a"), ("", "", "a")]),
        ("static int a =\n#ifdef A\n1;\n#else\n2;\n#endif\nint b;", [("", "static", "a"), ("", "", "b")]),
        ("int a;;\n;int b;", [("", "", "a"), ("", "", "b")]),
        ("static int n\n,\nm\n=\n2\n;", [("", "static", "n"), ("", "static", "m")]),
        ("__BEGIN_DECLS\nextern int a;\n__END_DECLS", [("", "extern", "a")]),
        ("FROB(x)\nstatic int a;", [("", "static", "a")]),
        ("SYSINIT(a, b, c, d, NULL)\nstatic int e;", [("", "static", "e")]),
        ("static int a __aligned(8), b __unused = 2;", [("", "static", "a"), ("", "static", "b")]),
        ("VNET_DEFINE(int, a) = 1;", [("", "", "a")]),
        ('char *s = "open\nstatic int a;\n', [("", "static", "a")]),
        ("_Thread_local static _Atomic(int) a;", [("", "static", "a")]),
        ("f(a)\n\tint a;\n{ static int b; }\nint c;", [("f", "static", "b"), ("", "", "c")]),
        ("f(a, b)\n\tchar *a;\n{ }", []),
        ("DB_SHOW_COMMAND(x, y)\n{\n\tstatic int a;\n}", [("DB_SHOW_COMMAND(x, y)", "static", "a")]),
        ("static int a;\r\nstatic int b;\r\n", [("", "static", "a"), ("", "static", "b")]),
        ("static int a", [("", "static", "a")]),
        ("\xef\xbb\xbfstatic int a;", [("", "static", "a")]),
        (
            '#if defined(__cplusplus) && X\nextern "C" {\n#endif\nint a;\n#if defined(__cplusplus) && X\n}\n#endif\n',
            [("", "", "a")],
        ),
    ],
)
def test_variables_and_their_storage(facts_of: FactsOf, text: str, found: list[tuple[str, str, str]]) -> None:
    assert variables(facts_of(text)) == found


@pytest.mark.parametrize(
    "text", ["FROB_STATIC int m;", "FROB_STATIC unsigned int m, k;", "frob_define(x)\nstatic int m;"]
)
def test_keywords_are_no_variables(facts_of: FactsOf, text: str) -> None:
    assert "int" not in {name for _, _, name in variables(facts_of(text))}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("??=define X\nstatic int n = 1;", "static int n"),
        ("a - b\n\n__unused static int n;", "__unused static"),
        ("__attribute__((x(1 + 2)))\nint n;", "__attribute__"),
        ('FROB_SECTION(".a") static int n;', "FROB_SECTION"),
        ("? int n;", "int n"),
    ],
)
def test_declaration_begins_behind_what_is_no_c(facts_of: FactsOf, text: str, start: str) -> None:
    (declaration,) = facts_of(text).declarations
    assert text[declaration.start :].startswith(start)


@pytest.mark.parametrize("text", ["static\n#ifdef A\nint\n#else\nlong\n#endif\na;", "#ifdef A\nstatic\n#endif\nint a;"])
def test_directives_are_no_part_of_a_type(facts_of: FactsOf, text: str) -> None:
    assert "#" not in facts_of(text).declarations[0].specifier


def test_block_scope_static_is_seen_to_the_end_of_its_block(facts_of: FactsOf) -> None:
    text = "int f(void) { { static int a; } g(); }"
    (declaration,) = facts_of(text).declarations
    assert declaration.until == text.index("} g") + 1


def scopes(facts: FileFacts, text: str) -> dict[str, str]:
    local = facts.local
    return {n: text[a:u] for n, a, u in zip(local.names, local.at, local.until, strict=True)}


@pytest.mark.parametrize(
    ("text", "name", "scope"),
    [
        ("int f(int a) { x; }", "a", "a) { x; }"),
        ("int f(a)\n\tint a;\n{ x; }", "a", "a;\n{ x; }"),
        ("int f(void) { { int a; x; } y; }", "a", "a; x; }"),
        ("int f(void) { for (int a = 1;;) x; y; }", "a", "a = 1;;) x;"),
        ("int f(void) { for (int a = 1;;) { x; } y; }", "a", "a = 1;;) { x; }"),
        ("int f(void) { int g(int a); y; }", "a", "a)"),
        ("int f(void) { int (*g)(int a); y; }", "g", "g)(int a); y; }"),
        ("int f(void) { ({ int a; x; }); y; }", "a", "a; x; }"),
        ("int f(void) { enum { a } b; y; }", "a", "a } b; y; }"),
        ("int f(void) { typedef int a; y; }", "a", "a; y; }"),
        ("int f(void) { switch (x) { int a; case 1: ; } y; }", "a", "a; case 1: ; }"),
    ],
)
def test_scopes_of_local_names(facts_of: FactsOf, text: str, name: str, scope: str) -> None:
    assert scopes(facts_of(text), text)[name] == scope


@pytest.mark.parametrize(
    "text",
    [
        "int f(void) { static int a; }",
        "int f(void) { extern int a; }",
        "int f(void) { struct { int a; } *b; }",
        "int f(void) { a = 1; }",
        "int f(struct a *b) { }",
        "int g(int a);",
        "static int a;",
    ],
)
def test_names_that_are_not_local(facts_of: FactsOf, text: str) -> None:
    assert "a" not in facts_of(text).local.names


@pytest.mark.parametrize(
    ("text", "name", "parameters", "body"),
    [
        ("#define X 1", "X", None, " 1"),
        ("#define X", "X", None, ""),
        ("#define X()", "X", (), ""),
        ("#define X(a) (a)", "X", ("a",), " (a)"),
        ("#define X( a , b ) a", "X", ("a", "b"), " a"),
        ("#define X (a)", "X", None, " (a)"),
        ("#define X(a, ...) a", "X", ("a", ""), " a"),
        ("#define X(a...) a", "X", ("a",), " a"),
        ("# define X(a, \\\n b) \\\n a", "X", ("a", "b"), " \\\n a"),
        ("#define X 1 // y", "X", None, " 1 // y"),
    ],
)
def test_defines(facts_of: FactsOf, text: str, name: str, parameters: tuple[str, ...] | None, body: str) -> None:
    (define,) = facts_of("int a;\n" + text + "\nint b;").defines
    whole = "int a;\n" + text + "\nint b;"
    assert (define.name, define.parameters, whole[define.body : define.end]) == (name, parameters, body)
    assert whole[define.start : define.end] == text


@pytest.mark.parametrize(
    "text", ["#define\n", "#define 3\n", "#undef X\n", '"#define X"', "/*\n#define X\n*/", "#if X\n#endif\n"]
)
def test_what_defines_nothing(facts_of: FactsOf, text: str) -> None:
    assert facts_of(text).defines == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#include <net/if.h>\n", [("net/if.h", False)]),
        ('#include "x.h"\n', [("x.h", True)]),
        ('# include "a b.h" // why\n', [("a b.h", True)]),
        ("#include<x.h>", [("x.h", False)]),
        ("#if A\n#include <x.h>\n#endif\n", [("x.h", False)]),
        ("#include MACRO\n", []),
        ("/* #include <x.h> */ // #include <y.h>\n", []),
    ],
)
def test_includes(facts_of: FactsOf, text: str, found: list[tuple[str, bool]]) -> None:
    assert [(i.path, i.quoted) for i in facts_of(text).includes] == found


def test_other_names_are_functions_and_enumerators(facts_of: FactsOf) -> None:
    assert facts_of("enum { A, B = 2 } x; int f(void) { enum { C } y; } struct s { int m; };").other == [
        "A",
        "B",
        "C",
        "f",
    ]


def test_words_are_the_identifiers_outside_comments_and_literals(facts_of: FactsOf) -> None:
    words = facts_of('int a_1; /* no */ char *s = "not"; // nor\n#define X yes\n').words.split(" ")
    assert {"a_1", "X", "yes"} <= set(words)
    assert {"no", "not", "nor"}.isdisjoint(words)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("int a; /* never", [(7, "comment that never ends")]),
        ("#endif\n", [(0, "conditional directive that pairs with nothing")]),
        ("int a;\n#if A\n", [(7, "conditional directive that pairs with nothing")]),
        ("int f(void) {", [(0, "braces that do not balance")]),
        ("int f(void) { } }", [(0, "braces that do not balance")]),
        ("#ifdef A\nint f(void) {\n#else\nint g(void) {\n#endif\n}", []),
        ('char *s = "{";', []),
        ("int f(void) { }", []),
        ("", []),
    ],
)
def test_problems(facts_of: FactsOf, text: str, problems: list[tuple[int, str]]) -> None:
    assert facts_of(text).problems == problems


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 0), ("a\n", 1), ("a\r\nb\r\n", 2)])
def test_size_and_lines(facts_of: FactsOf, text: str, lines: int) -> None:
    facts = facts_of(text)
    assert (facts.size, facts.lines) == (len(text), lines)


def test_facts_travel_as_messagepack(facts_of: FactsOf) -> None:
    facts = facts_of("#if A\n#define X(a) a\n#endif\nSYSINIT(a, b);\nint n[3] = { 1 };\nint f(int b) { bad bad bad; }")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


MANY = (
    "static int n;\nint f(int a, int b, int c)\n{\n\tint d, e, g;\n\tx(); y(); z(); w();\n\tfor (int i = 0;;) v();\n}\n"
    * 5
)


def test_facts_are_the_same_each_time(facts_of: FactsOf) -> None:
    encoded = {msgspec.msgpack.encode(facts_of(MANY)) for _ in range(20)}
    assert len(encoded) == 1


def test_local_enumerators_are_the_same_each_time(facts_of: FactsOf) -> None:
    text = "int f(void) { enum { A, B, C, D, E, F } a; enum { G, H, I } b; }"
    assert len({msgspec.msgpack.encode(facts_of(text)) for _ in range(50)}) == 1


PIECES = st.sampled_from(
    [
        *"(){}[];,:?*#=&\"'\\",
        *["n", "f", "int", "static ", "struct s ", "enum ", "typedef ", "return ", "sizeof", "goto ", "case ", "for ("],
        *[
            "\n",
            "\r\n",
            "\\\n",
            "/*",
            "*/",
            "//",
            "->",
            "...",
            "\xe9",
            "\0",
            "\n}\n",
            "f(n)\n\tint n;\n{\n",
            "int f(int n)\n{\n",
        ],
        *[
            "\n#define X(n) ",
            "\n#if 0\n",
            "\n#ifdef A\n",
            "\n#else\n",
            "\n#endif\n",
            '\n#include "n"\n',
            "__attribute__((n))",
        ],
        *[
            "VNET_DEFINE(int, ",
            "TAILQ_FOREACH(n, ",
            "TAILQ_HEAD(, n) ",
            "SYSCTL_INT(n, ",
            "DB_SHOW_COMMAND(n)",
            "mtod(n, int *)",
        ],
    ]
)
SOUP = st.lists(PIECES, max_size=40).map("".join)


def check_sane(facts: FileFacts, data: bytes) -> None:
    size = len(data)
    assert facts.size == size
    for a, b in zip(facts.functions, facts.functions[1:], strict=False):
        assert a.end <= b.start
    assert all(0 <= f.start <= f.body < f.end <= size for f in facts.functions)
    assert all(0 <= d.start <= d.body <= d.end <= size for d in facts.defines)
    assert all(0 <= u.start <= u.at <= u.end <= size for u in facts.unread)
    for declaration in facts.declarations:
        assert 0 <= declaration.start < declaration.end <= size
        for one in declaration.declarators:
            assert data[one.name_at : one.name_at + len(one.name)].decode("latin-1") == one.name
    for name, at, until in zip(facts.local.names, facts.local.at, facts.local.until, strict=True):
        assert data[at : at + len(name)].decode("latin-1") == name
        assert at < until <= size


@settings(max_examples=150, deadline=None)
@given(SOUP)
def test_reading_token_soup_never_raises(facts_of: FactsOf, text: str) -> None:
    data = text.encode("latin-1")
    check_sane(facts_of(data), data)


@settings(max_examples=150, deadline=None)
@given(SOUP.map(lambda text: text.replace("{", "")))
def test_reading_token_soup_without_bodies_never_raises(facts_of: FactsOf, text: str) -> None:
    data = text.encode("latin-1")
    check_sane(facts_of(data), data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=100))
def test_reading_random_bytes_never_raises(facts_of: FactsOf, data: bytes) -> None:
    check_sane(facts_of(data), data)


@pytest.mark.parametrize("cut", range(0, len(MANY) // 5, 7))
def test_reading_a_file_cut_anywhere_never_raises(facts_of: FactsOf, cut: int) -> None:
    check_sane(facts_of(MANY[:cut]), MANY[:cut].encode())


@pytest.mark.parametrize(
    "deep", ["{", "(", "[", "int f(void) { if (a) ", "#if A\n", "struct s { ", "/*", '"', "a ? ", "f(", "*", "&", "}"]
)
def test_deep_nesting_never_raises(facts_of: FactsOf, deep: str) -> None:
    text = "static int n;\nint f(int a) { }\n" + deep * 2000
    facts = facts_of(text)
    assert facts.size == len(text)
    assert facts.declarations[0].declarators[0].name == "n"


GROWING = {
    "functions": "int f%d(int a)\n{\n\treturn (a + n);\n}\n",
    "variables": "static int v%d = 1;\n",
    "static_locals": "int f%d(void)\n{\n\tstatic int s;\n\ts++;\n}\n",
    "shadowing_parameters": "int f%d(int n)\n{\n\treturn (n);\n}\n",
    "old_style_functions": "int\nf%d(a, n)\n\tint a;\n\tint n;\n{\n\treturn (a + n);\n}\n",
    "macros": "#define M%d(a) ((a) + n)\n",
    "conditionals": "#ifdef A%d\nint a;\n#endif\n",
    "sysctls": "SYSCTL_INT(_n, OID_AUTO, x%d, CTLFLAG_RW, &n, 0, '\"');\n",
    "unreadable_functions": "int f%d(int a)\n{\n\treturn a a a;\n}\n",
    "comments": "/* it's %d */ // n\n",
    "escaped_quotes": '\\"',
    "statements_without_semicolon": "int f%d(void)\n{\n\tFROB(a)\n\tg();\n}\n",
    "splits": "#ifdef A%d\nint f(int a) {\n#else\nint f(void) {\n#endif\n\tx();\n}\n",
    "blocks": "{ int n; n++; }\n",
    "unclosed_calls": "mtod(\n",
    "unclosed_attributes": "__aligned(\n",
}


@pytest.mark.parametrize("item", GROWING.values(), ids=GROWING)
def test_time_grows_with_the_text(facts_of: FactsOf, item: str) -> None:
    """Four times the text may take eight times the time; quadratic work would take sixteen."""

    def seconds(count: int) -> float:
        data = "".join(item % i if "%d" in item else item for i in range(count)).encode()
        best = float("inf")
        for _ in range(2):
            begun = time.process_time()
            find_uses(data, facts_of(data), ["n"])
            best = min(best, time.process_time() - begun)
        return best

    seconds(50)
    assert seconds(4000) < 8 * seconds(1000) + 0.02


def test_attributes_nested_deep_are_read_at_once(facts_of: FactsOf) -> None:
    data = b"static int n " + b"__aligned(" * 20_000 + b"8" + b")" * 20_000 + b";\n"
    begun = time.process_time()
    assert variables(facts_of(data)) == [("", "static", "n")]
    assert time.process_time() - begun < 2


def test_hundred_thousand_lines(facts_of: FactsOf) -> None:
    text = "int f(int a)\n{\n\n\treturn (a);\n}\n" * 20_000
    facts = facts_of(text)
    assert (facts.lines, len(facts.functions), facts.unread) == (100_000, 20_000, [])
