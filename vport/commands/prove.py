"""`vport prove`: the default build is unchanged, and the VIMAGE build compiles."""

import contextlib
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from vport.cache import Cache, default_folder
from vport.commands._output import check_target, write_whole
from vport.commands._tree import close, count, emit, emit_prose, progress, say
from vport.errors import UsageError
from vport.proof.commands import (
    HEADERS,
    Unit,
    home_of,
    of_headers,
    read_entries,
    template,
    units_of_entries,
    units_of_template,
)
from vport.proof.includes import reached, scan
from vport.proof.programs import version
from vport.proof.trees import Trees, changed, commits, folders, names_below
from vport.proof.verdict import IDENTICAL, LIFE, VERDICTS, Verdict
from vport.prove import Options, prove
from vport.report import prove_json, prove_summary, prove_text

SOURCES = (".c",)
ALL = (".c", ".h", ".inc", ".def", ".m", ".tbl", ".in")
"""Endings of files that a compiler may read."""


@click.command("prove")
@click.argument("commits_", metavar="[BASE..HEAD]", required=False)
@click.option("--before", type=click.Path(path_type=Path), help="The tree before, instead of commits.")
@click.option("--after", type=click.Path(path_type=Path), help="The tree after.")
@click.option("--compile-commands", type=click.Path(path_type=Path, dir_okay=False), help="compile_commands.json.")
@click.option("--cc", metavar="COMMAND", help="Compiles one file, with {file} and {output}, at the top of a tree.")
@click.option("--headers", type=click.Choice(HEADERS), help="Compile with vport's own small kernel headers.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that compile_commands.json was made for, when it is neither tree.",
)
@click.option("--vimage", default="-DVIMAGE", show_default=True, metavar="FLAGS", help="Options of the VIMAGE build.")
@click.option("--life", is_flag=True, help="What only moved into constructors and destructors is proved, too.")
@click.option("--all", "everything", is_flag=True, help="Compile all units, not only those that a change reaches.")
@click.option("--jobs", "-j", type=click.IntRange(0), default=0, metavar="N", help="At once; 0: one per processor.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no closing line.")
@click.option("--verbose", "-v", is_flag=True, help="Also what was renamed, and what differs and does not matter.")
@click.option("--summary", type=click.Path(path_type=Path, dir_okay=False), help="Write a summary for a review here.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "summary"]),
    default="text",
    show_default=True,
    help="Of the results.",
)
def command(
    commits_: str | None,
    before: Path | None,
    after: Path | None,
    compile_commands: Path | None,
    cc: str | None,
    headers: str | None,
    root: Path | None,
    vimage: str,
    life: bool,
    everything: bool,
    jobs: int,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
    summary: Path | None,
    form: str,
) -> int:
    """Compile what changed, before and after, without VIMAGE, and compare the objects; then compile it with VIMAGE.

    Exit code 0: all identical, and all compiles; 1: something is not proved; 2: a compiler is missing, or usage.

    \b
    Examples:
      vport prove main..port --cc 'cc -c -O2 -D_KERNEL -Isys {file} -o {output}'
      vport prove --before sys.orig --after sys --headers freebsd-13
      vport prove HEAD --headers freebsd-13  the work tree against a commit
    """
    if summary is not None:
        check_target(summary)
    cache = Cache(None if no_cache else default_folder())
    click.get_current_context().call_on_close(cache.close)
    with _trees(commits_, before, after, root) as trees:
        units = list(_units(trees, compile_commands, cc, headers, everything))
        with progress(quiet) as tell:
            verdicts = prove(units, trees, Options(tuple(shlex.split(vimage)), jobs=jobs), cache, tell)
    proved = all(v.verdict == IDENTICAL or (life and v.verdict == LIFE) for v in verdicts)
    told = list(prove_summary.render(verdicts, _compilers(units), _compared(commits_, before, after)))
    if summary is not None:
        write_whole(summary, "".join(f"{line}\n" for line in told))
    if form == "json":
        emit(prove_json.render(verdicts, proved))
    elif form == "summary":
        emit("".join(f"{line}\n" for line in told))
    else:
        emit_prose(prove_text.render(verdicts, verbose))
    if not quiet:
        _close(verdicts, proved)
    return 0 if proved else 1


