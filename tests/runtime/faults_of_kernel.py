"""Fragments for kinds of fault that the kernel sees: order, space, sysctls, what is left behind."""

import msgspec
from fault_fragment import LOCK, ONE_LOCK, TAG, TTL, ZONE, Fragment, has, set_up_lock, twin
from fragments import (
    BAD,
    access,
    address,
    back,
    call,
    case,
    choose,
    destroy,
    function,
    init,
    module,
    out,
    per_vnet,
    register,
    shared,
    unregister,
)

from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Entry, Function, Module, ModuleEvent, Node, Sysctl

DONE = "SI_SUB_VNET_DONE"
PSEUDO = "SI_SUB_PSEUDO"


def at_slots(base: Module, **slots: str) -> Module:
    """A module with its slots by function: `subsystem order`, with a `!` for the one that is the fault's place."""
    changed = []
    for slot in base.sysinits:
        subsystem, _, order = slots.get(slot.function, f"{PSEUDO} SI_ORDER_MIDDLE").partition(" ")
        at = BAD if order.endswith("!") else slot.at
        changed.append(msgspec.structs.replace(slot, subsystem=subsystem, order=order.rstrip("!"), at=at))
    return msgspec.structs.replace(base, sysinits=tuple(changed))


def come(kernel: Kernel, module: Module) -> None:
    kernel.boot()
    kernel.load(module)


def come_and_go(kernel: Kernel, module: Module) -> None:
    come(kernel, module)
    kernel.unload(module)


def jails(kernel: Kernel, module: Module) -> None:
    come(kernel, module)
    kernel.jail_destroy(kernel.jail_create())


def clone(kernel: Kernel, module: Module) -> None:
    come(kernel, module)
    kernel.interface_create("clone", kernel.jail_create())
    kernel.jail_destroy(1)


def destroyed(kernel: Kernel, module: Module) -> None:
    come(kernel, module)
    kernel.interface_destroy(kernel.interface_create("clone"))


def moved(kernel: Kernel, module: Module) -> None:
    come(kernel, module)
    kernel.interface_move(kernel.interface_create("physical"), kernel.jail_create())


def with_sysctl(base: Module, **more: object) -> Module:
    return msgspec.structs.replace(base, sysctls=(Sysctl("_net_inet.frob", BAD, **more),))  # type: ignore[arg-type]


def with_event(base: Module, handler: str) -> Module:
    event = ModuleEvent("frob", handler, PSEUDO, "SI_ORDER_FIRST", "frob.c:90")
    return msgspec.structs.replace(base, events=(event,))


def with_entry(base: Module, kind: str, name: str, member: str) -> Module:
    return msgspec.structs.replace(base, entries=(Entry(kind, name, "frob.c:91", "vnet", member),))


def on_event(load: tuple[Node, ...], unload: tuple[Node, ...]) -> Function:
    """A module event's handler."""
    arms = (case("MOD_LOAD", *load, out()), case("MOD_UNLOAD", *unload, out()), case("", back("EOPNOTSUPP")))
    return function("event", choose("type", *arms), back("0"), parameters=("mod", "type", "arg"), returns="int")


UP = set_up_lock()
DOWN = (destroy("mtx_destroy", "lock"),)
ZONE_UP = (init("uma_zcreate", "zone"),)
ZONE_DOWN = (destroy("uma_zdestroy", "zone"),)

ORDER = [
    has(
        Kind.OUT_OF_RANGE, "after_VNET_DONE", at_slots(module(construct=()), construct="SI_SUB_SMP SI_ORDER_ANY!"), come
    ),
    twin(Kind.OUT_OF_RANGE, "at_VNET_DONE", at_slots(module(construct=()), construct=f"{DONE} SI_ORDER_ANY"), come),
    has(Kind.OUT_OF_RANGE, "at_VNET", at_slots(module(destruct=()), destruct="SI_SUB_VNET SI_ORDER_ANY!"), come),
    twin(Kind.OUT_OF_RANGE, "a_SYSINIT_may", at_slots(module(load=()), load="SI_SUB_SMP SI_ORDER_ANY"), come),
]

