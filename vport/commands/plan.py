"""`vport plan`: write the decisions down for a person to edit, or bring an edited plan up to date."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from vport.commands._tree import read_tree, report_unread, say, take_options, tree_options
from vport.decide import Decision, decide
from vport.dialect import NAMES, detect
from vport.errors import UsageError, WriteError
from vport.evidence import gather
from vport.inventory import mutable
from vport.plan import new_plan, refresh_plan
from vport.read import Read
from vport.tree import Variable

DEFAULT = Path("vport.toml")


def _wanted_names(source: str) -> set[tuple[str, str]]:
    """Functions and names of a list, one a line: `function.name` is a function-local static; `#` comments."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source}: cannot be read: {error}; give a file with one name a line, or `-`") from error
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return {line.rpartition(".")[::2] for line in lines if line}


def _from_list(source: str, read: Read) -> tuple[list[Variable], dict[tuple[str, str, str], Decision]]:
    """The variables a list names, all to be virtualized, the way var_rename.tcl was driven."""
    wanted = _wanted_names(source)
    found = [v for v in mutable(read) if (v.function, v.name) in wanted]
    for _, name in sorted(wanted - {(v.function, v.name) for v in found}):
        say(f"{source}: {name}: no mutable variable of this name was read; check the spelling")
    return found, {v.key: Decision("virtualize", ("named-in-list",), 0.0) for v in found}


def _write(path: Path, text: str) -> None:
    """Replace the plan atomically."""
    name = ""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except OSError as error:
        if name:
            os.unlink(name)
        raise WriteError(f"{path}: cannot be written: {error.strerror}; the old plan, if any, is untouched") from error


def _refreshed(path: Path, read: Read, variables: list[Variable], decisions: dict[Any, Decision]) -> str:
    try:
        old = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}; move it away to make a new plan") from error
    return refresh_plan(old, str(path), read, path.parent, variables, decisions)


@click.command("plan")
@tree_options
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, allow_dash=True),
    default=DEFAULT,
    show_default=True,
    help="The plan; `-` for standard output.  An existing one is refreshed.",
)
@click.option("--dialect", type=click.Choice(NAMES), help="To write; found from the tree's headers unless given.")
@click.option("--from-list", "from_list", metavar="FILE", help="Virtualize the variables FILE names, one a line.")
def command(paths: tuple[Path, ...], output: Path, dialect: str | None, from_list: str | None, **rest: Any) -> int:
    """Write decisions about the state below PATH... into a plan, or refresh the plan that is there.

    What a person wrote into a plan stays: decisions, notes, comments and order.  New variables are added at
    the end, and entries whose variable is gone are marked.

    \b
    Examples:
      vport plan netinet                      makes or refreshes vport.toml
      vport plan netinet -o -                 on standard output
      vport plan netinet --from-list names    a plan for a plain list of names
    """
    options = take_options(rest)
    read = read_tree(paths, options)
    failed = report_unread(read.outcomes, options.quiet)
    if from_list is not None:
        variables, decisions = _from_list(from_list, read)
    else:
        variables = [v for v in mutable(read) if not v.virtual]
        decisions = decide(read, gather(read))
    name = dialect or detect(read.data, read.data.__getitem__)[0]
    folder = Path.cwd() if str(output) == "-" else output.parent
    if str(output) != "-" and output.exists():
        text = _refreshed(output, read, variables, decisions)
    else:
        text = new_plan(read, folder, name, variables, decisions)
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        _write(output, text)
    if not options.quiet:
        asked = sum(decisions[v.key].decision == "ask" for v in variables)
        say(
            f"{len(variables)} variables, {asked} to be settled by a person.  Next: edit, then vport "
            f"port PATH --plan {output}"
        )
    return 1 if failed else 0
