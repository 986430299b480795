"""A step of a staged port as a patch of its own: what it changes in the text of the step before."""

import difflib
from collections.abc import Mapping

import msgspec

from vport.edits import Edit
from vport.outcome import Changed
from vport.port import Port


def since(data: Mapping[str, bytes], earlier: Port, later: Port) -> Port:
    """What `later` does beyond `earlier`, told against the text that `earlier` gives.

    Arguments:
        data: bytes of every file before both.
        earlier, later: ports of the same tree.
    """
    before = {**data, **_texts(earlier)}
    after = {**data, **_texts(later)}
    changed = {file: (before[file], after[file]) for file in data if before[file] != after[file]}
    kept = [o for o in later.outcomes if not isinstance(o, Changed)]
    outcomes = [*(Changed(file, old, new) for file, (old, new) in changed.items()), *kept]
    edits = {file: line_edits(old, new) for file, (old, new) in changed.items()}
    return msgspec.structs.replace(later, outcomes=outcomes, edits=edits)


def _texts(result: Port) -> dict[str, bytes]:
    return {o.path: o.after for o in result.outcomes if isinstance(o, Changed)}


def line_edits(old: bytes, new: bytes) -> list[Edit]:
    """Edits of whole lines that turn one text into another."""
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    offsets = [0]
    for line in a:
        offsets.append(offsets[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return [
        Edit(offsets[i], offsets[j], 0, b"".join(b[k:m]), "step", "this step changes it")
        for tag, i, j, k, m in matcher.get_opcodes()
        if tag != "equal"
    ]
