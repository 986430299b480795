"""Rows as JSON: a list of objects."""

import json

import msgspec

from vport.patterns import later
from vport.row import Row

_BEYOND_ASCII = later(r"[^\n\x20-\x7e]")


def printable(text: str) -> str:
    """JSON with escapes for characters that do something on a terminal; they stand in strings only."""
    return _BEYOND_ASCII.sub(lambda m: m[0] if m[0].isprintable() else json.dumps(m[0])[1:-1], text)


def render(rows: list[Row]) -> str:
    """One object a variable, keys as the fields of `Row`."""
    return printable(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode()) + "\n"
