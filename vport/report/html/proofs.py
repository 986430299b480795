"""Verdicts of a proof, out of what `vport prove --format json` wrote."""

from pathlib import Path

import msgspec

from vport.errors import UsageError
from vport.names import harmless, show
from vport.proof.verdict import Difference, Place, Verdict
from vport.report.html.page import Proved, Step
from vport.report.html.texts import Files


class Proof(msgspec.Struct):
    """A proof as written."""

    proved: bool
    units: list[Verdict]


def read_proof(path: Path) -> Proof:
    """A proof from its file.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Proof)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: no proof: {error}; write one with `vport prove --format json > {path}`") from error


def gather(proof: Proof, files: Files) -> list[Proved]:
    """Verdicts in the proof's order."""
    return [
        Proved(
            show(unit.file),
            unit.verdict,
            [_difference(one, files) for one in unit.differences],
            [harmless(note) for note in (*unit.notes, *(f"renamed: {r}" for r in unit.renamed))],
            harmless(f"{unit.build}: {unit.words}" if unit.words else ""),
        )
        for unit in proof.units
    ]


def _difference(one: Difference, files: Files) -> tuple[str, list[Step]]:
    places = [*_place(one.before, -1, files), *_place(one.after, 1, files)]
    life = "; part of the life cycle" if one.life else ""
    return harmless(f"{one.kind} {one.name} {one.what}: {one.detail}{life}"), places


def _place(place: Place | None, side: int, files: Files) -> list[Step]:
    return [Step(files.number(place.file), side * place.line, harmless(place.text))] if place is not None else []
