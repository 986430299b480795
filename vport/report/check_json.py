"""Findings for programs: a list of objects, places apart from texts."""

from collections.abc import Iterable

import msgspec

from vport.checks.config import Config
from vport.checks.found import Found, all_rules


def as_object(one: Found, config: Config, fingerprint: str = "") -> dict[str, object]:
    """One finding as plain data."""
    rule = all_rules()[one.id]
    return {
        "id": one.id,
        "name": rule.name,
        "severity": config.severity_of(one.id),
        "confidence": one.confidence or rule.confidence,
        "file": one.file,
        "line": one.line,
        "function": one.function,
        "variable": one.variable,
        "message": one.message,
        "cure": one.cure,
        "steps": [{"file": s.file, "line": s.line, "text": s.text} for s in one.steps],
        "fixable": bool(one.edits),
        "fingerprint": fingerprint,
    }


def render(found: Iterable[Found], prints: Iterable[str], config: Config) -> str:
    """The text of a report."""
    objects = [as_object(one, config, print_) for one, print_ in zip(found, prints, strict=True)]
    return msgspec.json.format(msgspec.json.encode(objects), indent=2).decode() + "\n"
