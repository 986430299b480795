"""`vport check`: the guard in pre-commit, CI and the editor."""

import contextlib
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from vport import patterns, rules
from vport.baseline import fingerprints, make_baseline, read_baseline
from vport.checks.config import OFF, Config
from vport.checks.found import Found, all_rules
from vport.commands._output import check_target, write_whole
from vport.commands._settings import Settings, settings_of
from vport.commands._tree import (
    Loaded,
    TreeOptions,
    close,
    count,
    emit,
    emit_prose,
    link,
    load,
    report_unread,
    say,
    take_options,
    tree_options,
)
from vport.digest import blake2b
from vport.errors import UsageError
from vport.names import is_text, show
from vport.outcome import Failed
from vport.own import own_digest
from vport.selection import Changed, since, since_head, staged
from vport.suppress import Sifted, sift

if TYPE_CHECKING:
    from vport.checks.checked import Checked

FORMATS = ("text", "json", "sarif", "github", "rdjson")
ROUNDS = 5
"""How often --fix looks again at what it made: a cure may show the next finding."""


class Scope(NamedTuple):
    """What is read, whose findings are wanted, and which lines decide; None: all.

    `held` are files whose text in the work tree is not the one that is read: nothing may be written there.
    """

    loaded: Loaded
    focus: frozenset[str] | None
    lines: Mapping[str, frozenset[int]] | None
    held: frozenset[str] = frozenset()


def _scope(paths: tuple[Path, ...], options: TreeOptions, is_staged: bool, base: str | None) -> Scope:
    """Read what was asked for; with --staged and --diff the whole work tree, which gives the findings their context."""
    if not is_staged and base is None:
        return Scope(_named(load(paths or (Path(),), options)), None, None)
    # where pre-commit runs over commits that are made, nothing is staged, and it says since when
    base = base or os.environ.get("PRE_COMMIT_FROM_REF", "")
    changed = since(Path.cwd(), base) if base else staged(Path.cwd())
    top = changed.top
    loaded = _named(_as_committed(load((top,), options), changed))
    wanted = _below(paths, top, loaded.data)
    focus = frozenset(name for name in changed.lines if name in loaded.data and (wanted is None or name in wanted))
    return Scope(loaded, focus, changed.lines, frozenset(changed.texts))


def _named(loaded: Loaded) -> Loaded:
    """The tree without files whose names no finding could tell; they are listed as not read."""
    strange = [name for name in loaded.data if not is_text(name)]
    if not strange:
        return loaded
    told = [Failed(name, "not checked, as its name is no UTF-8; rename it") for name in strange]
    data = {name: text for name, text in loaded.data.items() if is_text(name)}
    return Loaded(loaded.root, data, [*loaded.outcomes, *told], loaded.cache)


def _as_committed(loaded: Loaded, changed: Changed) -> Loaded:
    """The tree as the commit will have it: texts of the index, without what it drops."""
    prefix = loaded.root.resolve()
    assert prefix == changed.top.resolve()
    data = {n: changed.texts.get(n, text) for n, text in loaded.data.items() if n not in changed.gone}
    for name, text in changed.texts.items():
        if name not in data and name.endswith((".c", ".h")):
            data[name] = text
    return Loaded(loaded.root, data, loaded.outcomes, loaded.cache)


def _below(paths: tuple[Path, ...], top: Path, names: Iterable[str]) -> set[str] | None:
    """Names that PATHs mean; a file that is no C, or is gone, means none."""
    if not paths:
        return None
    real = [path.resolve() for path in paths]
    return {n for n in names if any((top / n).resolve() == p or p in (top / n).resolve().parents for p in real)}


def _decides(one: Found, lines: Mapping[str, frozenset[int]] | None) -> bool:
    """Whether a finding counts: it, or a step on the way to it, stands on a line that changed."""
    if lines is None:
        return True
    places = [(one.file, one.line), *((s.file, s.line) for s in one.steps)]
    return any(line in lines.get(file, ()) for file, line in places)


def _made(scope: Scope, settings: Settings, options: TreeOptions, cures: bool) -> "Checked":
    """What the checks found; a tree that was checked like this before is not even read."""
    from vport.checks.checked import Checked

    loaded = scope.loaded
    plan = settings.plan.read_bytes() if settings.plan else b""
    new = sorted((name, sorted(lines)) for name, lines in (scope.lines or {}).items())
    asked = (settings.config, str(settings.plan), plan, scope.focus and sorted(scope.focus), own_digest(), cures, new)
    key = loaded.key(f"check {blake2b(msgspec.msgpack.encode(asked)).hexdigest()}")
    kept = loaded.cache.get([key]).get(key)
    if kept is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(kept, type=Checked)
    made = _worked_out(scope, settings, options, cures)
    loaded.cache.put({key: msgspec.msgpack.encode(made)})
    return made


