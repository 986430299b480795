"""Where a module is set up and torn down: SYSINITs and their kin, module events, and at which keys."""

import re
from collections.abc import Iterator

import msgspec

from vport.c.flow import Statement
from vport.c.mask import MacroCall
from vport.life.entries import Key as FunctionKey
from vport.life.entries import Registration, function_name
from vport.life.flows import walk
from vport.life.forms import harmless
from vport.life.life import Life
from vport.life.order import Key, Orders
from vport.patterns import later

_MACROS = {
    "SYSINIT": (False, False),
    "C_SYSINIT": (False, False),
    "SYSUNINIT": (False, True),
    "C_SYSUNINIT": (False, True),
    "VNET_SYSINIT": (True, False),
    "VNET_SYSUNINIT": (True, True),
}
_CASE = later(rb"case\s+(MOD_\w+)\s*:")


class Setup(msgspec.Struct, frozen=True):
    """One SYSINIT or the like.

    Arguments:
        file, call: the macro's call.
        function: who is called.
        key: when.
        per_vnet, down: which of the four macros it is.
    """

    file: str
    call: MacroCall
    function: FunctionKey
    key: Key
    per_vnet: bool
    down: bool


class Undefined(msgspec.Struct, frozen=True):
    """A handler that is registered at `at` and defined nowhere."""

    file: str
    at: int
    name: str


class Event(msgspec.Struct, frozen=True):
    """A module's event handler, the key of its DECLARE_MODULE, and the statements of each case."""

    function: FunctionKey
    key: Key
    cases: dict[str, Statement]


class Setups:
    """All set-ups of a tree.

    Arguments:
        life: of the tree.
        release: of the kernel, a name in rules/sysinit.
    """

    def __init__(self, life: Life, release: str = "13") -> None:
        self._life = life
        self.orders = Orders(life.tree, life.code.__getitem__, release)
        self.undefined: list[Undefined] = []
        self.sysinits = [s for file in life.tree.facts for s in self._in_file(file)]
        self.events = list(self._events())

    def _texts(self, file: str, call: MacroCall) -> list[str]:
        code = self._life.code[file]
        return [code[a:b].decode("latin-1") for a, b in call.arguments]

    def _in_file(self, file: str) -> Iterator[Setup]:
        for call in self._life.tree.facts[file].calls:
            if call.name in _MACROS and len(call.arguments) >= 4:
                texts = self._texts(file, call)
                function = self._life.graph.entries.resolve(file, function_name(texts[3]))
                if function is None:
                    self._note_undefined(file, call.start, function_name(texts[3]))
                else:
                    yield Setup(file, call, function, self.orders.key(texts[1], texts[2]), *_MACROS[call.name])

    def _note_undefined(self, file: str, at: int, name: str) -> None:
        if name and name not in self._life.tree.macros and name not in harmless():
            self.undefined.append(Undefined(file, at, name))

    def by_macros(self) -> Iterator[Registration]:
        """Set-ups that macros of the tree register, given the function that is to run."""
        for r in self._life.graph.registrations:
            if r.entry.kind.startswith("sysinit") and r.by not in _MACROS:
                code = self._life.code[r.file]
                end = code.find(b";", r.at)
                if re.search(rb"\b%s\b" % r.function[1].encode("latin-1"), code[r.at : end]):
                    yield r

    def _events(self) -> Iterator[Event]:
        for registration in self._life.graph.registrations:
            if registration.entry.kind != "module" or not registration.by:
                continue
            key = self._declared(registration.file, registration.by)
            for flow in self._life.flows.of(*registration.function):
                if flow.root is not None:
                    yield Event(registration.function, key, self._cases(registration.function[0], flow.root))

    def _declared(self, file: str, data: str) -> Key:
        """The key of the DECLARE_MODULE that names a module's data."""
        for call in self._life.tree.facts[file].calls:
            texts = self._texts(file, call)
            if call.name.startswith("DECLARE_MODULE") and len(texts) >= 4 and texts[1].strip() == data:
                return self.orders.key(texts[2], texts[3])
        return Key(-1, -1, ("", ""))

    def _cases(self, file: str, root: Statement) -> dict[str, Statement]:
        code = self._life.code[file]
        found: dict[str, Statement] = {}
        for statement in walk(root):
            match = _CASE.match(code, statement.start) if statement.kind == "case" else None
            if match:
                found.setdefault(match.group(1).decode(), statement)
        return found

    def earliest(self, functions: set[FunctionKey]) -> Key | None:
        """The first key at which one of some functions runs as a set-up, None when none does or a key is unknown."""
        keys = [s.key for s in self.sysinits if s.function in functions and not s.down]
        keys += [e.key for e in self.events if e.function in functions]
        return min(keys) if keys and all(k.known for k in keys) else None
