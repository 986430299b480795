"""Running slots: constructors and destructors in every stack, module events, locks that stand at a slot."""

from .calls import Core, LoadedFile, Result
from .containers import Containers
from .expressions import constant
from .faults import Fault, Kind
from .host import Value
from .interfaces import Interfaces
from .leftovers import Leftovers
from .model import ModuleEvent, Sysinit
from .slots import DOMAIN_ENDS, DOMAIN_STARTS, ENDS, STARTS, Slot
from .vnets import Registrations, Vnet
from .worlds import SHARED, Key, Life, World


class Lifecycle:
    """Knows what is registered, and runs it.

    Arguments:
        core: the kernel's inside.
        interfaces: that go home when their stack goes.
    """

    def __init__(self, core: Core, interfaces: Interfaces) -> None:
        self._core = core
        self._interfaces = interfaces
        self._leftovers = Leftovers(core)
        self.containers = Containers(core, self._protocols)
        self.constructors: Registrations[Slot] = Registrations()
        self.destructors: Registrations[Slot] = Registrations()
        self.ran: list[tuple[str, str, int]] = []
        """Kind, name and stack of every constructor and destructor that was called, in order."""

    def run(self, slot: Slot) -> None:
        """What the linker does with a record of a sysinit_set."""
        if slot.kind in ("VNET_SYSINIT", "VNET_SYSUNINIT") and self._core.vimage:
            self._register(slot)
        else:
            self.plain(slot)

    def plain(self, slot: Slot) -> None:
        """Call what a record names in the current stack."""
        assert slot.sysinit is not None
        self._run(slot, "sysinit")

    def undo(self, slot: Slot) -> None:
        """What the linker does with a record of a sysuninit_set."""
        if slot.kind == "VNET_SYSINIT" and self._core.vimage:
            self._drop(self.constructors, slot)
        elif slot.kind == "VNET_SYSUNINIT" and self._core.vimage:
            for vnet in self._core.stacks():
                self._within(slot, vnet, "destructor")
            self._drop(self.destructors, slot)
        else:
            self.plain(slot)

    def _register(self, slot: Slot) -> None:
        if slot.kind == "VNET_SYSUNINIT":
            self.destructors.add(slot)
            return
        self.constructors.add(slot)
        for vnet in self._core.stacks():
            self._within(slot, vnet, "constructor")

    def _drop(self, registrations: Registrations[Slot], slot: Slot) -> None:
        found = next((o for o in registrations if o.file is slot.file and o.sysinit == slot.sysinit), None)
        if found is not None:
            registrations.remove(found)

    def construct(self, vnet: Vnet) -> None:
        """A new stack: every constructor on the list, then modules of containers, while it is on no list of stacks."""
        for slot in self.constructors:
            vnet.state = slot.key[0]
            self._within(slot, vnet.number, "constructor")
        self.containers.construct(vnet.number)

    def destruct(self, vnet: Vnet) -> None:
        """A dying stack: every destructor, highest key first; modules of containers once interfaces are home."""
        home = False
        for slot in reversed(self.destructors):
            vnet.state = slot.key[0]
            if not home and slot.key[0] < self._core.release.vnet_done:
                home = True
                self.containers.destruct(vnet.number)
            self._within(slot, vnet.number, "destructor")
        for file in self._core.files.values():
            self._leftovers.stack_dies(file, vnet.number)

    def module_goes(self, file: LoadedFile) -> None:
        """Look at what an unloaded module left."""
        self._leftovers.module_goes(file)
        self.containers.gone(file)

    def _within(self, slot: Slot, vnet: int, what: str) -> None:
        with self._core.thread.within(vnet):
            self.ran.append((what, slot.name, vnet))
            if slot.kind in ("VNET_SYSINIT", "VNET_SYSUNINIT") and slot.file is None:
                self._core.note(what, slot.name)
                self._kernels(slot, vnet)
            else:
                self._run(slot, what)

    def _kernels(self, slot: Slot, vnet: int) -> None:
        if slot.name == "vnet_if_return":
            self._interfaces.go_home(vnet)
        elif slot.name == "if_clone_uninit":
            self._interfaces.kernels_go(vnet)
        elif slot.name == "vnet_if_uninit":
            self._interfaces.must_be_gone(vnet)

    def _run(self, slot: Slot, what: str) -> None:
        sysinit, file = slot.sysinit, slot.file
        assert sysinit is not None
        assert file is not None
        if sysinit.function in file.functions or not sysinit.function:
            self._own(file, sysinit, what)
        elif self._registers_domain(sysinit):
            self.containers.add_domain(file, sysinit.at, sysinit.argument)
        elif sysinit.function in (*DOMAIN_STARTS, *DOMAIN_ENDS):
            self._domain(file, STARTS if sysinit.function in DOMAIN_STARTS else ENDS, what)
        else:
            self._core.call(file, sysinit.function, (_argument(sysinit),), what=what, at=sysinit.at)

    def _registers_domain(self, sysinit: Sysinit) -> bool:
        plain = sysinit.kind == "SYSINIT" and sysinit.function in DOMAIN_STARTS
        return plain and self._core.vimage and self._core.release.name == "2009"

    def _own(self, file: LoadedFile, sysinit: Sysinit, what: str) -> None:
        if sysinit.holder:
            self._lock(file, sysinit, what)
        else:
            argument = _argument(sysinit, self._core.thread.curvnet if sysinit.kind.startswith("VNET") else SHARED)
            self._core.call(file, sysinit.function, (argument,), what=what, at=sysinit.at)

    def _protocols(self, file: LoadedFile, what: str) -> None:
        """A domain that registered as a module has its protocols run in the current stack."""
        self._domain(file, STARTS if what == "constructor" else ENDS, what)

    def _domain(self, file: LoadedFile, members: tuple[str, ...], what: str) -> None:
        for member in members:
            for entry in file.module.entries:
                if entry.kind == "protocol" and entry.member == member:
                    self._core.call(file, entry.function, what=what, at=entry.at)

    def _lock(self, file: LoadedFile, sysinit: Sysinit, what: str) -> None:
        """A lock's macro: set up or given back at its slot."""
        up = sysinit.kind.endswith("SYSINIT")
        resource = sysinit.resource or "mtx_init"
        self._core.note("init" if up else "destroy", f"{resource} {sysinit.holder}", sysinit.at)
        variable = file.variables.get(sysinit.holder)
        mine = self._core.vimage and variable is not None and variable.per_vnet
        key = (sysinit.holder, self._core.thread.curvnet if mine else SHARED)
        if sysinit.kind.startswith("VNET") and self._core.vimage and not mine:
            self._shared_lock(sysinit, what)
        if mine and not sysinit.kind.startswith("VNET"):
            self._one_stack(sysinit, key[1])
        file.worlds = tuple(dict.fromkeys(_with_lock(w, key, up, sysinit, resource) for w in file.worlds))

    def _shared_lock(self, sysinit: Sysinit, what: str) -> None:
        message = f"{sysinit.holder} is shared, and this {what} runs once for every stack: use SYSINIT"
        vnet = self._core.thread.curvnet
        self._core.fault(Fault(Kind.SHARED_SET_UP_PER_VNET, sysinit.at, message, sysinit.holder, vnet))

    def _one_stack(self, sysinit: Sysinit, vnet: int) -> None:
        kind = Kind.NO_CONTEXT if vnet == SHARED else Kind.DEFAULT_VNET_ONLY
        message = (
            f"{sysinit.holder} is per vnet, and {sysinit.kind} serves one stack at most: use a VNET_{sysinit.kind}"
        )
        self._core.fault(Fault(kind, sysinit.at, message, sysinit.holder, vnet))

    def event(self, file: LoadedFile, event: ModuleEvent, type: str, keep: tuple[str, ...] = ()) -> Result:
        """Send an event to a module; a handler that is not there answers as the kernel's default one does."""
        if not event.handler:
            answers = {"MOD_LOAD": Result(), "MOD_UNLOAD": Result(False, True, ("EBUSY",))}
            return answers.get(type, Result(False, True, ("EOPNOTSUPP",)))
        values = (Value("mod"), Value(type, SHARED, type), Value("arg"))
        ways = keep or ("zero", "value")
        return self._core.call(file, event.handler, values, what="module-event", at=event.at, keep=ways)


def _argument(sysinit: Sysinit, vnet: int = SHARED) -> Value:
    text = sysinit.argument or "NULL"
    return Value(text, vnet if "VNET" in text or "V_" in text else SHARED, constant(text))


def _with_lock(world: World, key: Key, up: bool, sysinit: Sysinit, resource: str) -> World:
    return world.with_life(key, Life("live" if up else "dead", sysinit.at, resource))