def _worked_out(scope: Scope, settings: Settings, options: TreeOptions, cures: bool) -> "Checked":
    from vport.check import run_checks
    from vport.checks.checked import Checked

    if scope.focus is not None and not scope.focus:  # a commit without C: nothing has to be read
        return Checked([], [], False)

    plan = None
    if settings.plan:
        from vport.plan import read_plan

        plan = read_plan(settings.plan)
    read = link(scope.loaded, options)
    done = run_checks(read, settings.config, scope.focus, plan, scope.loaded.cache, options.jobs, cures, scope.lines)
    patterns.keep()
    return done


def _check(
    scope: Scope, settings: Settings, options: TreeOptions, cures: bool = False
) -> tuple[Sifted, Loaded, list[str]]:
    made = _made(scope, settings, options, cures)
    files = [f for f in scope.loaded.data if scope.focus is None or f in scope.focus]
    sifted = sift(made.found, scope.loaded.data, files)
    kept = [
        one for one in sifted.found if settings.config.severity_of(one.id) != OFF and settings.config.counts(one.file)
    ]
    return Sifted(kept, sifted.suppressed), scope.loaded, made.problems


class Cured(NamedTuple):
    """What --fix did: how many findings it cured, the tree after it, files it wrote, files it had to leave."""

    findings: int
    loaded: Loaded
    files: frozenset[str]
    left: frozenset[str]


def _fix(scope: Scope, settings: Settings, options: TreeOptions) -> Cured:
    """Cure what carries a cure, and look again."""
    from vport.cures.apply import apply_cures
    from vport.save import save_all

    cured, loaded, lines = 0, scope.loaded, scope.lines
    texts: dict[str, tuple[bytes, bytes]] = {}
    left: set[str] = set()
    for _ in range(ROUNDS):
        sifted, _loaded, _problems = _check(scope._replace(loaded=loaded), settings, options, cures=True)
        able = [one for one in sifted.found if one.edits and _decides(one, lines)]
        left.update(file for one in able for file, _ in one.edits if file in scope.held)
        data, done = apply_cures([f for f in able if scope.held.isdisjoint(n for n, _ in f.edits)], loaded.data)
        if not done:
            break
        cured += done
        for name in data.keys() & loaded.data.keys():
            if data[name] != loaded.data[name]:
                texts[name] = (texts.get(name, (loaded.data[name],))[0], data[name])
        loaded = Loaded(loaded.root, data, loaded.outcomes, loaded.cache)
        lines = None if lines is None else _everything(texts, lines)
    save_all(loaded.root, texts)
    return Cured(cured, loaded, frozenset(texts), frozenset(left))


def _after(scope: Scope, cured: Cured, quiet: bool) -> Scope:
    """What is left to report: the commit as it will be once what was cured is staged, too."""
    for name in sorted(cured.left):
        say(f"{show(name)}: not cured, as it has changes that are not staged; stage or stash them and run again")
    if cured.findings and not quiet:
        say(f"{count(cured.findings, 'finding')} cured")
    if scope.lines is None or not cured.files:
        return scope._replace(loaded=cured.loaded)
    names = sorted(cured.files)
    import shlex

    say(f"cured in the work tree, not yet staged: {shlex.join(['git', 'add', *map(show, names)])}")
    return scope._replace(loaded=cured.loaded, lines={**scope.lines, **since_head(scope.loaded.root, names)})


def _everything(texts: Iterable[str], lines: Mapping[str, frozenset[int]]) -> Mapping[str, frozenset[int]]:
    """After an edit line numbers mean nothing: a file that was edited is not looked at again."""
    return {name: frozenset() if name in set(texts) else value for name, value in lines.items()}


