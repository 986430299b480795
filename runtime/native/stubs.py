"""Names that nobody defines, and a C file that does: functions that say they were called, data that is zero."""

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from .toolchain import tool

_UNDEFINED = re.compile(r"undefined (?:reference to [`']|symbol: )([A-Za-z_]\w*)")
_RELOCATION = re.compile(r"^[0-9a-f]+\s+[0-9a-f]+\s+(R_\w+)\s+[0-9a-f]+\s+([A-Za-z_]\w*)")
_SECTION = re.compile(r"Relocation section '\.rela?(\S*)'")
_CALLS = re.compile(r"PLT|CALL|JUMP")
DATA_SIZE = 4096
"""Bytes of a stub for data; a structure of the kernel that nobody knows is not larger."""


def undefined(said: str) -> list[str]:
    """Names that a linker misses, out of its words."""
    return sorted(set(_UNDEFINED.findall(said)))


def data(names: Iterable[str], objects: Sequence[Path]) -> set[str]:
    """Those of some names that are data: code takes their address, and nothing calls them."""
    words = [tool("readelf"), "-rW", *map(str, objects)]
    said = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False).stdout
    uses: dict[str, set[str]] = {}
    section = ""
    for line in said.splitlines():
        head = _SECTION.search(line)
        match = _RELOCATION.match(line)
        section = head.group(1) if head else section
        if match and not section.startswith(".debug"):
            uses.setdefault(match.group(2), set()).add("call" if _CALLS.search(match.group(1)) else section)
    return {n for n in names if (used := uses.get(n)) and "call" not in used and any(".text" in s for s in used)}


def source(names: Iterable[str], zero: Iterable[str] = ()) -> str:
    """C that defines names: those of `zero` as data."""
    blank = set(zero)
    lines = ["long vp_stub(const char *);"]
    for name in names:
        if name in blank:
            lines.append(f"char {name}[{DATA_SIZE}] __attribute__((aligned(64)));")
        else:
            lines.append(f'long {name}(void) {{ return (vp_stub("{name}")); }}')
    return "\n".join(lines) + "\n"
