"""Interfaces: made by cloners, moved between stacks, sent home or destroyed with their stack; pairs link stacks."""

from collections.abc import Iterable, Iterator

from .calls import Core, LoadedFile, everything
from .errors import ScenarioError
from .faults import Fault, Kind
from .footprint import Count
from .handlers import Handlers
from .vnets import DEFAULT
from .worlds import SHARED, Handler

DETACHES = frozenset({"if_detach", "ether_ifdetach", "bpfdetach_if", "infiniband_ifdetach", "fddi_ifdetach"})
DETACHED = frozenset({"if_detach", "ether_ifdetach"})
CLONER = frozenset({"if_clone_destroyif", "if_clone_destroy", "if_clone_detach", "if_clone_destroyif_flags"})
DESTROYS = CLONER | DETACHES
PAIRS = frozenset({"epair", "netgraph"})
KINDS = frozenset({"physical", "clone", "loop"}) | PAIRS


class Interface:
    """A network interface.

    Arguments:
        name: unique among those that exist.
        kind: physical, clone, loop, epair or netgraph.
        vnet: the stack it is in; it is its home, too, until it is moved.
        index: in that stack.
    """

    def __init__(self, name: str, kind: str, vnet: int, index: int) -> None:
        self.name = name
        self.kind = kind
        self.vnet = vnet
        self.home = vnet
        self.index = index
        self.peer: Interface | None = None
        self.cloner: tuple[LoadedFile, tuple[Handler, ...]] | None = None
        self.alive = True


