"""VP101 and VP102: what the port's own passes make of the variable, where they leave nothing to a person."""

from vport.checks.found import Found
from vport.checks.job import Job
from vport.dialect import detect, load
from vport.edits import Edit
from vport.job import Job as Port
from vport.outcome import Failed
from vport.patterns import later
from vport.port import Port as Ported
from vport.port import port
from vport.tree import Variable

Edits = tuple[tuple[str, Edit], ...]

_HAS_LIFE = later(
    r"\b(?:mtx|rwlock|rmlock|rmslock|sx|callout|task|timeout_task|taskqueue|uma_zone|uma_zone_t|unrhdr|ifqueue|mbufq|"
    r"epoch_t|counter_u64_t|eventhandler_tag|\w*_?[hH]ead|\w*q(?:ueue)?_head)\b"
)
"""Types of what must be set up in every stack, which names alone do not do."""


def virtualize(job: Job, one: Found) -> Edits:
    """The edits of a port of one variable; none where it holds what must be set up, or is used without a stack."""
    key = (one.file, one.function, one.variable)
    variable = next((v for v in job.read.tree.variables if v.key == key), None)
    if variable is None or _is_doubtful(one) or _HAS_LIFE.search(variable.sites[0].declaration.specifier):
        return ()
    if "*" in _declarator(job, variable) or _without_stack(job, variable):
        return ()
    dialect = load(detect(job.read.data, job.read.data.__getitem__)[0])
    return _edits(port(job.read, [variable], dialect))


def _is_doubtful(one: Found) -> bool:
    """Whether a person should say first that a variable is each stack's own.

    Of statics in functions nothing is ever quite sure, and the finding is told of those only that packets write.
    """
    return one.confidence == "low" and not one.function


def _declarator(job: Job, variable: Variable) -> str:
    site = variable.sites[0]
    return job.code[site.file][site.declarator.start : site.declarator.end].decode("latin-1")


def _without_stack(job: Job, variable: Variable) -> bool:
    """Whether some way to the variable has no stack: a port would set a context there, or leave it to a person."""
    dialect = load(detect(job.read.data, job.read.data.__getitem__)[0])
    reached = Port(job.read.tree, job.read.data, dialect, job.read.reading, [variable]).placements
    return bool(reached) or any(r.use.place == "macro" for r in variable.references)


def _edits(made: Ported) -> Edits:
    if made.findings or not made.ported or any(isinstance(outcome, Failed) for outcome in made.outcomes):
        return ()
    return tuple((file, edit) for file, edits in made.edits.items() for edit in edits)
