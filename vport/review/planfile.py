"""A plan that is changed entry by entry as a person would change it: comments, order and line endings stay."""

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from vport.errors import UsageError
from vport.plan import Plan, parse_plan
from vport.replace import mode_of, replace_text


class Said(msgspec.Struct, frozen=True):
    """What an entry says: its decision, and the person's note."""

    decision: str
    note: str = ""


class PlanFile:
    """A plan on the disk.

    Arguments:
        path: of the plan.

    Raises:
        UsageError: it cannot be read, or is no plan.
        WriteError: it is read-only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        mode_of(path)
        self._load(self._on_disk())

    def _on_disk(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be read: {error.strerror}; name the plan with --plan FILE"
            ) from error

    def _load(self, data: bytes) -> None:
        import tomlkit

        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{self.path}: cannot be read: {error}; a plan is UTF-8") from error
        self._data = data
        self._crlf = "\r\n" in text and text.count("\r\n") == text.count("\n")
        self.plan: Plan = parse_plan(text, str(self.path))
        self._document: Any = tomlkit.parse(text.replace("\r\n", "\n") if self._crlf else text)

    def said(self, index: int) -> Said:
        """What the entry number `index` says."""
        table = self._document["variable"][index]
        return Said(str(table["decision"]), str(table.get("note", "")))

    def said_of_object(self, tag: str) -> Said | None:
        """What is decided about a structure; None if the plan does not name it."""
        for table in self._document.get("object", []):
            if table["tag"] == tag:
                return Said(str(table["decision"]), str(table.get("note", "")))
        return None

    def kept(self) -> bytes:
        """All of the plan, to go back to."""
        return zlib.compress(self._data, 1)

    def decide(self, entries: Mapping[int, Said], objects: Mapping[str, Said] | None = None) -> None:
        """Change entries and write the plan.

        Arguments:
            entries: what they are to say, by number.
            objects: the same of structures, by tag.

        Raises:
            UsageError: somebody else changed the plan meanwhile; theirs stays.
            WriteError: it cannot be written; the old one is untouched.
        """
        for index, said in entries.items():
            _say(self._document["variable"][index], said)
        for table in self._document.get("object", []) if objects else ():
            if objects and table["tag"] in objects:
                _say(table, objects[table["tag"]])
        text = self._document.as_string()
        self._save(text.replace("\n", "\r\n") if self._crlf else text)

    def restore(self, kept: bytes) -> None:
        """Go back to what `kept` gave; raises as `decide` does."""
        self._save(zlib.decompress(kept).decode("utf-8"))
        self._load(self._data)

    def _save(self, text: str) -> None:
        if self._on_disk() != self._data:
            raise UsageError(
                f"{self.path}: somebody changed it during the review, so the last answer was not written; run the same "
                f"again, and go on from the plan as it is now"
            )
        replace_text(self.path, text)
        self._data = text.encode()


def _say(table: Any, said: Said) -> None:
    """Change what is different, and nothing else of the entry."""
    if str(table["decision"]) != said.decision:
        table["decision"] = said.decision
    if str(table.get("note", "")) != said.note:
        table["note"] = said.note
