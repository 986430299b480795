"""What differs between two objects: functions and data are paired by name, others by the places that use them.

Reordering, other addresses and other names of local symbols are no difference; another byte is, another target of a
relocation, another section, size or binding.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vport import rules
from vport.patterns import later
from vport.proof.elf import Entity, Object, Reference, Target
from vport.proof.neutral import LINE_NAME

_NUMBERED = later(r"\.\d+$")
_SET = later(r"[A-Za-z_]\w*")


class Change(NamedTuple):
    """A pair that differs.

    Arguments:
        before, after: the entities.
        detail: the first difference, in words.
        offset: in both, of that; -1 where it is not in the bytes.
    """

    before: Entity
    after: Entity
    detail: str
    offset: int


class Comparison(NamedTuple):
    """All that differs between two objects.

    Arguments:
        changed: pairs that differ.
        removed, added: entities without a counterpart.
        reordered: names of sets whose members stand in another order.
        renamed: local symbols with another name.
        notes: what differs and does not matter.
    """

    changed: list[Change]
    removed: list[Entity]
    added: list[Entity]
    reordered: list[str]
    renamed: list[tuple[str, str]]
    notes: list[str]

    @property
    def same(self) -> bool:
        """Whether nothing differs that matters."""
        return not (self.changed or self.removed or self.added or self.reordered)


def _is_fleeting(name: str) -> bool:
    """Whether a local symbol's name says nothing: the compiler numbers it, or a line does, or there is none."""
    return not name or bool(_NUMBERED.search(name) or LINE_NAME.search(name))


