"""Rule data: TOML files loaded once, checked when loaded, and a digest of all of them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from vport.errors import UsageError


def data_folder(name: str) -> Path:
    """Folder of the data called `name` (`rules`, `templates`, `runtime`), of an installation or of a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / name
    return installed if installed.is_dir() else here.parent / name


@cache
def load(name: str) -> dict[str, Any]:
    """The table in rules/`name`.toml.

    Raises:
        UsageError: the file is missing, is no TOML or has another version than 1.
    """
    import tomllib

    path = data_folder("rules") / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as rules: {error}.  Reinstall vport.") from error
    if table.get("version") != 1:
        raise UsageError(f"{path}: `version = 1` is missing; these rules are for another vport.")
    return table


@cache
def digest() -> str:
    """Hash of all rule files, for the cache's key."""
    hashed = hashlib.blake2b(digest_size=16)
    folder = data_folder("rules")
    for path in sorted(folder.rglob("*.toml")):
        hashed.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()
