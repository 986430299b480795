"""The page of each finding: what it is, why it matters, how to cure it, an example that fires and one that does not."""

import difflib
import re
from functools import cache

import msgspec

from vport import rules
from vport.checks.found import Rule, all_rules
from vport.errors import UsageError
from vport.patterns import later

_BLOCK = later(r"^```(?:c|toml) (fires|does not fire)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ALONE = "hop.c"
"""The file that an example is if it names none."""


class Page(msgspec.Struct, frozen=True):
    """One page.

    Arguments:
        rule: whose it is.
        text: Markdown.
        fires, fine: files of the example that shows the finding, and of the one that does not, by name.
    """

    rule: Rule
    text: str
    fires: dict[str, str]
    fine: dict[str, str]


@cache
def page(id_: str) -> Page:
    """The page of an id.

    Raises:
        UsageError: it cannot be read.
    """
    path = rules.data_folder("templates") / "findings" / f"{id_}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; the page of {id_} is missing.  Reinstall vport.") from error
    examples: dict[str, dict[str, str]] = {"fires": {}, "does not fire": {}}
    for block in _BLOCK.finditer(text):
        examples[block[1]][block[2] or _ALONE] = block[3]
    return Page(all_rules()[id_], text, examples["fires"], examples["does not fire"])


def find(word: str) -> Rule:
    """The rule of an id or a name, whatever its case.

    Raises:
        UsageError: there is none; the message names near ones.
    """
    by_word = {w: rule for rule in all_rules().values() for w in (rule.id.lower(), rule.name)}
    found = by_word.get(word.lower())
    if found is None:
        family = {w for w in by_word if w.startswith("vp") and w[:3] == word.lower()[:3]}
        near = difflib.get_close_matches(word.lower(), sorted(family or by_word), 3, 0.5)
        named = [f"{by_word[w].id} {by_word[w].name}" for w in near]
        cure = f"did you mean {', '.join(dict.fromkeys(named))}?" if named else "`vport explain` lists them"
        raise UsageError(f"{word} is no finding; {cure}")
    return found


def overview() -> list[str]:
    """One line for each finding."""
    listed = all_rules().values()
    width = max(len(rule.name) for rule in listed)
    return [f"{rule.id}  {rule.name:{width}}  {rule.severity:7}  {rule.title}" for rule in listed]
