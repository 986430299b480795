"""The linker sets of a module: what its SYSINITs, SYSUNINITs, VNET_SYSINITs and DECLARE_MODULEs emit."""

from collections.abc import Iterator

import msgspec

from .calls import LoadedFile
from .model import Module, ModuleEvent, Sysinit
from .order import Key, Release
from .patterns import later

BOTH = ("VNET_SYSINIT", "VNET_SYSUNINIT")
STARTS = ("dom_init", "pr_init")
ENDS = ("pr_destroy", "dom_destroy")
DOMAIN_STARTS = ("domain_init", "vnet_domain_init")
DOMAIN_ENDS = ("domain_uninit", "vnet_domain_uninit")
_PLACE = later(r"(.*):(\d+)$")


class Slot(msgspec.Struct, frozen=True, eq=False):
    """One record of a linker set.

    Arguments:
        key: its place in the order.
        kind: SYSINIT, SYSUNINIT, VNET_SYSINIT, VNET_SYSUNINIT, `module` (a module event), `kernel` (the core's own).
        name: its identifier.
        at: its place in the source.
        file: it belongs to, None for the core.
        sysinit, event: the declaration.
    """

    key: Key
    kind: str
    name: str
    at: str = ""
    file: LoadedFile | None = None
    sysinit: Sysinit | None = None
    event: ModuleEvent | None = None


def load_slots(file: LoadedFile, release: Release, vimage: bool) -> list[Slot]:
    """A module's sysinit_set, in link order."""
    kinds = ("SYSINIT", *BOTH) if vimage else ("SYSINIT", "VNET_SYSINIT")
    slots = [_slot(file, s, release) for s in _sysinits(file.module) if s.kind in kinds]
    slots += [_event(file, e, release) for e in file.module.events]
    return sorted(slots, key=lambda slot: _link(file.module, slot.at))


def unload_slots(file: LoadedFile, release: Release, vimage: bool) -> list[Slot]:
    """A module's sysuninit_set, in link order."""
    kinds = ("SYSUNINIT", *BOTH) if vimage else ("SYSUNINIT", "VNET_SYSUNINIT")
    slots = [_slot(file, s, release) for s in _sysinits(file.module) if s.kind in kinds]
    return sorted(slots, key=lambda slot: _link(file.module, slot.at))


def _sysinits(module: Module) -> Iterator[Sysinit]:
    """Those of the source, and those that a domain's table stands for where the source does not say them."""
    yield from module.sysinits
    said = {s.function for s in module.sysinits}
    by_member = {e.member: e for e in module.entries if e.kind == "protocol"}
    pairs = (("VNET_SYSINIT", STARTS, DOMAIN_STARTS, "THIRD"), ("VNET_SYSUNINIT", ENDS, DOMAIN_ENDS, "FOURTH"))
    for kind, members, functions, order in pairs:
        found = [by_member[m] for m in members if m in by_member]
        if found and not said & set(functions):
            yield Sysinit(kind, "domain", "SI_SUB_PROTO_DOMAIN", f"SI_ORDER_{order}", found[0].at, functions[-1])


def _slot(file: LoadedFile, sysinit: Sysinit, release: Release) -> Slot:
    key = release.key(sysinit.subsystem, sysinit.order, sysinit.at)
    return Slot(key, sysinit.kind, sysinit.name, sysinit.at, file, sysinit)


def _event(file: LoadedFile, event: ModuleEvent, release: Release) -> Slot:
    key = release.key(event.subsystem, event.order, event.at)
    return Slot(key, "module", event.name, event.at, file, event=event)


def _link(module: Module, at: str) -> tuple[int, int]:
    """Where a place stands in the order of linking: files as listed, lines as written."""
    match = _PLACE.match(at)
    if match is None:
        return len(module.files), 0
    name = match.group(1)
    index = next((i for i, f in enumerate(module.files) if f == name or f.endswith("/" + name)), len(module.files))
    return index, int(match.group(2))
