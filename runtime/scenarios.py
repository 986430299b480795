"""Lives to live through: those that come with the runtime, and a model's own."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import ScenarioError
from .kernel import Kernel
from .model import Action, Module, Scenario
from .vnets import DEFAULT

Steps = Callable[[Kernel, Module], None]
VERBS = (
    "boot", "load", "unload", "quiesce", "shutdown", "jail_create", "jail_destroy", "thread_create", "thread_attach",
    "interface_create", "interface_destroy", "interface_move", "packet_in", "packet_out", "socket_create",
    "socket_call", "socket_pass", "socket_close", "sysctl_read", "sysctl_write", "ioctl", "interface_ioctl", "tick",
    "run_tasks", "event", "low_memory",
)  # fmt: skip
SHORT = {
    "jail": "jail_create",
    "interface": "interface_create",
    "move": "interface_move",
    "packet": "packet_in",
    "socket": "socket_create",
    "tasks": "run_tasks",
}
"""Other words for verbs."""


def bring(kernel: Kernel, module: Module) -> None:
    """A running machine with the module, loaded if it can be."""
    if module.loadable:
        kernel.boot()
        kernel.load(module)
    else:
        kernel.boot(module)


def traffic(kernel: Kernel) -> None:
    """Everything a module can be asked while it serves: packets, sockets, devices, sysctls, timers, tasks, events."""
    for interface in _one_each(kernel):
        kernel.packet_in(interface)
    for interface in [i.name for i in kernel.interfaces.all.values() if i.peer is not None][:1]:
        kernel.packet_out(interface)
    for thread in list(kernel.threads):
        _calls(kernel, thread)
    kernel.tick()
    kernel.run_tasks()
    for event in sorted(e for e in kernel.handlers.known_events() if _ordinary(e)):
        kernel.event(event)


def _one_each(kernel: Kernel) -> list[str]:
    """An interface of each stack that has one; to a module those of one stack are alike."""
    return list({i.vnet: i.name for i in kernel.interfaces.all.values()}.values())


def _calls(kernel: Kernel, thread: int) -> None:
    """What a process of a jail does."""
    socket = kernel.socket_create(thread)
    kernel.socket_call(socket)
    for interface in kernel.interfaces.inside(kernel.sockets[socket].vnet):
        kernel.interface_ioctl(interface.name, socket)
    kernel.socket_close(socket)
    for member in ("d_open", "d_ioctl", "d_read", "d_write", "d_close"):
        kernel.ioctl(thread, member)
    for name in kernel.sysctls.names():
        kernel.sysctl_read(name, thread)
        kernel.sysctl_write(name, thread)


def _ordinary(event: str) -> bool:
    """Whether an event happens in normal life, and not because of something a scenario does anyway."""
    return bool(event) and not event.startswith(("kld_", "shutdown_", "ifnet_arrival", "ifnet_departure"))


def boot(kernel: Kernel, module: Module) -> None:
    """The module is part of the kernel; the machine boots, and a jail comes and goes."""
    kernel.boot(module)
    kernel.interface_create("physical")
    traffic(kernel)
    jail = kernel.jail_create()
    traffic(kernel)
    kernel.jail_destroy(jail)
    traffic(kernel)


def load(kernel: Kernel, module: Module) -> None:
    """Three jails are there when the module comes, one without a stack of its own."""
    kernel.boot(*(() if module.loadable else (module,)))
    jails = [kernel.jail_create(), kernel.jail_create(), kernel.jail_create(vnet=False)]
    for jail in jails:
        kernel.thread_create(jail)
    kernel.interface_create("physical")
    if module.loadable:
        kernel.load(module)
    traffic(kernel)


def jails(kernel: Kernel, module: Module) -> None:
    """Jails come and go under traffic; one lives on in a socket that another process holds."""
    bring(kernel, module)
    kernel.interface_create("physical")
    first, second = kernel.jail_create(), kernel.jail_create()
    thread = kernel.thread_create(first)
    _clones(kernel, *_stacks(kernel, first, second))
    traffic(kernel)
    socket = kernel.socket_create(thread)
    kernel.socket_pass(socket, 0)
    kernel.jail_destroy(first)
    kernel.socket_call(socket)
    kernel.socket_close(socket)
    traffic(kernel)
    third = kernel.jail_create(parent=second)
    traffic(kernel)
    kernel.jail_destroy(second)
    assert third not in kernel.jails.all
    traffic(kernel)
    kernel.low_memory()


def vmove(kernel: Kernel, module: Module) -> None:
    """Interfaces go to other stacks, are destroyed there, and return when a stack goes."""
    bring(kernel, module)
    first, second = kernel.jail_create(), kernel.jail_create()
    one, other = (_stacks(kernel, first, second) * 2)[:2] or [DEFAULT, DEFAULT]
    card = kernel.interface_create("physical")
    clone = kernel.interface_create("clone")
    pair = kernel.interface_create("epair")
    kernel.interface_move(card, one)
    kernel.interface_move(clone, one)
    kernel.interface_move(pair, other)
    traffic(kernel)
    kernel.interface_move(card, other)
    kernel.interface_destroy(clone)
    kernel.jail_destroy(second)
    traffic(kernel)
    kernel.jail_destroy(first)
    traffic(kernel)


def unload(kernel: Kernel, module: Module) -> None:
    """The module goes while stacks are there, comes back, and goes again."""
    bring(kernel, module)
    jail = kernel.jail_create()
    kernel.interface_create("physical")
    _clones(kernel, DEFAULT, *_stacks(kernel, jail))
    if not module.loadable or module.name not in kernel.files:
        return
    traffic(kernel)
    if kernel.unload(module):
        return
    traffic(kernel)
    if not kernel.load(module):
        kernel.jail_create()
        kernel.unload(module)
        traffic(kernel)


def failed_load(kernel: Kernel, module: Module) -> None:
    """MOD_LOAD fails where it can; what was done must be undone, and stacks live on."""
    kernel.boot()
    jail = kernel.jail_create()
    if module.loadable:
        kernel.load(module, fail=True)
    kernel.jail_create()
    kernel.jail_destroy(jail)
    traffic(kernel)


def shutdown(kernel: Kernel, module: Module) -> None:
    """The machine goes down: modules are told, destructors do not run."""
    bring(kernel, module)
    kernel.jail_create()
    traffic(kernel)
    kernel.event("shutdown_pre_sync")
    kernel.event("shutdown_post_sync")
    kernel.event("shutdown_final")
    kernel.shutdown()


BUNDLED: Mapping[str, Steps] = {
    "boot": boot,
    "load": load,
    "jails": jails,
    "vmove": vmove,
    "unload": unload,
    "failed-load": failed_load,
    "shutdown": shutdown,
}
"""Scenarios by name; the first line of a function's documentation says what happens."""


