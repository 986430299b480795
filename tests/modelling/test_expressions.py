"""What happens in expressions, in order."""

import pytest
from helpers_model import accesses, body, function, kinds, model, walk

from vport.runtime.model import Access, Assign, Branch, Call, Condition, Destroy, Init, Register, Unregister


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = V_n;", [("n", "read")]),
        ("V_n = a;", [("n", "write")]),
        ("V_n += a;", [("n", "write")]),
        ("V_n++;", [("n", "write")]),
        ("--V_n;", [("n", "write")]),
        ("g(&V_n);", [("n", "address")]),
        ("a = b & V_n;", [("n", "read")]),
        ("a = (int)V_n;", [("n", "read")]),
        ("p = (void *)&V_n;", [("n", "address")]),
        ("V_n.x = 1;", [("n", "write")]),
        ("V_n->x = 1;", [("n", "read")]),
        ("g(&V_n->x);", [("n", "read")]),
        ("g(&V_n.x[3]);", [("n", "address")]),
        ("*V_n = 1;", [("n", "read")]),
        ("(V_n) = 1;", [("n", "write")]),
        ("V_n = shared = 1;", [("shared", "write"), ("n", "write")]),
        ("V_n = shared;", [("shared", "read"), ("n", "write")]),
        ("a = x.shared + x->n + p->sc.n;", []),
        ("a = sizeof(V_n) + sizeof V_n;", []),
        ("a = _IOR('f', 3, struct shared);", []),
        ("enum { shared, other } e; e = shared;", []),
        ("a = tab[V_n];", [("n", "read")]),
        ("p = VNET_PTR(n);", [("n", "address")]),
        ("g(V_n, &shared);", [("n", "read"), ("shared", "address")]),
        ("a = b * V_n - V_n;", [("n", "read"), ("n", "read")]),
    ],
)
def test_use_of_a_variable(text: str, expected: list[tuple[str, str]]) -> None:
    assert accesses(body(text)) == expected


def test_state_of_a_named_stack() -> None:
    (access, *_) = body("a = VNET_VNET(ifp->if_vnet, n);")
    assert access == Access("n", "read", "m.c:8", "ifp->if_vnet")


def test_per_vnet_variable_without_its_accessor_is_plain() -> None:
    assert body("n = 1;") == (Access("n", "write", "m.c:8", plain=True),)
    assert body("shared = 1;") == (Access("shared", "write", "m.c:8"),)


def test_variables_of_headers_outside_go_by_their_accessor() -> None:
    module = model("void\nf(void)\n{\n\tV_ifnet_count++;\n}\n")
    (variable,) = module.variables
    assert (variable.name, variable.per_vnet, variable.static) == ("ifnet_count", True, False)


def test_short_circuit_hides_what_comes_later() -> None:
    (first, branch, last) = body("a = b && V_n;")[0:1] + body("a = shared && V_n;")[0:2]
    assert isinstance(first, Branch)
    assert isinstance(branch, Access)
    assert isinstance(last, Branch)
    assert accesses(last.then) == [("n", "read")]


def test_or_runs_its_right_side_when_the_left_fails() -> None:
    (branch, *_) = body("a = b || V_n;")
    assert isinstance(branch, Branch)
    assert (accesses(branch.then), accesses(branch.otherwise)) == ([], [("n", "read")])


def test_conditional_expression_is_a_branch() -> None:
    (branch, *_) = body("a = b ? V_n : shared;")
    assert isinstance(branch, Branch)
    assert (accesses(branch.then), accesses(branch.otherwise)) == ([("n", "read")], [("shared", "read")])


def test_arguments_come_before_the_call() -> None:
    assert kinds(body("g(V_n, h(&shared));")) == ["Access", "Access", "Call", "Call"]


def test_a_local_given_by_address_is_not_known_any_more() -> None:
    assert Assign("a", "", "m.c:8") in body("g(&a);")
    assert not [n for n in body("g(a);") if isinstance(n, Assign)]


def test_call_through_a_pointer_names_the_member() -> None:
    found = [
        n.name for n in walk(body("(*ifp->if_input)(ifp, m); ifp->if_start(ifp); (*V_n)(a);")) if isinstance(n, Call)
    ]
    assert found == ["->if_input", "->if_start", "->n"] or found == ["->if_input", "->if_start", "->V_n"]


