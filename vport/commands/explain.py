"""`vport explain`: what a finding means, why it matters and how to cure it."""

import click

from vport.commands._tree import emit
from vport.pages import find, overview, page


@click.command("explain")
@click.argument("names", nargs=-1, metavar="[ID]...")
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
        emit("".join(f"{line}\n" for line in overview()))
    emit("\n".join(page(rule.id).text for rule in rules))
    return 0
