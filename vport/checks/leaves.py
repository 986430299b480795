"""VP401 and VP402 as the text of a leaf shows them: also where a condition keeps the leaf out of most builds."""

from collections.abc import Iterator
from functools import partial

from vport.c.mask import MacroCall
from vport.checks.found import Found
from vport.checks.job import Job
from vport.dialect import detect, load, sysctl_arguments
from vport.patterns import later
from vport.tree import Variable

_POINTER = later(rb"\s*&\s*(VNET_NAME\s*\(\s*|V_)?([A-Za-z_]\w*)\s*\)?\s*\Z")
_FLAG = b"CTLFLAG_VNET"
_WORD = later(rb"[A-Za-z_]\w*")


def check(job: Job) -> Iterator[Found]:
    """Leaves of wanted files that lead to a variable, in a tree that knows the flag."""
    if not load(detect(job.read.data, job.read.data.__getitem__)[0]).flag:
        return
    told = {(f.id, f.file, f.line) for name in job.touched() for f in job.explored[name].life}
    for one in job.by_file("VP401", partial(_of_file, job)):
        if (one.id, one.file, one.line) not in told:
            yield one


def _of_file(job: Job, file: str) -> Iterator[Found]:
    for call in job.read.tree.facts[file].calls if b"SYSCTL_" in job.read.data[file] else ():
        one = _of_leaf(job, file, call)
        if one is not None:
            yield one


def _of_leaf(job: Job, file: str, call: MacroCall) -> Found | None:
    places = sysctl_arguments(call.name)
    if places is None or "VNET" in call.name or "_ADD_" in call.name or not call.arguments:
        return None
    if not 0 <= places.pointer < len(call.arguments) or not 0 <= places.access < len(call.arguments):
        return None
    code = job.code[file]
    pointer = _POINTER.match(code, *call.arguments[places.pointer])
    if pointer is None:
        return None
    flagged = _is_flagged(job, code[slice(*call.arguments[places.access])])
    line = job.line(file, code.rfind(call.name.encode(), 0, call.arguments[0][0]))
    name = pointer[2].decode()
    variable = _variable(job, file, name)
    if pointer[1] and flagged is False and (variable is None or variable.virtual):
        message = (
            f"the leaf leads to the per-vnet {name} without {_FLAG.decode()}, so it reads and writes the copy that new "
            "stacks start from"
        )
        return Found("VP401", file, line, message, f"Add {_FLAG.decode()} to its flags", name)
    if not pointer[1] and flagged and variable is not None and not variable.virtual:
        message = f"the leaf leads to {name}, which all stacks share, with {_FLAG.decode()}: the address is wrong"
        return Found("VP402", file, line, message, f"Remove {_FLAG.decode()}, or virtualize {name}", name)
    return None


def _is_flagged(job: Job, access: bytes) -> bool | None:
    """Whether flags hold that of per-vnet leaves, by themselves or by a macro; None where a macro is not known."""
    if _FLAG in access:
        return True
    for word in _WORD.findall(access):
        defines = job.read.tree.macros.get(word.decode(), [])
        if any(_FLAG in job.code[f][d.body : d.end] for f, d in defines):
            return True
        if not defines and not word.startswith((b"CTL", b"CTLFLAG_", b"CTLTYPE_")):
            return None
    return False


def _variable(job: Job, file: str, name: str) -> Variable | None:
    """The variable of a name that a file means; None where several could be."""
    found = [v for v in job.read.tree.variables if v.name == name and not v.function]
    own = [v for v in found if v.file == file]
    mine = own or [v for v in found if v.storage != "static"]
    return mine[0] if len(mine) == 1 else None
