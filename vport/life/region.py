"""The narrowest run of statements that covers some offsets, and every way out of it."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from vport.c.conditionals import Group
from vport.c.flow import Flow, Statement
from vport.life.flows import chain, walk
from vport.patterns import later
from vport.source import line_start

_LEAVES = later(rb"\b(?:return|goto)\b")


class Exit(msgspec.Struct, frozen=True):
    """A statement that leaves a region: `braced` when others can stand beside it, else `parent` is what it hangs on.

    `value` is the range of a returned value that needs the region's context itself.
    """

    statement: Statement
    braced: bool
    parent: Statement
    value: tuple[int, int] = (0, 0)


class Region(msgspec.Struct, frozen=True):
    """A run of statements in one block.

    Arguments:
        block: that holds them.
        first, last: the first and last statement.
        start, end: bytes; wider than the statements where a conditional has to be taken in whole.
        exits: statements inside that leave it.
        falls: whether control runs past its end.
        arm_of: what the one statement hangs on that has no braces, and needs them to hold a context.
    """

    block: Statement
    first: Statement
    last: Statement
    start: int
    end: int
    exits: tuple[Exit, ...]
    falls: bool
    arm_of: Statement | None = None


def ends(statement: Statement) -> bool:
    """Whether control never runs past the end of a statement, as it returns or jumps on every way."""
    if statement.kind == "if":
        otherwise = statement.parts[-1] if len(statement.parts) > 1 else None
        return otherwise is not None and otherwise.kind == "else" and all(ends(p) for p in statement.parts)
    if statement.kind in ("block", "else", "label"):
        return bool(statement.parts) and ends(statement.parts[-1])
    return statement.kind in ("return", "goto")


class NoRegion(Exception):
    """There is no run of statements that can hold a context; the text says why."""


class Regions:
    """Finds regions in one function.

    Arguments:
        flow: of the function, readable.
        code: of its file, comments and literals blanked.
        groups: conditionals of the file.
    """

    def __init__(self, flow: Flow, code: bytes, groups: Iterable[Group]) -> None:
        assert flow.root is not None
        self.flow = flow
        self.root = flow.root
        self.code = code
        self._groups = [g for g in groups if g.start >= flow.body and g.end <= flow.end]
        self._all = walk(self.root)

    def find(self, needs: Collection[int], within: tuple[int, int]) -> Region:
        """The narrowest region that covers `needs` and stays within a range.

        Raises:
            NoRegion: none can be closed on every way out.
        """
        wanted = set(needs)
        for _ in range(20):
            block, i, j = self._span(wanted)
            region = self._region(block, i, j, wanted)
            more = self._jumps_in(region)
            if not more:
                break
            wanted |= more
        if block.start < within[0] and region.start < within[0]:
            raise NoRegion("what knows the vnet is not known before it is needed")
        return region

    def arms(self, needs: Collection[int]) -> Iterator[Region]:
        """Statements without braces around all of `needs` that a condition or loop governs, the innermost first."""
        around = chain(self.root, min(needs))
        for parent, arm in reversed(list(zip(around, around[1:], strict=False))):
            hangs = parent.kind in ("if", "else", "loop") and arm.kind not in ("block", "else", "label", "declaration")
            if not hangs or any(not arm.start <= at < arm.end for at in needs) or self._is_split(parent, arm):
                continue
            beside = self.code[line_start(self.code, arm.start) : arm.start].strip()
            if beside and b"\n" in self.code[arm.start : arm.end]:
                continue  # `else if (...)`: its lines would have to move in; what is around it is as good
            block = Statement("block", arm.start, arm.end, "", 0, (arm,))
            region = self._region(block, 0, 0, needs)
            if not self._jumps_in(region):
                yield msgspec.structs.replace(region, arm_of=parent)

    def _is_split(self, parent: Statement, arm: Statement) -> bool:
        """Whether a condition, and start and end of what it governs, stand under different directives."""
        places = (parent.start, arm.start, arm.end - 1)
        branches = [b for g in self._groups for b in g.branches]
        return any(len({b.start <= at < b.end for at in places}) > 1 for b in branches)

    def _span(self, needs: Collection[int]) -> tuple[Statement, int, int]:
        """The innermost block that holds all needs, and the first and last of its statements that hold one."""
        common = chain(self.root, min(needs))
        for at in needs:
            other = chain(self.root, at)
            common = [s for s, o in zip(common, other, strict=False) if s is o]
        block = next((s for s in reversed(common) if s.kind == "block" and not self._is_switch_body(s)), self.root)
        hit = [k for k, part in enumerate(block.parts) if any(part.start <= at < part.end for at in needs)]
        if not hit:
            raise NoRegion("the statement it is needed in could not be read")
        return block, min(hit), max(hit)

    def _is_switch_body(self, block: Statement) -> bool:
        return any(s.kind == "switch" and block in s.parts for s in self._all)

    def _region(self, block: Statement, i: int, j: int, needs: Collection[int]) -> Region:
        start, end = block.parts[i].start, block.parts[j].end
        while True:
            wider = self._widened(block, start, end)
            if wider == (start, end):
                break
            start, end = wider
        inside = [p for p in block.parts if start <= p.start and p.end <= end]
        first, last = inside[0], inside[-1]
        exits = tuple(self._exits(block, start, end, needs))
        optional = any(start <= g.start <= last.start < g.end <= end for g in self._groups)
        return Region(block, first, last, start, end, exits, falls=optional or not ends(last))

    def standing_alone(self, region: Region) -> Region:
        """A region inside of a block that stands alone among other statements, widened to that block."""
        while True:
            outer = next((s for s in self._all if s.kind == "block" and region.block in s.parts), None)
            if outer is None or self._is_switch_body(outer):
                return region
            i = outer.parts.index(region.block)
            region = self._region(outer, i, i, ())

    def _widened(self, block: Statement, start: int, end: int) -> tuple[int, int]:
        """Take in whole every conditional of the block that the region crosses without being held by it."""
        for group in self._groups:
            if not (block.start < group.start and group.end <= block.end):
                continue
            crosses = group.start < end and start < group.end
            holds = any(b.start <= start and end <= b.end for b in group.branches)
            inside = start <= group.start and group.end <= end
            if crosses and not holds and not inside:
                start, end = min(start, group.start), max(end, group.end)
        for part in block.parts:
            if part.start < end and start < part.end:
                start, end = min(start, part.start), max(end, part.end)
        return start, end

    def _exits(self, block: Statement, start: int, end: int, needs: Collection[int]) -> Iterable[Exit]:
        labels = {s.name: s.start for s in self._all if s.kind == "label"}
        for statement in self._all:
            if not (start <= statement.start and statement.end <= end):
                continue
            if statement.kind == "goto":
                target = labels.get(statement.name, -1)
                if start <= target < end:
                    continue
            elif statement.kind in ("break", "continue"):
                if self._stays(statement, start, end):
                    continue
            elif statement.kind != "return":
                continue
            yield self._exit(statement, needs)

    def _exit(self, statement: Statement, needs: Collection[int]) -> Exit:
        around = chain(self.root, statement.start)
        parent = around[around.index(statement) - 1]
        braced = parent.kind in ("block", "case")
        if not braced and self._is_split(parent, statement):
            raise NoRegion("directives part a condition from the way out that it governs")
        value = (0, 0)
        if statement.kind == "return" and any(statement.start <= at < statement.end for at in needs):
            start = statement.start + len("return")
            value = (start, self.code.rindex(b";", start, statement.end))
        return Exit(statement, braced, parent, value)

    def _stays(self, statement: Statement, start: int, end: int) -> bool:
        """Whether a break or continue only leaves a loop or switch that stands in the region whole."""
        kinds = ("loop", "switch") if statement.kind == "break" else ("loop",)
        around = chain(self.root, statement.start)
        target = next((s for s in reversed(around[:-1]) if s.kind in kinds), None)
        return target is None or (start <= target.start and target.end <= end)

    def _jumps_in(self, region: Region) -> set[int]:
        """Offsets of gotos outside that lead into the region: it has to take them in."""
        inside = {s.name for s in self._all if s.kind == "label" and region.start <= s.start < region.end}
        return {
            s.start
            for s in self._all
            if s.kind == "goto" and s.name in inside and not region.start <= s.start < region.end
        }
