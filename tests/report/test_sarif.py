"""SARIF as the schema of version 2.1.0 has it: models generated from it refuse what it refuses."""

import json

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from vport.checks.config import Config
from vport.checks.found import Found, Step, all_rules
from vport.edits import Edit
from vport.report.sarif import render
from vport.suppress import Suppression

PLAIN = Found("VP101", "net/hop.c", 3, "hop_n is state that all stacks share", "Virtualize it", "hop_n")
CURED = Found(
    "VP407", "net/hop \xe9.c", 5, "nothing uses V_hop_n", "Remove the macro", edits=(("net/hop \xe9.c", Edit(4, 9, 0, b"x", "check", "")),)
)  # fmt: skip
PATH = Found("VP201", "net/hop.c", 9, "a path leaves", steps=(Step("net/hop.c", 7, "set"), Step("net/hop.c", 8, "")))
COMMENT = Suppression("net/hop.c", 8, ("VP201",), "the caller restores", 9)


def valid(text: str) -> Sarif:
    return Sarif.model_validate_json(text)


def test_a_clean_run() -> None:
    made = valid(render([], [], Config()))
    assert made.runs[0].results == []
    assert [r.id for r in made.runs[0].tool.driver.rules] == list(all_rules())


def test_findings_with_flows_fixes_and_suppressions() -> None:
    text = render([PLAIN, CURED, PATH], ["a-1", "b-1", "c-1"], Config(), ["b-1"], [(PATH, COMMENT)])
    plain, cured, path, closed = valid(text).runs[0].results
    assert plain.baselineState.value == "new" and cured.baselineState.value == "unchanged"
    change = cured.fixes[0].artifactChanges[0]
    assert change.artifactLocation.uri == cured.locations[0].physicalLocation.artifactLocation.uri
    assert (change.replacements[0].deletedRegion.byteOffset, change.replacements[0].deletedRegion.byteLength) == (4, 5)
    assert [w.location.physicalLocation.region.startLine for w in path.codeFlows[0].threadFlows[0].locations] == [
        7,
        8,
        9,
    ]
    assert (
        closed.suppressions[0].justification == "the caller restores"
        and closed.suppressions[0].kind.value == "inSource"
    )


@pytest.mark.parametrize("severity", ["error", "warning", "note", "off"])
def test_every_severity_is_a_level(severity: str) -> None:
    made = valid(render([], [], Config(severity={"VP": severity})))
    levels = {rule.defaultConfiguration.level.value for rule in made.runs[0].tool.driver.rules}
    assert levels == {"none" if severity == "off" else severity}


def test_a_name_in_no_encoding() -> None:
    file = "net/\udcff.c"
    found = Found("VP101", file, 1, "state", edits=((file, Edit(0, 1, 0, b"", "check", "")),))
    (told,) = valid(render([found], ["a-1"], Config())).runs[0].results
    assert told.locations[0].physicalLocation.artifactLocation.uri == "net/%FF.c"
    assert told.fixes[0].artifactChanges[0].artifactLocation.uri == "net/%FF.c"


@pytest.mark.parametrize("spoil", [{"colour": 1}, {"level": "bad"}, {"ruleIndex": -2}])
def test_the_schema_refuses(spoil: dict[str, object]) -> None:
    made = json.loads(render([PLAIN], ["a-1"], Config()))
    made["runs"][0]["results"][0].update(spoil)
    with pytest.raises(ValidationError):
        valid(json.dumps(made))
