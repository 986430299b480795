"""The passes: each reads facts and decisions and yields edits; none touches text.

Order matters only for `--explain`; edits never overlap.
"""

from collections.abc import Callable, Iterator

from vport.edits import Edit
from vport.job import Job
from vport.passes import (
    accessors,
    declarations,
    definitions,
    handlers,
    includes,
    local_statics,
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
}
"""All passes by name, in the order `vport port --help` lists them."""
