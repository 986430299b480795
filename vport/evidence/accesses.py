"""Evidence of what is done with a variable, where, and by which kinds of functions."""

import re
from collections.abc import Mapping

import msgspec

from vport.evidence.functions import Functions, Key, is_init
from vport.evidence.vocabulary import matcher, sysctl_arguments
from vport.facts import FileFacts
from vport.tree import Reference, Variable

_ASSIGNED = re.compile(rb"\w+\s*(?:\[[^]=;]*\]\s*)?=\s*(?:\([\w\s]+\*?\s*\)\s*)?(&|-?[\w]+)")
_CHANGED = re.compile(rb"\w+(?:\[[^]=;]*\]|\.\w+|->\w+)*\s*(?:\+\+|--|[-+|&^]=)")


class Accesses(msgspec.Struct):
    """What was seen of one variable's uses."""

    classes: set[str]
    users: set[Key]
    writers: dict[Key, int]
    flags: str = ""


class AccessReader:
    """Reads uses; one for a tree."""

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes], functions: Functions) -> None:
        self._facts = facts
        self._data = data
        self._functions = functions
        self._callee = matcher("callees")
        self._assigned = matcher("assigned")

    def read(self, variable: Variable) -> Accesses:
        """All uses of a variable."""
        seen = Accesses(set(), set(), {})
        files = set()
        for reference in variable.references:
            files.add(reference.file)
            self._reference(seen, reference)
        seen.classes.update(self._written(seen))
        if len(files - {variable.file}) > 0:
            seen.classes.add("used-in-many-files" if len(files) > 3 else "used-elsewhere")
        count = len(seen.users)
        seen.classes.add("users-none" if not count else "users-one" if count == 1 else "users-few" if count < 5 else "users-many")
        return seen

    def _reference(self, seen: Accesses, reference: Reference) -> None:
        use, file, classes = reference.use, reference.file, seen.classes
        if use.callee:
            classes.update(self._callee(use.callee))
        if use.place == "call":
            self._file_scope_call(seen, reference)
            return
        if use.place == "value":
            classes.add("in-initialiser-" + use.access)
            return
        keys = [(file, use.index)]
        if use.place == "macro":
            classes.add("used-in-macro")
            keys = self._functions.callers_of_macro(file, self._facts[file].defines[use.index].name)[:40]
        seen.users.update(keys)
        if use.access == "write" or (use.access == "address" and self._changes(use.callee)):
            for key in keys or [("", -1)]:
                seen.writers[key] = seen.writers.get(key, 0) + 1
            if use.access == "write":
                self._value(seen, file, use.at)
        elif use.access == "address":
            classes.add("address-passed" if use.callee else "address-kept")
        elif use.access == "call":
            classes.add("called")
        if use.callee.startswith("SYSCTL_ADD"):
            start = self._data[file].rfind(use.callee.encode(), max(0, use.at - 600), use.at)
            self._sysctl(seen, self._data[file][start : use.at] if start >= 0 else b"")

    def _changes(self, callee: str) -> bool:
        return not {"copied-over", "inserted-into", "counted", "atomically-changed", "rate-checked"}.isdisjoint(self._callee(callee))

    def _value(self, seen: Accesses, file: str, at: int) -> None:
        text = self._data[file][at : at + 160]
        match = _ASSIGNED.match(text)
        if match:
            seen.classes.update(self._assigned(match.group(1).decode("latin-1")))
        elif _CHANGED.match(text):
            seen.classes.add("adjusted")

    def _file_scope_call(self, seen: Accesses, reference: Reference) -> None:
        use, file = reference.use, reference.file
        if use.callee.startswith("TUNABLE_"):
            seen.classes.add("tunable")
            return
        if "SYSCTL" not in use.callee:
            seen.classes.add("in-file-scope-macro")
            return
        call = self._facts[file].calls[use.index]
        access, _ = sysctl_arguments(use.callee) if use.callee.startswith("SYSCTL") else (-1, -1)
        flags = b""
        data = self._data[file]
        if 0 <= access < len(call.arguments):
            flags = data[slice(*call.arguments[access])]
        else:
            flags = data[call.start : call.end]
        self._sysctl(seen, flags)
        if use.callee in ("SYSCTL_PROC",):
            seen.classes.add("sysctl-procedure")
        elif use.callee in ("SYSCTL_STRUCT", "SYSCTL_OPAQUE"):
            seen.classes.add("sysctl-structure")
        if call.arguments and use.callee.startswith("SYSCTL"):
            a, b = call.arguments[0]
            seen.classes.update(matcher("nodes")(data[a:b].decode("latin-1")))
            if len(call.arguments) > 2:
                a, b = call.arguments[2]
                seen.classes.update("leaf-" + c for c in matcher("names")(data[a:b].decode("latin-1")))

    def _sysctl(self, seen: Accesses, flags: bytes) -> None:
        seen.classes.add("sysctl")
        seen.flags = seen.flags or flags.decode("latin-1")
        writable = b"CTLFLAG_RW" in flags or b"CTLFLAG_WR" in flags
        seen.classes.add("sysctl-writable" if writable else "sysctl-read-only")
        if b"TUN" in flags:
            seen.classes.add("tunable")
        if b"CTLFLAG_SECURE" in flags:
            seen.classes.add("sysctl-secure")
        if b"CTLFLAG_STATS" in flags:
            seen.classes.add("sysctl-statistics")

    def _written(self, seen: Accesses) -> set[str]:
        if not seen.writers:
            return {"never-written"}
        found: set[str] = set()
        for key in seen.writers:
            kinds = self._functions.kinds(key) if key[0] else frozenset()
            if "sysctl-handler" in kinds:
                found.add("written-by-sysctl-handler")
            elif is_init(kinds):
                found.add("written-at-init")
            else:
                found.add("written-at-run-time")
                found.update("written-by-" + k for k in kinds)
                found.update("writer-" + c for c in (self._functions.parameters(key) if key[0] else ()))
        if found == {"written-at-init"}:
            found = {"written-at-init-only"}
        return found