class _Pairing:
    """Pairs of entities, found from names and then from uses.

    Arguments:
        before, after: the objects.
    """

    def __init__(self, before: Object, after: Object) -> None:
        self.before, self.after = before, after
        self.to_after: dict[int, int] = {}
        self.to_before: dict[int, int] = {}
        self.todo: deque[tuple[int, int]] = deque()
        self.flags: list[str] = []
        self.placed: list[str] = []

    def bind(self, old: int, new: int) -> bool:
        """Take two entities for the same; False when one of them is another's already."""
        if self.to_after.get(old, new) != new or self.to_before.get(new, old) != old:
            return False
        if old not in self.to_after:
            self.to_after[old], self.to_before[new] = new, old
            self.todo.append((old, new))
        return True

    def by_name(self) -> None:
        """Pair what has a name that means something."""
        olds, news = (_by_name(side.entities) for side in (self.before, self.after))
        for name, olds_of_name in olds.items():
            for old, new in zip(olds_of_name, news.get(name, []), strict=False):
                self.bind(old.index, new.index)

    def work(self) -> Iterator[Change]:
        """Compare pairs, which finds more of them; yields those that differ."""
        while self.todo:
            old, new = self.todo.popleft()
            change = self._compare(self.before.entities[old], self.after.entities[new])
            if change is not None:
                self._guess(change)
                yield change

    def _guess(self, change: Change) -> None:
        """Pair the local data that two functions use and nothing pairs: in a pair that differs, no place can say."""
        olds = self._unpaired(self.before, change.before, self.to_after)
        news = self._unpaired(self.after, change.after, self.to_before)
        if len(olds) == len(news):
            for old, new in zip(olds, news, strict=True):
                if (old.section, old.size) == (new.section, new.size):
                    self.bind(old.index, new.index)

    @staticmethod
    def _unpaired(side: Object, entity: Entity, paired: dict[int, int]) -> list[Entity]:
        used = dict.fromkeys(r.target.entity for r in side.references(entity) if r.target.entity not in paired)
        found = (side.entities[i] for i in used if i >= 0)
        return [e for e in found if e.local and e.name and not e.function]

    def _compare(self, old: Entity, new: Entity) -> Change | None:
        told = self._shape(old, new)
        if told:
            return Change(old, new, told, -1)
        olds, news = self.before.references(old), self.after.references(new)
        at = self._bytes(old, new, bool(_calls(olds, news) & _FLAG_CALLS))
        wrong = self._references(olds, news, at)
        if wrong is not None and (at < 0 or wrong[0] <= at):
            return Change(old, new, wrong[1], wrong[0])
        if at >= 0:
            return Change(old, new, _bytes_text(old, new, at), at)
        return None

    def _shape(self, old: Entity, new: Entity) -> str:
        """What differs in words, but for bytes."""
        if old.function != new.function:
            return "is code in one and data in the other"
        if old.section != new.section:
            if {old.section, new.section} <= _PLACEMENT | {".data", ".bss"} and _PLACEMENT & {old.section, new.section}:
                self.placed.append(f"{old.name} moved from section {old.section} to {new.section}, which is for speed")
            else:
                return f"is in section {old.section} before and in {new.section} after"
        if old.binding != new.binding and old.name:
            return f"is {_binding(old)} before and {_binding(new)} after"
        if old.name and not old.function and old.size != new.size:
            return f"takes {old.size} bytes before and {new.size} after"
        if not old.function and old.align != new.align and old.name and old.section == new.section:
            return f"is aligned to {old.align} before and to {new.align} after"
        return ""

    def _bytes(self, old: Entity, new: Entity, makes_oids: bool) -> int:
        """The first place where bytes differ, -1 if nowhere; known flag bits are told as a note."""
        a, b = old.data, new.data
        if not old.name:
            a, b = a.rstrip(b"\0"), b.rstrip(b"\0")
        if a == b:
            return -1
        is_oid = bool(_FLAG_DATA.match(old.name)) and not old.function
        at = 0
        while at < max(len(a), len(b)):
            if a[at : at + 1] == b[at : at + 1]:
                at += 1
            elif (is_oid or makes_oids) and _is_flag(a, b, at):
                self.flags.append(old.name)
                at += 1
            else:
                return at
        return -1

    def _references(self, olds: list[Reference], news: list[Reference], limit: int) -> tuple[int, str] | None:
        """The first relocation that means another thing; those behind `limit` are not looked at, unless it is -1."""
        for old, new in zip(olds, news, strict=False):
            if 0 <= limit < min(old.at, new.at):
                return None
            if (old.at, old.type) != (new.at, new.type) or not self._means_same(old.target, new.target):
                exact = self.told(old, 0) == self.told(new, 1)
                names = self.told(old, 0, exact), self.told(new, 1, exact)
                return min(old.at, new.at), f"refers to {names[0]} before and {names[1]} after"
        if len(olds) != len(news):
            one, side = (olds[len(news)], 0) if len(olds) > len(news) else (news[len(olds)], 1)
            return one.at, f"refers to {self.told(one, side)} only {'after' if side else 'before'}"
        return None

    def _means_same(self, old: Target, new: Target) -> bool:
        if old.entity < 0 or new.entity < 0:
            return old == new
        if old.offset != new.offset:
            return False
        if self.to_after.get(old.entity) == new.entity:
            return True
        one, other = self.before.entities[old.entity], self.after.entities[new.entity]
        may = one.local and other.local and one.function == other.function and bool(one.name) == bool(other.name)
        return may and self.bind(old.entity, new.entity)

    def told(self, reference: Reference, side: int, exact: bool = False) -> str:
        """What a relocation means, for people; with the offset if asked to be exact."""
        target = reference.target
        if target.content:
            return _literal(target.content)
        entity = (self.after if side else self.before).entities[target.entity] if target.entity >= 0 else None
        name = target.name if entity is None else entity.name or f"data in {entity.section}"
        return f"{name}{target.offset:+d}" if exact else name

    def leftovers(self) -> bool:
        """Pair local symbols that nothing uses and that have the same content; False when there were none."""
        paired = len(self.to_after)
        olds = [e for e in self.before.entities if e.index not in self.to_after and e.local]
        news = [e for e in self.after.entities if e.index not in self.to_before and e.local]
        waiting: dict[object, list[int]] = defaultdict(list)
        for entity in news:
            waiting[self._content(entity, self.after, self.to_before)].append(entity.index)
        for entity in olds:
            same = waiting.get(self._content(entity, self.before, None))
            if same:
                self.bind(entity.index, same.pop(0))
        return len(self.to_after) > paired

    def _content(self, entity: Entity, side: Object, back: dict[int, int] | None) -> object:
        """Bytes and meaning of an entity, in the numbers of the object before; what is not paired has none."""
        meant = []
        for one in side.references(entity):
            target = one.target
            index = target.entity if back is None else back.get(target.entity, -1 - (target.entity >= 0))
            meant.append((one.at, one.type, target.name, index, target.offset, target.content))
        return (entity.section, entity.function, entity.size, bool(entity.name), entity.data, tuple(meant))


