"""VP2xx: every entry point of every module, explored in the context that its framework guarantees."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job
from vport.checks.unbraced import governed
from vport.patterns import later
from vport.source import line_end

_RESTORE = later(rb"\bCURVNET_RESTORE\b")


def check(job: Job) -> Iterator[Found]:
    """Findings about contexts, one for each cause."""
    for name in job.touched():
        found = job.explored[name].contexts
        flagged = {(f.file, f.function) for f in found if f.id == "VP202" and _hangs_on_flag(job, f)}
        flagged &= {(f.file, f.function) for f in found if f.id == "VP201"}
        yield from (f for f in found if f.id not in ("VP201", "VP202") or (f.file, f.function) not in flagged)


def _hangs_on_flag(job: Job, one: Found) -> bool:
    """Whether a restore stands behind a condition of its own.

    Where a function both sets and does not, and restores behind a condition, a flag that no path follows joins the two.
    """
    code, data = job.code[one.file], job.read.data[one.file]
    start = 0
    for _ in range(one.line - 1):
        start = data.find(b"\n", start) + 1
    match = _RESTORE.search(code, start, line_end(data, start))
    return match is not None and governed(code, match.start()) == "if"
