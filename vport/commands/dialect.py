"""`vport dialect`: which spelling of VNET a tree's own headers define."""

from pathlib import Path
from typing import Any

import click

from vport.commands._tree import read_tree, report_unread, take_options, tree_options
from vport.dialect import load, recognise


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
    return 0
