"""What counts as a difference between objects, and what does not."""

from pathlib import Path

import pytest
from proofs import COMPILERS, proof

from vport.proof.compare import compare
from vport.proof.elf import NoObject, Object
from vport.proof.verdict import DIFFERS, IDENTICAL

HEAD = "#include <sys/param.h>\n#include <sys/systm.h>\n#include <sys/kernel.h>\n#include <sys/sysctl.h>\n"
SWITCH = "int g(int); int f(int a) { switch (a) { case 0: return g(1); case 1: return g(9); case 2: return g(3); \
case 3: return g(12); case 4: return g(77); case 5: return g(%d); } return 0; }"
ADD = 'void f(struct sysctl_ctx_list *c, struct sysctl_oid_list *l, int *p) { \
SYSCTL_ADD_INT(c, l, OID_AUTO, "n", %s, p, 0, "d"); }'
LEAF = 'static int n; SYSCTL_DECL(_net); SYSCTL_INT(_net, OID_AUTO, n, %s, &n, 0, "d");'
TWO = 'static void a(void *p) { printf("a"); } static void b(void *p) { printf("b"); }\n'
INIT = "SYSINIT(%s, SI_SUB_PSEUDO, SI_ORDER_ANY, %s, NULL);\n"
AB, BA = INIT % ("a", "a") + INIT % ("b", "b"), INIT % ("b", "b") + INIT % ("a", "a")

SAME = {
    "statics_in_another_order": (
        "static int a, b; void f(int x) { a += x; b -= a; } int g(void) { return a + b; }",
        "static int b, a; void f(int x) { a += x; b -= a; } int g(void) { return a + b; }",
    ),
    "functions_in_another_order": (
        "int f(void) { return 1; } int g(void) { return 2; }",
        "int g(void) { return 2; } int f(void) { return 1; }",
    ),
    "strings_at_other_places": (
        'void f(void) { printf("a"); } void g(void) { printf("bc"); }',
        'void g(void) { printf("bc"); } void f(void) { printf("a"); }',
    ),
    "table_of_a_switch": (SWITCH % 5 + "int h(void) { return 1; }", "int h(void) { return 1; }\n" + SWITCH % 5),
    "flag_of_a_leaf": (LEAF % "CTLFLAG_RW", LEAF % "CTLFLAG_RW | CTLFLAG_VNET"),
    "flag_of_a_leaf_made_at_run_time": (ADD % "CTLFLAG_RW", ADD % "CTLFLAG_RW | CTLFLAG_VNET"),
    "lines_in_code": ('void f(void) { panic("%d", __LINE__); }', '\n\nvoid f(void) { panic("%d", __LINE__); }'),
}
OTHER = {
    "another_case_of_a_switch": (SWITCH % 5, SWITCH % 6, "f"),
    "another_floating_constant": (
        "double f(double a) { return a * 2.5; }",
        "double f(double a) { return a * 2.25; }",
        "f",
    ),
    "another_leaf_flag": (LEAF % "CTLFLAG_RW", LEAF % "CTLFLAG_RW | CTLFLAG_SKIP", "sysctl___net_n"),
    "flag_that_went": (LEAF % "CTLFLAG_RW | CTLFLAG_VNET", LEAF % "CTLFLAG_RW", "sysctl___net_n"),
    "the_bit_in_something_else": ("int f(void) { return 0x40000; }", "int f(void) { return 0x60000; }", "f"),
    "the_bit_in_data_that_is_no_oid": ("u_int d = 0xc0000000;", "u_int d = 0xc0020000;", "d"),
    "two_statics_exchanged": (
        "static int a, b; void f(int x) { a = x; b = a / 3; } int g(void) { return a - b; }",
        "static int a, b; void f(int x) { b = x; a = b / 3; } int g(void) { return a - b; }",
        "f",
    ),
    "two_members_exchanged": ("int t[2]; void f(void) { t[0] = 5; }", "int t[2]; void f(void) { t[1] = 5; }", "f"),
    "another_callee": (
        "int a(int), b(int); int f(int x) { return a(x) + 1; }",
        "int a(int), b(int); int f(int x) { return b(x) + 1; }",
        "f",
    ),
    "constructors_in_another_order": (TWO + AB, TWO + BA, "set_sysinit_set"),
    "lost_function": ("int f(void) { return 1; } int g(void) { return 2; }", "int f(void) { return 1; }", "g"),
    "new_datum": ("int a;", "int a, b;", "b"),
    "no_longer_constant": ("const int t[2] = { 1, 2 };", "int t[2] = { 1, 2 };", "t"),
}


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_same(before: str, after: str, compiler: str, tmp_path: Path) -> None:
    told = proof(tmp_path, HEAD + before, HEAD + after, compiler)
    assert (told.verdict, told.differences, told.words) == (IDENTICAL, (), "")


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(("before", "after", "name"), OTHER.values(), ids=OTHER)
def test_other(before: str, after: str, name: str, compiler: str, tmp_path: Path) -> None:
    told = proof(tmp_path, HEAD + before, HEAD + after, compiler)
    assert told.verdict == DIFFERS
    assert name in {d.name for d in told.differences}


@pytest.mark.parametrize("data", [b"", b"no object", b"\x7fELF", b"\x7fELF\x02\x01\x01" + bytes(57)])
def test_what_is_no_object_is_told(data: bytes) -> None:
    with pytest.raises(NoObject):
        compare(Object(data), Object(data))
