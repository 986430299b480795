"""Score the constructors and destructors that a port wrote against those people had.

    python tools/score_lifecycle.py ORIGINAL PORTED [--input INPUT] [--show]

ORIGINAL is a tree as people virtualized it; INPUT, ORIGINAL with its virtualization undone; PORTED, what the port made
of INPUT.  What counts is every VNET_SYSINIT and VNET_SYSUNINIT of ORIGINAL that INPUT does not have and whose function
PORTED has.

same      PORTED has one of the same function at the same key
key       of the same function, at another key
through   of a function that calls it
idle      none of these, and the function reaches no virtualized state in ORIGINAL: nothing to go by
named     a comment `VPORT-LIFECYCLE:` stands in the function, above what registers it, or in one that calls it
missing   none of these
extra     PORTED has one that people did not have: to be looked at
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from vport.c.lex import Blanked
from vport.cache import Cache
from vport.discover import discover
from vport.life.life import Life
from vport.life.setups import Setup, Setups
from vport.read import Read, Reader

STATUSES = ("same", "key", "through", "named", "idle", "missing", "extra")
_MARK = b"VPORT-LIFECYCLE:"
_COMMENT_ABOVE = re.compile(rb"/\*(?:(?!\*/).)*\*/\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Verdict:
    """What became of one set-up."""

    status: str
    down: bool
    text: str


class Tree:
    """The set-ups of one tree.

    Arguments:
        read: the tree.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._life = Life(read.tree, Blanked(read.data), read.reading, [v for v in read.tree.variables if v.virtual])
        self.setups = Setups(self._life)
        self.per_vnet = [s for s in self.setups.sysinits if s.per_vnet]

    def has(self, function: tuple[str, str]) -> bool:
        """Whether a function is defined."""
        file, name = function
        return file in self._read.tree.facts and any(f.name == name for f in self._read.tree.facts[file].functions)

    def find(self, wanted: Setup) -> list[Setup]:
        """Per-vnet set-ups of the same kind, of the same function."""
        return [s for s in self.per_vnet if s.function == wanted.function and s.down == wanted.down]

    def calling(self, wanted: Setup) -> list[Setup]:
        """Per-vnet set-ups of the same kind, of a function that calls it."""
        callers = self._life.graph.callers.get(wanted.function, set())
        return [s for s in self.per_vnet if s.function in callers and s.down == wanted.down]

    def reaches(self, function: tuple[str, str]) -> bool:
        """Whether a function reaches virtualized state."""
        return function in self._life.needs.needy

    def marked(self, function: tuple[str, str], depth: int = 2) -> bool:
        """Whether a mark stands in a function, above a set-up of it, or in a caller."""
        file, name = function
        data = self._read.data.get(file, b"")
        bodies = [f for f in self._read.tree.facts[file].functions if f.name == name] if self.has(function) else []
        if any(_MARK in data[f.start : f.end] or self._above(file, f.start) for f in bodies):
            return True
        if any(self._above(s.file, s.call.start) for s in self.setups.sysinits if s.function == function):
            return True
        callers = self._life.graph.callers.get(function, set()) if depth else set()
        return any(self.marked(c, depth - 1) for c in callers if c[0] != "#")

    def _above(self, file: str, at: int) -> bool:
        found = _COMMENT_ABOVE.search(self._read.data[file][:at].rstrip())
        return found is not None and _MARK in found.group()


def _where(setup: Setup) -> str:
    return f"{setup.file}: {setup.function[1]} at {', '.join(setup.key.texts)}"


def _same_key(one: Setup, other: Setup) -> bool:
    return (one.key.subsystem, one.key.order) == (other.key.subsystem, other.key.order)


def verdicts(people: Tree, port: Tree, before: Tree | None = None) -> list[Verdict]:
    """What became of people's set-ups, then those that people did not have."""
    found: list[Verdict] = []
    used: set[tuple[str, int]] = set()
    for theirs in people.per_vnet:
        if (before and before.find(theirs)) or not port.has(theirs.function):
            continue
        ours, around = port.find(theirs), port.calling(theirs)
        used |= {(s.file, s.call.start) for s in (*ours, *around)}
        status = "same" if any(_same_key(theirs, s) for s in ours) else "key" if ours else "through" if around else ""
        if not status and port.marked(theirs.function):
            status = "named"
        status = status or ("missing" if people.reaches(theirs.function) else "idle")
        other = "".join(f"; here at {', '.join(s.key.texts)} ({s.function[1]})" for s in ours or around)
        found.append(Verdict(status, theirs.down, _where(theirs) + (other if status != "same" else "")))
    for made in port.per_vnet:
        known = people.find(made) or (before and before.find(made))
        if not known and (made.file, made.call.start) not in used:
            found.append(Verdict("extra", made.down, _where(made)))
    return found


def table(found: list[Verdict]) -> str:
    """Counts of constructors and destructors."""
    lines = [f"{'':14}" + "".join(f"{name:>9}" for name in ("people", *STATUSES))]
    for title, chosen in (("constructors", (False,)), ("destructors", (True,)), ("all", (False, True))):
        counts = Counter(v.status for v in found if v.down in chosen)
        people = sum(counts.values()) - counts["extra"]
        lines.append(f"{title:14}" + "".join(f"{n or '-':>9}" for n in (people, *(counts[s] for s in STATUSES))))
    return "\n".join(lines)


def read_data(files: Mapping[str, bytes]) -> Tree:
    """A tree in memory."""
    return Tree(Reader(Cache(None)).read_data(Path(), dict(files), []))


def _read(path: Path) -> Tree:
    return Tree(Reader(Cache(None)).read(discover([path])))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("original", type=Path, help="the tree as people virtualized it")
    parser.add_argument("ported", type=Path, help="the tree as the port wrote it")
    parser.add_argument("--input", type=Path, help="the tree the port was given: set-ups it had are not new")
    parser.add_argument("--show", action="store_true", help="print every one that is not the same")
    given = parser.parse_args()
    found = verdicts(_read(given.original), _read(given.ported), _read(given.input) if given.input else None)
    print(table(found))
    if given.show:
        print("", *(f"{v.status}: {v.text}" for v in found if v.status != "same"), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
