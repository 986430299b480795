"""What each step of a series says of itself, and the letter before them: what, why, and what was proved."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import msgspec

from vport.findings import Finding
from vport.names import show
from vport.passes import contexts, lifecycle, objects
from vport.plan import Entry
from vport.rules import data_folder
from vport.series.steps import CONTEXTS, LIFE, TYPES, VARIABLES, Step
from vport.tree import Variable

WIDTH = 72
"""Columns of a message, as git's own tools show it."""
_LISTED = 40
"""Reasons that a message lists before the rest is counted."""

_TOLD = {
    TYPES: (
        "name the types of {names}",
        "Types that were written inside the definition of a variable stand by themselves and have names, as the macros "
        "that define per-vnet variables take one type and one name.  The variables are what they were: no build "
        "changes.",
    ),
    CONTEXTS: (
        "set the vnet in {names}",
        "These functions run without a vnet and will reach state that each network stack has of its own.  Each learns "
        "its vnet from what it is given.  Nothing is per-vnet here that was not before, so nothing behaves in another "
        "way yet; the variables follow.",
    ),
    VARIABLES: (
        "give each network stack its own {names}",
        "Each network stack gets its own.  Definition, declarations, accessor, sysctls and all uses change together, "
        "and where nobody's vnet is given, what is done once becomes a loop over all of them.",
    ),
    LIFE: (
        "set up {names} in each network stack",
        "Each network stack gets its own, and constructors and destructors set it up and tear it down with the stack.  "
        "What stays shared stays in the set-up of the module.",
    ),
}
"""Subject and first words by kind of step."""


class Message(msgspec.Struct, frozen=True):
    """A commit message: its subject without any number, and its body."""

    subject: str
    body: str


Decided = Mapping[tuple[str, str, str], Entry]
"""Entries of the plan by the key of their variable."""


def wrapped(text: str) -> str:
    """A paragraph."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def item(text: str) -> str:
    """An item of a list."""
    return textwrap.fill(
        text, WIDTH, initial_indent="  * ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(data_folder("templates") / "patches"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(wrap=wrapped, item=item)
    return environment


def render(template: str, **values: object) -> str:
    """A text of templates/patches without needless blank lines, which git would take out of a message too."""
    text = str(_environment().get_template(template).render(**values))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def message(step: Step, decided: Decided) -> Message:
    """What a step says of itself."""
    subject, lead = _TOLD[step.kind]
    names = _named(step)
    body = render(
        "step.txt.j2",
        lead=lead,
        variables=[_variable(v, decided) for v in step.variables],
        reasons=_reasons(step),
        left=[finding_line(f) for f in step.findings],
        for_now=[finding_line(f) for f in step.for_now],
        proved=_proved(step),
        verdicts=step.proved,
    )
    return Message(_fitted(f"{_scope(step)}: {subject}", names), body)


def _named(step: Step) -> list[str]:
    """What the subject names: the variables, or the functions and types that change."""
    if step.variables:
        return list(dict.fromkeys(v.name for v in step.variables))
    if step.kind == TYPES:
        return list(dict.fromkeys(e.variable for _, e in step.new_edits if e.variable)) or ["variables"]
    return step.functions or [PurePosixPath(show(file)).name for file in step.after]


def _fitted(form: str, names: Sequence[str]) -> str:
    """A subject with as many names as a line has room for, and the number of the others."""
    for count in range(len(names), 0, -1):
        rest = len(names) - count
        text = ", ".join(names[:count]) + (f" and {rest} more" if rest else "")
        subject = form.format(names=text)
        if len(subject) <= WIDTH or count == 1:
            break
    return subject


def _scope(step: Step) -> str:
    """What the step is about: the file its variables are defined in, or the folder that all changed files are in."""
    files = sorted({v.file for v in step.variables}) or sorted(step.after)
    if len(files) == 1:
        return PurePosixPath(show(files[0])).stem.replace("{", "(").replace("}", ")")
    parts = [PurePosixPath(file).parts[:-1] for file in files]
    common = [level[0] for level in zip(*parts, strict=False) if len(set(level)) == 1]
    return show("/".join(common)).replace("{", "(").replace("}", ")") or "vnet"


def _variable(variable: Variable, decided: Decided) -> str:
    """A variable with its place, and why it is per-vnet."""
    line = variable.sites[0].declaration.line
    where = f"{show(variable.file)}:{line}" + (f", in {variable.function}()" if variable.function else "")
    entry = decided.get(variable.key)
    why = ", ".join(entry.why) if entry else ""
    note = f"  Note: {' '.join(entry.note.split())}" if entry and entry.note.strip() else ""
    return f"{variable.name} ({where}){': ' + why if why else ''}.{note}"


def _reasons(step: Step) -> list[str]:
    """Reasons of the edits that do more than rename, each with the line of the text before the series."""
    found: dict[tuple[str, str], str] = {}
    for file, edit in step.new_edits:
        if edit.by in (contexts.NAME, lifecycle.NAME, objects.NAME):
            found.setdefault((file, edit.reason), f"{show(file)}: {edit.reason}")
    told = list(dict.fromkeys(found.values()))
    return told[:_LISTED] + ([f"and {len(told) - _LISTED} more"] if len(told) > _LISTED else [])


def finding_line(finding: Finding) -> str:
    """A finding on one line."""
    return f"{show(finding.file)}:{finding.line}: {finding.kind}: {finding.message}"


def _proved(step: Step) -> str:
    """What is known of the step."""
    before, after = step.unread
    files = f"{len(step.after)} changed file{'' if len(step.after) == 1 else 's'}"
    items = f"{after or 'no'} item{'' if after == 1 else 's'}"
    read = f"{files} read again: {items} not understood, {before or 'none'} before."
    if step.proved:
        return f"{read}  Compiled before and after this step:"
    return f"{read}  Not compiled here; to check: vport prove HEAD~..HEAD --cc COMMAND"