@contextlib.contextmanager
def _trees(asked: str | None, before: Path | None, after: Path | None, root: Path | None) -> Iterator[Trees]:
    """The two trees that were asked for.

    Raises:
        UsageError: the arguments do not go together.
    """
    if asked is not None:
        if before is not None or after is not None:
            raise UsageError("name commits (BASE..HEAD) or two folders (--before and --after), not both")
        with commits(asked, Path.cwd()) as trees:
            yield trees if root is None else trees._replace(home=root.resolve())
    elif before is not None and after is not None:
        yield folders(before, after, root)
    else:
        raise UsageError("say what to compare: commits (BASE..HEAD), or two folders (--before DIR --after DIR)")


def _units(trees: Trees, path: Path | None, cc: str | None, headers: str | None, everything: bool) -> Iterator[Unit]:
    """The translation units to compile.

    Raises:
        UsageError: nothing says how to compile, or too much does.
    """
    if sum(given is not None for given in (path, cc, headers)) > 1:
        raise UsageError("--compile-commands, --cc and --headers each say how to compile; use one of them")
    includes = [scan(tree, names_below(tree, ALL)) for tree in (trees.before, trees.after)]
    wanted = set().union(*includes) if everything else reached(changed(trees, ALL), includes)
    if cc is None and headers is None:
        yield from _listed(trees, path or _found(trees), wanted)
        return
    made = template(cc if cc is not None else of_headers(headers or ""), trees.after)
    yield from units_of_template(sorted(n for n in wanted if n.endswith(SOURCES)), made, trees)


def _listed(trees: Trees, path: Path, wanted: set[str]) -> Iterator[Unit]:
    entries = read_entries(path)
    home = home_of(entries, dict.fromkeys((trees.home, trees.after, trees.before)))
    units = list(units_of_entries(entries, trees._replace(home=home)))
    yield from (u for u in units if u.name in wanted and u.name.endswith(SOURCES))
    left = sorted(n for n in wanted - {u.name for u in units} if n.endswith(SOURCES))
    if left:
        shown = ", ".join(left[:5]) + (", ..." if left[5:] else "")
        say(f"{path}: has no command for {count(len(left), 'file')} that the change reaches: {shown}")


def _found(trees: Trees) -> Path:
    """compile_commands.json where builds leave it."""
    for folder in (trees.home, trees.home / "build", trees.after, trees.after / "build"):
        if (folder / "compile_commands.json").is_file():
            return folder / "compile_commands.json"
    raise UsageError(
        f"{trees.home}: holds no compile_commands.json; say how to compile: --compile-commands FILE, "
        "--cc 'cc -c {file} -o {output}', or --headers freebsd-13 for a module alone"
    )


def _compilers(units: Sequence[Unit]) -> list[str]:
    programs = dict.fromkeys(c.program for u in units for c in (u.after or u.before,) if c is not None)
    return [version(p).partition("\n")[0] for p in programs]


def _compared(asked: str | None, before: Path | None, after: Path | None) -> str:
    return asked if asked is not None else f"{before} and {after}"


def _close(verdicts: Sequence[Verdict], proved: bool) -> None:
    if not verdicts:
        close("nothing that is compiled changed")
        return
    counted = Counter(v.verdict for v in verdicts)
    said = ", ".join(f"{counted[v]} {prove_text.SAID[v]}" for v in VERDICTS if counted[v])
    only_life = not proved and all(v.verdict in (IDENTICAL, LIFE) for v in verdicts)
    close(
        f"{count(len(verdicts), 'unit')}: {said}; {'proved' if proved else 'not proved'}",
        "read what moved, then run again with --life, which takes it as proved" if only_life else "",
    )
