"""docs/findings.md says what rules and pages say."""

import sys
from pathlib import Path

from vport.checks.found import all_rules

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from make_findings import TARGET, make_page  # noqa: E402


def test_the_page_is_fresh() -> None:
    assert TARGET.read_text(encoding="utf-8") == make_page(), "run tools/make_findings.py"


def test_every_finding_has_a_section_that_its_link_leads_to() -> None:
    text = TARGET.read_text(encoding="utf-8")
    for rule in all_rules().values():
        assert f"\n### {rule.id} {rule.name}\n" in text
        assert f"(#{rule.id.lower()}-{rule.name})" in text
