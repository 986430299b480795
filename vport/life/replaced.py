"""Whether a context outlives its object: a local that knew the vnet means another object where the vnet is needed.

`f = LIST_NEXT(f, f_link)` goes on to an object that may belong to another stack, while curvnet stays as it was set.
"""

import re
from collections.abc import Collection, Iterator

from vport import rules
from vport.c.flow import Flow, Statement
from vport.c.tokens import closing_paren, split_arguments
from vport.life.flows import chain, walk
from vport.life.life import Life
from vport.life.region import Region, ends
from vport.patterns import later

_GIVEN = rb"(?<![\w.>]){0}(?:\s*(?:[-+]?=)(?!=)\s*|\s*(?:\+\+|--))|(?:\+\+|--)\s*{0}(?![\w.]|\s*->)"
_HANDED_OUT = rb"(?<!&)&\s*{0}(?=\s*[,)])"
_CAST = later(rb"\s*\(\s*(?:const\s+)?(?:struct\s+)?\w+\s*\*+\s*\)\s*")
_CALL = later(rb"(?:\(\s*\*\s*)?([A-Za-z_][\w.>-]*)\s*\)?\s*(?=\()")
_NOTHING = (b"NULL", b"0", b"nullptr", b"curvnet", b"")
"""Values that bring no other stack: curvnet is that of the object."""
_DEEPEST = 4


