"""`vport scan`: every piece of mutable global state, whose it is and why."""

import contextlib
from pathlib import Path
from typing import Any

import click
import msgspec

from vport.commands._tree import (
    Loaded,
    TreeOptions,
    close,
    command_line,
    count,
    emit,
    link,
    load,
    report_unread,
    take_options,
    tree_options,
)
from vport.errors import UsageError
from vport.report import csv as csv_report
from vport.report import json as json_report
from vport.report import table as table_report
from vport.row import Row

FORMATS = {"csv": csv_report.render, "json": json_report.render}


def _rows(loaded: Loaded, options: TreeOptions) -> list[Row]:
    """The rows of a tree, from the cache when no byte of it changed."""
    key = loaded.key("rows")
    kept = loaded.cache.get([key]).get(key)
    if kept is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(kept, type=list[Row])
    from vport.decide import decide
    from vport.evidence import gather
    from vport.inventory import inventory

    read = link(loaded, options)
    rows = inventory(read, decide(read, gather(read)))
    loaded.cache.put({key: msgspec.msgpack.encode(rows)})
    return rows


@click.command("scan")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", *FORMATS]),
    default="table",
    show_default=True,
    help="Of the list: a table for people, csv or json for programs.",
)
@click.option("--coverage", is_flag=True, help="Say what share of functions and bytes was read, and list what was not.")
@click.option("--only", "only", type=click.Choice(["virtualize", "share", "ask"]), help="Only variables so decided.")
@tree_options
def command(paths: tuple[Path, ...], form: str, coverage: bool, only: str | None, **rest: Any) -> int:
    """List every piece of mutable global state below PATH..., with a decision and the evidence behind it.

    \b
    Examples:
      vport scan netinet                      a table on the terminal
      vport scan netinet --format json        one object a variable
      vport scan netinet --only ask           what a person has to settle
      vport scan --coverage netinet           what was read, and what was not
      vport scan - < frob.c                   standard input
    """
    options = take_options(rest)
    loaded = load(paths, options)
    failed = report_unread(loaded.outcomes, options.quiet)
    if coverage and form == "csv":
        raise UsageError("--coverage has no csv; say --format table or json")
    if coverage:
        from vport.coverage import measure
        from vport.report import coverage as coverage_report

        found = coverage_report.render(measure(link(loaded, options)), form)
        emit(found) if form == "json" else click.echo(found, nl=False)
        if not options.quiet and str(paths[0]) != "-":
            close(f"{count(len(loaded.data), 'file')} read.", command_line("scan", paths))
        return 1 if failed else 0
    rows = [row for row in _rows(loaded, options) if only is None or row.decision == only]
    if form == "table":
        click.echo(table_report.render(rows), nl=False)
    else:
        emit(FORMATS[form](rows))
    if not options.quiet:
        _close(rows, loaded, paths)
    return 1 if failed else 0


def _close(rows: list[Row], loaded: Loaded, paths: tuple[Path, ...]) -> None:
    """Say what was found and what to do next."""
    counts = {d: sum(r.decision == d for r in rows) for d in ("virtualize", "share", "ask")}
    tally = ", ".join(f"{n} {d}" for d, n in counts.items() if n)
    found = f"{count(len(rows), 'variable')} in {count(len(loaded.data), 'file')}{': ' + tally if tally else ''}."
    if not loaded.data and not loaded.outcomes:
        close(found, "name files, or folders with .c and .h files below them")
    else:
        close(found, command_line("plan", paths) if rows and str(paths[0]) != "-" else "")
