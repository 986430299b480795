"""Which occurrences of a name may mean a variable; those that do stand between « »."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.facts import FileFacts
from vport.uses import Use, find_uses

FactsOf = Callable[[bytes | str], FileFacts]
Unmark = Callable[[str], tuple[str, list[tuple[int, str]]]]


SHADOWED = {
    "parameter": "int f(int n) { return n; } int g(void) { return «n»; }",
    "parameter_pointer_to_pointer": "int f(struct x **n) { return n; }",
    "parameter_function_pointer": "int f(int (*n)(void)) { return n(); }",
    "parameter_of_the_returned_function": "int (*f(int n))(int m) { return n ? «m» : 0; }",
    "parameter_beside_that_of_the_returned_function": "int (*(*f(int (*n)(int m)))(int m))(int) { return n(«m»); }",
    "parameter_array": "int f(int n[3]) { return n[0]; }",
    "parameter_with_attribute_macro": "int f(int a __unused, int n __unused) { return n; }",
    "parameter_is_vla_bound_of_next": "int f(int n, int x[n]) { int y[n]; return 0; }",
    "prototype_parameter_ends_with_prototype": "int f(void) { int g(int n); return «n»; }",
    "old_style_parameter": "int\nf(a, n)\n\tint a;\n\tint n;\n{\n\treturn (a + n);\n}\nint g(void) { return «n»; }",
    "old_style_register": "int f(n)\n\tregister struct mbuf *n;\n{ return (n); }",
    "old_style_array": "int f(n)\n\tchar n[];\n{ return (n[1]); }",
    "old_style_function_pointer": "int f(n)\n\tint (*n)(int, int);\n{ return (n(1, 2)); }",
    "old_style_several_in_one_declaration": "int f(m, n)\n\tint m, *n;\n{ return (m + *n); }",
    "local": "int f(void) { int n; n = 1; return n; }",
    "local_until_its_block_ends": "int g(void) { «n» = 2; { int n; n++; } return «n»; }",
    "local_only_from_its_declaration_on": "int f(void) { «n» = 1; int n = n; return n; }",
    "local_function_pointer": "int f(void) { int (*n)(int q) = g; return n(1); }",
    "local_pointer_to_array": "int f(void) { int (*n)[3]; (*n)[0] = 1; return 0; }",
    "local_in_parentheses": "int f(void) { int (n); n = 1; }",
    "local_second_declarator": "int f(void) { int a, n = 1, *b = &n; return *b; }",
    "local_initialised_by_the_global": "int f(void) { int a = «n», n = a; return n; }",
    "local_named_inside_its_own_initialiser": "int f(void) { int n = sizeof(n); return n; }",
    "local_struct_with_body": "int f(void) { struct { int q; } n = { 1 }; return n.q; }",
    "local_of_typedef_type": "int f(void) { foo_t * n; n->x = 1; return 0; }",
    "local_auto_type": "int f(void) { __auto_type n = 1; return n; }",
    "local_in_while_not_in_its_condition": "int f(void) { do { int n = 1; n++; } while («n»); return 0; }",
    "local_in_switch": "int f(int a) { switch (a) { int n; case 1: n = 1; } return «n»; }",
    "local_in_statement_expression": "int f(void) { int a = ({ int n = 1; n + 1; }); return «n» + a; }",
    "local_enumerator": "int f(void) { enum { n, q } a; return n; } int g(void) { return «n»; }",
    "local_typedef": "int f(void) { typedef int n; n x; return 0; } int g(void) { return «n»; }",
    "local_declared_in_one_branch": "int f(void) {\n#ifdef A\n\tint n;\n#endif\n\treturn n; }",
    "for_scope": "int f(void) { for (int n = 0; n < 3; n++) n += 2; «n» = 4; }",
    "for_scope_with_braces": "int f(void) { for (int n = 0; n < 3; n++) { n += 2; } «n» = 4; }",
    "for_scope_nested": "int f(void) { for (int n = 0;;) for (int m = n;;) if (n) m += n; «n» = «m»; }",
    "for_scope_second_declarator": "int f(void) { for (struct s *a = q, *n = a; n; n = n->x) n->y = 1; «n» = 1; }",
    "conditional_parameter": "int f(int a\n#ifdef X\n\t, int n\n#endif\n\t) { return n; } int g(void) { return «n»; }",
    "old_style_implicit_int": "int\nf(a, n)\n{\n\treturn (a + n);\n}",
    "old_style_some_implicit_int": "int\nf(a, n)\n\tchar *a;\n{\n\treturn (a[n] + «m»);\n}",
    "old_style_returning_pointer": "struct m *\nf(m, n)\n\tint m;\n\tint n;\n{\n\treturn (m + n);\n}",
    "old_style_pointer_one_parameter": "static char *\nf(n)\n\tint n;\n{\n\treturn (n);\n}",
    "old_style_without_type": "f(n)\n\tint n;\n{ return (n + «m»); }",
    "old_style_ends_with_its_function": "f(n)\n\tint n;\n{ return (n); }\ng(m)\n{ return («n» + m); }",
    "old_style_pointers_own_parameters": "int f(c)\n\tint (*c)(int n);\n{ return «n»; }",
    "new_style_is_not_old_style": "int f(void) { return «n»; } int g() { return «m»; }",
    "types_of_unnamed_parameters": "int f(n_t, struct m *); int g(int (*)(n_t)) { return «n» + «m»; }",
    "handler_of_a_macro_is_not_old_style": "DB_SHOW_COMMAND(n, m)\n{\n\treturn («n» + «m»);\n}",
    "parameter_inside_a_function_pointer_parameter": "int f(int (*c)(int m)) { return «m»; }",
    "parameter_inside_a_function_parameter": "int f(int c(int m), int n) { return «m» + n; }",
    "parameter_that_is_a_function": "int f(int n(int m)) { return n(«m»); }",
    "parameter_of_the_function_in_parentheses": "int (f)(int n) { return n; }",
    "parameter_of_a_function_that_returns_a_pointer_to_function": "int (*f(int n))(int) { return n; }",
    "local_prototype_of_a_function": "int f(void) { int n(void); return n(); } int g(void) { return «n»; }",
    "local_prototype_returning_pointer": "int f(void) { char *n(int m), *p; return *n(«m»); }",
    "local_prototype_ends_with_its_block": "int f(void) { { extern int n(void); n(); } return «n»; }",
    "call_is_no_prototype": "int f(void) { g(n(1)); return 0; }".replace("n(", "«n»("),
    "handler_arguments_macro": "int f(SYSCTL_HANDLER_ARGS) { return «n» + req->x; }",
}

LOOP = "#define FE(v) for (int v = 0; v < 3; v++)\n"
LOOP_VARIABLES = {
    "declared_by_the_macro": LOOP + "int f(void) { FE(n) { n++; } return «n»; }",
    "of_a_statement_without_braces": LOOP + "int f(void) { FE(n) if (n) g(n); else n = 2; return «n»; }",
    "of_nested_loops": LOOP + "int f(void) { FE(n) FE(m) { n = m; } return «n» + «m»; }",
    "handed_on_to_another_macro": (
        LOOP
        + "#define FX(h, v) FE(v)\n#define FY FX\nint f(void) { FX(«n», m) { m = «n»; } FY(«n», m) m++; return «m»; }"
    ),
    "of_a_structure": (
        "#define FL(v, h) for (struct frob *v = (h)->first; v != 0; v = v->next)\n"
        "int f(void) { FL(n, &«m») n->m = «m»; return «n»; }"
    ),
    "of_a_type_taken_from_an_argument": (
        "#define FL(h, v) for (const __typeof__(*(h)) *v = (h); v; v++)\nint f(void) { FL(«m», n) g(n); return «n»; }"
    ),
    "in_a_function_of_its_own": LOOP + "int f(void) { FE(n) ; return 0; } int g(void) { return «n»; }",
    "assigned_by_the_macro": "#define FE(v) for (v = 0; v < 3; v++)\nint f(void) { FE(«n») { «n»++; } return «n»; }",
    "assigned_through_a_pointer": "#define FE(v) for (*v = 0; *v < 3;)\nint f(void) { FE(«n») { «n»++; } return 0; }",
    "compared_by_the_macro": "#define FE(v) for (; v < 3;)\nint f(void) { FE(«n») { «n»++; } return «n»; }",
    "an_argument_that_is_no_name": LOOP + "int f(void) { FE(«n» + 1) { «n»++; } FE() «n»--; FE «n»; return «n»; }",
    "a_member_in_the_place_of_another_argument": (
        "#define FL(v, m) for (int v = 0; v; v = x.m)\nint f(void) { FL(a, «n») { «n» = a; } return «n»; }"
    ),
}

NAME_SPACES = {
    "member_after_dot": "int f(struct s *p) { (*p).n = «n»; }",
    "member_after_arrow": "int f(struct s *p) { p->n = p -> n; }",
    "member_after_comment": "int f(struct s *p) { p /* x */ . /* y */ n; p->/*\n*/n = 1; }",
    "member_on_next_line": "int f(struct s *p) { p->\n\tn = 3; p\n->\nn = 4; }",
    "member_declared_in_function": "int f(void) { struct t { int n; } x; struct { int n : 2; } y; return «n»; }",
    "member_of_union_in_function": "int f(void) { union { int n; char c[3]; } u; u.n = «n»; }",
    "member_at_file_scope": "struct s { int n, *m; struct { int n; } in; };",
    "member_of_member": "int f(void) { return «n».n.n; }",
    "tag": "struct n { int a; }; int f(struct n *p) { union n *r; enum n e; return sizeof(struct n) + «n»; }",
    "label_and_goto": "int f(void) { goto n;\nn:\n\treturn «n»; }",
    "label_after_case": "int f(int a) { switch (a) { case 1: n: return 1; default: «n» = 2; } }",
    "label_after_else": "int f(int a) { if (a) «n» = 3; else n: a = 1; }",
    "designator": "static struct s x = { .n = 1, .m = «n» };",
    "designator_of_array_is_a_use": "static int x[3] = { [«n»] = «m» };",
    "designator_old_gnu_first": "static struct s x = { n: 1 };",
    "designator_old_gnu_later": "static struct s x = { a: 1, n: «m», m: 2 };",
    "designator_in_function": "int f(void) { struct s z = { .n = «n», n: 1 }; g((struct s){ .n = «n» }); }",
    "designator_nested_member": "static struct s x = { .a.n = 1, .n[«m»].n = 2 };",
    "case_range_with_dots": "int f(int a) { switch (a) { case 1 ...«n»: break; case 2 ... «n»: break; } }",
    "case_value": "int f(int a) { switch (a) { case 1: «n» = 1; break; case 2 ... 3: «n»++; } }",
    "ternary": "int f(int a) { return a ? «n» : «m»; }",
    "ternary_in_parentheses": "int f(int a) { a ? («n») : («m»); a ? «n»++ : «m»--; }",
    "ternary_at_the_end_of_a_chain": "int f(int a) { return a ? 1 : a ? «n» : «m»; }",
    "string": 'int f(void) { return g("n \\" n", \'n\', L"n") + «n»; }',
    "string_with_continuation": 'int f(void) { return g("a \\\n n"); }',
    "comment": "int f(void) { /* n */ return «n»; // n \\\n n\n}",
    "longer_names": "int f(void) { return nn + n1 + _n + an + «n»; }",
    "function_header": "int n_f(void); int f(n_t a, struct n *b) { return «n»; }",
    "prototype": "int f(int n); extern int g(int n, int m); static int (*p)(int n);",
    "typedef_with_parameter": "typedef int (*t)(int n);",
    "include_and_pragma_at_file_scope": '#include "n"\n#include <n.h>\n#error n\n#undef n\n#ifdef n\n#endif\n',
    "asm_operands": 'int f(void) { __asm __volatile("n %0" : "=r"(«n») : "r"(«n»)); }',
    "cast_before": "int f(void) { return (t)«n» + (t)&«n»; }",
    "double_colon_of_asm": 'int f(void) { __asm("x" : : "r"(«n») : "memory"); }',
    "carriage_returns": "int f(void)\r\n{\r\n\treturn «n»;\r\n}\r\n",
    "no_final_newline": "int f(void) { return «n»; }",
    "latin_1_comment": "int f(void) { return «n»; /* \xe9 n */ }",
    "form_feed": "\f\nint f(void) { return «n»; }",
    "block_scope_static_bounds_and_values": "int f(void) { static int *p = &«n»; static int a[sizeof(«n»)]; }",
    "call_at_file_scope": 'SYSCTL_INT(_net, OID_AUTO, x, CTLFLAG_RW, &«n», 0, "n");',
    "call_at_file_scope_split_by_a_conditional": (
        'SYSCTL_INT(_a, b, c,\n#ifdef A\n\tX, &«n», 0,\n#else\n\tY, &«n», 0,\n#endif\n\t"d");\n'
    ),
    "static_assertion": "CTASSERT(sizeof(«n») == 4);",
    "handler_body_under_a_macro": "DB_SHOW_COMMAND(x, y)\n{\n\tdb_printf(«n»);\n}",
    "initialiser_in_a_branch": "static int x[] = {\n#ifdef A\n\t«n»,\n#endif\n\t2 };",
    "parameter_of_function_at_file_scope_bound": "static char x[sizeof(«n»)];",
    "string_with_continuation_and_carriage_return": 'int f(void) { return g("a \\\r\n n"); }\r\n',
    "directive_ifdef_in_function": "int f(void) {\n#ifdef n\n\treturn 1;\n#endif\n\treturn «n»; }",
    "directive_if_in_function": "int f(void) {\n#if n > 1 \\\n\t|| n\n\treturn 1;\n#endif\n\treturn «n»; }",
    "directive_pragma_in_function": "int f(void) {\n#pragma omp n\n\treturn «n»; }",
    "comma_in_the_middle_of_a_ternary": "int f(int a, int b) { return a ? b, «n» : 2; }",
    "utf_8_identifier": "int f(void) { int n\xc3\xa9, \xc3\xa9n; n\xc3\xa9 = 1; return «n» + \xc3\xa9n; }",
    "sizeof_in_a_member_bound": "struct s { char c[sizeof(«n»)]; int n; };",
    "sizeof_in_a_local_structs_bound": "int f(void) { struct s { char c[sizeof(«n»)]; int n; } x; return sizeof(x.n); }",
    "sizeof_in_a_bit_field": "struct s { int a : sizeof(«n»), m : 3; };",
    "sizeof_in_a_typedef": "typedef char t[sizeof(«n»)]; typedef int n;",
    "sizeof_of_an_expression_in_a_typedef": "typedef char t[sizeof *«n» + sizeof((«m»).x[0])];",
    "sizeof_of_a_tag_or_member": "typedef char t[sizeof(struct n) + sizeof(((struct s *)0)->m)];",
    "sizeof_in_an_enumerator": "enum { X = sizeof(«n»), Y = sizeof(struct m) };",
    "sizeof_in_a_parameter": "int f(int x[sizeof(«n»)]) { return 0; } int g(int x[sizeof(«n»)]);",
    "sizeof_of_another_parameter": "int f(int n, int x[sizeof(n)]) { return 0; } int g(int n, int x[sizeof(n)]);",
    "typeof_at_file_scope": "static __typeof(«n») x; typedef __typeof__(«m») t;",
    "typeof_of_a_parameter": "static inline int f(int n, __typeof(n) a, typeof(«m») b) { return a; }",
    "word_like_sizeof": "struct s { int my_sizeof(n); }; int sizeof_x(int n);",
    "initialiser_that_ends_in_a_branch": "static int a =\n#ifdef A\n\t«n»;\n#else\n\t«m»;\n#endif\nint f(int n, int m);",
    "initialiser_that_ends_in_three": "static int a[] = { 1,\n#if A\n«n» };\n#elif B\n«n», 2 };\n#else\n«m» };\n#endif\n",
    "prototypes_behind_such_an_end": "static int a =\n#ifdef A\n1;\n#else\n2;\nint f(int n, struct m *);\n#endif\n",
    "branch_without_a_value": "static int a\n#ifdef A\n;\n#else\n, n;\n#endif\n",
    "label_address": "int f(void) { void *t = &&n; n: return 1; }",
}

MACRO_BODIES = {
    "plain": "#define X «n»\n#define Y(a) ((a) + «n»)\n",
    "continued_lines": "#define X(a) \\\n\tdo { \\\n\t\t«n» += (a); \\\n\t} while (0)\n",
    "continued_lines_with_carriage_returns": "#define X \\\r\n\t«n»\r\n",
    "parameter_hides": "#define X(n) ((n) + «m»)\n",
    "parameter_list_with_continuation": "#define X(a, \\\n\tn) ((a) + (n))\n",
    "variadic_parameter_hides": "#define X(n...) g(n)\n",
    "own_name": "#define n 3\n#define m(a) a\n",
    "member_in_body": "#define X(p) ((p)->n + (p).n + «n».n)\n",
    "tag_in_body": "#define X(p) ((struct n *)p)\n",
    "goto_in_body": "#define X do { goto n; } while (0)\n",
    "label_in_body": "#define X do { n: x(); } while (0)\n",
    "ternary_in_body": "#define X (a ? «n» : «m»)\n",
    "local_of_body": "#define X(a) do { int n = (a); n++; } while (0)\n",
    "local_of_body_in_statement_expression": "#define X(a) ({ struct q *n = (a); n->x; })\n",
    "local_of_body_does_not_hide_in_the_next": "#define X do { int n; n = 1; } while (0)\n#define Y «n»\n",
    "string_in_body": '#define X "n" «n»\n',
    "comment_in_body": "#define X /* n\n n */ «n» // n\n",
    "at_the_end_of_the_file": "#define X «n»",
    "indented": " # define X «n»\n#\tdefine Y(m) m «n»\n",
    "inside_a_function": "int f(void) {\n#define X «n»\n\treturn «n»; }\n",
    "local_of_body_second_declarator": "#define X(a) do { int b, n = (a); n++; } while (0)\n",
    "local_of_body_behind_an_initialiser": "#define X(a) do { int b = g(a, (1)), *n = (a); (*n)++; } while (0)\n",
    "argument_in_an_initialiser_of_body": "#define X(a) do { int b = g(a, «n», 1); b++; } while (0)\n",
    "comma_expression_in_body": "#define X(a) do { a, «n» = 1; } while (0)\n",
    "return_is_no_type": "#define X do { return «n»; } while (0)\n",
}

GROUPS = [SHADOWED, LOOP_VARIABLES, NAME_SPACES, MACRO_BODIES]
CASES = [pytest.param(text, id=name) for group in GROUPS for name, text in group.items()]


def uses_in(facts_of: FactsOf, text: str, *names: str) -> list[Use]:
    data = text.encode("latin-1")
    return find_uses(data, facts_of(data), names or ("n", "m"))


@pytest.mark.parametrize("text", CASES)
def test_names_are_used_only_where_marked(facts_of: FactsOf, unmark: Unmark, text: str) -> None:
    plain, marks = unmark(text)
    assert [(u.at, u.name) for u in uses_in(facts_of, plain)] == marks


@pytest.mark.parametrize(
    ("expression", "access"),
    [
        ("x = n", "read"),
        ("n == 1", "read"),
        ("n != 1", "read"),
        ("n <= 1", "read"),
        ("n >= 1", "read"),
        ("n < 1 && n > 2", "read"),
        ("!n", "read"),
        ("-n", "read"),
        ("n - 1", "read"),
        ("n << 2", "read"),
        ("x = n->y == 1", "read"),
        ("n /* = */ == 1", "read"),
        ("n = 1", "write"),
        ("n = m = 1", "write"),
        ("n += 1", "write"),
        ("n -= 1", "write"),
        ("n |= 1", "write"),
        ("n &= ~1", "write"),
        ("n ^= 1", "write"),
        ("n %= 1", "write"),
        ("n <<= 1", "write"),
        ("n >>= 1", "write"),
        ("n++", "write"),
        ("n --", "write"),
        ("++n", "write"),
        ("-- n", "write"),
        ("n\n++", "write"),
        ("n.x = 1", "write"),
        ("n.x.y[3] = 1", "write"),
        ("n[1]++", "write"),
        ("n[x[1]][2] |= 3", "write"),
        ("++n.x", "write"),
        ("n.x", "read"),
        ("n[1]", "read"),
        ("n // =\n = 2", "write"),
        ("x = &n", "address"),
        ("x = & n", "address"),
        ("g(&n)", "address"),
        ("x = &n.y", "address"),
        ("x = &n[2]", "address"),
        ("x = (t *)&n", "address"),
        ("return &n", "address"),
        ("x == &n", "address"),
        ("x && &n", "address"),
        ("x & n", "read"),
        ("x && n", "read"),
        ("x&n", "read"),
        ("x[0]&n", "read"),
        ("x[0] & n", "read"),
        ("(x) & n", "read"),
        ("g(1) & n", "read"),
        ("n & 1", "read"),
        ("sizeof(n)", "sizeof"),
        ("sizeof n", "sizeof"),
        ("sizeof( n [0])", "sizeof"),
        ("sizeof(x) + n", "read"),
        ("n(1)", "call"),
        ("n ()", "call"),
        ("n.f(1)", "read"),
        ("n[1](2)", "read"),
        ("(*n)(1)", "read"),
        pytest.param("(n) = 1", "write"),
        pytest.param("(n)++", "write"),
        pytest.param("--(n.x)", "write"),
        pytest.param("(n).x = 1", "write"),
        pytest.param("x = &(n)", "address"),
        pytest.param("x = &(n.y)", "address"),
        pytest.param("n \\\n = 2", "write"),
        pytest.param("sizeof(x)&n", "read"),
    ],
)
def test_access(facts_of: FactsOf, expression: str, access: str) -> None:
    uses = uses_in(facts_of, f"int f(void) {{ {expression}; }}", "n")
    assert uses[0].access == access


@pytest.mark.parametrize(
    ("body", "access"),
    [
        ("n", "read"),
        ("(n)", "read"),
        ("(&n)", "address"),
        ("n = 1", "write"),
        ("n++", "write"),
        ("n()", "call"),
        ("sizeof(n)", "sizeof"),
        ("x = &n", "address"),
        pytest.param("&n", "address"),
        pytest.param("n \\\n\t= 1", "write"),
    ],
)
def test_access_in_a_macro_body(facts_of: FactsOf, body: str, access: str) -> None:
    assert uses_in(facts_of, f"#define X {body}\n", "n")[0].access == access


@pytest.mark.parametrize(
    ("call", "callee", "argument"),
    [
        ("g(n)", "g", 0),
        ("g(&n)", "g", 0),
        ("g(a, n)", "g", 1),
        ("g(a, n[1].x)", "g", 1),
        ("g(h(1, 2), n)", "g", 1),
        ("g(a[1, 2], n)", "g", 1),
        ("g(h(n), 1)", "h", 0),
        ("g\n(a,\n n)", "g", 1),
        ("g((a, b), n)", "g", 1),
        ("g(n + 1)", "", -1),
        ("g(1 + n)", "", -1),
        ("g(!n)", "", -1),
        ("if (n) x", "", -1),
        ("while (n) x", "", -1),
        ("switch (n) x", "", -1),
        ("return (n)", "", -1),
        ("sizeof(n)", "", -1),
        ("(n)", "", -1),
        ("a = 1, n", "", -1),
        ("n(1)", "", -1),
        pytest.param("g((n))", "g", 0),
    ],
)
def test_argument(facts_of: FactsOf, call: str, callee: str, argument: int) -> None:
    use = uses_in(facts_of, f"int f(void) {{ {call}; }}", "n")[0]
    assert (use.callee, use.argument) == (callee, argument)


@pytest.mark.parametrize(
    ("define", "pasted"),
    [
        ("X(x) x##n", True),
        ("X(x) n##x", True),
        ("X(x) x ## n", True),
        pytest.param("X(x) x ## \\\n n", True),
        ("X(x) #n", True),
        ("X(x) #x n", False),
        ("X n", False),
        ("X() n", False),
        ("X(x) g(n, ##x)", False),
    ],
)
def test_pasted_names_are_told(facts_of: FactsOf, define: str, pasted: bool) -> None:
    assert uses_in(facts_of, f"#define {define}\n", "n")[0].pasted is pasted


def test_place_says_in_which_part_of_the_facts_a_use_stands(facts_of: FactsOf) -> None:
    text = "static int *p = &n;\nSYSINIT(a, b, c, f, &n);\n#define X n\nint f(void) { return n; }\n"
    facts = facts_of(text)
    uses = uses_in(facts_of, text, "n")
    assert [u.place for u in uses] == ["value", "call", "macro", "function"]
    assert facts.declarations[uses[0].index].declarators[0].name == "p"
    assert facts.calls[uses[1].index].name == "SYSINIT"
    assert facts.defines[uses[2].index].name == "X"
    assert facts.functions[uses[3].index].name == "f"


def test_argument_of_a_call_at_file_scope_is_counted(facts_of: FactsOf) -> None:
    use = uses_in(facts_of, 'TUNABLE_INT("a,b", &n);\n', "n")[0]
    assert (use.callee, use.argument, use.access) == ("TUNABLE_INT", 1, "address")


def test_no_names_no_uses(facts_of: FactsOf) -> None:
    data = b"static int n; int f(void) { return n; }"
    assert find_uses(data, facts_of(data), []) == []


def test_names_that_do_not_occur_are_not_found(facts_of: FactsOf) -> None:
    assert uses_in(facts_of, "static int n; int f(void) { return n; }", "frob") == []


def test_shadowed_static_of_an_inner_block_is_a_use_again(facts_of: FactsOf) -> None:
    text = "int f(void) { int n = 1; { static int n; n++; } return n; }"
    assert [u.at for u in uses_in(facts_of, text, "n")] == [text.index("n++")]


PUNCTUATION = [
    *"(){}[];,:?.*#&='\"",
    "->",
    "...",
    "==",
    "&&",
    "##",
    "/*",
    "*/",
    "//",
    "\n",
    "\\\n",
    "\r\n",
    "\xe9",
    "\0",
]
WORDS = ["n", "m", "f", "int", "static", "struct", "enum", "goto", "for", "sizeof", "case", "#define", "#if", "#endif"]
TOKENS = st.sampled_from(PUNCTUATION + WORDS)


@settings(max_examples=150, deadline=None)
@given(st.lists(TOKENS, max_size=40))
def test_uses_in_token_soup_lie_on_the_name_and_in_order(facts_of: FactsOf, soup: list[str]) -> None:
    text = " ".join(soup)
    uses = uses_in(facts_of, text)
    assert all(text.startswith(u.name, u.at) for u in uses)
    assert [u.at for u in uses] == sorted({u.at for u in uses})
