"""What every verb that reads a tree shares: its options, reading with progress, and saying what was not read."""

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from vport import __version__, rules
from vport.cache import Cache, default_folder
from vport.digest import blake2b
from vport.discover import SIZE_LIMIT, discover, read_files
from vport.errors import UsageError
from vport.format import FORMAT
from vport.names import harmless, show
from vport.outcome import Failed, Outcome, Skipped
from vport.report.fit import fitted, prose, width_of
from vport.source import looks_binary

if TYPE_CHECKING:
    from vport.read import Progress, Read

Function = TypeVar("Function", bound=Callable[..., Any])
STDIN_NAME = "stdin.c"


class TreeOptions(msgspec.Struct, frozen=True):
    """Options of `tree_options`, as one value."""

    exclude: tuple[str, ...]
    max_size: int
    untracked: bool
    jobs: int
    no_cache: bool
    quiet: bool


def tree_options(function: Function, required: bool = True) -> Function:
    """Add the PATH arguments, one at least if `required`, and the options that say what to read."""
    decorators = (
        click.argument(
            "paths", nargs=-1, required=required, type=click.Path(path_type=Path, allow_dash=True), metavar="PATH..."
        ),
        click.option(
            "--exclude", multiple=True, metavar="PATTERN", help="Leave out names that match, as in fnmatch; repeatable."
        ),
        click.option(
            "--max-size",
            type=click.IntRange(1),
            default=SIZE_LIMIT,
            show_default=True,
            metavar="BYTES",
            help="Skip larger files.",
        ),
        click.option(
            "--untracked", is_flag=True, help="Inside a git work tree, read files git does not track as well."
        ),
        click.option(
            "--jobs", "-j", type=click.IntRange(0), default=0, metavar="N", help="Processes; 0 for one per processor."
        ),
        click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
        click.option("--quiet", "-q", is_flag=True, help="No progress and no closing line."),
    )
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def take_options(arguments: dict[str, Any]) -> TreeOptions:
    """The tree options out of a verb's keyword arguments."""
    return TreeOptions(*(arguments.pop(name) for name in TreeOptions.__struct_fields__))


@contextlib.contextmanager
def progress(quiet: bool) -> Iterator["Progress | None"]:
    """A progress bar on standard error while it is a terminal and the work is long; None otherwise."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell


class Loaded(msgspec.Struct, frozen=True):
    """Bytes of a tree before anything is made of them; `cache` keeps what is."""

    root: Path
    data: dict[str, bytes]
    outcomes: list[Outcome]
    cache: Cache

    def key(self, what: str) -> bytes:
        """A key for results that depend on every byte of the tree and of the rules."""
        hashed = blake2b(f"{what} {__version__} {FORMAT} {rules.digest()}".encode(), digest_size=20)
        for name, content in self.data.items():
            hashed.update(f"{len(name)} {name} {len(content)} ".encode("utf-8", "surrogateescape") + content)
        return hashed.digest()


def load(paths: tuple[Path, ...], options: TreeOptions) -> Loaded:
    """Bytes of what a verb was given; `-` stands for standard input.

    Raises:
        UsageError: a path does not exist, or `-` stands beside others.
    """
    cache = Cache(None if options.no_cache else default_folder())
    click.get_current_context().call_on_close(cache.close)
    if any(str(path) == "-" for path in paths):
        if len(paths) > 1:
            raise UsageError("`-` reads standard input and stands alone; name files and folders in another run")
        text = sys.stdin.buffer.read()
        if looks_binary(text):
            return Loaded(Path.cwd(), {}, [Skipped(STDIN_NAME, "holds NUL bytes, so it is no C source")], cache)
        return Loaded(Path.cwd(), {STDIN_NAME: text}, [], cache)
    found = discover(paths, options.exclude, options.max_size, options.untracked)
    return Loaded(found.root, *read_files(found), cache)


def link(loaded: Loaded, options: TreeOptions) -> "Read":
    """Read and link a tree that is loaded, showing progress."""
    from vport.read import Reader

    with progress(options.quiet) as tell:
        reader = Reader(loaded.cache, options.jobs, tell) if tell else Reader(loaded.cache, options.jobs)
        return reader.read_data(loaded.root, loaded.data, loaded.outcomes)


def read_tree(paths: tuple[Path, ...], options: TreeOptions) -> "Read":
    """Load and link what a verb was given.

    Raises:
        UsageError: a path does not exist, or `-` stands beside others.
    """
    return link(load(paths, options), options)


def say(text: str) -> None:
    """One line of talk on standard error; where it cannot be heard, the work goes on."""
    with contextlib.suppress(OSError):
        for line in harmless(text).split("\n"):
            print("\n".join(fitted(line, width_of(sys.stderr))), file=sys.stderr)


def close(found: str, following: str = "") -> None:
    """The last line: what was found, and what to type now, which gets a line of its own on a terminal."""
    gap = "\n" if sys.stderr is not None and sys.stderr.isatty() else "  "
    say(f"{found}{gap}Next: {following}" if following else found)


def emit(text: str) -> None:
    """Results for programs on standard output: UTF-8 whatever the locale, and harmless to a terminal."""
    click.echo((harmless(text) if sys.stdout.isatty() else text).encode(), nl=False)


def emit_prose(lines: Iterable[str]) -> None:
    """Results for people on standard output, made to fit where that is a terminal."""
    safe = map(harmless, lines) if sys.stdout.isatty() else lines
    click.echo("".join(f"{line}\n" for line in prose(safe)).encode(), nl=False)


def count(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def command_line(verb: str, paths: tuple[Path, ...], *options: str) -> str:
    """What a person types to go on with the same paths."""
    named = [str(path) for path in paths]
    words = [*options, "--", *named] if any(name.startswith("-") for name in named) else [*named, *options]
    return harmless(shlex.join(["vport", verb, *words]))


def report_unread(outcomes: list[Outcome], quiet: bool) -> int:
    """List what was not read; returns how many files failed."""
    failed = [o for o in outcomes if isinstance(o, Failed)]
    skipped = [o for o in outcomes if isinstance(o, Skipped)]
    for outcome in failed:
        say(f"{show(outcome.path)}: {outcome.error}")
    if skipped and not quiet:
        for one in skipped[:20]:
            say(f"{show(one.path)}: skipped: {one.reason}")
        if len(skipped) > 20:
            say(f"... and {len(skipped) - 20} more files skipped")
    return len(failed)
