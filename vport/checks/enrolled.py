"""The kernel that a module lives in, where its tree does not say, and which of its lives are asked.

A module of the containers of 2009 registers instead of standing at a slot (sys/kern/kern_vimage.c of that spring): what
it does wrong shows in a kernel that knows registrations, and what waits for ever shows at boot.
"""

from vport.patterns import later
from vport.runtime.model import Module
from vport.runtime.order import EARLY, release, releases

CONTAINERS = "2009"
"""The release that knows registrations alone; rules/sysinit."""

BOOT = "boot"
"""The scenario in which the kernel asks whether somebody still waits."""

_NAME = later(r"\bSI_(?:SUB|ORDER)_\w+")


def release_of(module: Module, wanted: str) -> str:
    """The release a module lives in: that of its tree, unless the module's own form or its slots are of an older one.

    Arguments:
        module: the module.
        wanted: of the kernel that the tree is written for, a name in rules/sysinit.
    """
    if module.vnet_modules and wanted not in EARLY:
        return CONTAINERS
    slots = [(s.subsystem, s.order) for s in module.sysinits] + [(e.subsystem, e.order) for e in module.events]
    names = {name for slot in slots for text in slot for name in _NAME.findall(text)}
    return next((r for r in (wanted, *reversed(releases())) if names <= release(r).names.keys()), wanted)


def scenarios_of(module: Module, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The lives to ask: a module that registers boots, too."""
    return (*usual, BOOT) if module.vnet_modules else usual
