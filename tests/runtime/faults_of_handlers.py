"""Fragments for kinds of fault of registrations and addresses that are kept."""

from fault_fragment import TAG, TTL, Fragment, has, twin
from fragments import BAD, access, call, each, enter, leave, module, per_vnet, register, shared, when, write

from vport.runtime.faults import Kind

HANDLERS: list[Fragment] = [
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
