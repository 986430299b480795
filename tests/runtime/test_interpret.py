"""Paths through functions: loops, switches, gotos, calls, bounds; what a trace and an outcome say."""

import pytest
from fragments import (
    Small,
    access,
    address,
    again,
    assign,
    back,
    block,
    call,
    case,
    choose,
    constants,
    destroy,
    each,
    enter,
    function,
    goto,
    init,
    label,
    leave,
    loop,
    module,
    out,
    per_vnet,
    register,
    shared,
    unregister,
    when,
)

from vport.runtime.explore import Explorer, explore
from vport.runtime.faults import Kind
from vport.runtime.interpret import Bounds, Interpreter
from vport.runtime.model import Entry, External, Function, Module, Node, Pin, Unread
from vport.runtime.worlds import SHARED, UNKNOWN, World

TTL = per_vnet("ttl")
LOCK = per_vnet("lock", "struct mtx", set_up="lock")


def told(kernel: Small, what: str) -> list[tuple[str, int]]:
    return [(e.text, e.vnet) for e in kernel.trace if e.what == what]


def lived(*body: Node, arguments: dict[str, str] | None = None, model: Module | None = None) -> Small:
    """A function `f(type, x)` that runs once, in vnet 1."""
    made = model or module(TTL, LOCK, f=function("f", *body, parameters=("type", "x"), returns="int"))
    kernel = Small(made)
    kernel.call("f", 1, constants(**(arguments or {})))
    return kernel


def calls(kernel: Small) -> list[str]:
    """Names of functions outside that were called, told by what they are given to nobody."""
    return [e.text.removesuffix("() is not known") for e in kernel.trace if e.what == "unknown"]


def outside(*names: str) -> tuple[External, ...]:
    return tuple(External(name) for name in names)


def run(*body: Node, **arguments: str) -> list[str]:
    """Which of the calls `a` to `e` are reached."""
    made = module(
        TTL,
        externals=outside("a", "b", "c", "d", "e"),
        f=function("f", *body, parameters=("type", "x"), returns="int"),
    )
    return calls(lived(model=made, arguments=arguments))


SWITCH = choose("type", case("MOD_LOAD", call("a"), out()), case("MOD_UNLOAD", call("b")), case("", call("c")))


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("MOD_LOAD", ["a", "d"]),
        ("MOD_UNLOAD", ["b", "c", "d"]),
        ("MOD_QUIESCE", ["c", "d"]),
        ("", ["a", "b", "c", "d"]),
    ],
)
def test_switch(type: str, expected: list[str]) -> None:
    assert run(SWITCH, call("d"), **({"type": type} if type else {})) == expected


def test_switch_without_default() -> None:
    assert run(choose("type", case("MOD_LOAD", call("a"))), call("b"), type="MOD_UNLOAD") == ["b"]


def test_switch_arm_of_several_values() -> None:
    assert run(
        choose("type", case("MOD_LOAD MOD_UNLOAD", call("a"), out()), case("", call("b"))), type="MOD_UNLOAD"
    ) == ["a"]


def test_an_arm_knows_what_it_switched_on() -> None:
    ways = when("x == SIOCSIFADDR", init("mtx_init", "lock"), otherwise=(destroy("mtx_destroy", "lock"),))
    made = module(LOCK, f=function("f", choose("x", case("SIOCSIFADDR", ways, out())), parameters=("x",)))
    kernel = lived(model=made)
    assert told(kernel, "init") == [("mtx_init lock", 1)]
    assert told(kernel, "destroy") == []


def test_goto_forward_skips() -> None:
    assert run(goto("end"), call("a"), label("end"), call("b")) == ["b"]


def test_goto_into_a_block() -> None:
    assert run(goto("in"), when("x > 1", call("a"), label("in"), call("b")), call("c")) == ["b", "c"]


def test_goto_back_ends() -> None:
    assert run(label("again"), call("a"), when("x > 1", goto("again")), call("b")) == ["a", "b"]


def test_continue_and_break() -> None:
    body = loop("x > 1", call("a"), when("y > 1", again()), when("z > 1", out()), call("b"))
    assert run(body, call("c")) == ["a", "b", "c"]


