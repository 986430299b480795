"""`vport dialect`: which spelling of VNET a tree's own headers define."""

from pathlib import Path
from typing import Any

import click

from vport.commands._tree import close, command_line, read_tree, report_unread, take_options, tree_options
from vport.dialect import HISTORY, NAMES, Found, before_all, load, recognise
from vport.names import show


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
    if kernel := before_all(read.data):
        found = Found(HISTORY[0], (f"{show(kernel)} is there, and neither sys/vimage.h nor net/vnet.h",))
    click.echo(f"{found.name} ({load(found.name).years})")
    for evidence in found.evidence:
        click.echo(f"    {evidence}")
    if kernel and not options.quiet:
        close(f"A port is written in {NAMES[0]} unless told otherwise.", command_line("plan", paths))
    elif not options.quiet and found.name != NAMES[0] and str(paths[0]) != "-":
        close(f"{NAMES[0]} is the newest.", command_line("upgrade", paths, "--to", NAMES[0]))
    return 0
