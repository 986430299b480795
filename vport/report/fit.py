"""Text for people made to fit the terminal it goes to: lines broken between words, colour where it helps.

What goes into a file or a pipe stays as it is: programs read it, one finding a line.
"""

import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import TextIO

from vport.patterns import later

_SEVERITY = later(r"(?P<place>^\S.*?:\d+): (?P<severity>error|warning|note)(?=: )")
_COLOURS = {"error": "1;31", "warning": "33", "note": "36"}
_HEADING = later(r"(?m)^#+ .*$")
_VERBATIM = later(r"\t|^\s*[-+] |^Next: ")
"""Lines of code, and commands to be copied."""


def width_of(stream: TextIO | None) -> int:
    """Columns of the terminal that a stream goes to; 0 if it goes elsewhere."""
    if stream is None or stream.closed or not stream.isatty():
        return 0
    import shutil  # here, for it takes long, and a check that finds nothing prints nothing

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def is_coloured(stream: TextIO | None) -> bool:
    """Whether a stream takes colour: https://no-color.org."""
    return bool(width_of(stream)) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def fitted(line: str, width: int) -> list[str]:
    """A line as lines of at most `width` columns; words are never broken, and code is not at all.

    Arguments:
        line: without its end.
        width: of the terminal; 0 for none, where the line stays whole.
    """
    if not width or len(line) <= width or _VERBATIM.search(line):
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))]
    return textwrap.wrap(
        line, width, subsequent_indent=indent + "    ", break_long_words=False, break_on_hyphens=False
    ) or [line]


def prose(lines: Iterable[str]) -> Iterator[str]:
    """Lines for standard output: on a terminal they fit it, and severities have a colour."""
    width, coloured = width_of(sys.stdout), is_coloured(sys.stdout)
    for line in lines:
        first, *rest = fitted(line, width)
        yield _SEVERITY.sub(_painted, first) if coloured else first
        yield from rest


def _painted(match: re.Match[str]) -> str:
    severity = match["severity"]
    return f"\x1b[1m{match['place']}\x1b[0m: \x1b[{_COLOURS[severity]}m{severity}\x1b[0m"


def page(text: str) -> str:
    """A page of Markdown for standard output: on a terminal its paragraphs fill it, examples stay as they are."""
    width = width_of(sys.stdout)
    if not width:
        return text
    blocks = "\n\n".join(_filled(block, min(width, 100)) for block in _blocks(text))
    return _HEADING.sub("\x1b[1m\\g<0>\x1b[0m", blocks) if is_coloured(sys.stdout) else blocks


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and examples; an example keeps its blank lines."""
    block: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        if line.strip() or fenced:
            block.append(line)
        else:
            yield "\n".join(block)
            block = []
    yield "\n".join(block)


def _filled(block: str, width: int) -> str:
    if block.startswith(("```", "#", "- ", "* ", "|")) or "\n- " in block:
        return block
    return "\n".join(textwrap.wrap(block, width, break_long_words=False, break_on_hyphens=False)) or block
