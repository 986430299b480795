"""Headers of the framework: net/vnet.h since FreeBSD 8, sys/vimage.h and opt_vimage.h before.

One that the target does not have goes; the one it has is the port's to add (vport/passes/includes.py).
"""

import re
from collections.abc import Iterator, Mapping

from vport.c.lex import blank_comments
from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.findings import Finding
from vport.lift.work import Work
from vport.patterns import later
from vport.source import line_end, line_start

NAME = "headers"

_OPTIONS = ("opt_vimage.h",)
_STILL_NEEDED = later(
    rb"\b(?:curvnet|CURVNET_\w+|VNET\w*|V_\w+|struct\s+vnet|IS_DEFAULT_VNET|vnet0|\w+_TO_VNET|V(?:IMAGE|SYM)\w*)\b"
)


def framework_headers() -> set[str]:
    """Headers that say what VNET is, in all dialects."""
    return {load(name).text["include"] for name in HISTORY} - {""}


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take out the includes of headers that the target does not have."""
    gone = framework_headers() - {work.target.text["include"]}
    for file, known in work.read.tree.facts.items():
        if any(("/" + file).endswith("/" + header) for header in framework_headers()):
            continue
        for include in known.includes:
            if include.path in gone or include.path in _OPTIONS:
                yield file, _line(work, file, include.start, include.end)


def unused(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take the target's header out where nothing of it is used any more, on the text that all else has changed."""
    for file, known in work.read.tree.facts.items():
        includes = [(i.start, i.end) for i in known.includes if i.path in framework_headers()]
        if not includes or not file.endswith((".c", ".h")):
            continue
        text = bytearray(work.job.code(file))
        if _STILL_NEEDED.search(bytes(text)):
            continue
        for start, end in includes:
            yield file, _line(work, file, start, end)


def emptied(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Finding]:
    """Headers of which only their guard and what they include is left: those that were there for a container alone.

    Arguments:
        before, after: texts of all files.
    """
    for file, text in after.items():
        if file.endswith(".h") and text != before[file] and _says_nothing(text) and not _says_nothing(before[file]):
            message = (
                f"nothing is left in {file} but what it includes: remove it, and let the files that include it include "
                "that themselves"
            )
            yield Finding(file, 1, "header-left", message, refuses=False)


def _says_nothing(text: bytes) -> bool:
    """Whether a header has neither declarations nor macros, but for its guard."""
    code = re.sub(rb"\\\r?\n", b" ", blank_comments(text))
    guard = re.search(rb"^[ \t]*#[ \t]*ifndef[ \t]+(\w+)", code, re.M)
    macros = re.findall(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", code, re.M)
    rest = re.sub(rb"^[ \t]*#.*$", b"", code, flags=re.M)
    return not rest.strip() and set(macros) <= {guard[1] if guard else b""}


def _line(work: Work, file: str, start: int, end: int) -> Edit:
    """Take a line out; with it the blank line that set it apart where it stood alone between two."""
    data = work.job.data[file]
    begin, stop = line_start(data, start), line_end(data, end)
    previous = line_start(data, begin - 1) if begin else 0
    alone = begin > 0 and not data[previous:begin].strip() and not data[stop : line_end(data, stop)].strip()
    return Edit(previous if alone else begin, stop, 0, b"", NAME, "the header is no more, or needed no more")
