"""Score the contexts that a port set against those people had set, by what the functions are entered.

    python tools/score_contexts.py ORIGINAL PORTED [--input INPUT] [--left left.json] [--pointers] [--show] [--list]

ORIGINAL is a tree as people virtualized it; INPUT, ORIGINAL with its virtualization undone; PORTED, what the port made
of INPUT.  A place is one context of one function of ORIGINAL.  It counts where the function is entered without a vnet
(or only helps such functions) and reaches virtualized state by the names it calls; with --pointers, also through
members and variables that hold functions.  Places whose function PORTED does not have are left out.

same       PORTED sets a context that means the same
named      it does not, but a comment `VPORT-CONTEXT:` in the function, or an entry of left.json, names the place
elsewhere  every caller, or every callee on the way to the state, has a context instead
differs    PORTED sets another context there
missing    none of these
wrong      a context where people had none and the framework guarantees a vnet
extra      any other context where people had none: to be looked at

left.json is a list of {"file": ..., "function": ..., "line": ..., "kind": ...}, files relative to PORTED.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from context_equal import Meaning
from context_kinds import GUARANTEED, INHERITED, VNETLESS, Key
from context_source import read_tree
from context_truth import Place, Survey

COLUMNS = ("people", "same", "named", "elsewhere", "differs", "missing", "wrong", "extra")
_CORE = ("callout", "task", "timer", "cdev")
_MARK = re.compile(r"(?:/\*+|//|^\s*\*)\s*VPORT-CONTEXT:", re.M)
_FOUND = ("same", "named")
GONE = "the ported tree has no such function"


@dataclass(frozen=True)
class Verdict:
    """What became of a place, or of a context that people did not have."""

    status: str
    kind: str
    text: str


class Judge:
    """Compares the contexts of two trees."""

    def __init__(
        self, people: Survey, port: Survey, before: Survey | None = None, left: set[Key] | None = None
    ) -> None:
        self.people, self.port = people, port
        self.left = left or set()
        self._theirs, self._ours = Meaning(people.tree), Meaning(port.tree)
        self._kept = before.sets if before else {}
        self._moved: set[Key] = set()

    def places(self, pointers: bool = False) -> list[Place]:
        """All places of the original; those without a function in the port carry that as their reason."""
        return [self._gone(place) for place in self.people.places(pointers)]

    def _gone(self, place: Place) -> Place:
        if any(not node.macro for node in self.port.nodes.get(place.function.key, ())):
            return place
        return Place(place.function, place.expression, place.kind, place.helper, GONE)

    def verdicts(self, pointers: bool = False) -> list[Verdict]:
        """What became of every place that counts, then every context that people did not have."""
        found = [self._verdict(place) for place in self.places(pointers) if not place.reason]
        return found + self._additions()

    def _verdict(self, place: Place) -> Verdict:
        key, text = place.function.key, str(place)
        if self._same(place):
            return Verdict("same", place.kind, text)
        ours = ", ".join(self.port.sets.get(key, ()))
        if key in self.left or any(_MARK.search(node.raw) for node in self.port.nodes[key]):
            return Verdict("named", place.kind, text)
        if around := self._around(key) or self._below(key):
            self._moved |= around
            return Verdict("elsewhere", place.kind, f"{text}  in {', '.join(sorted(name for _, name in around))}")
        return Verdict("differs", place.kind, f"{text}  not {ours}") if ours else Verdict("missing", place.kind, text)

    def _same(self, place: Place) -> bool:
        key = place.function.key
        theirs = [n for n in self.people.nodes[key] if not n.macro]
        ours = [n for n in self.port.nodes[key] if not n.macro]
        return any(
            self._theirs.forms(place.expression, one) & self._ours.forms(text, other)
            for text in self.port.sets.get(key, ())
            for one in theirs
            for other in ours
        )

    def _is_new(self, key: Key) -> bool:
        return key in self.port.sets and key not in self.people.sets

    def _around(self, key: Key) -> set[Key]:
        """Callers with a new context that cover every way to a function; empty where they do not."""
        seen, todo, found = {key}, [key], set[Key]()
        while todo:
            here = todo.pop()
            if here != key and here in self.port.sets:
                found.add(here)
                continue
            callers = self.port.up.get(here, set())
            if self.people.entries.kinds.get(here, set()) & set(VNETLESS) or not callers:
                return set()
            todo += callers - seen
            seen |= callers
        return {here for here in found if self._is_new(here)}

    def _below(self, key: Key) -> set[Key]:
        """Callees with a new context that every way to virtualized state passes; empty where one does not."""
        seen, todo, found = {key}, [key], set[Key]()
        while todo:
            here = todo.pop()
            if here != key and here in self.port.sets:
                found.add(here)
                continue
            if any(node.touches_state for node in self.port.nodes[here]):
                return set()
            fresh = self.port.down.get(here, set()) - seen
            todo += fresh
            seen |= fresh
        return {here for here in found if self._is_new(here)}

    def _additions(self) -> list[Verdict]:
        out = []
        for key, expressions in sorted(self.port.sets.items()):
            if key in self.people.sets or key in self._moved or key in self._kept:
                continue
            judge = self.people if key in self.people.nodes else self.port
            kind, status = judge.kind(key)[0], "wrong" if judge.guaranteed(key) else "extra"
            out += [Verdict(status, kind, f"{key[0]}:{key[1]}  {kind}  {text}") for text in expressions]
        return out

    def inserted(self) -> int:
        """How many contexts the port has that its input had not."""
        return sum(len(c) for key, c in self.port.sets.items() if key not in self._kept)


def table(verdicts: list[Verdict]) -> str:
    """Counts by kind of entry."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        added = verdict.status in ("wrong", "extra")
        rows[verdict.kind].update([verdict.status] if added else [verdict.status, "people"])
    lines = [f"{'entered as':14}" + "".join(f"{name:>11}" for name in COLUMNS)]
    for kind in sorted(rows, key=_rank):
        lines.append(_row(kind, rows[kind]))
    return "\n".join([*lines, _row("all", sum(rows.values(), Counter[str]()))])