def test_break_in_a_switch_in_a_loop() -> None:
    body = loop("1", choose("type", case("MOD_LOAD", out()), case("", back())), call("a"), out())
    assert run(body, call("b"), type="MOD_LOAD") == ["a", "b"]


def test_do_while_runs_once() -> None:
    assert run(loop("0", call("a"), once=True), call("b")) == ["a", "b"]
    assert run(loop("0", call("a")), call("b")) == ["b"]


def test_a_loop_without_end() -> None:
    made = module(
        TTL, work=function("work", loop("1", call("step"))), after=function("after", call("work"), access("ttl"))
    )
    assert Small(made).call("work", 1) == ["zero"]


def test_both_ways_and_equal_states_are_one() -> None:
    body = tuple(when(f"x{n} > 1", access("ttl"), otherwise=(call("step"),)) for n in range(30))
    kernel = lived(*body)
    assert len(told(kernel, "access")) == 30
    assert len(kernel.worlds) == 1


def test_a_test_repeated_goes_the_same_way() -> None:
    body = (when("x", register("eventhandler", "a", holder="p->c")), when("x", unregister("eventhandler", "p->c")))
    assert [len(w.handlers) for w in lived(*body).worlds] == [0]


def test_an_error_code_leads_to_its_own_way_only() -> None:
    body = (
        call("g", result="error"),
        when("error == 0", init("mtx_init", "lock")),
        when("error != 0", back("error")),
        address("lock"),
    )
    made = module(
        LOCK,
        f=function("f", *body, returns="int"),
        g=function("g", when("x > 1", back("ENOMEM")), back("0"), returns="int"),
    )
    kernel = Small(made)
    assert kernel.call("f", 1) == ["error", "zero"]
    assert kernel.faults == {}


def test_a_call_in_a_condition() -> None:
    g = function("g", back("0"), returns="int")
    made = module(LOCK, f=function("f", call("g"), when("g() != 0", init("mtx_init", "lock"))), g=g)
    assert told(lived(model=made), "init") == []


def test_what_decides_nothing_is_not_remembered() -> None:
    body = tuple(when(f"x{n} > 1", call("step")) for n in range(12))
    kernel = lived(*body, *body, back("0"))
    assert [w.lives for w in kernel.worlds] == [{}]


@pytest.mark.parametrize(
    ("value", "returns", "way"),
    [
        ("", "void", "zero"),
        ("0", "int", "zero"),
        ("(ENOMEM)", "int", "error"),
        ("-1", "int", "error"),
        ("x", "int", "value"),
        ("NULL", "struct frob *", "zero"),
    ],
)
def test_what_a_function_returns(value: str, returns: str, way: str) -> None:
    assert Small(module(f=function("f", back(value), returns=returns))).call("f") == [way]


def test_errors_are_named_to_who_loads() -> None:
    load = function(
        "load",
        choose("type", case("MOD_LOAD", back("0")), case("", back("EOPNOTSUPP"))),
        parameters=("type",),
        returns="int",
    )
    kernel = Small(module(load=load))
    outcome = kernel.interpreter.call("load", constants(type="MOD_QUIESCE"), 0, (World(),))
    assert outcome.errors == ("EOPNOTSUPP",)
    assert list(outcome.worlds) == ["error"]


def test_foreach_visits_every_stack_and_not_the_one_that_comes() -> None:
    made = module(TTL, f=(each("v", enter("v"), access("ttl"), leave()), call("step")))
    kernel = Small(made, stacks=(3, 1, 0))
    kernel.call("f", 4)
    assert told(kernel, "access") == [("read V_ttl", 3), ("read V_ttl", 1), ("read V_ttl", 0)]
    default = Small(made, vimage=False)
    default.call("f")
    assert told(default, "access") == [("read ttl", SHARED)]


def test_foreach_that_is_left_starts_anew() -> None:
    made = module(TTL, f=(loop("x > 1", each("v", enter("v"), access("ttl"), leave(), out())),))
    kernel = Small(made, stacks=(2, 1, 0))
    kernel.call("f")
    assert told(kernel, "access") == [("read V_ttl", 2)]


def test_foreach_in_foreach() -> None:
    made = module(TTL, f=(each("v", each("w", enter("w"), access("ttl"), leave())),))
    kernel = Small(made, stacks=(1, 0))
    kernel.call("f")
    assert told(kernel, "access") == [("read V_ttl", 1), ("read V_ttl", 0)]
    assert kernel.faults == {}


