"""Which variables go in one step: those that share a statement, a macro or a symbol, and those of one file if asked."""

from collections.abc import Container, Hashable, Iterable, Iterator

from vport.passes import lifecycle
from vport.patterns import later
from vport.port import Port
from vport.tree import Variable

GROUPS = ("file", "variable")
"""How much goes in one step, by the names that `--group` takes."""

_ACCESSOR = later(rb"\bV_(\w+)|\bVNET_NAME\(\s*(\w+)")


def _ties(variable: Variable, by: str, lives: bool) -> Iterator[Hashable]:
    """What a variable shares with others: two that have one of these in common change together."""
    yield "symbol", variable.key
    yield from (("symbol", other.key) for other in variable.same)
    for site in (*variable.sites, *variable.externs):
        yield "statement", site.file, site.declaration.start
    for reference in variable.references:
        yield from (("symbol", key) for key in reference.owners)
        if reference.use.place == "macro":
            yield "macro", reference.file, reference.use.index
    if by == "file":
        yield "file", variable.file, lives
    elif variable.function:  # statics of one function are hoisted together, with one text above it
        yield "function", variable.file, variable.function


def grouped(variables: Iterable[Variable], by: str, lives: Container[tuple[str, str, str]]) -> list[list[Variable]]:
    """The variables in groups: first those that are only renamed, then those with a life, each in their order.

    Arguments:
        variables: that are ported.
        by: a name in `GROUPS`.
        lives: keys of those that constructors or destructors name.
    """
    group_of: dict[Hashable, list[Variable]] = {}
    groups: dict[int, list[Variable]] = {}
    for variable in variables:
        own = [variable]
        groups[id(own)] = own
        for tie in _ties(variable, by, variable.key in lives):
            other = group_of.setdefault(tie, own)
            if other is not own:
                own = _joined(other, own, groups, group_of)
    return sorted(groups.values(), key=lambda group: any(v.key in lives for v in group))


def _joined(
    first: list[Variable],
    second: list[Variable],
    groups: dict[int, list[Variable]],
    group_of: dict[Hashable, list[Variable]],
) -> list[Variable]:
    """The earlier of two groups with the variables of both."""
    first.extend(second)
    groups.pop(id(second), None)
    for tie, group in group_of.items():
        if group is second:
            group_of[tie] = first
    return first


def with_life(whole: Port) -> set[tuple[str, str, str]]:
    """Keys of the variables that a constructor or destructor of a port names."""
    named = {
        (match[1] or match[2]).decode()
        for found in whole.edits.values()
        for edit in found
        if edit.by == lifecycle.NAME
        for match in _ACCESSOR.finditer(edit.new)
    }
    return {v.key for v in whole.ported if whole.job.new_name(v) in named}