_RULES = rules.load("prove")
_PLACEMENT = frozenset(_RULES["sections"]["placement"])
_UNORDERED = frozenset(_RULES["sections"]["unordered"])
_FLAG_DATA = later(_RULES["flag"]["data"])
_FLAG_CALLS = frozenset(_RULES["flag"]["calls"])
_BIT: int = _RULES["flag"]["bit"]
_KIND: int = _RULES["flag"]["kind"]


def _by_name(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    found: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        if not (entity.local and _is_fleeting(entity.name)):
            found[entity.name].append(entity)
    return found


def _calls(*sides: list[Reference]) -> set[str]:
    """Names of other objects that both sides use."""
    first, second = ({r.target.name for r in side if r.target.name} for side in sides)
    return first & second


def _is_flag(a: bytes, b: bytes, at: int) -> bool:
    """Whether the byte at `at` differs by the known flag alone, in a word that is an oid's kind."""
    shift = _BIT.bit_length() // 8
    start = at - shift
    if start < 0 or start + 4 > min(len(a), len(b)):
        return False
    old, new = (int.from_bytes(x[start : start + 4], "little") for x in (a, b))
    return old ^ new == _BIT and bool(new & _BIT) and bool(old & _KIND)


def _binding(entity: Entity) -> str:
    return {"LOCAL": "static", "GLOBAL": "seen by other files", "WEAK": "weak"}.get(entity.binding, entity.binding)


def _literal(content: bytes) -> str:
    if content[:1] == b'"':
        return '"' + content[1:].decode("utf-8", "backslashreplace").replace("\n", "\\n") + '"'
    return f"the constant {content[1:].hex()}"


def _bytes_text(old: Entity, new: Entity, at: int) -> str:
    if old.function:
        return f"instructions differ from byte {at} on"
    start = at & ~3
    a, b = (e.data[start : start + 4].hex() or "nothing" for e in (old, new))
    return f"bytes at {start} are {a} before and {b} after"


def _orders(pairing: _Pairing) -> Iterator[str]:
    """Sets of the linker whose members, where both have them, do not stand in the same order."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for old, new in pairing.to_after.items():
        one, other = pairing.before.entities[old], pairing.after.entities[new]
        if one.section == other.section and _SET.fullmatch(one.section) and one.section not in _UNORDERED:
            places[one.section].append((one.start, other.start))
    for name, pairs in sorted(places.items()):
        after = [new for _, new in sorted(pairs)]
        if name != "COMMON" and after != sorted(after):
            yield name


def compare(before: Object, after: Object) -> Comparison:
    """What differs between two objects."""
    pairing = _Pairing(before, after)
    pairing.by_name()
    changed = list(pairing.work())
    while pairing.leftovers():
        changed += pairing.work()
    removed = [e for e in before.entities if e.name and e.index not in pairing.to_after]
    added = [e for e in after.entities if e.name and e.index not in pairing.to_before]
    pairs = ((before.entities[a].name, after.entities[b].name) for a, b in pairing.to_after.items())
    renamed = [(a, b) for a, b in pairs if a != b and not (_is_fleeting(a) and _is_fleeting(b))]
    names = sorted(set(pairing.flags))
    flags = [f"the flag CTLFLAG_VNET is new in {', '.join(names)}"] if names else []
    return Comparison(changed, removed, added, list(_orders(pairing)), renamed, [*pairing.placed, *flags])
