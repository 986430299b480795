"""Whether a local certainly holds an object where a context would ask it for its vnet.

What a member or a call gave may be NULL on some paths; the code itself tells, by what it does with the object on every
path through that place.
"""

import re
from collections.abc import Iterator

from vport.c.flow import Flow, Statement
from vport.life.flows import chain
from vport.life.life import Life
from vport.life.region import Region
from vport.life.split import leaves
from vport.patterns import later

_CAST = later(rb"\s*(?:\([\w\s*]*\)\s*)*")
_ADDRESS = later(rb"&|__containerof\s*\(|member2struct\s*\(")
_IDENTIFIER = later(rb"[A-Za-z_]\w*\s*\Z")
_PATH = later(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)+\Z")
_TESTS = (
    rb"(?:\b{0}\s*[=!]=\s*(?:NULL|0)\b|\b(?:NULL|0)\s*[=!]=\s*{0}(?![\w.]|\s*->)"
    rb"|(?:!\s*|&&\s*|\|\|\s*|(?:\b(?:if|while)\s*|[=&|(!?]\s*)\(\s*){0}\s*(?:\)|&&|\|\|)(?!\s*->))"
)
_USES = rb"\b{0}\s*(?:->|\[)|(?:\A|[^\w\s)\]]\s*)\*\s*{0}\b"


class Certain:
    """What is certain of the locals of one function.

    Arguments:
        life: of the tree.
        file: of the function.
        flow: of the function, readable.
    """

    def __init__(self, life: Life, file: str, flow: Flow) -> None:
        assert flow.root is not None
        self._life = life
        self._code = life.code[file]
        self._flow = flow
        self._root = flow.root

    def holds(self, name: str, since: int, region: Region) -> bool:
        """Whether `name`, set at `since`, is an object wherever control enters a region."""
        if name not in {x.name for x in self._flow.locals} or self._is_given(name, since):
            return True
        tested = self._tested(name, since, region)
        if tested is not None:
            return tested
        return self._used(name, self._code[since : region.start], since) or self._used_behind(name, region)

    def reaches(self, expression: str, region: Region) -> bool:
        """Whether no member on the way to a vnet may be NULL where control enters a region, as far as the code asks."""
        for arrow in list(re.finditer(r"->", expression))[1:]:
            path = _PATH.search(expression[: arrow.start()])
            if path is None:
                continue
            word = re.escape(path.group())
            guarded = self._tested(word, self._flow.body, region)
            asks = re.compile(_TESTS.replace(b"{0}", word.encode())).search(self._code, region.start, self._flow.end)
            if guarded is False or (guarded is None and asks):
                return False
        return True

    def _is_given(self, name: str, since: int) -> bool:
        """Whether a loop hands it out, or it is what the function was given, or around that."""
        parameters = {p.name.encode() for p in self._flow.parameters}
        values = [(x.value_start, x.value_end) for x in self._flow.locals if x.name == name and x.value_end]
        values += [(a.start, a.end) for a in self._flow.assignments if a.left == name]
        values = [(a, b) for a, b in values if b <= since]
        if not values:
            return True
        start, end = max(values)
        at = _CAST.match(self._code, start, end)
        value = self._code[at.end() if at else start : end]
        word = _IDENTIFIER.match(value)
        return bool(_ADDRESS.match(value)) or (word is not None and word.group().strip() in parameters)

    def _tested(self, name: str, since: int, region: Region) -> bool | None:
        """Whether a test for NULL in front of a region guards it; None where there is no test."""
        test = re.compile(_TESTS.replace(b"{0}", name.encode()))
        guarded: bool | None = None
        for statement in self._before(self._root, since, region.start):
            if statement.kind in ("if", "loop") and test.search(self._code, statement.start, statement.head):
                guarded = statement.end > region.start or leaves(statement)
        return guarded

    def _before(self, statement: Statement, since: int, until: int) -> Iterator[Statement]:
        for part in statement.parts:
            if part.start < until and part.end > since:
                yield part
                yield from self._before(part, since, until)

    def _used_behind(self, name: str, region: Region) -> bool:
        """Whether every way from the start of a region uses the object."""
        if region.arm_of is not None and self._used_in(name, region.first):
            return True
        around = [s for s in chain(self._root, region.block.start) if s.kind == "block"]
        for block in reversed(around):
            for part in block.parts:
                if part.end <= region.start:
                    continue
                if self._used_in(name, part):
                    return True
                if leaves(part):
                    return False
            if block is not region.block:
                break
        return False

    def _used_in(self, name: str, part: Statement) -> bool:
        """Whether a statement uses the object before it goes one of several ways."""
        end = part.head if part.kind in ("if", "switch", "loop") else part.end
        return part.kind not in ("block", "label") and self._used(name, self._code[part.start : end], part.start)

    def _used(self, name: str, text: bytes, start: int) -> bool:
        """Whether code that runs looks into the object, itself or by a macro, and does not ask whether it is one."""
        word = name.encode()
        if re.search(_TESTS.replace(b"{0}", word), text):
            return False
        if re.search(_USES.replace(b"{0}", word), text):
            return True
        calls = (c for c in self._flow.calls if start <= c.at < start + len(text) and self._life.is_macro(c.name))
        return any(
            self._code[a:b].strip() == word and self._looks_into(call.name, i)
            for call in calls
            for i, (a, b) in enumerate(call.arguments)
        )

    def _looks_into(self, macro: str, argument: int) -> bool:
        """Whether a macro looks into what it is given."""
        for file, define in self._life.tree.macros[macro]:
            names = define.parameters or ()
            body = self._life.code[file][define.body : define.end]
            if argument < len(names) and re.search(rb"\b%s\s*\)?\s*->" % names[argument].encode(), body):
                return True
        return False
