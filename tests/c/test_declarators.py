from collections.abc import Callable

import pytest

from vport.c.declarators import Declaration, Declarator, short_type, specifier_text
from vport.facts import FileFacts

FactsOf = Callable[[bytes | str], FileFacts]


def declared(facts_of: FactsOf, text: str) -> tuple[Declaration, Declarator]:
    (declaration,) = facts_of(text).declarations
    return declaration, declaration.declarators[0]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("static int x;", ""),
        ("static int *(x);", "p"),
        ("static int (x);", ""),
        ("static int *x;", "p"),
        ("static int **x;", "pp"),
        ("static int *const volatile *x;", "pp"),
        ("static int x[3];", "a"),
        ("static int x[];", "a"),
        ("static int x[2][3];", "aa"),
        ("static int *x[3];", "ap"),
        ("static int (*x)[3];", "pa"),
        ("static int (*x)(int, int);", "pf"),
        ("static int *(*x)(void);", "pfp"),
        ("static int (*x[3])(void);", "apf"),
        ("static int *(*x[3])(void);", "apfp"),
        ("static int (**x)(void);", "ppf"),
        ("static int (*(*x)(int))(void);", "pfpf"),
        ("static int (*(x[2]))[3];", "apa"),
        ("static int x __aligned(8);", ""),
        ("static int *x __attribute__((unused)) = 0;", "p"),
        ("static TAILQ_HEAD(, frob) x;", ""),
        ("static LIST_HEAD(, frob) *x;", "p"),
    ],
)
def test_shape_reads_from_the_name_outwards(facts_of: FactsOf, text: str, shape: str) -> None:
    _, declarator = declared(facts_of, text)
    assert (declarator.name, declarator.shape) == ("x", shape)
    assert text[declarator.name_at] == "x"


@pytest.mark.parametrize(
    ("text", "const"),
    [
        ("static const int x = 1;", True),
        ("static int const x = 1;", True),
        ("const static int x = 1;", True),
        ("static const int x[3];", True),
        ("static const struct s x;", True),
        ("static int *const x = 0;", True),
        ("static const char *const x = 0;", True),
        ("static const char *const x[] = { 0 };", True),
        ("static int (*const x)(void) = f;", True),
        ("static int (*const x[2])(void);", True),
        ("static int *volatile const x;", True),
        ("static int x;", False),
        ("static const int *x;", False),
        ("static int const *x;", False),
        ("static const char *x[] = { 0 };", False),
        ("static int *const *x;", False),
        ("static const int (*x)(void);", False),
        ("static const int (*x)[3];", False),
        ("static int (*x)(int *const a);", False),
        ("static int *volatile x;", False),
        ("static struct { const char *a; int b; } x;", False),
        ("static int x[sizeof(const int)];", False),
    ],
)
def test_const_means_the_object_itself(facts_of: FactsOf, text: str, const: bool) -> None:
    assert declared(facts_of, text)[1].const is const


def test_several_declarators_keep_their_own_shapes_and_values(facts_of: FactsOf) -> None:
    text = "static int a = 1, *b, c[3] = { 1, 2 }, (*d)(void) = f, (e), g[2][3], *h[N(1, 2)];"
    (declaration,) = facts_of(text).declarations
    assert [(d.name, d.shape, text[d.value_start : d.value_end]) for d in declaration.declarators] == [
        ("a", "", "1"),
        ("b", "p", ""),
        ("c", "a", "{ 1, 2 }"),
        ("d", "pf", "f"),
        ("e", "", ""),
        ("g", "aa", ""),
        ("h", "ap", ""),
    ]
    assert [text[d.start : d.end] for d in declaration.declarators][3:5] == ["(*d)(void)", "(e)"]


@pytest.mark.parametrize(
    "text",
    [
        "int f(int n);",
        "extern int f(int), g(void);",
        "static int *f(void);",
        "int (*f(int a))(int);",
        "struct s;",
        "struct s { int a; };",
        "enum e { A };",
        "typedef int t;",
        "typedef int (*t)(int);",
        "typedef struct { int n; } t, *pt;",
        "int;",
        ";",
    ],
)
def test_what_declares_no_variable(facts_of: FactsOf, text: str) -> None:
    assert facts_of(text).declarations == []


