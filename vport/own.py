"""A digest of this program itself: what it worked out may be taken from the cache only while it would do the same."""

import os
from functools import cache

from vport import __version__, rules
from vport.digest import blake2b
from vport.rules import data_folder


@cache
def own_digest() -> str:
    """Hash of the version, the rules, and which sources there are, by size and time: reading them takes too long.

    What pip installed is as its list of files says, which it writes anew each time (PyPA, Recording installed
    projects); a checkout has none, and may be edited between two runs.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    record = os.path.join(os.path.dirname(here), f"vport-{__version__}.dist-info", "RECORD")
    try:
        status = os.stat(record)
        said = [f"{here} {status.st_size} {status.st_mtime_ns} {status.st_ino}"]
    except OSError:
        said = [*sorted(_sources(here)), *sorted(_sources(str(data_folder("runtime"))))]
    text = f"{__version__} {rules.digest()} {' '.join(said)}"
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _sources(folder: str) -> list[str]:
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(".py"):
                status = entry.stat()
                found.append(f"{name} {status.st_size} {status.st_mtime_ns}")
            elif name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                found += _sources(entry.path)
    return found
