"""The part of a plan that says which structures keep the vnet of their objects."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from vport.errors import UsageError
from vport.life.objects import Object

DECISIONS = ("store", "leave")
_KEYS = {"tag": str, "file": str, "member": str, "decision": str, "why": list, "note": str}


class ObjectEntry(msgspec.Struct, frozen=True):
    """One decision: `store` gives `struct tag` the member, `leave` does not."""

    tag: str
    member: str
    decision: str


def parse_objects(path: str, raw: Any) -> list[ObjectEntry]:
    """Read the `[[object]]` entries.

    Raises:
        UsageError: unknown keys, wrong types, or a decision that is none.
    """
    if not isinstance(raw, list) or not all(isinstance(r, dict) for r in raw):
        raise UsageError(f"{path}: `object` must be a list of tables, written [[object]]")
    return [_entry(path, number, one) for number, one in enumerate(raw, 1)]


def _entry(path: str, number: int, raw: Mapping[str, Any]) -> ObjectEntry:
    where = f"{path}: [[object]] number {number}"
    for key, value in raw.items():
        if key not in _KEYS:
            raise UsageError(f"{where}: unknown key `{key}`; an entry has {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise UsageError(f"{where}: `{key}` must be a {_KEYS[key].__name__}, not {value!r}")
    for key in ("tag", "member", "decision"):
        if key not in raw:
            raise UsageError(f"{where}: `{key}` is missing; an entry names a structure, its member and a decision")
    if not raw["member"].isidentifier() or not raw["tag"].isidentifier():
        raise UsageError(f"{where}: `tag` and `member` must be names of C, not {raw['tag']!r} and {raw['member']!r}")
    if raw["decision"] not in DECISIONS:
        raise UsageError(f"{where}: decision {raw['decision']!r} is none of {', '.join(DECISIONS)}")
    return ObjectEntry(raw["tag"], raw["member"], raw["decision"])


def stored(entries: Iterable[ObjectEntry]) -> dict[str, str]:
    """Members to be written, by tag."""
    return {e.tag: e.member for e in entries if e.decision == "store"}


def object_block(found: Object, file: str) -> str:
    """The text of a new entry."""
    why = ", ".join(f'"{w}"' for w in found.why)
    return (
        f'\n[[object]]\ntag = "{found.tag}"\nfile = "{file}"\nmember = "{found.member}"\ndecision = "store"\n'
        f'why = [{why}]\nnote = ""\n'
    )
