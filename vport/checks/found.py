"""One finding of `vport check`, and what its id stands for."""

from functools import cache

import msgspec

from vport import rules
from vport.edits import Edit

SEVERITIES = ("error", "warning", "note")


class Rule(msgspec.Struct, frozen=True):
    """What an id stands for; rules/findings.toml says what the fields mean."""

    id: str
    name: str
    severity: str
    confidence: str
    title: str
    kinds: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """One place on the way to a finding: a call, a branch, a set-up."""

    file: str
    line: int
    text: str


class Found(msgspec.Struct, frozen=True):
    """One finding.

    Arguments:
        id: `VP203`.
        file, line: where it shows; `line` counts from 1.
        message: what is wrong and why, without the place.
        cure: what to do, one sentence.
        variable: that it is about, empty for none.
        function: it stands in, empty for file scope.
        steps: the path of calls or branches that shows it, in order.
        edits: that cure it, by file; empty when a person has to.
        confidence: where it differs from the rule's.
    """

    id: str
    file: str
    line: int
    message: str
    cure: str = ""
    variable: str = ""
    function: str = ""
    steps: tuple[Step, ...] = ()
    edits: tuple[tuple[str, Edit], ...] = ()
    confidence: str = ""


@cache
def all_rules() -> dict[str, Rule]:
    """All findings there are, by id, in the order of their ids."""
    table = rules.load("findings")
    named = {key: {"id": key, **table[key]} for key in sorted(table) if key.startswith("VP")}
    return msgspec.convert(named, dict[str, Rule])


@cache
def id_of_kind() -> dict[str, str]:
    """The id that a kind of fault in the runtime shows as."""
    return {kind: rule.id for rule in all_rules().values() for kind in rule.kinds}
