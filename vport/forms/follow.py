"""The second round of a port to an old dialect: its text is read again, and the forms of the dialect follow on it."""

from collections.abc import Collection, Mapping

import msgspec

from vport.cache import Cache
from vport.compose import compose
from vport.dialect import Dialect
from vport.edits import Edit, apply_edits
from vport.findings import Finding
from vport.forms import FORMS, identifiers, unfit
from vport.forms.homes import find_homes
from vport.forms.job import FormJob
from vport.read import Read, Reader


class Followed(msgspec.Struct):
    """What the second round gives.

    Arguments:
        edits: of both rounds, told against the text before them.
        findings: what is refused or left to a person.
        refused: file and name of the variables that the dialect cannot hold; nothing was written for any.
    """

    edits: dict[str, list[Edit]]
    findings: list[Finding]
    refused: list[tuple[str, str]]


def follow(
    read: Read, first: Mapping[str, list[Edit]], names: Collection[tuple[str, str]], dialect: Dialect, life: bool
) -> Followed:
    """Write the forms of a dialect on the text of a port.

    Arguments:
        read: the tree before the port.
        first: edits of the port, by file.
        names: file and name, at file scope, of what was ported.
        dialect: to write.
        life: whether the port wrote constructors.

    Raises:
        OverlapError: two edits of a round claim the same bytes.
    """
    texts = {file: apply_edits(file, data, first.get(file, ())) for file, data in read.data.items()}
    middle = Reader(Cache(None)).read_data(read.root, texts, [])
    ported = [v for v in middle.tree.variables if not v.function and (v.file, v.name) in names]
    ported.sort(key=lambda v: (v.file, v.sites[0].declaration.start, v.sites[0].declarator.name_at))
    homes, findings, refused = find_homes(middle.tree, ported, texts, dialect.forms.storage == "containers")
    job = FormJob(middle, dialect, [v for v in ported if v not in refused], homes, life)
    if not refused and dialect.forms.storage == "containers":
        job = FormJob(middle, dialect, ported, unfit.parted(job), life)
        found = [unfit.refused(job), unfit.declared_inside(job), identifiers.refused(job)]
        findings, refused = [f for one, _ in found for f in one], [v for _, one in found for v in one]
    if refused and dialect.forms.storage != "symbols":
        return Followed({}, findings, [(v.file, v.name) for v in refused])
    second: dict[str, list[Edit]] = {}
    for name in dialect.forms.passes:
        for file, edit in FORMS[name](job):
            second.setdefault(file, []).append(edit)
    edits = {
        file: compose(file, texts[file], first.get(file, ()), second.get(file, ())) for file in {**first, **second}
    }
    return Followed(edits, sorted(set(job.left)), [])
