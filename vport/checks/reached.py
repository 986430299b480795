"""VP304, VP306 and VP312 in functions that constructors and destructors call.

A life follows one module, and no elements of tables; a helper in another file runs once for each stack all the same,
and what it sets up or gives back without asking for the default stack is set up or given back as often.
"""

import re
from collections.abc import Iterator

from vport.c.flow import Call, Flow
from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.checks.slots import asks_for_default, in_default_arm
from vport.life.entries import Key
from vport.life.flows import chain
from vport.life.graph import CallGraph
from vport.modelling.known import known
from vport.patterns import later
from vport.tree import Variable

UP = frozenset({"VNET_SYSINIT", "pr_init", "dom_init"})
DOWN = frozenset({"VNET_SYSUNINIT", "pr_destroy", "dom_destroy"})
_LOCKS = later(r"(?:mtx|rw|sx|rm|cv)_(init(?:_flags)?|destroy)")
_LISTENS = ("EVENTHANDLER_REGISTER", "eventhandler_register")
_ARGUMENT = 2
_OWN = later(rb"\bV_\w|\bcurvnet\b|\bvnet\b")
_NAME = later(rb"\s*&?\s*\(?\s*([A-Za-z_]\w*)(?:\s*\[[^\]]*\])*(?:\s*\.\s*\w+)*\s*\)?\s*\Z")


def check(job: Job) -> Iterator[Found]:
    """Findings in functions of wanted files."""
    told = {(f.id, f.file, f.line) for name in job.touched() for f in job.explored[name].life}
    for slots, look in ((UP, _brought_up), (DOWN, _torn_down)):
        for key, caller in sorted(run_by(job, slots).items()):
            if job.wanted(key[0]):
                yield from (one for one in look(job, key, caller) if (one.id, one.file, one.line) not in told)
    yield from (one for one in _cleared(job) if (one.id, one.file, one.line) not in told)


def run_by(job: Job, slots: frozenset[str]) -> dict[Key, Key]:
    """Functions that nobody calls but slots of stacks, in every stack, and who calls them.

    Those that lead to no function of a wanted file are left out.
    """
    graph = job.life.graph
    rest = [key for key, found in graph.entry_kinds.items() if all(r.by in slots for r in found)]
    inside, found = set(rest), dict[Key, Key]()
    asked = None if job.focus is None else _asked(job, inside)
    while rest:
        caller = rest.pop()
        for callee in graph.callees.get(caller, ()):
            callers = graph.callers.get(callee, set())
            if callee in inside or callee in graph.entry_kinds or callee[0] == "#" or not callers <= inside:
                continue
            if asked is not None and callee not in asked:
                continue
            if all(_always(job, one, callee[1]) for one in callers):
                inside.add(callee)
                rest.append(callee)
                found[callee] = min(callers)
    return found


def _asked(job: Job, slots: set[Key]) -> set[Key]:
    """Functions of wanted files that only slots call, as far as names tell, with all on the way from these."""
    asked, lost = set(slots), set[Key]()
    for file, facts in job.read.tree.facts.items():
        for key in ((file, function.name) for function in facts.functions if job.wanted(file)):
            way = _from(job.life.graph, key, asked, lost)
            asked |= way
            lost |= set() if way else {key}
    return asked


def _from(graph: CallGraph, key: Key, asked: set[Key], lost: set[Key]) -> set[Key]:
    """All that leads from functions that are asked for to another; nothing if others lead there, too."""
    seen, rest = {key}, [key]
    while rest:
        one = rest.pop()
        if one in asked:
            continue
        callers = graph.callers.get(one, frozenset())
        if not callers or one in lost or one in graph.entry_kinds or one[0] == "#":
            return set()
        rest += callers - seen
        seen |= callers
    return seen


def _always(job: Job, caller: Key, name: str) -> bool:
    """Whether a function calls another in every stack."""
    code = job.code[caller[0]]
    flows = job.life.flows.of(*caller)
    calls = [(flow, call) for flow in flows for call in flow.calls if call.name == name]
    return bool(calls) and all(_in_every_stack(code, flow, call.at) for flow, call in calls)


def _in_every_stack(code: bytes, flow: Flow, at: int) -> bool:
    """Whether a place is reached whatever the stack: no condition around it, and none that left before."""
    if flow.root is None or asks_for_default(code, flow.body, at) or in_default_arm(code, flow, at):
        return False
    around = chain(flow.root, at)[:-1]
    return all(s.kind in ("block", "loop") for s in around) and not any(
        s.kind == "if" and b"return" in code[s.head : s.end] for s in flow.root.parts if s.end <= at
    )


