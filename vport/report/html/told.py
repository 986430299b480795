"""Findings of the port and of the checks over what it wrote, in one order."""

from collections.abc import Collection, Iterable

import msgspec

from vport.checks.config import Config
from vport.checks.found import Found, all_rules
from vport.findings import Finding
from vport.names import harmless
from vport.report.html.page import Told
from vport.report.html.texts import Files, mark

_ORDER = {"error": 0, "warning": 1, "note": 2}


def gather(findings: Iterable[Finding], found: Iterable[Found], config: Config, files: Files) -> list[Told]:
    """All findings, the gravest first, each with an id of its own.

    Arguments:
        findings: of the port, at lines before it.
        found: by the checks, at lines after it.
        config: says how grave each is.
        files: numbers names.
    """
    made = [_of_port(one, files) for one in findings] + [_of_check(one, config, files) for one in found]
    return sorted(_apart(made), key=lambda t: (_ORDER[t.severity], files.names[t.file], abs(t.line), t.id))


def _apart(made: Collection[Told]) -> Iterable[Told]:
    """The same; of findings that say the same of one line the later get a number."""
    seen: dict[str, int] = {}
    for one in made:
        seen[one.id] = seen.get(one.id, 0) + 1
        yield one if seen[one.id] == 1 else msgspec.structs.replace(one, id=f"{one.id}-{seen[one.id]}")


def _of_port(one: Finding, files: Files) -> Told:
    severity = "error" if one.refuses else "warning"
    line, number = -one.line, files.number(one.file)
    id_ = f"{one.kind}-{mark(one.file, one.kind, one.variable, one.message)}"
    said, steps = harmless(one.message), [files.step(one.file, line, "")]
    return Told(id_, one.kind, one.kind, severity, "port", number, line, said, "", harmless(one.variable), "", steps)


def _of_check(one: Found, config: Config, files: Files) -> Told:
    steps = (
        []
        if any(s.line == one.line and s.file == one.file for s in one.steps)
        else [files.step(one.file, one.line, "")]
    )
    steps += [files.step(s.file, s.line, s.text) for s in one.steps]
    return Told(
        f"{one.id}-{mark(one.file, one.id, one.function, one.variable, one.message)}",
        one.id,
        all_rules()[one.id].name,
        config.severity_of(one.id),
        "check",
        files.number(one.file),
        one.line,
        harmless(one.message),
        harmless(one.cure),
        harmless(one.variable),
        harmless(one.function),
        steps,
    )
