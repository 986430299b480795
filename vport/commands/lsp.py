"""`vport lsp`: findings, explanations and cures in an editor, by the Language Server Protocol."""

from pathlib import Path

import click

from vport.cache import default_folder


@click.command("lsp")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(no_cache: bool) -> int:
    """Serve an editor over standard input and output; the editor starts it, and stops it.

    \b
    Examples:
      vport lsp < /dev/null      what an editor starts
      vim.lsp.start({name = "vport", cmd = {"vport", "lsp"}})      Neovim
      (add-to-list 'eglot-server-programs '(c-mode "vport" "lsp"))  Emacs
    """
    from vport.commands._settings import settings_of
    from vport.lsp.folder import Settings
    from vport.lsp.server import make_server
    from vport.plan import read_plan

    def read(root: Path) -> Settings:
        settings = settings_of(root, {})
        return Settings(settings.config, read_plan(settings.plan) if settings.plan else None)

    make_server(read, None if no_cache else default_folder()).start_io()
    return 0
