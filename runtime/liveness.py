"""Which of what a path knows can still be asked for from where it stands, before it is known anew or forgotten.

What `relevance` says of a name holds for a whole function: in a loop, what is asked for once is asked for until the
loop's end.  Along the ways through the chart more can be said: between the last question and a new value nobody asks;
what a test told is forgotten where the loop around it begins again, so the next round does not ask for it; and what a
call returned says nothing where the next call of that function is not made.  Paths that differ in nothing else are
one, or the tests in a loop's body would multiply.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from .chart import Chart, Decide, Each, Instruction, Operation, Pick, back_edges, leaves
from .expressions import base, elsewhere, fact_key, handed_out, is_name, names, stripped
from .model import Access, Assign, Base, Call, Condition, Destroy, Init, Register, Return, Set, Unregister
from .paths import Fact

Edge = tuple[int, int]


class Liveness:
    """Of one function.

    Arguments:
        chart: its chart.
        last: the last instruction at which a key can be asked for, as `relevance` has it.
        wanted: texts that an instruction asks about for others: arguments for the callee, a container for its member.
        holder: the variable that the text of a set-up's holder is part of; empty for none.
    """

    def __init__(
        self,
        chart: Chart,
        last: Mapping[str, int],
        wanted: Callable[[Operation], Iterable[str]],
        holder: Callable[[str], str],
    ) -> None:
        self._chart = chart
        self._last = last
        self._bits = {key: 1 << number for number, key in enumerate(last)}
        self._mentioning = self._keys_by_name()
        self._back = back_edges(chart)
        self._asked = [self._mask(_asks(step.does, wanted)) for step in chart.steps]
        self._shown = [self._mask(_shown(step.does)) for step in chart.steps]
        self._anew = [self._forgotten(_known_anew(step.does, holder)) for step in chart.steps]
        self._live: dict[tuple[tuple[Edge, ...], bool], list[int]] = {}
        self._known: dict[tuple[int, str, int, bool], bool] = {}

    def asks(self, pc: int, fact: Fact) -> bool:
        """Whether from an instruction on anybody can ask for what is known."""
        key, value, since = fact
        place = (pc, key, since, "&" in value.text)
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._asked_from(*place)
        return known

    def _asked_from(self, pc: int, key: str, since: int, pointing: bool) -> bool:
        """Paths that meet keep what weighty questions are still asked about; the others what any is."""
        join = self._chart.steps[pc].join
        if key not in self._bits or (join and self._last[key] < pc):
            return not join
        return bool(self._at(since, pointing)[pc] & self._bits[key])

    def _keys_by_name(self) -> dict[str, int]:
        """By name the keys of conditions that mention it."""
        found: dict[str, int] = {}
        for key, mentioned in self._chart.touched.items():
            for name in mentioned if key in self._bits else ():
                found[name] = found.get(name, 0) | self._bits[key]
        return found

    def _mask(self, keys: Iterable[str]) -> int:
        mask = 0
        for key in keys:
            mask |= self._bits.get(key, 0)
        return mask

    def _forgotten(self, known: Iterable[str]) -> int:
        """What is not known any more once some names are given a value: they, and conditions that mention them."""
        mask = 0
        for name in known:
            mask |= self._bits.get(name, 0) | self._mentioning.get(name, 0)
        return mask

    def _at(self, since: int, pointing: bool) -> list[int]:
        """By instruction the keys that can be asked for, of what a test told and of what is an address."""
        around = tuple((source, target) for source, target in self._back if target <= since <= source)
        live = self._live.get((around, pointing))
        if live is None:
            asked = [a | s for a, s in zip(self._asked, self._shown, strict=True)] if pointing else self._asked
            live = self._live[around, pointing] = self._flow(around, asked)
        return live

    def _flow(self, forgetting: tuple[Edge, ...], asked: list[int]) -> list[int]:
        """The keys by instruction, from the end backwards until nothing new is asked for."""
        ways = [self._ways(pc, step, forgetting) for pc, step in enumerate(self._chart.steps)]
        live = [0] * (len(ways) + 1)
        again = True
        while again:
            again = False
            for pc in range(len(ways) - 1, -1, -1):
                after = 0
                for target, kept in ways[pc]:
                    after |= live[target] & kept
                found = asked[pc] | (after & ~self._anew[pc])
                if found != live[pc]:
                    live[pc] = found
                    again = bool(self._back)
        return live

    def _ways(self, pc: int, step: Instruction, forgetting: tuple[Edge, ...]) -> list[tuple[int, int]]:
        """Where an instruction leads, and the keys that it can be asked for there."""
        ways = {target: -1 for target in self._chart.ways[pc] if (pc, target) not in forgetting}
        if isinstance(step.does, Decide) and step.end > pc:
            for target, made in ((step.next, (step.other, step.end)), (step.other, (step.next, step.other))):
                if target in ways:
                    ways[target] &= ~self._results(made)
        return list(ways.items())

    def _results(self, steps: tuple[int, int]) -> int:
        """The results of calls among some instructions."""
        does = (step.does for step in self._chart.steps[slice(*steps)])
        return self._mask(f"{one.name}(" for one in does if isinstance(one, Call) and not one.result)


def _asks(does: Operation, wanted: Callable[[Operation], Iterable[str]]) -> Iterator[str]:
    """What an instruction asks a path for."""
    if isinstance(does, Decide):
        for leaf in leaves(does.condition) if does.condition else ():
            yield from _asked_by(leaf)
    elif isinstance(does, Pick):
        yield fact_key(does.subject)
    else:
        for text in (*_texts(does), *wanted(does)):
            yield from names(text)
            yield fact_key(text)


def _shown(does: Operation) -> Iterator[str]:
    """Names whose address a call is given, if they are one: whether that is of the stack it runs in is looked at."""
    return (inner for a in does.arguments if is_name(inner := stripped(a))) if isinstance(does, Call) else iter(())


def _asked_by(leaf: Condition) -> Iterator[str]:
    sides = (stripped(leaf.subject), stripped(leaf.value))
    yield "?" + leaf.text
    yield from (fact_key(text) for text in sides)
    yield from (base(elsewhere(text)[0]) for text in sides)
    if leaf.op == "default-vnet" or "curvnet" in sides or "vnet0" in sides:
        yield from (base(text) for text in sides)


def _texts(does: Operation) -> tuple[str, ...]:
    if isinstance(does, Assign | Return):
        return (does.value,)
    if isinstance(does, Set | Base):
        return (does.expression,)
    if isinstance(does, Access):
        return (does.vnet,)
    if isinstance(does, Register):
        return (does.argument, does.holder)
    return elsewhere(does.holder)[:1] if isinstance(does, Init | Destroy | Unregister) else ()


def _known_anew(does: Operation, holder: Callable[[str], str]) -> tuple[str, ...]:
    """Names that are given a value on every way through an instruction, whatever it is."""
    if isinstance(does, Assign):
        target = stripped(does.target)
        return (base(target) or target, target)
    if isinstance(does, Access):
        return (does.variable, f"V_{does.variable}") if does.how != "read" else ()
    if isinstance(does, Init):
        name = holder(does.holder)
        return (name, f"V_{name}") if name else ()
    if isinstance(does, Call):
        result = stripped(does.result) or does.name + "("
        return (result, base(result) or result, *handed_out(does.arguments))
    return (does.iterator,) if isinstance(does, Each) else ()
