"""What compilers say of each step: `vport prove` between it and the one before, on copies of the tree."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from vport.cache import Cache
from vport.names import show
from vport.proof.commands import template, units_of_template
from vport.proof.includes import included, reached
from vport.proof.trees import Trees
from vport.proof.verdict import BROKEN, DIFFERS, IDENTICAL, LIFE, NEVER, ONE_SIDE, Verdict
from vport.prove import Options, prove
from vport.series.steps import Step

_SAID = {
    IDENTICAL: "the default build is the same, the VIMAGE build compiles",
    LIFE: "the default build differs in what moved into constructors alone, the VIMAGE build compiles",
    DIFFERS: "the default build differs, the VIMAGE build compiles",
    BROKEN: "the {build} build does not compile any more",
    NEVER: "the {build} build did not compile before",
    ONE_SIDE: "is there on one side only",
}


def prove_steps(
    data: Mapping[str, bytes],
    steps: Sequence[Step],
    command: str,
    cache: Cache,
    tell: Callable[[str, int, int], None] | None = None,
) -> None:
    """Write into each step what compiling shows.

    Arguments:
        data: texts before the series.
        steps: of it.
        command: compiles one file at the top of the tree, with `{file}` and `{output}`.
        cache: of verdicts.
        tell: hears how far the work is.

    Raises:
        UsageError: the command is none, or its compiler is not there.
    """
    with TemporaryDirectory(prefix="vport-series-") as scratch:
        root = Path(scratch).resolve()
        trees = Trees(root / "before", root / "after", root / "after")
        made = template(command, trees.after)
        for tree in (trees.before, trees.after):
            _write(tree, data)
        includes = {file: included(text) for file, text in data.items()}
        for number, step in enumerate(steps):
            if tell is not None:
                tell("proving", number, len(steps))
            _write(trees.before, step.before)
            _write(trees.after, step.after)
            old = {file: includes[file] for file in step.after}
            includes.update((file, included(text)) for file, text in step.after.items())
            names = sorted(n for n in reached(step.after, [includes, old]) if n.endswith(".c"))
            verdicts = prove(list(units_of_template(names, made, trees)), trees, Options(), cache)
            step.proved = list(_told(verdicts))


def _write(folder: Path, texts: Mapping[str, bytes]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def _told(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One line for each kind of verdict; files are named where it is not the best."""
    kinds = Counter((v.verdict, v.build) for v in verdicts)
    for (kind, build), number in sorted(kinds.items()):
        said = _SAID[kind].format(build=build or "default")
        files = ", ".join(show(v.file) for v in verdicts if (v.verdict, v.build) == (kind, build))
        yield f"{number} of {len(verdicts)} units: {said}" + (f" ({files})" if kind != IDENTICAL else "")
    if not verdicts:
        yield "no unit that is compiled changed"
