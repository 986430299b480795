"""What was not read, in the tree and in the port."""

from collections.abc import Iterable, Iterator

from vport.coverage import measure
from vport.names import harmless, unspell
from vport.outcome import Failed, Outcome, Skipped
from vport.read import Read
from vport.report.html.page import Unread
from vport.report.html.texts import Files


def gather(read: Read, outcomes: Iterable[Outcome], files: Files) -> tuple[list[Unread], dict[str, int]]:
    """Files, functions and regions that were not read, and what share of the tree was.

    Arguments:
        read: the tree.
        outcomes: of the port.
        files: numbers names.
    """
    coverage = measure(read)
    gaps = [
        Unread(files.number(unspell(g.file)), g.line, g.last_line, harmless(g.function), harmless(g.reason))
        for g in coverage.gaps
    ]
    numbers = {
        "files": coverage.files,
        "functions": coverage.functions,
        "functions_read": coverage.functions_read,
        "bytes": coverage.bytes,
        "bytes_read": coverage.bytes_read,
    }
    return [*_whole(outcomes, files), *gaps], numbers


def _whole(outcomes: Iterable[Outcome], files: Files) -> Iterator[Unread]:
    for one in outcomes:
        if isinstance(one, Skipped):
            yield Unread(files.number(one.path), 0, 0, "", f"skipped: {harmless(one.reason)}")
        elif isinstance(one, Failed):
            yield Unread(files.number(one.path), 0, 0, "", f"failed: {harmless(one.error)}")
