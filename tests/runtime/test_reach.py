"""A function is visited for what it can see of a world; the rest goes by it untouched."""

from fragments import (
    Small,
    access,
    address,
    call,
    counted,
    destroy,
    each,
    enter,
    init,
    leave,
    module,
    per_vnet,
    register,
    shared,
    unregister,
    when,
)

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
    changed = world.around(part.with_life(("sx", -1), dead), part, False)
    assert changed == World({("lock", -1): live, ("sx", -1): dead})
    assert world.around(World(), part, False) == World({("lock", -1): live})
    assert world.within(frozenset({"sx", "lock"}), True) is world


def test_a_part_of_a_world_may_be_of_some_stacks() -> None:
    live, dead = Life("live", "a.c:1"), Life("dead", "a.c:2")
    world = World({("zone", 0): live, ("zone", 1): live, ("sx", -1): live})
    part = world.within(frozenset({"zone"}), False, frozenset({1, -1}))
    assert part == World({("zone", 1): live})
    assert world.around(World({("zone", 1): dead}), part, False).lives == {**world.lives, ("zone", 1): dead}


def test_worlds_that_differ_elsewhere_are_one_visit() -> None:
    small = Small(MODULE).do("load")
    (world,) = small.worlds
    small.worlds = (world, world.with_life(("sx", -1), Life("dead", "a.c:2")))
    small.call("inner")
    assert len([e for e in small.trace if e.what == "access" and e.text == "address lock"]) == 1
    assert len(small.worlds) == 2


STACKS = module(
    ZONE,
    construct=(init("uma_zcreate", "zone"),),
    stays=(address("zone"), call("inner")),
    inner=(when("V_zone != NULL", access("zone")),),
    other=(enter("ifp->if_vnet"), call("inner"), leave()),
    named=(access("zone", vnet="ifp->if_vnet"),),
    every=(each("v", enter("v"), call("inner"), leave()),),
    outer=(call("every"),),
)


def test_a_function_stays_in_its_stack_unless_it_or_a_callee_leaves_it() -> None:
    knowledge = Small(STACKS).interpreter.knowledge
    found = {name: tuple(knowledge.stacks(name)) for name in ("stays", "inner", "other", "named", "every", "outer")}
    assert found == {
        "stays": (True, True),
        "inner": (True, True),
        "other": (False, True),
        "named": (False, True),
        "every": (False, False),
        "outer": (False, False),
    }


def test_what_stays_in_a_stack_is_not_visited_again_for_what_others_hold() -> None:
    small = Small(STACKS)
    steps = counted(small)
    small.do("construct@0 stays@0")
    before = steps["stays", 0], steps["inner", 0]
    small.do("construct@1 stays@0")
    assert (steps["stays", 0], steps["inner", 0]) == before
    small.do("stays@1")
    assert steps["stays", 1] > 0


def test_what_may_leave_its_stack_is_visited_again_for_what_others_hold() -> None:
    small = Small(STACKS)
    steps = counted(small)
    small.do("construct@0 other@0")
    before = steps["other", 0]
    small.do("construct@1 other@0")
    assert steps["other", 0] == 2 * before


def test_what_goes_through_all_stacks_is_visited_again_for_another_list() -> None:
    small = Small(STACKS)
    steps = counted(small)
    small.do("outer")
    before = steps["every", -1]
    small.listed = (1, 0)
    small.do("outer")
    assert before < steps["every", -1] < 2 * before
