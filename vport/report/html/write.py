"""The page itself: one file that needs nothing else, and in which no text of a source can become markup or script."""

import base64
import hashlib
from collections import Counter
from functools import cache

import jinja2
import msgspec
from markupsafe import Markup

from vport import rules
from vport.report.html.page import FileDiff, Page, Term

SCRIPTS = ("base", "code", "table", "globals", "diff", "lists", "lives", "main")
"""Parts of the page's script, in their order."""
_VIEWS = (
    ("summary", "Summary"),
    ("globals", "Globals"),
    ("diff", "Diff"),
    ("contexts", "Contexts"),
    ("lives", "Lives"),
    ("findings", "Findings"),
    ("proof", "Proof"),
    ("unread", "Not read"),
)


def terms() -> list[Term]:
    """What rules/manual.toml knows of the manual."""
    return [Term(page, words) for page, words in rules.load("manual")["pages"].items()]


def render(page: Page) -> str:
    """The text of the page."""
    script = "".join(_part(f"{name}.js") for name in SCRIPTS)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            views=[(name, label, _count(page, name)) for name, label in _VIEWS],
            tallies=_tallies(page),
            policy=f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'",
            style=Markup(_part("report.css")),
            script=Markup(script),
            data=island(_without_diffs(page)),
            diffs=[(one.file, island(one.hunks)) for one in page.diffs],
        )
    )


def island(value: object) -> Markup:
    """A value as JSON that can stand in a script element: nothing in it ends that, or begins a comment."""
    text = msgspec.json.encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _without_diffs(page: Page) -> dict[str, object]:
    """Everything but the hunks, which are read file by file when somebody looks."""
    told = {name: getattr(page, name) for name in Page.__struct_fields__}
    told["diffs"] = [_head(one) for one in page.diffs]
    return told


def _head(one: FileDiff) -> tuple[int, int, int, int]:
    return one.file, one.added, one.removed, len(one.hunks)


def _count(page: Page, view: str) -> int | None:
    """The number beside the name of a view; None where there is nothing to count."""
    counts = {
        "globals": len(page.variables),
        "diff": len(page.diffs),
        "contexts": len(page.contexts),
        "lives": len(page.lives),
        "findings": len(page.findings),
        "proof": None if page.proof is None else len(page.proof),
        "unread": len(page.unread),
    }
    return counts.get(view)


def _tallies(page: Page) -> dict[str, object]:
    """Numbers of the summary."""
    return {
        "outcomes": Counter(v.outcome for v in page.variables),
        "contexts": Counter(c.kind for c in page.contexts),
        "severities": Counter(t.severity for t in page.findings),
        "left": [t for t in page.findings if t.source == "port"],
        "verdicts": Counter(p.verdict for p in page.proof or ()),
        "hunks": sum(len(d.hunks) for d in page.diffs),
        "added": sum(d.added for d in page.diffs),
        "removed": sum(d.removed for d in page.diffs),
        "faulty": sum(life.faults > 0 for life in page.lives),
    }


def _part(name: str) -> str:
    return (rules.data_folder("templates") / "report" / name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(rules.data_folder("templates") / "report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["number"] = lambda n: f"{n:,}"
    return environment
