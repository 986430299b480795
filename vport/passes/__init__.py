"""The passes: each reads facts and decisions and yields edits; none touches text.

Order matters only for `--explain`; edits never overlap.  A late pass sees the edits of all others, as it moves text.
"""

from collections.abc import Callable, Iterator, Mapping

from vport.edits import Edit
from vport.job import Job
from vport.passes import (
    accessors,
    contexts,
    declarations,
    definitions,
    handlers,
    includes,
    lifecycle,
    local_statics,
    objects,
    sysctls,
    tunables,
    uses,
)

Pass = Callable[[Job], Iterator[tuple[str, Edit]]]
"""Yields (file, edit)."""

PASSES: dict[str, Pass] = {
    "definitions": definitions.run,
    "declarations": declarations.run,
    "local-statics": local_statics.run,
    "accessors": accessors.run,
    "sysctls": sysctls.run,
    "handlers": handlers.run,
    "tunables": tunables.run,
    "uses": uses.run,
    "includes": includes.run,
    "contexts": contexts.run,
    "objects": objects.run,
}
"""All passes by name but the late ones, in the order `vport port --help` lists them."""

LatePass = Callable[[Job, Mapping[str, list[Edit]]], dict[str, list[Edit]]]
"""Takes the edits of all passes and gives those to be applied."""

LATE: dict[str, LatePass] = {"lifecycle": lifecycle.run}
"""Late passes by name."""

NAMES = (*PASSES, *LATE)
"""Names of all passes."""

LIFE = frozenset(("contexts", "objects", "lifecycle"))
"""Passes that write contexts and the life of each stack; they run when asked for."""
