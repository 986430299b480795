"""Contexts, and the path of calls behind each: from where the kernel learns of a function to the state it reaches."""

from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping

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
        yield from (self._function(key) for key in reversed(above))
        below = self._search(one.function, self._graph.callees, self._graph.direct.__contains__, self._needy) or []
        yield from (self._function(key) for key in below[1:])
        if below:
            yield self._reached(below[-1])

    def _without_vnet(self, key: Key) -> list[Registration]:
        return [r for r in self._graph.entry_kinds.get(key, ()) if r.entry.context == "none"]

    def _is_entry(self, key: Key) -> bool:
        return bool(self._without_vnet(key))

    def _search(
        self, start: Key, ways: Mapping[Key, set[Key]], is_end: Callable[[Key], bool], inside: Container[Key]
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
        file, name = key
        if file == "#":
            where, define = self._tree.macros[name][0]
            return self._files.step(where, -self._files.line(where, define.start), f"{name} (macro)")
        starts = [f.start for f in self._tree.facts[file].functions if f.name == name]
        line = -self._files.line(file, starts[0]) if starts else 0
        return self._files.step(file, line, name if "(" in name else f"{name}()")

    def _reached(self, key: Key) -> Step:
        """The variable itself."""
        at = self._graph.direct[key][0]
        file = key[0] if key[0] != "#" else self._tree.macros[key[1]][0][0]
        name = self._named.get((file, at), "per-vnet state")
        return self._files.step(file, -self._files.line(file, at), f"reaches {name}")


def _back(before: Mapping[Key, Key | None], key: Key) -> list[Key]:
    path: list[Key] = []
    at: Key | None = key
    while at is not None:
        path.append(at)
        at = before[at]
    return path[::-1]
