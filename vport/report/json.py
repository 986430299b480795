"""Rows as JSON: a list of objects."""

import msgspec

from vport.inventory import Row


def render(rows: list[Row]) -> str:
    """One object a variable, keys as the fields of `Row`."""
    return msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n"
