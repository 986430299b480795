"""A port in pieces to judge: each change with the variables it serves, gathered by the first of them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from vport.diff import CONTEXT, Change, changes, line_starts
from vport.digest import blake2b
from vport.life.entries import Key as FunctionKey
from vport.patterns import later
from vport.port import Port
from vport.read import Read
from vport.tree import Variable

Key = tuple[str, str, str]

_NAME = later(rb"[A-Za-z_]\w*")
_WORD = later(rb"\b(?:V_(\w+)|VNET_NAME\((\w+)\))")

_SHARED_NEAR = 20
"""Lines between two changes that the same variables need, such as both ends of a context, to be shown together."""


class Hunk(msgspec.Struct):
    """Changes of one file that are judged together.

    Arguments:
        file: they stand in.
        variable: they are shown with; None for what several variables need, such as a context.
        serves: all variables that need one of the changes.
        changes: in order.
        ids: of the changes, by their text.
        tag: of the structure that a person may refuse to change, else empty.
    """

    file: str
    variable: Key | None
    serves: tuple[Key, ...]
    changes: list[Change]
    ids: list[str]
    tag: str = ""


class _Names:
    """Which variables a change serves, asked of a port.

    Arguments:
        read: the tree.
        port: of it.
    """

    def __init__(self, read: Read, port: Port) -> None:
        self._read, self._job = read, port.job
        ported = {v.key for v in port.ported}
        known = sorted(read.tree.variables, key=lambda v: (v.file, v.sites[0].declarator.name_at))
        self.order = {v.key: number for number, v in enumerate(known)}
        self.variables = [v for v in known if v.key in ported]
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._named: dict[str, list[Variable]] = {}
        self._direct: dict[FunctionKey, set[Key]] = {}
        self._note()

    def _note(self) -> None:
        for number, variable in enumerate(self.variables):
            for site in (*variable.sites, *variable.externs):
                self._places.setdefault(site.file, []).append((site.declarator.name_at, number))
            for name in {variable.name, self._job.new_name(variable)}:
                self._named.setdefault(name, []).append(variable)
            for reference in variable.references:
                use, facts = reference.use, self._read.tree.facts[reference.file]
                self._places.setdefault(reference.file, []).append((use.at, number))
                if use.place == "function":
                    key = (reference.file, facts.functions[use.index].name)
                    self._direct.setdefault(key, set()).add(variable.key)
                elif use.place == "macro":
                    self._direct.setdefault(("#", facts.defines[use.index].name), set()).add(variable.key)
        for places in self._places.values():
            places.sort()

    def of(self, file: str, change: Change, low: int, high: int) -> set[Key]:
        """Variables that a change of some bytes names itself."""
        places = self._places.get(file, [])
        inside = places[bisect_left(places, (low, -1)) : bisect_left(places, (high, -1))]
        found = {self.variables[number].key for _, number in inside}
        names = {name for edit in change.edits for name in edit.variable.split(", ") if name}
        old = set(_words([self._read.data[file][low:high]]))
        names |= set(_words(change.new)) - old
        return found | {v.key for name in names for v in self._meant(name, file)}

    def _meant(self, name: str, file: str) -> list[Variable]:
        """Variables of a name: those that the file has to do with, if any of them does."""
        known = self._named.get(name, [])
        if len(known) < 2:
            return known
        near = [v for v in known if v.file == file or any(s.file == file for s in v.externs)]
        return near or known

    def behind(self, file: str, change: Change, low: int, high: int) -> set[Key]:
        """Variables that need a change that names none.

        For a context they are those that the function around it reaches, for what is moved or registered those that
        the functions named there reach.
        """
        facts = self._read.tree.facts[file]
        around = {(file, f.name) for f in facts.functions if f.start <= low < f.end}
        if any(edit.by == "contexts" for edit in change.edits):
            return self._reached(around)
        resolve = self._job.life.graph.entries.resolve
        text = self._read.data[file][low:high] + b"".join(change.new)
        named = {resolve(file, name.decode("latin-1")) for name in set(_NAME.findall(text))}
        return self._reached({key for key in named if key}) or self._reached(around)

    def _reached(self, functions: set[FunctionKey]) -> set[Key]:
        callees = self._job.life.graph.callees
        seen, rest = set(functions), list(functions)
        while rest:
            for callee in callees.get(rest.pop(), ()):
                if callee not in seen:
                    seen.add(callee)
                    rest.append(callee)
        return {key for function in seen for key in self._direct.get(function, ())}

    def around(self, file: str) -> set[Key]:
        """Variables that a file has to do with; all, if it has to do with none."""
        return {self.variables[number].key for _, number in self._places.get(file, [])} or {
            v.key for v in self.variables
        }

    def tag(self, change: Change) -> str:
        """The structure that a change gives a member for the stack of its objects."""
        new = b"".join(change.new)
        said = " ".join(e.reason for e in change.edits if e.by == "objects")
        return next((t for t, m in self._job.objects.items() if m.encode() in new and f"struct {t}" in said), "")


def _words(lines: Iterable[bytes]) -> Iterator[str]:
    for match in _WORD.finditer(b"".join(lines)):
        yield (match[1] or match[2]).decode("latin-1")


class Pieces:
    """All hunks of a port in the order they are shown: variable by variable, then what several of them need.

    Arguments:
        read: the tree.
        port: of it.
    """

    def __init__(self, read: Read, port: Port) -> None:
        self._read, self._names = read, _Names(read, port)
        found = [hunk for file in sorted(port.edits) for hunk in self._of_file(file, port)]
        self.order = self._names.order
        self.hunks = sorted(_merged(found), key=self.rank)

    def rank(self, hunk: Hunk) -> tuple[int, bool, str, int]:
        """Where a hunk stands: the definition before the uses."""
        number = len(self.order) if hunk.variable is None else self.order[hunk.variable]
        away = hunk.variable is not None and hunk.variable[0] != hunk.file
        return number, away, hunk.file, hunk.changes[0].first

    def _of_file(self, file: str, port: Port) -> Iterator[Hunk]:
        data, again = self._read.data[file], Counter[str]()
        starts = [*line_starts(data), len(data)]
        for change in changes(file, data, port.edits[file]):
            low, high = starts[change.first], starts[change.last]
            tag, own = self._names.tag(change), self._names.of(file, change, low, high)
            if any(edit.by == "sysctls" for edit in change.edits):  # a handler may serve several
                own |= self._names.behind(file, change, low, high)
            serves = own or self._names.behind(file, change, low, high) or self._names.around(file)
            ordered = tuple(sorted(serves, key=self._names.order.__getitem__))
            first = ordered[0] if own and not tag else None
            text = _digest(file, data[low:high], b"".join(change.new))
            again[text] += 1
            yield Hunk(file, first, ordered, [change], [f"{text}.{again[text]}"], tag)


def _digest(file: str, old: bytes, new: bytes) -> str:
    hashed = blake2b(digest_size=9)
    for part in (file.encode("utf-8", "surrogateescape"), old, new):
        hashed.update(b"%d:" % len(part) + part)
    return hashed.hexdigest()


def _merged(found: Iterable[Hunk]) -> list[Hunk]:
    """Hunks of one variable whose contexts touch, and those that the same variables need nearby, as one."""
    merged: list[Hunk] = []
    last: dict[object, Hunk] = {}
    for hunk in found:
        kind = (hunk.file, hunk.variable, hunk.tag, hunk.serves if hunk.variable is None else ())
        near = CONTEXT if hunk.variable is not None else _SHARED_NEAR
        before = last.get(kind)
        if before is not None and hunk.changes[0].first - before.changes[-1].last <= near:
            before.serves = tuple(dict.fromkeys((*before.serves, *hunk.serves)))
            before.changes, before.ids = [*before.changes, *hunk.changes], before.ids + hunk.ids
        else:
            last[kind] = hunk
            merged.append(hunk)
    return merged
