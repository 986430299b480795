"""The module model: what a C module declares and does, as far as its life in many network stacks goes.

A model is plain data.  `vport model` writes one as a Python file of these declarations, which a person may edit; the
interpreter executes it.  Places are texts, `file.c:12`, so that whatever is said about a model names a line of C.
"""

from typing import Union

import msgspec


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a branch hangs on.

    Arguments:
        text: as the source has it, spaces made one.
        op: `unknown`; `default-vnet` (IS_DEFAULT_VNET); `constant` (subject "0" or "1"); `equals` (subject and value:
            a module event's type, a local, an error code); `truth` (subject is not zero or NULL); `not`, `and`, `or`
            over `parts`.
        subject, value: of `equals`, `truth`, `constant`.
        parts: of `not`, `and`, `or`.
    """

    text: str
    op: str = "unknown"
    subject: str = ""
    value: str = ""
    parts: tuple["Condition", ...] = ()


class Set(msgspec.Struct, frozen=True, tag=True):
    """`CURVNET_SET(expression)`; `depth` counts the blocks around it, so that a set is known to belong to its block."""

    expression: str
    at: str
    depth: int = 0


class Restore(msgspec.Struct, frozen=True, tag=True):
    """`CURVNET_RESTORE()`."""

    at: str


class Access(msgspec.Struct, frozen=True, tag=True):
    """A variable of the module is read, written, or its address taken (`how`: read, write, address).

    `vnet` is the expression of the stack it is reached in by `VNET_VNET(vnet, x)`; empty for curvnet.
    `plain` says that a per-vnet variable is named without its accessor; `value` is `NULL` where that is written.
    """

    variable: str
    how: str
    at: str
    vnet: str = ""
    plain: bool = False
    value: str = ""


class Assign(msgspec.Struct, frozen=True, tag=True):
    """A local is given a value; `value` is the source's text."""

    target: str
    value: str
    at: str


class Call(msgspec.Struct, frozen=True, tag=True):
    """A call that is no event of its own: a function of the module, or one that leaves it.

    `result` is the local the value goes to, empty for none.  Accesses in the arguments come as events before it.
    """

    name: str
    arguments: tuple[str, ...]
    at: str
    result: str = ""


class Init(msgspec.Struct, frozen=True, tag=True):
    """A resource is set up: `kind` as in rules/resources.toml (mtx_init, uma_zcreate, ...).

    `holder` is the variable that holds it (the module's own name of it, without `V_`), or the text of another
    expression (`sc->sc_mtx`), which is then a resource of an object and not followed.
    """

    kind: str
    holder: str
    at: str
    arguments: tuple[str, ...] = ()


class Destroy(msgspec.Struct, frozen=True, tag=True):
    """A resource is given back; as Init."""

    kind: str
    holder: str
    at: str
    arguments: tuple[str, ...] = ()


class Register(msgspec.Struct, frozen=True, tag=True):
    """A function becomes a handler.

    Arguments:
        kind: entry kind of rules/contexts.toml: callout, task, eventhandler, netisr, pfil, ...
        function: the handler.
        at: the place.
        argument: text of what the handler is given.
        holder: variable or expression that names the registration (the callout, the tag, the cloner).
        name: what is registered on: an event's name, a cloner's name.
        call: the macro or function that registers.
        per_vnet: the registering function itself serves one stack only (pfil hooks, hhook with HHOOK_HEADISINVNET).
    """

    kind: str
    function: str
    at: str
    argument: str = ""
    holder: str = ""
    name: str = ""
    call: str = ""
    per_vnet: bool = False


class Unregister(msgspec.Struct, frozen=True, tag=True):
    """A handler is taken back: callout_drain, EVENTHANDLER_DEREGISTER, ..."""

    kind: str
    holder: str
    at: str
    call: str = ""
    function: str = ""


class Branch(msgspec.Struct, frozen=True, tag=True):
    """`if`, `?:` and the short-circuits that have events in them."""

    condition: Condition
    at: str
    then: tuple["Node", ...] = ()
    otherwise: tuple["Node", ...] = ()


class Loop(msgspec.Struct, frozen=True, tag=True):
    """A loop; `head` is its text, `condition` what ends it, `once` says that the body comes first (do ... while)."""

    head: str
    at: str
    body: tuple["Node", ...] = ()
    condition: Condition | None = None
    once: bool = False


class Foreach(msgspec.Struct, frozen=True, tag=True):
    """`VNET_FOREACH(iterator) body`."""

    iterator: str
    at: str
    body: tuple["Node", ...] = ()


class Arm(msgspec.Struct, frozen=True):
    """`case value: ...`; no value is `default:`; falls through to the next arm unless it leaves."""

    values: tuple[str, ...]
    body: tuple["Node", ...] = ()
    default: bool = False


class Switch(msgspec.Struct, frozen=True, tag=True):
    """`switch (subject)`."""

    subject: str
    at: str
    arms: tuple[Arm, ...] = ()


class Label(msgspec.Struct, frozen=True, tag=True):
    """`name:`; stands before what it labels, in any block."""

    name: str
    at: str


class Goto(msgspec.Struct, frozen=True, tag=True):
    """`goto name`."""

    name: str
    at: str


class Return(msgspec.Struct, frozen=True, tag=True):
    """`return value`."""

    value: str
    at: str


class Break(msgspec.Struct, frozen=True, tag=True):
    """`break`."""

    at: str


class Continue(msgspec.Struct, frozen=True, tag=True):
    """`continue`."""

    at: str


class Unread(msgspec.Struct, frozen=True, tag=True):
    """Source that could not be read; whatever runs through it is not known any more."""

    at: str
    why: str


class Scope(msgspec.Struct, frozen=True, tag=True):
    """A block with declarations of its own: `CURVNET_SET` in it belongs to it."""

    body: tuple["Node", ...] = ()


Node = Union[  # noqa: UP007 - a forward reference in the arms above needs a real Union for msgspec
    Set,
    Restore,
    Access,
    Assign,
    Call,
    Init,
    Destroy,
    Register,
    Unregister,
    Branch,
    Loop,
    Foreach,
    Switch,
    Label,
    Goto,
    Return,
    Break,
    Continue,
    Unread,
    Scope,
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
    """

    name: str
    at: str
    type: str = "int"
    per_vnet: bool = False
    initial: str = "zero"
    size: int = 0
    set_up: str = ""
    static: bool = True


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
    """A function of the module; `unread` says why its body is not known, empty when it is."""

    name: str
    at: str
    parameters: tuple[str, ...] = ()
    body: tuple[Node, ...] = ()
    unread: str = ""
    returns: str = "void"


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
    """One step of a scenario: `verb` as Kernel has it (boot, load, jail, ...), with its arguments."""

    verb: str
    arguments: tuple[str, ...] = ()


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
