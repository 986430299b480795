"""At which keys constructors set up which variables, so that destructors mirror them."""

from collections.abc import Iterable
from functools import cached_property

from vport.job import Job
from vport.life.entries import Key as FunctionKey
from vport.life.order import Key
from vport.life.setups import Setups
from vport.tree import Variable

DOMAIN_MEMBERS = ("pr_init", "pr_destroy", "dom_init", "dom_destroy")
"""Members of protocol tables whose functions VNET_DOMAIN_SET calls for each stack."""

_DEPTH = 3

_OWN = 3
"""So many constructors may touch what belongs to one module; cloners' lists and the like are touched by more."""

VariableKey = tuple[str, str, str]


class Keys:
    """Constructors of one port.

    Arguments:
        job: the port.
        setups: of its tree.
    """

    def __init__(self, job: Job, setups: Setups) -> None:
        self._job = job
        self._orders = setups.orders
        self._up: list[tuple[frozenset[VariableKey], Key]] = []
        self._down: list[tuple[frozenset[VariableKey], Key]] = []
        self._reached: dict[FunctionKey, frozenset[VariableKey]] = {}
        self._moved: list[tuple[frozenset[VariableKey], Key, Key]] = []
        shared = [s for s in setups.sysinits if not s.per_vnet and not s.down]
        self._slots = [(s.function, s.key) for s in shared if s.key.known]
        self._slots += [(e.function, e.key) for e in setups.events if e.key.known]
        self._note_domains()
        for setup in setups.sysinits:
            if setup.per_vnet and setup.key.known:
                self.note(self.touched_by([setup.function]), setup.key, setup.down)

    def _note_domains(self) -> None:
        key = self._orders.key("SI_SUB_PROTO_DOMAIN", "SI_ORDER_THIRD")
        for registration in self._job.life.graph.registrations:
            if registration.by in DOMAIN_MEMBERS:
                self.note(self.touched_by([registration.function]), key, registration.by.endswith("_destroy"))

    @cached_property
    def _named(self) -> dict[tuple[str, int], Variable]:
        return {(r.file, r.use.at): v for v in self._job.variables for r in v.references}

    @cached_property
    def _direct(self) -> dict[FunctionKey, set[VariableKey]]:
        """Variables that functions and macros name themselves."""
        found: dict[FunctionKey, set[VariableKey]] = {}
        facts = self._job.tree.facts
        for variable in self._job.variables:
            for r in variable.references:
                if r.use.place == "function":
                    key = (r.file, facts[r.file].functions[r.use.index].name)
                elif r.use.place == "macro":
                    key = ("#", facts[r.file].defines[r.use.index].name)
                else:
                    continue
                found.setdefault(key, set()).add(variable.key)
        return found

    def touched_by(self, functions: Iterable[FunctionKey]) -> frozenset[VariableKey]:
        """Variables that some functions name, or what they call, a few calls deep."""
        found: set[VariableKey] = set()
        now, seen = set(functions), set[FunctionKey]()
        for _ in range(_DEPTH):
            seen |= now
            for function in now:
                found |= self._direct.get(function, set())
            now = {c for f in now for c in self._job.life.graph.callees.get(f, ())} - seen
        return frozenset(found)

    def touched_in(self, file: str, ranges: Iterable[tuple[int, int]]) -> frozenset[VariableKey]:
        """Variables that code in some ranges names, or what it calls."""
        found: set[VariableKey] = set()
        called: set[FunctionKey] = set()
        life = self._job.life
        for start, end in ranges:
            found |= {v.key for (f, at), v in self._named.items() if f == file and start <= at < end}
            flow = life.flows.around(file, start)
            for call in flow.calls if flow else ():
                if start <= call.at < end:
                    key = ("#", call.name) if life.is_macro(call.name) else life.graph.entries.resolve(file, call.name)
                    called |= {key} if key else set()
        return frozenset(found | self.touched_by(called))

    def reached_from(self, function: FunctionKey) -> frozenset[VariableKey]:
        """Variables that a function, what it calls, or the handlers that these register come to name."""
        if function not in self._reached:
            found, rest = set[FunctionKey](), {function}
            while rest:
                found |= self._job.life.graph.reached_from(rest)
                rest = {h for f in found for h in self._handlers.get(f, ())} - found
            self._reached[function] = frozenset(v for f in found for v in self._direct.get(f, ()))
        return self._reached[function]

    @cached_property
    def _handlers(self) -> dict[FunctionKey, set[FunctionKey]]:
        """Handlers by the function that registers them."""
        found: dict[FunctionKey, set[FunctionKey]] = {}
        for r in self._job.life.graph.registrations:
            if r.inside:
                found.setdefault((r.file, r.inside), set()).add(r.function)
        return found

    def place(self, function: FunctionKey, since: Key, key: Key, touched: frozenset[VariableKey]) -> Key:
        """`key`, or the next one at which the order of old still holds, for what `function` did at `since`.

        It comes behind constructors that did their part before it of old and that it depends on.  Where it moves, it
        shares no place with another set-up of its file, or one that depends on it: the linker would say who is first.
        """
        reached = self.reached_from(function)
        before = [k for what, k, old in self._moved if old.place() < since.place() and what & reached]
        others = [(f, k) for f, k in self._slots if f != function and k.place() != since.place()]
        beside = {k for f, k in others if self._tied(f, function, touched)}
        while key.known and (later := self._next(key, before, beside)):
            key = later
        return key

    def _next(self, key: Key, before: list[Key], beside: set[Key]) -> Key | None:
        """A later key when one of `before` has not come yet, or one of `beside` is there; None when it is right."""
        last = max(before, default=key, key=Key.place)
        if last.place() > key.place() or (before and last.place() == key.place()):
            return self._orders.following(last)
        return self._orders.following(key) if any(k.place() == key.place() for k in beside) else None

    def _tied(self, one: FunctionKey, other: FunctionKey, touched: frozenset[VariableKey]) -> bool:
        return one[0] == other[0] or bool(self.reached_from(one) & touched)

    def note(self, variables: Iterable[VariableKey], key: Key, down: bool = False, since: Key | None = None) -> None:
        """A constructor at `key` sets up some variables, or a destructor tears them down; it was done at `since`."""
        touched = frozenset(variables)
        (self._down if down else self._up).append((touched, key))
        if since is not None and since.known and not down:
            self._moved.append((touched, key, since))

    def release(self, variable: VariableKey) -> Key | None:
        """Where a variable is given back: with the constructor that set it up, behind every destructor that uses it."""
        up = [key for touched, key in self._up if variable in touched and key.known]
        down = [key for touched, key in self._down if variable in touched and key.known]
        if not up:
            return None
        key = min(up)
        return self._orders.preceding(min(down)) if down and min(down) <= key else key

    def mirrored(self, variables: Iterable[VariableKey], file: str) -> Key | None:
        """The last key at which one of some variables is set up; None when none is, as far as is known.

        Variables of `file` count first, then those of its folder; what many constructors touch is no module's own.
        """
        folder = file.rpartition("/")[0]
        mine = {v for v in variables if v[0].rpartition("/")[0] == folder}
        for wanted in ({v for v in mine if v[0] == file}, {v for v in mine if self._touched_often(v) <= _OWN}):
            found = [key for touched, key in self._up if touched & wanted and key.known]
            if found:
                return max(found)
        return None

    def _touched_often(self, variable: VariableKey) -> int:
        return sum(variable in touched for touched, _ in self._up)

    def constructed(self, variable: Variable) -> bool:
        """Whether a constructor is known that touches a variable."""
        return any(variable.key in touched for touched, _ in self._up)
