"""VP3xx, and what else a module's life shows: loaded with jails, through their coming and going, to its unloading."""

from collections.abc import Iterator

from vport.checks.faults import as_found, functions_of
from vport.checks.found import Found
from vport.checks.job import Job
from vport.runtime.errors import RuntimeInputError
from vport.runtime.model import Module
from vport.runtime.scenarios import run

SCENARIOS = ("jails", "unload")
"""Those that show what source alone can get wrong; the others need traffic or a person."""


def check(job: Job) -> Iterator[Found]:
    """Findings about the life of modules that hold state of each stack, or register constructors."""
    virtual = {site.file for variable in job.per_vnet for site in variable.sites}
    for name in job.touched():
        files = job.modules[name]
        if not any(file in virtual for file in files):
            continue
        module = job.model(name)
        try:
            yield from of_module(module)
        except RuntimeInputError as error:
            job.problems.append(f"{name}: {error}; its life was not checked")


def of_module(module: Module) -> list[Found]:
    """Findings about the life of one module.

    Raises:
        RuntimeInputError: the module says what no kernel could do.
    """
    functions = functions_of(module)
    found: dict[tuple[str, str, int, str], Found] = {}
    for scenario in SCENARIOS:
        for fault in run(module, scenario).faults:
            one = as_found(fault, functions)
            if one is not None and not one.id.startswith("VP2"):
                found.setdefault((one.id, one.file, one.line, one.variable), one)
    return list(found.values())