ORDER += [
    has(
        Kind.EQUAL_KEYS,
        "user_and_maker",
        at_slots(module(LOCK, construct=UP, construct2=(address("lock"),)), construct2=f"{PSEUDO} SI_ORDER_MIDDLE!"),
        come,
    ),
    twin(
        Kind.EQUAL_KEYS,
        "user_after_maker",
        at_slots(module(LOCK, construct=UP, construct2=(address("lock"),)), construct2=f"{PSEUDO} SI_ORDER_MIDDLE + 1"),
        come,
    ),
    has(
        Kind.EQUAL_KEYS,
        "two_ends",
        at_slots(
            module(LOCK, construct=UP, destruct2=(address("lock"),), destruct=DOWN),
            construct=f"{PSEUDO} SI_ORDER_FIRST",
            destruct=f"{PSEUDO} SI_ORDER_MIDDLE!",
        ),
        come,
    ),
    twin(
        Kind.EQUAL_KEYS,
        "of_different_things",
        module(LOCK, ZONE, construct=UP, construct2=ZONE_UP),
        come,
    ),
    has(
        Kind.NOT_MIRRORED,
        "the_lock_goes_first",
        at_slots(
            module(
                LOCK, ZONE, construct=UP, construct2=ZONE_UP, destruct=DOWN, destruct2=(address("lock"), *ZONE_DOWN)
            ),
            construct=f"{PSEUDO} SI_ORDER_FIRST",
            construct2=f"{PSEUDO} SI_ORDER_SECOND",
            destruct=f"{PSEUDO} SI_ORDER_ANY!",
            destruct2=f"{PSEUDO} SI_ORDER_FIRST",
        ),
        come,
    ),
    twin(
        Kind.NOT_MIRRORED,
        "the_lock_goes_last",
        at_slots(
            module(
                LOCK, ZONE, construct=UP, construct2=ZONE_UP, destruct=DOWN, destruct2=(address("lock"), *ZONE_DOWN)
            ),
            construct=f"{PSEUDO} SI_ORDER_FIRST",
            construct2=f"{PSEUDO} SI_ORDER_SECOND",
            destruct=f"{PSEUDO} SI_ORDER_FIRST",
            destruct2=f"{PSEUDO} SI_ORDER_ANY",
        ),
        come_and_go,
    ),
    has(
        Kind.NOT_MIRRORED,
        "shared_by_SYSUNINITs",
        at_slots(
            module(
                ONE_LOCK,
                shared("one_zone", "uma_zone_t", set_up="zone"),
                load=(init("mtx_init", "one_lock"),),
                load2=(init("uma_zcreate", "one_zone"),),
                unload=(destroy("mtx_destroy", "one_lock"),),
                unload2=(address("one_lock"), destroy("uma_zdestroy", "one_zone")),
            ),
            load=f"{PSEUDO} SI_ORDER_FIRST",
            load2=f"{PSEUDO} SI_ORDER_SECOND",
            unload=f"{PSEUDO} SI_ORDER_ANY!",
            unload2=f"{PSEUDO} SI_ORDER_FIRST",
        ),
        come,
    ),
    twin(
        Kind.NOT_MIRRORED,
        "independent_ends",
        at_slots(
            module(LOCK, ZONE, construct=UP, construct2=ZONE_UP, destruct=DOWN, destruct2=ZONE_DOWN),
            construct=f"{PSEUDO} SI_ORDER_FIRST",
            construct2=f"{PSEUDO} SI_ORDER_SECOND",
            destruct=f"{PSEUDO} SI_ORDER_ANY",
            destruct2=f"{PSEUDO} SI_ORDER_FIRST",
        ),
        come_and_go,
    ),
    has(Kind.DEADLOCK, "constructor_loads", module(construct=(call("kern_kldload", at=BAD),)), come),
    twin(Kind.DEADLOCK, "SYSINIT_loads", module(load=(call("kern_kldload"),)), come),
    has(
        Kind.DEADLOCK,
        "callee_of_a_constructor_loads",
        module(construct=(call("frob_need"),), frob_need=(call("kern_kldload", at=BAD),)),
        come,
    ),
    twin(Kind.DEADLOCK, "handler_loads", module(construct=(), frob_ioctl=(call("kern_kldload"),)), come),
]


def big(size: int) -> Module:
    return module(msgspec.structs.replace(per_vnet("table", "char[]", size=size), at=BAD))


def second(kernel: Kernel, module: Module) -> None:
    """Another module has most of the space already."""
    kernel.boot()
    kernel.load(msgspec.structs.replace(big(30000), name="first"))
    kernel.load(module)


