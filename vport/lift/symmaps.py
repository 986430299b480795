"""Tables of symbols for kldsym(2) go: libkvm finds per-vnet symbols by itself (sys/vimage.h of 2009, kvm(3) since)."""

import re
from collections.abc import Iterator

from vport.edits import Edit
from vport.lift.work import Work
from vport.patterns import later

NAME = "symmaps"

_TABLE = later(
    rb"^[ \t]*(?:static\s+)?(?:const\s+)?(?:struct\s+vnet_symmap|vnet_symmap_t)\s+\w+\s*\[[^\]]*\]\s*=\s*\{[^}]*\}\s*;",
    re.M,
)


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Let every table go."""
    for file in work.read.tree.facts:
        for match in _TABLE.finditer(work.joined(file)) if b"vnet_symmap" in work.job.data[file] else ():
            work.drop(file, match.start(), match.end())
    yield from ()
