"""`INIT_VNET_FOO(vnet);` goes: accessors find the stack by curvnet now (sys/vimage.h of 2009, net/vnet.h since).

One that names another stack than the current one made the code behind it work there.
"""

import re
from collections.abc import Iterator

import msgspec

from vport.c.tokens import find_words, next_byte
from vport.edits import Edit
from vport.life.forms import Entry
from vport.life.placement import Placement
from vport.life.region import NoRegion, Region, Regions
from vport.lift.aliases import find_aliases
from vport.lift.reach import reaches_state
from vport.lift.work import Call, Work
from vport.passes.contexts import written
from vport.patterns import later
from vport.source import line_end

NAME = "preambles"

_SET = later(rb"\bCURVNET_SET\w*\s*\(\s*([^;]*?)\s*\)\s*;")


def macros(work: Work) -> list[str]:
    """The tree's preambles."""
    return [n for p in ("INIT_VNET_*", "INIT_VPROCG", "INIT_VCPU") for n in work.matching(p)]


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take every preamble out; where it names a vnet that nothing sets, that is left to a person."""
    for call in work.calls(macros(work)):
        code = work.joined(call.file)
        if next_byte(code, call.end) != b";":
            continue
        vnet = " ".join(call.text(0).split())
        if vnet != "curvnet" and not _is_set(work, call, vnet):
            message = (
                f"what follows works on {vnet}, which nothing makes current: CURVNET_SET({vnet}) here and "
                f"CURVNET_RESTORE() on every way out, unless every caller has set it"
            )
            work.leave(call.file, call.start, "preamble-names-vnet", message)
        end = code.index(b";", call.end) + 1
        yield call.file, work.removal(call.file, call.start, end, NAME, "accessors find the stack by curvnet")


def entered(work: Work) -> Iterator[tuple[str, Edit]]:
    """Preambles that name another vnet become contexts around the uses behind them."""
    for call in work.calls(macros(work)):
        vnet = " ".join(call.text(0).split())
        if vnet == "curvnet" or next_byte(work.joined(call.file), call.end) != b";" or _is_set(work, call, vnet):
            continue
        placement = _placement(work, call, vnet)
        if placement is not None and placement.region is not None:
            end = work.joined(call.file).index(b";", call.end) + 1
            edits = list(written(work.job, placement))
            yield call.file, _taken_out(work, call, end, edits)
            yield from ((call.file, edit) for edit in edits)
            _tell_of_calls(work, call, placement.region, vnet)


def _taken_out(work: Work, call: Call, end: int, edits: list[Edit]) -> Edit:
    """The preamble's line; with the blank line behind it where a declaration that is new brings its own."""
    edit = work.removal(call.file, call.start, end, NAME, "a context stands for it")
    data = work.job.data[call.file]
    blank = line_end(data, edit.end)
    declared = any(e.start == e.end <= call.start and e.new.rstrip(b"\r\n") != e.new for e in edits)
    alone = data[edit.end - 1 : edit.end] == b"\n" and not data[edit.end : blank].strip()
    return msgspec.structs.replace(edit, end=blank) if declared and alone else edit


def _placement(work: Work, call: Call, vnet: str) -> Placement | None:
    """The context that a preamble stands for; None where its uses cannot be enclosed, or the vnet changes meanwhile."""
    flow = work.job.life.flows.around(call.file, call.start)
    if flow is None or flow.root is None:
        return None
    code = work.joined(call.file)
    through = call.name.removeprefix("INIT_")
    names = [a.name for a in find_aliases(work) if a.through == through]
    uses = [at for at in find_words(code[: flow.end], [n.encode() for n in names]) if at > call.end]
    try:
        region = Regions(flow, code, work.read.tree.facts[call.file].groups).find(uses, (call.end, flow.end))
    except (NoRegion, ValueError, IndexError):
        return None
    base = re.match(r"\(?\s*(\w+)", vnet)
    between = code[call.end : region.end]
    if not uses or base is None or re.search(rb"\b%s\s*=[^=]" % base[1].encode(), between) or _SET.search(between):
        return None
    reason = f"its accessors worked on {vnet}"
    name = next(f.name for f in work.read.tree.facts[call.file].functions if f.start <= call.start < f.end)
    return Placement("set", (call.file, name), flow, Entry("function", ""), region, vnet, reason=reason)


def _tell_of_calls(work: Work, call: Call, region: Region, vnet: str) -> None:
    """What is called inside works on that vnet now, too, which a person has to look at."""
    code = work.joined(call.file)
    called = {m[1].decode("latin-1") for m in re.finditer(rb"\b(\w+)\s*\(", code[region.start : region.end])}
    functions = {f.name for known in work.read.tree.facts.values() for f in known.functions}
    for name in sorted(called & functions):
        if reaches_state(work, name):
            message = f"{name}() is called inside of CURVNET_SET({vnet}) now: see whether it is to work on that vnet"
            work.leave(call.file, call.start, "call-in-context", message)


def _is_set(work: Work, call: Call, vnet: str) -> bool:
    """Whether the function sets this vnet before the preamble."""
    function = next((f for f in work.read.tree.facts[call.file].functions if f.start <= call.start < f.end), None)
    if function is None:
        return False
    said = [m[1].split() for m in _SET.finditer(work.joined(call.file), function.body, call.start)]
    return bool(said) and b" ".join(said[-1]).decode("latin-1") == vnet
