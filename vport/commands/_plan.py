"""What verbs that follow a plan share: finding it, laying it over the tree, and the variables it virtualizes."""

import sys
from pathlib import Path

from vport.commands._tree import count, say
from vport.errors import UsageError
from vport.names import show
from vport.plan import Matched, Plan, parse_plan, read_plan
from vport.read import Read
from vport.tree import Variable

DEFAULT_PLAN = Path("vport.toml")
_LISTED = 20
"""Entries of a kind that are listed before the rest is counted."""


def load_plan(path: Path | None, paths: tuple[Path, ...]) -> tuple[Plan, Path]:
    """The plan and the folder its names are relative to; beside the tree or here unless named."""
    if path is not None and str(path) == "-":
        try:
            return parse_plan(sys.stdin.read(), "-"), Path.cwd()
        except UnicodeDecodeError as error:
            raise UsageError(f"-: cannot be read: {error}; a plan is UTF-8") from error
    if path is None:
        beside = [p / DEFAULT_PLAN for p in paths if p.is_dir()]
        path = next((p for p in (DEFAULT_PLAN, *beside) if p.exists()), None)
        if path is None:
            raise UsageError("no plan: make one with `vport plan PATH`, or name it with --plan FILE")
    return read_plan(path), path.parent


def report_match(plan: Plan, matched: Matched, quiet: bool) -> int:
    """Say where plan and tree differ; returns how many entries cannot be followed."""
    for entry in matched.unmatched[:_LISTED]:
        where = f"{show(entry.file)}{', function ' + entry.function if entry.function else ''}"
        say(
            f"{plan.path}:{entry.line}: {entry.name} ({where}) matches nothing that was read; refresh "
            f"the plan with `vport plan`"
        )
    if len(matched.unmatched) > _LISTED:
        say(f"{plan.path}: ... and {len(matched.unmatched) - _LISTED} more entries that match nothing")
    if matched.unmatched and not matched.decided:
        say(f"{plan.path}: no entry matches; it is the plan of another tree, or PATH names another folder than it did")
    for entry in matched.twice:
        say(
            f"{plan.path}:{entry.line}: {entry.name} ({show(entry.file)}) stands in the plan twice; the "
            f"first entry counts, remove this one"
        )
    if matched.changed and not quiet:
        more = f" and {len(matched.changed) - 1} more" if len(matched.changed) > 1 else ""
        say(
            f"{plan.path}: {show(matched.changed[0])}{more} changed since the plan was "
            f"made; refresh it with `vport plan`"
        )
    return len(matched.unmatched) + len(matched.twice)


def choose(plan: Plan, matched: Matched, read: Read, asked_as: str | None) -> list[Variable]:
    """Variables to virtualize.

    Raises:
        UsageError: entries are to be settled first, or one symbol is decided both ways.
    """
    asked = [e for e in matched.decided.values() if e.decision == "ask"]
    if asked and asked_as is None:
        listed = "\n".join(f"  {plan.path}:{e.line}: {e.name} ({show(e.file)})" for e in asked[:40])
        more = f"\n  ... and {len(asked) - 40} more" if len(asked) > 40 else ""
        raise UsageError(
            f"{count(len(asked), 'variable')} still to be decided; edit the plan, go through them with "
            f"`vport review --decisions`, or say --asked-as share|virtualize:\n{listed}{more}"
        )
    decision = {key: (asked_as if e.decision == "ask" else e.decision) for key, e in matched.decided.items()}
    chosen = [v for v in read.tree.variables if decision.get(v.key) == "virtualize"]
    for variable in chosen:
        for other in variable.same:
            if decision.get(other.key) == "share":
                entry = matched.decided[other.key]
                raise UsageError(
                    f"{plan.path}:{entry.line}: {variable.name} is one symbol, defined in "
                    f"{show(variable.file)} and {show(other.file)}, "
                    f"and decided both ways; decide it once"
                )
    return chosen
