"""Which differences are no more than what moved into constructors and destructors.

In the default build VNET_SYSINIT is SYSINIT: what a module event called is called by a new function that the kernel's
sets name.  A function that lost calls, and each call turns up in such a function, has lost nothing.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vport import rules
from vport.proof.compare import Comparison
from vport.proof.elf import Entity, Object

_SETS = frozenset(rules.load("prove")["sections"]["life"])


class Explained(NamedTuple):
    """Indices of entities whose difference constructors explain.

    Arguments:
        changed, added, removed: indices; those of `changed` and `removed` in the object before.
    """

    changed: frozenset[int]
    added: frozenset[int]
    removed: frozenset[int]


def _meant(entity: Entity, side: Object) -> set[str]:
    """What an entity uses, by name."""
    found: set[str] = set()
    for one in side.references(entity):
        target = one.target
        if target.content:
            continue
        found.add(side.entities[target.entity].name if target.entity >= 0 else target.name)
    return found - {"", entity.name}


def _reached(start: Iterable[Entity], fresh: dict[int, Entity], side: Object) -> set[int]:
    """New entities that others lead to, and those themselves."""
    todo = list(start)
    found = {e.index for e in todo}
    while todo:
        for one in side.references(todo.pop()):
            index = one.target.entity
            if index in fresh and index not in found:
                found.add(index)
                todo.append(fresh[index])
    return found


def explain(compared: Comparison, before: Object, after: Object) -> Explained:
    """What of a comparison constructors explain; nothing when there is no new one."""
    fresh = {e.index: e for e in compared.added}
    roots = [e for e in compared.added if e.section in _SETS]
    if not roots and not any(e.section in _SETS for e in compared.removed):
        return Explained(frozenset(), frozenset(), frozenset())
    names = dict(compared.renamed)
    gone = {
        names.get(n, n) for e in (*(c.before for c in compared.changed), *compared.removed) for n in _meant(e, before)
    }
    made = {n for e in (*(c.after for c in compared.changed), *compared.added) for n in _meant(e, after)}
    fresh_names = {e.name for e in compared.added}
    written = {n for e in compared.added if e.function for n in _meant(e, after)}
    changed = frozenset(_changed(compared, before, after, gone | fresh_names, made, written))
    callers = [c.after for c in compared.changed if c.before.index in changed]
    added = _reached([*roots, *callers], fresh, after)
    lost = _lost(compared, before, {n for e in compared.added for n in _meant(e, after)} | made)
    return Explained(changed, frozenset(added), frozenset(lost))


def _lost(compared: Comparison, before: Object, made: set[str]) -> set[int]:
    """What went, and all that it served is served by something new: functions, and records of a constructor.

    A static tunable's constructor is the kernel's, a function of other files; only what it led to here counts.
    """
    names = dict(compared.renamed)
    gone = {e.index: e for e in compared.removed}
    lost: set[int] = set()
    for entity in compared.removed:
        all_of_it = [before.entities[i] for i in _reached([entity], gone, before)]
        own = {e.name for e in all_of_it}
        used = {names.get(n, n) for e in all_of_it for n in _meant(e, before)} - own
        here = used if entity.function else used & {names.get(e.name, e.name) for e in before.entities}
        if here <= made and (here or entity.function):
            lost.add(entity.index)
    return lost


def _changed(
    compared: Comparison, before: Object, after: Object, given: set[str], made: set[str], written: set[str]
) -> Iterator[int]:
    """Functions that only gave calls away or took them over, and data that a new function sets."""
    names = dict(compared.renamed)
    for change in compared.changed:
        old = {names.get(n, n) for n in _meant(change.before, before)}
        new = _meant(change.after, after)
        if change.before.function:
            if old != new and old - new <= made and new - old <= given:
                yield change.before.index
        elif change.after.name in written:
            yield change.before.index
