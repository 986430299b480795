"""Which cure serves which finding."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

import msgspec

from vport.checks.found import Found
from vport.checks.job import Job
from vport.edits import Edit

Edits = tuple[tuple[str, Edit], ...]
Cure = Callable[[Job, Found], Edits]

_AT_ONCE: Mapping[str, tuple[str, str]] = {
    "VP201": ("contexts", "restore_before"),
    "VP202": ("contexts", "drop_restore"),
    "VP401": ("sysctls", "add_flag"),
    "VP402": ("sysctls", "drop_flag"),
    "VP502": ("sysctls", "today"),
}
"""By id the file and the function; a file is read when one of its cures is wanted, for they take long to import."""
_WHEN_ASKED: Mapping[str, tuple[str, str]] = {"VP101": ("state", "virtualize"), "VP102": ("state", "virtualize")}
"""Cures that take as long as a port."""


def _cure(where: tuple[str, str]) -> Cure:
    made: Cure = getattr(import_module(f"vport.cures.{where[0]}"), where[1])
    return made


def with_cures(job: Job, found: Iterable[Found], all_of_them: bool) -> Iterator[Found]:
    """The findings, with the edits that cure them where some do.

    Arguments:
        job: the check.
        found: its findings.
        all_of_them: whether also those cures are worked out that take long.
    """
    cures = {**_AT_ONCE, **_WHEN_ASKED} if all_of_them else _AT_ONCE
    for one in found:
        cure = cures.get(one.id)
        edits = _cure(cure)(job, one) if cure is not None and not one.edits and one.file in job.read.data else ()
        yield msgspec.structs.replace(one, edits=edits) if edits else one
