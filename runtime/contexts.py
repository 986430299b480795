"""curvnet along a path: sets, restores, and accesses that need it."""

from typing import Protocol

from .chart import Block
from .faults import Fault, Kind
from .host import Host
from .model import Access, Restore, Set
from .paths import Held, State
from .record import Record
from .values import stack_of
from .worlds import SHARED, UNKNOWN

_CURE_SET = (
    "Set it around the access: CURVNET_SET() with the stack of an object at hand, or VNET_FOREACH over all stacks."
)


class Where(Protocol):
    """What is asked of the visit that executes."""

    function: str
    host: Host
    record: Record
    loops: set[Block]


def enter(where: Where, node: Set, block: Block, state: State) -> State:
    """`CURVNET_SET(expression)`."""
    for held in state.sets:
        if not held.left_block and held.block == block:
            where.record.fault(_nested(where, node, held))
    vnet = stack_of(node.expression, state, where.host)
    open_sets = tuple(h for h in state.sets if h.at != node.at)
    sets = (*open_sets, Held(state.curvnet, node.at, node.expression, block))
    return state._replace(curvnet=vnet, sets=sets)


def _nested(where: Where, node: Set, held: Held) -> Fault:
    message = (
        f"CURVNET_SET({node.expression}) in {where.function}() while CURVNET_SET({held.expression}) of the same block "
        "waits for its CURVNET_RESTORE(): the outer stack is lost. Restore first, or give the inner set a block."
    )
    return Fault(Kind.NESTED_SET, node.at, message, lines=(f"{held.at} CURVNET_SET({held.expression})",))


def leave(where: Where, node: Restore, block: Block, state: State) -> State:
    """`CURVNET_RESTORE()`."""
    if not state.sets:
        where.record.fault(
            Fault(
                Kind.NO_SET,
                node.at,
                f"{where.function}() reaches CURVNET_RESTORE() on a path without CURVNET_SET(). "
                "Remove it from that path, or set curvnet before.",
            )
        )
        return state
    where.record.well(node.at, context=True)
    held = state.sets[-1]
    if held.left_block:
        where.record.fault(_conditional(where, held, node.at))
    return state._replace(curvnet=held.saved, sets=state.sets[:-1])


def _conditional(where: Where, held: Held, restored: str) -> Fault:
    message = (
        f"CURVNET_SET({held.expression}) in {where.function}() stands in a block of its own, and its CURVNET_RESTORE() "
        "outside of it: what the set saved is out of scope there. Set and restore in the same block, without condition."
    )
    return Fault(Kind.CONDITIONAL_SET, held.at, message, lines=(f"{restored} CURVNET_RESTORE()",))


def move(where: Where, state: State, source: Block, target: Block, at: str) -> State:
    """What becomes of open sets when a path goes from one block to another; `at` is the jump, empty for none."""
    if not state.sets or source == target or all(_inside(target, held.block) for held in state.sets):
        return state
    sets = list(state.sets)
    curvnet = state.curvnet
    while sets and not _inside(target, sets[-1].block) and _leaves_loop(where, sets[-1].block, target):
        held = sets.pop()
        where.record.fault(_unrestored(where, held, at or held.left or held.at))
        curvnet = held.saved
    kept = tuple(h if _inside(target, h.block) or h.left_block else h._replace(left=at, left_block=True) for h in sets)
    return state._replace(curvnet=curvnet, sets=kept)


def _inside(block: Block, outer: Block) -> bool:
    return block[: len(outer)] == outer


def _leaves_loop(where: Where, block: Block, target: Block) -> bool:
    """Whether a body of a loop lies between a block and another it is left for."""
    left = (block[:n] for n in range(1, len(block) + 1) if not _inside(target, block[:n]))
    return any(b in where.loops for b in left)


def finish(where: Where, state: State, at: str) -> State:
    """The function returns, at a place or, if that is empty, by its end."""
    for held in state.sets:
        where.record.fault(_unrestored(where, held, at or held.left or held.at))
    return state._replace(curvnet=state.sets[0].saved, sets=()) if state.sets else state


def _unrestored(where: Where, held: Held, at: str) -> Fault:
    message = (
        f"{where.function}() leaves CURVNET_SET({held.expression}) without CURVNET_RESTORE(): its caller goes on in "
        "the wrong stack. Restore on this way out too."
    )
    return Fault(Kind.NO_RESTORE, at, message, lines=(f"{held.at} CURVNET_SET({held.expression})",))


def reach(where: Where, node: Access, state: State) -> tuple[State, int]:
    """An access to a per-vnet variable: the stack it reaches, and the path after it."""
    if node.vnet:
        return state, stack_of(node.vnet, state, where.host)
    if state.curvnet != SHARED:
        where.record.well(node.at, node.variable, context=True)
        return state, state.curvnet
    message = f"{where.function}() touches V_{node.variable} while curvnet is NULL: a page fault. {_CURE_SET}"
    where.record.fault(Fault(Kind.NO_CONTEXT, node.at, message, node.variable))
    return state._replace(curvnet=UNKNOWN), UNKNOWN


def need(where: Where, name: str, at: str, state: State) -> State:
    """A call that leaves the module for code that wants curvnet."""
    if state.curvnet != SHARED:
        return state
    message = f"{where.function}() calls {name}(), which needs curvnet, while it is NULL. {_CURE_SET}"
    where.record.fault(Fault(Kind.NO_CONTEXT, at, message))
    return state._replace(curvnet=UNKNOWN)


def settle(record: Record) -> None:
    """Where paths with and without a set meet at one restore, the set is the fault, and neither path by itself."""
    restores = {f.lines[0].split(" ")[0] for f in record.faults.values() if f.kind is Kind.CONDITIONAL_SET}
    for key in [k for k in record.faults if k[0] is Kind.NO_SET and k[1] in restores]:
        del record.faults[key]
