"""What a module's tables say is wrong before anything of it runs: ranges, ties, mirrors, a lock taken twice."""

from collections.abc import Iterator
from itertools import combinations

from .calls import Core, LoadedFile
from .faults import Fault, Kind
from .modspace import Content, Storage
from .order import load_order, unload_order
from .slots import Slot, load_slots, unload_slots

LOADS = frozenset({"kern_kldload", "kldload", "linker_load_module", "linker_reference_module"})


class Checks:
    """Checks a module that comes.

    Arguments:
        core: the kernel's inside.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def arrives(self, file: LoadedFile) -> None:
        """Everything that can be told from the tables."""
        up = load_slots(file, self._core.release, self._core.vimage)
        down = unload_slots(file, self._core.release, self._core.vimage)
        if self._core.vimage:
            for slot in [s for s in up if s.kind.startswith("VNET")]:
                self._range(slot)
                self._deadlock(file, slot)
        if self._core.release.load == "exchange":
            self._ties(file, [s for s in up if s.kind in ("SYSINIT", "VNET_SYSINIT", "module")])
            self._ties(file, [s for s in down if s.kind in ("SYSUNINIT", "VNET_SYSUNINIT")])
        self._mirror(file, up, down)

    def hazards(self, file: LoadedFile, storage: Storage) -> None:
        """Initial values that do not survive the way into the stacks."""
        for name, bad, stacks in storage.hazards(file.name):
            variable = file.variables[name]
            if bad is Content.UNRELOCATED and variable.initial == "address":
                why = "is copied to the stacks that exist before the module is relocated"
            else:
                why = "is the address of a per-vnet variable and leads to the reference copy in every stack"
            message = f"the initial value of {name} {why}: assign it in a constructor (VNET_SYSINIT)"
            self._core.fault(Fault(Kind.ADDRESS_INITIAL, variable.at, message, name, stacks[-1]))

    def _range(self, slot: Slot) -> None:
        release = self._core.release
        late = slot.key[0] > release.vnet_done and not release.early
        early = slot.key[0] <= release.vnet and (not release.early or slot.kind == "VNET_SYSINIT")
        if early or late:
            message = (
                f"{slot.kind}({slot.name}) stands {'not behind SI_SUB_VNET' if early else 'behind SI_SUB_VNET_DONE'}: "
                "use a subsystem after SI_SUB_VNET and not after SI_SUB_VNET_DONE"
            )
            self._core.fault(Fault(Kind.OUT_OF_RANGE, slot.at, message))

    def _deadlock(self, file: LoadedFile, slot: Slot) -> None:
        for call in file.footprints.calls(_function(slot), LOADS):
            message = (
                f"{_function(slot)} loads a module while the list of constructors is locked: if that module has a "
                "VNET_SYSINIT, the kernel waits for itself; load it from the module event"
            )
            lines = (f"{slot.at} {slot.kind}({slot.name})",)
            self._core.fault(Fault(Kind.DEADLOCK, call.at, message, lines=lines, sure=False))

    def _ties(self, file: LoadedFile, slots: list[Slot]) -> None:
        for one, other in combinations(slots, 2):
            if one.key == other.key and (name := _conflict(file, one, other)):
                message = (
                    f"{one.name} and {other.name} have equal keys and both deal with {name}; the kernel's sort may "
                    "exchange them: give them different orders"
                )
                lines = (f"{one.at} {one.kind}({one.name})", f"{other.at} {other.kind}({other.name})")
                self._core.fault(Fault(Kind.EQUAL_KEYS, other.at, message, name, lines=lines, sure=False))

    def _mirror(self, file: LoadedFile, up: list[Slot], down: list[Slot]) -> None:
        """Constructor B, behind A, builds on what A made; then B's destructor must run before A's."""
        making = _ordered(load_order(up, _key, self._core.release), "VNET_SYSINIT", "SYSINIT")
        ending = _ordered(unload_order(down, _key, self._core.release), "VNET_SYSUNINIT", "SYSUNINIT")
        for kind, undo in (("VNET_SYSINIT", "VNET_SYSUNINIT"), ("SYSINIT", "SYSUNINIT")):
            makers = [s for s in making if s.kind == kind]
            enders = [s for s in ending if s.kind == undo]
            for (i, first), (j, then) in combinations(enumerate(enders), 2):
                if i < j:
                    self._pair(file, makers, first, then)

    def _pair(self, file: LoadedFile, makers: list[Slot], first: Slot, then: Slot) -> None:
        """`first` runs before `then`: is it the maker of what `then` still builds on?"""
        served = _served(file, then)
        for name in sorted(_down(file, first) & (_touched(file, then) | served) - _down(file, then)):
            base = next((i for i, m in enumerate(makers) if name in _up(file, m)), -1)
            above = next((i for i, m in enumerate(makers) if _up(file, m) & _down(file, then)), -1)
            if -1 < base < above and first.key != then.key:
                how = "uses it" if name in _touched(file, then) else "takes back a handler that uses it"
                message = (
                    f"{first.name} gives {name} back before {then.name}, which {how}, though {makers[base].name} "
                    f"ran before {makers[above].name}: destructors must run in the reverse order of constructors"
                )
                lines = tuple(f"{s.at} {s.kind}({s.name})" for s in (makers[base], makers[above], first, then))
                self._core.fault(Fault(Kind.NOT_MIRRORED, first.at, message, name, lines=lines))


def _key(slot: Slot) -> tuple[int, int]:
    return slot.key


def _ordered(slots: list[Slot], *kinds: str) -> list[Slot]:
    return [s for s in slots if s.kind in kinds]


def _function(slot: Slot) -> str:
    if slot.event is not None:
        return slot.event.handler
    return slot.sysinit.function if slot.sysinit is not None else ""


def _event(slot: Slot) -> str:
    """The event a module's record of a sysinit_set sends; empty for a record of another kind."""
    return "MOD_LOAD" if slot.event is not None else ""


def _holder(slot: Slot) -> frozenset[str]:
    return frozenset({slot.sysinit.holder} if slot.sysinit is not None and slot.sysinit.holder else ())


def _up(file: LoadedFile, slot: Slot) -> frozenset[str]:
    return _holder(slot) | _mine(file, file.footprints.set_up(_function(slot), _event(slot)))


def _down(file: LoadedFile, slot: Slot) -> frozenset[str]:
    return _holder(slot) | _mine(file, file.footprints.torn_down(_function(slot), _event(slot)))


def _touched(file: LoadedFile, slot: Slot) -> frozenset[str]:
    return _holder(slot) | _mine(file, file.footprints.touched(_function(slot), _event(slot)))


def _served(file: LoadedFile, slot: Slot) -> frozenset[str]:
    """What handlers use that the kernel may call until the slot has taken them back."""
    handlers = file.footprints.handlers(_function(slot))
    return _mine(file, frozenset(v for h in handlers for v in file.footprints.touched(h)))


def _mine(file: LoadedFile, names: frozenset[str]) -> frozenset[str]:
    return frozenset(n for n in names if n in file.variables)


def _conflict(file: LoadedFile, one: Slot, other: Slot) -> str:
    """A variable that one of two slots sets up or gives back, and the other deals with."""
    return min(_conflicts(file, one, other), default="")


def _conflicts(file: LoadedFile, one: Slot, other: Slot) -> Iterator[str]:
    for a, b in ((one, other), (other, one)):
        yield from (_up(file, a) | _down(file, a)) & _touched(file, b)
