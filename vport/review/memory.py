"""What a review remembers between two runs: the changes that were accepted, by their text.

A change that reads otherwise later, as the source or a decision changed, is not among them and is shown again.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from vport.digest import blake2b
from vport.replace import replace_file

_MODE = 0o600


class _Kept(msgspec.Struct):
    plan: str
    accepted: list[str]


class Memory:
    """Accepted changes of one plan; what cannot be read or written is forgotten, not a reason to stop.

    Arguments:
        folder: that holds one file for each plan.
        plan: whose review it is.
    """

    def __init__(self, folder: Path, plan: Path) -> None:
        self._plan = os.path.realpath(plan)
        name = blake2b(os.fsencode(self._plan), digest_size=12).hexdigest()
        self.path = folder / f"{name}.json"
        self.accepted: set[str] = self._read()
        self.keeps = True

    def _read(self) -> set[str]:
        try:
            return set(msgspec.json.decode(self.path.read_bytes(), type=_Kept).accepted)
        except (OSError, msgspec.DecodeError):
            return set()

    def forget(self) -> None:
        """Begin anew."""
        self.accepted = set()
        self._write()

    def change(self, more: Iterable[str], less: Iterable[str] = ()) -> None:
        """Accept some changes and take others back."""
        self.accepted = (self.accepted | set(more)) - set(less)
        self._write()

    def _write(self) -> None:
        kept = _Kept(self._plan.encode("utf-8", "backslashreplace").decode(), sorted(self.accepted))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, msgspec.json.encode(kept), _MODE)
        except OSError:
            self.keeps = False
