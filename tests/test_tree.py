"""What names mean across files.  Uses that mean a variable stand between « »."""

from collections.abc import Callable, Mapping

import pytest

from vport.facts import FileFacts
from vport.name_arguments import name_arguments
from vport.tree import Tree, Variable

TreeOf = Callable[[Mapping[str, str]], Tree]
Unmark = Callable[[str], tuple[str, list[tuple[int, str]]]]
Marks = list[tuple[str, int, str]]


def link(tree_of: TreeOf, unmark: Unmark, files: Mapping[str, str]) -> tuple[Tree, Marks]:
    plain = {name: unmark(text) for name, text in files.items()}
    tree = tree_of({name: text for name, (text, _) in plain.items()})
    return tree, [(file, at, name) for file, (_, marks) in plain.items() for at, name in marks]


def referred(tree: Tree) -> Marks:
    return sorted({(r.file, r.use.at, r.use.name) for v in tree.variables for r in v.references})


def variable(tree: Tree, file: str, name: str, function: str = "") -> Variable:
    return next(v for v in tree.variables if v.key == (file, function, name))


ONE_FILE = {
    "constant_member_makes_no_constant": "static struct { const char *s; int i; } n; int f(void) { return «n».i; }",
    "static": "static int n; int f(void) { return «n»; }",
    "external": "int n; int f(void) { return «n»; }",
    "static_of_a_function": "int f(void) { static int n; «n»++; return «n»; }",
    "static_of_a_function_not_in_the_next": "int f(void) { static int n; «n»++; } int g(void) { return n; }",
    "static_of_a_block_ends_with_it": "static int n; int f(void) { { static int n; «n»++; } return «n»; }",
    "extern_in_a_block_means_the_global": "int n; int f(void) { extern int n; return «n»; }",
    "extern_in_a_block_means_the_static": "static int n; int f(void) { extern int n; return «n»; }",
    "parameter_of_a_callback_type": "static int n; static int (*cb)(int n); int f(void) { return «cb»(«n»); }",
    "address_in_initialiser": "static int n; static int *p = &«n»; int f(void) { return *«p»; }",
    "own_initialiser": "static struct h n = INITIALIZER(«n»);",
    "constants_are_of_no_interest": "static const int n = 3; int f(void) { return n; }",
    "pointer_to_constant_is_of_interest": "static const char *n; int f(void) { return *«n»; }",
    "declared_twice": "static int n; static int n = 1; int f(void) { return «n»; }",
    "one_definition_per_branch": "#ifdef A\nstatic int n;\n#else\nstatic long n;\n#endif\nint f(void) { return «n»; }",
    "macro_of_the_same_name_stands_in": (
        "#ifdef A\nstatic int n;\n#else\n#define n 0\n#endif\nint f(void) { return «n»; }"
    ),
    "member_macro": "#define GET(p, m) ((p)->m)\nstatic int n; int f(struct s *p) { return GET(p, n) + GET(«n», q); }",
    "member_macro_through_another": (
        "#define GET(p, m) ((p)->m)\n#define GET2(p, m) GET(p, m)\n"
        "static int n; int f(struct s *p) { return GET2(p, n) + GET2(«n», q); }"
    ),
    "member_macro_several_lines": (
        "#define GET(p, m) \\\n\t((p)-> \\\n\tm)\nstatic int n; int f(struct s *p) { return GET(p,\n\t n); }"
    ),
    "value_macro": "#define ID(x) (x)\nstatic int n; int f(void) { return ID(«n»); }",
    "tag_macro": "#define T(x) struct x\nstatic int n; int f(T(n) *p) { T(n) *q; return «n»; }",
    "pasting_macro": "#define P(x) frob_##x\nstatic int n; int f(void) { return P(n); }",
    "name_and_value_in_one_macro": "#define P(x) pr(#x, x)\nstatic int n; int f(void) { return P(«n»); }",
    "list_macros_take_the_link_by_name": (
        "static int link; static struct h q;\n"
        "int f(struct s *p) { TAILQ_FOREACH(p, &«q», link) g(«link»); TAILQ_INSERT_TAIL(&«q», p, link); }"
    ),
    "trees_take_their_own_name": (
        "static RB_HEAD(n, s) n = RB_INITIALIZER(&n);\nRB_GENERATE(n, s, link, cmp);\nstatic struct s *link;\n"
        "int f(struct s *p) { RB_INIT(&«n»); if (RB_EMPTY(&«n»)) return RB_ROOT(&«n») == 0; RB_INSERT(n, &«n», p);\n"
        "RB_FOREACH(«link», n, &«n») g(RB_LEFT(«link», link)); return RB_MIN(n, &«n») == RB_NEXT(n, &«n», p); }"
    ),
    "splay_trees_take_their_own_name": (
        "static SPLAY_HEAD(n, s) n;\nSPLAY_PROTOTYPE(n, s, link, cmp);\n"
        "int f(struct s *p) { SPLAY_FOREACH(p, n, &«n») g(p); return SPLAY_EMPTY(&«n»); }"
    ),
    "offsetof": "static int n; int f(void) { return offsetof(struct s, n) + __offsetof(struct s, n) + «n»; }",
    "sysctl_name_is_no_use": 'static int n;\nSYSCTL_INT(_net, OID_AUTO, n, CTLFLAG_RW, &«n», 0, "n");',
    "module_names_are_no_uses": "static moduledata_t n;\nDECLARE_MODULE(n, «n», SI_SUB_X, ANY);\nMODULE_VERSION(n, 1);",
    "sysinit_name_is_no_use": "static int n;\nSYSINIT(n, SI_SUB_X, SI_ORDER_ANY, f, &«n»);",
    "unknown_macro_takes_values": "static int n; int f(void) { return FROB(«n»); }",
    "enumerator_of_the_same_name_in_a_function": "static int n; int f(void) { enum { n }; return n; }",
}

