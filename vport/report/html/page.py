"""What the page shows, as plain data; its script reads these as JSON arrays, in the order of the fields."""

import msgspec


class Shown(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of what the script reads by position: names of fields would be a third of the page."""


class Use(Shown, frozen=True):
    """One place that names a variable, in the text before the port.

    Arguments:
        file, line: the place; the file by number.
        access: `read`, `write`, `address`, `call` or `sizeof`.
        where: function or macro it stands in, empty at file scope.
    """

    file: int
    line: int
    access: str
    where: str


class Global(Shown, frozen=True):
    """One variable.

    Arguments:
        name, file, line, function, type, storage: as `vport scan` says them, before the port.
        decision: virtualize, share or ask.
        by: `plan`, or `vport` where no plan names it.
        outcome: ported, refused, shared, open, virtual or unnamed.
        score: log-odds behind the tool's own decision, which `proposed` is.
        why: classes of evidence with their details, as text.
        note: the person's own words.
        uses: readers and writers.
        id: what links name it by.
    """

    name: str
    file: int
    line: int
    function: str
    type: str
    storage: str
    decision: str
    by: str
    outcome: str
    score: float
    proposed: str
    why: list[tuple[str, str]]
    note: str
    uses: list[Use]
    id: str


class Note(Shown, frozen=True):
    """Why lines of a hunk changed: line before the port, pass and reason by number, and the variable served."""

    line: int
    by: int
    reason: int
    variable: str


class Hunk(Shown, frozen=True):
    """One hunk.

    Arguments:
        old, new: its first lines, counted from 1.
        comment: whether it begins inside a comment.
        body: lines as in a unified diff.
        notes: why.
    """

    old: int
    new: int
    comment: bool
    body: str
    notes: list[Note]


class FileDiff(msgspec.Struct, frozen=True):
    """All hunks of one file and how many lines they add and remove; `file` by number."""

    file: int
    added: int
    removed: int
    hunks: list[Hunk]


class Step(Shown, frozen=True):
    """One place of a path and its code; `line` counts in the text before the port where negative, 0 for none."""

    file: int
    line: int
    text: str
    code: str = ""


class Context(Shown, frozen=True):
    """One context that the port sets, or leaves to a person.

    Arguments:
        kind: set, iterate or left.
        entry: as what the kernel calls it: callout, task, ...
        function: that holds it.
        file, line: of the function, before the port.
        expression: of the vnet.
        reason: why.
        candidates: expressions to choose from.
        path: from the registration to the variable.
    """

    kind: str
    entry: str
    function: str
    file: int
    line: int
    expression: str
    reason: str
    candidates: list[str]
    path: list[Step]


class Life(Shown, frozen=True):
    """One life of a module: `picture` is an SVG, compressed (zlib, base64).

    Arguments:
        module, files: what lives.
        scenario: which life.
        verdict: in one line.
        stacks: how many there were.
        faults: how many.
        picture: of it, empty when there is none.
    """

    module: str
    files: list[int]
    scenario: str
    verdict: str
    stacks: int
    faults: int
    picture: str


class Told(Shown, frozen=True):
    """One finding.

    Arguments:
        id: what links name it by.
        kind, name: stable: VP203, context-without-vnet; for a port's own the name alone.
        severity: error, warning or note.
        source: port or check.
        file, line: where; negative lines count before the port.
        message, cure: what is wrong, what to do.
        variable, function: concerned.
        steps: the path.
    """

    id: str
    kind: str
    name: str
    severity: str
    source: str
    file: int
    line: int
    message: str
    cure: str
    variable: str
    function: str
    steps: list[Step]


class Proved(Shown, frozen=True):
    """The verdict on one translation unit; differences and notes in words."""

    file: str
    verdict: str
    differences: list[tuple[str, list[Step]]]
    notes: list[str]
    words: str


class Unread(Shown, frozen=True):
    """What was not read: a file, a function or a region, and why."""

    file: int
    line: int
    last: int
    function: str
    reason: str


class Term(Shown, frozen=True):
    """Words of the kernel's interface and the manual page that describes them; `*` ends a prefix."""

    page: str
    words: list[str]


class Page(msgspec.Struct):
    """The whole report.

    Arguments:
        title: of it.
        command: that made it.
        dialect: written.
        files: names of all files, by number.
        reasons, passes: of edits, by number.
        variables: all that can change.
        diffs: by file.
        contexts, lives, findings: see there.
        proof: verdicts, None when there is no proof.
        proved: whether that proves the default build unchanged.
        unread: what was not read.
        coverage: numbers of it, by their names.
        problems: what the checks could not follow to its end.
        left_out: parts that were not asked for, and how to get them.
        terms: of the manual.
    """

    title: str
    command: str
    dialect: str
    files: list[str] = []
    reasons: list[str] = []
    passes: list[str] = []
    variables: list[Global] = []
    diffs: list[FileDiff] = []
    contexts: list[Context] = []
    lives: list[Life] = []
    findings: list[Told] = []
    proof: list[Proved] | None = None
    proved: bool = False
    unread: list[Unread] = []
    coverage: dict[str, int] = {}
    problems: list[str] = []
    left_out: dict[str, str] = {}
    terms: list[Term] = []
