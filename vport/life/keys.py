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

    def note(self, variables: Iterable[VariableKey], key: Key, down: bool = False) -> None:
        """A constructor at `key` sets up some variables, or a destructor tears them down."""
        (self._down if down else self._up).append((frozenset(variables), key))

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
