"""`vport upgrade`: lift a port to a later spelling of VNET, or take it out."""

import sys
from pathlib import Path
from typing import Any

import click

from vport.commands._output import diff_prefix
from vport.commands._tree import (
    Loaded,
    TreeOptions,
    close,
    count,
    link,
    load,
    report_unread,
    say,
    take_options,
    tree_options,
)
from vport.dialect import HISTORY, recognise
from vport.dialect import load as load_dialect
from vport.diff import unified_diff
from vport.errors import UsageError
from vport.journal import JOURNAL, pending
from vport.names import show
from vport.outcome import Changed, Failed
from vport.read import Read, Reader
from vport.save import recover, save_all
from vport.upgrade import Upgrade, line_edits, upgrade


def _list(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Print the dialects and stop."""
    if value and not context.resilient_parsing:
        for name in HISTORY:
            click.echo(f"{name:<16}{load_dialect(name).years}")
        context.exit(0)


@click.command("upgrade")
@click.option("--to", "target", type=click.Choice(HISTORY), metavar="DIALECT", help="To write.  `--list` names all.")
@click.option("--from", "source", type=click.Choice(HISTORY), metavar="DIALECT", help="What the tree speaks now.")
@click.option("--diff", "action", flag_value="diff", default=True, help="Print one unified diff (the default).")
@click.option("--write", "action", flag_value="write", help="Change all files, or none.")
@click.option("--check", "action", flag_value="check", help="Change nothing; exit 1 if a file would change.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list,
    help="List the dialects in the order of time, and stop.",
)
@click.option("--explain", is_flag=True, help="List every edit with its reason.")
@tree_options
def command(
    paths: tuple[Path, ...],
    target: str | None,
    source: str | None,
    action: str,
    explain: bool,
    **rest: Any,
) -> int:
    """Lift the ports below PATH... to the dialect that `--to` names, and print one diff that `git apply` takes.

    What a file speaks is told by its own macros and by the tree's headers.  `--to plain` takes a port out.
    What cannot be derived is listed as left to you, and the exit code is 1.

    \b
    Examples:
      vport upgrade mod --to freebsd-13            the diff
      vport upgrade mod --to freebsd-13 --write    change the files, all or none
      vport upgrade mod --to plain                 the globals it had before
    """
    if target is None:
        raise UsageError("--to is missing: name the dialect to write; `vport upgrade --list` lists them")
    options = take_options(rest)
    if action == "write" and any(str(path) == "-" for path in paths):
        raise UsageError("`-` reads standard input, which --write cannot change; leave it out for a diff")
    loaded = load(paths, options)
    read = _settled(loaded, link(loaded, options), options, action == "write", paths)
    failed = report_unread(read.outcomes, options.quiet)
    speaks = source or _spoken(read, options)
    result = upgrade(read, load_dialect(target), speaks, Reader(loaded.cache, options.jobs))
    broken = [o for o in result.outcomes if isinstance(o, Failed) and o not in read.outcomes]
    changed = _act(action, read, result, broken)
    if explain:
        for file, line, by, reason in result.explained:
            say(f"{show(file)}:{line}: {by}: {reason}")
    for finding in result.findings:
        say(f"{show(finding.file)}:{finding.line}: left to you: {finding.message} [{finding.kind}]")
    if not options.quiet:
        _close(action, changed, result)
    return 1 if result.findings or failed or broken or (action == "check" and changed) else 0


def _settled(loaded: Loaded, read: Read, options: TreeOptions, writing: bool, paths: tuple[Path, ...]) -> Read:
    """The tree after a run that died while it wrote is undone, or is told of."""
    if not writing:
        for left in pending(read.root, read.data):
            say(f"{left / JOURNAL}: a run writes here or died while it did; --write brings the old texts back")
    elif back := recover(read.root, read.data):
        say(f"an earlier run died while it wrote; {back} files hold their old text again")
        return link(load(paths, options), options)
    return read


def _spoken(read: Read, options: TreeOptions) -> str:
    """What the tree's headers say it speaks; empty when none tells."""
    found = recognise(read.data, read.data.__getitem__)
    if found.evidence and ":" in found.evidence[0]:
        if not options.quiet:
            say(f"the tree speaks {found.name}: {'; '.join(found.evidence)}")
        return found.name
    return ""


def _act(action: str, read: Read, result: Upgrade, broken: list[Failed]) -> int:
    """Print or write; returns how many files change."""
    changed = {o.path: (o.before, o.after) for o in result.outcomes if isinstance(o, Changed)}
    for outcome in broken:
        say(outcome.error)
    if action == "write":
        if broken:
            raise UsageError(f"{len(broken)} files cannot be upgraded, so none was written; see above")
        save_all(read.root, changed)
    prefix = diff_prefix(read.root)
    for name, (before, after) in changed.items():
        if action == "diff":
            sys.stdout.buffer.write(unified_diff(prefix + name, before, line_edits(before, after)))
        elif action == "check":
            click.echo(f"would change {show(name)}")
    sys.stdout.buffer.flush()
    return len(changed)


def _close(action: str, changed: int, result: Upgrade) -> None:
    verb = {"write": "changed", "check": "would change", "diff": "in the diff"}[action]
    following = "" if action == "write" or not changed else "run again with --write, or pipe the diff into git apply"
    close(f"{count(changed, 'file')} {verb}, {count(len(result.findings), 'place')} left to you.", following)
