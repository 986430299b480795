"""What code does to state that all stacks share: nothing that lasts, or something that must happen once."""

import re
from bisect import bisect_left
from functools import cache, cached_property

from vport import rules
from vport.life.entries import Key
from vport.life.life import Life
from vport.life.resources import Resources
from vport.patterns import later
from vport.tree import Variable

_ASSIGNED = later(rb"\s*=\s*(?:\([^()]*\)\s*)?([A-Za-z_]\w*)\s*\(")
_CAST = later(rb"^\s*\([^()]*\)")
_LINKS = later(r"(?:CK_)?S?(?:TAIL|LIST|STAIL)Q?_(?:INSERT|REMOVE)\w*")
_ASSIGNS = later(rb"\s*([A-Za-z_]\w*\s*\([^()=;]*\)[^=;()]*?)\s*(?:[-+*/|&^]?=(?!=)|\+\+|--)")
_WORD = later(r"[A-Za-z_]\w*")
_CALLED = later(r"\b([A-Za-z_]\w*)\s*\(")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Names of calls that are of one kind, as rules/resources.toml says."""
    return re.compile(f"(?:{'|'.join(rules.load('resources')['neutral'][kind])})\\Z")


def is_harmless(name: str) -> bool:
    """Whether a call of that name leaves nothing behind: a lock taken, a check, a word to the console."""
    return bool(_pattern("harmless").match(name)) and not _pattern("except").match(name)


class Effects:
    """Effects on shared state of one tree.

    Arguments:
        life: of the tree; its variables are those that each stack has of its own.
    """

    def __init__(self, life: Life) -> None:
        self._life = life
        self._known: dict[Key, bool] = {}
        self._resources = Resources(life)

    @cached_property
    def shared(self) -> list[Variable]:
        """Variables of the tree that all stacks share and that may change."""
        own = {v.key for v in self._life.variables}
        return [v for v in self._life.tree.variables if v.key not in own and not v.const]

    @cached_property
    def _uses(self) -> dict[str, list[tuple[int, str, str, str]]]:
        """Uses of shared variables by file, in order: offset, name, access, callee."""
        found: dict[str, list[tuple[int, str, str, str]]] = {}
        for variable in self.shared:
            for r in variable.references:
                if r.use.place in ("function", "macro"):
                    found.setdefault(r.file, []).append((r.use.at, r.use.name, r.use.access, r.use.callee))
        return {file: sorted(set(uses)) for file, uses in found.items()}

    @cached_property
    def _threads(self) -> set[tuple[str, int]]:
        """Where shared variables are named that tell of a thread."""
        starts = rules.load("resources")["starts"]["names"]
        told = [v for v in self.shared if any(r.use.callee in starts for r in v.references)]
        return {(r.file, r.use.at) for v in told for r in v.references}

    def uses(self, file: str, start: int, end: int) -> list[tuple[int, str, str, str]]:
        """Uses of shared variables in a range: offset, name, access, callee."""
        known = self._uses.get(file, [])
        return known[bisect_left(known, (start,)) : bisect_left(known, (end,))]

    def written(self, file: str, start: int, end: int) -> list[str]:
        """Shared variables that are assigned in a range."""
        return [name for _, name, access, _ in self.uses(file, start, end) if access == "write"]

    def mutated(self, file: str, start: int, end: int) -> list[str]:
        """Shared variables that a range assigns, or hands to a macro or function that changes what it is given."""
        return [
            name
            for _, name, access, callee in self.uses(file, start, end)
            if access == "write" or (access == "address" and _pattern("pure").match(callee) and not is_harmless(callee))
        ]

    def changes(self, file: str, start: int, end: int) -> bool:
        """Whether code in a range assigns a shared variable, or hands its address to what may keep or change it."""
        return any(
            access == "write" or (access == "address" and not is_harmless(callee))
            for _, _, access, callee in self.uses(file, start, end)
        )

    def assigns(self, file: str, start: int, end: int) -> bool:
        """Whether a statement assigns what a macro calls a shared variable: `FROB_BASE(count) = 0;`."""
        match = _ASSIGNS.match(self._life.code[file], start, end)
        return match is not None and self._names(file, *match.span(1))

    def lasting(self, file: str, name: str) -> bool:
        """Whether calling `name` may leave something behind in what all stacks share."""
        if is_harmless(name) or _pattern("pure").match(name):
            return False
        if name in self._life.tree.macros:
            return self._remembered(("#", name))
        key = self._life.graph.entries.resolve(file, name)
        return key is None or self._remembered(key)

    def sets_up(self, key: Key, depth: int = 3) -> bool:
        """Whether a function, or what it calls, makes or releases what all stacks share: resources, threads."""
        file, name = key
        if key[0] == "#" or depth == 0:
            return False
        for function in self._life.tree.facts[file].functions:
            if function.name == name:
                if b"IS_DEFAULT_VNET" in self._life.code[file][function.body : function.end]:
                    return False
                if self._makes(file, function.body, function.end) or self._holds(key):
                    return True
        return any(self.sets_up(callee, depth - 1) for callee in self._life.graph.callees.get(key, ()))

    def links(self, key: Key, argument: int, depth: int = 2) -> bool:
        """Whether a function puts what an argument points to on a list, or takes it off one."""
        if key[0] == "#" or depth == 0:
            return False
        code = self._life.code[key[0]]
        for flow in self._life.flows.of(*key):
            given = {p.name for p in flow.parameters if p.parameter == argument}
            values = [(x.name, x.value_start, x.value_end) for x in flow.locals if x.value_end]
            values += [(a.left, a.start, a.end) for a in flow.assignments]
            given |= {n for n, a, b in values if _CAST.sub(b"", code[a:b]).strip().decode("latin-1") in given}
            for call in flow.calls:
                named = [i for i, (a, b) in enumerate(call.arguments) if code[a:b].decode("latin-1").strip() in given]
                callee = self._life.graph.entries.resolve(key[0], call.name) if named else None
                if named and _LINKS.fullmatch(call.name):
                    return True
                if callee is not None and any(self.links(callee, i, depth - 1) for i in named):
                    return True
        return False

    def _holds(self, key: Key) -> bool:
        """Whether a function sets up or gives back a shared resource, by macros maybe."""
        flows = self._life.flows.of(*key)
        return any(self._names(key[0], a, b) for flow in flows for a, b in self._resources.named(key[0], flow))

    def _names(self, file: str, start: int, end: int) -> bool:
        """Whether an expression names a shared variable, itself or by a macro."""
        if self.uses(file, start, end):
            return True
        words = set(_WORD.findall(self._life.code[file][start:end].decode("latin-1"))) & self._life.tree.macros.keys()
        return any(self.uses(f, d.body, d.end) for word in words for f, d in self._life.tree.macros[word])

    def _makes(self, file: str, start: int, end: int) -> bool:
        said = rules.load("resources")
        for at, name, access, callee in self.uses(file, start, end):
            if (file, at) in self._threads:
                return True
            if access == "address" and callee in said["init"] and said["init"][callee]["object"] != "result":
                return True
            after = _ASSIGNED.match(self._life.code[file], at + len(name)) if access == "write" else None
            if after and after.group(1).decode() in said["init"]:
                return True
        return False

    def _remembered(self, key: Key) -> bool:
        if key not in self._known:
            self._known[key] = False  # what calls itself does what its other statements do
            self._known[key] = self._macro(key[1]) if key[0] == "#" else self._function(key)
        return self._known[key]

    def _function(self, key: Key) -> bool:
        file, name = key
        for function in self._life.tree.facts[file].functions:
            if function.name == name and (
                self.changes(file, function.body, function.end) or any(self.lasting(file, c) for c in function.calls)
            ):
                return True
        return False

    def _macro(self, name: str) -> bool:
        for file, define in self._life.tree.macros[name]:
            body = self._life.code[file][define.body : define.end].decode("latin-1")
            called = set(_CALLED.findall(body)) - set(define.parameters or ()) - {name}
            if self.changes(file, define.body, define.end) or any(self.lasting(file, c) for c in called):
                return True
        return False