MACROS = {
    "hides_a_static": "static int n;\nint e(void) { return «n»; }\n#define n 3\nint f(void) { return n; }",
    "undefined_again": ("static int n;\n#define n 3\nint f(void) { return n; }\n#undef n\nint g(void) { return «n»; }"),
    "defined_once_more": (
        "static int n;\n#define n 3\n#undef n\nint f(void) { return «n»; }\n#define n 4\nint g(void) { return n; }"
    ),
    "undefined_before": "#define n 3\n#undef n\nstatic int n;\nint f(void) { return «n»; }",
    "undefined_in_some_builds": ("static int n;\n#define n 3\n#ifdef A\n#undef n\n#endif\nint f(void) { return «n»; }"),
    "defined_in_some_builds": "static int n;\n#ifdef A\n#define n 3\n#endif\nint f(void) { return «n»; }",
    "defined_in_the_branch_of_the_use": (
        "static int n;\n#ifdef A\n#define n 3\nint f(void) { return n; }\n#else\nint f(void) { return «n»; }\n#endif"
    ),
    "with_arguments": "static int n;\n#define n(x) 3\nint f(void) { return «n»; }",
    "another_is_undefined": "static int n;\n#define n 3\n#undef m\nint f(void) { return n; }",
    "hides_an_external_up_to_its_end": (
        "int n;\n#define n 3\nint f(void) { return n; }\n#undef n\nint g(void) { return «n»; }"
    ),
}

