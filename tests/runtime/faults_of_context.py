"""Fragments for kinds of fault of curvnet: accesses, sets, restores."""

from fault_fragment import TTL, Fragment, has, twin
from fragments import BAD, access, again, back, block, call, each, enter, goto, label, leave, module, shared, when

from vport.runtime.faults import Kind
from vport.runtime.model import External

CONTEXT: list[Fragment] = [
    has(Kind.NO_CONTEXT, "timer", module(TTL, tick=(access("ttl", at=BAD),)), "tick"),
    twin(Kind.NO_CONTEXT, "timer_that_sets", module(TTL, tick=(enter(), access("ttl"), leave())), "tick"),
    has(Kind.NO_CONTEXT, "after_the_restore", module(TTL, tick=(enter(), leave(), access("ttl", at=BAD))), "tick"),
    twin(Kind.NO_CONTEXT, "caller_has_one", module(TTL, pru_attach=(access("ttl"),)), "pru_attach@1"),
    has(Kind.NO_CONTEXT, "in_a_callee", module(TTL, tick=(call("work"),), work=(access("ttl", at=BAD),)), "tick"),
    twin(
        Kind.NO_CONTEXT,
        "each_stack",
        module(TTL, tick=(each("v", enter("v"), call("work"), leave()),), work=(access("ttl"),)),
        "tick",
    ),
    has(
        Kind.NO_CONTEXT,
        "a_call_that_leaves",
        module(externals=(External("inet_lookup", True, needs_vnet=True),), tick=(call("inet_lookup", at=BAD),)),
        "tick",
    ),
    twin(Kind.NO_CONTEXT, "shared_state", module(shared("ttl"), tick=(access("ttl"),)), "tick"),
    twin(
        Kind.NO_CONTEXT,
        "another_stack_by_name",
        module(TTL, tick=(access("ttl", vnet="vnet0"),)),
        "tick",
    ),
    has(
        Kind.NO_RESTORE,
        "early_return",
        module(TTL, f=(enter(), access("ttl"), when("m == NULL", back(at=BAD)), leave())),
        "f",
    ),
    twin(
        Kind.NO_RESTORE,
        "early_return_restores",
        module(TTL, f=(enter(), access("ttl"), when("m == NULL", leave(), back()), leave())),
        "f",
    ),
    has(
        Kind.NO_RESTORE,
        "continue_in_a_loop",
        module(TTL, f=(each("v", enter("v"), when("x > 1", again(at=BAD)), access("ttl"), leave()),)),
        "f",
    ),
    twin(
        Kind.NO_RESTORE,
        "continue_before_the_set",
        module(TTL, f=(each("v", when("x > 1", again()), enter("v"), access("ttl"), leave()),)),
        "f",
    ),
    has(Kind.NO_RESTORE, "end_of_function", module(TTL, f=(enter(at=BAD), access("ttl"))), "f@1"),
    twin(
        Kind.NO_RESTORE,
        "goto_to_the_restore",
        module(TTL, f=(enter(), when("m == NULL", goto("out")), access("ttl"), label("out"), leave())),
        "f",
    ),
    has(Kind.NO_SET, "restored_twice", module(TTL, f=(enter(), access("ttl"), leave(), leave(at=BAD))), "f"),
    twin(
        Kind.NO_SET,
        "restored_on_each_way",
        module(TTL, f=(enter(), when("m == NULL", leave(), back()), leave())),
        "f",
    ),
    has(
        Kind.NO_SET,
        "goto_past_the_set",
        module(f=(when("m == NULL", goto("out")), enter(), label("out"), leave(at=BAD))),
        "f",
    ),
    twin(
        Kind.NO_SET,
        "goto_past_both",
        module(f=(when("m == NULL", goto("out")), enter(), leave(), label("out"))),
        "f",
    ),
    has(Kind.NESTED_SET, "same_block", module(TTL, f=(enter("a"), enter("b", at=BAD), leave(), leave())), "f"),
    twin(Kind.NESTED_SET, "one_after_the_other", module(TTL, f=(enter("a"), leave(), enter("b"), leave())), "f"),
    has(
        Kind.NESTED_SET,
        "goto_back",
        module(TTL, f=(label("again"), enter("a", at=BAD), when("x > 1", goto("again")), leave())),
        "f",
    ),
    twin(
        Kind.NESTED_SET,
        "goto_back_after_the_restore",
        module(TTL, f=(label("again"), enter("a"), access("ttl"), leave(), when("x > 1", goto("again")))),
        "f",
    ),
    twin(
        Kind.NESTED_SET,
        "block_of_its_own",
        module(TTL, f=(enter("a"), when("x > 1", enter("b"), access("ttl"), leave()), leave())),
        "f",
    ),
    has(
        Kind.CONDITIONAL_SET,
        "same_test_twice",
        module(f=(when("ifp", enter(at=BAD)), call("work"), when("ifp", leave()))),
        "f",
    ),
    twin(Kind.CONDITIONAL_SET, "whole_under_the_test", module(f=(when("ifp", enter(), call("work"), leave()),)), "f"),
    has(Kind.CONDITIONAL_SET, "restored_always", module(f=(when("ifp", enter(at=BAD)), call("work"), leave())), "f"),
    twin(
        Kind.CONDITIONAL_SET, "set_always", module(f=(enter("ifp ? ifp->if_vnet : vnet0"), call("work"), leave())), "f"
    ),
    has(Kind.CONDITIONAL_SET, "block_left", module(f=(block(enter(at=BAD)), call("work"), leave())), "f"),
]
