"""Dialects: how a release spells what a port writes, and which one a tree speaks."""

import fnmatch
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from vport import rules
from vport.errors import UsageError

NAMES = ("freebsd-13", "freebsd-9")
"""Dialects that can be written, the default first."""


class Dialect(msgspec.Struct, frozen=True):
    """One dialect, from rules/dialects/NAME.toml.

    Arguments:
        name: of the dialect.
        text: templates of definitions, declarations and references.
        flag: the sysctl flag that marks per-vnet leaves, empty where a family of macros does.
        families: plain sysctl macro to its per-vnet form.
    """

    name: str
    text: dict[str, str]
    flag: str
    families: dict[str, str]

    def define(self, static: bool, type_text: str, declarator: str) -> str:
        """A definition, without value and semicolon."""
        return self.text["define_static" if static else "define"].format(type=type_text, declarator=declarator)

    def declare(self, type_text: str, declarator: str) -> str:
        """A declaration, without semicolon."""
        return self.text["declare"].format(type=type_text, declarator=declarator)

    def accessor(self, name: str) -> str:
        """What the `V_` macro of `name` expands to."""
        return self.text["accessor"].format(name=name)

    def reference(self, name: str) -> str:
        """The symbol of `name`, for static initialisers."""
        return self.text["reference"].format(name=name)


@cache
def load(name: str) -> Dialect:
    """The dialect called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in NAMES:
        raise UsageError(f"unknown dialect {name!r}; the known ones are {', '.join(NAMES)}")
    table = rules.load(f"dialects/{name}")
    sysctl = table["sysctl"]
    return Dialect(name, table["text"], sysctl["flag"], sysctl.get("families", {}))


def detect(files: Iterable[str], read: Callable[[str], bytes]) -> tuple[str, str]:
    """The dialect a tree's own headers speak, and the evidence.

    Arguments:
        files: names of the tree's files.
        read: gives the bytes of one.

    Returns:
        Name and a sentence; the newest dialect when no header tells.
    """
    names = list(files)
    for name in NAMES:
        for entry in rules.load(f"dialects/{name}")["detect"]:
            for file in names:
                if ("/" + file).endswith("/" + entry["file"]) and _matches(read(file).decode("latin-1"), entry):
                    return name, f"{file} defines what only {name} has"
    return NAMES[0], "no header of the tree tells; the newest is taken"


def _matches(text: str, entry: dict[str, Any]) -> bool:
    return all(re.search(p, text) for p in entry["with"]) and not any(re.search(p, text) for p in entry["without"])


class SysctlArguments(msgspec.Struct, frozen=True):
    """Indices of a sysctl macro's flags and pointer; -1 where it has none."""

    access: int
    pointer: int


@cache
def sysctl_arguments(macro: str) -> SysctlArguments | None:
    """Where `macro` keeps flags and pointer, or None when it is no sysctl macro that declares a leaf."""
    for pattern, entry in rules.load("sysctl")["sysctls"].items():
        if fnmatch.fnmatchcase(macro, pattern):
            found = SysctlArguments(entry.get("access", -1), entry.get("pointer", -1))
            return found if found.access >= 0 else None
    return None
