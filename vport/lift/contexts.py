"""What a loop over all stacks sets: the iterator of 2010 is a `struct vimage *` and has to be cast.

Others have a `struct vnet *` (sys/net/vnet.h).
"""

import re
from collections.abc import Iterator

from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.lift.work import Work

NAME = "contexts"

_SETS = ("CURVNET_SET", "CURVNET_SET_QUIET")


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each use of an iterator that the target writes otherwise."""
    wanted = work.target.text.get("iterated", "{iterator}")
    others = {load(name).text.get("iterated", "{iterator}") for name in HISTORY} - {wanted}
    iterators: dict[str, set[str]] = {}
    for call in work.calls(("VNET_ITERATOR_DECL",)):
        iterators.setdefault(call.file, set()).add(call.text(0))
    for file, names in iterators.items():
        for name in sorted(names):
            yield from _rewritten(work, file, name, wanted, others)


def _rewritten(work: Work, file: str, name: str, wanted: str, others: set[str]) -> Iterator[tuple[str, Edit]]:
    code = work.joined(file)
    reason = f"the iterator of {work.target.name} is set so"
    for other in others:
        said = re.escape(other.format(iterator=name)).replace(r"\ ", r"\s*").encode()
        pattern = rb"\b(?:" + "|".join(_SETS).encode() + rb")\s*\(\s*(" + said + rb")\s*\)"
        for found in re.finditer(pattern, code):
            yield file, Edit(*found.span(1), 0, wanted.format(iterator=name).encode(), NAME, reason)
