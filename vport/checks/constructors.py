"""VP404: per-vnet constructors that do nothing but what a static initialiser does."""

from collections.abc import Iterator
from functools import partial

from vport.c.flow import Flow
from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.patterns import later
from vport.tree import Variable

_CALL = "VNET_SYSINIT"
_FUNCTION = 3
_ASSIGNMENT = later(rb"\s*V_(\w+)\s*=\s*([^=;][^;]*?)\s*;\s*\Z")
_CONSTANT = later(rb"(?:[-+~()*/<>|&\s]|\b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b|\b(?:NULL|true|false|TRUE|FALSE)\b)+")
_MACRO = later(rb"[A-Z_][A-Z0-9_]*\Z")


def check(job: Job) -> Iterator[Found]:
    """Constructors whose every statement gives a per-vnet variable of the file a constant value."""
    return job.by_file("VP404", partial(_of_file, job))


def _of_file(job: Job, file: str) -> Iterator[Found]:
    for call in job.read.tree.facts[file].calls:
        if call.name != _CALL or len(call.arguments) <= _FUNCTION:
            continue
        start, end = call.arguments[_FUNCTION]
        name = job.code[file][start:end].strip().decode("latin-1")
        set_ = _constants(job, file, name)
        if set_:
            yield _found(job, file, start, name, set_)


def _found(job: Job, file: str, at: int, name: str, set_: list[tuple[Variable, int]]) -> Found:
    names = ", ".join(dict.fromkeys(v.name for v, _ in set_))
    steps = tuple(Step(file, job.line(file, place), f"{v.name} is given its value") for v, place in set_)
    message = f"{name}() gives {names} constant values, which the initial copy of every new stack can hold"
    cure = "Write the values at the definitions, and remove the constructor"
    return Found("VP404", file, job.line(file, at), message, cure, set_[0][0].name, "", steps)


def _constants(job: Job, file: str, function: str) -> list[tuple[Variable, int]]:
    """What a function sets, in order, if that is all it does; else nothing."""
    flows = job.life.flows.of(file, function)
    if len(flows) != 1 or flows[0].root is None:
        return []
    mine = {v.name: v for v in job.per_vnet if v.file == file and len(v.sites) == 1}
    found: list[tuple[Variable, int]] = []
    for start, end in _statements(flows[0]):
        match = _ASSIGNMENT.match(job.code[file], start, end)
        variable = mine.get(match[1].decode()) if match else None
        if match is None or variable is None or not _initial(variable) or not _is_constant(job, file, match[2]):
            return []
        found.append((variable, start))
    return found


def _initial(variable: Variable) -> bool:
    """Whether the definition is of a scalar that has room for a value."""
    declarator = variable.sites[0].declarator
    return not declarator.value_end


def _statements(flow: Flow) -> Iterator[tuple[int, int]]:
    assert flow.root is not None
    for statement in flow.root.parts:
        yield statement.start, statement.end


def _is_constant(job: Job, file: str, value: bytes) -> bool:
    if _CONSTANT.fullmatch(value):
        return True
    reach = job.read.tree.reachable(file)
    bodies = [
        job.code[f][d.body : d.end].strip()
        for f, d in job.read.tree.macros.get(value.decode("latin-1"), ())
        if f in reach and d.parameters is None
    ]
    return bool(_MACRO.match(value)) and len(bodies) == 1 and bool(_CONSTANT.fullmatch(bodies[0]))
