"""Modules of the containers of 2009: what registers, waits for another, and is made for every stack.

See sys/kern/kern_vimage.c of the spring of 2009: `vnet_mod_register_multi`, `vnet_mod_complete_registration`,
`vnet_mod_deregister_multi`, `vnet_mod_constructor`, `vnet_mod_destructor`, `vi_init_done`.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from .calls import Core, LoadedFile
from .expressions import constant
from .faults import Fault, OldKind
from .host import Value
from .model import VnetModule
from .tables import table
from .worlds import SHARED, Handler, Key, Life, World, merge

MODULE, WAITING = "vnet-module", "vnet-module-waiting"
"""Kinds of handlers: of a module that is registered, and of one whose dependency is not."""

DOMAIN = "vnet_domain_modinfo"
"""The kernel's own module that every domain registers with, which runs the domain's protocols for each stack."""

MOST = 64
"""VNET_MOD_MAX: identifiers are indices of a table of that size in every stack."""


@lru_cache(maxsize=1)
def kernels_own() -> frozenset[str]:
    """Identifiers of modules that every kernel of 2009 has and registers before others."""
    return frozenset(table("externals")["containers"]["kernel"])


def handler_of(module: VnetModule, at: str, argument: str, name: str, *, waiting: bool = False) -> Handler:
    """The registration of a module, as worlds keep it."""
    kind = WAITING if waiting else MODULE
    return Handler(kind, module.attach, at, module.symbol, SHARED, SHARED, argument, SHARED, module.identifier, name)


def same(one: Handler, symbol: str, argument: str) -> bool:
    """Whether a registration is that of a module with an argument: several may differ in that alone."""
    return one.kind in (MODULE, WAITING) and one.holder == symbol and one.argument == argument


def container(module: VnetModule, vnet: int) -> Key:
    """A stack's instance of what a module has for each of them."""
    return module.container, vnet


def allocated(world: World, module: VnetModule, vnet: int) -> World:
    """The world in which a stack has the module's container, zeroed."""
    if not module.container:
        return world
    return world.with_life(container(module, vnet), Life("live", module.at, "vnet_mod_register"))


def freed(world: World, module: VnetModule, vnet: int) -> World:
    """The world in which it has not any more."""
    if not module.container:
        return world
    return world.with_life(container(module, vnet), Life("dead", module.at, "vnet_mod_deregister"))


