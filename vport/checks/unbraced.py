"""VP204 as the text shows it: a set that is the arm of a condition or loop by itself."""

from collections.abc import Iterator
from functools import partial

from vport.c.tokens import before, opening_paren, word_before
from vport.checks.found import Found
from vport.checks.job import Job
from vport.patterns import later

_SET = later(rb"CURVNET_SET(?<!\wCURVNET_SET)(?:_QUIET)?\s*\(")
_HEADS = frozenset((b"if", b"while", b"for"))


def check(job: Job) -> Iterator[Found]:
    """Every set of which the condition governs the first statement only."""
    return job.by_file("VP204", partial(_of_file, job))


def _of_file(job: Job, file: str) -> Iterator[Found]:
    code = job.code[file] if b"CURVNET_SET" in job.read.data[file] else b""
    for match in _SET.finditer(code):
        word = governed(code, match.start())
        if word:
            message = (
                f"CURVNET_SET() is all that `{word}` governs, but is several statements: only the first hangs on it"
            )
            cure = "Set without a condition, or give the arm braces that hold set and restore"
            inside = next((f.name for f in job.read.tree.facts[file].functions if f.start <= match.start() < f.end), "")
            yield Found("VP204", file, job.line(file, match.start()), message, cure, "", inside)


def governed(code: bytes, at: int) -> str:
    """The word whose arm begins at an offset without a brace; empty if none."""
    if word_before(code, at) == b"else":
        return "else"
    end = before(code, at)
    if end == 0 or code[end - 1 : end] != b")":
        return ""
    word = word_before(code, opening_paren(code, end))
    return word.decode() if word in _HEADS or b"FOREACH" in word else ""
