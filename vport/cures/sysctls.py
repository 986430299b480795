"""VP401 and VP402: the flag of per-vnet leaves, and the symbol they are given."""

from collections.abc import Iterator

from vport.c.tokens import trim
from vport.checks.found import Found
from vport.checks.job import Job
from vport.dialect import detect, load, sysctl_arguments
from vport.edits import Edit
from vport.job import Job as Port
from vport.passes._leaves import Leaf, fold_leaf
from vport.patterns import later

Edits = tuple[tuple[str, Edit], ...]

_BY = "check"
_ADDRESS = later(rb"&\s*(?:V_|VNET_NAME\s*\(\s*)?(\w+)\s*\)?\Z")
_OLD, _NEW = "SYSCTL_VNET_", "SYSCTL_"
_OLD_POINTER = later(rb"&\s*VNET_NAME\s*\(")
_FLAG = later(rb"\bCTLFLAG_VNET\b\s*\|\s*|\s*\|\s*\bCTLFLAG_VNET\b")


def add_flag(job: Job, one: Found) -> Edits:
    """`CTLFLAG_VNET |`, and `&VNET_NAME(x)`."""
    leaf = _leaf(job, one)
    arguments = sysctl_arguments(leaf.macro) if leaf else None
    if leaf is None or arguments is None or arguments.access >= len(leaf.arguments):
        return ()
    flag = load(detect(job.read.data, job.read.data.__getitem__)[0]).flag
    if not flag:
        return ()
    at, reason = leaf.arguments[arguments.access][0], f"the leaf belongs to the stack of who asks, as {one.variable}"
    edits = [Edit(at, at, 2, f"{flag} | ".encode(), _BY, reason, one.variable)]
    edits += _pointer(leaf, arguments.pointer, f"&VNET_NAME({one.variable})", one.variable, reason)
    return _folded(leaf, edits)


def drop_flag(job: Job, one: Found) -> Edits:
    """The flag goes, and the address is that of a plain variable."""
    leaf = _leaf(job, one)
    arguments = sysctl_arguments(leaf.macro) if leaf else None
    if leaf is None or arguments is None or arguments.access >= len(leaf.arguments):
        return ()
    start, end = leaf.arguments[arguments.access]
    flag = _FLAG.search(job.code[one.file], start, end)
    if flag is None:
        return ()
    reason = f"{one.variable} is shared by all stacks"
    edits = [Edit(flag.start(), flag.end(), 0, b"", _BY, reason, one.variable)]
    edits += _pointer(leaf, arguments.pointer, f"&{one.variable}", one.variable, reason)
    return _folded(leaf, edits)


def today(job: Job, one: Found) -> Edits:
    """A leaf of the family SYSCTL_VNET_ as one of the common macros, with the flag."""
    leaf = _leaf(job, one)
    arguments = sysctl_arguments(leaf.macro) if leaf else None
    flag = load(detect(job.read.data, job.read.data.__getitem__)[0]).flag
    if leaf is None or arguments is None or not flag or arguments.access >= len(leaf.arguments):
        return ()
    if not leaf.macro.startswith(_OLD) or sysctl_arguments(_NEW + leaf.macro.removeprefix(_OLD)) is None:
        return ()
    if not 0 <= arguments.pointer < len(leaf.arguments) or not _OLD_POINTER.match(leaf.text(arguments.pointer)):
        return ()
    start = job.code[one.file].rfind(leaf.macro.encode(), 0, leaf.arguments[0][0])
    at, reason = leaf.arguments[arguments.access][0], "a flag marks leaves of a stack today"
    new = (_NEW + leaf.macro.removeprefix(_OLD)).encode()
    edits = [Edit(start, start + len(leaf.macro), 1, new, _BY, reason)]
    edits.append(Edit(at, at, 2, f"{flag} | ".encode(), _BY, reason))
    return _folded(leaf, edits)


def _pointer(leaf: Leaf, index: int, new: str, variable: str, reason: str) -> Iterator[Edit]:
    match = _ADDRESS.match(leaf.text(index)) if 0 <= index < len(leaf.arguments) else None
    if match is not None and match[1].decode() == variable and leaf.text(index) != new.encode():
        start, end = leaf.arguments[index]
        yield Edit(start, end, 3, new.encode(), _BY, reason, variable)


def _folded(leaf: Leaf, edits: list[Edit]) -> Edits:
    growth: dict[int, int] = {}
    for edit in edits:
        growth[edit.start] = growth.get(edit.start, 0) + len(edit.new) - (edit.end - edit.start)
    return tuple((leaf.file, edit) for edit in (*edits, *fold_leaf(leaf, growth, _BY)))


def _leaf(job: Job, one: Found) -> Leaf | None:
    """The only sysctl macro that begins on a finding's line, at file scope."""
    facts = job.read.tree.facts[one.file]
    found = []
    for call in facts.calls:
        if sysctl_arguments(call.name) is None or not call.arguments:
            continue
        start = job.code[one.file].rfind(call.name.encode(), 0, call.arguments[0][0])
        if job.line(one.file, start) == one.line:
            found.append(call)
    if len(found) != 1:
        return None
    port = Port(job.read.tree, job.read.data, load("freebsd-13"), job.read.reading, [])
    leaf = Leaf(port, one.file, found[0].arguments[0][0], found[0].name)
    leaf.arguments = [trim(leaf.data, start, end) for start, end in leaf.arguments]
    return leaf if leaf.end > 0 else None
