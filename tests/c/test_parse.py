"""What the parser reads, and what it lists as unread."""

from collections.abc import Callable

import pytest

from vport.facts import FileFacts

FactsOf = Callable[[bytes | str], FileFacts]


@pytest.mark.parametrize(
    "text",
    [
        "int f(void) { return 1; }",
        "int\nf(a, b)\n\tint a;\n\tchar **b;\n{\n\treturn (a);\n}",
        "struct mbuf *\nf(a)\n\tstruct mbuf *a;\n{\n\treturn (a);\n}",
        "int f(struct s *a) { TAILQ_FOREACH(a, &h, link) a->x = 1; return 0; }",
        "int f(struct s *a) { TAILQ_FOREACH_SAFE(a, &h, link, b) { if (a) continue; } }",
        "#define EACH(a) for (a = 0; a; a++)\nint f(int a) { EACH(a) { g(); } EACH(a) g(); }",
        "#define EACH(a) \\\n\tfor (a = 0; \\\n\t    a; a++)\nint f(int a) { if (a) EACH(a) g(); else h(); }",
        "#define EACH2(a) EACH(a)\n#define EACH(a) for (a = 0;;)\nint f(int a) { EACH2(a) g(); }",
        "int f(struct mbuf *m) { struct ip *i = mtod(m, struct ip *); return mtod(m, struct ip *)->x; }",
        "static TAILQ_HEAD(, frob) h = TAILQ_HEAD_INITIALIZER(h);\nint f(void) { return 1; }",
        "#define BEGIN {\n#define END }\nint f(int a) { if (a) BEGIN g(); END return a; }",
        "int f(int a) { switch (a) { case 1 ... 3: g(); break; default: ; } }",
        "int f(int a) { int b = ({ int c = a; c + 1; }); return b ?: a; }",
        'int f(int a) { __asm __volatile("nop" : "=r"(a) : : "memory"); return a; }',
        "int __attribute__((noinline)) f(int a __unused) { return a; }",
        "static __inline int f(int a) { return a; }",
        "int f(int a)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (!a) {\n#endif\n\t\tg();\n\t}\n\treturn (a);\n}",
        "int f(int a)\n{\n\tif (a) {\n#ifdef A\n\t} else if (a == 2) {\n\t\th();\n#endif\n\t}\n\treturn (a);\n}",
        "int f(int a)\n{\n\tg(a,\n#ifdef A\n\t    1\n#else\n\t    2\n#endif\n\t    );\n}",
        "int f(void)\n{\n#if 0\n\tit's not C {{{ (\n#endif\n\treturn (1);\n}",
        "DB_SHOW_COMMAND(frob, db_show_frob)\n{\n\tg(addr);\n}",
        "int f(void) { goto out; out: ; }",
        "int f(void) { struct s a = { .b = { [1] = 2, [3 ... 4] = 5 }, c: 6 }; }",
        "int f(int a, int b[static 3], int (*c)(void), ...) { return (*c)(); }",
        "struct s { int a : 3, b : 2; TAILQ_ENTRY(s) link; } __packed;",
        "static int a[] = { [0 ... 3] = 1, [4] = 2 };",
        "extern int f __P((int));",
        "\f\nint f(void)\r\n{\r\n\treturn (1);\r\n}\r\n",
        "",
        "f(a)\n\tint a;\n{ return (a); }",
        "f(a)\n{ return (a); }",
        "static char **\nf(a, b)\n\tint a, (*b)(int);\n{ return (a); }",
        "int f(a)\n\tstruct { int x; } a;\n{ return (a.x); }",
        "int f(int a) { void *t[] = { &&x }; goto *t[a]; x: ; }",
        "int f(int a) { goto *(void *)a; }",
        "struct s { int a : 3; int : 0; };",
        "struct s { int a : 3; uint32_t : 5, b : 2; unsigned int : 0; };",
        "struct s { int a : 3, : 0, b : 2; };",
        "int f(void) { struct { unsigned : 3; int a : 4; } x; return (x.a); }",
        "static _Atomic(int) a;",
        "static _Atomic int a;",
        "_Thread_local static int a;",
        "static _Thread_local int a;",
        "static frob_t FAR a[3] = { 1 };",
        "static struct s { int FAR x; } CACHED a, *b;",
        "int FROB_API f(int a) { return (a); }",
        "struct s * FROB_API f(int a) { return (a); }",
    ],
)
def test_everything_is_read(facts_of: FactsOf, text: str) -> None:
    assert facts_of(text).unread == []


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("FROB_STATIC int a;", [("int", "a")]),
        ("FROB_STATIC frob_t a, b[3];", [("frob_t", "a"), ("frob_t", "b")]),
        ("FROB_EXPORT FROB_STATIC struct s *a = 0;", [("struct s", "a")]),
        ("FROB_STATIC FROB_T a;", [("FROB_T", "a")]),
        ("FROB_STATIC\n    const unsigned int a = 3;", [("const unsigned int", "a")]),
        ("FROB_STATIC int a\n#ifdef X\n= 3\n#endif\n;", [("int", "a")]),
        ("FROB_T a;", [("FROB_T", "a")]),
        ("FROB_T *a;", [("FROB_T", "a")]),
        ("FROB_STATIC int f(void);", []),
        ("FROB_STATIC int f(int b) { return (b); }", []),
    ],
)
def test_macros_nobody_knows_before_a_declaration(
    facts_of: FactsOf, text: str, declared: list[tuple[str, str]]
) -> None:
    facts = facts_of(text)
    assert facts.unread == []
    assert [(d.specifier, x.name) for d in facts.declarations for x in d.declarators] == declared


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("int f(int a) { return a a a; }", True),
        ("static int = ;", False),
        ('int f(void) { return "n; }', True),
        ("int f(void) { if (a { } }", True),
    ],
)
def test_what_cannot_be_read_is_listed_and_its_neighbours_are_read(
    facts_of: FactsOf, text: str, function: bool
) -> None:
    whole = f"int before;\n{text}\nint after(void)\n{{\n\tint x;\n\treturn (x);\n}}\n"
    facts = facts_of(whole)
    (unread,) = facts.unread
    assert unread.function is function
    assert unread.start <= unread.at <= unread.end
    assert whole[unread.start :].startswith(text[:8])
    assert facts.functions[-1].name == "after"
    assert "x" in facts.local.names
    assert "before" in {d.name for x in facts.declarations for d in x.declarators}


@pytest.mark.parametrize("lost", [3, 40])
def test_many_bad_functions_do_not_hide_the_good_ones(facts_of: FactsOf, lost: int) -> None:
    bad = "int bad(int a)\n{\n\treturn a a a;\n}\n"
    good = "int good(int a)\n{\n\tint x = a;\n\treturn (x);\n}\n"
    facts = facts_of((bad + good) * lost)
    assert [u.function for u in facts.unread] == [True] * lost
    assert facts.local.names.count("x") == lost


def test_calls_of_all_branches_are_seen(facts_of: FactsOf) -> None:
    text = "int f(int a)\n{\n#ifdef A\n\tif (one(a)) {\n#else\n\tif (two(a)) {\n#endif\n\t\tthree();\n\t}\n}\n"
    assert set(facts_of(text).functions[0].calls) == {"one", "two", "three"}


def test_macro_calls_of_further_branches_are_seen(facts_of: FactsOf) -> None:
    text = "#ifdef A\nint f(void) {\n#else\nFROB(b);\nint f(void) {\n#endif\n}\n"
    assert [c.name for c in facts_of(text).calls] == ["FROB"]
