"""`vport dialect`: which spelling of VNET a tree's own headers define."""

from pathlib import Path
from typing import Any

import click

from vport.commands._tree import close, command_line, read_tree, report_unread, take_options, tree_options
from vport.dialect import NAMES, load, recognise


@click.command("dialect")
@tree_options
def command(paths: tuple[Path, ...], **rest: Any) -> int:
    """Say which dialect of VNET the headers below PATH... define, and why.

    \b
    Example:
      vport dialect sys
    """
    options = take_options(rest)
    read = read_tree(paths, options)
    report_unread(read.outcomes, options.quiet)
    found = recognise(read.data, read.data.__getitem__)
    click.echo(f"{found.name} ({load(found.name).years})")
    for evidence in found.evidence:
        click.echo(f"    {evidence}")
    if not options.quiet and found.name != NAMES[0] and str(paths[0]) != "-":
        close(f"{NAMES[0]} is the newest.", command_line("upgrade", paths, "--to", NAMES[0]))
    return 0
