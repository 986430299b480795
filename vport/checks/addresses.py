"""VP206 as assignments show it: curvnet, or an address of per-vnet state, in what all stacks share."""

import re
from collections.abc import Iterator

from vport.c.flow import Assignment, Flow
from vport.checks.found import Found
from vport.checks.job import Job

_BASE = re.compile(r"\*?\s*([A-Za-z_]\w*)")
_KEPT = re.compile(rb"=\s*(?:\([^()]*\*\s*\)\s*)*(?:curvnet\b|&\s*\(?\s*V_)")
"""How every assignment of such a value begins: functions without one need not be parsed."""
_VALUE = re.compile(rb"(?:\([^()]*\*\s*\)\s*)*(?:(curvnet)|&\s*\(?\s*V_(\w+)(?:\.\w+|\[[^\]]*\])*\)?)\s*\Z")

_INSERTED = re.compile(
    rb"\b(?:CK_)?(?:S?LIST|S?TAILQ)_INSERT_(?:HEAD|TAIL)\s*\(\s*&\s*(\w+)\s*,\s*&\s*V_(\w+)[\w.]*\s*,"
)
_REMOVED = rb"_REMOVE(?:_HEAD)?\s*\([^;]*&\s*V_%s\b"


def check(job: Job) -> Iterator[Found]:
    """Assignments in functions of wanted files; what an entry point's exploration tells is not told again."""
    told = {(f.file, f.line) for name in job.touched() for f in job.explored[name].contexts if f.id == "VP206"}
    told |= {(f.file, f.line) for name in job.touched() for f in job.explored[name].life if f.id == "VP206"}
    shared = {(v.file, v.name) for v in job.read.tree.variables if not v.virtual and not v.function}
    public = {v.name for v in job.read.tree.variables if not v.virtual and v.storage != "static" and not v.function}
    for file in job.read.tree.facts:
        if not job.wanted(file) or job.read.tree.words(file).isdisjoint(("curvnet", *_accessors(job, file))):
            continue
        yield from _inserted(job, file, shared)
        for flow in job.life.flows.holding(file, [b"curvnet", b"&V_", b"&(V_"], _KEPT):
            for assignment in flow.assignments:
                name = _holder(flow, assignment)
                known = (file, name) in shared or (name in public and job.read.tree.sees(file, name))
                found = _found(job, file, assignment, name) if known else None
                if found is not None and (file, found.line) not in told:
                    yield found


def _inserted(job: Job, file: str, shared: set[tuple[str, str]]) -> Iterator[Found]:
    """State of a stack that is linked into a list of all, and that nothing takes out again."""
    code = job.code[file]
    for match in _INSERTED.finditer(code):
        name, own = match[1].decode(), match[2]
        inside = next((f.name for f in job.read.tree.facts[file].functions if f.start <= match.start() < f.end), "")
        if (file, name) not in shared or not inside or re.search(_REMOVED % own, code):
            continue
        message = (
            f"{inside}() links V_{own.decode()} into {name}, which all stacks share, and nothing takes it out: who "
            "walks the list reaches one stack's state, dangling once that stack is gone"
        )
        cure = f"Take it out in a destructor (VNET_SYSUNINIT), or make {name} per-vnet"
        yield Found("VP206", file, job.line(file, match.start()), message, cure, name, inside)


def _accessors(job: Job, file: str) -> Iterator[str]:
    return (word for word in job.read.tree.words(file) if word.startswith("V_"))


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
