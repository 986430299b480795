"""The start of the process: what is worth doing before the command line is imported.

The process is not taken apart at its end either: to free a tree takes longer than many a check.
"""

import atexit
import gc
import os
import sys
from typing import NoReturn

from vport.git import ask_ahead

_COLLECT_AFTER = 1_000_000
"""Objects between two searches for cycles: facts hold none, and there are a million of them in a kernel's network."""


def run() -> NoReturn:
    """The console script.

    What waits for the end of the process is done; where other threads are at work, Python ends as it always does.
    """
    gc.set_threshold(_COLLECT_AFTER)
    ask_ahead(sys.argv[1:])
    from vport.cli import drop_rest, main

    try:
        main()
    except SystemExit as end:
        threading = sys.modules.get("threading")
        if (threading is not None and threading.active_count() > 1) or not isinstance(end.code, int):
            raise
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            drop_rest(stream)
        os._exit(end.code)
    raise AssertionError("main() always exits")


if __name__ == "__main__":
    run()
