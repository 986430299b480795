"""The command line: one group, one verb a module, one boundary for errors.

Exit codes: 0 clean, 1 findings or would change, 2 usage, 3 internal fault, 130 interrupted.
"""

import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

import click

from vport import __version__
from vport.errors import VportError
from vport.names import harmless

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = {
    "scan": "List every piece of mutable global state, with a decision and its evidence.",
    "plan": "Write or refresh the plan (vport.toml) that a person edits.",
    "port": "Rewrite planned variables to VNET and print one diff.",
    "review": "Go through a port hunk by hunk, and write what you decide into the plan.",
    "upgrade": "Lift a port to the macros of a later release, or take it out.",
    "dialect": "Say which dialect of VNET a tree speaks, and why.",
    "model": "Write the model of a module: what it declares and does, as Python that you may edit.",
    "run": "Live through a module's life in many network stacks, and tell what goes wrong.",
    "check": "Find lost contexts, wrong order and new unvirtualized state, in a tree or in a commit.",
    "prove": "Prove that a port leaves the default build as it was, and that the VIMAGE build compiles.",
    "report": "Write one page about a port for the people who judge it.",
    "explain": "Say what a finding of `check` means, why it matters and how to cure it.",
    "lsp": "Serve an editor: findings, explanations and cures while you type.",
    "completion": "Write what bash, zsh or fish need to complete verbs, options and names.",
    "skeleton": "Write a new module that serves many network stacks, to fill in.",
}


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class _ReaderGone(Exception):
    """Whoever reads our results has enough of them."""


@contextlib.contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Click would end with 1, which means findings."""
    try:
        yield
    except BrokenPipeError as error:
        raise _ReaderGone from error


class _Verbs(click.Group):
    """Imports a verb's module only when it is asked for, so that starting stays cheap."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"vport.commands.{cmd_name}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """Verbs and options for a shell that completes, without importing the verbs."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(verb, help=text) for verb, text in VERBS.items() if verb.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        """Read the command line, which prints help."""
        with _reader_may_leave():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="vport")
def cli() -> None:
    """Port C kernel modules that keep their state in globals to FreeBSD VNET.

    \b
    Examples:
      vport scan sys/net                 what state there is, and whose it is
      vport plan sys/net -o vport.toml   decisions to edit
      vport port sys/net --plan vport.toml | git apply
    """


def _report_fault(error: BaseException) -> int:
    """Keep what a report needs in a file and name it; returns 3."""
    import traceback

    from vport.cache import default_folder

    log = default_folder() / "fault.log"
    text = "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"vport {__version__}, Python {sys.version}\n{sys.argv}\n{text}", encoding="utf-8")
        where = f"; please report it with {log}"
    except OSError:
        where = "\n" + text
    _tell(f"internal fault: {type(error).__name__}: {error}{where}")
    return 3


def _tell(text: str) -> None:
    """Say how a run ended, if anybody listens."""
    with contextlib.suppress(OSError):
        print(harmless(f"vport: {text}"), file=sys.stderr)


def _report_usage(error: click.ClickException) -> int:
    """Click's own message, which may hold a file name as the shell expanded it; returns 2."""
    said = io.StringIO()
    error.show(said)
    with contextlib.suppress(OSError):
        print(harmless(said.getvalue()), end="", file=sys.stderr)
    return 2


def _prepare_streams() -> None:
    """Streams that are closed swallow all; characters that an encoding has not come as escapes."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (until the end)
        elif name == "stdout" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop_rest(stream: IO[str]) -> None:
    """Forget what a stream does not take, or Python would try again at the end and complain."""
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report_os_error(error: OSError) -> int:
    """Results that found no room are no fault of ours; every other writing names its file.  Returns 2, else 3."""
    if error.filename is not None or error.errno not in _NO_ROOM:
        return _report_fault(error)
    _tell(f"standard output: {error.strerror}; the results are not complete.  Make room and run again.")
    return 2


def main() -> None:
    """Run the command line and exit."""
    _prepare_streams()
    try:
        code = cli.main(prog_name="vport", standalone_mode=False)
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt) as error:
        said = (error.__cause__ or error).args  # click raises its Abort from the KeyboardInterrupt
        _tell(f"interrupted; {said[0] if said else 'nothing was written'}")
        code = 130
    except click.ClickException as error:
        code = _report_usage(error)
    except VportError as error:
        _tell(str(error))
        code = 2
    except (BrokenPipeError, _ReaderGone):
        code = 141
    except OSError as error:
        code = _report_os_error(error)
    except Exception as error:
        code = _report_fault(error)
    for stream in (sys.stdout, sys.stderr):
        drop_rest(stream)
    sys.exit(code if isinstance(code, int) else 0)
