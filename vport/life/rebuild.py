"""Turn set-ups into per-vnet ones: whole where all of them is per-vnet, else the per-vnet statements move out."""

import re
from collections.abc import Sequence

from vport.c.flow import Flow, Statement
from vport.findings import Finding
from vport.job import Job
from vport.life.entries import Key as FunctionKey
from vport.life.moves import Moves
from vport.life.order import Key
from vport.life.setups import Event, Setup, Setups
from vport.life.split import (
    Part,
    alone_on_lines,
    begins_with_assignment,
    classify,
    leaves,
    lines_of,
    used_locals,
)
from vport.life.text import comment, fold_call, function_text, reindent, set_up_call
from vport.source import line_end, line_of, line_start
from vport.statement import free_name

NAME = "lifecycle"
MARK = "VPORT-LIFECYCLE:"
"""How the comment begins that marks what is left to a person."""

_EVENT_NAME = re.compile(r"_?(?:mod_?(?:ule)?_?)?(?:event|evh|handler|load|modevent)\Z")


class Rebuilder:
    """Rebuilds the set-ups of one port.

    Arguments:
        job: the port.
        setups: of its tree.
        moves: edits of the other passes.
    """

    def __init__(self, job: Job, setups: Setups, moves: Moves) -> None:
        self._job = job
        self._setups = setups
        self._moves = moves
        self._names: dict[str, set[str]] = {}
        self.findings: list[Finding] = []

    def left(self, file: str, at: int, function: str, reason: str) -> None:
        """Mark a place that a person has to finish."""
        data = self._job.data[file]
        start = line_start(data, at)
        blanks = re.match(rb"[ \t]*", data[start:])
        indent = blanks.group().decode() if blanks else ""
        text = comment(f"{MARK} {reason}.", indent).replace("\n", self._job.newline(file))
        self._moves.change(file, start, start, text, reason, -4)
        message = f"{function} sets up or tears down per-vnet state; {reason}.  Left to you."
        self.findings.append(Finding(file, line_of(data, at), "lifecycle-left", message, refuses=False))

    def new_name(self, file: str, base: str, tail: str) -> str:
        """A free name for a function, `vnet_BASE_TAIL`."""
        taken = self._names.setdefault(file, set())
        wish = f"vnet_{base}_{tail}"
        name, n = free_name(self._job, file, wish, wish), 2
        while name in taken:
            name, n = f"{wish}{n}", n + 1
        taken.add(name)
        return name

    def convert(self, setup: Setup) -> None:
        """SYSINIT becomes VNET_SYSINIT: all it does is per-vnet."""
        code = self._job.life.code[setup.file]
        at = code.index(setup.call.name.encode(), setup.call.start)
        new = "VNET_SYSUNINIT" if setup.down else "VNET_SYSINIT"
        reason = f"{setup.function[1]} {'tears down' if setup.down else 'sets up'} what every stack has of its own"
        end = setup.call.end
        text = self._moves.text(setup.file, at, end)
        folded = fold_call(" ".join(text.replace(setup.call.name, new, 1).split()))
        self._moves.take(setup.file, at, end, reason, folded.replace("\n", self._job.newline(setup.file)))

    def split(self, setup: Setup, flow: Flow, parts: Sequence[Part]) -> None:
        """Move the per-vnet statements of a set-up into a function of their own, right behind it."""
        name = setup.function[1]
        moved = [p.statement for p in parts if p.kind == "vnet"]
        rest = [p.statement for p in parts if p.kind in ("shared", "end")]
        reason = self._cannot_move(setup.file, flow, moved, rest)
        if reason:
            self.left(setup.file, moved[0].start, name, reason)
            return
        base = re.sub(r"_?(?:un)?init(?:ialize)?\Z|_?destroy\Z", "", name) or name
        key = self._setups.orders.following(setup.key)
        at = line_end(self._job.data[setup.file], setup.call.end - 1)
        self._emit(setup.file, at, base, key, setup.down, self._take(setup.function, flow, moved, rest), behind=True)

    def event(self, event: Event, flow: Flow) -> None:
        """Move per-vnet statements of a module event into a constructor and a destructor."""
        file, name = event.function
        base = _EVENT_NAME.sub("", name) or name
        at = self._above(file, flow.start)
        for case, down in (("MOD_LOAD", False), ("MOD_UNLOAD", True)):
            statement = event.cases.get(case)
            if statement is None:
                continue
            parts = classify(self._job.life, event.function, flow, _statements(statement))
            wanted = [p for p in parts if p.kind == "vnet"]
            tests = [p for p in wanted if self._is_test(file, p.statement)]
            for part in tests:
                self._test_all(event.function, flow, part.statement)
            moved = [p.statement for p in wanted if p not in tests]
            if moved:
                self._move_case(event, flow, parts, moved, base, at, down)
        for case, statement in event.cases.items():
            if case not in ("MOD_LOAD", "MOD_UNLOAD"):
                self._other_case(event, flow, statement)

    def _other_case(self, event: Event, flow: Flow, statement: Statement) -> None:
        for part in classify(self._job.life, event.function, flow, _statements(statement)):
            if part.kind != "vnet":
                continue
            if self._is_test(event.function[0], part.statement):
                self._test_all(event.function, flow, part.statement)
            else:
                self.left(
                    event.function[0], part.statement.start, event.function[1], "it runs in the caller's stack alone"
                )

    def _move_case(
        self, event: Event, flow: Flow, parts: list[Part], moved: list[Statement], base: str, at: int, down: bool
    ) -> None:
        file, name = event.function
        if not event.key.known:
            self.left(file, moved[0].start, name, "the module's order cannot be evaluated")
            return
        rest = [p.statement for p in parts if p.statement not in moved]
        inside = {s.start for s in moved}
        moved, checks, rest = self._fallible(file, moved, rest)
        reason = self._cannot_move(file, flow, moved, rest)
        if reason:
            self.left(file, min(inside), name, reason)
            return
        for check in checks:
            start, end = lines_of(self._job.data[file], self._job.life.code[file], check, flow.body)
            self._moves.take(file, start, end, "a constructor cannot fail; it says so instead")
        key = self._setups.orders.following(event.key)
        lines = self._take(event.function, flow, moved, rest, {c.start for c in checks} and self._says(file, checks))
        self._emit(file, at, base, key, down, lines, behind=False)

    def _fallible(
        self, file: str, moved: list[Statement], rest: list[Statement]
    ) -> tuple[list[Statement], list[Statement], list[Statement]]:
        """Tests of what a moved statement returned: a constructor cannot fail, so they are not moved."""
        code = self._job.life.code[file]
        checks: list[Statement] = []
        for statement in moved:
            match = re.match(rb"(\w+)\s*=[^=]", code[statement.start : statement.end])
            after = min((s for s in rest if s.start >= statement.end), key=lambda s: s.start, default=None)
            if match is None or after is None or after.kind != "if" or not leaves(after):
                continue
            if re.search(rb"\b%s\b" % match.group(1), code[after.start : after.head]):
                checks.append(after)
                self.findings.append(
                    Finding(
                        file,
                        line_of(self._job.data[file], statement.start),
                        "constructor-can-fail",
                        "what moves into the constructor can fail, and a constructor cannot: it prints the error, "
                        "and the stack lives without.  Left to you: check that the rest of the module bears that.",
                        refuses=False,
                    )
                )
        return moved, checks, [s for s in rest if s not in checks]

    def _says(self, file: str, checks: list[Statement]) -> str:
        """The variable that a dropped test looked at."""
        code = self._job.life.code[file]
        text = code[checks[0].start : checks[0].head].decode("latin-1")
        match = re.search(r"\(\s*!?\(?\s*(\w+)", text)
        return match.group(1) if match else ""

    def _cannot_move(self, file: str, flow: Flow, moved: list[Statement], rest: list[Statement]) -> str:
        life = self._job.life
        if any(not alone_on_lines(life.code[file], s) for s in moved):
            return "other statements stand on the same line"
        if any(leaves(s) or s.kind in ("label", "case") for s in moved):
            return "control leaves from inside what would have to move"
        shared = used_locals(life, file, flow, moved) & used_locals(life, file, flow, rest)
        tied = sorted(n for n in shared if not (begins_with_assignment(life, file, moved, n)))
        parameters = {p.name for p in flow.parameters} & used_locals(life, file, flow, moved)
        tied += sorted(parameters - set(tied))
        if tied:
            return f"{', '.join(tied)} ties the per-vnet part to the rest"
        return ""

    def _take(
        self,
        function: FunctionKey,
        flow: Flow,
        moved: list[Statement],
        rest: list[Statement],
        printed: str | set[int] = "",
    ) -> tuple[list[str], str]:
        """Declarations and body of the new function; the statements leave the old one, with locals only they used."""
        file = function[0]
        life, data = self._job.life, self._job.data[file]
        names = used_locals(life, file, flow, moved)
        other = [s for s in flow.root.parts if s.kind != "declaration"] if flow.root else []
        kept = self._used_elsewhere(file, flow, moved, other)
        declared = [f"{x.type}{'' if x.type.endswith('*') else ' '}{x.name};" for x in flow.locals if x.name in names]
        texts = []
        for statement in moved:
            start, end = lines_of(data, life.code[file], statement, flow.body)
            taken = self._moves.take(
                file, start, end, f"{function[1]}: this is per-vnet and moves to a function of its own"
            )
            texts.append(reindent(taken.replace("\r\n", "\n").rstrip("\n")))
            if isinstance(printed, str) and printed and re.search(rf"\b{printed}\s*=[^=]", texts[-1]):
                texts.append(f'\tif ({printed} != 0)\n\t\tprintf("%s: error %d\\n", __func__, {printed});')
        for statement in flow.root.parts if flow.root else ():
            if statement.kind == "declaration":
                self._drop_locals(file, flow, statement, names - kept)
        return declared, "\n".join(texts)

    def _used_elsewhere(self, file: str, flow: Flow, moved: list[Statement], other: list[Statement]) -> set[str]:
        """Locals that what stays still names."""
        code = bytearray(self._job.life.code[file])
        for statement in moved:
            code[statement.start : statement.end] = b" " * (statement.end - statement.start)
        found: set[str] = set()
        for statement in other:
            text = bytes(code[statement.start : statement.end]).decode("latin-1")
            found |= {x.name for x in flow.locals if re.search(rf"\b{x.name}\b", text)}
        return found

    def _drop_locals(self, file: str, flow: Flow, statement: Statement, gone: set[str]) -> None:
        """Take declarations of locals away that nothing uses any more."""
        here = [x for x in flow.locals if statement.start <= x.at < statement.end]
        if not here or not any(x.name in gone for x in here):
            return
        data = self._job.data[file]
        if all(x.name in gone for x in here):
            end = line_end(data, statement.end - 1)
            parts = flow.root.parts if flow.root else ()
            if (
                not any(p.kind == "declaration" and p is not statement for p in parts)
                and not data[end : line_end(data, end)].strip()
            ):
                pass
            self._moves.take(file, line_start(data, statement.start), end, "its only users moved")

    def _emit(
        self, file: str, at: int, base: str, key: Key, down: bool, lines: tuple[list[str], str], behind: bool
    ) -> None:
        tail, macro = ("uninit", "VNET_SYSUNINIT") if down else ("init", "VNET_SYSINIT")
        name = self.new_name(file, base, tail)
        text = function_text(name, *lines, set_up_call(macro, name, key, name))
        text = "\n" + text if behind else text + "\n"
        reason = f"{'destructor' if down else 'constructor'} of what every stack has of its own"
        self._moves.change(file, at, at, text.replace("\n", self._job.newline(file)), reason, 6 + down)

    def _above(self, file: str, start: int) -> int:
        """Where lines above a function go: above the comment that touches it."""
        data, code = self._job.data[file], self._job.life.code[file]
        at = line_start(data, start)
        while at > 0:
            above = line_start(data, at - 1)
            if not data[above:at].strip() or code[above:at].strip():
                break
            at = above
        return at

    def _is_test(self, file: str, statement: Statement) -> bool:
        """Whether a statement only looks at per-vnet state to refuse: `if (frob_count != 0) return (EBUSY);`."""
        if statement.kind != "if" or len(statement.parts) != 1:
            return False
        code = self._job.life.code[file]
        body = code[statement.head : statement.end].decode("latin-1").strip(" \t\r\n{}")
        return bool(re.fullmatch(r"(?:return\s*\(?\s*[A-Z]\w*\s*\)?|\w+\s*=\s*[A-Z]\w*)\s*;", body))

    def _test_all(self, function: FunctionKey, flow: Flow, statement: Statement) -> None:
        """Look at every stack, not at the caller's alone."""
        file, newline = function[0], self._job.newline(function[0])
        data, code = self._job.data[file], self._job.life.code[file]
        start, end = lines_of(data, code, statement, flow.body)
        indent = re.match(rb"[ \t]*", data[line_start(data, statement.start) :]).group().decode()  # type: ignore[union-attr]
        text = self._moves.text(file, start, end).replace("\r\n", "\n").rstrip("\n")
        inner = reindent(text, indent + "\t")
        out = re.search(r"\breturn\b[^;]*;", inner)
        if out:
            condition = inner[: out.start()].rstrip()
            condition += "" if condition.endswith("{") else " {"
            deep = indent + "\t\t"
            inner = (
                f"{condition}\n{deep}CURVNET_RESTORE();\n{deep}VNET_LIST_RUNLOCK();\n{deep}{out.group()}\n{indent}\t}}"
            )
        lines = [
            f"{indent}VNET_LIST_RLOCK();",
            f"{indent}VNET_FOREACH(vnet_iter) {{",
            f"{indent}\tCURVNET_SET(vnet_iter);",
            inner,
            f"{indent}\tCURVNET_RESTORE();",
            f"{indent}}}",
            f"{indent}VNET_LIST_RUNLOCK();",
        ]
        reason = f"{function[1]} has to ask every stack"
        self._moves.take(file, start, end, reason, newline.join("\n".join(lines).split("\n")) + newline)
        self._iterator(function, flow)

    def _iterator(self, function: FunctionKey, flow: Flow) -> None:
        from vport.life.exits import insert_declaration

        if function[1] in self._names.setdefault("#iter", set()):
            return
        self._names["#iter"].add(function[1])
        file = function[0]
        start, end, text, rank = insert_declaration(
            flow, self._job.data[file], self._job.newline(file), "VNET_ITERATOR_DECL(vnet_iter);"
        )
        self._moves.change(file, start, end, text, "for the loop over all stacks", rank)


def _statements(case: Statement) -> list[Statement]:
    """The statements of a case; those of a block around all of them."""
    parts = list(case.parts)
    if len(parts) >= 1 and parts[0].kind == "block" and all(p.kind in ("block", "break") for p in parts):
        return [*parts[0].parts, *parts[1:]]
    return parts
