"""The kernel that modules live in: what can be done with it, one method an action.

Everything it knows is in one object; two kernels share nothing.  Each action is noted, so that a fault can say how to
come to it again.
"""

from collections.abc import Callable

from .calls import Core, Executes
from .errors import ScenarioError
from .handlers import Handlers, inherits
from .host import Host
from .interfaces import Interface, Interfaces
from .interpret import Interpreter
from .jails import Jail, Jails
from .lifecycle import Lifecycle
from .linker import Linker
from .model import Module
from .order import Table, release
from .slots import Slot
from .sockets import Sockets
from .symbols import Symbols
from .sysctls import Access, Sysctls
from .threads import Thread
from .vnets import DEFAULT
from .worlds import SHARED, World


class Kernel(Core):
    """A machine with a kernel of a release.

    Arguments:
        release_name: `2009`, `2010`, `13` or `main`.
        vimage: whether the kernel was built with the option VIMAGE.
        interpreter: executes the functions of a module.
    """

    def __init__(
        self,
        release_name: str = "13",
        vimage: bool = True,
        interpreter: Callable[[Module, Host], Executes] = Interpreter,
    ) -> None:
        super().__init__(release(release_name), vimage, interpreter)
        self.handlers = Handlers(self)
        self.interfaces = Interfaces(self, self.handlers)
        self.sysctls = Sysctls(self)
        self.symbols = Symbols(self)
        self.lifecycle = Lifecycle(self, self.interfaces)
        self.linker = Linker(self, self.lifecycle, self.handlers, self.sysctls)
        self.jails = Jails()
        self.sockets = Sockets(self, self.jails, self.handlers)
        self.threads: dict[int, Thread] = {0: self.thread}
        self.booted = False
        self.down = False

    @property
    def worlds(self) -> tuple[World, ...]:
        """What may be the case, module after module."""
        return tuple(world for file in self.files.values() for world in file.worlds)

    def provide(self, *modules: Module) -> None:
        """Put modules on the disk, from where `load` takes them and what depends on them."""
        for module in modules:
            self.linker.provide(module)

    def boot(self, *modules: Module | str, preload: tuple[Module | str, ...] = ()) -> None:
        """Start the machine with modules in the kernel's own file, and with some that the loader brought."""
        names, early = [self._named(m) for m in modules], [self._named(m) for m in preload]
        self._act(f"boot({', '.join(repr(n) for n in (*names, *early))})", booting=True)
        if self.booted:
            raise ScenarioError("", "the machine runs already: boot once, as the first action")
        self.booted = True
        static = [file for name in names for file in self.linker.link(name, static=True)]
        table: Table[Slot] = Table(lambda slot: slot.key, self.release)
        table.add(self._core_slots())
        for file in static:
            self.linker.arrive(file, enabled=True)
            table.add(self.linker.slots(file))
        for slot in table:
            self._boot_step(slot, table, early)

    def _core_slots(self) -> list[Slot]:
        def at(name: str, subsystem: str, order: str, kind: str = "kernel") -> Slot:
            return Slot(self.release.key(f"SI_SUB_{subsystem}", f"SI_ORDER_{order}", ""), kind, name)

        vnet = [
            at("vnet0", "VNET", "FIRST"),
            at("vnet_if_return", "VNET_DONE", "ANY", "VNET_SYSUNINIT"),
            at("vnet_sysinit_done", "VNET_DONE", "ANY", "VNET_SYSINIT"),
            at("if_clone_uninit", "INIT_IF", "ANY", "VNET_SYSUNINIT"),
            at("vnet_if_uninit", "INIT_IF", "FIRST", "VNET_SYSUNINIT"),
            at("vnet0_done", "VNET_DONE", self.release.done),
        ]
        return [at("linker_preload", "KLD", "MIDDLE"), *(vnet if self.vimage else vnet[:1])]

    def _boot_step(self, slot: Slot, table: Table[Slot], preload: list[str]) -> None:
        if slot.file is not None or slot.kind != "kernel":
            self.linker.run_slot(slot)
        elif slot.name == "linker_preload":
            for file in (f for name in preload for f in self.linker.link(name, static=False)):
                self.linker.arrive(file, enabled=True)
                file.user_references += 1
                table.add(self.linker.slots(file))
        elif slot.name == "vnet0":
            self._first_stack()
        else:
            self.lifecycle.containers.boot_done()
            self.thread.curvnet = SHARED

    def _first_stack(self) -> None:
        self.vnets.alloc(DEFAULT, self.lifecycle.construct)
        self.linker.storage.new_stack(DEFAULT)
        self.linker.check_initials()
        self.thread.curvnet = self.stack(DEFAULT)
        self.note("vnet", "vnet0 is there")

    def load(self, module: Module | str, fail: bool = False) -> str:
        """Load a module (kldload); `fail` makes its MOD_LOAD fail where it can.  Gives errno's name or nothing."""
        name = self._named(module)
        self._act(f"load({name!r}{', fail=True' if fail else ''})")
        self.linker.failing = {name} if fail else set()
        with self.thread.within(self.stack(self._stack_of(self.thread))):
            error = self.linker.load(name)
        self.linker.failing = set()
        return error

    def unload(self, module: Module | str, force: bool = False, veto: bool = False) -> str:
        """Unload a module (kldunload).  Gives errno's name or nothing."""
        name = module if isinstance(module, str) else module.name
        self._act(f"unload({name!r}{', force=True' if force else ''}{', veto=True' if veto else ''})")
        with self.thread.within(self.stack(self._stack_of(self.thread))):
            return self.linker.unload(name, force=force, veto=veto)

    def quiesce(self, module: Module | str) -> str:
        """Ask a module whether it can go.  Gives errno's name or nothing."""
        name = module if isinstance(module, str) else module.name
        self._act(f"quiesce({name!r})")
        return self.linker.quiesce(name)

    def shutdown(self) -> None:
        """Halt: modules are told, and no destructor of any kind runs."""
        self._act("shutdown()")
        self.linker.shutdown()
        self.down = True

    def jail_create(self, vnet: bool = True, parent: int = 0) -> int:
        """Create a jail, with a stack of its own or in its parent's; gives its number, which is its own stack's too."""
        self.jails.living(parent)
        number = self.jails.next_number()
        self._act(f"jail_create(vnet={vnet}{f', parent={parent}' if parent else ''})")
        own = vnet and self.vimage
        self.jails.add(number, parent, own)
        if own:
            self.linker.storage.new_stack(number)
            self.vnets.alloc(number, self.lifecycle.construct)
            self.note("vnet", f"vnet {number} is on the list")
        return number

    def jail_destroy(self, number: int) -> None:
        """Remove a jail, those in it first; its stack goes with its last reference."""
        jail = self.jails.living(number)
        if number == 0:
            raise ScenarioError("", "prison0 cannot be removed: name another jail")
        self._act(f"jail_destroy({number})")
        self._remove(jail)

    def _remove(self, jail: Jail) -> None:
        for child in list(self.jails.children(jail.number)):
            self._remove(child)
        for thread in [t for t in self.threads.values() if t.jail == jail.number and t.number]:
            self._exit(thread)
        jail.dying = True
        self._bury(jail)

    def _bury(self, jail: Jail) -> None:
        if not self.jails.gone(jail):
            return
        del self.jails.all[jail.number]
        if jail.own:
            self.handlers.tasks(("epoch",))
            self.vnets.destroy(jail.vnet, self.lifecycle.destruct)
            self.linker.storage.drop_stack(jail.vnet)
            self.note("vnet", f"vnet {jail.vnet} is gone")
        parent = self.jails.all.get(jail.parent)
        if parent is not None and parent.dying:
            self._bury(parent)

    def thread_create(self, jail: int = 0) -> int:
        """A new thread in a jail; gives its number."""
        self.jails.living(jail)
        number = max(self.threads) + 1
        self._act(f"thread_create({jail})")
        self.threads[number] = Thread(number, jail)
        return number

    def thread_attach(self, thread: int, jail: int) -> None:
        """A thread enters a jail (jail_attach); sockets it has stay in their stack."""
        self._act(f"thread_attach({thread}, {jail})")
        self._thread(thread).jail = self.jails.living(jail).number

    def _thread(self, number: int) -> Thread:
        if number not in self.threads:
            raise ScenarioError("", f"there is no thread {number}: name one of {sorted(self.threads)}")
        return self.threads[number]

    def _stack_of(self, thread: Thread) -> int:
        return self.jails[thread.jail].vnet

    def _exit(self, thread: Thread) -> None:
        for socket in self.sockets.owned(thread):
            self._close(socket.number)
        thread.alive = False
        del self.threads[thread.number]

    def interface_create(self, kind: str = "physical", vnet: int = DEFAULT, name: str = "") -> str:
        """A new interface in a stack: physical, clone, loop, epair, netgraph; gives its name.

        Drivers attach in vnet0, so a physical one is moved to the stack, and goes home when that goes.
        """
        self._stack(vnet)
        self._act(f"interface_create({kind!r}, {vnet}{f', {name!r}' if name else ''})")
        return self.interfaces.create(kind, vnet, name).name

    def interface_destroy(self, name: str) -> None:
        """Destroy an interface, and the other end of a pair."""
        self.interfaces[name]
        self._act(f"interface_destroy({name!r})")
        self.interfaces.destroy(name)

    def interface_move(self, name: str, vnet: int) -> None:
        """Move an interface to another stack."""
        self._stack(vnet)
        self.interfaces[name]
        self._act(f"interface_move({name!r}, {vnet})")
        if self.vimage:
            self.interfaces.move(name, vnet)

    def packet_in(self, interface: str) -> None:
        """A packet arrives on an interface."""
        found = self.interfaces[interface]
        self._act(f"packet_in({interface!r})")
        self.handlers.packet(found.vnet)

    def packet_out(self, interface: str) -> str:
        """A packet leaves by an interface; a pair's other end takes it, in whichever stack that is.  Gives its name."""
        found = self.interfaces[interface]
        self._act(f"packet_out({interface!r})")
        self.handlers.entries(("if-method",), found.vnet, found.vnet, "if_transmit")
        self.handlers.entries(("if-method",), found.vnet, found.vnet, "if_output")
        if found.peer is None:
            return ""
        self.handlers.packet(found.peer.vnet)
        return found.peer.name

    def socket_create(self, thread: int = 0) -> int:
        """A thread opens a socket in the stack of its jail; gives the socket's number."""
        self._thread(thread)
        self._act(f"socket_create({thread})")
        return self.sockets.create(self._thread(thread)).number

    def socket_call(self, socket: int, member: str = "") -> None:
        """A call on a socket, by the protocol's member (`pru_bind`), or each of them."""
        self.sockets[socket]
        self._act(f"socket_call({socket}{f', {member!r}' if member else ''})")
        self.sockets.call(socket, member)

    def socket_pass(self, socket: int, thread: int) -> None:
        """Hand a socket to another thread; its stack stays what it was."""
        self._act(f"socket_pass({socket}, {thread})")
        self.sockets[socket].owner = self._thread(thread)

    def socket_close(self, socket: int) -> None:
        """Close a socket."""
        self.sockets[socket]
        self._act(f"socket_close({socket})")
        self._close(socket)

    def _close(self, socket: int) -> None:
        jail = self.jails[self.sockets[socket].jail]
        self.sockets.close(socket)
        self._bury(jail)

    def sysctl_read(self, name: str, thread: int = 0) -> Access:
        """Read a sysctl as a thread."""
        return self._sysctl(name, thread, write=False)

    def sysctl_write(self, name: str, thread: int = 0) -> Access:
        """Write a sysctl as a thread; root of a jail with a stack of its own may write what has CTLFLAG_VNET."""
        return self._sysctl(name, thread, write=True)

    def _sysctl(self, name: str, thread: int, *, write: bool) -> Access:
        self.sysctls.leaf(name)
        who = self._thread(thread)
        self._act(f"sysctl_{'write' if write else 'read'}({name!r}{f', {thread}' if thread else ''})")
        owns = self.jails[who.jail].own
        return self.sysctls.access(name, self._stack_of(who), write=write, jailed=who.jail != 0, owns=owns)

    def ioctl(self, thread: int = 0, member: str = "d_ioctl") -> None:
        """A thread calls a device of a module."""
        who = self._thread(thread)
        self._act(f"ioctl({thread})" if member == "d_ioctl" else f"ioctl({thread}, {member!r})")
        self.handlers.entries(("cdev", "syscall"), SHARED, self._stack_of(who), member)

    def interface_ioctl(self, interface: str, socket: int) -> str:
        """An interface's ioctl through a socket, in the socket's stack; EBUSY while that one is shutting down."""
        found = self.interfaces[interface]
        vnet = self.sockets[socket].vnet
        self._act(f"interface_ioctl({interface!r}, {socket})")
        if self.going(vnet):
            return "EBUSY"
        if found.vnet != vnet:
            return "ENXIO"
        self.handlers.entries(("if-method",), vnet, vnet, "if_ioctl")
        return ""

    def tick(self) -> None:
        """Time passes: callouts and protocol timers fire, with no stack set."""
        self._act("tick()")
        self.handlers.callouts()

    def run_tasks(self) -> None:
        """Task queues, threads and epoch callbacks of modules run, with no stack set."""
        self._act("run_tasks()")
        self.handlers.tasks()

    def event(self, name: str, vnet: int = DEFAULT) -> None:
        """Invoke an event; one whose invoker has a stack is invoked in `vnet`."""
        self._stack(vnet)
        self._act(f"event({name!r}{f', {vnet}' if vnet else ''})")
        sysctl = name.endswith(("_change", "_changed"))
        self.handlers.event(name, vnet if inherits(name) or sysctl else SHARED, "ifp")

    def low_memory(self) -> None:
        """Memory is short: protocols are asked to drain, with no stack set."""
        self._act("low_memory()")
        self.handlers.entries(("protocol-timer",), SHARED, SHARED, "pr_drain")
        self.handlers.event("vm_lowmem", SHARED)

    def finish(self) -> None:
        """The end of a scenario: what waits in epochs and queues is done, and every account must be square."""
        if self.booted and not self.down:
            self.handlers.tasks(("epoch",))

    def interface(self, name: str) -> Interface:
        """An interface by its name."""
        return self.interfaces[name]

    def _named(self, module: Module | str) -> str:
        return module if isinstance(module, str) else self.linker.provide(module)

    def _stack(self, number: int) -> None:
        if number not in self.vnets.all:
            raise ScenarioError("", f"there is no vnet {number}: name one of {sorted(self.vnets.all)}")

    def _act(self, text: str, *, booting: bool = False) -> None:
        if self.down:
            raise ScenarioError("", f"{text} after shutdown(): nothing can be done with a machine that is off")
        if not self.booted and not booting:
            raise ScenarioError("", f"{text} before boot(): boot the machine first")
        if self.quiet:
            del self.actions[:-64]
        self.actions.append(text)
        self.note("action", text)
