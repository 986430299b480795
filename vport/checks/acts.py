"""What the words of a tree do with a per-vnet variable: which calls are given it, and which make what it holds."""

import re
from collections import Counter
from functools import cached_property, partial
from itertools import chain

import msgspec

from vport.c.operands import access_at, argument_at
from vport.c.tokens import before
from vport.checks.job import Job
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


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """A place that names a variable: the macro it stands in, if it does, and what is done there."""

    name: str
    macro: str
    act: Act


class Acts:
    """Looks at all places of a tree that name a variable by its accessor.

    Arguments:
        job: the check.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._names = {variable.name for variable in job.per_vnet}

    def of(self, variable: Variable) -> list[Act]:
        """All that is done with a per-vnet variable; macros nobody uses do nothing."""
        static = variable.storage == "static" or variable.sites[0].declaration.macro.endswith("_STATIC")
        places = self._places.get(variable.name, {})
        files = [variable.file] if static else list(places)
        said = (one for file in files for one in places.get(file, ()))
        return [one.act for one in said if not one.macro or one.macro in self._used]

    @cached_property
    def _places(self) -> dict[str, dict[str, list[_Place]]]:
        """What is done with per-vnet variables, by variable and file: one look at each file finds all."""
        found: dict[str, dict[str, list[_Place]]] = {}
        job = self._job
        said = job.store.each("acts", job.read.tree.facts, list[_Place], self._places_in, sorted(self._names))
        for file, places in said.items():
            for place in places:
                found.setdefault(place.name, {}).setdefault(file, []).append(place)
        return found

    def _places_in(self, file: str) -> list[_Place]:
        """The places of one file, but those in the accessors themselves."""
        words = self._job.read.tree.words(file)
        code = self._job.code[file] if any(word[:2] in ("V_", "VN") for word in words) else b""
        found: list[_Place] = []
        for match in _NAMED.finditer(code):
            name = (match[1] or match[3]).decode("latin-1")
            macro = self._macro_at(file, match.start()) if name in self._names else f"V_{name}"
            if macro != f"V_{name}":
                act = _act(code, file, match.start(), match.end(1) if match[1] else match.end(2))
                found.append(_Place(name, macro, act))
        return found

    def _macro_at(self, file: str, at: int) -> str:
        """The macro whose definition an offset stands in; empty for none."""
        return next((d.name for d in self._job.read.tree.facts[file].defines if d.start <= at < d.end), "")

    @cached_property
    def _used(self) -> frozenset[str]:
        """Macros that deal with per-vnet variables, and that something uses."""
        places = (p for files in self._places.values() for found in files.values() for p in found)
        asked = frozenset(place.macro for place in places if place.macro)
        tree = self._job.read.tree
        said = self._job.store.each("macros", tree.facts, list[str], partial(self._used_in, asked), sorted(asked))
        return frozenset(chain.from_iterable(said.values()))

    def _used_in(self, macros: frozenset[str], file: str) -> list[str]:
        here, facts = macros & self._job.read.tree.words(file), self._job.read.tree.facts[file]
        defined = Counter(define.name for define in facts.defines)
        return sorted(macro for macro in here if _named(self._job.code[file], macro) > defined[macro])


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
