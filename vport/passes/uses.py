"""Uses become `V_x`: in functions, macro bodies, inline functions and values that take no address.

See VNET(9): `V_x` resolves against curvnet.
"""

from collections.abc import Iterator

from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.job import Job
from vport.passes.declarations import run as declarations
from vport.passes.definitions import run as definitions
from vport.passes.handlers import asking, names_reference
from vport.passes.local_statics import run as local_statics
from vport.passes.sysctls import is_pointer
from vport.passes.tunables import is_static_tunable
from vport.tree import Reference, Variable
from vport.uses import Ranges, Use

NAME = "uses"


def takes_accessor(use: Use) -> bool:
    """Whether the use becomes `V_x`, and is not the symbol a sysctl or tunable names."""
    if is_pointer(use) or is_static_tunable(use):
        return False
    return not (use.place == "call" and sysctl_arguments(use.callee) and use.access != "sizeof")


def _in_own_statement(variable: Variable, reference: Reference) -> bool:
    """Whether the use stands in the statement that defines the variable, where its accessor is not defined yet."""
    return any(
        s.file == reference.file and s.declaration.start <= reference.use.at < s.declaration.end
        for s in variable.sites
        if not s.declaration.function
    )


def _claimed(job: Job) -> dict[str, Ranges]:
    """What passes that rewrite statements write anew, with the uses in it, by file."""
    found: dict[str, list[tuple[int, int]]] = {}
    rewriters = {"definitions": definitions, "declarations": declarations, "local-statics": local_statics}
    for name, rewrite in rewriters.items():
        for file, edit in rewrite(job) if name not in job.dialect.forms.skip else ():
            found.setdefault(file, []).append((edit.start, edit.end))
    return {file: Ranges(sorted(ranges)) for file, ranges in found.items()}


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for every use that no other pass takes."""
    asked, claimed = asking(job), _claimed(job)
    for variable, reference in job.references():
        use = reference.use
        if not takes_accessor(use):
            continue
        new = f"V_{job.new_name(variable)}"
        if reference.file in claimed and claimed[reference.file].at(use.at) >= 0:
            continue
        if names_reference(job, reference, asked) or _in_own_statement(variable, reference):
            new = job.dialect.reference(job.new_name(variable))
        reason = f"{variable.name} of the current stack"
        yield reference.file, Edit(use.at, use.at + len(use.name), 3, new.encode(), NAME, reason, variable.name)
