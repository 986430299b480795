"""What a function of a model does: control flow, and on it in order what matters of a stack's life."""

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
    `member` is what of the variable is reached, no pointer followed: `.lock`, `[].lock`; empty for the whole of it.
    """

    variable: str
    how: str
    at: str
    vnet: str = ""
    plain: bool = False
    value: str = ""
    member: str = ""


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


class Base(msgspec.Struct, frozen=True, tag=True):
    """`INIT_VNET_FROB(expression)`: the base pointer of a container, for the stack that the expression is."""

    container: str
    expression: str
    at: str


class Enroll(msgspec.Struct, frozen=True, tag=True):
    """`vnet_mod_register(&symbol)` and its kin: a module of containers registers, or is taken back (`down`).

    `argument` and `name` are those of the _multi forms, which are given both or none.
    """

    symbol: str
    at: str
    argument: str = ""
    name: str = ""
    down: bool = False


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
    Base,
    Enroll,
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
