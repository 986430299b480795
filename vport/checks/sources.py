"""VP209: contexts set from what does not tell the stack: an object that is gone, a thread that is nobody's."""

import re
from collections.abc import Iterator
from functools import partial

import msgspec

from vport.c.flow import Call, Flow
from vport.c.tokens import closing_paren
from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.life.flows import chain
from vport.patterns import later

_SETS = ("CURVNET_SET", "CURVNET_SET_QUIET", "CURVNET_SET_VERBOSE")
_FREES = {
    "if_free": 0, "if_rele": 0, "m_freem": 0, "m_free": 0, "free": 0, "zfree": 0, "uma_zfree": 1, "uma_zfree_pcpu": 1,
    "soclose": 0, "sofree": 0, "sorele": 0, "crfree": 0, "ifa_free": 0, "in_pcbfree": 0, "prison_free": 0,
}  # fmt: skip
"""What gives an object away, and which argument it is."""
_FREED = later(rb"\b(?:" + "|".join(_FREES).encode() + rb")\s*\([^;]*")
_ASKED = later(rb"\bCURVNET_SET(?:_QUIET|_VERBOSE)?\s*\(\s*(?:\([^()]*\)\s*)?\(*\s*([A-Za-z_]\w*)")
_BASE = later(rb"(?:\([^()]*\)\s*)?\(*\s*([A-Za-z_]\w*)\s*(?:->|\))")
_SET = later(rb"CURVNET_SET(?<!\wCURVNET_SET)(?:_QUIET|_VERBOSE)?\s*\(")
_THREAD = later(
    rb"\b(?:TD_TO_VNET\s*\(\s*curthread\s*\)|(?:CRED_TO_VNET\s*\(\s*)?curthread\s*->|P_TO_VNET\s*\(\s*curproc)"
)
_NOBODYS = frozenset({"callout", "task", "epoch", "protocol-timer", "crypto", "if-input"})
"""Kinds of entries that run in threads of the kernel, or in whatever thread comes by."""

_KIND = "(?)"
"""Stands for the kind of a handler until that is known."""


def check(job: Job) -> Iterator[Found]:
    """Every set of a wanted file."""
    yield from job.by_file("VP209", partial(_of_file, job))
    # whether a function is a handler is said in any file
    for one in job.by_file("VP209 threads", partial(_of_threads, job)):
        kinds = {r.entry.kind for r in job.life.graph.entry_kinds.get((one.file, one.function), ())}
        if kinds and kinds <= _NOBODYS:
            yield msgspec.structs.replace(one, message=one.message.replace(_KIND, f"({min(kinds)})", 1))


def _of_file(job: Job, file: str) -> Iterator[Found]:
    functions = job.read.tree.facts[file].functions if b"CURVNET_SET" in job.read.data[file] else []
    for body in [f.body for f in functions if _is_worth_it(job.code[file][f.body : f.end])]:
        flow = job.life.flows.around(file, body)
        for call in flow.calls if flow is not None else ():
            if flow is not None and call.name in _SETS and call.arguments:
                yield from _of_freed(job, file, flow, call)


def _is_worth_it(text: bytes) -> bool:
    """Whether a function may ask what it gave away: to see that takes far less than to read its flow."""
    given = list(_FREED.finditer(text)) if b"CURVNET_SET" in text else []
    asked = _ASKED.finditer(text) if given else ()
    return any(match[1] in free[0] and free.start() < match.start() for match in asked for free in given)


def _of_freed(job: Job, file: str, flow: Flow, call: Call) -> Iterator[Found]:
    """The object was given away before, on every path that leads here from there."""
    code = job.code[file]
    start, end = call.arguments[0]
    base = _BASE.match(code, start, end)
    if base is None or b"->" not in code[start:end] or flow.root is None:
        return
    around = chain(flow.root, call.at)
    for free in flow.calls:
        index = _FREES.get(free.name, -1)
        if free.at > call.at or free.member or index < 0 or index >= len(free.arguments):
            continue
        if code[slice(*free.arguments[index])].strip() != base[1] or _written(code, base[1], free.end, call.at):
            continue
        if chain(flow.root, free.at)[-2] in around:
            name = base[1].decode()
            message = f"{_inside(job, file, call.at)}() asks {name} for its stack after {free.name}() gave it away"
            steps = (Step(file, job.line(file, free.at), f"{free.name}({name})"),)
            cure = f"Set curvnet before {free.name}(), or keep the stack in a local"
            yield Found("VP209", file, job.line(file, call.at), message, cure, "", _inside(job, file, call.at), steps)
            return


def _written(code: bytes, name: bytes, start: int, end: int) -> bool:
    """Whether a pointer is given another object between two places."""
    return re.search(rb"(?<![\w.>])%s\s*=(?!=)" % name, code[start:end]) is not None


def _of_threads(job: Job, file: str) -> Iterator[Found]:
    """The thread that runs a handler has nothing to do with whom it serves; told as if each function were one."""
    code = job.code[file]
    if b"curthread" not in code and b"curproc" not in code:
        return
    for match in _SET.finditer(code):
        inside, end = _inside(job, file, match.start()), closing_paren(code, match.end() - 1)
        if not inside or _THREAD.search(code, match.end(), end) is None:
            continue
        message = (
            f"{inside}() is a handler {_KIND}, and takes the stack of the thread it happens to run in: vnet0's, mostly"
        )
        cure = "Take the stack of the object that it serves: hand it on as argument, or keep it in the object"
        yield Found("VP209", file, job.line(file, match.start()), message, cure, "", inside)


def _inside(job: Job, file: str, at: int) -> str:
    return next((f.name for f in job.read.tree.facts[file].functions if f.start <= at < f.end), "")
