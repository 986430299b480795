"""VP206 as assignments show it: curvnet, or an address of per-vnet state, in what all stacks share."""

import re
from collections.abc import Iterator
from functools import cached_property, partial

from vport.c.flow import Assignment, Flow
from vport.checks.found import Found
from vport.checks.job import Job
from vport.patterns import later
from vport.tree import Variable

_BASE = later(r"\*?\s*([A-Za-z_]\w*)")
_KEPT = later(rb"=\s*(?:\([^()]*\*\s*\)\s*)*(?:curvnet\b|&\s*\(?\s*V_)")
"""How every assignment of such a value begins: functions without one need not be parsed."""
_VALUE = later(rb"(?:\([^()]*\*\s*\)\s*)*(?:(curvnet)|&\s*\(?\s*V_(\w+)(?:\.\w+|\[[^\]]*\])*\)?)\s*\Z")

_INSERTED = later(
    rb"_INSERT_(?:(?<=LIST_INSERT_)|(?<=TAILQ_INSERT_))(?:HEAD|TAIL)\s*\(\s*&\s*(\w+)\s*,\s*&\s*V_(\w+)[\w.]*\s*,"
)
_REMOVED = rb"_REMOVE(?:_HEAD)?\s*\([^;]*&\s*V_%s\b"


def check(job: Job) -> Iterator[Found]:
    """Assignments in functions of wanted files; what an entry point's exploration tells is not told again."""
    told = {(f.file, f.line) for name in job.touched() for f in job.explored[name].contexts if f.id == "VP206"}
    told |= {(f.file, f.line) for name in job.touched() for f in job.explored[name].life if f.id == "VP206"}
    plain = _Plain(job)
    yield from job.by_file("VP206 linked", partial(_inserted, job, plain))
    for one in job.by_file("VP206", partial(_assigned, job, plain)):
        if (one.file, one.line) not in told:
            yield one


class _Plain:
    """Variables that all stacks share.

    Arguments:
        job: the check.
    """

    def __init__(self, job: Job) -> None:
        self._tree = job.read.tree

    @cached_property
    def _variables(self) -> list[Variable]:
        return [v for v in self._tree.variables if not v.virtual and not v.function]

    @cached_property
    def own(self) -> set[tuple[str, str]]:
        """Files that define them, and names."""
        return {(v.file, v.name) for v in self._variables}

    @cached_property
    def _public(self) -> set[str]:
        return {v.name for v in self._variables if v.storage != "static"}

    def means(self, file: str, name: str) -> bool:
        """Whether a name means one of them in a file."""
        return (file, name) in self.own or (name in self._public and self._tree.sees(file, name))


def _names_state(job: Job, file: str) -> bool:
    return any(word == "curvnet" or word.startswith("V_") for word in job.read.tree.words(file))


def _assigned(job: Job, plain: _Plain, file: str) -> Iterator[Found]:
    """Assignments of what belongs to a stack."""
    words = [b"curvnet", b"&V_", b"&(V_"]
    for flow in job.life.flows.holding(file, words, _KEPT) if _names_state(job, file) else ():
        for assignment in flow.assignments:
            name = _holder(flow, assignment)
            found = _found(job, file, assignment, name) if plain.means(file, name) else None
            if found is not None:
                yield found


def _inserted(job: Job, plain: _Plain, file: str) -> Iterator[Found]:
    """State of a stack that is linked into a list of all, and that nothing takes out again."""
    code = job.code[file] if _names_state(job, file) else b""
    for match in _INSERTED.finditer(code):
        name, own = match[1].decode(), match[2]
        inside = next((f.name for f in job.read.tree.facts[file].functions if f.start <= match.start() < f.end), "")
        if (file, name) not in plain.own or not inside or re.search(_REMOVED % own, code):
            continue
        message = (
            f"{inside}() links V_{own.decode()} into {name}, which all stacks share, and nothing takes it out: who "
            "walks the list reaches one stack's state, dangling once that stack is gone"
        )
        cure = f"Take it out in a destructor (VNET_SYSUNINIT), or make {name} per-vnet"
        yield Found("VP206", file, job.line(file, match.start()), message, cure, name, inside)


def _holder(flow: Flow, assignment: Assignment) -> str:
    """The variable that is written, or whose member is; empty for locals, and for what a pointer leads to."""
    base = _BASE.match(assignment.left)
    name = base[1] if base else ""
    local = any(one.name == name for one in flow.locals)
    return "" if local or "->" in assignment.left or assignment.left.startswith("*") else name


def _found(job: Job, file: str, assignment: Assignment, name: str) -> Found | None:
    value = _VALUE.match(job.code[file], assignment.start, assignment.end)
    if value is None:
        return None
    what = "curvnet" if value[1] else f"the address of V_{value[2].decode()}"
    inside = next((f.name for f in job.read.tree.facts[file].functions if f.start <= assignment.at < f.end), "")
    message = (
        f"{inside}() keeps {what} in {name}, which all stacks share: whoever follows it reaches one stack's state, "
        "dangling once that stack is gone"
    )
    cure = f"Keep nothing, or make {name} per-vnet"
    return Found("VP206", file, job.line(file, assignment.at), message, cure, name, inside)
