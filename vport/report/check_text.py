"""Findings for people: one line each that an editor can open, the way there below it."""

from collections.abc import Iterable, Iterator

from vport.checks.config import Config
from vport.checks.found import Found, all_rules
from vport.names import show


def _line(one: Found, config: Config) -> str:
    rule = all_rules()[one.id]
    where = f"{show(one.file)}:{one.line}"
    message = f"{one.message.rstrip('.')}.  {one.cure}".rstrip() if one.cure else one.message
    return f"{where}: {config.severity_of(one.id)}: {message} [{one.id} {rule.name}]"


def render(found: Iterable[Found], config: Config) -> Iterator[str]:
    """Lines of a report."""
    for one in found:
        yield _line(one, config)
        for step in one.steps:
            yield f"    {show(step.file)}:{step.line}: {step.text}"
