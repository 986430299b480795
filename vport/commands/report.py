"""`vport report`: a port as one page for the people who judge it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vport.commands._output import check_target, write_whole
from vport.commands._settings import Settings, settings_of
from vport.commands._tree import (
    Loaded,
    TreeOptions,
    close,
    command_line,
    count,
    link,
    load,
    progress,
    report_unread,
    say,
    take_options,
    tree_options,
)
from vport.decide import Decision, decide
from vport.dialect import NAMES, Dialect, detect
from vport.dialect import load as load_dialect
from vport.errors import UsageError
from vport.evidence import Evidence, gather
from vport.names import harmless, show, spell, unspell
from vport.outcome import Changed
from vport.plan import Entry, Plan, local_name, match, read_plan
from vport.plan_objects import stored
from vport.port import Port, port
from vport.read import Read
from vport.report.html.page import Page
from vport.report.html.texts import Files, Texts
from vport.suppress import sift

if TYPE_CHECKING:
    from vport.checks.found import Found

PLAN = Path("vport.toml")
PROOF = Path("vport-proof.json")

Key = tuple[str, str, str]


@click.command("report")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The page to write."
)
@click.option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The plan; vport.toml here or in PATH unless given.  Without any, vport's own decisions are shown.",
)
@click.option(
    "--dialect", type=click.Choice(NAMES), metavar="NAME", help="To write; the plan's, or the tree's, unless given."
)
@click.option("--asked-as", type=click.Choice(["share", "virtualize"]), help="Decide what the plan leaves to ask.")
@click.option(
    "--proof",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"What `vport prove --format json` wrote; {PROOF} beside the plan unless given.",
)
@click.option("--check/--no-check", default=True, help="Check what the port wrote, as `vport check` does, or do not.")
@click.option("--lives/--no-lives", default=True, help="Live through the ported modules and draw it, or do not.")
@click.option("--life/--no-life", default=True, help="Show contexts and constructors too, or a port that only renames.")
@click.option("--title", default="", help="Of the page.  [default: the names of PATH]")
@tree_options
def command(
    paths: tuple[Path, ...],
    output: Path,
    plan_path: Path | None,
    dialect: str | None,
    asked_as: str | None,
    proof: Path | None,
    check: bool,
    lives: bool,
    life: bool,
    title: str,
    **rest: Any,
) -> int:
    """Write one page about the port of PATH...: the globals with evidence, the diff with the reason behind every line,
    contexts with their paths of calls, the life of each stack, findings, proofs, and what was not read.

    The page needs no network and no other file.  Nothing in the tree is changed.

    \b
    Examples:
      vport report netinet -o report.html                by ./vport.toml
      vport report netinet --plan p.toml -o report.html  by another plan
      vport report netinet --no-check --no-lives -o r.html    the diff alone
    """
    options = take_options(rest)
    check_target(output)
    path = plan_path or next((p for p in (PLAN, *(p / PLAN for p in paths if p.is_dir())) if p.is_file()), None)
    loaded = load(paths, options)
    settings = settings_of(loaded.root, {})
    read = link(loaded, options)
    failed = report_unread(read.outcomes, options.quiet)
    maker = _Maker(loaded, read, options, settings, read_plan(path) if path else None)
    result = maker.port(dialect, asked_as, life)
    named = title or ", ".join(harmless(str(p)) for p in paths)
    typed = command_line("report", paths, *(("--plan", str(path)) if path else ()), "-o", str(output))
    page = Page(named, typed, maker.dialect.name)
    maker.fill(page, result)
    maker.prove(page, proof or (path or PLAN).parent / PROOF, given=proof is not None)
    maker.live(page, result, check, lives)
    _write(output, page)
    if not options.quiet:
        size = output.stat().st_size
        close(
            f"{count(len(result.ported), 'variable')} virtualized in {count(len(page.diffs), 'file')}, "
            f"{count(len(page.findings), 'finding')}; {output}: {size / 1e6:.1f} MB.",
            f"open {output} in a browser",
        )
    return 1 if failed else 0


def _write(output: Path, page: Page) -> None:
    from vport.report.html.write import render

    write_whole(output, render(page))


class _Maker:
    """Gathers what the page shows.

    Arguments:
        loaded, read: the tree before the port.
        options: of the run.
        settings: of the checks.
        plan: the decisions; None to take vport's own.
    """

    def __init__(self, loaded: Loaded, read: Read, options: TreeOptions, settings: Settings, plan: Plan | None) -> None:
        self._loaded, self._read, self._options, self._settings, self._plan = loaded, read, options, settings, plan
        self._files = Files(read.data)
        self._folder = Path(plan.path).parent if plan else read.root
        self._evidence: dict[Key, Evidence] = gather(read)
        self._decisions: dict[Key, Decision] = decide(read, self._evidence)
        self._planned: dict[Key, Entry] = {}
        self.dialect: Dialect

    def port(self, dialect: str | None, asked_as: str | None, life: bool) -> Port:
        """The port that the page is about; what is left to ask stays plain unless it is decided here."""
        plan, read = self._plan, self._read
        if plan is not None:
            matched = match(plan, read, self._folder)
            self._planned = matched.decided
            for entry in matched.unmatched[:20]:
                say(f"{plan.path}:{entry.line}: {entry.name} ({show(entry.file)}) matches nothing that was read")
            if matched.unmatched and not matched.decided:
                raise UsageError(f"{plan.path}: no entry matches; it is the plan of another tree")
            told = {key: entry.decision for key, entry in matched.decided.items()}
        else:
            told = {key: one.decision for key, one in self._decisions.items()}
        wanted = {"virtualize", "ask"} if asked_as == "virtualize" else {"virtualize"}
        chosen = [v for v in read.tree.variables if told.get(v.key) in wanted and not v.const]
        name = dialect or (plan.dialect if plan else "") or detect(read.data, read.data.__getitem__)[0]
        self.dialect = load_dialect(name)
        return port(read, chosen, self.dialect, objects=stored(plan.objects) if plan else None, life=life)

    def fill(self, page: Page, result: Port) -> None:
        """What the port itself says."""
        from vport.report.html import changes, contexts, unread, variables
        from vport.report.html.write import terms

        passes, reasons, read = Texts(), Texts(), self._read
        ported = {v.key for v in result.ported}
        edits = {o.path: result.edits[o.path] for o in result.outcomes if isinstance(o, Changed)}
        page.files = self._files.names
        page.variables = variables.gather(
            read,
            self._files,
            self._decisions,
            self._evidence,
            self._planned,
            self._notes(),
            ported,
            result.findings,
        )
        page.diffs = changes.gather(read.data, edits, self._files, passes, reasons)
        page.contexts = contexts.gather(result.job, self._files)
        page.unread, page.coverage = unread.gather(read, result.outcomes, self._files)
        page.passes, page.reasons, page.terms = passes.all, reasons.all, terms()

    def _notes(self) -> Mapping[Key, str]:
        """A person's words in the plan."""
        if self._plan is None:
            return {}
        raw = tomllib.loads(Path(self._plan.path).read_text(encoding="utf-8")).get("variable", [])
        found = {}
        for entry in raw:
            file = local_name(self._folder, self._read.root, unspell(entry["file"]), self._read.data)
            found[file, entry.get("function", ""), entry["name"]] = entry.get("note", "")
        return found

    def prove(self, page: Page, path: Path, given: bool) -> None:
        """Verdicts, if there are any."""
        from vport.report.html import proofs

        if not given and not path.is_file():
            page.left_out["proof"] = "vport prove --format json"
            return
        proof = proofs.read_proof(path)
        page.proof, page.proved = proofs.gather(proof, self._files), proof.proved

    def live(self, page: Page, result: Port, check: bool, lives: bool) -> None:
        """What comes of the text after the port: findings, and lives."""
        from vport.report.html import lives as life_reports
        from vport.report.html import told

        changed = {o.path: o.after for o in result.outcomes if isinstance(o, Changed)}
        whole = {**self._read.data, **changed}
        self._files.after = whole
        data = {name: text for name, text in whole.items() if spell(name) == name}  # models hold UTF-8
        page.problems = [
            f"{show(name)}: neither checked nor lived: no UTF-8 name" for name in sorted(whole.keys() - data)
        ]
        after = link(Loaded(self._loaded.root, data, [], self._loaded.cache), self._options)
        found: list[Found] = []
        if check:
            found, problems = self._check(after, frozenset(changed.keys() & data))
            page.problems += problems
        else:
            page.left_out["check"] = "--check"
        page.findings = told.gather(result.findings, found, self._settings.config, self._files)
        if not lives:
            page.left_out["lives"] = "--lives"
            return
        release, seconds = self.dialect.release, self._settings.config.seconds
        with progress(self._options.quiet) as tell:
            page.lives = life_reports.gather(
                after, self._files, release, seconds, self._loaded.cache, self._options.jobs, tell
            )

    def _shared(self) -> Plan | None:
        """What the plan answers for, by names of the tree."""
        if self._plan is None:
            return None
        entries = [
            msgspec.structs.replace(entry, file=key[0])
            for key, entry in self._planned.items()
            if entry.decision == "share"
        ]
        return msgspec.structs.replace(self._plan, entries=entries)

    def _check(self, after: Read, focus: frozenset[str]) -> "tuple[list[Found], list[str]]":
        """Findings in files that the port changes, and what could not be followed to its end."""
        from vport.check import run_checks

        config = self._settings.config
        checked = run_checks(after, config, focus, self._shared(), self._loaded.cache, self._options.jobs)
        kept = sift(checked.found, after.data, sorted(focus)).found
        # marks that the port left are told by the port, with all it knows of them
        old = {file for file in focus if b"VPORT-" in self._read.data[file]}
        wanted = (one for one in kept if one.id != "VP503" or one.file in old)
        return [one for one in wanted if config.counts(one.file)], [harmless(p) for p in checked.problems]
