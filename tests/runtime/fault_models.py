"""Model fragments: for every kind of fault those that have it, at the line BAD, and near twins that do not.

Each is a module and the calls that a kernel would make: `name@1` calls a function in the stack 1, `name@all` in every
stack as when the module comes, `name` without one.
"""

from typing import NamedTuple

from fragments import (
    BAD,
    access,
    address,
    again,
    assign,
    back,
    block,
    call,
    case,
    choose,
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
    write,
)

from vport.runtime.faults import Kind
from vport.runtime.model import External, Module


class Fragment(NamedTuple):
    """A module, what is called, and whether there is a fault of the kind, and nothing else."""

    kind: Kind
    name: str
    module: Module
    steps: str
    faulty: bool


def has(kind: Kind, name: str, module: Module, steps: str) -> Fragment:
    return Fragment(kind, name, module, steps, True)


def twin(kind: Kind, name: str, module: Module, steps: str) -> Fragment:
    return Fragment(kind, name, module, steps, False)


TTL = per_vnet("ttl")
LOCK = per_vnet("lock", "struct mtx", set_up="lock")
ZONE = per_vnet("zone", "uma_zone_t", set_up="zone")
ONE_LOCK = shared("one_lock", "struct mtx", set_up="lock")
ONE_ZONE = shared("one_zone", "uma_zone_t", set_up="zone")
TAG = shared("tag", "eventhandler_tag")


def set_up_lock(at: str = "") -> tuple[object, ...]:
    return address("lock"), init("mtx_init", "lock", at=at)


