"""What flags and NULL pointers tell of set-ups, where a module keeps them itself."""

from fragments import (
    BAD,
    Small,
    access,
    address,
    assign,
    back,
    call,
    destroy,
    init,
    loop,
    module,
    per_vnet,
    shared,
    when,
)

from vport.runtime.faults import Fault, Kind
from vport.runtime.model import Access, Function, Module, Node

LOCK = shared("lock", "struct mtx")
ZONE = per_vnet("zone", "uma_zone_t")
SX = per_vnet("sx", "struct sx")


def _faults(made: Module, steps: str) -> list[tuple[Kind, str]]:
    found: list[Fault] = list(Small(made).do(steps).faults.values())
    return [(f.kind, f.at) for f in found]


def _given_back_again(*guard: Node) -> Module:
    return module(
        LOCK, shared("ready"), load=(init("mtx_init", "lock"),), undo=(destroy("mtx_destroy", "lock"),), unload=guard
    )


def test_what_a_flag_guards_is_not_torn_down_twice() -> None:
    made = _given_back_again(when("ready", destroy("mtx_destroy", "lock")))
    assert _faults(made, "load undo unload") == []


def test_nor_where_the_flag_ends_the_function() -> None:
    made = _given_back_again(when("ready == 0", back()), destroy("mtx_destroy", "lock"))
    assert _faults(made, "load undo unload") == []


def test_without_a_flag_it_is() -> None:
    made = _given_back_again(destroy("mtx_destroy", "lock", at=BAD))
    assert _faults(made, "load undo unload") == [(Kind.TORN_DOWN_TWICE, BAD)]


def test_a_flag_says_nothing_of_what_it_does_not_guard() -> None:
    made = _given_back_again(when("ready", access("ready")), destroy("mtx_destroy", "lock", at=BAD))
    assert _faults(made, "load undo unload") == [(Kind.TORN_DOWN_TWICE, BAD)]


def _late(*cleared: Node) -> Module:
    return module(
        ZONE,
        SX,
        construct=(init("uma_zcreate", "zone"), init("sx_init", "sx")),
        destruct=(destroy("uma_zdestroy", "zone"), *cleared, destroy("sx_destroy", "sx")),
        event=(when("V_zone == NULL", back()), address("sx", at=BAD)),
    )


def test_a_pointer_set_to_NULL_when_it_is_torn_down_says_so() -> None:
    made = _late(Access("zone", "write", "frob.c:1", value="NULL"))
    assert _faults(made, "construct@all destruct@1 event@1") == []


def test_one_that_is_not_set_to_NULL_says_nothing() -> None:
    assert _faults(_late(), "construct@all destruct@1 event@1") == [(Kind.AFTER_TEAR_DOWN, BAD)]


def test_one_that_is_set_to_NULL_before_is_set_up_again_by_its_set_up() -> None:
    made = _late(Access("zone", "write", "frob.c:1", value="NULL"))
    assert _faults(made, "construct@all destruct@1 construct@1 event@1") == []


def test_a_flag_of_another_module_counts_as_well() -> None:
    body = (when("elsewhere.done", back()), call("frob", "&elsewhere.list"), init("mtx_init", "lock"))
    made = module(LOCK, load=body, unload=(address("lock"), destroy("mtx_destroy", "lock")))
    assert _faults(made, "load unload") == []


def test_a_local_is_no_flag() -> None:
    body = (assign("done", "frob()"), when("done > 1", back()), init("mtx_init", "lock"))
    made = module(
        LOCK, load=body, unload=(address("lock", at=BAD), call("mtx_lock", "&lock"), destroy("mtx_destroy", "lock"))
    )
    assert _faults(made, "load unload") == [(Kind.BEFORE_SET_UP, BAD)]


def test_a_loop_that_sets_up_several_leaves_one_possibility() -> None:
    arrays = [per_vnet(name, "counter_u64_t[8]") for name in ("one", "two", "three")]
    fill = [loop(f"i < {v.name}", init("counter_u64_alloc", v.name)) for v in arrays]
    small = Small(module(*arrays, construct=tuple(fill))).do("construct@1")
    (world,) = small.worlds
    assert {key[0]: life.status for key, life in world.lives.items()} == dict.fromkeys(("one", "two", "three"), "live")


def test_a_loop_that_tears_several_down_leaves_one() -> None:
    array = per_vnet("one", "counter_u64_t[8]")
    body = (loop("i < 8", init("counter_u64_alloc", "one")),)
    undo = (loop("i < 8", destroy("counter_u64_free", "one")),)
    small = Small(module(array, construct=body, destruct=undo)).do("construct@1 destruct@1")
    (world,) = small.worlds
    assert [life.status for life in world.lives.values()] == ["dead"]


def test_a_set_up_that_nothing_runs_is_missing_unless_another_file_may_run_it() -> None:
    for exported, expected in ((False, [(Kind.BEFORE_SET_UP, BAD)]), (True, [])):
        start = Function("start", "frob.c:50", body=(init("uma_zcreate", "zone"),), exported=exported)
        made = module(ZONE, start=start, destruct=(destroy("uma_zdestroy", "zone", at=BAD),))
        assert _faults(made, "destruct@1") == expected


def test_where_it_was_set_up_makes_no_other_possibility() -> None:
    body = (when("small > 1", init("uma_zcreate", "zone"), otherwise=(init("uma_zcreate", "zone"),)), access("other"))
    assert len(Small(module(ZONE, construct=body)).do("construct@1").worlds) == 1
