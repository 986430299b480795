"""What the words of a tree do with a per-vnet variable: which calls are given it, and which make what it holds."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from vport.c.operands import access_at, argument_at
from vport.c.tokens import before
from vport.checks.job import Job
from vport.checks.words import naming
from vport.patterns import later
from vport.tree import Variable

_MEMBERS = later(rb"(?:\s*\[[^\]]*\])*((?:\s*\.\s*[A-Za-z_]\w*)*)")
_MADE = later(rb"\s*=\s*(?:\(\s*(?:struct\s+)?\w+\s*\**\s*\)\s*)*([A-Za-z_]\w*)\s*\(")
_FAR = 400
"""Bytes in which a call's name stands before its first argument."""
_NAMED = later(rb"V(?<![\w.>]V)(?=_(\w+)|(NET(?:_PTR)?\(\s*(\w+)\s*\)))")
"""An accessor of a variable: looked for by its first letter, and looked past only, as one may stand in another."""
_ASKED = later(rb"[ \t]*#[ \t]*(?:undef|ifdef|ifndef)[ \t]+")
_ASSIGNED = later(rb"\s*=(?!=)")


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
        static = variable.storage == "static" or variable.sites[0].declaration.macro.endswith("_STATIC")
        places = self._places.get(variable.name, {})
        files = [variable.file] if static else list(places)
        return [
            act for file in files for at, end in places.get(file, ()) for act in self._at(file, variable.name, at, end)
        ]

    def _at(self, file: str, name: str, at: int, end: int) -> Iterator[Act]:
        """What is done at a place, unless it stands in the accessor itself or in a macro that nobody uses."""
        define = next((d for d in self._job.read.tree.facts[file].defines if d.start <= at < d.end), None)
        if define is None or (define.name != f"V_{name}" and self._is_used(define.name)):
            yield _act(self._job.code[file], file, at, end)

    @cached_property
    def _places(self) -> dict[str, dict[str, list[tuple[int, int]]]]:
        """Where accessors of per-vnet variables stand, by variable and file: one look at each file finds all."""
        found: dict[str, dict[str, list[tuple[int, int]]]] = {}
        names = {variable.name.encode(): variable.name for variable in self._job.per_vnet}
        for file in self._naming(names.values()):
            for match in _NAMED.finditer(self._job.code[file]):
                name = names.get(match[1] or match[3])
                if name is not None:
                    place = (match.start(), match.end(1) if match[1] else match.end(2))
                    found.setdefault(name, {}).setdefault(file, []).append(place)
        return found

    def _naming(self, names: Iterable[str]) -> list[str]:
        """Files that name a variable or an accessor."""
        wanted = frozenset(word for name in names for word in (name, f"V_{name}"))
        tree = self._job.read.tree
        return [file for file in tree.facts if not wanted.isdisjoint(tree.words(file))]

    def _is_used(self, macro: str) -> bool:
        if macro not in self._alive:
            facts = self._job.read.tree.facts
            self._alive[macro] = any(
                _named(self._job.code[file], macro) > sum(d.name == macro for d in facts[file].defines)
                for file in self._users.get(macro, ())
            )
        return self._alive[macro]

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        """Files that name macros, by macro."""
        return naming(self._job.read.tree, self._job.read.tree.macros)


def _named(code: bytes, macro: str) -> int:
    """How often a file names a macro otherwise than to undefine it or to ask whether it is defined."""
    places = (m.start() for m in re.finditer(rb"\b%s\b" % macro.encode(), code))
    return sum(_ASKED.fullmatch(code, code.rfind(b"\n", 0, at) + 1, at) is None for at in places)


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
