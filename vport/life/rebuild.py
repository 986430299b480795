"""Turn set-ups into per-vnet ones: whole where all of them is per-vnet, else the per-vnet statements move out."""

import re
from collections.abc import Mapping, Sequence

from vport.c.flow import Flow, Statement
from vport.findings import Finding
from vport.job import Job
from vport.life.entries import Key as FunctionKey
from vport.life.flows import walk
from vport.life.guards import beyond, guarded
from vport.life.keys import Keys
from vport.life.moves import Moves
from vport.life.order import Key
from vport.life.parting import Parter, Parting
from vport.life.setups import Setup, Setups
from vport.life.split import Part, lines_of, used_locals
from vport.life.text import comment, fold_call, function_text, reindent, set_up_call
from vport.patterns import later
from vport.source import line_end, line_of, line_start
from vport.statement import free_name

NAME = "lifecycle"
MARK = "VPORT-LIFECYCLE:"
"""How the comment begins that marks what is left to a person."""

TAIL = later(r"_?(?:un)?init(?:ialize)?\Z|_?destroy\Z")
_CONDITIONAL = later(rb"^[ \t]*#[ \t]*(if|endif)", re.MULTILINE)


class Rebuilder:
    """Rebuilds the set-ups of one port.

    Arguments:
        job: the port.
        setups: of its tree.
        moves: edits of the other passes.
    """

    def __init__(self, job: Job, setups: Setups, moves: Moves) -> None:
        self.job = job
        self.orders = setups.orders
        self.moves = moves
        self.keys = Keys(job, setups)
        self._names: dict[str, set[str]] = {}
        self.findings: list[Finding] = []

    def left(self, file: str, at: int, function: str, reason: str) -> None:
        """Mark a set-up that a person has to finish, and say so."""
        self.mark(file, at, reason)
        self.find(
            file, at, "lifecycle-left", f"{function} sets up or tears down per-vnet state; {reason}.  Left to you."
        )

    def mark(self, file: str, at: int, reason: str) -> None:
        """Write the comment that marks a place above its line, unless it is there."""
        data = self.job.data[file]
        start = line_start(data, at)
        blanks = re.match(rb"[ \t]*", data[start:])
        indent = blanks.group().decode() if blanks else ""
        text = comment(f"{MARK} {reason}.", indent)
        if not self._marked(file, start):
            self.moves.change(file, start, start, text.replace("\n", self.job.newline(file)), reason, -4)

    def _marked(self, file: str, start: int) -> bool:
        """Whether the comment right above a line is a mark."""
        above = self.job.data[file][:start].rstrip()
        return above.endswith(b"*/") and MARK.encode() in above[above.rfind(b"/*") :]

    def find(self, file: str, at: int, kind: str, message: str, variable: str = "") -> None:
        """A finding that refuses nothing."""
        self.findings.append(Finding(file, line_of(self.job.data[file], at), kind, message, variable, refuses=False))

    def new_name(self, file: str, wish: str) -> str:
        """A free name for a function."""
        taken = self._names.setdefault(file, set())
        name, n = free_name(self.job, file, wish, wish), 2
        while name in taken:
            name, n = f"{wish}{n}", n + 1
        taken.add(name)
        return name

    def convert(self, setup: Setup) -> None:
        """SYSINIT becomes VNET_SYSINIT: all it does is per-vnet."""
        code = self.job.life.code[setup.file]
        at = code.index(setup.call.name.encode(), setup.call.start)
        new = "VNET_SYSUNINIT" if setup.down else "VNET_SYSINIT"
        reason = f"{setup.function[1]} {'tears down' if setup.down else 'sets up'} what every stack has of its own"
        end = setup.call.end
        touched = self.keys.touched_by([setup.function])
        key = setup.key if setup.down else self.keys.place(setup.function, setup.key, setup.key, touched)
        text = " ".join(self.moves.text(setup.file, at, end).replace(setup.call.name, new, 1).split())
        if key.place() != setup.key.place():
            old = r"\s*,\s*".join(re.escape(" ".join(t.split())) for t in setup.key.texts)
            text = re.sub(old, ", ".join(self.orders.written(key, setup.file, at).texts), text, count=1)
        folded = fold_call(text)
        self.moves.take(setup.file, at, end, reason, folded.replace("\n", self.job.newline(setup.file)))
        self.keys.note(touched, key, setup.down, setup.key)

    def split(self, setup: Setup, flow: Flow, parts: Sequence[Part]) -> None:
        """Move the per-vnet statements of a set-up into a function of their own, right behind it."""
        file, name = setup.function
        parting = Parter(self.job.life, file, flow, strict=True).part(parts)
        reason = parting.reason or self.unmovable(file, flow, parting.moved, setup.call.start)
        if reason:
            self.left(setup.file, setup.call.start, name, reason)
            return
        if not parting.moved:
            return
        touched = self.keys.touched_in(file, [(s.start, s.end) for s in parting.moved])
        key = self.orders.following(setup.key)
        if setup.down:
            key = max(self.keys.mirrored(touched, file) or key, key)  # what stays is shared, and goes last
        else:
            key = self.keys.place(setup.function, setup.key, key, touched)
        if not self.orders.within_vnet(key):
            self.left(setup.file, setup.call.start, name, "no constructor can stand right behind it")
            return
        at = line_end(self.job.data[file], setup.call.end - 1)
        self.emit(file, at, TAIL.sub("", name) or name, key, setup.down, self.take(setup.function, flow, parting))
        self.keys.note(touched, key, setup.down, setup.key)

    def unmovable(self, file: str, flow: Flow, moved: Sequence[Statement], to: int) -> str:
        """Why statements cannot stand at `to` for the directives around or in them; empty if they can."""
        for statement in moved:
            if beyond(self.job.tree, file, statement.start, to) is None:
                return "it stands in an #else, or under a condition that cannot be repeated"
            found = _CONDITIONAL.findall(self.job.data[file], statement.start, statement.end)
            if found.count(b"if") != found.count(b"endif"):
                return "directives split what would have to move"
        return ""

    def take(
        self,
        function: FunctionKey,
        flow: Flow,
        parting: Parting,
        says: Mapping[Statement, str] | None = None,
        put: str = "",
    ) -> tuple[list[str], str]:
        """Declarations and body of the new function; the statements leave the old one, with locals only they used.

        Arguments:
            says: lines that follow a statement in the new function.
            put: a line that stays where the first statement was.
        """
        file = function[0]
        names = used_locals(self.job.life, file, flow, parting.moved)
        kept = self._used_elsewhere(file, flow, parting)
        declared = [
            f"{x.type}{'' if x.type.endswith('*') else ' '}{x.name};"
            for x in flow.locals
            if x.name in names and not any(s.start <= x.at < s.end for s in parting.moved)
        ]
        self._drop_empty(file, flow, parting)
        pieces = []
        for statement in parting.moved:
            under, text = self._piece(function, flow, statement, statement in parting.copied, put)
            pieces.append((under, text + (says or {}).get(statement, "")))
            put = ""
        for statement in walk(flow.root) if flow.root else ():
            inside = any(s.start <= statement.start < s.end for s in parting.moved)
            if statement.kind == "declaration" and not inside:
                self._drop_locals(file, flow, statement, names - kept)
        return declared, guarded(pieces)

    def _piece(
        self, function: FunctionKey, flow: Flow, statement: Statement, copied: bool, put: str
    ) -> tuple[tuple[str, ...], str]:
        """One statement for the new function, with the directives it stands under."""
        file, name = function
        data = self.job.data[file]
        start, end = lines_of(data, self.job.life.code[file], statement, flow.body)
        under = beyond(self.job.tree, file, statement.start, flow.start) or ()
        if copied:
            taken = self.moves.text(file, start, end)
        else:
            reason = f"{name}: this is per-vnet and moves to a function of its own"
            stays = put + self.job.newline(file) if put else ""
            taken = self.moves.take(file, start, end, reason, stays)
        return under, reindent(taken.replace("\r\n", "\n").rstrip("\n"))

    def _drop_empty(self, file: str, flow: Flow, parting: Parting) -> None:
        """Take away directives between which nothing stays."""
        data, code = self.job.data[file], bytearray(self.job.life.code[file])
        for statement in (*parting.moved, *parting.dropped):
            if statement not in parting.copied:
                code[statement.start : statement.end] = b" " * (statement.end - statement.start)
        for group in self.job.tree.facts[file].groups:
            if flow.body <= group.start and group.end <= flow.end and len(group.branches) == 1:
                inside = code[group.branches[0].start : group.branches[0].end]
                held = [s for s in parting.moved if group.start <= s.start < group.end]
                lines = [(line_start(data, at), line_end(data, at)) for at in (group.start, group.branches[0].end)]
                said = any(mark in data[a:b] for a, b in lines for mark in (b"/*", b"//"))
                for start, end in lines if held and not inside.strip() and not said else ():
                    self.moves.take(file, start, end, "nothing is left between them")

    def _used_elsewhere(self, file: str, flow: Flow, parting: Parting) -> set[str]:
        """Locals that what stays still names."""
        code = bytearray(self.job.life.code[file])
        for statement in (*parting.moved, *parting.dropped):
            if statement not in parting.copied:
                code[statement.start : statement.end] = b" " * (statement.end - statement.start)
        found: set[str] = set()
        for local in flow.locals:
            for match in re.finditer(rb"\b%s\b" % local.name.encode(), code[flow.body : flow.end]):
                if match.start() + flow.body != local.at:
                    found.add(local.name)
        return found

    def _drop_locals(self, file: str, flow: Flow, statement: Statement, gone: set[str]) -> None:
        """Take declarations of locals away that nothing uses any more."""
        here = [x for x in flow.locals if statement.start <= x.at < statement.end]
        data = self.job.data[file]
        if here and all(x.name in gone for x in here):
            end = line_end(data, statement.end - 1)
            self.moves.take(file, line_start(data, statement.start), end, "its only users moved")
        elif any(x.name in gone for x in here):
            kept = [x for x in here if x.name not in gone]
            if all(not x.value_end for x in here) and len({x.type.rstrip("* ") for x in here}) == 1:
                words = ", ".join("*" * x.type.count("*") + x.name for x in kept)
                base = kept[0].type.rstrip("* ")
                self.moves.take(file, statement.start, statement.end, "its only users moved", f"{base} {words};")

    def emit(self, file: str, at: int, base: str, key: Key, down: bool, lines: tuple[list[str], str]) -> None:
        """Write a constructor or destructor at an offset: above a function there, or behind what ends there."""
        tail, macro = ("uninit", "VNET_SYSUNINIT") if down else ("init", "VNET_SYSINIT")
        wish = base if base.startswith("vnet_") else f"vnet_{base}"
        name = self.new_name(file, f"{wish}_{tail}")
        call = set_up_call(macro, name, self.orders.written(key, file, at), name)
        text = function_text(name, *lines, call)
        reason = f"{'destructor' if down else 'constructor'} of what every stack has of its own"
        self.put(file, at, text, reason, 6 + down)

    def put(self, file: str, at: int, text: str, reason: str, rank: int) -> None:
        """Insert a function at an offset; a file that does not end its last line still does not."""
        newline, data = self.job.newline(file), self.job.data[file]
        above = at < len(data) and bool(data[at:].split(b"\n", 1)[0].strip())
        text = text + "\n" if above else "\n" + text
        if at == len(data) and data and not data.endswith(b"\n"):
            text = "\n" + text.removesuffix("\n")
        self.moves.change(file, at, at, text.replace("\n", newline), reason, rank)

    def above(self, file: str, start: int) -> int:
        """Where lines above a function go: above the comment that touches it."""
        data, code = self.job.data[file], self.job.life.code[file]
        at = line_start(data, start)
        while at > 0:
            above = line_start(data, at - 1)
            if not data[above:at].strip() or code[above:at].strip():
                break
            at = above
        return at