class Replaced:
    """Objects of one function that do not stay the same.

    Arguments:
        life: of the tree.
        file: of the function.
        flow: of the function, readable.
    """

    def __init__(self, life: Life, file: str, flow: Flow) -> None:
        assert flow.root is not None
        self._life = life
        self._file = file
        self._flow = flow
        self._root = flow.root
        self._code = life.code[file]
        self._kept: frozenset[str] = frozenset(rules.load("contexts")["stays"]["types"])

    def before(self, expression: str, region: Region, needs: Collection[int]) -> bool:
        """Whether what an expression goes through is replaced in a region on a way to one of `needs`."""
        return any(
            self._reaches(at, region, needs)
            for path in _paths(expression)
            for at in self._changes(path, region.start, region.end)
        )

    def _changes(self, path: str, start: int, end: int) -> Iterator[int]:
        """Offsets behind which `path` may mean an object of another stack."""
        word = re.escape(path.encode("latin-1"))
        for match in re.finditer(_GIVEN.replace(b"{0}", word), self._code[start:end]):
            at = start + match.end()
            value_end = self._value_end(at) if match.group().rstrip().endswith(b"=") else at
            if not match.group().rstrip().endswith(b"=") or not self._stays(path, at, value_end):
                yield value_end
        if not self._is_kept(path):
            handed = re.finditer(_HANDED_OUT.replace(b"{0}", word), self._code[start:end])
            yield from (start + m.end() for m in handed if not self._only_clears(start + m.start()))
        for loop in walk(self._root):
            if loop.kind == "loop" and loop.name not in ("for", "while", "do") and start <= loop.start < end:
                first = re.match(rb"\s*\(\s*%s\s*," % word, self._code[loop.start + len(loop.name) : loop.head])
                if first:
                    yield loop.start + len(loop.name)

    def _only_clears(self, at: int) -> bool:
        """Whether a call that is given the address at an offset puts nothing else there than NULL."""
        for call in self._flow.calls:
            place = next((i for i, (a, _) in enumerate(call.arguments) if a == at), None)
            target = self._life.graph.entries.resolve(self._file, call.name) if place is not None else None
            if place is not None:
                flows = self._life.flows.of(*target) if target and target[0] != "#" else []
                return bool(flows) and all(self._clears_in(target[0], f, place) for f in flows if target)
        return False

    def _clears_in(self, file: str, flow: Flow, place: int) -> bool:
        if flow.root is None or place >= len(flow.parameters):
            return False
        name, code = flow.parameters[place].name, self._life.code[file]
        given = [code[a.start : a.end].strip() for a in flow.assignments if a.left == f"*{name}"]
        uses = re.findall(rb"(?<![\w.>])%s\b" % name.encode("latin-1"), code[flow.body : flow.end])
        read = re.findall(
            rb"\*\s*%s\b(?!\s*(?:[-+]?=(?!=)|\+\+|--))" % name.encode("latin-1"), code[flow.body : flow.end]
        )
        return len(uses) == len(given) + len(read) and all(value in _NOTHING for value in given)

    def _value_end(self, at: int) -> int:
        """The end of an assigned value that begins at an offset."""
        depth = 0
        while at < self._flow.end:
            sign = self._code[at : at + 1]
            if depth == 0 and sign in b",;)}":
                break
            depth += (sign in b"([{") - (sign in b")]}")
            at += 1
        return at

    def _is_kept(self, name: str) -> bool:
        return any(
            x.name == name and " ".join(x.type.split()) in self._kept
            for x in (*self._flow.locals, *self._flow.parameters)
        )

    def _stays(self, name: str, start: int, end: int) -> bool:
        """Whether an assigned value is nothing, or the same object, or what became of it."""
        cast = _CAST.match(self._code, start, end)
        start = cast.end() if cast else start
        value = self._code[start:end].strip().strip(b"()").strip()
        return value in (*_NOTHING, name.encode("latin-1")) or self._is_handed_back(
            self._file, start, end, name, self._is_kept(name), _DEEPEST
        )

    def _is_handed_back(self, file: str, start: int, end: int, name: str, kept: bool, depth: int) -> bool:
        """Whether a value is a call that is given `name` and returns it, or nothing."""
        code = self._life.code[file]
        call = _CALL.match(code, start, end)
        if call is None or closing_paren(code, call.end()) < len(code[:end].rstrip()):
            return False
        ranges = split_arguments(code, call.end() + 1, closing_paren(code, call.end()) - 1)
        places = [i for i, (a, b) in enumerate(ranges) if code[a:b].strip() == name.encode("latin-1")]
        called = call.group(1).decode("latin-1")
        if not places or called.isupper() or self._life.is_macro(called):
            return False
        return kept or (depth > 0 and self._returns(file, called, places[0], depth - 1))

    def _returns(self, file: str, called: str, place: int, depth: int) -> bool:
        """Whether a function of the tree returns nothing else than its parameter at `place`, or NULL."""
        target = self._life.graph.entries.resolve(file, called)
        flows = self._life.flows.of(*target) if target and target[0] != "#" else []
        return bool(flows) and all(self._returns_in(target[0], f, place, depth) for f in flows if target)

    def _returns_in(self, file: str, flow: Flow, place: int, depth: int) -> bool:
        if flow.root is None or place >= len(flow.parameters):
            return False
        name, code = flow.parameters[place].name, self._life.code[file]
        values = [(s.start + len("return"), s.end - 1) for s in walk(flow.root) if s.kind == "return"]
        values += [(a.start, a.end) for a in flow.assignments if a.left == name]
        return bool(values) and all(self._is_own(file, code, a, b, name, depth) for a, b in values)

    def _is_own(self, file: str, code: bytes, start: int, end: int, name: str, depth: int) -> bool:
        while start < end and code[start : start + 1] in b" \t\n\r(" and not _CAST.match(code, start, end):
            start += 1
        value = code[start:end].rstrip(b") \t\r\n")
        if value.strip() in (*_NOTHING, name.encode("latin-1")):
            return True
        call = _CALL.match(code, start, end)
        closed = closing_paren(code, call.end()) if call else -1
        return closed > 0 and self._is_handed_back(file, start, closed, name, False, depth)

    def _reaches(self, at: int, region: Region, needs: Collection[int]) -> bool:
        """Whether control may come from an offset to one of `needs` without leaving the region."""
        todo, seen = [at], set[int]()
        while todo:
            at = todo.pop()
            seen.add(at)
            for start, end in self._onward(at, region):
                if any(start <= need < end for need in needs):
                    return True
                todo += [t for t in self._jumps(start, end) if t not in seen and region.start <= t < region.end]
        return False

    def _jumps(self, start: int, end: int) -> list[int]:
        """Labels that gotos between two offsets lead to."""
        every = walk(self._root)
        names = {s.name for s in every if s.kind == "goto" and start <= s.start < end}
        return [s.start for s in every if s.kind == "label" and s.name in names]

    def _onward(self, at: int, region: Region) -> Iterator[tuple[int, int]]:
        """What may run behind an offset, up to the end of the region or a jump, as ranges."""
        around = chain(self._root, at)
        inner = around[-1]
        yield at, inner.end
        leaving = inner if inner.kind in ("return", "break", "continue", "goto") else None
        for parent, part in reversed(list(zip(around, around[1:], strict=False))):
            if leaving is not None and not _is_target(part, leaving):
                continue
            leaving = None
            if part.kind == "loop" and region.start <= part.start and part.end <= region.end:
                yield part.start, part.end
            if parent.kind not in ("block", "case", "label"):
                continue
            for follows in (p for p in parent.parts if part.end <= p.start < region.end):
                yield follows.start, follows.end
                last = _last(follows)
                if last.kind in ("break", "continue") or ends(follows):
                    leaving = last
                    break
            if parent.start < region.start or parent.end > region.end:
                return


def _last(statement: Statement) -> Statement:
    """The statement at whose end a block or case ends."""
    while statement.kind in ("block", "case") and statement.parts:
        statement = statement.parts[-1]
    return statement


def _is_target(part: Statement, leaving: Statement) -> bool:
    """Whether control goes on behind, or again at, `part` when `leaving` has run inside it."""
    kinds = {"break": ("loop", "switch"), "continue": ("loop",)}.get(leaving.kind, ())
    return part.kind in kinds and part is not leaving


def _paths(expression: str) -> Iterator[str]:
    """What an expression goes through: `sc`, `sc->ifp` and all of `sc->ifp->if_vnet`."""
    match = re.match(r"(?:\w+\()?(\w+(?:(?:->|\.)\w+)*)", expression)
    names = re.split(r"(->|\.)", match.group(1)) if match else []
    yield from ("".join(names[:n]) for n in range(1, len(names) + 1, 2))