def test_functions_among_variables_are_left_out(facts_of: FactsOf) -> None:
    (declaration,) = facts_of("extern int f(int), *a, *g(void), b;").declarations
    assert [d.name for d in declaration.declarators] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ("static int x;", "int"),
        ("extern  const\n\tunsigned   long x;", "const unsigned long"),
        ("static struct s x;", "struct s"),
        ("static struct { int a; } x;", "struct { int a; }"),
        ("static __unused int x;", "int"),
        ("static int __aligned(sizeof(int) * (2)) x;", "int"),
        ("static __attribute__((unused)) int x;", "int"),
        ("int static x;", "int"),
        ("static volatile u_int x;", "volatile u_int"),
        ("static TAILQ_HEAD(h, frob) x;", "TAILQ_HEAD(h, frob)"),
        ("static _Atomic int x;", "_Atomic int"),
        ("\xef\xbb\xbfstatic int x;", "int"),
        ("static /* why */ int /* what */ x;", "int"),
        ("VNET_DEFINE(int, x) = 3;", "int"),
        ("VNET_DEFINE_STATIC(struct frob *, x) = 0;", "struct frob *"),
        ("VNET_DEFINE_STATIC(int, x);", "int"),
        ("VNET_DECLARE(int, x);", "int"),
        ("static VNET_DEFINE(int, x) = 2;", "int"),
    ],
)
def test_specifier_is_the_type_alone(facts_of: FactsOf, text: str, specifier: str) -> None:
    assert declared(facts_of, text)[0].specifier == specifier


@pytest.mark.parametrize(
    ("text", "storage"),
    [
        ("int x;", ""),
        ("static int x;", "static"),
        ("extern int x;", "extern"),
        ("const static int x;", "static"),
        ("int static x;", "static"),
        ("int const static *x;", "static"),
        ("struct { int a; } static x;", "static"),
        ("__attribute__((used)) static int x;", "static"),
        ("__unused static int x;", "static"),
        ("#define LOCAL static\nLOCAL int x;", "static"),
        ("VNET_DEFINE(int, x) = 1;", ""),
        ("VNET_DEFINE_STATIC(int, x) = 1;", "static"),
        ("DPCPU_DEFINE_STATIC(int, x) = 1;", "static"),
        ("int x = sizeof(struct { int a; });", ""),
        ("struct { int a[sizeof(int)]; } x;", ""),
    ],
)
def test_storage_class_wherever_it_stands(facts_of: FactsOf, text: str, storage: str) -> None:
    assert declared(facts_of, text)[0].storage == storage


def test_body_of_the_type_is_told(facts_of: FactsOf) -> None:
    assert declared(facts_of, "static struct { int a; } x;")[0].has_body
    assert not declared(facts_of, "static struct s x = { 1 };")[0].has_body


def test_declaration_covers_its_statement(facts_of: FactsOf) -> None:
    text = "int a;\n\n  static int x\n = 3 ; int b;"
    declaration = facts_of(text).declarations[1]
    assert text[declaration.start : declaration.end] == "static int x\n = 3 ;"
    assert declaration.line == 3
    assert text[declaration.specifier_start : declaration.specifier_end].strip() == "static int"


def test_attribute_macros_go_from_the_specifier_with_their_arguments() -> None:
    code = b"static FROB(a, (b)) int __x unsigned"
    assert specifier_text(code, 0, len(code), frozenset((b"FROB", b"__x"))) == "int unsigned"
    assert specifier_text(code, 0, len(code), frozenset()) == "FROB(a, (b)) int __x unsigned"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("static int x;", "int"),
        ("static int *x;", "int *"),
        ("static struct { int a; } x[3];", "struct {...} [3]"),
        ("static int (*x)(int,\n\tint);", "int (*)(int, int)"),
        ("static char *x[2];", "char *[2]"),
    ],
)
def test_short_type(facts_of: FactsOf, text: str, short: str) -> None:
    declaration, declarator = declared(facts_of, text)
    span = text.encode()[declarator.start : declarator.end]
    assert short_type(declaration.specifier, declarator, span) == short
