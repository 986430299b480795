"""Take text out of a file with the edits that stand in it, so that it can be put down elsewhere as ported."""

from collections.abc import Mapping

import msgspec

from vport.edits import Edit, apply_edits
from vport.patterns import later
from vport.write import WIDTH, columns

_FOLD = later(rb",\r?\n    (?=\S+\Z)")


class Moves:
    """Edits of a port, from which ranges are taken.

    Arguments:
        data: bytes of every file.
        edits: by file, as the passes gave them.
        by: name of the pass that moves.
    """

    def __init__(self, data: Mapping[str, bytes], edits: Mapping[str, list[Edit]], by: str) -> None:
        self._data = data
        self._by = by
        self.edits = {file: list(found) for file, found in edits.items()}

    def text(self, file: str, start: int, end: int) -> str:
        """The text of a range as ported; the edits in it stay."""
        inside = [e for e in self.edits.get(file, ()) if self._inside(e, start, end)]
        shifted = [Edit(e.start - start, e.end - start, e.rank, e.new, e.by, e.reason, e.variable) for e in inside]
        return apply_edits(file, self._data[file][start:end], shifted).decode("latin-1")

    def take(self, file: str, start: int, end: int, reason: str, new: str = "") -> str:
        """The text of a range as ported; the range is replaced by `new`, and the edits in it are gone."""
        text = self.text(file, start, end)
        self.edits[file] = [e for e in self.edits.get(file, ()) if not self._inside(e, start, end)]
        self.change(file, start, end, new, reason)
        return text

    def drop(self, file: str, start: int, end: int, reason: str) -> None:
        """Remove a range with the edits in it; what is inserted where it begins belongs to the text before."""
        self.edits[file] = [
            e for e in self.edits.get(file, ()) if e.start == e.end == start or not self._inside(e, start, end)
        ]
        self.change(file, start, end, "", reason, 10)

    def unfold(self, file: str, start: int, end: int) -> None:
        """Join a definition that was broken for what stood behind it, where it fits now."""
        for edit in self.edits.get(file, ()):
            joined = _FOLD.sub(b", ", edit.new)
            last = joined.rsplit(b"\n", 1)[-1].decode("latin-1")
            if self._inside(edit, start, end) and joined != edit.new and columns(last) + len(");") <= WIDTH:
                at = self.edits[file].index(edit)
                self.edits[file][at] = msgspec.structs.replace(edit, new=joined)

    def change(self, file: str, start: int, end: int, new: str, reason: str, rank: int = 0) -> None:
        """One more edit."""
        edit = Edit(start, end, rank, new.encode("latin-1"), self._by, reason)
        self.edits.setdefault(file, []).append(edit)

    def _inside(self, edit: Edit, start: int, end: int) -> bool:
        return start <= edit.start and edit.end <= end and edit.start < end
