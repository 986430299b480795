"""What the words of a tree do with a per-vnet variable: which calls are given it, and which make what it holds."""

import re
from collections.abc import Iterator

import msgspec

from vport.c.operands import access_at, argument_at
from vport.c.tokens import before
from vport.checks.job import Job
from vport.facts import Define
from vport.tree import Variable

_MEMBERS = re.compile(rb"(?:\s*\[[^\]]*\])*((?:\s*\.\s*[A-Za-z_]\w*)*)")
_MADE = re.compile(rb"\s*=\s*(?:\(\s*(?:struct\s+)?\w+\s*\**\s*\)\s*)*([A-Za-z_]\w*)\s*\(")
_FAR = 400
"""Bytes in which a call's name stands before its first argument."""
_ASSIGNED = re.compile(rb"\s*=(?!=)")


class Act(msgspec.Struct, frozen=True):
    """One thing done with a variable.

    Arguments:
        file, at: where the variable's name stands.
        member: of the variable that is meant, `.lock`; empty for all of it.
        how: `given` to a call, `made` by one, `written`, `kept` (its address goes where nobody follows) or `used`.
        call: the function or macro that it is given to or made by.
        index: which argument it is.
        alone: whether the call is a statement by itself, and is given an address.
    """

    file: str
    at: int
    member: str
    how: str
    call: str = ""
    index: int = -1
    alone: bool = False


class Acts:
    """Looks at all places of a tree that name a variable by its accessor.

    Arguments:
        job: the check.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._alive: dict[str, bool] = {}

    def of(self, variable: Variable) -> list[Act]:
        """All that is done with a per-vnet variable; macros nobody uses do nothing."""
        tree, found = self._job.read.tree, []
        static = variable.storage == "static" or variable.sites[0].declaration.macro.endswith("_STATIC")
        files = [variable.file] if static else list(tree.facts)
        names = {f"V_{variable.name}", variable.name}
        for file in files:
            if names.isdisjoint(tree.words(file)):
                continue
            found += [a for a in self._in_file(file, variable.name.encode()) if not self._idle(file, a.at)]
        return found

    def _in_file(self, file: str, name: bytes) -> Iterator[Act]:
        code = self._job.code[file]
        for match in re.finditer(
            rb"(?<![\w.>])(?:V_%s\b|VNET\(\s*%s\s*\)|VNET_PTR\(\s*%s\s*\))" % (name, name, name), code
        ):
            if not self._defines_accessor(file, match.start(), name):
                yield _act(code, file, match.start(), match.end())

    def _defines_accessor(self, file: str, at: int, name: bytes) -> bool:
        define = self._define(file, at)
        return define is not None and define.name == f"V_{name.decode()}"

    def _define(self, file: str, at: int) -> Define | None:
        return next((d for d in self._job.read.tree.facts[file].defines if d.start <= at < d.end), None)

    def _idle(self, file: str, at: int) -> bool:
        """Whether a place stands in a macro that nobody uses."""
        define = self._define(file, at)
        return define is not None and not self._is_used(define.name)

    def _is_used(self, macro: str) -> bool:
        if macro not in self._alive:
            word = re.compile(rb"\b%s\b" % macro.encode())
            tree = self._job.read.tree
            self._alive[macro] = any(
                len(word.findall(self._job.code[file]))
                > sum(d.name == macro for d in facts.defines) + _undone(self._job.code[file], macro)
                for file, facts in tree.facts.items()
                if macro in tree.words(file)
            )
        return self._alive[macro]


def _undone(code: bytes, macro: str) -> int:
    """How often a file says `#undef` or asks whether a macro is defined."""
    return len(re.findall(rb"(?m)^[ \t]*#[ \t]*(?:undef|ifdef|ifndef)[ \t]+%s\b" % macro.encode(), code))


def _act(code: bytes, file: str, at: int, end: int) -> Act:
    members = _MEMBERS.match(code, end)
    member = re.sub(rb"\s", b"", members[1]).decode() if members else ""
    past = members.end() if members else end
    made = _MADE.match(code, past)
    if made:
        return Act(file, at, member, "made", made[1].decode())
    if _ASSIGNED.match(code, past):
        return Act(file, at, member, "written")
    call, index = argument_at(code, at, end)
    if call and call not in ("VNET", "VNET_PTR"):
        return Act(file, at, member, "given", call, index, _alone(code, at, call))
    return Act(file, at, member, "kept" if access_at(code, at, end) == "address" else "used")


def _alone(code: bytes, at: int, call: str) -> bool:
    """Whether `&x` is the first argument of a call that is a statement."""
    low = before(code, at)
    start = code.rfind(call.encode(), max(0, at - _FAR), at)
    if code[low - 1 : low] != b"&" or start < 0:
        return False
    ahead = before(code, start)
    return code[ahead - 1 : ahead] in (b";", b"{", b"}", b")", b"")
