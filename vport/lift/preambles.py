"""`INIT_VNET_FOO(vnet);` goes: accessors find the stack by curvnet now (sys/vimage.h of 2009, net/vnet.h since).

One that names another stack than the current one made the code behind it work there.
"""

import re
from collections.abc import Iterator

from vport.c.tokens import next_byte
from vport.edits import Edit
from vport.lift.work import Call, Work

NAME = "preambles"

_SET = re.compile(rb"\bCURVNET_SET\w*\s*\(\s*([^;]*?)\s*\)\s*;")


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


def _is_set(work: Work, call: Call, vnet: str) -> bool:
    """Whether the function sets this vnet before the preamble."""
    function = next((f for f in work.read.tree.facts[call.file].functions if f.start <= call.start < f.end), None)
    if function is None:
        return False
    said = [m[1].split() for m in _SET.finditer(work.joined(call.file), function.body, call.start)]
    return bool(said) and b" ".join(said[-1]).decode("latin-1") == vnet
