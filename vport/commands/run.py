"""`vport run`: live through a module's life, and tell what goes wrong."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vport.commands._native import Lived, lives
from vport.commands._output import check_target, write_whole
from vport.commands._release import kernel_of
from vport.commands._tree import (
    TreeOptions,
    close,
    command_line,
    count,
    emit,
    read_tree,
    report_unread,
    take_options,
    tree_options,
)
from vport.errors import UsageError
from vport.runtime import scenarios
from vport.runtime.errors import RuntimeInputError
from vport.runtime.load_model import load_model
from vport.runtime.model import Module
from vport.runtime.native.build import DIALECTS
from vport.runtime.table import report, table

if TYPE_CHECKING:
    from vport.read import Read


@click.command("run")
@click.option(
    "--scenario", "-s", "chosen", multiple=True, metavar="NAME", help="Live through this one only; repeatable."
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios there are.")
@click.option(
    "--release",
    type=click.Choice(["2009", "2010", "13", "main"]),
    default=None,
    help="Of the kernel.  [default: that of the module's dialect]",
)
@click.option(
    "--build",
    type=click.Choice(["vimage", "default"]),
    default=None,
    help="With the option VIMAGE, or without.  [default: vimage, once there was one]",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="Of the results."
)
@click.option("--trace/--no-trace", default=True, help="Print what happened after the faults, or the faults only.")
@click.option(
    "--timeline", type=click.Path(path_type=Path, dir_okay=False), help="Draw the lives of all stacks, as SVG."
)
@click.option("--native", is_flag=True, help="Compile the C and live through it on real memory, sanitizers watching.")
@click.option("--cc", default="", metavar="CC", help="The C compiler for --native.  [default: $CC, cc, gcc or clang]")
@tree_options
def command(
    paths: tuple[Path, ...],
    chosen: tuple[str, ...],
    listing: bool,
    release: str | None,
    build: str | None,
    form: str,
    trace: bool,
    timeline: Path | None,
    native: bool,
    cc: str,
    **rest: Any,
) -> int:
    """Live through the life of the module in PATH...: a model file, or C, of which a model is made on the way.
    Further model files are modules that it may depend on.

    Faults come first, then the trace.  All scenarios run, each in a kernel of its own, unless some are named.  What is
    not known goes both ways; the last line says on what the verdict hangs.

    --native compiles the C, links it with a small kernel of vport's own and runs that: one way, on real memory.

    \b
    Examples:
      vport run hop_model.py                       all scenarios
      vport run net/if_hop.c --scenario unload     one of them
      vport run hop_model.py --timeline hop.svg    a lane for each stack
      vport run net --native --cc clang            compiled C, all scenarios
    """
    options = take_options(rest)
    if timeline is not None:
        check_target(timeline)
    if cc and not native:
        raise UsageError("--cc names the compiler of --native: give that, too")
    if native and (models := [path for path in paths if path.suffix == ".py"]):
        raise UsageError(f"{models[0]}: --native compiles C, and a model file is none: name the module's C")
    try:
        read = None if any(path.suffix == ".py" for path in paths) else read_c(paths, options)
        module, *others = read_modules(paths, options) if read is None else [made(read)]
        if listing:
            emit("".join(f"{name}\n" for name in scenarios.names(module)))
            return 0
        kernel, vimage = kernel_of(module, read, release or "", build or "")
        if native and kernel not in DIALECTS:
            raise UsageError(f"--native has no kernel of {kernel}: leave it out, or choose --release 2010, 13 or main")
        every = (
            lives(read, module, chosen, kernel, vimage, cc)
            if native and read is not None
            else _lives(module, others, chosen, kernel, vimage)
        )
        runs = _fresh(every)
    except RuntimeInputError as error:
        raise UsageError(str(error)) from error
    if timeline is not None:
        _draw(timeline, module, runs)
    emit(_json(module, runs) if form == "json" else "".join(f"{line}\n" for line in _lines(runs, trace)))
    if not options.quiet:
        close(_verdict(module, runs), _following(paths, runs, native))
    return 1 if any(run.faults for run in runs) else 0


def _following(paths: tuple[Path, ...], runs: Sequence[Lived], native: bool) -> str:
    """What to type where something is wrong: the first life with a fault, drawn."""
    wrong = next((run.scenario for run in runs if run.faults), "")
    again = command_line(
        "run", paths, *(("--native",) if native else ()), "--scenario", wrong, "--timeline", "life.svg"
    )
    return f"{again} draws how it came to that" if wrong else ""


def read_modules(paths: tuple[Path, ...], options: TreeOptions) -> list[Module]:
    """The modules of model files, the one that is run first; or the one made from C.

    Raises:
        ModelError: a model file cannot be read.
        UsageError: model files and C are mixed, or there is no C.
    """
    models = [path for path in paths if path.suffix == ".py"]
    if models and len(models) < len(paths):
        raise UsageError(f"{models[0]}: model files and C do not mix; write a model of the C with `vport model` first")
    if models:
        return [load_model(path) for path in models]
    return [made(read_c(paths, options))]


def read_c(paths: tuple[Path, ...], options: TreeOptions) -> "Read":
    """The files of a module.

    Raises:
        UsageError: there is no C.
    """
    read = read_tree(paths, options)
    report_unread(read.outcomes, options.quiet)
    if not read.tree.facts:
        raise UsageError(f"{', '.join(map(str, paths))}: no C was found there; name a model file, or files of a module")
    return read


def made(read: "Read") -> Module:
    """The model of a module that was read."""
    from vport.model import build

    return build(read)


def _lives(
    module: Module, others: Sequence[Module], chosen: Sequence[str], release: str, vimage: bool
) -> Iterator[Lived]:
    """Live through scenarios, each in its own kernel.

    Raises:
        RuntimeInputError: a scenario, or what it names, does not exist; the model is what no kernel could run.
    """
    for name in chosen or scenarios.names(module):
        kernel = scenarios.run(module, name, release, vimage, others)
        yield Lived(name, kernel.faults, list(kernel.trace))


def _fresh(every: Iterable[Lived]) -> list[Lived]:
    """The same; a fault is told where it shows first."""
    seen: set[tuple[str, str, str]] = set()
    lived: list[Lived] = []
    for run in every:
        fresh = [f for f in run.faults if (f.kind, f.at, f.variable) not in seen]
        seen.update((f.kind, f.at, f.variable) for f in fresh)
        lived.append(run._replace(faults=fresh))
    return lived


def _width() -> int:
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 120


def _lines(runs: Sequence[Lived], trace: bool) -> Iterator[str]:
    for run in runs:
        if run.faults:
            yield f"{count(len(run.faults), 'fault')} in scenario {run.scenario}:"
            yield ""
            yield from report(run.faults, _width(), not sys.stdout.isatty())
            yield ""
    for run in runs if trace else ():
        yield f"scenario {run.scenario}:"
        yield from table(run.trace, _width())
        yield ""


def _json(module: Module, runs: Sequence[Lived]) -> str:
    told = {
        "module": module.name,
        "scenarios": [{"name": r.scenario, "faults": r.faults, "trace": r.trace} for r in runs],
        "unknown": _unknown(module, runs),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def _draw(path: Path, module: Module, runs: Sequence[Lived]) -> None:
    """Draw the scenario with the most faults, or the first."""
    from vport.runtime.timeline import draw

    run = max(runs, key=lambda r: len(r.faults))
    write_whole(path, draw(f"{module.name}: {run.scenario}", run.trace, run.faults))


def _unknown(module: Module, runs: Sequence[Lived]) -> list[str]:
    """Functions that ran and are not known, and those that could not be read."""
    ran = Counter(e.text for run in runs for e in run.trace if e.what == "unknown")
    return [*(f"{f.name} ({f.at}: {f.unread})" for f in module.functions if f.unread), *ran]


def _verdict(module: Module, runs: Sequence[Lived]) -> str:
    """The last line: what was found, and on what it hangs."""
    faults = sum(len(run.faults) for run in runs)
    unknown = _unknown(module, runs)
    cut = sum(e.what == "bound" for run in runs for e in run.trace)
    said = (
        f"{module.name}: {count(len(runs), 'scenario')}, {count(faults, 'fault')}"
        if faults
        else (f"{module.name}: {count(len(runs), 'scenario')} without a fault")
    )
    if unknown:
        said += f"; hangs on {count(len(unknown), 'unknown')}: {', '.join(unknown[:5])}{', ...' if unknown[5:] else ''}"
    return said + (f"; {count(cut, 'bound')} cut the search short" if cut else "")
