"""Contexts, and the path of calls behind each: from where the kernel learns of a function to the state it reaches."""

import os
import re
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Set
from itertools import pairwise

from vport.job import Job
from vport.life.entries import Key, Registration
from vport.life.placement import Placement
from vport.names import harmless
from vport.report.html.page import Context, Step
from vport.report.html.texts import Files

_FEW = 3
"""Registrations that are told of one function."""


def gather(job: Job, files: Files) -> list[Context]:
    """All contexts, those that are left to a person first."""
    paths = _Paths(job, files)
    order = {"left": 0, "iterate": 1, "set": 2}
    made = [_context(paths, files, p) for p in job.placements]
    return sorted(made, key=lambda c: (order[c.kind], files.names[c.file], c.line))


def _context(paths: "_Paths", files: Files, one: Placement) -> Context:
    file, name = one.function
    at = one.region.start if one.region is not None else one.at
    return Context(
        one.kind,
        one.entry.kind,
        harmless(name),
        files.number(file),
        files.line(file, at),
        harmless(one.expression),
        harmless(one.reason),
        [harmless(c) for c in one.candidates],
        list(paths.steps(one)),
    )


class _Paths:
    """Finds paths of calls in one tree.

    Arguments:
        job: of the port.
        files: numbers names.
    """

    def __init__(self, job: Job, files: Files) -> None:
        self._graph = job.life.graph
        self._bare = job.bare
        self._code = job.code
        self._needy = job.life.needs.needy
        self._tree = job.tree
        self._files = files
        self._named = {(r.file, r.use.at): v.name for v in job.life.variables for r in v.references}

    def steps(self, one: Placement) -> Iterator[Step]:
        """Who makes the kernel call the function, who calls whom, what is reached."""
        above = self._search(one.function, self._graph.callers, self._is_entry, self._bare) or [one.function]
        entry = above[-1]
        for registration in self._without_vnet(entry)[:_FEW]:
            yield self._registered(registration)
        below = self._search(one.function, self._graph.callees, self._graph.direct.__contains__, self._needy)
        chain = [*reversed(above), *below[1:]]
        yield from (self._call(caller, callee) for caller, callee in pairwise(chain))
        yield self._reached(chain[-1]) if below else self._function(chain[-1])

    def _without_vnet(self, key: Key) -> list[Registration]:
        return [r for r in self._graph.entry_kinds.get(key, ()) if r.entry.context == "none"]

    def _is_entry(self, key: Key) -> bool:
        return bool(self._without_vnet(key))

    def _search(
        self, start: Key, ways: Mapping[Key, Set[Key]], is_end: Callable[[Key], bool], inside: Container[Key]
    ) -> list[Key]:
        """The shortest way from a function to one that is the end, through some; empty when there is none."""
        before: dict[Key, Key | None] = {start: None}
        queue = deque([start])
        while queue:
            key = queue.popleft()
            if is_end(key):
                return _back(before, key)
            for other in sorted(ways.get(key, ())):
                if other not in before and other in inside:
                    before[other] = key
                    queue.append(other)
        return []

    def _registered(self, one: Registration) -> Step:
        where = f" in {one.inside}()" if one.inside else ""
        text = f"{one.by} makes it a handler ({one.entry.kind}){where}"
        return self._files.step(one.file, -self._files.line(one.file, one.at), text)

    def _function(self, key: Key) -> Step:
        """A function or macro by itself."""
        file, at = self._home(key)
        return Step(self._files.number(file), -self._files.line(file, at), harmless(_named(key)))

    def _home(self, key: Key) -> tuple[str, int]:
        """Where a function or macro is defined."""
        file, name = key
        if file == "#":
            where, define = self._tree.macros[name][0]
            return where, define.start
        return file, next((f.start for f in self._tree.facts[file].functions if f.name == name), 0)

    def _call(self, caller: Key, callee: Key) -> Step:
        """Where one names the other first; where it calls it through a pointer, the caller alone."""
        file, name = caller
        word = re.compile(rb"\b%s\b" % re.escape(os.fsencode(callee[1])))
        text = f"{_named(caller)} calls {_named(callee)}"
        for low, high in self._bodies(caller):
            where = file if file != "#" else self._tree.macros[name][0][0]
            found = word.search(self._code(where), low, high)
            if found is not None:
                return self._files.step(where, -self._files.line(where, found.start()), text)
        home, at = self._home(caller)
        return Step(self._files.number(home), -self._files.line(home, at), harmless(f"{text} through a pointer"))

    def _bodies(self, key: Key) -> list[tuple[int, int]]:
        file, name = key
        if file == "#":
            return [(d.body, d.end) for where, d in self._tree.macros[name] if where == self._tree.macros[name][0][0]]
        return [(f.body, f.end) for f in self._tree.facts[file].functions if f.name == name]

    def _reached(self, key: Key) -> Step:
        """The variable itself."""
        at = self._graph.direct[key][0]
        file = key[0] if key[0] != "#" else self._tree.macros[key[1]][0][0]
        name = self._named.get((file, at), "per-vnet state")
        return self._files.step(file, -self._files.line(file, at), f"{_named(key)} reaches {name}")


def _named(key: Key) -> str:
    """A function or macro as it is written in a text."""
    return key[1] if "(" in key[1] else f"{key[1]}()"


def _back(before: Mapping[Key, Key | None], key: Key) -> list[Key]:
    path: list[Key] = []
    at: Key | None = key
    while at is not None:
        path.append(at)
        at = before[at]
    return path[::-1]