def _brought_up(job: Job, key: Key, caller: Key) -> Iterator[Found]:
    code = job.code[key[0]]
    for flow in job.life.flows.of(*key):
        for call in flow.calls:
            if call.member or not _in_every_stack(code, flow, call.at):
                continue
            lock = _lock(job, key[0], call, "init")
            if lock is not None:
                message = f"{key[1]}() runs for every stack, by {caller[1]}(), and sets {lock.name} up, which all share"
                cure = f"Set {lock.name} up once: in a SYSINIT, or under IS_DEFAULT_VNET()"
                yield _found(job, "VP304", key, call, (message, cure, lock.name), caller)
            elif call.name in _LISTENS and not _has_own_argument(code, call):
                message = (
                    f"{key[1]}() runs for every stack, by {caller[1]}(), and registers the same handler each time: it "
                    "is called once for each stack on every event"
                )
                cure = "Register it once: in a SYSINIT, or under IS_DEFAULT_VNET(); or use the VNET_GLOBAL form"
                yield _found(job, "VP312", key, call, (message, cure, ""), caller)


def _cleared(job: Job) -> Iterator[Found]:
    """Pointers of all stacks that a destructor of one sets to NULL, itself or by a helper."""
    graph = job.life.graph
    slots = [key for key, found in graph.entry_kinds.items() if all(r.by in DOWN for r in found)]
    for key in sorted({*slots, *run_by(job, DOWN)}):
        if key[0] not in job.read.tree.facts or not job.wanted(key[0]):
            continue
        code = job.code[key[0]]
        for flow in job.life.flows.of(*key):
            names = {one.name for one in flow.locals}
            for one in flow.assignments:
                variable = _plain(job, key[0], one.left.encode()) if one.left not in names else None
                nothing = re.fullmatch(rb"=?\s*NULL\s*;?\s*", code[one.start : one.end]) is not None
                if (
                    variable is not None
                    and nothing
                    and one.left == variable.name
                    and _in_every_stack(code, flow, one.at)
                ):
                    yield _found_cleared(job, key, one.at, variable.name)


def _found_cleared(job: Job, key: Key, at: int, name: str) -> Found:
    message = (
        f"{key[1]}() runs for every stack that goes, and clears {name}, which all share: the others go on without it"
    )
    cure = f"Clear {name} once: in a SYSUNINIT, or under IS_DEFAULT_VNET(); or make it per-vnet"
    return Found("VP306", key[0], job.line(key[0], at), message, cure, name, key[1])


def _torn_down(job: Job, key: Key, caller: Key) -> Iterator[Found]:
    code = job.code[key[0]]
    says = known()
    for flow in job.life.flows.of(*key):
        for call in flow.calls:
            if call.member or not _in_every_stack(code, flow, call.at):
                continue
            index = says.release.get(call.name, -1)
            variable = _lock(job, key[0], call, "destroy") or _shared(job, key[0], flow, call, index)
            if variable is not None:
                message = (
                    f"{key[1]}() runs for every stack that goes, by {caller[1]}(), and gives back {variable.name}, "
                    "which all stacks share: the others go on without it"
                )
                cure = f"Give {variable.name} back once: in a SYSUNINIT, or under IS_DEFAULT_VNET()"
                yield _found(job, "VP306", key, call, (message, cure, variable.name), caller)


def _has_own_argument(code: bytes, call: Call) -> bool:
    """Whether a handler is given something of the stack that registers it."""
    argument = code[slice(*call.arguments[_ARGUMENT])] if len(call.arguments) > _ARGUMENT else b"V_"
    return _OWN.search(argument) is not None


def _lock(job: Job, file: str, call: Call, what: str) -> Variable | None:
    """The shared lock that a call, or the macro it stands for, sets up or destroys."""
    if call.arguments:
        named = _LOCKS.fullmatch(call.name)
        text = job.code[file][slice(*call.arguments[0])] if named and named[1].startswith(what) else b""
    else:
        text = b""
        for where, define in job.read.tree.macros.get(call.name, ()):
            body = re.match(rb"\s*(\w+)\s*\(([^,)]*)", job.code[where][define.body : define.end])
            named = _LOCKS.fullmatch(body[1].decode()) if body else None
            text = body[2] if body and named and named[1].startswith(what) else text
    return _plain(job, file, text)


def _shared(job: Job, file: str, flow: Flow, call: Call, index: int) -> Variable | None:
    """The shared variable whose content a call gives back, unless it is a local that hides it."""
    if not 0 <= index < len(call.arguments):
        return None
    variable = _plain(job, file, job.code[file][slice(*call.arguments[index])])
    return variable if variable is not None and variable.name not in {one.name for one in flow.locals} else None


def _plain(job: Job, file: str, text: bytes) -> Variable | None:
    """The mutable variable of a file that all stacks share and that a text names."""
    named = _NAME.match(text)
    if named is None:
        return None
    name = named[1].decode()
    found = [v for v in job.read.tree.variables if v.name == name and v.file == file and not v.function]
    return found[0] if len(found) == 1 and not found[0].virtual and not found[0].const else None


def _found(job: Job, id_: str, key: Key, call: Call, said: tuple[str, str, str], caller: Key) -> Found:
    steps = (Step(caller[0], _line_of(job, caller), f"{caller[1]}() calls {key[1]}()"),)
    return Found(id_, key[0], job.line(key[0], call.at), said[0], said[1], said[2], key[1], steps)


def _line_of(job: Job, key: Key) -> int:
    return next((f.line for f in job.read.tree.facts[key[0]].functions if f.name == key[1]), 1)
