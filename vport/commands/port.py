"""`vport port`: rewrite what the plan says and print one diff, or change the files."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click

from vport.commands._output import diff_prefix
from vport.commands._plan import choose, load_plan, report_match
from vport.commands._series import Again, Asked, save_series
from vport.commands._tree import TreeOptions, close, count, read_tree, report_unread, say, take_options, tree_options
from vport.dialect import NAMES, Dialect, detect, load
from vport.diff import unified_diff
from vport.errors import UsageError
from vport.journal import JOURNAL, pending
from vport.names import show
from vport.outcome import Changed, Failed, Outcome
from vport.passes import NAMES as PASSES
from vport.plan import Matched, match
from vport.plan_objects import stored
from vport.port import Port, port
from vport.proof.commands import HEADERS, of_headers
from vport.read import Read
from vport.save import recover, save_all
from vport.series.groups import GROUPS
from vport.source import line_of
from vport.steps import since
from vport.tree import Variable


def _print_diff(read: Read, result: Port) -> None:
    prefix, out = diff_prefix(read.root), sys.stdout.buffer
    for outcome in result.outcomes:
        if isinstance(outcome, Changed):
            out.write(unified_diff(prefix + outcome.path, outcome.before, result.edits[outcome.path]))
    out.flush()


def _explain(read: Read, result: Port) -> None:
    before = {o.path: o.before for o in result.outcomes if isinstance(o, Changed)}
    for file, edits in sorted(result.edits.items()):
        for edit in sorted(set(edits)):
            say(f"{show(file)}:{line_of(before.get(file, read.data[file]), edit.start)}: {edit.by}: {edit.reason}")


def _stats(read: Read, result: Port, seconds: dict[str, float]) -> None:
    changed = sum(isinstance(o, Changed) for o in result.outcomes)
    say(f"files: {len(read.data)} read, {changed} changed")
    counts = {name: 0 for name in PASSES if f"pass {name}" in result.seconds}
    for edits in result.edits.values():
        for edit in set(edits):
            counts[edit.by] = counts.get(edit.by, 0) + 1  # broken lines are edits of no pass a person can ask for
    say("edits: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
    say("seconds: " + ", ".join(f"{name} {value:.3f}" for name, value in (seconds | result.seconds).items()))


def _report_findings(result: Port) -> None:
    for finding in result.findings:
        say(f"{show(finding.file)}:{finding.line}: {finding.kind}: {finding.message}")


@click.command("port")
@click.option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="The plan; vport.toml here or in PATH unless given.",
)
@click.option(
    "--dialect",
    type=click.Choice(NAMES),
    metavar="DIALECT",
    help=f"To write; the plan's, or the tree's, unless given.  Dialects: {', '.join(NAMES)}.",
)
@click.option(
    "--step",
    type=click.IntRange(1),
    metavar="N",
    help="Only the Nth step of a dialect that has steps: --diff shows it alone, --write goes as far as it.",
)
@click.option("--diff", "action", flag_value="diff", default=True, help="Print one unified diff (the default).")
@click.option("--write", "action", flag_value="write", help="Change all files, or none.")
@click.option("--check", "action", flag_value="check", help="Change nothing; exit 1 if a file would change.")
@click.option(
    "--patches",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the port as a series of patches that git am takes, with a letter before them, into a new folder.",
)
@click.option(
    "--commit",
    "branch",
    is_flag=False,
    flag_value="vport-port",
    metavar="[BRANCH]",
    help="Commit the same series on a new branch (vport-port unless named); the work tree stays as it is.",
)
@click.option(
    "--group",
    type=click.Choice(GROUPS),
    default="file",
    show_default=True,
    help="What goes in one step of a series: the variables of a file, or those that share a statement or a macro.",
)
@click.option(
    "--cc",
    metavar="COMMAND",
    help="Prove each step of a series with this: compiles one file, with {file} and {output}, at the top of the tree.",
)
@click.option(
    "--headers",
    type=click.Choice(HEADERS),
    help="Prove each step of a series with vport's own small kernel headers.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(PASSES)),
    metavar="PASS",
    help=f"Run only this pass; repeatable.  Passes: {', '.join(PASSES)}.",
)
@click.option(
    "--skip", multiple=True, type=click.Choice(list(PASSES)), metavar="PASS", help="Leave this pass out; repeatable."
)
@click.option("--asked-as", type=click.Choice(["share", "virtualize"]), help="Decide what the plan leaves to ask.")
@click.option(
    "--life/--no-life",
    default=True,
    help="Write contexts, constructors and destructors too (the default), or only rename.",
)
@click.option("--explain", is_flag=True, help="List every edit with its pass and reason.")
@click.option("--stats", is_flag=True, help="Print files, edits by pass and time by stage.")
@tree_options
def command(
    paths: tuple[Path, ...],
    plan_path: Path | None,
    dialect: str | None,
    step: int | None,
    action: str,
    patches: Path | None,
    branch: str | None,
    group: str,
    cc: str | None,
    headers: str | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    asked_as: str | None,
    life: bool,
    explain: bool,
    stats: bool,
    **rest: Any,
) -> int:
    """Rewrite the variables below PATH... that the plan virtualizes, and print one diff that `git apply` takes.

    State the plan does not name is left alone and counted.  What cannot be rewritten safely is refused with a
    finding that names the place and the cure, and the exit code is 1.

    \b
    Examples:
      vport port netinet                          the diff, by ./vport.toml
      vport port netinet --plan p.toml --write    change the files, all or none
      vport port netinet --check                  exit 1 if anything would change
      vport port netinet --only uses --explain    one pass, each edit explained
      vport port netinet --patches series         patches for git am
      vport port netinet --commit port            the same on a new branch
      vport port netinet --group variable --commit port
      vport port netinet --dialect vimage-2008 --step 2
    """
    options = take_options(rest)
    _agree(paths, plan_path, action)
    asked = _series(paths, patches, branch, group, of_headers(headers) if headers else cc, options)
    if asked is not None:
        asked.check(action, step)
    plan, folder = load_plan(plan_path, paths)
    began = time.perf_counter()
    read = _recovered(paths, options, action)
    seconds = {"read": time.perf_counter() - began}
    failed = report_unread(read.outcomes, options.quiet)
    matched = match(plan, read, folder)
    astray = report_match(plan, matched, options.quiet)
    chosen = choose(plan, matched, read, asked_as)
    target = _dialect(dialect or plan.dialect, read)
    again = Given(read, chosen, target, only, skip, stored(plan.objects), life)
    result = again.at(step, alone=action != "write")
    _report_findings(result)
    failed += len(_failures(result.outcomes)) - len(_failures(read.outcomes))
    if asked is not None:
        save_series(asked, again.series(result), matched)
        return 1 if result.findings or failed or astray else 0
    changed = _act(action, read, result, failed)
    _explain(read, result) if explain else None
    _stats(read, result, seconds) if stats else None
    _close(action, len(changed), result, matched) if not options.quiet else None
    would_change = action == "check" and bool(changed)
    return 1 if result.findings or failed or astray or would_change else 0


class Given(NamedTuple):
    """What a port is made of, to make it of one step or of all."""

    read: Read
    chosen: list[Variable]
    target: Dialect
    only: tuple[str, ...]
    skip: tuple[str, ...]
    objects: dict[str, str]
    life: bool

    def at(self, step: int | None, alone: bool) -> Port:
        """The port, as far as a step if there is one; `alone` leaves out what earlier steps did."""
        made = self._port(self.target.at_step(step) if step else self.target)
        if not step or step == 1 or not alone:
            return made
        return since(self.read.data, self._port(self.target.at_step(step - 1)), made)

    def _port(self, target: Dialect) -> Port:
        return port(self.read, self.chosen, target, self.only, self.skip, self.objects, self.life)

    def series(self, result: Port) -> Again:
        """The same for a series of patches, which ends in `result`."""
        return Again(*self, result)


def _agree(paths: tuple[Path, ...], plan: Path | None, action: str) -> None:
    """Refuse what standard input cannot be."""
    if all(str(path) != "-" for path in paths):
        return
    if str(plan) == "-":
        raise UsageError("`-` is both the source and the plan; name a file for one of them")
    if action == "write":
        raise UsageError("`-` reads standard input, which --write cannot change; leave it out for a diff")


def _series(
    paths: tuple[Path, ...], patches: Path | None, branch: str | None, group: str, cc: str | None, options: TreeOptions
) -> Asked | None:
    """The series that was asked for, if one was."""
    if patches is not None or branch is not None:
        return Asked(patches, branch, group, paths, options.quiet, cc, not options.no_cache)
    if cc is not None:
        raise UsageError("--cc and --headers prove the steps of a series; add --patches DIR or --commit")
    return None


def _recovered(paths: tuple[Path, ...], options: TreeOptions, action: str) -> Read:
    """The tree; where an earlier run died while it wrote, --write brings the old texts back first."""
    read = read_tree(paths, options)
    if action != "write":
        for left in pending(read.root, read.data):
            say(f"{left / JOURNAL}: a run writes here or died while it did; --write brings the old texts back")
        return read
    back = recover(read.root, read.data)
    if not back:
        return read
    say(f"an earlier run died while it wrote; {back} files hold their old text again")
    return read_tree(paths, options)


def _failures(outcomes: Iterable[Outcome]) -> list[Failed]:
    return [outcome for outcome in outcomes if isinstance(outcome, Failed)]


def _dialect(name: str, read: Read) -> Dialect:
    return load(name or detect(read.data, read.data.__getitem__)[0])


def _act(action: str, read: Read, result: Port, failed: int) -> list[str]:
    """Print or write; returns the names of the files that change."""
    changed = {o.path: (o.before, o.after) for o in result.outcomes if isinstance(o, Changed)}
    broken = [o for o in result.outcomes if isinstance(o, Failed) and o not in read.outcomes]
    for outcome in broken:
        say(outcome.error)
    if action == "write":
        if broken:
            raise UsageError(f"{len(broken)} files cannot be ported, so none was written; see above")
        save_all(read.root, changed)
    elif action == "diff":
        _print_diff(read, result)
    else:
        for name in changed:
            click.echo(f"would change {show(name)}")
    return list(changed)


def _close(action: str, changed: int, result: Port, matched: Matched) -> None:
    verb = {"write": "changed", "check": "would change", "diff": "in the diff"}[action]
    refused = len({f.variable for f in result.findings if f.refuses})
    close(
        f"{count(len(result.ported), 'variable')} virtualized, {count(changed, 'file')} {verb}, "
        f"{count(refused, 'variable')} refused, {len(matched.unnamed)} not in the plan and left alone.",
        _next(action, changed),
    )


def _next(action: str, changed: int) -> str:
    """What to do after a run that has found something to change."""
    if not changed or action == "write":
        return ""
    return "run again with --write" + (", or pipe the diff into git apply" if action == "diff" else "")