def names(module: Module) -> list[str]:
    """Names of all scenarios there are for a module: the bundled ones, then its own."""
    return [*BUNDLED, *(s.name for s in module.scenarios if s.name not in BUNDLED)]


def run(module: Module, name: str, release: str = "13", vimage: bool = True, others: Iterable[Module] = ()) -> Kernel:
    """Live through a scenario in a kernel of its own; one of the model's own hides a bundled one of its name.

    Arguments:
        module: the module.
        name: of the scenario.
        release: of the kernel.
        vimage: whether it has the option VIMAGE.
        others: modules it may depend on.

    Raises:
        ScenarioError: if there is no such scenario, or it names something that does not exist.
        ModelError: if the module cannot be run by this release.
    """
    kernel = Kernel(release, vimage)
    live(kernel, module, name, others)
    return kernel


def live(kernel: Kernel, module: Module, name: str, others: Iterable[Module] = ()) -> None:
    """Live through a scenario in a kernel that was just made; arguments and errors as those of `run`."""
    kernel.provide(*others, module)
    own = {s.name: s for s in module.scenarios}
    if name in own:
        perform(kernel, module, own[name])
    elif name in BUNDLED:
        BUNDLED[name](kernel, module)
    else:
        raise ScenarioError("", f"there is no scenario {name!r}: choose one of {', '.join(names(module))}")
    kernel.finish()


def perform(kernel: Kernel, module: Module, scenario: Scenario) -> None:
    """Do what a model's own scenario says.

    Raises:
        ScenarioError: that names the scenario and the action that cannot be done.
    """
    kernel.provide(module)
    for number, action in enumerate(scenario.actions, 1):
        place = f"scenario {scenario.name}, action {number} ({action.verb})"
        try:
            _do(kernel, module, action)
        except ScenarioError as error:
            raise ScenarioError(": ".join(filter(None, (action.at, place, error.at))), error.message) from None


def _do(kernel: Kernel, module: Module, action: Action) -> None:
    verb = SHORT.get(action.verb, action.verb)
    if verb not in VERBS:
        raise ScenarioError("", f"there is no action {action.verb!r}: use one of {', '.join(sorted(VERBS))}")
    method = getattr(kernel, verb)
    given = action.arguments
    if verb in ("load", "unload", "quiesce") and (not given or "=" in given[0]):
        given = (module.name, *given)
    args, named = _converted(method, given)
    method(*args, **named)


def _converted(method: Callable[..., object], given: Iterable[str]) -> tuple[list[Any], dict[str, Any]]:
    """Texts as the values that the parameters of a method take; `name=value` gives one by its name."""
    parameters = dict(inspect.signature(method).parameters)
    kinds = [p.kind for p in parameters.values()]
    names_ = list(parameters)
    args: list[Any] = []
    named: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if equals and name in parameters:
            named[name] = _value(name, parameters[name], value)
            continue
        position = min(len(args), len(names_) - 1)
        if position < 0 or (len(args) >= len(names_) and kinds[position] is not inspect.Parameter.VAR_POSITIONAL):
            raise ScenarioError("", f"{text!r} is one argument too many: it takes {', '.join(names_) or 'none'}")
        if kinds[position] is inspect.Parameter.KEYWORD_ONLY:
            position = 0
        args.append(_value(names_[position], parameters[names_[position]], text))
    missing = [n for n, p in parameters.items() if p.default is p.empty and n not in named and _needed(p)][len(args) :]
    if missing:
        raise ScenarioError("", f"{', '.join(missing)} is missing: give a value for it")
    return args, named


def _needed(parameter: inspect.Parameter) -> bool:
    return parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD


def _value(name: str, parameter: inspect.Parameter, text: str) -> Any:
    if parameter.annotation is bool:
        if text.lower() in ("true", "1", "yes", "false", "0", "no"):
            return text.lower() in ("true", "1", "yes")
        raise ScenarioError("", f"{name} is {text!r}: write True or False")
    if parameter.annotation is int:
        if text.isdecimal():
            return int(text)
        raise ScenarioError("", f"{name} is {text!r}: write a number")
    return text


def _clones(kernel: Kernel, *stacks: int) -> None:
    """An interface of the module's cloner in each stack that has it."""
    for stack in stacks:
        if kernel.interfaces.cloned(stack):
            kernel.interface_create("clone", stack)


def _stacks(kernel: Kernel, *jails_: int) -> list[int]:
    """The stacks of some jails that have one of their own."""
    return [kernel.jails[j].vnet for j in jails_ if kernel.jails[j].own]