LOADABLE = [
    has(Kind.NO_MODSPACE, "larger_than_all", big(40000), come),
    twin(Kind.NO_MODSPACE, "just_fits", big(32768), come),
    has(Kind.NO_MODSPACE, "what_is_left_is_too_small", big(4000), second),
    twin(Kind.NO_MODSPACE, "what_is_left_is_enough", big(2000), second),
    has(
        Kind.ADDRESS_INITIAL,
        "of_a_string",
        module(msgspec.structs.replace(per_vnet("name", "char *", initial="address"), at=BAD)),
        come,
    ),
    twin(Kind.ADDRESS_INITIAL, "shared", module(shared("name", "char *", initial="address")), come),
    has(
        Kind.ADDRESS_INITIAL,
        "of_its_own",
        module(msgspec.structs.replace(per_vnet("head", "struct head", initial="self"), at=BAD)),
        come,
    ),
    twin(Kind.ADDRESS_INITIAL, "a_number", module(per_vnet("limit", initial="constant")), come),
    has(Kind.SYSCTL_NO_FLAG, "plain_leaf", with_sysctl(module(TTL), variable="ttl", named=True), come),
    twin(Kind.SYSCTL_NO_FLAG, "with_the_flag", with_sysctl(module(TTL), variable="ttl", named=True, vnet=True), come),
    has(
        Kind.SYSCTL_NO_FLAG,
        "writable_leaf",
        with_sysctl(module(TTL), variable="ttl", named=True, writable=True),
        jails,
    ),
    twin(Kind.SYSCTL_NO_FLAG, "shared_variable", with_sysctl(module(shared("ttl")), variable="ttl"), come),
    has(
        Kind.SYSCTL_FLAG_SHARED,
        "shared_variable",
        with_sysctl(module(shared("ttl")), variable="ttl", vnet=True),
        come,
    ),
    twin(
        Kind.SYSCTL_FLAG_SHARED,
        "shared_variable_without",
        with_sysctl(module(shared("ttl")), variable="ttl", writable=True),
        come,
    ),
    has(
        Kind.SYSCTL_FLAG_SHARED,
        "writable_leaf",
        with_sysctl(module(shared("ttl"), TTL2 := per_vnet("ttl2")), variable="ttl", vnet=True, writable=True),
        jails,
    ),
    twin(
        Kind.SYSCTL_FLAG_SHARED,
        "own_variable",
        with_sysctl(module(shared("ttl"), TTL2), variable="ttl2", named=True, vnet=True),
        jails,
    ),
]

