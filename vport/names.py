r"""File names at the edges.  Inside they are text as `os.fsdecode` gives it, so that any name can be opened again.

JSON, CSV and plans are UTF-8, and terminals obey control characters.  So a name that cannot stand as it is, is written
as git writes it: in double quotes, with backslash escapes and octal bytes, `"\377.c"`.  A name that begins with a quote
is written so too; whatever does not, stands for itself.
"""

import os
import re

from vport.patterns import later

_ESCAPES = {0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x22: '"', 0x5C: "\\"}
_BYTES = {letter: byte for byte, letter in _ESCAPES.items()}
_ESCAPE = later(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_SURROGATE = later("[\ud800-\udfff]")


def _escaped(character: str) -> str:
    code = ord(character)
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    return character if character.isprintable() else "".join(f"\\{byte:03o}" for byte in os.fsencode(character))


def quote(name: str) -> str:
    """The name in double quotes, printable characters as they are."""
    return '"' + "".join(map(_escaped, name)) + '"'


def spell(name: str) -> str:
    """The name for programs and plans: as it is, unless UTF-8 cannot hold it or it looks quoted."""
    return quote(name) if name.startswith('"') or not is_text(name) else name


def is_text(name: str) -> bool:
    """Whether UTF-8 can hold a name: models, and what editors and programs are told, can hold no other."""
    return name.isascii() or not _SURROGATE.search(name)


def unspell(text: str) -> str:
    """The name that `spell`, `show` or git wrote."""
    if len(text) < 2 or not text.startswith('"') or not text.endswith('"'):
        return text
    return os.fsdecode(_ESCAPE.sub(_byte, os.fsencode(text[1:-1])))


def _byte(match: re.Match[bytes]) -> bytes:
    found = match[1].decode()
    return bytes((_BYTES[found] if found in _BYTES else int(found, 8),))


def show(name: str) -> str:
    """The name for people: on one line, and nothing in it moves the cursor."""
    return quote(name) if name.startswith('"') or not name.isprintable() else name


def harmless(text: str) -> str:
    """Any text for people: control characters but line ends and tabs, and bytes that are no text, as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _hexadecimal(ord(c)) for c in text)


def _hexadecimal(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def without_dots(path: str) -> str:
    """The path without `.` and `..`; what leads above its start is cut off."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
