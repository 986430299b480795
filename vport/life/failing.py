"""Set-ups that can fail: a constructor cannot say so to anybody, so it prints the error and goes no further."""

import re
from collections.abc import Sequence

from vport.c.flow import Flow, Statement
from vport.life.rebuild import MARK, Rebuilder
from vport.life.split import Part, leaves
from vport.life.text import comment
from vport.patterns import later

CAN_FAIL = (
    "{} sets up per-vnet state that can fail, and a constructor cannot: it prints the error, and the stack lives "
    "without.  Left to you: check that the rest of the module bears that."
)

_ASSIGNED_CALL = later(rb"(\w+)\s*=\s*\w+\s*\(")
_ASSIGNED = later(rb"(\w+)\s*=[^=]")


class Failing:
    """Finds what can fail in the statements of a set-up.

    Arguments:
        rebuilder: writes what moves.
    """

    def __init__(self, rebuilder: Rebuilder) -> None:
        self._life = rebuilder.job.life
        self._code = rebuilder.job.life.code
        self._moves = rebuilder.moves

    def tests(self, file: str, parts: Sequence[Part]) -> dict[Statement, Statement]:
        """Tests of what per-vnet statements returned that do no more than leave, by statement."""
        code, found = self._code[file], dict[Statement, Statement]()
        for part, after in zip(parts, parts[1:], strict=False):
            match = _ASSIGNED.match(code, part.statement.start, part.statement.end)
            test = after.statement
            if part.kind != "vnet" or match is None or not self._only_leaves(file, test):
                continue
            if re.search(rb"\b%s\b" % match.group(1), code[test.start : test.head]):
                found[part.statement] = test
        return found

    def unasked(self, file: str, flow: Flow, parts: Sequence[Part]) -> list[Statement]:
        """Per-vnet statements that give an error which nobody looks at before the function returns it."""
        code, found = self._code[file], []
        for i, part in enumerate(parts):
            match = _ASSIGNED_CALL.match(code, part.statement.start, part.statement.end)
            if part.kind != "vnet" or match is None or part.statement.kind != "expression":
                continue
            name = match.group(1)
            used = re.compile(rb"\b%s\b" % name)
            later = any(used.search(code, p.statement.start, p.statement.end) for p in parts[i + 1 :])
            returned = re.search(rb"\breturn\s*\(?\s*%s\s*\)?\s*;" % name, code[part.statement.end : flow.end])
            if not later and returned and any(x.name.encode() == name and x.type == "int" for x in flow.locals):
                found.append(part.statement)
        return found

    def _only_leaves(self, file: str, test: Statement) -> bool:
        """Whether an `if` leaves the function, and undoes nothing but what all stacks share, which stays set up now."""
        if test.kind != "if" or not leaves(test) or any(s.kind == "else" for s in test.parts):
            return False
        return not any(test.head <= at < test.end for at in self._per_vnet(file, test))

    def _per_vnet(self, file: str, test: Statement) -> list[int]:
        """Where a test needs a vnet."""
        flow = self._life.flows.around(file, test.start)
        name = next((f.name for f in self._life.tree.facts[file].functions if flow and f.body == flow.body), "")
        return self._life.needs.places((file, name), test.start, test.end)

    def name(self, file: str, statement: Statement) -> str:
        """What a statement assigns."""
        return self._code[file][statement.start :].split(b"=", 1)[0].strip().decode()

    def says(self, file: str, flow: Flow, statement: Statement, test: Statement | None, last: bool) -> str:
        """Lines of a constructor behind what can fail: a mark, and a word to the console."""
        name = self.name(file, statement)
        condition = f"if ({name} != 0)"
        if test is not None:
            condition = " ".join(self._moves.text(file, test.start, test.head).split()).rstrip(" {")
        said = f'"%s: error %d\\n", __func__, {name}'
        if name not in {x.name for x in flow.locals}:
            said = f'"%s: {name} could not be set up\\n", __func__'
        mark = "\n" + comment(f"{MARK} it can fail, and the stack then lives without.", "\t")
        if last:
            return f"{mark}\t{condition}\n\t\tprintf({said});"
        return f"{mark}\t{condition} {{\n\t\tprintf({said});\n\t\treturn;\n\t}}"
