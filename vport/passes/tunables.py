"""`TUNABLE_INT("...", &x)` keeps an address for the boot: it has to name the reference copy.

Static tunables run at SI_SUB_TUNABLES, before the first vnet exists (sys/kernel.h), so what they write is what
every stack starts from.
"""

from collections.abc import Iterator
from functools import cache

from vport import rules
from vport.edits import Edit
from vport.job import Job
from vport.uses import Use

NAME = "tunables"


@cache
def _macros() -> frozenset[str]:
    return frozenset(rules.load("sysctl")["tunables"]["static"])


def is_static_tunable(use: Use) -> bool:
    """Whether the use is the address a static tunable keeps."""
    return use.place in ("call", "macro") and use.callee in _macros() and use.access != "sizeof"


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for every static tunable of a chosen variable."""
    for variable, reference in job.references():
        use = reference.use
        if is_static_tunable(use):
            new = job.dialect.reference(job.new_name(variable))
            reason = f"the tunable sets what every stack's {variable.name} starts from"
            yield reference.file, Edit(use.at, use.at + len(use.name), 3, new.encode(), NAME, reason, variable.name)
