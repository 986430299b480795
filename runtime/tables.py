"""The files of rules that the runtime reads, each once.

Whoever keeps them in another form may say how to read them.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).resolve().parent.parent / "rules"


def _parsed(text: bytes) -> dict[str, Any]:
    import tomllib  # here, for others may know the tables already

    return tomllib.loads(text.decode("utf-8"))


_parse: Callable[[bytes], dict[str, Any]] = _parsed


def parse_with(parse: Callable[[bytes], dict[str, Any]]) -> None:
    """Have something else make tables of the texts of files from now on: it may know them from before."""
    global _parse
    _parse = parse


@lru_cache(maxsize=32)
def table(name: str) -> dict[str, Any]:
    """The table of a file of rules, by its path without the suffix: `contexts`, `sysinit/13`."""
    return _parse((RULES / f"{name}.toml").read_bytes())