LEFT = [
    has(Kind.NEVER_TORN_DOWN, "jail_leaves_a_lock", module(LOCK, construct=(init("mtx_init", "lock", at=BAD),)), jails),
    twin(Kind.NEVER_TORN_DOWN, "jail_gives_it_back", module(LOCK, construct=UP, destruct=DOWN), jails),
    has(
        Kind.NEVER_TORN_DOWN,
        "module_leaves_a_zone",
        module(shared("one_zone", "uma_zone_t"), load=(init("uma_zcreate", "one_zone", at=BAD),)),
        come_and_go,
    ),
    twin(
        Kind.NEVER_TORN_DOWN,
        "module_gives_it_back",
        module(
            shared("one_zone", "uma_zone_t"),
            load=(init("uma_zcreate", "one_zone"),),
            unload=(destroy("uma_zdestroy", "one_zone"),),
        ),
        come_and_go,
    ),
    has(
        Kind.HANDLER_LEFT,
        "event_after_the_module",
        module(
            shared("tag", "eventhandler_tag"),
            load=(register("eventhandler", "arrive", at=BAD, holder="tag", name="ifnet_arrival_event"),),
            arrive=(),
        ),
        come_and_go,
    ),
    twin(
        Kind.HANDLER_LEFT,
        "event_taken_back",
        module(
            shared("tag", "eventhandler_tag"),
            load=(register("eventhandler", "arrive", holder="tag", name="ifnet_arrival_event"),),
            unload=(unregister("eventhandler", "tag"),),
            arrive=(),
        ),
        come_and_go,
    ),
    has(
        Kind.HANDLER_LEFT,
        "timer_after_the_stack",
        module(
            per_vnet("timer", "struct callout"),
            construct=(register("callout", "tick", at=BAD, holder="timer", argument="curvnet"),),
            tick=(),
        ),
        jails,
    ),
    twin(
        Kind.HANDLER_LEFT,
        "timer_drained",
        module(
            per_vnet("timer", "struct callout"),
            construct=(register("callout", "tick", holder="timer", argument="curvnet"),),
            destruct=(unregister("callout", "timer"),),
            tick=(),
        ),
        jails,
    ),
    has(
        Kind.UNLOAD_FREES,
        "lock_that_destructors_take",
        with_event(
            module(
                ONE_LOCK,
                event=on_event(load=(init("mtx_init", "one_lock"),), unload=(destroy("mtx_destroy", "one_lock"),)),
                destruct=(address("one_lock", at=BAD), call("mtx_lock", "&one_lock")),
            ),
            "event",
        ),
        come_and_go,
    ),
    twin(
        Kind.UNLOAD_FREES,
        "lock_that_a_SYSUNINIT_gives_back",
        at_slots(
            with_event(
                module(
                    ONE_LOCK,
                    event=on_event(load=(init("mtx_init", "one_lock"),), unload=()),
                    destruct=(address("one_lock"), call("mtx_lock", "&one_lock")),
                    unload=(destroy("mtx_destroy", "one_lock"),),
                ),
                "event",
            ),
            unload=f"{PSEUDO} SI_ORDER_FIRST",
            destruct=f"{PSEUDO} SI_ORDER_ANY",
        ),
        come_and_go,
    ),
    has(
        Kind.UNLOAD_FREES,
        "zone_that_destructors_free_into",
        with_event(
            module(
                shared("one_zone", "uma_zone_t"),
                event=on_event(load=(init("uma_zcreate", "one_zone"),), unload=(destroy("uma_zdestroy", "one_zone"),)),
                destruct=(call("drop"),),
                drop=(access("one_zone", at=BAD), call("uma_zfree", "one_zone", "p")),
            ),
            "event",
        ),
        come_and_go,
    ),
    twin(
        Kind.UNLOAD_FREES,
        "zone_that_destructors_do_not_use",
        with_event(
            module(
                shared("one_zone", "uma_zone_t"),
                event=on_event(load=(init("uma_zcreate", "one_zone"),), unload=(destroy("uma_zdestroy", "one_zone"),)),
                destruct=(),
            ),
            "event",
        ),
        come_and_go,
    ),
    has(
        Kind.LEFT_IN_VNET,
        "cloned_interface",
        module(construct=(register("cloner", "make", at=BAD, holder="sc->cloner", name="frob"),), make=()),
        clone,
    ),
    twin(
        Kind.LEFT_IN_VNET,
        "cloner_detached",
        module(
            per_vnet("cloner", "struct if_clone *"),
            construct=(register("cloner", "make", holder="cloner", name="frob"),),
            destruct=(unregister("cloner", "cloner"),),
            make=(),
        ),
        clone,
    ),
    has(
        Kind.LEFT_IN_VNET,
        "socket",
        module(per_vnet("so", "struct socket *"), construct=(init("socreate", "so", at=BAD),)),
        jails,
    ),
    twin(
        Kind.LEFT_IN_VNET,
        "socket_closed",
        module(
            per_vnet("so", "struct socket *"),
            construct=(init("socreate", "so"),),
            destruct=(destroy("soclose", "so"),),
        ),
        jails,
    ),
]

DEPARTURE = register("eventhandler", "departs", holder="tag", name="ifnet_departure_event")
DETACHED = [
    has(
        Kind.DETACHED_TWICE,
        "domain_and_event",
        with_entry(
            module(TAG, load=(DEPARTURE,), departs=(call("ifdetach", "ifp", at=BAD),), ifdetach=()),
            "protocol",
            "ifdetach",
            "dom_ifdetach",
        ),
        moved,
    ),
    twin(
        Kind.DETACHED_TWICE,
        "domain_only",
        with_entry(module(TAG, load=(DEPARTURE,), departs=(), ifdetach=()), "protocol", "ifdetach", "dom_ifdetach"),
        moved,
    ),
    has(
        Kind.DETACHED_TWICE,
        "domain_and_event_when_destroyed",
        with_entry(
            module(TAG, load=(DEPARTURE,), departs=(call("drop"),), drop=(call("ifdetach", at=BAD),), ifdetach=()),
            "protocol",
            "ifdetach",
            "dom_ifdetach",
        ),
        destroyed,
    ),
    twin(
        Kind.DETACHED_TWICE,
        "event_only",
        module(TAG, load=(DEPARTURE,), departs=(call("ifdetach", "ifp"),), ifdetach=()),
        destroyed,
    ),
]

KERNEL: list[Fragment] = [*ORDER, *LOADABLE, *LEFT, *DETACHED]
