"""VP2xx: every entry point of every module, explored in the context that its framework guarantees."""

import re
from collections.abc import Iterator

from vport.checks.faults import as_found, functions_of
from vport.checks.found import Found, id_of_kind
from vport.checks.job import Job
from vport.runtime.explore import Explorer
from vport.runtime.model import Entry, Module

_SET = re.compile(rb"\bCURVNET_SET\b|\bVNET_FOREACH\b|\bCURVNET_RESTORE\b")


def check(job: Job) -> Iterator[Found]:
    """Findings about contexts, one for each cause."""
    for name in job.touched():
        if _concerned(job, job.modules[name]):
            yield from of_module(job.model(name))


def _concerned(job: Job, files: list[str]) -> bool:
    """Whether a module reaches per-vnet state or sets a context; the others have none to get wrong."""
    needy = {file for file, _ in job.life.needs.needy}
    return any(file in needy or _SET.search(job.read.data[file]) for file in files)


def of_module(module: Module) -> list[Found]:
    """Findings about contexts in one module."""
    explorer, functions = Explorer(module), functions_of(module)
    found: dict[tuple[str, str, str], Found] = {}
    for entry in (*explorer.entries(), *_others(module, explorer)):
        for fault in explorer.explore(entry):
            one = as_found(fault, functions)
            if one is not None and one.id.startswith("VP2") and fault.kind in id_of_kind():
                key = (one.id, one.file, one.function or str(one.line))
                if key not in found or one.line < found[key].line:
                    found[key] = one
    return list(found.values())


def _others(module: Module, explorer: Explorer) -> Iterator[Entry]:
    """Functions that nobody registers: whoever calls them has a context, but their sets must have restores."""
    known = {e.function for e in explorer.entries()}
    for function in module.functions:
        if function.name not in known and not function.unread:
            yield Entry("function", function.name, function.at, "inherited")
