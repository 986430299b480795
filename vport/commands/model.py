"""`vport model`: the model of a module, as a Python file that a person may edit."""

from pathlib import Path
from typing import Any

import click

from vport.commands._output import check_target, write_whole
from vport.commands._tree import close, count, emit, read_tree, report_unread, say, take_options, tree_options
from vport.errors import UsageError


@click.command("model")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("-"),
    help="The model file to write or bring up to date; standard output unless given.",
)
@click.option("--name", help="Of the module; that of its module event or first file unless given.")
@tree_options
def command(paths: tuple[Path, ...], output: Path, name: str | None, **rest: Any) -> int:
    """Write the model of the module whose C stands below PATH...: its state, its life, its functions' control flow.

    The file is Python declarations, yours to edit.  Run again, what you did not change follows the C, what you did
    change stays, and what no longer fits is said.

    \b
    Examples:
      vport model net/if_hop.c                     print the model
      vport model net/if_hop.c -o hop_model.py     write it, or update it
      vport run hop_model.py                       live through the module's life
    """
    from vport.model import build
    from vport.modelfile.update import update

    options = take_options(rest)
    old = _old(output)
    read = read_tree(paths, options)
    failed = report_unread(read.outcomes, options.quiet)
    if not read.tree.facts:
        raise UsageError(f"{', '.join(map(str, paths))}: no C was found there; name the files of a module")
    module = build(read, name=name or "")
    made = update(old, str(output), module)
    for note in made.notes:
        say(note)
    if str(output) == "-":
        emit(made.text)
    elif made.text != old:
        write_whole(output, made.text)
    unread = [f for f in module.functions if f.unread]
    for function in unread:
        say(f"{function.at}: {function.name}: not read: {function.unread}; it is an unknown in every run")
    if not options.quiet:
        unknown = sum(not e.known for e in module.externals)
        found = (
            f"{count(len(module.functions), 'function')} ({len(unread)} not read), "
            f"{count(len(module.variables), 'variable')}, {count(unknown, 'unknown external')}"
        )
        following = "" if str(output) == "-" else f"vport run {output}"
        close(found, following)
    return 1 if failed else 0


def _old(output: Path) -> str:
    """The model file as it is; empty if there is none."""
    if str(output) == "-":
        return ""
    check_target(output)
    try:
        return output.read_text(encoding="utf-8") if output.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{output}: cannot be read as a model: {error}; write to another file") from error
