"""A proof for programs: one object a unit."""

from collections.abc import Sequence

import msgspec

from vport.proof.verdict import Verdict


def render(verdicts: Sequence[Verdict], proved: bool) -> str:
    """The text of a report."""
    told = {"proved": proved, "units": verdicts}
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"
