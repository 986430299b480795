"""What the rules and a tree's own macros tell the reader of C."""

from collections.abc import Mapping

import msgspec


class Reading(msgspec.Struct, frozen=True):
    """What the reader has to know besides the bytes.

    Arguments:
        kinds: macro name to kind.
        definers: macro name to the storage class it declares with.
        attributes: names of macros that vanish.
        parameters: names that a parameter-list macro declares.
        loops: loop heads that declare one of their arguments, and which.
    """

    kinds: Mapping[bytes, str]
    definers: Mapping[str, str]
    attributes: frozenset[bytes]
    parameters: Mapping[bytes, tuple[str, ...]] = {}
    loops: Mapping[bytes, int] = {}
