"""What nobody asks for any more tells no paths apart: as many tests as there may be, they do not multiply."""

import pytest
from fragments import (
    BAD,
    Small,
    again,
    assign,
    back,
    call,
    counted,
    function,
    init,
    leave,
    loop,
    module,
    register,
    shared,
    when,
    write,
)

from vport.runtime.faults import Kind
from vport.runtime.host import Event
from vport.runtime.model import Function, Node

MANY = 14


def matching(number: int) -> tuple[Node, ...]:
    """A rule that is passed over unless a call says that it matches; the call is made only where it is needed."""
    return (
        when(f"rule->kind{number} > 1", call(f"match{number}", "rule", result="")),
        when(f"match{number}(rule)", assign("rule", "rule->next"), again()),
    )


def answers(number: int) -> Function:
    return function(f"match{number}", when("rule->set > 1", back("0")), back("1"), parameters=("rule",), returns="int")


def told(kernel: Small, what: str) -> list[Event]:
    return [e for e in kernel.trace if e.what == what]


def steps_of(*body: Node, **more: Function) -> tuple[int, Small]:
    small = Small(module(shared("lock", "struct mtx"), f=function("f", *body, parameters=("rule",)), **more))
    steps = counted(small)
    small.call("f", 1)
    return steps["f", 1], small


@pytest.mark.parametrize("many", [2, MANY])
def test_results_of_calls_in_a_loop_do_not_multiply(many: int) -> None:
    body = loop("rule != NULL", *(node for n in range(many) for node in matching(n)), register("hook", "answer"))
    steps, small = steps_of(body, **{f"match{n}": answers(n) for n in range(many)})
    assert steps < 40 * many
    assert not told(small, "bound")


@pytest.mark.parametrize("many", [2, MANY])
def test_what_tests_told_is_forgotten_by_the_next_round(many: int) -> None:
    tests = [when(f"rule->flag{n}", register("hook", f"answer{n}", holder=f"rule->hook{n}")) for n in range(many)]
    steps, small = steps_of(loop("rule != NULL", *tests))
    assert steps < 40 * many
    assert not told(small, "bound")


def test_what_is_asked_for_again_is_remembered() -> None:
    body = (
        when("x", init("mtx_init", "lock")),
        when("y", write("n")),
        when("x", register("hook", "a", argument="&lock")),
    )
    _, small = steps_of(*body, when("!x", leave(BAD)))
    assert [f.at for f in small.faults.values() if f.kind is Kind.NO_SET] == [BAD]


def test_a_result_that_is_asked_for_twice_is_remembered() -> None:
    ask = (call("match0", "rule", result="error"), when("error != 0", init("mtx_init", "lock")))
    again_ = (write("n"), when("error == 0", back()), when("error != 0", init("mtx_init", "lock", at=BAD)))
    _, small = steps_of(*ask, *again_, match0=answers(0))
    assert [f.at for f in small.faults.values() if f.kind is Kind.SET_UP_TWICE] == [BAD]


def test_a_result_says_nothing_where_the_call_is_not_made() -> None:
    """The second call is made on one way only; on the other nobody knows what it would have said."""
    first = (call("no", "rule"), when("no(rule)", back()))
    second = (when("rule->kind > 1", call("no", "rule")), when("no(rule)", register("hook", "wanted")))
    _, small = steps_of(*first, when("z > 1", write("n")), *second, no=function("no", back("0"), returns="int"))
    assert any("wanted" in e.text for e in told(small, "register"))


def test_a_result_says_what_it_says_where_the_call_is_made() -> None:
    body = (call("no", "rule"), when("z > 1", write("n")), when("no(rule)", register("hook", "wanted")))
    _, small = steps_of(*body, no=function("no", back("0"), returns="int"))
    assert not told(small, "register")
