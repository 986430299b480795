"""The rows of `vport scan`: each mutable variable with type, place, storage, decision and evidence."""

from collections.abc import Mapping

from vport.c.declarators import short_type
from vport.c.places import Lines
from vport.decide import Decision
from vport.names import spell
from vport.read import Read
from vport.row import Row
from vport.tree import Variable


def storage_of(variable: Variable) -> str:
    """`static local`, `static` or `extern`."""
    if variable.function:
        return "static local"
    return variable.storage or "extern"


def mutable(read: Read) -> list[Variable]:
    """Variables that can change, in order of file and line."""
    found = [v for v in read.tree.variables if not v.const]
    return sorted(found, key=lambda v: (v.file, v.sites[0].declaration.start, v.name))


def inventory(read: Read, decisions: Mapping[tuple[str, str, str], Decision]) -> list[Row]:
    """Rows for every mutable variable of the tree."""
    rows: list[Row] = []
    lines: dict[str, Lines] = {}
    for variable in mutable(read):
        if variable.file not in lines:
            lines[variable.file] = Lines(read.data[variable.file])
        site, decision = variable.sites[0], decisions[variable.key]
        declarator = site.declarator
        text = read.data[variable.file][declarator.start : declarator.end]
        rows.append(
            Row(
                variable.name,
                spell(variable.file),
                lines[variable.file].at(declarator.name_at),
                variable.function,
                short_type(site.declaration.specifier, declarator, text),
                storage_of(variable),
                decision.decision,
                tuple(decision.why),
                round(decision.score, 2),
            )
        )
    return rows
