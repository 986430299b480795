"""`vport completion`: what a shell needs to complete verbs, options, their values and file names."""

import click
from click.shell_completion import get_completion_class

from vport.errors import VportError

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Write the completion of SHELL to standard output.

    bash 4.4 or later, zsh and fish 3 know what to do with it: source it from ~/.bashrc, or put it into a folder of
    $fpath or into ~/.config/fish/completions.

    \b
    Examples:
      vport completion bash > vport.bash    then `. ~/vport.bash` in ~/.bashrc
      vport completion zsh > _vport         in a folder of $fpath
      vport completion fish > vport.fish    in ~/.config/fish/completions
    """
    found = get_completion_class(shell)
    if found is None:
        raise VportError(f"{shell}: this version of click completes nothing for it; upgrade click")
    text = found.source_template % found(click.Command("vport"), {}, "vport", "_VPORT_COMPLETE").source_vars()
    click.echo(text.strip())
    return 0
