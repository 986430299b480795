"""Initial values that a loadable module brings to the stacks too early: before it is relocated.

See VNET(9): the linker copies a module's initial values to the stacks that exist first, and puts addresses right then.
"""

from vport.job import Job
from vport.modelling.grouping import modules_of
from vport.modelling.known import known
from vport.patterns import later
from vport.tree import Site

_ADDRESS = later(rb"(?:^|[^&\w)\]\s])\s*&\s*[A-Za-z_(]")
"""`&` that is no operator between two operands."""
_WORD = later(rb"(?<![\w.])[A-Za-z_]\w*")


def is_late(job: Job, site: Site) -> bool:
    """Whether a definition's value is an address, and its file part of a module that can be loaded."""
    return _holds_address(job, site) and is_loadable(job, site.file)


def is_loadable(job: Job, file: str) -> bool:
    """Whether a file declares a module, is of one, or lies in a folder that has one only."""
    wanted = known().modules
    declaring = {f for f, facts in job.tree.facts.items() if any(call.name in wanted for call in facts.calls)}
    if any(file in files and declaring & set(files) for files in modules_of(job.tree).values()):
        return True
    return sum(_folder(f) == _folder(file) for f in declaring) == 1


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _holds_address(job: Job, site: Site) -> bool:
    """Whether a value has the address of something, a text for a pointer, or a function in it."""
    declarator = site.declarator
    start, end = declarator.value_start, declarator.value_end
    value = job.code(site.file)[start:end]
    if _ADDRESS.search(value):
        return True
    if "p" in declarator.shape and b'"' in job.data[site.file][start:end]:
        return True
    words = (word.decode("latin-1") for word in _WORD.findall(value))
    return any(job.life.graph.entries.resolve(site.file, word) is not None for word in words)
