"""What the passes of one port share: the tree, the variables to virtualize, the dialect, and look-ups over them."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from functools import cached_property

from vport import rules
from vport.c.lex import Blanked
from vport.c.tokens import before, find_words
from vport.dialect import Dialect
from vport.facts import Reading
from vport.findings import Finding
from vport.hoisted import hoisted_name
from vport.life.life import Life
from vport.life.placement import Placement, Placer
from vport.source import newline_of
from vport.tree import Reference, Site, Tree, Variable


class Job:
    """One port.

    Arguments:
        tree: linked facts.
        data: bytes of every file.
        dialect: to write.
        reading: what was known of macros when the tree was read.
        variables: to virtualize.

    `left` gathers what passes leave to a person; `lifecycle` says whether constructors are written, so that values
    which no linker could set are no obstacle; `served` has variables that are per-vnet already and whose contexts are
    asked for all the same; `objects` has the members for a vnet that structures get, by tag; `spelled` has names of
    variables whose uses are accessors already.
    """

    def __init__(
        self, tree: Tree, data: dict[str, bytes], dialect: Dialect, reading: Reading, variables: Iterable[Variable]
    ) -> None:
        self.tree = tree
        self.data = data
        self.dialect = dialect
        self.reading = reading
        self._variables: list[Variable] = list(variables)
        self._asked = frozenset(v.key for v in self.variables)
        self.lifecycle = False
        self.served: list[Variable] = []
        self.left: list[Finding] = []
        self.objects: dict[str, str] = {}
        self.spelled: frozenset[str] = frozenset()
        self._code = Blanked(data)
        self._other: Job | None = None
        self._member_names: dict[tuple[str, int], bool] = {}

    def learn(self, other: "Job") -> None:
        """Take over what a job of the same tree and dialect knows of it, whatever its variables."""
        self._code = other._code
        self._other = other

    @property
    def variables(self) -> list[Variable]:
        """Those to virtualize; refusals leave fewer."""
        return self._variables

    @variables.setter
    def variables(self, variables: list[Variable]) -> None:
        self._variables = variables
        for known in ("_referenced", "_uses_in", "_values_in"):
            self.__dict__.pop(known, None)

    @cached_property
    def life(self) -> Life:
        """Entries, calls and needs, with the variables of this port and those that are per-vnet already."""
        old = [v for v in self.tree.variables if v.virtual and v.key not in self.keys]
        known = [*self.variables, *old]
        life = Life(self.tree, self._code, self.reading, known, self.objects, self.dialect.release)
        if self._other is not None:
            life.share(self._other.life)
        return life

    @cached_property
    def placements(self) -> list[Placement]:
        """Contexts that this port sets, and those it leaves to a person."""
        variables = [*self.variables, *self.served]
        return Placer(self.life, self.life.reaching(variables)).place() if variables else []

    @cached_property
    def bare(self) -> set[tuple[str, str]]:
        """Functions that never have a vnet when they run."""
        return self.life.bare

    def code(self, file: str) -> bytes:
        """`file` with comments and literals blanked."""
        return self._code[file]

    def newline(self, file: str) -> str:
        """Line ending of `file`."""
        return newline_of(self.data[file]).decode()

    def new_name(self, variable: Variable) -> str:
        """The name at file scope: a function-local static is called after its function."""
        return self._new_names.get(variable.key, variable.name) if variable.function else variable.name

    @cached_property
    def _new_names(self) -> dict[tuple[str, str, str], str]:
        """Names of the function-local statics, unlike every word of their file and one another."""
        found: dict[tuple[str, str, str], str] = {}
        given: set[tuple[str, str]] = set()
        for variable in self.tree.variables:
            if variable.key not in self._asked or not variable.function:
                continue
            base = hoisted_name(variable.function, variable.name)
            words, name, n = self.tree.words(variable.file), base, 2
            while name in words or (variable.file, name) in given:
                name, n = f"{base}{n}", n + 1
            given.add((variable.file, name))
            found[variable.key] = name
        return found

    @cached_property
    def keys(self) -> set[tuple[str, str, str]]:
        """Keys of the variables to virtualize."""
        return {v.key for v in self.variables}

    @cached_property
    def chosen(self) -> dict[tuple[str, int], Variable]:
        """The variable of each declarator that is rewritten, definitions and declarations, by file and name offset."""
        found: dict[tuple[str, int], Variable] = {}
        for variable in self.variables:
            for site in (*variable.sites, *variable.externs):
                found.setdefault((site.file, site.declarator.name_at), variable)
        return found

    @cached_property
    def unbalanced(self) -> list[str]:
        """Files whose braces do not balance."""
        return [f for f, facts in self.tree.facts.items() if any("balance" in text for _, text in facts.problems)]

    @cached_property
    def section_attributes(self) -> frozenset[bytes]:
        """Attributes that a per-vnet variable cannot have."""
        return frozenset(name.encode() for name in rules.load("macros")["section"])

    def references(self) -> Iterator[tuple[Variable, Reference]]:
        """Every use of every variable, once; a macro that only names a member after its namesake is none."""
        return iter(self._referenced)

    @cached_property
    def _referenced(self) -> list[tuple[Variable, Reference]]:
        found: dict[tuple[str, int], tuple[Variable, Reference]] = {}
        for variable in self.variables:
            for reference in variable.references:
                place = (reference.file, reference.use.at)
                if place not in found and not self._names_member(reference):
                    found[place] = (variable, reference)
        return list(found.values())

    @cached_property
    def _uses_in(self) -> dict[str, list[tuple[int, int, Variable]]]:
        """Every use by file, in order: its bytes and its variable."""
        found: dict[str, list[tuple[int, int, Variable]]] = {}
        for variable, reference in self._referenced:
            use = reference.use
            found.setdefault(reference.file, []).append((use.at, use.at + len(use.name), variable))
        for uses in found.values():
            uses.sort(key=lambda u: u[0])
        return found

    @cached_property
    def _values_in(self) -> dict[str, list[int]]:
        """Where initialisers at file scope use a variable otherwise than by its size, by file, in order."""
        found: dict[str, list[int]] = {}
        for variable in self.variables:
            for r in variable.references:
                if r.use.place == "value" and r.use.access != "sizeof":
                    found.setdefault(r.file, []).append(r.use.at)
        return {file: sorted(offsets) for file, offsets in found.items()}

    def used_in_value(self, file: str, start: int, end: int) -> bool:
        """Whether an initialiser in a range uses a variable otherwise than by its size."""
        known = self._values_in.get(file, [])
        return bisect_left(known, start) < bisect_left(known, end)

    def ported_text(self, file: str, start: int, end: int, bare: Container[Variable] = ()) -> str:
        """The bytes of a range with the uses in it ported; of `bare` variables as symbols, without an accessor."""
        parts, at = [], start
        uses = self._uses_in.get(file, [])
        for low, high, variable in uses[bisect_left(uses, (start,)) : bisect_left(uses, (end,))]:
            name = self.new_name(variable)
            new = self.dialect.reference(name) if variable in bare else f"V_{name}"
            parts += [self.data[file][at:low].decode("latin-1"), new]
            at = high
        return "".join(parts) + self.data[file][at:end].decode("latin-1")

    def _names_member(self, reference: Reference) -> bool:
        """Whether the use is all there is to a macro that stands only after `.` and `->`: `#define sc_n n`."""
        if reference.use.place != "macro":
            return False
        key = (reference.file, reference.use.index)
        if key not in self._member_names:
            self._member_names[key] = self._is_member_name(reference)
        return self._member_names[key]

    def _is_member_name(self, reference: Reference) -> bool:
        define = self.tree.facts[reference.file].defines[reference.use.index]
        body = self.code(reference.file)[define.body : define.end].strip()
        if body != reference.use.name.encode() or define.parameters is not None:
            return False
        found = [
            self._after_member_operator(file, at)
            for file in self.tree.facts
            if define.name in self.tree.words(file)
            for at in find_words(self.code(file), (define.name.encode(),))
            if not (file == reference.file and define.start <= at < define.body)
        ]
        return bool(found) and all(found)

    def _after_member_operator(self, file: str, at: int) -> bool:
        code = self.code(file)
        low = before(code, at)
        return code[low - 1 : low] == b"." or code[low - 2 : low] == b"->"

    def branch(self, file: str, at: int) -> tuple[tuple[int, int], ...]:
        """The conditional branches `at` stands in."""
        return self.tree.branch(file, at)

    def exclusive(self, a: Site, b: Site) -> bool:
        """Whether two sites of one file stand in different branches of one conditional."""
        return self.tree.exclusive(a.file, a.declarator.name_at, b.declarator.name_at)

    def header_declares(self, variable: Variable, file: str, but: str = "") -> bool:
        """Whether a header that `file` includes declares `variable`, the header `but` left out."""
        reach = self.tree.reachable(file)
        return any(
            s.file in reach and s.file not in (but, file) and s.file.endswith(".h") and not s.declaration.function
            for s in variable.externs
        )