SEVERAL_FILES = {
    "static_of_an_included_file": {"a.h": "static int n;", "a.c": '#include "a.h"\nint f(void) { return «n»; }'},
    "statics_belong_to_their_file": {
        "a.c": "static int n; int f(void) { return «n»; }",
        "b.c": "int g(void) { return n; }",
    },
    "external_declared_in_a_header": {
        "a.h": "extern int n;",
        "a.c": '#include "a.h"\nint n;',
        "b.c": '#include "a.h"\nint g(void) { return «n»; }',
    },
    "external_declared_in_the_file": {"a.c": "int n;", "b.c": "extern int n; int g(void) { return «n»; }"},
    "external_declared_in_a_block": {"a.c": "int n;", "b.c": "int g(void) { extern int n; return «n»; }"},
    "external_nobody_declares": {"a.c": "int n;", "b.c": "int g(void) { return n; }"},
    "header_not_included": {
        "a.h": "extern int n;",
        "a.c": "int n;",
        "b.c": "int g(void) { return n; }",
    },
    "macro_of_a_header_hides": {
        "a.h": "#define n 3\nextern int n;",
        "a.c": '#include "a.h"\nint f(void) { return n; }',
        "b.c": "int n;",
    },
    "macro_of_a_header_is_undefined": {
        "a.h": "#define n 3",
        "a.c": '#include "a.h"\n#undef n\nint n;\nint f(void) { return «n»; }',
    },
    "macro_that_a_header_undefines": {
        "a.h": "#define n 3\n#undef n",
        "a.c": '#include "a.h"\nint n;\nint f(void) { return «n»; }',
    },
    "header_included_through_another": {
        "sys/a.h": "extern int n;",
        "sys/b.h": "#include <sys/a.h>",
        "a.c": "int n;",
        "b.c": "#include <sys/b.h>\nint g(void) { return «n»; }",
    },
    "headers_that_include_each_other": {
        "a.h": '#include "b.h"\nextern int n;',
        "b.h": '#include "a.h"',
        "a.c": '#include "b.h"\nint n;',
        "b.c": '#include "b.h"\nint g(void) { return «n»; }',
    },
    "static_hides_the_external_of_another_file": {
        "a.c": "int n; int f(void) { return «n»; }",
        "b.c": "static int n; int g(void) { return «n»; }",
    },
    "parameter_in_another_file": {
        "a.h": "extern int n;",
        "a.c": '#include "a.h"\nint n;',
        "b.c": '#include "a.h"\nint g(int n) { return n; }',
    },
    "macro_in_a_header": {
        "a.h": "extern int n;\n#define N(x) ((x) + «n»)",
        "a.c": '#include "a.h"\nint n;',
    },
    "member_macro_in_a_header": {
        "a.h": "#define GET(p, m) ((p)->m)",
        "a.c": '#include "a.h"\nstatic int n; int f(struct s *p) { return GET(p, n); }',
    },
    "inline_function_in_a_header": {
        "a.h": "extern int n;\nstatic inline int g(void) { return «n»; }",
        "a.c": '#include "a.h"\nint n;',
    },
    "macro_of_the_same_name_hides_an_external": {
        "a.h": "extern int n;\n#define n other",
        "a.c": '#include "a.h"\nint f(void) { return n; }',
        "b.c": "int n;",
    },
    "macro_elsewhere_hides_nothing": {
        "x.h": "#define n 3",
        "a.c": "int n; int f(void) { return «n»; }",
    },
}


CASES = (
    [pytest.param({"a.c": text}, id=name) for name, text in ONE_FILE.items()]
    + [pytest.param({"a.c": text}, id=f"macro_{name}") for name, text in MACROS.items()]
    + [pytest.param(files, id=name) for name, files in SEVERAL_FILES.items()]
)


@pytest.mark.parametrize("files", CASES)
def test_uses_mean_variables_only_where_marked(tree_of: TreeOf, unmark: Unmark, files: dict[str, str]) -> None:
    tree, marks = link(tree_of, unmark, files)
    assert referred(tree) == sorted(marks)


@pytest.mark.parametrize("order", [1, -1])
def test_order_of_files_does_not_matter(tree_of: TreeOf, unmark: Unmark, order: int) -> None:
    for files in SEVERAL_FILES.values():
        tree, marks = link(tree_of, unmark, dict(list(files.items())[::order]))
        assert referred(tree) == sorted(marks)


