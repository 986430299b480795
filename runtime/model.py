"""The module model: what a C module declares and does, as far as its life in many network stacks goes.

A model is plain data.  `vport model` writes one as a Python file of these declarations, which a person may edit; the
interpreter executes it.  Places are texts, `file.c:12`, so that whatever is said about a model names a line of C.
"""

import msgspec

from .nodes import (
    Access,
    Arm,
    Assign,
    Base,
    Branch,
    Break,
    Call,
    Condition,
    Continue,
    Destroy,
    Enroll,
    Foreach,
    Goto,
    Init,
    Label,
    Loop,
    Node,
    Register,
    Restore,
    Return,
    Scope,
    Set,
    Switch,
    Unread,
    Unregister,
)

__all__ = [
    "Access",
    "Action",
    "Arm",
    "Assign",
    "Base",
    "Branch",
    "Break",
    "Call",
    "Condition",
    "Continue",
    "Depend",
    "Destroy",
    "Enroll",
    "Entry",
    "External",
    "Foreach",
    "Function",
    "Goto",
    "Init",
    "Label",
    "Loop",
    "Module",
    "ModuleEvent",
    "Node",
    "Pin",
    "Register",
    "Restore",
    "Return",
    "Scenario",
    "Scope",
    "Set",
    "Switch",
    "Sysctl",
    "Sysinit",
    "Unread",
    "Unregister",
    "Variable",
    "VnetModule",
]


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of the module's state.

    Arguments:
        name: in C, without `V_`; a function's static is `function.name`.
        at: its definition.
        type: as written.
        per_vnet: every stack has its own.
        initial: `zero`, `constant`, `address` (holds an address), `self` (its own), `virtual` (of a per-vnet one).
        size: bytes it takes in set_vnet, 0 when unknown.
        set_up: kinds of set-up it needs before its first use, by its type: `lock`, `queue`, `zone`, `callout`, ...
        static: whether its file alone sees it.
        container: the structure it is a member of, which a base pointer of that name leads to; empty for none.
    """

    name: str
    at: str
    type: str = "int"
    per_vnet: bool = False
    initial: str = "zero"
    size: int = 0
    set_up: str = ""
    static: bool = True
    container: str = ""


class Sysinit(msgspec.Struct, frozen=True, omit_defaults=True):
    """`SYSINIT`, `SYSUNINIT`, `VNET_SYSINIT` or `VNET_SYSUNINIT` (`kind`), and what expands to one.

    `subsystem` and `order` are the source's texts (`SI_SUB_PSEUDO`, `SI_ORDER_ANY - 1`); numbers come from the release.
    A lock's MTX_SYSINIT has `holder` and no function: the lock is set up, or destroyed, at that slot.
    """

    kind: str
    name: str
    subsystem: str
    order: str
    at: str
    function: str = ""
    argument: str = ""
    holder: str = ""
    resource: str = ""


class ModuleEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """`DECLARE_MODULE`: the module's event handler and its slot; an empty handler is the kernel's default one."""

    name: str
    handler: str
    subsystem: str
    order: str
    at: str


class VnetModule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `struct vnet_modinfo` of the containers of 2009, VNET_MOD_DECLARE.

    Arguments:
        name: in lower case.
        symbol: the structure in C, which registers.
        identifier: `VNET_MOD_FROB`.
        at: the place.
        number: what the identifier is, -1 if that is not known.
        depends: identifier of the module that must be registered before, its own or empty for none.
        attach, detach: run for every stack; empty for none.
        container: the structure that every stack has one of, empty if the module has no storage.
        elsewhere: place in another module of the tree that declares what it depends on; empty if none does.
        rival: place in another module of the tree, and the identifier that has the same number there; empty if none.
    """

    name: str
    symbol: str
    identifier: str
    at: str
    number: int = -1
    depends: str = ""
    attach: str = ""
    detach: str = ""
    container: str = ""
    elsewhere: str = ""
    rival: str = ""


class Depend(msgspec.Struct, frozen=True):
    """`MODULE_DEPEND(module, on, ...)`."""

    module: str
    on: str
    at: str


class Sysctl(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sysctl leaf.

    Arguments:
        name: of the leaf, with its parent as far as the source says: `_net_inet_ip.ttl`.
        at: the place.
        variable: whose address it is given; empty for none.
        handler: of a SYSCTL_PROC.
        vnet: whether CTLFLAG_VNET is set.
        named: whether the address is `&VNET_NAME(x)`.
        writable: whether it can be written.
        tunable: whether a tunable fills it.
        inside: the function that adds it at run time (SYSCTL_ADD_*), empty for a static leaf.
    """

    name: str
    at: str
    variable: str = ""
    handler: str = ""
    vnet: bool = False
    named: bool = False
    writable: bool = False
    tunable: bool = False
    inside: str = ""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A function that the kernel calls through a table of the source: cdevsw, protosw, a sysctl handler, ...

    `context` is what the framework guarantees (`vnet`, `inherited`, `thread`, `none`), `member` where it is stored.
    """

    kind: str
    function: str
    at: str
    context: str = "none"
    member: str = ""
    table: str = ""


class Function(msgspec.Struct, frozen=True, omit_defaults=True):
    """A function of the module; `unread` says why its body is not known, empty when it is.

    `exported` says that files outside the module name it, so that they may run it.
    """

    name: str
    at: str
    parameters: tuple[str, ...] = ()
    body: tuple[Node, ...] = ()
    unread: str = ""
    returns: str = "void"
    exported: bool = False


class External(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call that leaves the module.

    Arguments:
        name: of the function or macro.
        known: whether anything is known of it; what is not known taints the verdict of what runs through it.
        needs_vnet: whether it reads per-vnet state of the kernel, so that curvnet must be set.
        returns: `zero`, `value`, `either`: what a caller's test sees.
        does: events that happen in it, for a person to fill in.
        why: where the knowledge is from.
    """

    name: str
    known: bool = False
    needs_vnet: bool = False
    returns: str = "either"
    does: tuple[Node, ...] = ()
    why: str = ""


class Pin(msgspec.Struct, frozen=True):
    """A person's word on a branch: the condition whose text is `text` in `function` is `value`."""

    function: str
    text: str
    value: bool


class Action(msgspec.Struct, frozen=True):
    """One step of a scenario: `verb` as Kernel has it (boot, load, jail, ...), with its arguments.

    `at` is its place in a model file, which reading the file fills in.
    """

    verb: str
    arguments: tuple[str, ...] = ()
    at: str = ""


class Scenario(msgspec.Struct, frozen=True):
    """A named list of actions."""

    name: str
    actions: tuple[Action, ...]


class Module(msgspec.Struct, frozen=True, omit_defaults=True):
    """A module: what it declares, and its functions.

    Arguments:
        name: of the module, for messages and for `load`.
        files: it was read from.
        loadable: whether it can come by kldload; otherwise it is part of the kernel only.
        vnet_modules: of the containers of 2009.
        resources: calls, beyond those of rules/resources.toml, that set up what must be given back.
    """

    name: str
    files: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    sysinits: tuple[Sysinit, ...] = ()
    events: tuple[ModuleEvent, ...] = ()
    depends: tuple[Depend, ...] = ()
    sysctls: tuple[Sysctl, ...] = ()
    entries: tuple[Entry, ...] = ()
    functions: tuple[Function, ...] = ()
    externals: tuple[External, ...] = ()
    pins: tuple[Pin, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    loadable: bool = True
    resources: tuple[str, ...] = ()
    vnet_modules: tuple[VnetModule, ...] = ()
