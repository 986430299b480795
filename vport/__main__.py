"""The console script: one group, one verb a module, one boundary for errors.

Exit codes: 0 clean, 1 findings or would change, 2 usage, 3 internal fault, 130 interrupted.
"""

import importlib
import os
import sys
import traceback

import click

from vport import __version__
from vport.errors import VportError

VERBS = {
    "scan": "List every piece of mutable global state, with a decision and its evidence.",
    "plan": "Write or refresh the plan (vport.toml) that a person edits.",
    "port": "Rewrite planned variables to VNET and print one diff.",
    "dialect": "Say which dialect of VNET a tree speaks, and why.",
    "skeleton": "Write a new module that serves many network stacks, to fill in.",
}


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
    from vport.cache import default_folder

    log = default_folder() / "fault.log"
    text = "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"vport {__version__}, Python {sys.version}\n{sys.argv}\n{text}", encoding="utf-8")
        where = f"; please report it with {log}"
    except OSError:
        where = "\n" + text
    print(f"vport: internal fault: {type(error).__name__}: {error}{where}", file=sys.stderr)
    return 3


def main() -> None:
    """Run the command line and exit."""
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt) as error:
        said = (error.__cause__ or error).args  # click raises its Abort from the KeyboardInterrupt
        print(f"vport: interrupted; {said[0] if said else 'nothing was written'}", file=sys.stderr)
        code = 130
    except click.ClickException as error:
        error.show()
        code = 2
    except VportError as error:
        print(f"vport: {error}", file=sys.stderr)
        code = 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as error:
        code = _report_fault(error)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
