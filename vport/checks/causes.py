"""One cause told once: of findings at one place about one variable, those stay that say why."""

from collections.abc import Iterable

from vport.checks.found import Found

TOLD_BY = {
    "VP305": ("VP314", "VP315"),
    "VP314": ("VP315",),
    "VP307": ("VP301", "VP313"),
}
"""Findings that others at the same place and about the same variable make needless.

A cloner that is left is a handler and a resource that are left; what is used too early in every stack is used too
early in those that are no default.
"""


_BY_TEXT = "VP5"
"""Findings about words, of which a line may hold several."""


def once(found: Iterable[Found]) -> list[Found]:
    """The findings that say something new."""
    by_place: dict[tuple[str, int, str], dict[str, Found]] = {}
    for one in found:
        place = by_place.setdefault(
            (one.file, one.line, one.variable or (one.message if one.id.startswith(_BY_TEXT) else "")), {}
        )
        place[one.id] = min(place[one.id], one, key=_length) if one.id in place else one
    return [
        one for place in by_place.values() for one in place.values() if place.keys().isdisjoint(TOLD_BY.get(one.id, ()))
    ]


def _length(one: Found) -> tuple[int, str]:
    """What is told with the fewest steps is told best."""
    return len(one.steps), one.message
