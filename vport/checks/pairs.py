"""VP301, VP305 and VP314 as the words of a whole tree show them: set-ups that no code gives back, and the reverse.

A life follows one module; what one file's constructor sets up, another's destructor may give back.  Where no word of
the tree does, there is nothing to follow.
"""

import re
from collections.abc import Iterator

from vport.checks.acts import Act, Acts
from vport.checks.found import Found
from vport.checks.job import Job
from vport.modelling.known import known
from vport.patterns import compiled, later
from vport.rules import derived
from vport.tree import Variable

_MAKES = ("init", "create", "alloc", "attach", "register", "setup")
_ENDS = (
    "destroy",
    "uninit",
    "deinit",
    "fini",
    "free",
    "detach",
    "unregister",
    "deregister",
    "teardown",
    "cleanup",
    "dtor",
    "release",
    "drain",
    "uninitialize",
    "done",
    "dispose",
    "stop",
)
_PARTS = later(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+")
_NOT_BY_WORDS = ("callout_init", "EVENTHANDLER_REGISTER", "pfil_add_hook", "sysctl_ctx_init")
"""Set-ups that hold nothing, or that are given back under too many names for words to tell."""
_ARMS = {
    "callout_reset": 0, "callout_reset_sbt": 0, "callout_reset_on": 0, "callout_reset_curcpu": 0, "callout_schedule": 0,
    "TASK_INIT": 0, "NET_TASK_INIT": 0, "TIMEOUT_TASK_INIT": 1,
}  # fmt: skip
_STOPS = later(r"_(?:drain|stop|cancel)|DRAIN|STOP|CANCEL")
_CLOSES = later(r"soclose|sorele|sofree|soabort|close|CLOSE")
_ITEMS = later(r"uma_zfree\w*|free_unr\w*|zfree")
"""What gives back a thing of a zone, and not the zone."""


def check(job: Job) -> Iterator[Found]:
    """Findings about variables that a wanted file defines or uses."""
    told = {(one.id, one.variable.partition(".")[0]) for name in job.touched() for one in job.explored[name].life}
    acts = Acts(job)
    for variable in job.per_vnet:
        if variable.function or not job.wanted(variable.file):
            continue
        for one in _of_variable(job, variable, acts.of(variable)):
            if (one.id, one.variable) not in told:
                yield one


def _of_variable(job: Job, variable: Variable, acts: list[Act]) -> Iterator[Found]:
    """What is wrong with the set-ups of one variable."""
    kept = any(act.how == "kept" for act in acts)
    for member in dict.fromkeys(act.member for act in acts):
        if kept and (not member or _through_pointer(job, acts, member)):
            continue
        mine = [
            a
            for a in acts
            if a.how != "kept" and (a.member == member or not a.member or member.startswith(a.member + "."))
        ]
        yield from _never_ended(job, variable, member, mine)
        yield from _never_made(job, variable, member, mine)
        yield from _never_stopped(job, variable, member, mine)
        yield from _never_closed(job, variable, member, mine)


def _through_pointer(job: Job, acts: list[Act], member: str) -> bool:
    """Whether some file that names the variable sets a member of that name up, or gives it back, through a pointer."""
    reached = re.compile(rb"->\s*%s(?:(\s*=)|\b)" % member.rpartition(".")[2].encode())
    for file in {act.file for act in acts}:
        code = job.code[file]
        for match in reached.finditer(code):
            if match[1] or _calls().search(code, code.rfind(b";", 0, match.start()) + 1, match.start()):
                return True
    return False


@derived
def _calls() -> re.Pattern[bytes]:
    """Calls that set something up or give it back."""
    return compiled(rb"\b(?:%s)\s*\(" % b"|".join(name.encode() for name in (*known().init, *known().release)))


def _never_ended(job: Job, variable: Variable, member: str, acts: list[Act]) -> Iterator[Found]:
    makers = [a for a in acts if a.member == member and _holds(job, a)]
    if not makers or any(_gives_back(a) for a in acts if a not in makers):
        return
    first = makers[0]
    name = f"{variable.name}{member}"
    message = f"V_{name} is set up by {first.call}() and nothing in the tree gives it back when a stack goes"
    cure = f"Give it back in a destructor (VNET_SYSUNINIT): {_counterpart(job, first.call)}()"
    yield _found(job, "VP305", first, message, cure, variable)


def _never_stopped(job: Job, variable: Variable, member: str, acts: list[Act]) -> Iterator[Found]:
    """Callouts and tasks of a stack that run on when it is gone."""
    armed = [a for a in acts if a.member == member and _ARMS.get(a.call) == a.index]
    if not armed or any(_STOPS.search(a.call) or ends_something(a.call) for a in acts):
        return
    first = armed[0]
    message = f"V_{variable.name}{member} is armed by {first.call}() and nothing in the tree stops it when a stack goes"
    drain = "callout_drain" if first.call.startswith("callout") else "taskqueue_drain"
    yield _found(job, "VP314", first, message, f"Call {drain}() in a destructor (VNET_SYSUNINIT)", variable)


def _never_closed(job: Job, variable: Variable, member: str, acts: list[Act]) -> Iterator[Found]:
    """Sockets of a stack, which cannot go while they are there."""
    opened = [a for a in acts if a.member == member and (a.call, a.index) == ("socreate", 1)]
    if not opened or any(_CLOSES.search(a.call) or ends_something(a.call) for a in acts if a.how == "given"):
        return
    message = f"V_{variable.name}{member} is given a socket by socreate() and nothing in the tree closes it"
    cure = "Call soclose() in a destructor (VNET_SYSUNINIT): a stack with sockets is never destroyed"
    yield _found(job, "VP315", opened[0], message, cure, variable)


def _never_made(job: Job, variable: Variable, member: str, acts: list[Act]) -> Iterator[Found]:
    users = [a for a in acts if a.member == member and _wants_set_up(a)]
    if not users or variable.sites[0].declarator.value_end or any(_may_make(a) for a in acts if a not in users):
        return
    first = users[0]
    name = f"{variable.name}{member}"
    message = f"V_{name} is given to {first.call}() and nothing in the tree sets it up"
    cure = "Set it up in a constructor (VNET_SYSINIT) that runs before"
    yield _found(job, "VP301", first, message, cure, variable)


def _found(job: Job, id_: str, act: Act, message: str, cure: str, variable: Variable) -> Found:
    functions = job.read.tree.facts[act.file].functions
    inside = next((f.name for f in functions if f.start <= act.at < f.end), "")
    return Found(id_, act.file, job.line(act.file, act.at), message, cure, variable.name, inside)


def _holds(job: Job, act: Act) -> bool:
    """Whether an act sets up what must be given back."""
    entry = known().init.get(act.call)
    if entry is not None:
        where = "result" if act.how == "made" else act.index
        return entry["object"] == where and not act.call.startswith(_NOT_BY_WORDS)
    return act.how == "given" and act.alone and act.index == 0 and bool(_counterpart(job, act.call))


def _words(name: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(name)]


def ends_something(call: str) -> bool:
    """Whether a function says by its name that it gives something back."""
    words = _words(call)
    return any(e in words or call.endswith(e) for e in _ENDS)


def _gives_back(act: Act) -> bool:
    """Whether an act may give something back: a call says so by its name, or nobody knows what it does."""
    if act.how != "given" or act.call in known().init or _ITEMS.fullmatch(act.call):
        return False
    return act.call in known().release or act.call in known().unregister or ends_something(act.call)


def _may_make(act: Act) -> bool:
    if act.how in ("made", "written", "kept"):
        return True
    entry = known().init.get(act.call)
    if act.how == "used" or (entry is not None and entry["object"] != act.index):
        return False
    return not _wants_set_up(act) and not _only_uses(act.call)


_USES = later(
    r"(?:mtx|rw|sx|rm|cv)_(?!init)\w+|callout_(?!init)\w+|(?:CK_)?S?TAILQ_(?!INIT)\w+|uma_(?!zcreate)\w+|sizeof|\w*ASSERT\w*|"
    r"taskqueue_(?!create)\w+|counter_u64_(?!alloc)\w+|if_clone_detach|hashdestroy|bzero|memset|mem\w+|free"
)


def _only_uses(call: str) -> bool:
    return bool(_USES.fullmatch(call))


_WANTS = later(
    r"(?:mtx|rw|sx|rm)_(?:[rwxs]?(?:un)?lock|destroy)|callout_(?:reset|drain)\w*|(?:CK_)?S?TAILQ_(?:INSERT|REMOVE)\w+|"
    r"uma_(?:zalloc|zfree|zdestroy)\w*"
)


def _wants_set_up(act: Act) -> bool:
    """Whether an act is one that only works on what was set up."""
    return act.how == "given" and act.index in (0, 1) and bool(_WANTS.fullmatch(act.call))


def _counterpart(job: Job, call: str) -> str:
    """What gives back what a call sets up: rule data says so, or a function of the tree is called like it."""
    entry = known().init.get(call)
    if entry is not None:
        return str(entry["release"]).split("(")[0]
    for make in _MAKES:
        for old, news in ((make, _ENDS), (make.upper(), tuple(e.upper() for e in _ENDS))):
            found = compiled(rf"(?:\A|_|(?<=[a-z])){old}(?=\Z|_)").search(call) if old in call else None
            if found:
                for new in news:
                    name = f"{call[: found.start()]}{found[0].replace(old, new)}{call[found.end() :]}"
                    if name in _functions(job):
                        return name
    return ""


def _functions(job: Job) -> frozenset[str]:
    """Functions and macros with parameters of the tree."""
    made = _CACHE.get(id(job))
    if made is None:
        tree = job.read.tree
        made = frozenset(
            [f.name for facts in tree.facts.values() for f in facts.functions]
            + [name for name, defines in tree.macros.items() if any(d.parameters is not None for _, d in defines)]
        )
        _CACHE.clear()
        _CACHE[id(job)] = made
    return made


_CACHE: dict[int, frozenset[str]] = {}