CONTEXT = [
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

LIFE = [
    has(
        Kind.BEFORE_SET_UP,
        "two_constructors_the_wrong_way",
        module(LOCK, construct=(address("lock", at=BAD), call("mtx_lock", "&V_lock")), construct2=set_up_lock()),
        "construct@all construct2@all",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "two_constructors",
        module(LOCK, construct=(address("lock"), call("mtx_lock", "&V_lock")), construct2=set_up_lock()),
        "construct2@all construct@all",
    ),
    has(
        Kind.BEFORE_SET_UP,
        "nobody_does",
        module(LOCK, packet=(address("lock", at=BAD), call("mtx_lock", "&V_lock"))),
        "packet@1",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "somebody_outside_may",
        module(LOCK, construct=(address("lock"), call("frob_lock_init", "&V_lock")), packet=(address("lock"),)),
        "construct@all packet@1",
    ),
    has(
        Kind.BEFORE_SET_UP,
        "shared_by_MOD_LOAD_too_late",
        module(ONE_LOCK, construct=(address("one_lock", at=BAD),), load=(init("mtx_init", "one_lock"),)),
        "construct@all load",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "shared_in_time",
        module(ONE_LOCK, construct=(address("one_lock"),), load=(init("mtx_init", "one_lock"),)),
        "load construct@all",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "tested_for_NULL",
        module(
            ZONE,
            packet=(access("zone"), when("V_zone == NULL", back()), access("zone")),
            construct=(init("uma_zcreate", "zone"),),
        ),
        "packet@1 construct@all packet@1",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "first_user_sets_up",
        module(
            shared("users"),
            ONE_LOCK,
            construct=(access("users"), when("users++ == 0", init("mtx_init", "one_lock")), address("one_lock")),
        ),
        "construct@all",
    ),
    twin(
        Kind.BEFORE_SET_UP,
        "all_but_the_first_user_return",
        module(
            shared("users"),
            ONE_LOCK,
            construct=(call("hold"), address("one_lock")),
            hold=(access("users"), when("users++ > 0", back()), init("mtx_init", "one_lock")),
        ),
        "construct@all",
    ),
    has(
        Kind.AFTER_TEAR_DOWN,
        "destructor_uses_what_it_destroyed",
        module(LOCK, construct=set_up_lock(), destruct=(destroy("mtx_destroy", "lock"), address("lock", at=BAD))),
        "construct@all destruct@1",
    ),
    twin(
        Kind.AFTER_TEAR_DOWN,
        "destructor_uses_and_destroys",
        module(
            LOCK,
            construct=set_up_lock(),
            destruct=(address("lock"), call("mtx_lock", "&V_lock"), destroy("mtx_destroy", "lock")),
        ),
        "construct@all destruct@1",
    ),
    has(
        Kind.AFTER_TEAR_DOWN,
        "packet_after_MOD_UNLOAD",
        module(
            ONE_ZONE,
            load=(init("uma_zcreate", "one_zone"),),
            unload=(destroy("uma_zdestroy", "one_zone"),),
            packet=(access("one_zone", at=BAD), call("uma_zalloc", "one_zone")),
        ),
        "load packet@1 unload packet@1",
    ),
    twin(
        Kind.AFTER_TEAR_DOWN,
        "packet_in_another_stack",
        module(
            ZONE,
            construct=(init("uma_zcreate", "zone"),),
            destruct=(destroy("uma_zdestroy", "zone"),),
            packet=(access("zone"), call("uma_zalloc", "V_zone")),
        ),
        "construct@all destruct@1 packet@2",
    ),
    twin(
        Kind.AFTER_TEAR_DOWN,
        "set_up_again",
        module(LOCK, construct=set_up_lock(), destruct=(destroy("mtx_destroy", "lock"),), packet=(address("lock"),)),
        "construct@all destruct@1 construct@1 packet@1",
    ),
    has(
        Kind.OTHER_STACK,
        "address_of_the_stack_before",
        module(
            LOCK,
            construct=set_up_lock(),
            f=(assign("p", "&V_lock"), enter("v"), call("mtx_lock", "p", at=BAD), leave()),
            g=(each("v", when("v != curvnet", call("h", "v"))),),
            h=function(
                "h",
                address("lock"),
                assign("p", "&V_lock"),
                enter("v"),
                call("mtx_lock", "p", at=BAD),
                leave(),
                parameters=("v",),
            ),
        ),
        "construct@all g@1",
    ),
    twin(
        Kind.OTHER_STACK,
        "address_taken_inside",
        module(
            LOCK,
            construct=set_up_lock(),
            g=(each("v", enter("v"), address("lock"), assign("p", "&V_lock"), call("mtx_lock", "p"), leave()),),
        ),
        "construct@all g@1",
    ),
    has(
        Kind.OTHER_STACK,
        "reaches_into_one_that_is_gone",
        module(
            LOCK,
            construct=set_up_lock(),
            destruct=(destroy("mtx_destroy", "lock"),),
            f=(each("v", access("lock", "address", at=BAD, vnet="v")),),
        ),
        "construct@all destruct@2 f@1",
    ),
    twin(
        Kind.OTHER_STACK,
        "reaches_into_a_living_one",
        module(LOCK, construct=set_up_lock(), f=(each("v", access("lock", "address", vnet="v")),)),
        "construct@all f@1",
    ),
    has(
        Kind.SET_UP_TWICE,
        "constructor_and_event",
        module(LOCK, construct=set_up_lock(), attach=(init("mtx_init", "lock", at=BAD),)),
        "construct@all attach@1",
    ),
    twin(
        Kind.SET_UP_TWICE,
        "two_stacks",
        module(LOCK, construct=set_up_lock()),
        "construct@1 construct@2 construct@0",
    ),
    has(
        Kind.SET_UP_TWICE,
        "load_after_load",
        module(ONE_LOCK, load=(init("mtx_init", "one_lock"),), load2=(init("mtx_init", "one_lock", at=BAD),)),
        "load load2",
    ),
    twin(
        Kind.SET_UP_TWICE,
        "torn_down_between",
        module(ONE_LOCK, load=(init("mtx_init", "one_lock"),), unload=(destroy("mtx_destroy", "one_lock"),)),
        "load unload load",
    ),
    twin(
        Kind.SET_UP_TWICE,
        "only_if_NULL",
        module(ZONE, construct=(when("V_zone == NULL", init("uma_zcreate", "zone")),)),
        "construct@1 construct@1",
    ),
    has(
        Kind.SHARED_SET_UP_PER_VNET,
        "constructor",
        module(ONE_LOCK, construct=(init("mtx_init", "one_lock", at=BAD),)),
        "construct@all",
    ),
    twin(
        Kind.SHARED_SET_UP_PER_VNET,
        "default_vnet_only",
        module(ONE_LOCK, construct=(when("IS_DEFAULT_VNET(curvnet)", init("mtx_init", "one_lock")),)),
        "construct@all",
    ),
    has(
        Kind.SHARED_SET_UP_PER_VNET,
        "list_in_a_callee",
        module(
            shared("list", "struct list"),
            construct=(call("frob_init"),),
            frob_init=(init("TAILQ_INIT", "list", at=BAD),),
        ),
        "construct@0 construct@1",
    ),
    twin(
        Kind.SHARED_SET_UP_PER_VNET,
        "list_by_a_SYSINIT",
        module(shared("list", "struct list"), load=(call("frob_init"),), frob_init=(init("TAILQ_INIT", "list"),)),
        "load",
    ),
    has(
        Kind.TORN_DOWN_TWICE,
        "shared_by_every_destructor",
        module(ONE_LOCK, load=(init("mtx_init", "one_lock"),), destruct=(destroy("mtx_destroy", "one_lock", at=BAD),)),
        "load destruct@2 destruct@1",
    ),
    twin(
        Kind.TORN_DOWN_TWICE,
        "own_by_every_destructor",
        module(LOCK, construct=set_up_lock(), destruct=(destroy("mtx_destroy", "lock"),)),
        "construct@all destruct@2 destruct@1",
    ),
    has(
        Kind.TORN_DOWN_TWICE,
        "error_path_and_end",
        module(
            ZONE,
            construct=(init("uma_zcreate", "zone"),),
            destruct=(when("x > 1", destroy("uma_zdestroy", "zone")), destroy("uma_zdestroy", "zone", at=BAD)),
        ),
        "construct@all destruct@1",
    ),
    twin(
        Kind.TORN_DOWN_TWICE,
        "error_path_returns",
        module(
            ZONE,
            construct=(init("uma_zcreate", "zone"),),
            destruct=(when("x > 1", destroy("uma_zdestroy", "zone"), back()), destroy("uma_zdestroy", "zone")),
        ),
        "construct@all destruct@1",
    ),
    has(
        Kind.DEFAULT_VNET_ONLY,
        "guarded_set_up",
        module(LOCK, construct=(when("IS_DEFAULT_VNET(curvnet)", *set_up_lock()),), packet=(address("lock", at=BAD),)),
        "construct@all packet@1",
    ),
    twin(
        Kind.DEFAULT_VNET_ONLY,
        "set_up_before_the_guard",
        module(LOCK, construct=(*set_up_lock(), when("!IS_DEFAULT_VNET(curvnet)", back())), packet=(address("lock"),)),
        "construct@all packet@1",
    ),
    has(
        Kind.DEFAULT_VNET_ONLY,
        "set_up_by_MOD_LOAD",
        module(LOCK, load=(*set_up_lock(),), destruct=(address("lock"), destroy("mtx_destroy", "lock", at=BAD))),
        "load@0 destruct@1",
    ),
    twin(
        Kind.DEFAULT_VNET_ONLY,
        "set_up_by_MOD_LOAD_for_all",
        module(
            LOCK, load=(each("v", enter("v"), *set_up_lock(), leave()),), destruct=(destroy("mtx_destroy", "lock"),)
        ),
        "load@0 destruct@1",
    ),
    has(
        Kind.CONSTRUCTOR_FAILS,
        "returns_an_error",
        module(
            construct=function(
                "construct",
                call("frob_attach", result="error"),
                when("error != 0", back("error", at=BAD)),
                back("0"),
                returns="int",
            )
        ),
        "construct@1",
    ),
    twin(
        Kind.CONSTRUCTOR_FAILS,
        "MOD_LOAD_returns_an_error",
        module(
            load=function(
                "load", call("frob_attach", result="error"), when("error != 0", back("error")), back("0"), returns="int"
            )
        ),
        "load@0",
    ),
    has(
        Kind.CONSTRUCTOR_FAILS,
        "no_memory",
        module(
            ZONE,
            construct=(
                init("malloc", "zone", "8", "M_FROB", "M_NOWAIT"),
                when("V_zone == NULL", back(at=BAD)),
                call("work"),
            ),
        ),
        "construct@1",
    ),
    twin(
        Kind.CONSTRUCTOR_FAILS,
        "waits_for_memory",
        module(
            ZONE,
            construct=(init("malloc", "zone", "8", "M_FROB", "M_WAITOK"), when("V_zone == NULL", back()), call("work")),
        ),
        "construct@1",
    ),
]

HANDLERS = [
    has(
        Kind.ADDRESS_SHARED,
        "shared_pointer",
        module(TTL, shared("where", "int *"), f=(access("ttl", "address", at=BAD), write("where", at=BAD))),
        "f@1",
    ),
    twin(
        Kind.ADDRESS_SHARED,
        "pointer_of_the_stack",
        module(
            TTL,
            per_vnet("where", "int *"),
            f=(access("ttl", "address", at="frob.c:20"), write("where", at="frob.c:20")),
        ),
        "f@1",
    ),
    has(
        Kind.ADDRESS_SHARED,
        "argument_of_a_shared_callout",
        module(
            TTL,
            shared("timer", "struct callout"),
            f=(register("callout", "tick", at=BAD, argument="&V_ttl", holder="timer"),),
            tick=(),
        ),
        "f@1",
    ),
    twin(
        Kind.ADDRESS_SHARED,
        "argument_of_a_callout_of_the_stack",
        module(
            TTL,
            per_vnet("timer", "struct callout"),
            f=(register("callout", "tick", argument="&V_ttl", holder="timer"),),
            tick=(),
        ),
        "f@1",
    ),
    twin(
        Kind.ADDRESS_SHARED,
        "address_for_a_call_only",
        module(
            TTL,
            shared("sum", "struct sum"),
            f=(
                access("ttl", "address", at="frob.c:20"),
                call("frob_sum", "&V_ttl", at="frob.c:20"),
                write("sum", at="frob.c:20"),
            ),
        ),
        "f@1",
    ),
    has(
        Kind.HANDLER_PER_VNET,
        "event_by_the_constructor",
        module(
            TAG,
            construct=(register("eventhandler", "arrive", at=BAD, name="ifnet_arrival_event", holder="tag"),),
            arrive=(),
        ),
        "construct@all",
    ),
    twin(
        Kind.HANDLER_PER_VNET,
        "event_by_the_default_vnet",
        module(
            TAG,
            construct=(
                when(
                    "IS_DEFAULT_VNET(curvnet)",
                    register("eventhandler", "arrive", name="ifnet_arrival_event", holder="tag"),
                ),
            ),
            arrive=(),
        ),
        "construct@all",
    ),
    has(
        Kind.HANDLER_PER_VNET,
        "netisr_by_the_constructor",
        module(
            shared("nh", "struct netisr_handler"),
            construct=(register("netisr", "frob_input", at=BAD, holder="nh"),),
            frob_input=(),
        ),
        "construct@all",
    ),
    twin(
        Kind.HANDLER_PER_VNET,
        "callout_of_each_stack",
        module(
            per_vnet("timer", "struct callout"),
            construct=(register("callout", "tick", holder="timer", argument="curvnet"),),
            tick=(),
        ),
        "construct@all",
    ),
    twin(
        Kind.HANDLER_PER_VNET,
        "the_global_form",
        module(
            construct=(
                register(
                    "eventhandler-all", "change", name="maxsockets_change", call="VNET_GLOBAL_EVENTHANDLER_REGISTER"
                ),
            ),
            change=(),
        ),
        "construct@all",
    ),
    has(
        Kind.HANDLER_ONCE,
        "pfil_hook_on_load",
        module(
            per_vnet("hook", "pfil_hook_t"),
            load=(register("pfil", "check", at=BAD, holder="hook", call="pfil_add_hook", per_vnet=True),),
            check=(),
        ),
        "load@0",
    ),
    twin(
        Kind.HANDLER_ONCE,
        "pfil_hook_by_the_constructor",
        module(
            per_vnet("hook", "pfil_hook_t"),
            construct=(register("pfil", "check", holder="hook", call="pfil_add_hook", per_vnet=True),),
            check=(),
        ),
        "construct@all",
    ),
    has(
        Kind.HANDLER_ONCE,
        "tag_of_the_stack_on_load",
        module(
            per_vnet("vtag", "eventhandler_tag"),
            load=(register("eventhandler", "arrive", at=BAD, holder="vtag", name="ifnet_arrival_event"),),
            arrive=(),
        ),
        "load@0",
    ),
    twin(
        Kind.HANDLER_ONCE,
        "pfil_hook_on_load_for_each",
        module(
            per_vnet("hook", "pfil_hook_t"),
            load=(
                each(
                    "v",
                    enter("v"),
                    register("pfil", "check", holder="hook", call="pfil_add_hook", per_vnet=True),
                    leave(),
                ),
            ),
            check=(),
        ),
        "load@0",
    ),
]

FRAGMENTS = [*CONTEXT, *LIFE, *HANDLERS]
BY_INTERPRETER = sorted({f.kind for f in FRAGMENTS})
__all__ = ["BAD", "BY_INTERPRETER", "FRAGMENTS", "Fragment", "Kind"]
_ = (case, choose, loop, out, unregister)
