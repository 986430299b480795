"""`vport skeleton`: the frame of a new module that serves many network stacks, after the porting note of 2009."""

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from vport.c.tokens import KEYWORDS
from vport.commands._output import write_whole
from vport.dialect import SYMBOLS, Dialect, load
from vport.errors import UsageError
from vport.patterns import later
from vport.rules import data_folder

LONGEST = 31
"""Characters of a module's name that modstat(2) can tell; MAXMODNAME of <sys/module.h> counts the NUL as well."""

_WIDTH = 80
_TAB = 8
_DEFINE = "#define\t"
_IDENTIFIER = later(r"[A-Za-z_][A-Za-z0-9_]*")


def check_name(name: str) -> None:
    """Raise UsageError unless C and the kernel take `name` as the name of a module."""
    if not _IDENTIFIER.fullmatch(name):
        raise UsageError(f"{name!r} is no C identifier; use letters, digits and underscores, and no digit first")
    if name.encode() in KEYWORDS:
        raise UsageError(f"{name!r} is a keyword of C; choose another name, such as {name}_mod")
    if len(name) > LONGEST:
        raise UsageError(f"{name!r} has {len(name)} characters; the kernel shows {LONGEST} of a module's name")


def _columns(text: str) -> int:
    return len(text.expandtabs(_TAB))


def _fold(line: str) -> Iterator[str]:
    """Break a statement that is too wide after commas; what follows is indented by four more spaces."""
    indent = line[: len(line) - len(line.lstrip("\t"))] + "    "
    while _columns(line) > _WIDTH:
        ends = [m.start() + 1 for m in re.finditer(", ", line) if _columns(line[: m.start() + 1]) <= _WIDTH]
        if not ends:
            break
        yield line[: ends[-1]]
        line = indent + line[ends[-1] + 1 :]
    yield line


def _align(defines: Iterable[str]) -> Iterator[str]:
    """Bring the values of neighbouring macros into one column; one that is too wide goes on a line of its own."""
    pairs = [line.removeprefix(_DEFINE).split("\t", 1) for line in defines]
    column = (max(_columns(_DEFINE + name) for name, _ in pairs) // _TAB + 1) * _TAB
    for name, value in pairs:
        head = _DEFINE + name
        line = head + "\t" * -(-(column - _columns(head)) // _TAB) + value
        yield from [line] if _columns(line) <= _WIDTH else [f"{head}\t\\", f"\t{value}"]


def _lay_out(text: str) -> str:
    """The text as style(9) wants it, however long the name of the module is."""
    laid_out: list[str] = []
    for are_defines, group in itertools.groupby(text.splitlines(), lambda line: line.startswith(_DEFINE)):
        lines = list(group)
        laid_out += _align(lines) if are_defines else (part for line in lines for part in _fold(line))
    return "".join(line + "\n" for line in laid_out)


def skeleton(name: str, dialect: Dialect) -> str:
    """The text of a new module.

    Arguments:
        name: of the module, a C identifier.
        dialect: to write.

    Raises:
        UsageError: no module can have this name.
    """
    import jinja2

    check_name(name)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(data_folder("templates")),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return _lay_out(environment.get_template("skeleton.c.j2").render(name=name, dialect=dialect))


@click.command("skeleton")
@click.argument("name", metavar="NAME")
@click.option(
    "--dialect",
    type=click.Choice(SYMBOLS),
    default=SYMBOLS[0],
    show_default=True,
    metavar="DIALECT",
    help=f"To write: {', '.join(SYMBOLS)}.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("-"),
    show_default=True,
    help="The new file; `-` for standard output.",
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
def command(name: str, dialect: str, output: Path, force: bool) -> int:
    """Write a new module called NAME that serves many network stacks: it compiles as it is, and does nothing yet.

    It has a module event, constructors and destructors of what is shared and of what each network stack has of
    its own, in the order that loading and unloading need; a sysctl and a timer per stack; and a lock.

    \b
    Examples:
      vport skeleton frob                                  on standard output
      vport skeleton frob -o frob.c                        a new file
      vport skeleton frob -o frob.c --dialect freebsd-9    for FreeBSD 8 and 9
    """
    text = skeleton(name, load(dialect))
    if str(output) == "-":
        click.echo(text, nl=False)
        return 0
    if os.path.lexists(output) and not force:
        raise UsageError(f"{output}: is there already; nothing was changed.  Name another file, or say --force.")
    write_whole(output, text)
    return 0