def test_innermost_static_is_meant(tree_of: TreeOf) -> None:
    text = "static int n; int f(void) { static int n; n = 1; } int g(void) { n = 2; }"
    tree = tree_of({"a.c": text})
    assert [r.use.at for r in variable(tree, "a.c", "n", "f").references] == [text.index("n = 1")]
    assert [r.use.at for r in variable(tree, "a.c", "n").references] == [text.index("n = 2")]


@pytest.mark.parametrize(
    "text",
    ["int f(void) { { static int n; } { static int n; } }", "int f(void) { static int n; { static int n; } }"],
)
def test_statics_of_two_blocks_are_two_variables(tree_of: TreeOf, text: str) -> None:
    assert len(tree_of({"a.c": text}).variables) == 2


def test_key_of_a_further_static_counts_the_statics_of_its_name(tree_of: TreeOf) -> None:
    text = "int f(void) { static int n; n = 1; { static int n; n = 2; } n = 3; { static int n; n = 4; } }"
    tree = tree_of({"a.c": text})
    assert [v.key for v in tree.variables] == [("a.c", f, "n") for f in ("f", "f@2", "f@3")]
    assert [[text[r.use.at + 4] for r in v.references] for v in tree.variables] == [["1", "3"], ["2"], ["4"]]


def test_statics_of_two_branches_are_one_variable(tree_of: TreeOf) -> None:
    text = "int f(void) {\n#ifdef A\n{ static int n; }\n#else\n{ static int n; }\n#endif\n}"
    (one,) = tree_of({"a.c": text}).variables
    assert (one.function, len(one.sites)) == ("f", 2)


def test_branches_and_tentative_definitions_are_sites_of_one_variable(tree_of: TreeOf) -> None:
    tree = tree_of({"a.c": "int n; int n = 1;\n#ifdef A\nstatic int m;\n#else\nstatic int m = 2;\n#endif\n"})
    assert [(v.name, len(v.sites)) for v in tree.variables] == [("n", 2), ("m", 2)]


def test_declarations_elsewhere_belong_to_the_variable(tree_of: TreeOf) -> None:
    tree = tree_of({"a.h": "extern int n;", "a.c": "int n; static int m;", "b.c": "extern int n; extern int m;"})
    assert [s.file for s in variable(tree, "a.c", "n").externs] == ["a.h", "b.c"]
    assert variable(tree, "a.c", "m").externs == []


def test_extern_with_a_value_is_a_definition(tree_of: TreeOf) -> None:
    assert [v.name for v in tree_of({"a.c": "extern int n = 1; extern int m;"}).variables] == ["n"]


def test_two_definitions_of_one_external_name_know_each_other(tree_of: TreeOf) -> None:
    tree = tree_of({"a.c": "int n;", "b.c": "int n; int f(void) { return n; }", "c.c": "static int n;"})
    a, b, c = (variable(tree, f"{x}.c", "n") for x in "abc")
    assert (a.same, b.same, c.same) == ([b], [a], [])
    assert [len(v.references) for v in (a, b, c)] == [1, 1, 0]


def test_function_declared_by_a_typedef_is_no_variable(tree_of: TreeOf) -> None:
    tree = tree_of({"a.c": "static d_open_t frob_open; static d_open_t *p;\nstatic int frob_open(int a) { return a; }"})
    assert [v.name for v in tree.variables] == ["p"]


@pytest.mark.parametrize(
    ("text", "storage", "const", "virtual"),
    [
        ("int n;", "", False, False),
        ("static int n;", "static", False, False),
        ("static const int n;", "static", True, False),
        ("#if A\nstatic const int n;\n#else\nstatic int n;\n#endif\n", "static", False, False),
        ("VNET_DEFINE(int, n) = 1;", "", False, True),
        ("VNET_DEFINE_STATIC(int, n) = 1;", "static", False, True),
        ("DPCPU_DEFINE(int, n) = 1;", "", False, False),
        ("VNET_DEFINE(int, n);", "", False, True),
        ("static VNET_DEFINE(int, n) = 1;", "static", False, True),
    ],
)
def test_properties_of_a_variable(tree_of: TreeOf, text: str, storage: str, const: bool, virtual: bool) -> None:
    (one,) = tree_of({"a.c": text}).variables
    assert (one.storage, one.const, one.virtual) == (storage, const, virtual)


