"""Write docs/findings.md from rules/findings.toml and the pages of findings; --check only says whether it is fresh."""

import sys
from collections.abc import Iterator
from pathlib import Path

from vport.checks.found import Rule, all_rules
from vport.pages import page

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "findings.md"
FAMILIES = {
    "VP1": "State of its own that no stack has",
    "VP2": "Contexts",
    "VP3": "Life cycle and order",
    "VP4": "Initialisers and linkage",
    "VP5": "Plan and dialect",
}
HEAD = """\
<!-- Written by tools/make_findings.py from rules/findings.toml and templates/findings; do not edit. -->

# Findings of `vport check`

`vport explain ID` prints one of these pages.  Errors and warnings decide the exit code, notes do not.  What a finding
is taken for can be set in vport.toml (`[check.severity]`, by id or by the beginning of an id: `VP1 = "off"`); one place
is excused by `/* vport: ignore VP203 -- reason */` on its line or alone on the line above.
"""


def make_page() -> str:
    """The whole text."""
    parts = [HEAD, *_table()]
    for family, title in FAMILIES.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(rule) for rule in all_rules().values() if rule.id.startswith(family)]
    return "\n".join(parts)


def _table() -> Iterator[str]:
    yield "| id | name | severity | confidence | |\n|---|---|---|---|---|"
    for rule in all_rules().values():
        link = f"[{rule.id}](#{rule.id.lower()}-{rule.name})"
        yield f"| {link} | {rule.name} | {rule.severity} | {rule.confidence} | {rule.title} |"


def _section(rule: Rule) -> str:
    """A page two levels further down."""
    fenced, lines = False, []
    for line in page(rule.id).text.splitlines():
        fenced ^= line.startswith("```")
        lines.append(f"##{line}" if line.startswith("#") and not fenced else line)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or compare it."""
    text = make_page()
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.relative_to(ROOT)} is {'fresh' if fresh else 'out of date: run tools/make_findings.py'}")
        return 0 if fresh else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
