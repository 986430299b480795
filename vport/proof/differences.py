"""What a comparison of objects came to, in words and with places of the source."""

from collections.abc import Iterator

from vport.proof.compare import Change, Comparison
from vport.proof.elf import Entity, Object
from vport.proof.life import explain
from vport.proof.source import Sources, Token
from vport.proof.trees import Trees
from vport.proof.verdict import Difference, Place


class _Places:
    """Places of symbols, with the texts of their lines.

    Arguments:
        sources: both texts; None when there are none.
        trees: where the lines are read.
    """

    def __init__(self, sources: Sources | None, trees: Trees) -> None:
        self._sources, self._trees = sources, trees

    def of_change(self, name: str) -> tuple[Place | None, Place | None]:
        """Where what makes a symbol differ first stands."""
        if self._sources is None:
            return None, None
        before, after = self._sources.first(name)
        return self._place(before, 0), self._place(after, 1)

    def of_definition(self, name: str, side: int) -> Place | None:
        """Where a symbol of one side is defined."""
        return self._place(self._sources.place(name, side), side) if self._sources else None

    def _place(self, token: Token | None, side: int) -> Place | None:
        if token is None:
            return None
        folder = self._trees.after if side else self._trees.before
        try:
            lines = (folder / token.file).read_bytes().split(b"\n")
            text = lines[token.line - 1].decode("utf-8", "replace").strip()
        except (OSError, IndexError):
            text = ""
        return Place(token.file, token.line, text)


def _kind(entity: Entity) -> str:
    return "function" if entity.function else "datum"


def _changed(changes: list[Change], moved: frozenset[int], places: _Places, before: Object) -> Iterator[Difference]:
    for one in changes:
        owner = _owner(one.before, before)
        detail = one.detail if one.before.name else f"has unnamed data in {one.before.section}, whose {one.detail}"
        old, new = places.of_change(owner.name)
        yield Difference("changed", _kind(owner), owner.name, detail, old, new, owner.index in moved)


def _owner(entity: Entity, side: Object) -> Entity:
    """The entity itself, or what uses it when it has no name: a function has tables of its own."""
    seen = {entity.index}
    while not entity.name:
        users = (e for e in side.entities if any(r.target.entity == entity.index for r in side.references(e)))
        user = next((e for e in users if e.index not in seen), None)
        if user is None:
            return entity
        entity = user
        seen.add(entity.index)
    return entity


def differences(
    compared: Comparison, before: Object, after: Object, old_text: bytes, new_text: bytes, trees: Trees
) -> list[Difference]:
    """All differences, in the order of the source after; what stands nowhere comes last."""
    sources = Sources(old_text, new_text, compared.renamed) if old_text and new_text else None
    places = _Places(sources, trees)
    explained = explain(compared, before, after)
    found = list(_changed(compared.changed, explained.changed, places, before))
    for entity in compared.removed:
        place = places.of_definition(entity.name, 0)
        life = entity.index in explained.removed
        found.append(Difference("removed", _kind(entity), entity.name, "is there only before", place, None, life))
    for entity in compared.added:
        place = places.of_definition(entity.name, 1)
        life = entity.index in explained.added
        found.append(Difference("added", _kind(entity), entity.name, "is there only after", None, place, life))
    for name in compared.reordered:
        found.append(Difference("reordered", "set", name, "members that both have stand in another order"))
    return sorted(found, key=_order)


def _order(one: Difference) -> tuple[bool, bool, str, int]:
    """What is not explained first."""
    place = one.after or one.before
    return one.life, place is None, place.file if place else one.name, place.line if place else 0
