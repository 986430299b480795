"""`vport plan`: write the decisions down for a person to edit, or bring an edited plan up to date."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from vport.commands._tree import (
    close,
    command_line,
    count,
    emit,
    read_tree,
    report_unread,
    say,
    take_options,
    tree_options,
)
from vport.decide import Decision, decide
from vport.dialect import NAMES, detect
from vport.errors import UsageError, WriteError
from vport.evidence import gather
from vport.inventory import mutable
from vport.life.objects import Object
from vport.plan import new_plan, parse_plan, refresh_plan
from vport.port import objects_wanted
from vport.read import Read
from vport.replace import mode_of, replace_text
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


def _from_list(
    source: str, wanted: set[tuple[str, str]], read: Read
) -> tuple[list[Variable], dict[tuple[str, str, str], Decision]]:
    """The variables a list names, all to be virtualized, the way var_rename.tcl was driven."""
    found = [v for v in mutable(read) if (v.function, v.name) in wanted]
    for _, name in sorted(wanted - {(v.function, v.name) for v in found}):
        say(f"{source}: {name}: no mutable variable of this name was read; check the spelling")
    return found, {v.key: Decision("virtualize", ("named-in-list",), 0.0) for v in found}


def _check_target(path: Path) -> None:
    """Raise before any work what would keep the plan from being written after it."""
    try:
        folder = path.parent
        if not folder.is_dir():
            raise UsageError(f"{path}: {folder} is no folder; make it (mkdir -p), or name another file for the plan")
        if path.exists() and not path.is_file():
            raise UsageError(
                f"{path}: cannot be read: it is no regular file; name a file for the plan, or `-` for standard output"
            )
        mode_of(path)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise WriteError(f"{path}: {folder} is read-only; make it writable, or name another file for the plan")
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror}; name another file for the plan") from error


def _old(path: Path) -> str:
    """The text of the plan that is there, line endings as they are; raises UsageError."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}; move it away to make a new plan") from error


def _refreshed(
    path: Path,
    read: Read,
    variables: list[Variable],
    decisions: dict[Any, Decision],
    dialect: str | None,
    objects: list[Object],
) -> str:
    """The plan that is there brought up to date; where all its lines end in CRLF they do so afterwards."""
    old = _old(path)
    crlf = "\r\n" in old and old.count("\r\n") == old.count("\n")
    text = old.replace("\r\n", "\n") if crlf else old
    text = refresh_plan(text, str(path), read, path.parent, variables, decisions, dialect, objects)
    return text.replace("\n", "\r\n") if crlf else text


def _objects(read: Read, variables: list[Variable], decisions: dict[Any, Decision]) -> list[Object]:
    """Structures that would have to keep a vnet if the proposal were ported as it is."""
    return objects_wanted(read, [v for v in variables if decisions[v.key].decision == "virtualize"])


@click.command("plan")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, allow_dash=True),
    default=DEFAULT,
    show_default=True,
    help="The plan; `-` for standard output.  An existing one is refreshed.",
)
@click.option(
    "--dialect",
    type=click.Choice(NAMES),
    metavar="DIALECT",
    help=f"To write; found from the tree's headers unless given.  Dialects: {', '.join(NAMES)}.",
)
@click.option("--from-list", "from_list", metavar="FILE", help="Virtualize the variables FILE names, one a line.")
@tree_options
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
    if str(output) != "-":
        _check_target(output)
    wanted = _wanted_names(from_list) if from_list is not None else set()
    read = read_tree(paths, options)
    failed = report_unread(read.outcomes, options.quiet)
    if from_list is not None:
        variables, decisions = _from_list(from_list, wanted, read)
    else:
        variables = [v for v in mutable(read) if not v.virtual]
        decisions = decide(read, gather(read))
    folder = Path.cwd() if str(output) == "-" else output.parent
    if str(output) != "-" and output.exists():
        text = _refreshed(output, read, variables, decisions, dialect, _objects(read, variables, decisions))
    else:
        name = dialect or detect(read.data, read.data.__getitem__)[0]
        text = new_plan(read, folder, name, variables, decisions, _objects(read, variables, decisions))
    if str(output) == "-":
        emit(text)
    else:
        replace_text(output, text)
    if not options.quiet:
        asked = sum(e.decision == "ask" and not e.gone for e in parse_plan(text, str(output)).entries)
        _close(variables, asked, paths, output)
    return 1 if failed else 0


def _close(variables: list[Variable], asked: int, paths: tuple[Path, ...], output: Path) -> None:
    """Say what is in the plan and what to do next."""
    goes_on = variables and "-" not in (str(output), str(paths[0]))
    named = () if output == DEFAULT else ("--plan", str(output))
    following = f"edit, then {command_line('port', paths, '--plan', str(output))}"
    if asked:
        following = f"edit, or {command_line('review', paths, '--decisions', *named)}"
    close(
        f"{count(len(variables), 'variable')}, {asked} to be settled by a person.",
        following if goes_on else "",
    )
