"""Control flow of C, as nodes."""

from helpers_model import accesses, body, function, kinds, model, walk

from vport.runtime.model import (
    Arm,
    Assign,
    Branch,
    Break,
    Call,
    Foreach,
    Goto,
    Label,
    Loop,
    Restore,
    Return,
    Scope,
    Set,
    Switch,
    Unread,
)


def test_if_else_nests_as_the_braces_say() -> None:
    (outer,) = body("if (a) { if (b) return (1); } else shared = 2;")
    assert isinstance(outer, Branch)
    (inner,) = outer.then
    assert isinstance(inner, Branch)
    assert inner.then == (Return("1", "m.c:8"),)
    assert inner.otherwise == ()
    assert accesses(outer.otherwise) == [("shared", "write")]


def test_dangling_else_belongs_to_the_inner_if() -> None:
    (outer,) = body("if (a) if (b) return (1); else return (2);")
    assert isinstance(outer, Branch)
    assert outer.otherwise == ()
    assert kinds(outer.then[0].otherwise) == ["Return"]  # type: ignore[union-attr]


def test_switch_keeps_shared_labels_fall_through_and_default() -> None:
    (switch,) = body("switch (a) { case 1: case 2: shared = 1; case 3: break; default: return (4); }")
    assert isinstance(switch, Switch)
    assert switch.subject == "a"
    first, second, third = switch.arms
    assert first.values == ("1", "2")
    assert kinds(first.body) == ["Access"]
    assert second == Arm(("3",), (Break("m.c:8"),))
    assert third.default
    assert kinds(third.body) == ["Return"]


def test_case_with_a_conditional_value() -> None:
    (switch,) = body("switch (a) { case (1 ? 2 : 3): break; }")
    assert isinstance(switch, Switch)
    assert switch.arms[0].values == ("1 ? 2 : 3",)


def test_while_asks_before_and_after_its_body() -> None:
    found = body("while (V_n > 0) shared--;")
    assert kinds(found) == ["Access", "Loop"]
    assert accesses(found) == [("n", "read"), ("shared", "write"), ("n", "read")]


def test_for_begins_asks_and_steps() -> None:
    found = body("int i; for (i = V_n; i < shared; i++) b = i;")
    loop = next(n for n in found if isinstance(n, Loop))
    assert loop.head == "for (i = V_n; i < shared; i++)"
    assert [type(n) for n in loop.body if isinstance(n, Assign)] == [Assign, Assign]
    assert accesses(found) == [("n", "read"), ("shared", "read"), ("shared", "read")]


def test_for_without_a_condition_hangs_on_nothing() -> None:
    (loop,) = body("for (;;) break;")
    assert isinstance(loop, Loop)
    assert loop.condition is None


def test_do_while_comes_first_and_do_while_zero_is_a_block() -> None:
    (loop,) = body("do { a--; } while (a);")
    assert isinstance(loop, Loop)
    assert loop.once
    (block,) = body("do { shared = 1; } while (0);")
    assert isinstance(block, Scope)
    (kept,) = body("do { if (a) break; shared = 1; } while (0);")
    assert isinstance(kept, Loop)


def test_goto_and_labels_in_any_block() -> None:
    found = body("if (a) goto out; { again: b = 1; } goto again; out: return (0);")
    named = [(type(n).__name__, n.name) for n in walk(found) if isinstance(n, Goto | Label)]
    assert named == [("Goto", "out"), ("Label", "again"), ("Goto", "again"), ("Label", "out")]


def test_label_before_a_case_falls_through_to_it() -> None:
    (switch,) = body("switch (a) { case 1: b = 1; out: default: b = 2; }")
    assert isinstance(switch, Switch)
    assert [kinds(arm.body) for arm in switch.arms] == [["Assign", "Label"], ["Assign"]]


def test_conditional_expression_is_no_label() -> None:
    assert not [n for n in walk(body("b = a ? a : b;")) if isinstance(n, Label)]


def test_loop_macros_of_headers_outside_are_loops() -> None:
    found = body("struct x *p; TAILQ_FOREACH(p, &V_n, link) { if (a) continue; shared++; } return (0);")
    loop = next(n for n in found if isinstance(n, Loop))
    assert loop.head == "TAILQ_FOREACH(p, &V_n, link)"
    assert accesses(loop.body) == [("shared", "write")]
    assert kinds(found)[-1] == "Return"


def test_vnet_foreach_holds_its_statement_only() -> None:
    found = body("VNET_ITERATOR_DECL(v); VNET_FOREACH(v) { CURVNET_SET(v); V_n = 0; CURVNET_RESTORE(); } shared = 1;")
    loop = next(n for n in found if isinstance(n, Foreach))
    assert loop.iterator == "v"
    assert kinds(loop.body) == ["Set", "Access", "Restore"]
    assert accesses(found)[-1] == ("shared", "write")


def test_vnet_foreach_through_a_macro_of_the_tree() -> None:
    wrapped = """
    #define EACH(v) VNET_LIST_RLOCK_NOSLEEP(); VNET_FOREACH(v) {\\
        CURVNET_SET(v);
    #define EACH_END() CURVNET_RESTORE(); } VNET_LIST_RUNLOCK_NOSLEEP()
    """
    found = body('#include "w.h"\nVNET_ITERATOR_DECL(v); EACH(v) V_n = 0; EACH_END(); return (0);', w=wrapped)
    loop = next(n for n in found if isinstance(n, Foreach))
    assert kinds(loop.body) == ["Set", "Access", "Restore"]


