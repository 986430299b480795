"""VP301, VP304, VP307 and VP314 as the text of set-ups shows it: run by nobody, for one stack only, left behind.

What a life follows is not told again; these are ways that a life does not take, as its module cannot be lived or
another file of the tree runs it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from vport.c.flow import Call, Flow, Statement
from vport.c.functions import Function
from vport.checks.found import Found
from vport.checks.job import Job
from vport.checks.pairs import ends_something
from vport.checks.words import naming
from vport.facts import FileFacts
from vport.life.flows import chain
from vport.modelling.known import known
from vport.patterns import later

_DEFAULT = later(rb"\bIS_DEFAULT_VNET\s*\(")
_NOT_DEFAULT = later(rb"!\s*IS_DEFAULT_VNET\s*\(")
_REGISTERED = later(rb"VNET_SYS(?<!\wVNET_SYS)U?N?INIT\s*\(")
_BEGINS = later(r"(?:\A|_)(?:vnet_)?init(?:\Z|_)")
_RELEASES = later(rb"\b(?:mtx|rw|sx|rm|cv)_destroy\s*\(")
_HOLDER = later(rb"&?\s*\(?\s*V_(\w+)")
_TAG = later(rb"(?:->|\.)\s*(\w+)\s*=\s*EVENTHANDLER_REGISTER\s*\(")
_NETISR = later(rb"\bnetisr_register_vnet\s*\(\s*&\s*(\w+)")
_FLAG = later(rb"if\s*\(\s*([A-Za-z_]\w*)\s*(?:(?:!=\s*(?:0|NULL|false)|==\s*(?:1|true))\s*)?\)")
_KEPT = later(rb"=\s*EVENTHANDLER_REGISTER\s*\(")
_BEFORE = later(rb"(?<![\w.>])([A-Za-z_]\w*)\s*\Z")
_BACK = later(rb"EVENTHANDLER_DEREGISTER(?<!\wEVENTHANDLER_DEREGISTER)\s*\(")
_SHARED = later(rb"(?:\A|[;{})])\s*([A-Za-z_]\w*)\s*=\s*(?:\([^()]*\)\s*)?\Z")
_EARLY = ("VNET_SYSINIT", "pr_init", "dom_init")
_HELD_ONCE = later(r"EVENTHANDLER_REGISTER|callout_init\w*|malloc|pfil_add_hook|if_clone_\w+")


def check(job: Job) -> Iterator[Found]:
    """Everything about files with per-vnet state or set-ups."""
    life = [one for name in job.touched() for one in job.explored[name].life]
    told = {(f.id, f.variable) for f in life if f.variable} | {(f.id, f"{f.file}:{f.line}") for f in life}
    yield from (one for one in job.by_file("slots", partial(_of_file, job)) if not _told(one, told))
    yield from (one for one in _of_tree(job) if not _told(one, told))
    yield from (one for one in (*_macros(job), *_once_only(job)) if not _told(one, told))
    yield from (one for one in _per_stack(job) if not _told(one, told))


def _of_file(job: Job, file: str) -> Iterator[Found]:
    """What the file itself shows."""
    if b"V" in job.read.data[file]:
        yield from _never_run(job, file, job.read.tree.facts[file])
        yield from _left(job, file)


def _of_tree(job: Job) -> Iterator[Found]:
    """What a file may show, if no other says otherwise; who may is kept with its text."""
    files = [file for file in job.read.tree.facts if job.wanted(file)]
    says = {"default": _default_only, "tags": _tags, "lone": _lone_tags}
    for file, kinds in job.store.each("slots of", files, list[str], partial(_may_show, job)).items():
        for kind in kinds:
            yield from says[kind](job, file)


def _may_show(job: Job, file: str) -> list[str]:
    """Kinds of findings that a file may have."""
    code = job.code[file] if b"V" in job.read.data[file] else b""
    found = ["default"] if _set_up_for_default(job, file) else []
    found += ["tags"] if b"EVENTHANDLER_REGISTER" in code and _TAG.search(code) else []
    return found + (["lone"] if _BACK.search(code) and _KEPT.search(code) else [])


def _told(one: Found, told: set[tuple[str, str]]) -> bool:
    return (one.id, one.variable) in told or (one.id, f"{one.file}:{one.line}") in told


def _never_run(job: Job, file: str, facts: FileFacts) -> Iterator[Found]:
    """Static set-ups that nothing names: their registration was forgotten, or lost."""
    code = job.code[file]
    registers = b"VNET_SYS" in code and _REGISTERED.search(code) is not None
    for function in facts.functions:
        named = registers or ends_something(function.name) or _BEGINS.search(function.name) is not None
        if not named or not function.static or not _is_slot(code, function):
            continue
        places = [m.start() for m in _word(function.name).finditer(code)]
        if sum(not _without_stacks(job, file, at) for at in places) == 1:
            accessor = re.search(rb"\bV_\w+", code[function.body : function.end])
            if accessor is not None:
                message = f"{function.name}() deals with {accessor[0].decode()}, and nothing runs it"
                ends = ends_something(function.name)
                cure = f"Register it with {'VNET_SYSUNINIT' if ends else 'VNET_SYSINIT'}, or remove it"
                yield Found(
                    "VP305" if ends else "VP301",
                    file,
                    function.line,
                    message,
                    cure,
                    accessor[0][2:].decode(),
                    function.name,
                )


def _without_stacks(job: Job, file: str, at: int) -> bool:
    """Whether a place stands in what only builds without VIMAGE have."""
    for group in job.read.tree.facts[file].groups:
        first = group.branches[0] if group.branches else None
        if first is None or first.condition.split() != ["VIMAGE"]:
            continue
        negative = first if first.directive == "ifndef" else group.branches[-1] if len(group.branches) > 1 else None
        if negative is not None and negative.start <= at < negative.end:
            return True
    return False


_SLOT = later(rb"\(\s*(?:const\s+)?void\s*\*\s*\w*\s*(?:__unused)?\s*\)\s*\Z")


def _is_slot(code: bytes, function: Function) -> bool:
    """Whether a function has the form of a constructor or destructor."""
    return _SLOT.search(code[function.start : function.body]) is not None


def _default_only(job: Job, file: str) -> Iterator[Found]:
    """Per-vnet resources that are only ever set up for the default stack."""
    own = {v.name for v in job.per_vnet}
    for name, places in _set_up_for_default(job, file).items():
        if name not in own or _set_up_elsewhere(job, name, places):
            continue
        if not _used_by_all(job, name):
            continue
        at, call, _ = places[0]
        message = f"V_{name} is set up by {call}() for the default stack only: the others have none"
        yield Found(
            "VP307", file, job.line(file, at), message, "Set it up without the test", name, _function(job, file, at)
        )


def _set_up_for_default(job: Job, file: str) -> dict[str, list[tuple[int, str, bool]]]:
    """Variables that a file sets up for the default stack only, with the places: offset, call, and that it is so."""
    code = job.code[file] if b"IS_DEFAULT_VNET" in job.read.data[file] else b""
    if _DEFAULT.search(code) is None:
        return {}
    made: dict[str, list[tuple[int, str, bool]]] = {}
    for flow in job.life.flows.holding(file, [b"IS_DEFAULT_VNET"]):
        for made_by, name in _set_ups(code, flow):
            made.setdefault(name, []).append((made_by.at, made_by.name, in_default_arm(code, flow, made_by.at)))
    return {name: places for name, places in made.items() if all(arm for _, _, arm in places)}


def _set_ups(code: bytes, flow: Flow) -> Iterator[tuple[Call, str]]:
    """Calls that set a per-vnet variable up, and its name."""
    for call in flow.calls:
        entry = known().init.get(call.name)
        if entry is None and not call.name.endswith("TAILQ_INIT"):
            continue
        index = entry["object"] if entry is not None else 0
        if index == "result":
            text = re.search(
                rb"\bV_(\w+)[\w.\[\]]*\s*=\s*(?:\([^()]*\)\s*)?\Z", code[max(flow.body, call.at - 200) : call.at]
            )
        else:
            text = _HOLDER.match(code, *call.arguments[index]) if index < len(call.arguments) else None
        if text is not None:
            yield call, text[1].decode()


def _set_up_elsewhere(job: Job, name: str, places: list[tuple[int, str, bool]]) -> bool:
    """Whether the tree sets a variable up, or writes it, at more places than these."""
    word = re.compile(
        rb"\bV_%s\b[\w.\[\]]*\s*=(?!=)|\b\w*(?:init|INIT|create)\w*\s*\(\s*&?\s*V_%s\b" % (name.encode(), name.encode())
    )
    found = sum(len(word.findall(job.code[f])) for f in job.read.tree.facts if f"V_{name}" in job.read.tree.words(f))
    return found > len(places)


def _used_by_all(job: Job, name: str) -> bool:
    """Whether some function that never asks for the default stack names a variable."""
    word = re.compile(rb"\bV_%s\b" % name.encode())
    return any(
        word.search(job.code[file], f.body, f.end) and not _DEFAULT.search(job.code[file], f.body, f.end)
        for file, facts in job.read.tree.facts.items()
        if f"V_{name}" in job.read.tree.words(file)
        for f in facts.functions
    )


def asks_for_default(code: bytes, start: int, end: int) -> bool:
    """Whether some place between two asks which stack it is in, into a variable or a condition."""
    return _DEFAULT.search(code, start, end) is not None


def in_default_arm(code: bytes, flow: Flow, at: int) -> bool:
    """Whether a place is reached for the default stack alone."""
    if flow.root is None:
        return False
    around = chain(flow.root, at)
    for outer, inner in zip(around, around[1:], strict=False):
        if outer.kind == "if" and inner.kind != "else" and inner.start >= outer.head:
            head = code[outer.start : outer.head]
            if _DEFAULT.search(head) and not _NOT_DEFAULT.search(head) and b"||" not in head:
                return True
    return any(_leaves_others(code, s) for s in flow.root.parts if s.end <= at)


def _leaves_others(code: bytes, statement: Statement) -> bool:
    """`if (!IS_DEFAULT_VNET(curvnet)) return;`."""
    if statement.kind != "if" or not _NOT_DEFAULT.search(code[statement.start : statement.head]):
        return False
    return b"return" in code[statement.head : statement.end] or b"goto" in code[statement.head : statement.end]


def _function(job: Job, file: str, at: int) -> str:
    return next((f.name for f in job.read.tree.facts[file].functions if f.start <= at < f.end), "")


def _left(job: Job, file: str) -> Iterator[Found]:
    """Registrations for one stack that a file makes and never takes back."""
    code = job.code[file]
    for match in _NETISR.finditer(code) if b"netisr_register_vnet" in code else ():
        inside = _function(job, file, match.start())
        if inside and not re.search(rb"\bnetisr_unregister_vnet\s*\(\s*&\s*%s\b" % match[1], code):
            name = match[1].decode()
            message = f"{name} is registered for each stack (netisr), and never taken back when one goes"
            cure = f"Call netisr_unregister_vnet(&{name}) in a destructor (VNET_SYSUNINIT)"
            yield Found("VP314", file, job.line(file, match.start()), message, cure, name, inside)


def _tags(job: Job, file: str) -> Iterator[Found]:
    """Event handlers whose tag an object keeps, and that nothing takes back."""
    code = job.code[file]
    for match in _TAG.finditer(code) if b"EVENTHANDLER_REGISTER" in code else ():
        inside, member = _function(job, file, match.start()), match[1]
        back = re.compile(
            rb"\bEVENTHANDLER_DEREGISTER\w*\s*\([^;]*\b%s\b|\beventhandler_deregister\w*\s*\([^;]*\b%s\b"
            % (member, member)
        )
        if inside and not any(
            back.search(job.code[f]) for f in job.read.tree.facts if member.decode() in job.read.tree.words(f)
        ):
            name = member.decode()
            message = (
                f"the handler whose tag is kept in {name} is never taken back: it is called when its object is gone"
            )
            cure = f"Deregister {name} before the object is freed (EVENTHANDLER_DEREGISTER)"
            yield Found("VP314", file, job.line(file, match.start()), message, cure, "", inside)


def _lone_tags(job: Job, file: str) -> Iterator[Found]:
    """Handlers of a file that deregisters some of its own, and forgot this one."""
    code = job.code[file]
    if _BACK.search(code) is None:
        return
    for kept in _KEPT.finditer(code):
        match = _BEFORE.search(code, max(0, kept.start() - 200), kept.start())
        if match is None:
            continue
        name, inside = match[1].decode(), _function(job, file, match.start())
        known_ = [v for v in job.read.tree.variables if v.name == name and v.file == file and not v.function]
        used = sum(len(_word(name).findall(job.code[f])) for f in job.read.tree.facts if name in job.read.tree.words(f))
        if inside and len(known_) == 1 and used == len(_registration_of(match[1]).findall(code)) + len(known_[0].sites):
            message = (
                f"{name} holds the tag of a handler that nothing takes back, as the other handlers of the file are"
            )
            cure = f"Call EVENTHANDLER_DEREGISTER() with {name} where the others are taken back"
            yield Found("VP314", file, job.line(file, match.start(1)), message, cure, name, inside)


def _word(name: str) -> re.Pattern[bytes]:
    """A name as a whole word; what begins with a literal is found many times faster than what begins with an edge."""
    text = re.escape(name.encode())
    return re.compile(rb"%s\b(?<!\w%s)" % (text, text))


def _registration_of(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%s(?<!\w%s)\s*=\s*EVENTHANDLER_REGISTER\s*\(" % (name, name))


def _macros(job: Job) -> Iterator[Found]:
    """Set-ups of an object by a macro whose counterpart the tree defines and nothing uses.

    What has no object is the kernel's own, and may stay as long as it runs.
    """
    tree = job.read.tree
    pairs = {name: name.removesuffix("_INIT") + "_DESTROY" for name in tree.macros if name.endswith("_INIT")}
    pairs = {name: other for name, other in pairs.items() if other in tree.macros}
    files = naming(tree, (*pairs, *pairs.values()))
    for name, other in pairs.items():
        file, gone = tree.macros[other][0]
        users = [f for f in files.get(name, ()) if job.wanted(f)]
        if not users or not gone.parameters or not _RELEASES.search(job.code[file], gone.body, gone.end):
            continue
        if _uses(job, other, files.get(other, ())):
            continue
        for user in users:
            for function in tree.facts[user].functions:
                at = re.search(rb"\b%s\s*\(" % name.encode(), job.code[user][function.body : function.end])
                if at is not None:
                    line = job.line(user, function.body + at.start())
                    message = f"{name}() sets up what {other}() would give back, and nothing calls that"
                    yield Found(
                        "VP305", user, line, message, f"Call {other}() where its object goes", "", function.name
                    )


def _uses(job: Job, macro: str, files: Iterable[str]) -> bool:
    """Whether some files name a macro anywhere but in its own definitions."""
    facts, word = job.read.tree.facts, _word(macro)
    return any(len(word.findall(job.code[f])) > sum(d.name == macro for d in facts[f].defines) for f in files)


def _once_only(job: Job) -> Iterator[Found]:
    """Constructors that a shared flag sends back: the stacks after the first have nothing set up."""
    shared = {(v.file, v.name) for v in job.read.tree.variables if not v.virtual and not v.function}
    own = {v.name for v in job.per_vnet}
    for key, found in job.life.graph.entry_kinds.items():
        if key[0] not in job.read.tree.facts or not job.wanted(key[0]) or not any(r.by in _EARLY for r in found):
            continue
        code = job.code[key[0]]
        for flow in job.life.flows.of(*key):
            for at, flag in _sent_back(code, flow):
                made = [(c.at, name) for c, name in _set_ups(code, flow) if c.at > at and name in own]
                if (key[0], flag) in shared and made:
                    message = (
                        f"{key[1]}() sets V_{made[0][1]} up, but leaves before if {flag} is set, which all stacks "
                        "share: the stacks after the first have none"
                    )
                    cure = f"Let {flag} guard only what all stacks share, or make it per-vnet"
                    yield Found("VP307", key[0], job.line(key[0], made[0][0]), message, cure, made[0][1], key[1])


def _sent_back(code: bytes, flow: Flow) -> Iterator[tuple[int, str]]:
    """`if (flag) return;` of flags that the function itself sets afterwards."""
    for statement in flow.root.parts if flow.root is not None else ():
        if statement.kind != "if" or b"return" not in code[statement.head : statement.end]:
            continue
        asked = _FLAG.search(code, statement.start, statement.head)
        if asked is not None and any(a.left == asked[1].decode() and a.at > statement.end for a in flow.assignments):
            yield statement.end, asked[1].decode()


def _per_stack(job: Job) -> Iterator[Found]:
    """Shared variables that a per-vnet constructor gives a new object in every stack."""
    shared = {(v.file, v.name): v for v in job.read.tree.variables if not v.virtual and not v.function}
    for key, found in job.life.graph.entry_kinds.items():
        if key[0] not in job.read.tree.facts or not job.wanted(key[0]) or not any(r.by in _EARLY for r in found):
            continue
        code = job.code[key[0]]
        for flow in job.life.flows.of(*key):
            for call, name in _made_shared(code, flow):
                variable = shared.get((key[0], name))
                if variable is not None and _unconditional(code, flow, call.at):
                    yield _overwritten(job, key, call, name)


def _made_shared(code: bytes, flow: Flow) -> Iterator[tuple[Call, str]]:
    names = {local.name for local in flow.locals}
    for call in flow.calls:
        wanted = known().init.get(call.name, {}).get("object") == "result" or call.name.endswith(
            ("_register", "_create", "_attach")
        )
        found = _SHARED.search(code[max(flow.body, call.at - 200) : call.at]) if wanted else None
        if found is not None and not call.member and not _HELD_ONCE.fullmatch(call.name):
            name = found[1].decode()
            if name not in names and not name.startswith("V_"):
                yield call, name


def _unconditional(code: bytes, flow: Flow, at: int) -> bool:
    """Whether a place is reached in every stack: no condition around it, and none that leaves before."""
    if flow.root is None or _DEFAULT.search(code, flow.body, at):
        return False
    return all(s.kind == "block" for s in chain(flow.root, at)[:-1]) and not any(
        s.kind == "if" and b"return" in code[s.head : s.end] for s in flow.root.parts if s.end <= at
    )


def _overwritten(job: Job, key: tuple[str, str], call: Call, name: str) -> Found:
    message = (
        f"{key[1]}() runs for every stack and gives {name}, which all stacks share, a new value from {call.name}() "
        "each time: what it held is lost"
    )
    cure = f"Set it up once, in a SYSINIT or under IS_DEFAULT_VNET(), or make {name} per-vnet"
    return Found("VP304", key[0], job.line(key[0], call.at), message, cure, name, key[1])
