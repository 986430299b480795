"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Iterable, Iterator

from vport.checks.config import Config
from vport.checks.found import Found, all_rules

_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(found: Iterable[Found], config: Config) -> Iterator[str]:
    """Lines of a report, one a finding."""
    for one in found:
        level = _LEVEL[config.severity_of(one.id)]
        title = f"{one.id} {all_rules()[one.id].name}"
        text = f"{one.message.rstrip('.')}.  {one.cure}".rstrip() if one.cure else one.message
        place = f"file={_property(one.file)},line={one.line},title={_property(title)}"
        yield f"::{level} {place}::{_data(text)}"