@pytest.mark.parametrize(
    ("expression", "vnet"),
    [
        ("ifp->if_vnet", 2),
        ("(struct vnet *)arg", 1),
        ("TD_TO_VNET(td)", 2),
        ("vnet0", 0),
        ("curvnet", 1),
        ("sc->vnet", UNKNOWN),
        ("other", UNKNOWN),
        ("copy", 2),
    ],
)
def test_which_stack_is_set(expression: str, vnet: int) -> None:
    f = function(
        "f", assign("copy", "ifp->if_vnet"), enter(expression), access("ttl"), leave(), parameters=("ifp", "arg", "td")
    )
    kernel = Small(module(TTL, f=f))
    kernel.call("f", 1, constants(ifp="vnet 2", arg="vnet 1", td="vnet 2"))
    assert told(kernel, "access") == [("read V_ttl", vnet)]


def test_a_callee_gets_arguments_and_gives_curvnet_back() -> None:
    g = function("g", enter("p->if_vnet"), access("ttl"), leave(), parameters=("p",))
    f = function("f", call("g", "ifp"), access("ttl"), parameters=("ifp",))
    kernel = Small(module(TTL, f=f, g=g))
    kernel.call("f", 1, constants(ifp="vnet 2"))
    assert told(kernel, "access") == [("read V_ttl", 2), ("read V_ttl", 1)]


def test_a_fault_tells_the_calls_that_lead_to_it() -> None:
    made = module(TTL, f=(call("g", at="frob.c:1"),), g=(call("h", at="frob.c:2"),), h=(access("ttl", at="frob.c:3"),))
    kernel = Small(made)
    kernel.call("f")
    (fault,) = kernel.faults.values()
    assert fault.lines == ("frob.c:1 f() calls g()", "frob.c:2 g() calls h()")


def test_a_fault_on_some_paths_is_not_sure() -> None:
    some = module(TTL, f=(when("ifp", enter(), access("ttl"), leave()), call("g")), g=(access("ttl"),))
    sure = module(LOCK, f=(address("lock"),), construct=(init("mtx_init", "lock"),))
    half = module(LOCK, f=(when("x > 1", init("mtx_init", "lock")), address("lock")), construct=(call("f"),))
    assert [f.sure for f in Small(some).do("f").faults.values()] == [True]
    assert [f.sure for f in Small(sure).do("f@1").faults.values()] == [True]
    assert [f.sure for f in Small(half).do("construct@1").faults.values()] == [False]


def test_one_cause_is_told_once() -> None:
    made = module(TTL, f=(access("ttl"), access("ttl"), call("g")), g=(access("ttl"),))
    assert len(Small(made).do("f").faults) == 1


def test_recursion_is_bounded_and_said() -> None:
    kernel = Small(module(TTL, f=(access("ttl"), when("x > 1", call("f")))))
    kernel.call("f", 1)
    assert any("calls itself" in text for text, _ in told(kernel, "bound"))
    assert kernel.interpreter.call("f", {}, 1, (World(),)).cut


def test_a_long_chain_of_calls_is_bounded_and_said() -> None:
    functions = {f"f{n}": (call(f"f{n + 1}"),) for n in range(200)}
    kernel = Small(module(TTL, **functions, f200=(access("ttl"),)))
    kernel.call("f0", 1)
    assert any("calls deep" in text for text, _ in told(kernel, "bound"))


def test_too_many_possibilities_are_cut_and_said() -> None:
    holders = [shared(f"lock{n}", "struct mtx") for n in range(8)]
    body = tuple(when(f"x{n} > 1", init("mtx_init", f"lock{n}")) for n in range(8))
    kernel = Small(module(*holders, load=body))
    outcome = kernel.interpreter.call("load", {}, 0, (World(),))
    assert outcome.cut
    assert len(outcome.worlds["zero"]) == Bounds().worlds