INCLUDES = ["net/if.h", "compat/net/if.h", "net/route.h", "if.h", "net/sub/x.h", "netinet/in.h"]


@pytest.mark.parametrize(
    ("file", "path", "quoted", "found"),
    [
        ("net/a.c", "net/if.h", False, ["net/if.h"]),
        ("net/a.c", "route.h", True, ["net/route.h"]),
        ("net/a.c", "sub/x.h", True, ["net/sub/x.h"]),
        ("net/sub/a.c", "../route.h", True, ["net/route.h"]),
        ("a.c", "if.h", True, ["if.h"]),
        ("net/a.c", "if.h", True, ["net/if.h"]),
        ("netinet/a.c", "in.h", False, ["netinet/in.h"]),
        ("net/a.c", "sub//./x.h", False, ["net/sub/x.h"]),
        ("net/a.c", "sys/if.h", False, []),
        ("net/a.c", "oute.h", False, []),
        ("net/a.c", "missing.h", True, []),
    ],
)
def test_what_an_include_means(
    facts_of: Callable[[str], FileFacts], file: str, path: str, quoted: bool, found: list[str]
) -> None:
    tree = Tree(dict.fromkeys([*INCLUDES, file], facts_of("")))
    assert tree.resolve_include(file, path, quoted) == found


def test_include_that_can_mean_several_files_means_all(facts_of: Callable[[str], FileFacts]) -> None:
    tree = Tree(dict.fromkeys(["sys/x/k.h", "sys/y/k.h", "a.c"], facts_of("")))
    assert sorted(tree.resolve_include("a.c", "k.h", False)) == ["sys/x/k.h", "sys/y/k.h"]


def test_reachable_files_through_a_cycle(tree_of: TreeOf) -> None:
    tree = tree_of({"a.h": '#include "b.h"', "b.h": '#include "c.h"', "c.h": '#include "a.h"', "d.h": '#include "a.h"'})
    ring = frozenset(("a.h", "b.h", "c.h"))
    assert [tree.reachable(f) for f in ("a.h", "b.h", "c.h", "d.h")] == [ring, ring, ring, ring | {"d.h"}]


def test_branches_and_what_excludes_what(tree_of: TreeOf) -> None:
    text = "#if A\nA1\n#if B\nB1\n#else\nB2\n#endif\n#else\nA2\n#endif\nout"
    tree = tree_of({"a.c": text})
    place = {word: text.index(word) for word in ("A1", "B1", "B2", "A2", "out")}
    assert [len(tree.branch("a.c", at)) for at in place.values()] == [1, 2, 2, 1, 0]
    pairs = {(a, b) for a in place for b in place if a < b and tree.exclusive("a.c", place[a], place[b])}
    assert pairs == {("B1", "B2"), ("A1", "A2"), ("A2", "B1"), ("A2", "B2")}


@pytest.mark.parametrize(
    ("macro", "arguments"),
    [
        ("MODULE_VERSION", {0}),
        ("TAILQ_FOREACH", {2}),
        ("VNET_SYSINIT", {0}),
        ("SYSCTL_INT", {0, 2}),
        ("SYSCTL_ADD_INT", set()),
        ("frob", set()),
        ("", set()),
    ],
)
def test_arguments_that_are_names_by_the_rules(macro: str, arguments: set[int]) -> None:
    assert name_arguments(macro) == arguments


def test_names_of_interest_are_those_that_can_mean_something(tree_of: TreeOf) -> None:
    tree = tree_of(
        {
            "a.c": "static int n, m; static const int k; int f(void) { return n + k; }",
            "b.c": "int g(void) { return n; }",
        }
    )
    assert tree.names_of_interest() == {"a.c": ["m", "n"]}
    assert tree.names_of_interest(mutable_only=False) == {"a.c": ["k", "m", "n"]}
