"""Function definitions: what they are called, and what they call."""

from collections.abc import Iterable, Mapping

import msgspec

from vport.c.mask import MacroCall
from vport.c.parse import Parsed
from vport.c.places import Lines, Places, spots
from vport.c.reading import Reading
from vport.c.tokens import KEYWORDS, closing_paren
from vport.patterns import later

_NAME = later(rb"\b([A-Za-z_]\w*+)\s*+(?:\(|\)\s*+\()")
_CAPITALS = later(rb"_*[A-Z][A-Z0-9_]*\Z")
_WORDS = later(rb"[A-Za-z_]\w*+")
_ATTRIBUTES = frozenset((b"__attribute__", b"__attribute", b"__aligned", b"__printflike", b"__section", b"_Alignas"))


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function definition: [start, end), its body's brace at `body`.

    `calls` names what it calls; `also` what it is called where another branch of a conditional gives its head.
    """

    name: str
    start: int
    body: int
    end: int
    line: int
    static: bool
    calls: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All it is called."""
        return (self.name, *self.also)


def read_functions(parsed: Parsed, places: Places, code: bytes, data: bytes, reading: Reading) -> list[Function]:
    """The functions of a file, in order.

    Arguments:
        code: the file with comments blanked.
        data: the file.
    """
    calls: dict[int, dict[bytes, None]] = {}
    for at, end in spots(parsed.captures, "call"):
        index = places.function_at(at)
        if index >= 0:
            calls.setdefault(index, {})[code[at:end]] = None
    made = {c.function: c for c in parsed.calls if c.function}
    lines = Lines(data)
    found: list[Function] = []
    for i, chunk in enumerate(places.functions):
        header = parsed.text[chunk.start : chunk.body]
        name, name_at = (
            (_made_name(made[chunk.body], code), made[chunk.body].end - chunk.start)
            if chunk.body in made
            else _function_name(header, reading.attributes)
        )
        static = _is_static(header[:name_at], reading.kinds)
        others = (_function_name(head, reading.attributes)[0] for end, head in parsed.heads if end == chunk.end)
        also = tuple(sorted(set(others) - {name, "?"})) if parsed.heads else ()
        line = lines.at(chunk.start)
        found.append(Function(name, chunk.start, chunk.body, chunk.end, line, static, _decoded(calls.get(i, ())), also))
    return found


def _decoded(names: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(name.decode("latin-1") for name in names)


def _made_name(call: MacroCall, code: bytes) -> str:
    """A name for a function that a macro heads: the macro's call itself."""
    inside = ", ".join(code[a:b].decode("latin-1") for a, b in call.arguments)
    return f"{call.name}({inside})"


def _function_name(header: bytes, attributes: frozenset[bytes]) -> tuple[str, int]:
    """The name a header declares, and its offset there.

    It is the first word before a parenthesis that is neither a keyword nor an attribute.  A word in capitals may
    be a macro around the type, so one in small letters behind its parentheses goes first.
    """
    at, held = 0, ("?", len(header))
    while (match := _NAME.search(header, at)) is not None:
        word, at = match.group(1), match.end()
        if word in KEYWORDS and word not in _ATTRIBUTES:
            continue
        attribute = word in attributes or word in _ATTRIBUTES
        if not attribute and not _CAPITALS.match(word):
            return word.decode("latin-1"), match.start()
        if not attribute and held[0] == "?":
            held = word.decode("latin-1"), match.start()
        at = closing_paren(header, match.end() - 1)
        if at < 0 or b";" in header[match.end() : at]:
            break
    return held


def _is_static(before_name: bytes, kinds: Mapping[bytes, str]) -> bool:
    """Whether `static`, in any place (C11 6.11.5) or under another name, stands before the name."""
    return any(word == b"static" or kinds.get(word) == "storage" for word in _WORDS.findall(before_name))
