"""What is found by looking inside nodes is what patterns of the grammar's library find there."""

from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_c

from vport.c.grammar import LANGUAGE, PARSER, find_nodes

ROOT = Path(__file__).resolve().parent.parent.parent
PATTERNS = """
    (translation_unit (declaration) @declaration)
    (linkage_specification (declaration) @declaration)
    (declaration_list (declaration) @declaration)
    (declaration (storage_class_specifier)) @declaration
    (declaration declarator: [(identifier) @local (function_declarator declarator: (identifier) @prototype)])
    (init_declarator declarator: (identifier) @local)
    (pointer_declarator declarator: [(identifier) @local (function_declarator declarator: (identifier) @prototype)])
    (array_declarator declarator: (identifier) @local)
    (parenthesized_declarator (identifier) @local)
    (parameter_declaration declarator: [(identifier) @local (function_declarator declarator: (identifier) @local)])
    (function_declarator parameters: (parameter_list) @parameters)
    (parameter_list (identifier) @local)
    (for_statement initializer: (declaration)) @for
    (field_declaration_list) @fields
    (type_definition declarator: (type_identifier) @local)
    (enumerator name: (identifier) @enumerator)
    (function_definition body: (compound_statement) @body)
    (translation_unit (compound_statement) @body)
    (call_expression function: (identifier) @call)
"""
TEXTS = [
    "int a, *b[3], (*c)(int x, char *), d(void), *e(int), (f), g = 1, *h = 0;",
    "static struct s { int m; struct { int n; } k; } one, *two;\ntypedef int (*fn)(int), num, arr[2];",
    "enum e { A, B = 2 };\nint f(a, b) int a; char *b; { for (int i = 0; i < a; i++) g(i)(h(i)); return (*p)(x->y(1)); }",
    'extern "C" { int a; static int b(void); }\nint (*f(int a))(int b) { extern int c, *d(int); static int e; { int g[2]; } }',
    "void f(int, int (x), int y[], int (*z)(int w), int q(int), ...);\n{ int lost; }",
    "for (i = 0;;) ; for (;;) int; struct s f(void) { for (j = 0; j; ) k(); }",
    "int f(void) { if (a) { return b(c, d(e)); } x = (y) { 1 }; goto out; out: ; }",
    "",
]


def by_patterns(text: bytes) -> dict[str, set[tuple[int, int]]]:
    query = tree_sitter.Query(LANGUAGE, PATTERNS)
    found = tree_sitter.QueryCursor(query).captures(PARSER.parse(text).root_node)
    return {name: {(n.start_byte, n.end_byte) for n in nodes} for name, nodes in found.items()}


def by_looking(text: bytes) -> dict[str, set[tuple[int, int]]]:
    _, found = find_nodes(text)
    found.pop("error", None)
    return {name: {(n.start_byte, n.end_byte) for n in nodes} for name, nodes in found.items() if nodes}


@pytest.mark.parametrize("text", TEXTS)
def test_small_texts(text: str) -> None:
    bad, _ = find_nodes(text.encode())
    said, wanted = by_looking(text.encode()), by_patterns(text.encode())
    if bad:  # behind an error declarations are taken wherever they stand
        assert said.pop("declaration", set()) >= wanted.pop("declaration", set())
    assert said == wanted


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fixtures" / "modules").rglob("input/**/*.c")), ids=lambda p: p.parent.name + "/" + p.name
)
def test_modules(path: Path) -> None:
    text = path.read_bytes()
    bad, _ = find_nodes(text)
    said, wanted = by_looking(text), by_patterns(text)
    if bad:
        assert said.pop("declaration") >= wanted.pop("declaration")
    assert said == wanted and len(said) > 3


def test_the_language_is_that_of_the_package() -> None:
    whole = tree_sitter.Language(tree_sitter_c.language())
    assert (whole.name, whole.abi_version, whole.node_kind_count) == (
        LANGUAGE.name,
        LANGUAGE.abi_version,
        LANGUAGE.node_kind_count,
    )
