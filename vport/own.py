"""A digest of this program itself: what it worked out may be taken from the cache only while it would do the same."""

import os
from functools import cache

from vport import __version__, rules
from vport.digest import blake2b
from vport.rules import data_folder


@cache
def own_digest() -> str:
    """Hash of the version, the rules, and which sources there are, by size and time: reading them takes too long."""
    folders = (os.path.dirname(os.path.abspath(__file__)), str(data_folder("runtime")))
    said = " ".join(one for folder in folders for one in sorted(_sources(folder)))
    text = f"{__version__} {rules.digest()} {said}"
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