def test_sets_know_their_depth_and_variants() -> None:
    found = body("CURVNET_SET_QUIET(so->so_vnet); if (a) { CURVNET_SET(TD_TO_VNET(td)); } CURVNET_RESTORE();")
    sets = [n for n in walk(found) if isinstance(n, Set)]
    assert [s.expression for s in sets] == ["so->so_vnet", "TD_TO_VNET(td)"]
    assert sets[0].depth < sets[1].depth
    assert isinstance(found[-1], Restore)


def test_macro_that_is_a_statement_brings_its_flow_and_its_place() -> None:
    text = """
    #include <net/vnet.h>
    VNET_DEFINE_STATIC(int, n);
    #define V_n VNET(n)
    #define GIVE_UP(x) do {\\
        int t = (x);\\
        if (t > V_n)\\
            goto out;\\
    } while (0)
    void
    f(int a)
    {
        GIVE_UP(a + 1);
    out:
        return;
    }
    """
    found = function(model(text)).body
    assert [type(n) for n in found] == [Scope, Label, Return]
    (branch,) = (n for n in walk(found) if isinstance(n, Branch))
    assert branch.at == "m.c:13"
    assert branch.then == (Goto("out", "m.c:13"),)


def test_macro_without_a_semicolon_ends_its_statement() -> None:
    found = body("FROB_LOCK(a)\nV_n = 1;\nreturn (0);")
    assert kinds(found) == ["Call", "Access", "Return"]


def test_unread_says_why_and_the_rest_is_read() -> None:
    found = body("goto *table[a]; shared = 1;")
    assert [n.why for n in found if isinstance(n, Unread)] == ["`goto` whose label is computed"]
    assert accesses(found)[-1] == ("shared", "write")


def test_function_whose_brackets_do_not_pair_is_unread() -> None:
    found = function(
        model("#define OPEN {\nint\nf(void)\n{\n\tOPEN\n\treturn (0);\n}\nint\ng(void)\n{\n\treturn (1);\n}\n")
    )
    assert "brackets" in found.unread


def test_declarations_give_values_and_hide_variables() -> None:
    found = body("int shared = a, *p = &b; shared++; return (shared);")
    assert accesses(found) == []
    assert [(n.target, n.value) for n in found if isinstance(n, Assign)] == [
        ("shared", "a"),
        ("p", "&b"),
        ("shared", "shared + 1"),
    ]


def test_a_local_hides_in_its_block_only() -> None:
    assert accesses(body("{ int shared; shared = 1; } shared = 2;")) == [("shared", "write")]


def test_static_local_is_state_of_the_module() -> None:
    module = model("int\nf(void)\n{\n\tstatic int calls = 3;\n\treturn (calls++);\n}\n")
    assert [v.name for v in module.variables] == ["f.calls"]
    assert accesses(function(module).body) == [("f.calls", "write")]


def test_statement_expression_runs_its_statements() -> None:
    assert accesses(body("b = ({ int t = V_n; t; });")) == [("n", "read")]


def test_old_style_parameters_are_locals() -> None:
    module = model("static int x;\nint\nf(x, y)\n\tint x;\n\tchar *y;\n{\n\treturn (x);\n}\n")
    assert function(module).parameters == ("x", "y")
    assert accesses(function(module).body) == []


def test_calls_name_their_result() -> None:
    found = body("int e = g(a); e = h(); if ((e = k(b)) != 0) return (e);")
    assert [(n.name, n.result) for n in walk(found) if isinstance(n, Call)] == [("g", "e"), ("h", "e"), ("k", "e")]


def test_a_macro_for_a_number_is_that_number_wherever_it_is_a_value() -> None:
    text = """
    #define OFF 0
    #define ON 1
    #define AGAIN (-1)
    #define EAGAIN 35
    int g(int);
    int f(int a)
    {
        int b = ON;
        g(OFF);
        switch (a) {
        case ON:
            return (AGAIN);
        }
        if (a == ON)
            return (EAGAIN);
        return (b);
    }
    """
    nodes = list(walk(function(model(text)).body))
    assert [n.value for n in nodes if isinstance(n, Assign)] == ["1"]
    assert [n.arguments for n in nodes if isinstance(n, Call)] == [("0",)]
    assert [n.values for n in nodes[2].arms] == [("1",)]
    assert [n.condition.value for n in nodes if isinstance(n, Branch)] == ["1"]
    assert [n.value for n in nodes if isinstance(n, Return)] == ["-1", "EAGAIN", "b"]


def test_directives_between_statements_are_none() -> None:
    text = """
    void f(int a)
    {
    #define OUT goto out
        if (a)
            OUT;
        a = 1;
    #undef OUT
    #pragma clang diagnostic push \\
        ignored
    out:
        a = 2;
    }
    """
    nodes = list(walk(function(model(text)).body))
    assert kinds(tuple(nodes)) == ["Branch", "Goto", "Assign", "Label", "Assign"]
