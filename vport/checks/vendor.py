"""A vendor's own calls, as `[check.entries]` and `[check.resources]` name them, in the words of the rule files."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from vport import rules
from vport.errors import UsageError
from vport.patterns import later

Index = int | Literal["result"]
_CALL = later(r"\s*(\w+)\s*\((.*)\)\s*;?\s*\Z", re.DOTALL)


class Registering(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A call that registers a handler, by indices of its arguments, as in rules/contexts.toml.

    Arguments:
        handler: the function.
        arg: what the handler is given.
        object: what is scheduled, `result` for what the call is assigned to.
    """

    handler: int
    arg: int = -1
    object: Index = -1


class Stopping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A call that takes a handler back: index of what was scheduled, or of the function."""

    object: int = -1
    function: int = -1


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A kind of entry point: one of rules/contexts.toml that gets more calls, or a new one, which needs its context.

    Arguments:
        calls: that register a handler.
        stops: that take it back.
        members: of structures that handlers are stored in.
        context: what the handler finds in curvnet.
        param: index of the parameter that receives `arg`.
    """

    calls: dict[str, Registering] = {}
    stops: dict[str, Stopping] = {}
    members: tuple[str, ...] = ()
    context: Literal["vnet", "inherited", "thread", "none", ""] = ""
    param: int = -1


class Resource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that sets a resource up: what holds it, and the call that gives it back, with `{0}` for the holder."""

    object: Index
    release: str


def tables(entries: Mapping[str, Kind], resources: Mapping[str, Resource], where: str) -> dict[str, Any]:
    """Tables to lay over the rules.

    Arguments:
        entries: kinds of entry points by name.
        resources: by the call that sets one up.
        where: the file, for messages.

    Raises:
        UsageError: a kind that vport does not know has no context, or a release is no call with `{0}`.
    """
    known = rules.plain("contexts")["entry"]
    kinds = {name: _kind(name, kind, name in known, where) for name, kind in entries.items()}
    stops = {call: _stop(name, s) for name, kind in entries.items() for call, s in kind.stops.items()}
    given_back = dict(_released(name, one, where) for name, one in resources.items())
    return {
        "contexts": {"entry": kinds},
        "externals": {"unregister": stops},
        "resources": {"init": msgspec.to_builtins(resources), "release": given_back},
    }


def _kind(name: str, kind: Kind, known: bool, where: str) -> dict[str, Any]:
    if not known and not kind.context:
        raise UsageError(
            f"{where}: [check.entries.{name}]: a new kind of entry point needs its context: "
            'vnet, inherited, thread or none; say context = "none" if handlers run without a stack'
        )
    table: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(kind).items() if k != "stops" and v not in ("", -1)}
    return table


def _stop(kind: str, one: Stopping) -> dict[str, Any]:
    return {"kind": kind} | {k: v for k, v in (("holder", one.object), ("function", one.function)) if v >= 0}


def _released(name: str, one: Resource, where: str) -> tuple[str, int]:
    """The call that gives a resource back, and which of its arguments is the resource."""
    call = _CALL.match(one.release)
    arguments = call[2].split(",") if call else []
    at = next((i for i, text in enumerate(arguments) if "{0}" in text), -1)
    if call is None or at < 0:
        raise UsageError(
            f"{where}: [check.resources] {name}: release = {one.release!r} is no call that is given the resource; "
            f'write it as "{name.rpartition("_")[0] or name}_destroy({{0}});"'
        )
    return call[1], at
