"""Evidence of what is done with a variable, where, and by which kinds of functions."""

from collections.abc import Mapping

import msgspec

from vport import rules
from vport.dialect import sysctl_arguments
from vport.evidence.functions import LIFE, Functions, Key
from vport.evidence.vocabulary import matcher
from vport.facts import FileFacts
from vport.patterns import later
from vport.tree import Reference, Variable

_ASSIGNED = later(rb"\w+\s*(?:\[[^]=;]*\]\s*)?=\s*(?:\([\w\s]+\*?\s*\)\s*)?(\w+)")
_MOST_CALLERS = 40
_FEW, _MANY_FILES = 5, 4


class Accesses(msgspec.Struct):
    """What was seen of one variable's uses.

    Arguments:
        classes: of evidence.
        users: functions that use it, writers those that change it.
        hidden_writes: whether a macro nobody is seen to call changes it.
        flags: of the first sysctl that shows it.
    """

    classes: set[str] = msgspec.field(default_factory=set)
    users: set[Key] = msgspec.field(default_factory=set)
    writers: set[Key] = msgspec.field(default_factory=set)
    hidden_writes: bool = False
    flags: str = ""


class AccessReader:
    """Reads uses; one for a tree.

    Arguments:
        facts: of every file.
        data: bytes of every file.
        functions: of the same tree.
    """

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes], functions: Functions) -> None:
        self._facts = facts
        self._data = data
        self._functions = functions
        self._callees = matcher("callees")
        self._changing = frozenset(rules.load("decide")["changing"]["callees"])

    def read(self, variable: Variable) -> Accesses:
        """All uses of a variable."""
        seen = Accesses()
        for reference in variable.references:
            self._reference(seen, reference)
        seen.classes.update(self._writing(seen))
        files = {r.file for r in variable.references}
        if files - {variable.file}:
            seen.classes.add("used-in-many-files" if len(files) >= _MANY_FILES else "used-elsewhere")
        if len(seen.users) >= _FEW:
            seen.classes.add("users-many")
        for key in seen.users:
            seen.classes.update(self._functions.parameters(key))
            seen.classes.update("user-" + kind for kind in self._functions.kinds(key))
        return seen

    def users(self, variable: Variable) -> set[Key]:
        """Functions that use a variable."""
        return {key for reference in variable.references for key in self._users(reference)}

    def _users(self, reference: Reference) -> list[Key]:
        """Functions that a use stands in; those of a macro are its callers."""
        use, file = reference.use, reference.file
        if use.place in ("call", "value"):
            return []
        if use.place == "macro":
            return self._functions.callers_of_macro(file, self._facts[file].defines[use.index].name)[:_MOST_CALLERS]
        return [(file, use.index)]

    def _reference(self, seen: Accesses, reference: Reference) -> None:
        use = reference.use
        if use.callee:
            seen.classes.update(self._callees(use.callee))
        if use.place == "call":
            self._declared_call(seen, reference)
        elif use.place == "value":
            seen.classes.add("in-initialiser-" + use.access)
        else:
            self._in_code(seen, reference)

    def _in_code(self, seen: Accesses, reference: Reference) -> None:
        use, file = reference.use, reference.file
        keys = self._users(reference)
        if use.place == "macro":
            seen.classes.add("used-in-macro")
        seen.users.update(keys)
        if self._changes(reference):
            seen.writers.update(keys)
            seen.hidden_writes |= not keys
        elif use.access == "address":
            seen.classes.add("address-passed" if use.callee else "address-kept")
        if use.access == "write":
            match = _ASSIGNED.match(self._data[file], use.at, use.at + 160)
            if match:
                seen.classes.update(matcher("assigned")(match.group(1).decode("latin-1")))
        if use.callee.startswith("SYSCTL_ADD"):
            self._sysctl(seen, self._back_to(file, use.callee, use.at))

    def _back_to(self, file: str, callee: str, at: int) -> bytes:
        """The text from the last mention of `callee` to an offset."""
        start = self._data[file].rfind(callee.encode("latin-1"), max(0, at - 600), at)
        return self._data[file][start:at] if start >= 0 else b""

    def _changes(self, reference: Reference) -> bool:
        use = reference.use
        if use.access == "address":
            return not self._changing.isdisjoint(self._callees(use.callee))
        return use.access == "write"

    def _declared_call(self, seen: Accesses, reference: Reference) -> None:
        """A macro call at file scope: a sysctl, a tunable or something that declares."""
        use, data = reference.use, self._data[reference.file]
        if use.callee.startswith("TUNABLE_"):
            seen.classes.add("tunable")
        elif "SYSCTL" not in use.callee:
            seen.classes.add("in-file-scope-macro")
        else:
            call = self._facts[reference.file].calls[use.index]
            arguments = [data[a:b] for a, b in call.arguments]
            places = sysctl_arguments(use.callee)
            known = places is not None and places.access < len(arguments)
            self._sysctl(seen, arguments[places.access] if places and known else data[call.start : call.end])
            if places and known:
                self._leaf(seen, use.callee, arguments)

    def _leaf(self, seen: Accesses, macro: str, arguments: list[bytes]) -> None:
        if macro == "SYSCTL_PROC":
            seen.classes.add("sysctl-procedure")
        seen.classes.update(matcher("nodes")(arguments[0].decode("latin-1")))
        seen.classes.update(matcher("names", "leaf-")(arguments[2].decode("latin-1")))

    def _sysctl(self, seen: Accesses, flags: bytes) -> None:
        seen.flags = seen.flags or " ".join(flags.decode("latin-1").split())
        writable = b"CTLFLAG_RW" in flags or b"CTLFLAG_WR" in flags
        seen.classes.update(("sysctl", "sysctl-writable" if writable else "sysctl-read-only"))
        if b"TUN" in flags:
            seen.classes.add("tunable")
        if b"CTLFLAG_SECURE" in flags:
            seen.classes.add("sysctl-secure")

    def _writing(self, seen: Accesses) -> set[str]:
        """Classes of who writes it; a write by nobody known counts as one at run time."""
        found = {"written-at-run-time"} if seen.hidden_writes else set()
        for key in seen.writers:
            kinds = self._functions.kinds(key)
            if "sysctl-handler" in kinds:
                found.add("written-by-sysctl-handler")
            elif not LIFE.isdisjoint(kinds):
                found.add("written-at-init")
            else:
                found.add("written-at-run-time")
                found.update("written-by-" + kind for kind in kinds)
                found.update("writer-" + c for c in self._functions.parameters(key))
        if found == {"written-at-init"}:
            found.add("written-at-init-only")
        return found or {"never-written"}
