"""What rules/contexts.toml says: which calls, tables and macros register handlers, and what those find in curvnet."""

from collections.abc import Mapping

import msgspec

from vport import rules
from vport.globs import fits


class Entry(msgspec.Struct, frozen=True):
    """A kind of entry point.

    Arguments:
        kind: `callout`, `task`, ...
        context: `vnet`, `inherited`, `thread` or `none`.
        param: index of the handler's parameter that receives the registered argument; -1 for none.
        iterate: whether the handler serves all stacks.
        lock: how the list of stacks is held while a handler iterates.
    """

    kind: str
    context: str
    param: int = -1
    iterate: bool = False
    lock: str = "sleep"


RESULT = -2
"""Index that stands for what a call is assigned to."""


class Form(msgspec.Struct, frozen=True):
    """How a call registers: indices of its arguments, -1 for none; `paste` and `key` are texts with `{n}` for them."""

    entry: Entry
    handlers: tuple[int, ...] = ()
    argument: int = -1
    object: int = -1
    name: int = -1
    paste: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    key: tuple[str, ...] = ()


@rules.derived
def _tables() -> dict[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = rules.load("contexts")["entry"]
    return loaded


@rules.derived
def entry_of(kind: str) -> Entry:
    """The entry of a kind as rules/contexts.toml describes it."""
    table = _tables()[kind]
    return Entry(
        kind,
        str(table["context"]),
        int(table.get("param", -1)),  # type: ignore[call-overload]
        bool(table.get("iterate", False)),
        str(table.get("lock", "sleep")),
    )


@rules.derived
def forms() -> dict[str, Form]:
    """Registering calls by name."""
    found: dict[str, Form] = {}
    for kind, table in _tables().items():
        calls: Mapping[str, dict[str, object]] = table.get("calls", {})  # type: ignore[assignment]
        for name, says in calls.items():
            found[name] = _form(entry_of(kind), says)
    return found


def _form(entry: Entry, says: Mapping[str, object]) -> Form:
    handler = says.get("handler", ())
    handlers = tuple(handler) if isinstance(handler, (list, tuple)) else (handler,)
    return Form(
        entry,
        handlers,
        int(says.get("arg", -1)),  # type: ignore[call-overload]
        RESULT if says.get("object") == "result" else int(says.get("object", -1)),  # type: ignore[call-overload]
        int(says.get("name", -1)),  # type: ignore[call-overload]
        tuple(says.get("paste", ())),  # type: ignore[arg-type]
        key=tuple(says.get("key", ())),  # type: ignore[arg-type]
    )


@rules.derived
def members() -> dict[str, Entry]:
    """Entries by the member a function is stored in."""
    return {
        member: entry_of(kind)
        for kind, table in _tables().items()
        for member in table.get("members", ())  # type: ignore[attr-defined]
    }


@rules.derived
def harmless() -> frozenset[str]:
    """Handlers of the kernel that reach nothing of a stack."""
    return frozenset(rules.load("contexts")["needs"]["harmless"])


@rules.derived
def waiting() -> frozenset[str]:
    """Calls that wait for an event."""
    return frozenset(rules.load("contexts")["locks"]["wait"])


@rules.derived
def heads() -> dict[str, Entry]:
    """Entries by the macro that heads the function's definition."""
    return {
        macro: entry_of(kind)
        for kind, table in _tables().items()
        for macro in table.get("heads", ())  # type: ignore[attr-defined]
    }


@rules.derived
def positional() -> dict[str, tuple[int, Entry]]:
    """Types of tables that hold a handler, with its position."""
    return {
        name: (index, entry_of(kind))
        for kind, table in _tables().items()
        for name, index in table.get("positional", {}).items()  # type: ignore[attr-defined]
    }


def named_context(entry: Entry, event: str) -> Entry:
    """`entry` with the context that the invoker of `event` guarantees."""
    names: dict[str, str] = _tables()[entry.kind].get("names", {})  # type: ignore[assignment]
    for pattern, context in names.items():
        if fits(event, pattern):
            return msgspec.structs.replace(entry, context=context)
    return entry


def at_boot(entry: Entry, when: str) -> Entry:
    """What `entry` is for the place of its registration in the order of a boot, as `Orders.at_boot` names places."""
    others: dict[str, str] = _tables()[entry.kind].get("boot", {})  # type: ignore[assignment]
    return entry_of(others[when]) if when in others else entry
