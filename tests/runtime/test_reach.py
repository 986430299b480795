"""A function is visited for what it can see of a world; the rest goes by it untouched."""

from fragments import Small, access, address, call, destroy, init, module, per_vnet, register, shared, unregister, when

from vport.runtime.worlds import Life, World

LOCK, ZONE, SX = shared("lock", "struct mtx"), per_vnet("zone", "uma_zone_t"), shared("sx", "struct sx")
MODULE = module(
    LOCK,
    ZONE,
    SX,
    load=(init("mtx_init", "lock"), init("sx_init", "sx")),
    construct=(init("uma_zcreate", "zone"),),
    look=(when("V_zone != NULL", call("inner")),),
    inner=(address("lock"), call("mtx_lock", "&lock")),
    arm=(register("callout", "look", holder="ch"),),
    end=(unregister("callout", "ch"), destroy("sx_destroy", "sx")),
    none=(access("other"),),
)


def test_a_function_reaches_what_it_and_its_callees_name() -> None:
    knowledge = Small(MODULE).interpreter.knowledge
    assert knowledge.reach("look") == ({"zone", "lock"}, False)
    assert knowledge.reach("arm") == (set(), True)
    assert knowledge.reach("end") == ({"sx"}, True)
    assert knowledge.reach("none") == (set(), False)


def test_what_it_does_not_reach_is_as_it_was() -> None:
    small = Small(MODULE).do("load construct@1")
    (before,) = small.worlds
    small.do("look@1 inner")
    assert small.worlds == (before,)


def test_a_part_of_a_world_is_put_back() -> None:
    live, dead = Life("live", "a.c:1"), Life("dead", "a.c:2")
    world = World({("lock", -1): live, ("sx", -1): live})
    part = world.within(frozenset({"sx"}), False)
    assert part == World({("sx", -1): live})
    changed = world.around(part.with_life(("sx", -1), dead), frozenset({"sx"}), False)
    assert changed == World({("lock", -1): live, ("sx", -1): dead})
    assert world.within(frozenset({"sx", "lock"}), True) is world


def test_worlds_that_differ_elsewhere_are_one_visit() -> None:
    small = Small(MODULE).do("load")
    (world,) = small.worlds
    small.worlds = (world, world.with_life(("sx", -1), Life("dead", "a.c:2")))
    small.call("inner")
    assert len([e for e in small.trace if e.what == "access" and e.text == "address lock"]) == 1
    assert len(small.worlds) == 2
