"""Findings in the diagnostic format of reviewdog, version 1 (rdjson)."""

from collections.abc import Iterable

import msgspec

from vport.checks.config import Config
from vport.checks.found import Found, Step

_SEVERITY = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}
URL = "https://github.com/vport/vport/blob/main/docs/findings.md"


def _location(file: str, line: int) -> dict[str, object]:
    return {"path": file, "range": {"start": {"line": line}}}


def _related(step: Step) -> dict[str, object]:
    return {"message": step.text, "location": _location(step.file, step.line)}


def render(found: Iterable[Found], config: Config) -> str:
    """The text of a report."""
    diagnostics = [
        {
            "message": f"{one.message.rstrip('.')}.  {one.cure}".rstrip() if one.cure else one.message,
            "location": _location(one.file, one.line),
            "severity": _SEVERITY[config.severity_of(one.id)],
            "code": {"value": one.id, "url": f"{URL}#{one.id.lower()}"},
            "relatedLocations": [_related(step) for step in one.steps],
        }
        for one in found
    ]
    made = {"source": {"name": "vport"}, "diagnostics": diagnostics}
    return msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
