"""What `vport scan` says of one variable; known without the tree, so that a kept answer is printed at once."""

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One variable as people and programs see it.

    Arguments:
        name, file, line: where it is defined; the file below the folder that was read, as `names.spell` writes it.
        function: of a function-local static, else empty.
        type: as declared, bodies folded.
        storage: `static`, `extern` (external linkage) or `static local`.
        decision: virtualize, share or ask.
        why: classes of evidence, the strongest first.
        score: log-odds behind the decision.
    """

    name: str
    file: str
    line: int
    function: str
    type: str
    storage: str
    decision: str
    why: tuple[str, ...]
    score: float
