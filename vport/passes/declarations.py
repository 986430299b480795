"""`extern` declarations, in headers and in .c files, at file and at block scope, become VNET_DECLARE.

The macro is that of net/vnet.h; see VNET(9).
"""

from collections.abc import Callable, Iterator

from vport.c.declarators import Declaration
from vport.edits import Edit
from vport.job import Job
from vport.statement import Rewriter, Wanted

NAME = "declarations"


def statements(job: Job) -> dict[tuple[str, int], Declaration]:
    """The `extern` statements that declare a chosen variable, by file and offset."""
    return {
        (site.file, site.declaration.start): site.declaration
        for variable in job.variables
        for site in variable.externs
        if not site.declaration.macro
    }


def _maker(job: Job) -> Callable[[str, str], str]:
    return lambda type_text, declarator: job.dialect.declare(type_text, declarator)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every declaration."""
    for (file, _), declaration in statements(job).items():
        wanted = [
            Wanted(d.name, _maker(job) if (file, d.name_at) in job.chosen else None) for d in declaration.declarators
        ]
        names = ", ".join(w.name for w in wanted if w.make)
        reason = f"{names}: declares the per-stack symbol"
        for edit in Rewriter(job, file, declaration, wanted, NAME, reason).edits():
            yield file, edit
