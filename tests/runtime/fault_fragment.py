"""One entry of the table of faults, and the state that fragments share."""

from collections.abc import Callable
from typing import NamedTuple

from fragments import address, init, per_vnet, shared

from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module, Node

Life = str | Callable[[Kernel, Module], None]
"""Calls that a kernel makes, or what is done with a whole kernel."""


class Fragment(NamedTuple):
    """A module, what happens to it, and whether there is a fault of the kind, and nothing else."""

    kind: Kind
    name: str
    module: Module
    life: Life
    faulty: bool


def has(kind: Kind, name: str, module: Module, life: Life) -> Fragment:
    return Fragment(kind, name, module, life, True)


def twin(kind: Kind, name: str, module: Module, life: Life) -> Fragment:
    return Fragment(kind, name, module, life, False)


TTL = per_vnet("ttl")
LOCK = per_vnet("lock", "struct mtx", set_up="lock")
ZONE = per_vnet("zone", "uma_zone_t", set_up="zone")
ONE_LOCK = shared("one_lock", "struct mtx", set_up="lock")
ONE_ZONE = shared("one_zone", "uma_zone_t", set_up="zone")
TAG = shared("tag", "eventhandler_tag")


def set_up_lock(at: str = "") -> tuple[Node, ...]:
    return address("lock"), init("mtx_init", "lock", at=at)
