"""A proof for people: a line for each unit that an editor can open, and below it what differs."""

from collections.abc import Iterator, Sequence

from vport.names import show
from vport.proof.verdict import BROKEN, DIFFERS, IDENTICAL, LIFE, NEVER, ONE_SIDE, Difference, Place, Verdict

SAID = {
    IDENTICAL: "identical",
    LIFE: "differs, only by what moved into constructors and destructors",
    DIFFERS: "differs",
    BROKEN: "does not compile",
    NEVER: "not compiled before either",
    ONE_SIDE: "has no counterpart",
}


def where(place: Place | None) -> str:
    """`file:line`, or nothing."""
    return f"{show(place.file)}:{place.line}" if place else ""


def head(one: Verdict) -> str:
    """The verdict in words."""
    said = SAID[one.verdict]
    if one.verdict == BROKEN:
        said += f" (the {one.build} build after)"
    if one.verdict == NEVER:
        said += f" ({one.build} build)"
    return said


def _difference(one: Difference) -> Iterator[str]:
    place = one.after or one.before
    at = f"{where(place)}: " if place else ""
    mark = "  (life cycle)" if one.life else ""
    yield f"    {at}{one.kind} {one.name} {one.detail}{mark}"
    if one.what == "changed":
        for sign, side in (("-", one.before), ("+", one.after)):
            if side is not None:
                yield f"        {sign} {where(side)}: {side.text}"


def render(verdicts: Sequence[Verdict], verbose: bool = False) -> Iterator[str]:
    """Lines of a report.

    Arguments:
        verdicts: of all units.
        verbose: also tell what was renamed, and what differs and does not matter.
    """
    for one in verdicts:
        yield f"{show(one.file)}: {head(one)}"
        for line in one.words.splitlines():
            yield f"    {line}"
        for difference in one.differences:
            yield from _difference(difference)
        talk = (*one.notes, *(f"renamed: {name}" for name in one.renamed)) if verbose else ()
        for line in talk if one.verdict in (IDENTICAL, LIFE) else one.notes:
            yield f"    note: {line}"
