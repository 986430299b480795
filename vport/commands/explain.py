"""`vport explain`: what a finding means, why it matters and how to cure it."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vport.commands._tree import emit
from vport.pages import find, overview, page
from vport.report import fit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _ids(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list["CompletionItem"]:
    """Findings whose id or name begins so, for a shell that completes."""
    from click.shell_completion import CompletionItem

    by_name = incomplete[:2].upper() != "VP"
    known = ((line.split()[0], line.split()[1], line) for line in overview())
    found = [(name if by_name and incomplete else id_, line) for id_, name, line in known]
    wanted = incomplete if by_name else incomplete.upper()
    return [CompletionItem(text, help=line) for text, line in found if text.startswith(wanted)]


def _listed(lines: list[str]) -> Iterator[str]:
    """The findings; where a terminal is too narrow for one of them, what they say goes below their names."""
    width = fit.width_of(sys.stdout)
    for line in lines:
        if not width or max(map(len, lines)) <= width:
            yield line
            continue
        id_, name, severity, said = line.split(maxsplit=3)
        yield f"{id_}  {name}, {severity}"
        yield from fit.fitted(f"       {said}", width)


@click.command("explain")
@click.argument("names", nargs=-1, metavar="[ID]...", shell_complete=_ids)
def command(names: tuple[str, ...]) -> int:
    """Explain findings of `vport check`, by ID or by name; without one, list all there are.

    \b
    Examples:
      vport explain                        all findings, one a line
      vport explain VP203                  cause, cure and examples
      vport explain set-without-restore    the same, by name
    """
    rules = [find(name) for name in names]
    if not rules:
        emit("".join(f"{line}\n" for line in _listed(list(overview()))))
    click.echo("\n".join(fit.page(page(rule.id).text) for rule in rules).encode(), nl=False)
    return 0