@click.command("check")
@click.option("--staged", "is_staged", is_flag=True, help="Check what is staged; lines that the commit changes decide.")
@click.option("--diff", "base", metavar="BASE", help="Only lines that changed since this commit decide.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Findings that were there before.")
@click.option("--update-baseline", is_flag=True, help="Write all findings of this run to the baseline.")
@click.option("--fix", is_flag=True, help="Apply the edits that findings carry, then check again.")
@click.option("--select", multiple=True, metavar="ID", help="Only these findings, or families such as VP2; repeatable.")
@click.option("--ignore", multiple=True, metavar="ID", help="Not these; repeatable.")
@click.option("--show-suppressed", is_flag=True, help="List what comments answer for, with their reasons.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Of the findings."
)
@functools.partial(tree_options, required=False)
def command(
    paths: tuple[Path, ...],
    is_staged: bool,
    base: str | None,
    baseline: Path | None,
    update_baseline: bool,
    fix: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    show_suppressed: bool,
    exit_zero: bool,
    form: str,
    **rest: Any,
) -> int:
    """Find what is wrong with ported code below PATH...: lost contexts, wrong order, new unvirtualized state.

    A comment `/* vport: ignore VP203 -- reason */` on a line, or alone above it, keeps a finding away.

    \b
    Examples:
      vport check netinet                      everything below a folder
      vport check netinet --format sarif       for code scanning
      vport check --staged netinet             what a commit would bring
      vport check netinet --exit-zero --fix    cure what can be cured
    """
    options = take_options(rest)
    _agree(is_staged, base, baseline, update_baseline, fix)
    known = set() if baseline is None or update_baseline else read_baseline(baseline)
    scope = _scope(paths, options, is_staged, base)
    rules.keep_in(scope.loaded.cache)
    patterns.keep_in(scope.loaded.cache)
    settings = settings_of(scope.loaded.root, _severities(select, ignore))
    failed = report_unread(scope.loaded.outcomes, options.quiet)
    cured = _fix(scope, settings, options) if fix else None
    if cured is not None:
        scope = _after(scope, cured, options.quiet) if is_staged else _again(cured, paths, options, base)
    sifted, loaded, problems = _check(scope, settings, options)
    for problem in problems:
        say(problem)
    if update_baseline and baseline is not None:
        write_whole(baseline, make_baseline(sifted.found, loaded.data))
        close(f"{count(len(sifted.found), 'finding')} written to {baseline}") if not options.quiet else None
        return 0
    prints = fingerprints(sifted.found, loaded.data)
    fresh = [(f, p) for f, p in zip(sifted.found, prints, strict=True) if p not in known and _decides(f, scope.lines)]
    _emit(form, fresh, sifted, prints, known, settings.config, show_suppressed)
    bad = [f for f, _ in fresh if settings.config.severity_of(f.id) != "note"]
    if not options.quiet:
        _close(fresh, sifted, len(sifted.found) - len(fresh), settings.config)
    to_stage = is_staged and cured is not None and bool(cured.files)
    return 0 if exit_zero or not (bad or failed or to_stage) else 1


def _again(cured: Cured, paths: tuple[Path, ...], options: TreeOptions, base: str | None) -> Scope:
    """What is to be checked after --fix, lines that moved included."""
    if cured.findings and not options.quiet:
        say(f"{count(cured.findings, 'finding')} cured")
    return _scope(paths, options, False, base)


def _agree(is_staged: bool, base: str | None, baseline: Path | None, update: bool, fix: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if is_staged and base is not None:
        raise UsageError("--staged and --diff both say which lines decide; use one of them")
    if update and baseline is None:
        raise UsageError("--update-baseline writes the file that --baseline names; name one")
    if update and (is_staged or base is not None):
        raise UsageError("--update-baseline takes all findings of the tree; leave --staged and --diff out")
    if update and baseline is not None:
        check_target(baseline)


def _severities(select: Sequence[str], ignore: Sequence[str]) -> dict[str, str]:
    """What --select and --ignore make of the severities."""
    off = {id_: OFF for id_ in all_rules() if select and not any(id_.startswith(s) for s in select)}
    for name in (*select, *ignore):
        if not any(id_.startswith(name) for id_ in all_rules()):
            raise UsageError(f"{name} is no finding; `vport explain` lists them")
    return {**off, **{id_: OFF for id_ in all_rules() if any(id_.startswith(i) for i in ignore)}}


def _emit(
    form: str,
    fresh: Sequence[tuple[Found, str]],
    sifted: Sifted,
    prints: Sequence[str],
    known: set[str],
    config: Config,
    show_suppressed: bool,
) -> None:
    """Print findings; of the formats only the one that is wanted is imported."""
    found = [f for f, _ in fresh]
    if form == "json":
        from vport.report import check_json

        emit(check_json.render(found, [p for _, p in fresh], config))
    elif form == "rdjson":
        from vport.report import check_rdjson

        emit(check_rdjson.render(found, config))
    elif form == "sarif":
        from vport.report import sarif

        emit(sarif.render(sifted.found, prints, config, known, sifted.suppressed))
    else:
        if form == "github":
            from vport.report import check_github

            emit("".join(f"{line}\n" for line in check_github.render(found, config)))
        else:
            from vport.report import check_text

            emit_prose(check_text.render(found, config))
        for one, comment in sifted.suppressed if show_suppressed and form == "text" else ():
            emit(f"{one.file}:{one.line}: suppressed: {one.message} [{one.id}] -- {comment.reason}\n")


def _close(fresh: Sequence[tuple[Found, str]], sifted: Sifted, hidden: int, config: Config) -> None:
    by = {s: sum(config.severity_of(f.id) == s for f, _ in fresh) for s in ("error", "warning", "note")}
    said = ", ".join(count(n, s) for s, n in by.items() if n) or "no findings"
    more = [f"{hidden} not new"] if hidden else []
    more += [f"{len(sifted.suppressed)} suppressed"] if sifted.suppressed else []
    fixable = sum(bool(f.edits) for f, _ in fresh)
    told = said + (f" ({', '.join(more)})" if more else "")
    close(told, _next([f.id for f, _ in fresh], fixable))


def _next(ids: Sequence[str], fixable: int) -> str:
    """What to do about the findings: cure those that can be, else read about the most frequent."""
    if fixable:
        return f"run again with --fix to cure {fixable} of them"
    return f"vport explain {max(sorted(set(ids)), key=ids.count)} says why, and how to cure it" if ids else ""