def _rank(kind: str) -> int:
    order = (*VNETLESS, *GUARANTEED, *INHERITED)
    return order.index(kind) if kind in order else len(order)


def _row(name: str, counts: Counter[str]) -> str:
    return f"{name:14}" + "".join(f"{counts[column] or '-':>11}" for column in COLUMNS)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else f"{part} of {whole}"


def summary(verdicts: list[Verdict], inserted: int) -> str:
    """The figures asked for: places found, and contexts where there was one."""
    lines = []
    for title, kinds in (("all vnet-less entries", VNETLESS), (", ".join(_CORE), _CORE)):
        group = [v for v in verdicts if v.kind in kinds and v.status not in ("wrong", "extra")]
        hits = sum(v.status in _FOUND for v in group)
        moved = sum(v.status == "elsewhere" for v in group)
        lines.append(
            f"{title}: same or named {_share(hits, len(group))}, with elsewhere {_share(hits + moved, len(group))}"
        )
    wrong = sum(v.status == "wrong" for v in verdicts)
    return "\n".join([*lines, f"inserted where the framework had one: {_share(wrong, inserted)}"])


def read_left(path: Path | None) -> set[Key]:
    """The functions that a list of places left to a person names."""
    if path is None:
        return set()
    return {(place["file"], place["function"]) for place in json.loads(path.read_text(encoding="utf-8"))}


def print_places(places: list[Place]) -> None:
    """Print the places that count, then the others with the reason."""
    for title, counted in (("places that count", True), ("other places", False)):
        group = [place for place in places if bool(place.reason) != counted]
        print(f"# {title}: {len(group)}", *map(str, group), sep="\n", end="\n\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("original", type=Path, help="the tree as people virtualized it")
    parser.add_argument("ported", type=Path, help="the tree as the port wrote it")
    parser.add_argument("--input", type=Path, help="the tree the port was given: contexts it had are not new")
    parser.add_argument("--left", type=Path, help="JSON list of the places the port left to a person")
    parser.add_argument("--pointers", action="store_true", help="count places that reach state only through pointers")
    parser.add_argument("--show", action="store_true", help="print every disagreement")
    parser.add_argument("--list", action="store_true", help="print the places instead, and why one does not count")
    return parser.parse_args()


def main() -> int:
    """Run from the command line."""
    given = _arguments()
    before = Survey(read_tree(given.input)) if given.input else None
    people, port = Survey(read_tree(given.original)), Survey(read_tree(given.ported))
    judge = Judge(people, port, before, read_left(given.left))
    if given.list:
        print_places(judge.places(given.pointers))
        return 0
    verdicts = judge.verdicts(given.pointers)
    print(table(verdicts), summary(verdicts, judge.inserted()), sep="\n\n")
    if given.show:
        print("", *(f"{v.status}: {v.text}" for v in verdicts if v.status != "same"), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
