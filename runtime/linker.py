"""The kernel linker: how modules come by boot or kldload, and go by kldunload."""

from collections.abc import Iterator

from .calls import Core, LoadedFile
from .checks import Checks
from .errors import ModelError, ScenarioError
from .faults import Fault, Kind
from .handlers import Handlers
from .lifecycle import Lifecycle
from .model import Depend, Module, ModuleEvent
from .modspace import SIZES, Modspace, Storage, layout, rounded
from .order import load_order, unload_order
from .slots import Slot, load_slots, unload_slots
from .sysctls import Sysctls
from .worlds import SHARED, Key

IGNORED = ("EOPNOTSUPP", "EINVAL")
"""Errors of MOD_QUIESCE that are no objection."""


class Linker:
    """Loads and unloads.

    Arguments:
        core: the kernel's inside.
        lifecycle: runs what a module registers.
        handlers: are told of kld_load and kld_unload.
        sysctls: of the modules.
    """

    def __init__(self, core: Core, lifecycle: Lifecycle, handlers: Handlers, sysctls: Sysctls) -> None:
        self._core = core
        self._lifecycle = lifecycle
        self._handlers = handlers
        self._sysctls = sysctls
        self._checks = Checks(core)
        self.disk: dict[str, Module] = {}
        """Modules that can be loaded."""
        self.modspace = Modspace(SIZES[core.release.name])
        self.storage = Storage(relocates_late=core.release.name != "main")
        self.failing: set[str] = set()
        """Files whose MOD_LOAD is to fail where it can."""
        self._freed: set[Key] | None = None
        core.translate = self._translate

    def provide(self, module: Module) -> str:
        """Put a module on the disk; gives its name."""
        self.disk[module.name] = module
        return module.name

    def module(self, name: str) -> Module:
        """A module of the disk.

        Raises:
            ScenarioError: if there is none of that name.
        """
        if name not in self.disk:
            raise ScenarioError("", f"there is no module {name!r}: name one of {', '.join(self.disk) or 'none'}")
        return self.disk[name]

    def slots(self, file: LoadedFile) -> list[Slot]:
        """A module's sysinit_set, in link order."""
        return load_slots(file, self._core.release, self._core.vimage)

    def link(self, name: str, *, static: bool, path: tuple[str, ...] = ()) -> list[LoadedFile]:
        """Bring a module and what it depends on into the kernel, dependencies first; nothing runs yet."""
        if name in self._core.files:
            return []
        module = self.module(name)
        file = LoadedFile(module, static)
        self.slots(file)
        self._note_missing(module)
        found: list[LoadedFile] = []
        for depend, on in self._providers(module):
            if on in (*path, name):
                ring = " -> ".join([*path, name, on])
                raise ModelError(depend.at, f"modules depend on each other in a ring ({ring}): remove one dependency")
            found += self.link(on, static=static, path=(*path, name))
        self._core.files[name] = file
        return [*found, file]

    def arrive(self, file: LoadedFile, *, enabled: bool) -> None:
        """What is checked and registered when a file is in memory."""
        self.storage.bring(file.name, file.module.variables if self._core.vimage else ())
        self._checks.arrives(file)
        self._checks.hazards(file, self.storage)
        for fault in self._lifecycle.containers.numbers(file) if self._core.vimage else ():
            self._core.fault(fault)
        self._sysctls.register(file, enabled)
        file.linked = True

    def check_initials(self) -> None:
        """Look at the initial values of modules that were there before the first stack."""
        for file in self._core.files.values():
            self._checks.hazards(file, self.storage)

    def run_slot(self, slot: Slot) -> None:
        """Run one record of a module's sysinit_set."""
        if slot.kind == "module":
            self._load_event(slot)
        else:
            self._lifecycle.run(slot)

    def load(self, name: str) -> str:
        """Load a module as kldload(8) does; gives errno's name, empty for success."""
        if name in self._core.files:
            file = self._core.files[name]
            file.references += 1
            file.user_references += 1
            return ""
        for file in self._new(name):
            error = self._load(file)
            if error:
                return error
        self._core.files[name].user_references += 1
        return ""

    def _providers(self, module: Module) -> Iterator[tuple[Depend, str]]:
        """What a module depends on and the module of the disk that has it; the rest is in the kernel."""
        names = {e.name: m.name for m in self.disk.values() for e in m.events} | {n: n for n in self.disk}
        own = {e.name for e in module.events}
        for depend in module.depends:
            if depend.on in names and depend.on not in own and not (depend.on == module.name == depend.module):
                yield depend, names[depend.on]

    def _note_missing(self, module: Module) -> None:
        """A module that another depends on and nobody gave: what it does is not known."""
        there = {"kernel", module.name, *self.disk, *(e.name for m in self.disk.values() for e in m.events)}
        for depend in module.depends:
            if depend.on not in there:
                text = f"module {depend.on} is not given, on which {depend.module} depends ({depend.at})"
                self._core.note("unknown", text, depend.at)

    def _new(self, name: str) -> list[LoadedFile]:
        """What must be loaded, with references counted; a file that comes for another's sake has that one already."""
        before = set(self._core.files)
        files = self.link(name, static=False)
        by_name = {f.name: f for f in files} | {n: self._core.files[n] for n in before}
        counted = set(by_name) - before
        for file in files:
            del self._core.files[file.name]
            file.depends = [by_name[on] for _, on in self._providers(file.module)]
            for depend in file.depends:
                depend.references += depend.name not in counted
                counted.discard(depend.name)
        return files

    def _load(self, file: LoadedFile) -> str:
        taken = {e.name for f in self._core.files.values() for e in f.module.events}
        twice = [e for e in file.module.events if e.name in taken]
        error = "EEXIST" if twice else self._place(file)
        if error:
            self._core.note("action", f"{file.name} is not loaded: {error}")
            return error
        self._core.files[file.name] = file
        self.arrive(file, enabled=self._core.release.early)
        for slot in load_order(self.slots(file), lambda s: s.key, self._core.release):
            self.run_slot(slot)
        if file.module.events and not file.registered:
            self._take_down(file)
            return "ENOEXEC"
        self._freed = None
        self._sysctls.enable(file)
        self._handlers.event("kld_load", SHARED)
        return ""

    def _place(self, file: LoadedFile) -> str:
        """Its piece of modspace."""
        _, size = layout(file.module.variables)
        if not size or not self._core.vimage:
            return ""
        start = self.modspace.alloc(size)
        if start is None:
            virtual = next(v for v in file.module.variables if v.per_vnet)
            message = (
                f"{file.name} needs {rounded(size)} bytes of per-vnet space, and the largest free block of the "
                f"{self.modspace.size} there are has {self.modspace.largest}: allocate large arrays in a constructor"
            )
            self._core.fault(Fault(Kind.NO_MODSPACE, virtual.at, message, virtual.name))
            return "ENOSPC"
        file.space = (start, size)
        return ""

    def _load_event(self, slot: Slot) -> None:
        file, event = slot.file, slot.event
        assert file is not None
        assert event is not None
        wanted = ("error",) if file.name in self.failing else ()
        result = self._lifecycle.event(file, event, "MOD_LOAD", wanted)
        if result.fails and (wanted or not result.succeeds):
            self._core.note("module-event", f"MOD_LOAD of {event.name} fails, MOD_UNLOAD is sent", event.at)
            before = _keys(file, "dead")
            self._lifecycle.event(file, event, "MOD_UNLOAD")
            self._freed = _keys(file, "dead") - before
        else:
            file.registered.insert(0, event.name)

    def quiesce(self, name: str) -> str:
        """Ask every module of a file whether it can go; gives the error of the one that objects."""
        file = self._loaded(name)
        for event in self._events(file):
            if event.name in file.quiesced:
                continue
            result = self._lifecycle.event(file, event, "MOD_QUIESCE")
            objections = [e for e in result.errors if e not in IGNORED]
            if objections and not result.succeeds and len(objections) == len(result.errors):
                self._core.note("module-event", f"{event.name} objects: {objections[0]}", event.at)
                return objections[0]
            file.quiesced.add(event.name)
        return ""

    def unload(self, name: str, *, force: bool = False, veto: bool = False) -> str:
        """Unload as kldunload(8) does; gives errno's name, empty for success.

        Arguments:
            name: of the module.
            force: whether objections of MOD_QUIESCE are ignored.
            veto: whether a listener of kld_unload_try objects.
        """
        file = self._loaded(name)
        if file.static or not file.user_references:
            return "EBUSY"
        file.user_references -= 1
        error = self._unload(file, force, veto)
        if error:
            file.user_references += 1
        return error

    def _unload(self, file: LoadedFile, force: bool, veto: bool) -> str:
        if file.references > 1:
            file.references -= 1
            return ""
        if not self._core.release.early:
            self._handlers.event("kld_unload_try", self._core.thread.curvnet)
            if veto:
                return "EBUSY"
        error = self.quiesce(file.name)
        if error and not force:
            return error
        return self._unload_events(file) or self._take_down(file)

    def _unload_events(self, file: LoadedFile) -> str:
        """MOD_UNLOAD, newest module first; an error stops here, and those before stay unloaded."""
        before = _keys(file, "live")
        for event in self._events(file):
            result = self._lifecycle.event(file, event, "MOD_UNLOAD")
            if result.fails and not result.succeeds:
                self._core.note("module-event", f"MOD_UNLOAD of {event.name} fails", event.at)
                return next(iter(result.errors), "EBUSY")
            file.registered.remove(event.name)
        self._freed = before - _keys(file, "live")
        return ""

    def _take_down(self, file: LoadedFile) -> str:
        first = self._core.release.early
        if not first:
            self._sysctls.unregister(file)
        slots = unload_slots(file, self._core.release, self._core.vimage)
        for slot in unload_order(slots, lambda s: s.key, self._core.release):
            self._lifecycle.undo(slot)
        self._freed = None
        if first:
            self._sysctls.unregister(file)
        self._lifecycle.module_goes(file)
        self._release(file)
        return ""

    def _release(self, file: LoadedFile) -> None:
        del self._core.files[file.name]
        file.linked = False
        self.storage.leave(file.name)
        if file.space and self.modspace.free(*file.space):
            self._core.note("unknown", "freeing behind the last free block of modspace: the kernel follows NULL here")
        for depend in reversed(file.depends):
            if depend.references == 1 and not depend.static and not depend.user_references:
                self._unload(depend, force=False, veto=False)
            else:
                depend.references -= 1
        self._handlers.event("kld_unload", SHARED)

    def shutdown(self) -> None:
        """MOD_SHUTDOWN to every module, newest first; nothing else."""
        for file in reversed(list(self._core.files.values())):
            for event in self._events(file):
                self._lifecycle.event(file, event, "MOD_SHUTDOWN")

    def _events(self, file: LoadedFile) -> list[ModuleEvent]:
        by_name = {e.name: e for e in file.module.events}
        return [by_name[name] for name in file.registered]

    def _loaded(self, name: str) -> LoadedFile:
        if name not in self._core.files:
            there = ", ".join(self._core.files) or "none is"
            raise ScenarioError("", f"module {name!r} is not loaded: name one that is ({there})")
        return self._core.files[name]

    def _translate(self, fault: Fault) -> Fault:
        """A destructor that misses what MOD_UNLOAD has just freed is the module event's fault."""
        kinds = (Kind.AFTER_TEAR_DOWN, Kind.TORN_DOWN_TWICE)
        if self._freed is None or fault.kind not in kinds or (fault.variable, fault.vnet) not in self._freed:
            return fault
        message = (
            f"{fault.variable} is gone since MOD_UNLOAD, which runs before every SYSUNINIT and VNET_SYSUNINIT: "
            "give it back in a SYSUNINIT with a smaller key than theirs"
        )
        return Fault(Kind.UNLOAD_FREES, fault.at, message, fault.variable, fault.vnet, fault.lines, sure=fault.sure)


def _keys(file: LoadedFile, status: str) -> set[Key]:
    """What stands so in some world."""
    return {key for world in file.worlds for key, life in world.lives.items() if life.status == status}
