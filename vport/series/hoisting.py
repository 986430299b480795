"""The first step of a series: types written inside a definition stand by themselves, and have names.

The variables stay plain, so that both builds are what they were.
"""

from vport.edits import Edit
from vport.job import Job
from vport.passes.definitions import statements
from vport.statement import Rewriter, Wanted

NAME = "types"
_REASON = "the type stands by itself, so that a definition can name it"


def hoisted(job: Job) -> dict[tuple[str, int], list[Edit]]:
    """Edits that part types from the definitions they stand in, by file and offset of the statement.

    Arguments:
        job: of the whole port.
    """
    plain = Job(job.tree, job.data, job.dialect, job.reading, [])
    found: dict[tuple[str, int], list[Edit]] = {}
    for (file, at), (_, declaration) in statements(job).items():
        if declaration.has_body and not declaration.macro:
            wanted = [Wanted(d.name, None) for d in declaration.declarators]
            found[file, at] = list(Rewriter(plain, file, declaration, wanted, NAME, _REASON).edits())
    return found
