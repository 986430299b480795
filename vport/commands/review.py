"""`vport review`: a port hunk by hunk, or the open decisions one by one; the answers go into the plan."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from vport.cache import default_folder
from vport.commands._plan import choose, load_plan, report_match
from vport.commands._tree import (
    close,
    command_line,
    count,
    progress,
    read_tree,
    report_unread,
    say,
    take_options,
    tree_options,
)
from vport.dialect import detect, load
from vport.errors import UsageError
from vport.names import show
from vport.plan import match
from vport.port import Port, port
from vport.read import Read
from vport.review.asked import Asked
from vport.review.hunks import Key
from vport.review.memory import Memory
from vport.review.planfile import PlanFile
from vport.review.session import Session
from vport.review.show import show_left
from vport.review.talk import Talk
from vport.review.terminal import Terminal


class _Porter:
    """Ports again and again; says so where it takes a while."""

    def __init__(self, read: Read, dialect: str, life: bool, quiet: bool) -> None:
        self._read, self._life, self._quiet = read, life, quiet
        self._dialect = load(dialect or detect(read.data, read.data.__getitem__)[0])

    def __call__(self, chosen: Collection[Key], objects: Mapping[str, str]) -> Port:
        wanted = set(chosen)
        variables = [v for v in self._read.tree.variables if v.key in wanted]
        with progress(self._quiet) as tell:
            if tell:
                tell(f"porting {count(len(variables), 'variable')}", 0, 1)
            return port(self._read, variables, self._dialect, objects=objects, life=self._life)


@click.command("review")
@click.option(
    "--plan", "plan_path", type=click.Path(path_type=Path), metavar="FILE", help="The plan; vport.toml here or in PATH."
)
@click.option("--decisions", is_flag=True, help="Settle what the plan leaves to ask, one variable after the other.")
@click.option("--variable", "names", multiple=True, metavar="NAME", help="Show only hunks of this one; repeatable.")
@click.option("--again", is_flag=True, help="Show what was accepted in an earlier run, too.")
@click.option(
    "--life/--no-life",
    default=True,
    help="Look at contexts, constructors and destructors too (the default), or only at renaming.",
)
@tree_options
def command(
    paths: tuple[Path, ...],
    plan_path: Path | None,
    decisions: bool,
    names: tuple[str, ...],
    again: bool,
    life: bool,
    **rest: Any,
) -> int:
    """Go through the port of PATH... hunk by hunk, variable by variable, and accept or refuse.

    A refused variable is decided `share` in the plan at once, so that the next port leaves it alone.  The files are
    not touched.  Quit at any time: the next run goes on with what is not accepted, or reads otherwise than it did.

    \b
    Examples:
      vport review netinet                       every hunk, by ./vport.toml
      vport review netinet --variable frob_n     the hunks of one variable
      vport review netinet --decisions           what the plan leaves to ask
    """
    options = take_options(rest)
    if any(str(path) == "-" for path in paths):
        raise UsageError("a review reads your answers from standard input; name files or folders")
    if str(plan_path) == "-":
        raise UsageError("a review writes decisions into the plan; name its file")
    terminal = Terminal()
    plan, folder = load_plan(plan_path, paths)
    named = (*(() if plan_path is None else ("--plan", str(plan_path))), *(() if life else ("--no-life",)))
    file = PlanFile(Path(plan.path))
    read = read_tree(paths, options)
    report_unread(read.outcomes, options.quiet)
    matched = match(file.plan, read, folder)
    report_match(file.plan, matched, options.quiet)
    try:
        if decisions:
            return _settle(Asked(read, file, matched, terminal), file, paths, named)
        memory = Memory(default_folder() / "review", file.path)
        if again:
            memory.forget()
        porter = _Porter(read, file.plan.dialect, life, options.quiet)
        choose(file.plan, matched, read, "share")
        if open_ := sum(entry.decision == "ask" for entry in matched.decided.values()):
            say(f"{count(open_, 'variable')} still to be decided, not in this port: --decisions settles them")
        session = Session(read, file, matched, memory, porter, names)
        talk = _review(session, terminal, names)
        _close(session, talk, command_line("review", paths, *named), command_line("port", paths, *named, "--write"))
        return 0
    except KeyboardInterrupt:
        raise KeyboardInterrupt("every answer so far is kept; the same command goes on") from None


def _settle(asked: Asked, file: PlanFile, paths: tuple[Path, ...], named: tuple[str, ...]) -> int:
    asked.run()
    found = f"{asked.total - asked.left} of {count(asked.total, 'open decision')} settled in {show(str(file.path))}."
    more = ("--decisions",) if asked.left else ()
    close(found, command_line("review", paths, *more, *named))
    return 0


def _review(session: Session, terminal: Terminal, names: tuple[str, ...]) -> Talk:
    """Show what is not ported, then ask about what is."""
    show_left(terminal, session.port)
    if names and not session.hunks:
        raise UsageError(f"{', '.join(names)}: the port changes nothing for it; see `vport plan` and the spelling")
    talk = Talk(session, terminal)
    talk.run()
    return talk


def _close(session: Session, talk: Talk, again: str, write: str) -> None:
    accepted = sum(map(session.is_accepted, session.hunks))
    left = len(session.hunks) - accepted
    refused = f", {count(len(talk.refused), 'variable')} refused" if talk.refused else ""
    if not session.memory.keeps:
        say(f"{session.memory.path}: cannot be written; the next review shows accepted hunks again")
    found = f"{accepted} of {count(len(session.hunks), 'hunk')} accepted{refused}, {left} left."
    close(found, again if left else write)