class Interfaces:
    """All interfaces.

    Arguments:
        core: the kernel's inside.
        handlers: to be told of arrivals and departures.
    """

    def __init__(self, core: Core, handlers: Handlers) -> None:
        self._core = core
        self._handlers = handlers
        self.all: dict[str, Interface] = {}
        core.after_call.append(self._cloners_gone)

    def __getitem__(self, name: str) -> Interface:
        if name not in self.all:
            there = ", ".join(self.all) or "there are none"
            raise ScenarioError("", f"there is no interface {name!r}: name one of those that exist ({there})")
        return self.all[name]

    def inside(self, vnet: int) -> list[Interface]:
        """Those in a stack."""
        return [i for i in self.all.values() if i.vnet == vnet]

    def create(self, kind: str, vnet: int, name: str = "") -> Interface:
        """A new interface; a clone is made by the module's cloner if one is there; pairs make their other end too."""
        if kind not in KINDS:
            raise ScenarioError("", f"there is no kind of interface {kind!r}: use one of {', '.join(sorted(KINDS))}")
        if name in self.all:
            raise ScenarioError("", f"an interface {name!r} exists already: use another name")
        made = self._made(kind, DEFAULT if kind == "physical" else vnet, name)
        if made.vnet != vnet:
            self._move(made, vnet)
        if kind in PAIRS:
            other = self._made(kind, vnet, f"{name}.peer" if name else "")
            made.peer, other.peer = other, made
        return made

    def _made(self, kind: str, vnet: int, name: str) -> Interface:
        interface = Interface(name or self._unused(kind), kind, vnet, self._index(vnet))
        self.all[interface.name] = interface
        with self._core.thread.within(self._core.stack(vnet)):
            interface.cloner = self._cloner(vnet) if kind == "clone" else None
            if interface.cloner:
                file, functions = interface.cloner
                self._call(file, functions[-2:-1] or functions, interface)
            self._core.note("interface", f"{interface.name} arrives, index {interface.index}")
            self._attach(interface)
        return interface

    def _unused(self, kind: str) -> str:
        number = 0
        while f"{kind}{number}" in self.all:
            number += 1
        return f"{kind}{number}"

    def _index(self, vnet: int) -> int:
        taken = {i.index for i in self.inside(vnet)}
        return next(n for n in range(1, len(taken) + 2) if n not in taken)

    def _cloner(self, vnet: int) -> tuple[LoadedFile, tuple[Handler, ...]] | None:
        """The newest cloner of a module in that stack: its functions, create before destroy."""
        for file in reversed(self._handlers.files()):
            there = [h for h in file.handlers() if h.kind == "cloner" and self._serves(h, vnet)]
            if there:
                last = there[-1]
                return file, tuple(
                    h for h in there if (h.holder, h.name, h.call) == (last.holder, last.name, last.call)
                )
        return None

    def cloned(self, vnet: int) -> bool:
        """Whether a module has a cloner in a stack."""
        return self._cloner(vnet) is not None

    def _serves(self, handler: Handler, vnet: int) -> bool:
        """A cloner belongs to the stack it was attached in."""
        return handler.made_in in (self._core.stack(vnet), SHARED)

    def _call(self, file: LoadedFile, functions: Iterable[Handler], interface: Interface) -> None:
        for handler in functions:
            function = file.functions.get(handler.function)
            vnet = self._core.stack(interface.vnet)
            values = everything(function, vnet) if function else ()
            self._core.call(
                file, handler.function, values, what="handler", at=handler.at, keep=("zero", "value", "error")
            )

    def _attach(self, interface: Interface) -> None:
        self._handlers.entries(("protocol",), interface.vnet, interface.vnet, "dom_ifattach")
        self._handlers.event("ifnet_arrival_event", interface.vnet, "ifp")

    def _detach(self, interface: Interface, way: str, others: Iterable[tuple[LoadedFile, str]] = ()) -> None:
        """Departure event, then the domains; `others` are functions that take part in this way out."""
        self._core.note("interface", f"{interface.name} departs ({way})")
        self._detached_twice(interface, way, others)
        self._handlers.event("ifnet_departure_event", interface.vnet, "ifp")
        self._handlers.entries(("protocol",), interface.vnet, interface.vnet, "dom_ifdetach")

    def destroy(self, name: str) -> None:
        """Destroy an interface, and its peer; cloned ones through their cloner."""
        interface = self[name]
        pair = [i for i in (interface, interface.peer) if i is not None and i.name in self.all]
        for end in pair:
            self._destroy(end, "clone destroyed" if end.cloner else "destroyed")

    def _destroy(self, interface: Interface, way: str, *, called: bool = False) -> None:
        """`called`: the interpreter has run the module's own function already, where the cloner was detached."""
        with self._core.thread.within(self._core.stack(interface.vnet)):
            others: list[tuple[LoadedFile, str]] = []
            if interface.cloner:
                file, functions = interface.cloner
                others = [(file, functions[-1].function)]
                last = functions[-1:] if len(functions) > 1 else ()
                if called:
                    for handler in last:
                        self._core.note("handler", f"{handler.function}()", handler.at)
                else:
                    self._call(file, last, interface)
            self._detach(interface, way, others)
        interface.alive = False
        self.all.pop(interface.name, None)

    def move(self, name: str, vnet: int) -> None:
        """Move an interface to another stack (if_vmove)."""
        interface = self[name]
        if vnet not in self._core.vnets.all:
            raise ScenarioError("", f"there is no vnet {vnet}: name one of {sorted(self._core.vnets.all)}")
        if interface.vnet != vnet:
            self._move(interface, vnet)

    def _move(self, interface: Interface, vnet: int) -> None:
        reassign = [(f, e.function) for f in self._handlers.files() for e in f.module.entries if _reassigns(e.member)]
        with self._core.thread.within(self._core.stack(interface.vnet)):
            self._detach(interface, "moved", reassign)
            if interface.kind == "clone":
                self._handlers.entries(("if-method",), interface.vnet, vnet, "if_reassign")
        interface.index = self._index(vnet)
        interface.vnet = vnet
        with self._core.thread.within(self._core.stack(vnet)):
            self._core.note("interface", f"{interface.name} arrives, index {interface.index}")
            self._attach(interface)

    def go_home(self, vnet: int) -> None:
        """The first destructor: interfaces whose home is elsewhere are moved there."""
        for interface in [i for i in self.inside(vnet) if i.home != vnet]:
            self._move(interface, interface.home)

    def kernels_go(self, vnet: int) -> None:
        """The destructors of the kernel's own cloners: what they made in the stack is destroyed, wherever it is now."""
        for interface in list(self.all.values()):
            if not interface.cloner and vnet in (interface.vnet, interface.home):
                self._destroy(interface, "vnet shut down")

    def must_be_gone(self, vnet: int) -> None:
        """The last destructor of the interface layer: the stack's list of interfaces must be empty."""
        for interface in self.inside(vnet):
            self._left(interface, vnet)
        for interface in [i for i in self.all.values() if i.home == vnet]:
            self._homeless(interface, vnet)

    def _left(self, interface: Interface, vnet: int) -> None:
        if interface.cloner is None:
            return
        file, functions = interface.cloner
        if not self._module_destroys(file):
            at = functions[0].at
            message = (
                f"interface {interface.name} is still in stack {vnet} when its list must be empty: "
                "detach the cloner, or destroy its interfaces, in a VNET_SYSUNINIT behind (SI_SUB_INIT_IF, FIRST)"
            )
            self._core.fault(Fault(Kind.LEFT_IN_VNET, at, message, functions[0].holder, vnet))
        self.all.pop(interface.name, None)

    def _homeless(self, interface: Interface, vnet: int) -> None:
        """One that a stack made, moved to another, and outlives its home: where it is must do from now on."""
        if interface.cloner and not self._module_destroys(interface.cloner[0]):
            functions = interface.cloner[1]
            message = (
                f"interface {interface.name} was made in stack {vnet} and is in another when that one is destroyed: "
                "it would go home to a stack that is gone; detach the cloner in a VNET_SYSUNINIT, which destroys it"
            )
            self._core.fault(Fault(Kind.LEFT_IN_VNET, functions[0].at, message, functions[0].holder, vnet))
        interface.home = interface.vnet

    def _module_destroys(self, file: LoadedFile) -> bool:
        """Whether some destructor of the module destroys interfaces by itself."""
        destructors = [s.function for s in file.module.sysinits if s.kind == "VNET_SYSUNINIT"]
        return any(file.footprints.calls(name, DESTROYS) for name in destructors)

    def _cloners_gone(self, file: LoadedFile, before: tuple[Handler, ...], vnet: int) -> None:
        """Detaching a cloner destroys every interface it made in its stack."""
        after = set(file.handlers())
        gone = [h for h in before if h.kind == "cloner" and h not in after]
        if not gone:
            return
        for interface in list(self.all.values()):
            if interface.cloner and interface.cloner[0] is file and set(interface.cloner[1]) & set(gone):
                way = "vnet shut down" if self._core.going(interface.vnet) else "cloner detached"
                self._destroy(interface, way, called=True)

    def _detached_twice(self, interface: Interface, way: str, others: Iterable[tuple[LoadedFile, str]]) -> None:
        for file in self._handlers.files():
            detaching = frozenset(e.function for e in file.module.entries if e.member == "dom_ifdetach" and file.linked)
            functions = [n for f, n in others if f is file] + self._departure(file)
            for count, function in _repeated(file, functions, detaching, 1):
                self._twice(count, function, way, interface)
            if way == "clone destroyed":
                for name in functions:
                    self._each_object(file, name, way, interface)
            for name in self._departure(file):
                self._once_more(file, name, way, interface)

    def _each_object(self, file: LoadedFile, function: str, way: str, interface: Interface) -> None:
        """One object must be detached once; a pair's destructor detaches two."""
        for argument in {c.arguments[:1] for c in file.footprints.calls(function, DETACHED)}:
            count = file.footprints.most(function, DETACHED, argument)
            if count.number > 1:
                self._twice(count, function, way, interface)

    def _once_more(self, file: LoadedFile, function: str, way: str, interface: Interface) -> None:
        """A handler of departures runs while its interface is being detached: it must not detach that one itself."""
        parameters = file.functions[function].parameters if function in file.functions else ()
        count = file.footprints.most(function, DETACHED, parameters[1:2])
        if count.number and parameters[1:2]:
            self._twice(count, function, way, interface)

    def _departure(self, file: LoadedFile) -> list[str]:
        """Handlers of departures, which run whichever way an interface goes."""
        return list(dict.fromkeys(h.function for h in file.handlers() if h.name == "ifnet_departure_event"))

    def _twice(self, count: Count, function: str, way: str, interface: Interface) -> None:
        message = (
            f"{function} takes {interface.name} out of its protocol once more when it is {way}: "
            "the kernel, or another function on this way, has done so"
        )
        at = count.places[-1].partition(" ")[0]
        self._core.fault(Fault(Kind.DETACHED_TWICE, at, message, "", interface.vnet, count.places))


def _repeated(
    file: LoadedFile, functions: Iterable[str], wanted: frozenset[str], already: int
) -> Iterator[tuple[Count, str]]:
    """Functions after which something has been done more than once."""
    done = already
    for function in functions:
        count = file.footprints.most(function, wanted)
        done += count.number
        if count.number and done > 1:
            yield count, function


def _reassigns(member: str) -> bool:
    return member == "if_reassign"
