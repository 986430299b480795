"""The rows of `vport scan`: each mutable variable with type, place, storage, decision and evidence."""

from collections.abc import Mapping

import msgspec

from vport.c.declarators import short_type
from vport.c.places import Lines
from vport.decide import Decision
from vport.names import spell
from vport.read import Read
from vport.tree import Variable


class Row(msgspec.Struct, frozen=True):
    """One variable as people and programs see it.

    Arguments:
        name, file, line: where it is defined; the file below the folder that was read, as `names.spell` writes it.
        function: of a function-local static, else empty.
        type: as declared, bodies folded.
        storage: `static`, `extern` (external linkage) or `static local`.
        decision: virtualize, share or ask.
        why: classes of evidence, the strongest first.
        score: log-odds behind the decision.
    """

    name: str
    file: str
    line: int
    function: str
    type: str
    storage: str
    decision: str
    why: tuple[str, ...]
    score: float


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