def test_unread_parts_taint() -> None:
    unread = Function("g", "frob.c:5", unread="a macro nobody knows")
    made = module(LOCK, construct=(call("g"), init("mtx_init", "lock")), f=(address("lock"),), g=unread)
    kernel = Small(made)
    kernel.do("construct@1 f@2")
    assert [f.tainted for f in kernel.faults.values()] == [("g",)]
    assert told(kernel, "unknown") == [("g(): a macro nobody knows", 1)]
    part = Small(module(LOCK, construct=(init("mtx_init", "lock"),), f=(Unread("frob.c:7", "no end"), address("lock"))))
    assert [f.tainted for f in part.do("f@1").faults.values()] == [("f",)]


def test_what_a_person_says_of_an_external_happens() -> None:
    external = External("frob_attach", True, does=(init("mtx_init", "lock"),))
    made = module(LOCK, externals=(external,), construct=(call("frob_attach"), address("lock")))
    assert Small(made).do("construct@all").faults == {}


def test_a_pinned_branch() -> None:
    made = module(TTL, externals=outside("a", "b"), f=(when("x > 1", call("a"), otherwise=(call("b"),)),))
    pinned = Module(**{**{k: getattr(made, k) for k in made.__struct_fields__}, "pins": (Pin("f", "x > 1", False),)})
    assert calls(lived(model=pinned)) == ["b"]


def test_the_default_build_has_one_copy_and_no_contexts() -> None:
    made = module(LOCK, construct=(init("mtx_init", "lock"),), f=(enter("ifp->if_vnet"), address("lock"), leave()))
    kernel = Small(made, vimage=False).do("construct f")
    assert kernel.faults == {}
    assert told(kernel, "set") == []
    assert list(kernel.worlds[0].lives) == [("lock", SHARED)]


def test_the_same_input_gives_the_same_trace() -> None:
    body = (when("x > 1", enter("a"), leave()), loop("n > 1", call("g"), access("ttl")), block(enter("b"), leave()))
    made = module(TTL, f=body, g=(access("ttl"),))
    first, second = Small(made), Small(made)
    assert [k.do("f f@1 f@2").trace for k in (first, second)] == [first.trace, first.trace]


def test_a_visit_remembered_is_told_again() -> None:
    kernel = Small(module(TTL, f=(access("ttl"),)))
    kernel.do("f@1 f@1")
    assert len(told(kernel, "access")) == 2


def test_handlers_come_and_go() -> None:
    made = module(
        per_vnet("timer", "struct callout"),
        f=(
            init("callout_init", "timer"),
            register("callout", "tick", holder="&V_timer", argument="curvnet", call="callout_reset"),
        ),
        g=(unregister("callout", "&V_timer"), destroy("callout_drain", "timer")),
        tick=(),
    )
    kernel = Small(made).do("f@1 f@2")
    found = [(h.function, h.holder, h.scope, h.argument_vnet) for h in kernel.worlds[0].handlers]
    assert found == [("tick", "timer", 1, 1), ("tick", "timer", 2, 2)]
    kernel.do("g@1")
    assert [h.scope for h in kernel.worlds[0].handlers] == [2]


def test_explore_gives_an_entry_the_context_of_its_kind() -> None:
    made = module(TTL, f=(access("ttl"),))
    kinds = [f.kind for f in explore(made, Entry("callout", "f", "frob.c:1", "none"))]
    assert kinds == [Kind.NO_CONTEXT]
    for context in ("vnet", "inherited", "thread"):
        assert explore(made, Entry("sysctl", "f", "frob.c:1", context)) == ()


def test_explore_takes_everything_for_set_up() -> None:
    made = module(LOCK, f=(address("lock"), destroy("mtx_destroy", "lock")), construct=(init("mtx_init", "lock"),))
    explorer = Explorer(made)
    assert [explorer.explore(e) for e in explorer.entries()] == [()]
    assert explorer.explore(Entry("cdev", "f", "", "none"))[0].kind is Kind.NO_CONTEXT


def test_explore_finds_the_entries_of_a_module() -> None:
    made = module(
        TTL,
        construct=(
            register("callout", "tick", holder="sc->c"),
            register("eventhandler", "gone", name="ifnet_departure_event"),
        ),
        tick=(),
        gone=(),
        never=(),
    )
    found = [(e.function, e.context) for e in Explorer(made).entries()]
    assert found == [("construct", "vnet"), ("tick", "none"), ("gone", "inherited")]


def test_a_function_of_no_module() -> None:
    made = module(TTL)
    assert Interpreter(made, Small(made)).knowledge.function("nobody") is None
