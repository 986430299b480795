"""`vport port`: rewrite what the plan says and print one diff, or change the files."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from vport.commands._output import diff_prefix
from vport.commands._plan import choose, load_plan, report_match
from vport.commands._series import Again, Asked, save_series
from vport.commands._tree import close, count, read_tree, report_unread, say, take_options, tree_options
from vport.dialect import NAMES, Dialect, detect, load
from vport.diff import unified_diff
from vport.errors import UsageError
from vport.journal import JOURNAL, pending
from vport.names import show
from vport.outcome import Changed, Failed
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
    if any(str(path) == "-" for path in paths):
        if str(plan_path) == "-":
            raise UsageError("`-` is both the source and the plan; name a file for one of them")
        if action == "write":
            raise UsageError("`-` reads standard input, which --write cannot change; leave it out for a diff")
    in_steps = patches is not None or branch is not None
    compile_ = of_headers(headers) if headers else cc
    asked = Asked(patches, branch, group, paths, options.quiet, compile_, not options.no_cache)
    if in_steps:
        asked.check(action, step)
    elif compile_ is not None:
        raise UsageError("--cc and --headers prove the steps of a series; add --patches DIR or --commit")
    plan, folder = load_plan(plan_path, paths)
    began = time.perf_counter()
    read = read_tree(paths, options)
    if action != "write":
        for left in pending(read.root, read.data):
            say(f"{left / JOURNAL}: a run writes here or died while it did; --write brings the old texts back")
    elif back := recover(read.root, read.data):
        say(f"an earlier run died while it wrote; {back} files hold their old text again")
        read = read_tree(paths, options)
    seconds = {"read": time.perf_counter() - began}
    failed = report_unread(read.outcomes, options.quiet)
    matched = match(plan, read, folder)
    astray = report_match(plan, matched, options.quiet)
    chosen = choose(plan, matched, read, asked_as)
    target = _dialect(dialect or plan.dialect, read)
    objects = stored(plan.objects)
    result = port(read, chosen, target.at_step(step) if step else target, only, skip, objects, life)
    if step and step > 1 and action != "write":
        earlier = port(read, chosen, target.at_step(step - 1), only, skip, objects, life)
        result = since(read.data, earlier, result)
    _report_findings(result)
    failed += sum(isinstance(o, Failed) for o in result.outcomes) - len(
        [o for o in read.outcomes if isinstance(o, Failed)]
    )
    if in_steps:
        save_series(asked, Again(read, chosen, target, only, skip, objects, life, result), matched)
        return 1 if result.findings or failed or astray else 0
    changed = _act(action, read, result, failed)
    if explain:
        _explain(read, result)
    if stats:
        _stats(read, result, seconds)
    if not options.quiet:
        _close(action, len(changed), result, matched)
    would_change = action == "check" and bool(changed)
    return 1 if result.findings or failed or astray or would_change else 0


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
