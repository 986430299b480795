"""What a proof says of one translation unit, as plain data that reports print and the cache keeps."""

import msgspec

IDENTICAL = "identical"
LIFE = "life-cycle"
DIFFERS = "differs"
BROKEN = "does-not-compile"
NEVER = "not-compiled-before"
ONE_SIDE = "one-side-only"
VERDICTS = (IDENTICAL, LIFE, DIFFERS, BROKEN, NEVER, ONE_SIDE)
"""From proved to unknown; `LIFE` is a difference that constructors explain."""


class Place(msgspec.Struct, frozen=True):
    """A line of the source.

    Arguments:
        file: relative to the tree.
        line: from 1.
        text: of the line.
    """

    file: str
    line: int
    text: str = ""


class Difference(msgspec.Struct, frozen=True):
    """One function or datum that is not the same.

    Arguments:
        what: `changed`, `added`, `removed` or `reordered`.
        kind: `function`, `datum` or `set`.
        name: of the symbol before, or after where it is new.
        detail: what differs first, in the object.
        before, after: where that is in the source, as far as it can be told.
        life: whether it is part of what moved into constructors.
    """

    what: str
    kind: str
    name: str
    detail: str
    before: Place | None = None
    after: Place | None = None
    life: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What became of one translation unit.

    Arguments:
        file: relative to the tree.
        verdict: one of `VERDICTS`.
        differences: of the objects of the default build, the first in the source first.
        renamed: local symbols with another name, `old -> new`.
        notes: what differs and does not matter, or was not looked at.
        build: which build does not compile: `default`, `VIMAGE` or empty.
        words: the compiler's own.
    """

    file: str
    verdict: str
    differences: tuple[Difference, ...] = ()
    renamed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    build: str = ""
    words: str = ""