class Containers:
    """The kernel's list of modules, in the order in which they registered, and those that wait.

    Arguments:
        core: the kernel's inside.
        domain: runs what sets up (`constructor`) or tears down (`destructor`) the protocols of a file.
    """

    def __init__(self, core: Core, domain: Callable[[LoadedFile, str], None]) -> None:
        self._core = core
        self._domain = domain
        self._listed: list[tuple[LoadedFile, Handler]] = []
        core.after_call.append(self._called)
        core.enrolled = self.enrolled

    def enrolled(self) -> frozenset[str]:
        """Identifiers of the modules that are registered, those of the kernel's own among them.

        One that a module of a file declares is not the kernel's own, whatever it is called.
        """
        declared = {m.identifier for f in self._core.files.values() for m in f.module.vnet_modules}
        return (kernels_own() - declared) | {handler.name for _, handler in self._listed}

    def _called(self, file: LoadedFile, before: tuple[Handler, ...], curvnet: int) -> None:
        """A function of a module has run: note what it registered or took back, and let others go on that waited."""
        after = [h for h in file.handlers() if h.kind == MODULE]
        self._listed = [(f, h) for f, h in self._listed if f is not file or h in after or h.holder == DOMAIN]
        known = [h for f, h in self._listed if f is file]
        self._listed += [(file, h) for h in after if h not in known]
        if len(after) != len([h for h in before if h.kind == MODULE]):
            self._let_go_on(file)

    def _let_go_on(self, changed: LoadedFile) -> None:
        """Modules of other files whose dependency is there now."""
        for file in [f for f in self._core.files.values() if f is not changed]:
            for handler in [h for h in file.handlers() if h.kind == WAITING]:
                module = declared_as(file, handler.holder)
                if module is not None and module.depends in self.enrolled():
                    self._complete(file, handler, module)

    def _complete(self, file: LoadedFile, waiting: Handler, module: VnetModule) -> None:
        done = handler_of(module, waiting.at, waiting.argument, waiting.call)
        file.worlds = merge(
            w.without_handlers([waiting]).with_handler(done) if waiting in w.handlers else w for w in file.worlds
        )
        self._core.note("vnet", f"{module.name} waits no more: {module.depends} is there", waiting.at)
        self._listed.append((file, done))
        for vnet in self._core.stacks():
            self._make(file, done, module, vnet)
        self._let_go_on(file)

    def add_domain(self, file: LoadedFile, at: str, name: str) -> None:
        """DOMAIN_SET where no macro says that it is for each stack: the kernel registers it for all (2009)."""
        handler = Handler(MODULE, "", at, DOMAIN, SHARED, SHARED, name, SHARED, "VNET_MOD_DOMAIN", name)
        self._listed.append((file, handler))
        for vnet in self._core.stacks():
            self._protocols(file, vnet, "constructor")

    def _protocols(self, file: LoadedFile, vnet: int, what: str) -> None:
        with self._core.thread.within(vnet):
            self._domain(file, what)

    def construct(self, vnet: int) -> None:
        """A new stack: every registered module, in the order in which they registered."""
        for file, handler in tuple(self._listed):
            module = declared_as(file, handler.holder)
            if module is not None:
                self._make(file, handler, module, vnet)
            elif handler.holder == DOMAIN:
                self._protocols(file, vnet, "constructor")

    def destruct(self, vnet: int) -> None:
        """A dying stack: the newest registration first."""
        for file, handler in reversed(tuple(self._listed)):
            module = declared_as(file, handler.holder)
            if module is not None:
                self._run(file, module.detach, handler, vnet, "destructor")
                file.worlds = merge(freed(w, module, vnet) for w in file.worlds)
            elif handler.holder == DOMAIN:
                self._protocols(file, vnet, "destructor")

    def _make(self, file: LoadedFile, handler: Handler, module: VnetModule, vnet: int) -> None:
        file.worlds = merge(allocated(w, module, vnet) if handler in w.handlers else w for w in file.worlds)
        self._run(file, module.attach, handler, vnet, "constructor")

    def _run(self, file: LoadedFile, function: str, handler: Handler, vnet: int, what: str) -> None:
        if not function:
            return
        value = Value(handler.argument or "NULL", SHARED, constant(handler.argument or "NULL"))
        with self._core.thread.within(vnet):
            self._core.call(file, function, (value,), what=what, at=handler.at, keep=("zero", "value", "error"))

    def boot_done(self) -> None:
        """SI_SUB_VIMAGE_DONE: nobody may wait any more; later ones may, for ever."""
        for file in self._core.files.values():
            for handler in file.handlers():
                module = declared_as(file, handler.holder) if handler.kind == WAITING else None
                if module is not None:
                    self._core.fault(self._left(file, handler, module))

    def _left(self, file: LoadedFile, handler: Handler, module: VnetModule) -> Fault:
        message = (
            f"{module.name} waits for {module.depends}, which has not registered when boot is done: the kernel panics. "
            "Register that module, or depend on one that is there"
        )
        sure = all(handler in w.handlers for w in file.worlds)
        lines = (f"{module.at} {module.identifier} depends on {module.depends}",)
        return Fault(OldKind.WAITS, handler.at, message, module.container, lines=lines, sure=sure)

    def gone(self, file: LoadedFile) -> None:
        """A file is unloaded: what it left registered has no code any more; nobody takes a domain back."""
        for _, handler in [(f, h) for f, h in self._listed if f is file and h.holder != DOMAIN]:
            message = (
                f"{handler.holder} is still registered when its module is unloaded: the next stack runs code that is "
                "gone. Take it back by vnet_mod_deregister() on MOD_UNLOAD or in a SYSUNINIT"
            )
            self._core.fault(
                Fault(OldKind.LEFT, handler.at, message, sure=all(handler in w.handlers for w in file.worlds))
            )
        self._listed = [(f, h) for f, h in self._listed if f is not file]

    def numbers(self, file: LoadedFile) -> Iterator[Fault]:
        """Identifiers of a file that are out of range, or another's."""
        taken = {m.number: m for f in self._core.files.values() if f is not file for m in f.module.vnet_modules}
        for module in file.module.vnet_modules:
            other = taken.setdefault(module.number, module)
            if module.number >= MOST:
                message = (
                    f"{module.identifier} is {module.number}, and a stack has room for {MOST} modules: "
                    "choose a number below that"
                )
                yield Fault(OldKind.NUMBER, module.at, message, module.container)
            elif other is not module and module.number >= 0 and other.identifier != module.identifier:
                yield _taken(module, other.identifier, f"{other.at} {other.symbol}")
            elif module.rival:
                yield _taken(module, module.rival.partition(" ")[2], module.rival)


def _taken(module: VnetModule, other: str, where: str) -> Fault:
    message = (
        f"{module.identifier} and {other} are both {module.number}: the container of one takes the place of the "
        "other's. Choose another number"
    )
    return Fault(OldKind.NUMBER, module.at, message, module.container, lines=(where,))


def declared_as(file: LoadedFile, symbol: str) -> VnetModule | None:
    """What a vnet_modinfo of a file says."""
    return next((m for m in file.module.vnet_modules if m.symbol == symbol), None)
