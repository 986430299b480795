"""VP208: functions that never have a stack, and call what may want one in another file.

The explorer follows one module.  What a function of another module wants is told from its text alone: some of its ways
reach per-vnet state, and whether this call takes one of them nobody knows; so this asks where VP203 says.
"""

from collections.abc import Iterator

from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.life.entries import Key

_DEEPEST = 4
"""Calls between a function and the state that it may reach: farther ways are seldom taken from a given place."""


def check(job: Job) -> Iterator[Found]:
    """One finding for each call, at its first place in a function."""
    owner = {file: name for name, files in job.modules.items() for file in files}
    told = {(f.file, f.function) for name in job.touched() for f in job.explored[name].contexts if f.id == "VP203"}
    for key in sorted(_without_stack(job) & job.life.needs.needy):
        if key[0] in job.read.tree.facts and job.wanted(key[0]) and key not in told:
            yield from (one for one in _of_function(job, key) if owner.get(one.steps[0].file) != owner.get(key[0]))


def _of_function(job: Job, key: Key) -> Iterator[Found]:
    needs, said = job.life.needs, set[str]()
    for function in job.read.tree.facts[key[0]].functions:
        for at in needs.places(key, function.body, function.end) if function.name == key[1] else ():
            name = _name_at(job.code[key[0]], at)
            target = needs.graph.entries.resolve(key[0], name)
            if name in said or target is None or target[0] == key[0]:
                continue
            steps = _way(job, target)
            if steps:
                said.add(name)
                yield _found(job, key, at, name, steps)


def _name_at(code: bytes, at: int) -> str:
    end = at
    while code[end : end + 1].isalnum() or code[end : end + 1] == b"_":
        end += 1
    return code[at:end].decode("latin-1")


def _found(job: Job, key: Key, at: int, name: str, steps: tuple[Step, ...]) -> Found:
    message = (
        f"{key[1]}() is called without a stack, and calls {name}(), which may reach {steps[-1].text} of the current one"
    )
    cure = "Set curvnet around the call, or see to it that this call does not get there"
    return Found("VP208", key[0], job.line(key[0], at), message, cure, "", key[1], steps)


def _way(job: Job, first: Key) -> tuple[Step, ...]:
    """The shortest way from a function to per-vnet state that no context covers; empty where it is far."""
    graph, needs = job.life.needs.graph, job.life.needs
    ways: list[tuple[Key, ...]] = [(first,)]
    seen = {first}
    for _ in range(_DEEPEST):
        longer: list[tuple[Key, ...]] = []
        for way in ways:
            reached = _reached(job, way[-1])
            if reached is not None:
                return (*_calls(job, way), reached)
            new = sorted(c for c in graph.callees.get(way[-1], ()) if c in needs.needy and c not in seen)
            seen.update(new)
            longer += [(*way, callee) for callee in new if callee[0] in job.read.tree.facts]
        ways = longer
    return ()


def _reached(job: Job, key: Key) -> Step | None:
    """Where a function itself reaches per-vnet state, by an accessor or a macro that stands for one."""
    needs, file = job.life.needs, key[0]
    places = [at for at in needs.graph.direct.get(key, ()) if not needs.covers(key, at)]
    for function in job.read.tree.facts[file].functions:
        if function.name == key[1]:
            places += [
                at
                for at in needs.places(key, function.body, function.end)
                if ("#", _name_at(job.code[file], at)) in needs.graph.direct
            ]
    if not places:
        return None
    return Step(file, job.line(file, min(places)), _name_at(job.code[file], min(places)))


def _calls(job: Job, way: tuple[Key, ...]) -> Iterator[Step]:
    facts = job.read.tree.facts
    for file, name in way:
        yield Step(file, next(f.line for f in facts[file].functions if f.name == name), f"{name}()")


def _without_stack(job: Job) -> set[Key]:
    """Functions that have no stack whoever calls them: entries without one, and what these call outside of contexts.

    One that somebody else calls as well, or that one of them gives a stack, is left out: nobody knows whose call it is.
    """
    graph, needs = job.life.needs.graph, job.life.needs
    found = {key for key, all_ in graph.entry_kinds.items() if all(r.entry.context == "none" for r in all_)}
    rest = list(found)
    while rest:
        for callee in needs.calls_outside(rest.pop()):
            callers = graph.callers.get(callee, frozenset())
            known = callee in found or callee in graph.entry_kinds or not callers <= found
            if not known and all(callee in needs.calls_outside(caller) for caller in callers):
                found.add(callee)
                rest.append(callee)
    return found