CONDITIONS = [
    ("a == 0", Condition("a == 0", "not", parts=(Condition("a", "truth", "a"),))),
    ("a != NULL", Condition("a != NULL", "truth", "a")),
    ("!a", Condition("!a", "not", parts=(Condition("a", "truth", "a"),))),
    ("a == MOD_LOAD", Condition("a == MOD_LOAD", "equals", "a", "MOD_LOAD")),
    ("MOD_LOAD == a", Condition("MOD_LOAD == a", "equals", "a", "MOD_LOAD")),
    ("(a) && b", Condition("(a) && b", "and", parts=(Condition("(a)", "truth", "a"), Condition("b", "truth", "b")))),
    ("IS_DEFAULT_VNET(curvnet)", Condition("IS_DEFAULT_VNET(curvnet)", "default-vnet", "curvnet")),
    ("curvnet == vnet0", Condition("curvnet == vnet0", "default-vnet", "curvnet")),
    ("1", Condition("1", "constant", "1")),
    ("0", Condition("0", "constant", "0")),
    ("a > 3", Condition("a > 3")),
    ("a & 4", Condition("a & 4")),
    (
        "__predict_false(a == NULL)",
        Condition("__predict_false(a == NULL)", "not", parts=(Condition("a", "truth", "a"),)),
    ),
    ("(a = g()) == NULL", Condition("(a = g()) == NULL", "not", parts=(Condition("(a = g())", "truth", "a"),))),
]


@pytest.mark.parametrize(("text", "expected"), CONDITIONS)
def test_condition(text: str, expected: Condition) -> None:
    branch = next(n for n in body(f"if ({text}) return (1);") if isinstance(n, Branch))
    assert without_texts(branch.condition) == without_texts(expected)
    assert branch.condition.text == expected.text


def without_texts(condition: Condition) -> Condition:
    """A condition by its meaning alone: inner texts may keep parentheses or not."""
    return Condition("", condition.op, condition.subject, condition.value, tuple(map(without_texts, condition.parts)))


LIFE = """
    #include <net/vnet.h>
    VNET_DEFINE_STATIC(struct callout, t);
    #define V_t VNET(t)
    VNET_DEFINE_STATIC(struct mtx, lock);
    #define V_lock VNET(lock)
    #define F_LOCK_INIT(l) mtx_init(l, "frob", NULL, MTX_DEF)
    #define F_LOCK_DONE(l) mtx_destroy(l)
    static uma_zone_t zone;
    static eventhandler_tag tag;
    static void
    tick(void *arg)
    {
    }
    static void
    up(const void *unused)
    {
        struct sc *sc;

        F_LOCK_INIT(&V_lock);
        callout_init(&V_t, 1);
        callout_reset(&V_t, hz, tick, curvnet);
        zone = uma_zcreate("frob", 4, NULL, NULL, NULL, NULL, 0, 0);
        tag = EVENTHANDLER_REGISTER(ifnet_arrival_event, tick, NULL, 0);
        sc = malloc(4, M_TEMP, M_WAITOK);
        mtx_init(&sc->mtx, "sc", NULL, MTX_DEF);
    }
    static void
    down(const void *unused)
    {
        struct sc *sc;

        callout_drain(&V_t);
        F_LOCK_DONE(&V_lock);
        uma_zdestroy(zone);
        EVENTHANDLER_DEREGISTER(ifnet_arrival_event, tag);
        free(sc, M_TEMP);
    }
"""


def test_set_ups_name_their_holders_also_through_macros() -> None:
    found = function(model(LIFE), "up").body
    assert [(n.kind, n.holder) for n in found if isinstance(n, Init)] == [
        ("mtx_init", "lock"),
        ("callout_init", "t"),
        ("uma_zcreate", "zone"),
        ("mtx_init", "sc->mtx"),
    ]
    assert [(n.name, n.result) for n in found if isinstance(n, Call)] == [("malloc", "sc")]


def test_registrations_say_handler_holder_and_argument() -> None:
    found = [n for n in function(model(LIFE), "up").body if isinstance(n, Register)]
    assert [(r.kind, r.function, r.holder, r.argument, r.name) for r in found] == [
        ("callout", "tick", "t", "curvnet", ""),
        ("eventhandler", "tick", "tag", "NULL", "ifnet_arrival_event"),
    ]


def test_tear_downs_and_what_is_taken_back() -> None:
    found = function(model(LIFE), "down").body
    assert [(n.kind, n.holder) for n in found if isinstance(n, Destroy)] == [
        ("callout_drain", "t"),
        ("mtx_destroy", "lock"),
        ("uma_zdestroy", "zone"),
    ]
    assert [(n.kind, n.holder) for n in found if isinstance(n, Unregister)] == [
        ("callout", "t"),
        ("eventhandler", "tag"),
    ]


def test_the_holder_is_stored_before_the_set_up_counts() -> None:
    found = [n for n in function(model(LIFE), "up").body if getattr(n, "variable", getattr(n, "holder", "")) == "zone"]
    assert kinds(tuple(found)) == ["Access", "Init"]


def test_a_variable_that_is_set_to_NULL_says_so() -> None:
    nodes = walk(body("V_n = NULL; shared = 0; shared = a; *(int *)shared = 0;"))
    written = [(n.variable, n.value) for n in nodes if isinstance(n, Access) and n.how == "write"]
    assert written == [("n", "NULL"), ("shared", "NULL"), ("shared", "")]
