"""Fragments for kinds of fault of set-up and tear-down."""

from fault_fragment import LOCK, ONE_LOCK, ONE_ZONE, ZONE, Fragment, has, set_up_lock, twin
from fragments import (
    BAD,
    access,
    address,
    assign,
    back,
    call,
    destroy,
    each,
    enter,
    function,
    init,
    leave,
    module,
    per_vnet,
    shared,
    when,
)

from vport.runtime.faults import Kind

LIFE: list[Fragment] = [
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
        module(LOCK, load=(*set_up_lock(at=BAD),), destruct=(address("lock"), destroy("mtx_destroy", "lock"))),
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
    has(
        Kind.SET_UP_TWICE,
        "a_member_of_a_struct",
        module(
            per_vnet("base", "struct frob_base"),
            construct=(init("mtx_init", "base.lock"), init("uma_zcreate", "base.zone")),
            construct2=(init("uma_zcreate", "V_base.zone", at=BAD),),
        ),
        "construct@1 construct2@1",
    ),
    twin(
        Kind.SET_UP_TWICE,
        "two_members_and_elements_of_an_array",
        module(
            per_vnet("base", "struct frob_base"),
            construct=(init("mtx_init", "V_base.lock"), init("mtx_init", "V_base.other")),
            construct2=(init("mtx_init", "V_base.q[i].lock"), init("mtx_init", "V_base.q[i].lock")),
        ),
        "construct@1 construct2@1",
    ),
    has(
        Kind.TORN_DOWN_TWICE,
        "a_member_of_a_shared_struct",
        module(
            shared("base", "struct frob_base"),
            load=(init("uma_zcreate", "base.zone"),),
            destruct=(destroy("uma_zdestroy", "base.zone", at=BAD),),
        ),
        "load destruct@all",
    ),
    twin(
        Kind.TORN_DOWN_TWICE,
        "a_member_of_a_struct_of_each_stack",
        module(
            per_vnet("base", "struct frob_base"),
            construct=(when("V_base.ready", back()), init("uma_zcreate", "V_base.zone")),
            destruct=(destroy("uma_zdestroy", "V_base.zone"),),
        ),
        "construct@all destruct@all",
    ),
]
