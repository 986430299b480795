"""A module's model without the numbers of its lines: each place counts those before it in its file.

What a module comes to hangs on the order of its lines, never on their numbers.  So the text of a model whose places
are ranks is the same after an edit that only moves lines, and what it came to before is still true: only its places
have to be put back.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain

import msgspec

from vport.checks.found import Found
from vport.patterns import later
from vport.runtime.model import Module

_AT = later(rb'"at":"([^"\\]+):(\d+)"')
"""A place in an encoded model.  No text of the source looks like one, for there the quotes are escaped."""


class Ranked:
    """A model with ranks for lines, and the way back.

    Arguments:
        model: of a module.
    """

    def __init__(self, model: Module) -> None:
        text = msgspec.json.encode(model)
        parts = _AT.split(text)
        places = Counter(zip(parts[1::3], parts[2::3], strict=True))
        self.places = {(file.decode(), int(line)) for file, line in places}
        """Files and lines that the model names."""
        self._lines: dict[bytes, list[int]] = {}
        for file, line in places if _are_all(places, text) else ():
            self._lines.setdefault(file, []).append(int(line))
        ranks: dict[tuple[bytes, bytes], bytes] = {}
        for file, lines in self._lines.items():
            lines.sort()
            ranks.update(((file, b"%d" % line), b'"at":"%s:%d"' % (file, rank)) for rank, line in enumerate(lines, 1))
        said = map(ranks.__getitem__, zip(parts[1::3], parts[2::3], strict=True)) if ranks else ()
        self.text = b"".join(chain(*zip(parts[::3], chain(said, [b""]), strict=True))) if ranks else text
        """The model, encoded; what equals it comes to the same."""

    def model(self) -> Module:
        """The model with ranks for lines."""
        return msgspec.json.decode(self.text, type=Module)

    def found(self, found: Iterable[Found]) -> list[Found]:
        """Findings about the model with ranks, as they are with lines."""
        return [self._found(one) for one in found]

    def said(self, texts: Iterable[str]) -> list[str]:
        """Texts that may name places, likewise."""
        return [self._said(text) for text in texts]

    def _found(self, one: Found) -> Found:
        replace = msgspec.structs.replace
        steps = [replace(s, line=self._line(s.file, s.line), text=self._said(s.text)) for s in one.steps]
        line, message, cure = self._line(one.file, one.line), self._said(one.message), self._said(one.cure)
        return replace(one, line=line, message=message, cure=cure, steps=tuple(steps))

    def _line(self, file: str, rank: int) -> int:
        lines = self._lines.get(file.encode(), [])
        return lines[rank - 1] if 0 < rank <= len(lines) else rank

    def _said(self, text: str) -> str:
        if not self._lines or ":" not in text:
            return text
        said = self._place.sub(lambda m: b"%s:%d" % (m[1], self._line(m[1].decode(), int(m[2]))), text.encode())
        return said.decode()

    @cached_property
    def _place(self) -> re.Pattern[bytes]:
        """A place in one of the files, longer names first, since a shorter one may be the end of a longer."""
        names = sorted(self._lines, key=len, reverse=True)
        return re.compile(rb"(?<![\w./-])(" + b"|".join(map(re.escape, names)) + rb"):(\d+)")


def _are_all(places: Mapping[tuple[bytes, bytes], int], text: bytes) -> bool:
    """Whether places stand nowhere but where the model has them: in a text of the source one must stay as it is."""
    files = Counter[bytes]()
    for (file, _), number in places.items():
        files[file] += number
    return all(
        text.count(name + b":") == sum(number for file, number in files.items() if file.endswith(name))
        for name in files
    )
