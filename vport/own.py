"""A digest of this program itself: what it worked out may be taken from the cache only while it would do the same."""

import os
from functools import cache

from vport import __version__, rules
from vport.digest import blake2b
from vport.rules import data_folder


@cache
def own_digest() -> str:
    """Hash of the version, the rules, and which sources there are, by size and time: reading them takes too long."""
    hashed = blake2b(f"{__version__} {rules.digest()}".encode(), digest_size=16)
    for folder in (os.path.dirname(os.path.abspath(__file__)), str(data_folder("runtime"))):
        for name, size, time in sorted(_sources(folder)):
            hashed.update(f"{name} {size} {time} ".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def _sources(folder: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += _sources(entry.path) if entry.name != "__pycache__" else []
            elif entry.name.endswith(".py"):
                status = entry.stat()
                found.append((entry.name, status.st_size, status.st_mtime_ns))
    return found
