"""Link the facts of many files: which variable a use means, which header declares it."""

from collections.abc import Iterable, Mapping

import msgspec

from vport.c.declarators import Declaration, Declarator
from vport.c.places import Nesting
from vport.facts import Define, FileFacts
from vport.hoisted import numbered
from vport.name_arguments import NameArguments
from vport.names import without_dots
from vport.uses import Use


class Site(msgspec.Struct, frozen=True):
    """A place of a variable's declarator: `file`, and the statement and declarator in that file's facts."""

    file: str
    declaration: Declaration
    declarator: Declarator


class Reference(msgspec.Struct, frozen=True):
    """A use that means a certain variable, with the file it stands in.

    `owners` holds the keys of all variables it means when a header's macro serves statics of several files.
    """

    file: str
    use: Use
    owners: tuple[tuple[str, str, str], ...] = ()


class Variable(msgspec.Struct, eq=False):
    """One piece of static storage.

    Arguments:
        name: as declared.
        file: that defines it.
        function: for a function-local static, else empty; of two statics of one name in different blocks of one
            function `f` the first has `f`, the next `f@2` and so on, so that keys stay unique.
        sites: its definitions in that file, one for each `#if` branch or tentative definition.
        externs: declarations of it elsewhere (external linkage only).
        references: uses in every file.
        same: other definitions of the same name with external linkage.
    """

    name: str
    file: str
    function: str
    sites: list[Site]
    externs: list[Site] = []
    references: list[Reference] = []
    same: list["Variable"] = []

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a variable in a plan: file, function, name."""
        return (self.file, self.function, self.name)

    @property
    def storage(self) -> str:
        """`static`, or empty for external linkage."""
        return self.sites[0].declaration.storage

    @property
    def virtual(self) -> bool:
        """Whether a VNET macro defines it already."""
        return self.sites[0].declaration.macro.startswith("VNET_")

    @property
    def const(self) -> bool:
        """Whether it cannot change."""
        return all(s.declarator.const for s in self.sites)


class Tree:
    """Facts of all files, linked.

    Arguments:
        facts: by file name relative to the root.
    """

    def __init__(self, facts: Mapping[str, FileFacts]) -> None:
        self.facts = facts
        self._by_name: dict[str, list[str]] = {}
        for file in facts:
            self._by_name.setdefault(file.rsplit("/", 1)[-1], []).append(file)
        self._by_tail: dict[str, list[str]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self.macros: dict[str, list[tuple[str, Define]]] = {}
        for file, known in facts.items():
            for define in known.defines:
                self.macros.setdefault(define.name, []).append((file, define))
        self._arguments = NameArguments(self.macros, self.reachable)
        self._function_files = {(file, n) for file, known in facts.items() for f in known.functions for n in f.names}
        self._function_names = {name for _, name in self._function_files}
        self.variables: list[Variable] = []
        self._statics: dict[tuple[str, str], Variable] = {}
        self._header_statics: dict[str, list[Variable]] = {}
        self._defined: dict[tuple[str, str], Variable] = {}
        self._definitions: dict[str, list[Variable]] = {}
        self._word_sets: dict[str, frozenset[str]] = {}
        self._local: dict[tuple[str, str], list[Variable]] = {}
        self._local_scopes: dict[tuple[str, str], tuple[Nesting, dict[int, Variable]]] = {}
        self.external: dict[str, list[Variable]] = {}
        self._declared_in: dict[str, set[str]] = {}
        self._link_declarations()

    def _link_declarations(self) -> None:
        externs: list[Site] = []
        found: dict[tuple[str, str, str], list[Variable]] = {}
        for file, known in self.facts.items():
            for declaration in known.declarations:
                for declarator in declaration.declarators:
                    site = Site(file, declaration, declarator)
                    if self._declares_function(site):
                        continue
                    if declaration.storage == "extern" and not declarator.value_end:
                        externs.append(site)
                        continue
                    self._add_site(site, found)
        for variable in self.variables:
            self._index(variable)
        for site in externs:
            self._declared_in.setdefault(site.declarator.name, set()).add(site.file)
            for variable in self._declared_by(site):
                variable.externs.append(site)

    def _declared_by(self, site: Site) -> list[Variable]:
        """The variables an `extern` declares: its file's own static (C11 6.2.2), or those of external linkage."""
        own = self._statics.get((site.file, site.declarator.name))
        at = site.declaration.start
        if own is not None and not all(self.exclusive(s.file, s.declaration.start, at) for s in own.sites):
            return [own]
        return self.external.get(site.declarator.name, [])

    def _add_site(self, site: Site, found: dict[tuple[str, str, str], list[Variable]]) -> None:
        """Give a definition to the one of those of its file, function and name that it defines too, or to a new one."""
        function, name = site.declaration.function, site.declarator.name
        known = found.setdefault((site.file, function, name), [])
        for variable in known:
            if not variable.function or any(self._same_static(site, other) for other in variable.sites):
                variable.sites.append(site)
                return
        if function:
            taken = {v.function for v in known}
            function = numbered(function, name, taken, lambda new: self._moved(site, found.get((site.file, "", new))))
        known.append(Variable(name, site.file, function, [site], [], [], []))
        self.variables.append(known[-1])

    def _moved(self, site: Site, candidates: list[Variable] | None) -> bool:
        """Whether a port moved one of `candidates` out of the function that holds `site`: it stands right before it."""
        starts = [f.start for f in self.facts[site.file].functions if f.start <= site.declaration.start]
        previous = starts[-2] if len(starts) > 1 else -1
        return any(v.virtual and s.declaration.start > previous for v in candidates or () for s in v.sites)

    def _same_static(self, a: Site, b: Site) -> bool:
        """Whether two statics of a function are one variable: of one block, or never compiled together."""
        same_block = a.declaration.until == b.declaration.until
        return same_block or self.exclusive(a.file, a.declaration.start, b.declaration.start)

    def _declares_function(self, site: Site) -> bool:
        """Whether a typedef of a function type declares a function here: `static d_open_t frob_open;`."""
        declarator, name = site.declarator, site.declarator.name
        if declarator.shape or declarator.value_end or site.declaration.macro:
            return False
        if site.declaration.storage == "static":
            return (site.file, name) in self._function_files
        return name in self._function_names

    def _index(self, variable: Variable) -> None:
        if not variable.function:
            self._defined[variable.file, variable.name] = variable
            self._definitions.setdefault(variable.name, []).append(variable)
        if variable.function:
            self._local.setdefault((variable.file, variable.name), []).append(variable)
        elif variable.storage == "static":
            self._statics[variable.file, variable.name] = variable
            if variable.file.endswith(".h"):
                self._header_statics.setdefault(variable.name, []).append(variable)
        else:
            group = self.external.setdefault(variable.name, [])
            for other in group:
                other.same.append(variable)
                variable.same.append(other)
            group.append(variable)
            self._declared_in.setdefault(variable.name, set()).add(variable.file)

    def resolve_include(self, file: str, path: str, quoted: bool) -> list[str]:
        """Files that an `#include` in `file` can mean; a path's tail decides, as include folders are unknown."""
        if quoted:
            beside = without_dots(f"{file.rpartition('/')[0]}/{path}")
            if beside in self.facts:
                return [beside]
        if path not in self._by_tail:
            self._by_tail[path] = self._with_tail(without_dots(path))
        return self._by_tail[path]

    def _with_tail(self, path: str) -> list[str]:
        """Files whose names end with `path`, or only the one that is called so."""
        found = [f for f in self._by_name.get(path.rsplit("/", 1)[-1], ()) if ("/" + f).endswith("/" + path)]
        return [path] if path in found else found

    def reachable(self, file: str) -> frozenset[str]:
        """All files that `file` includes, directly or not, itself among them."""
        known = self._reach.get(file)
        if known is not None:
            return known
        seen, todo = {file}, [file]
        while todo:
            current = todo.pop()
            if current in self._reach:
                seen |= self._reach[current]
                continue
            for include in self.facts[current].includes:
                for target in self.resolve_include(current, include.path, include.quoted):
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
        self._reach[file] = frozenset(seen)
        return self._reach[file]

    def sees(self, file: str, name: str) -> bool:
        """Whether a declaration of the external variable `name` is visible in `file`.

        A header may lean on what its includers included before it, so there any header's declaration counts; so
        it does where some included header lies outside the tree and nothing in it gives the name another meaning.
        """
        declared = self._declared_in.get(name, set())
        if file in declared or not declared.isdisjoint(self.reachable(file)):
            return True
        if not any(f.endswith(".h") for f in declared):
            return False
        return file.endswith(".h") or self._undeclared(file, name)

    def _undeclared(self, file: str, name: str) -> bool:
        """Whether nothing the file is known to include gives `name` another meaning, and not all of it is known."""
        reach = self.reachable(file)
        if any(name in self.facts[f].other for f in reach):
            return False
        return any(not self.resolve_include(file, i.path, i.quoted) for i in self.facts[file].includes)

    def names_of_interest(self, mutable_only: bool = True) -> dict[str, list[str]]:
        """For every file the names worth looking for in it."""
        wanted = {v.name for v in self.variables if not (mutable_only and v.const)}
        result: dict[str, list[str]] = {}
        for file, known in self.facts.items():
            here = wanted.intersection(known.words.split(" "))
            names = [n for n in here if self._may_mean(file, n)]
            if names:
                result[file] = sorted(names)
        return result

    def _may_mean(self, file: str, name: str) -> bool:
        if (file, name) in self._statics or (file, name) in self._local:
            return True
        if self._included_static(file, name) is not None:
            return True
        if name in self.external and self.sees(file, name):
            return True
        return file.endswith(".h") and any(file in self.reachable(v.file) for v in self._definitions.get(name, ()))

    def words(self, file: str) -> frozenset[str]:
        """All identifiers of a file."""
        if file not in self._word_sets:
            self._word_sets[file] = frozenset(self.facts[file].words.split(" "))
        return self._word_sets[file]

    def _includers_own(self, file: str, use: Use) -> list[Variable]:
        """What a header's macro means in the files that use it: each must define one, or it means something else."""
        if use.place != "macro" or not file.endswith(".h") or use.name not in self._definitions:
            return []
        macro = self.facts[file].defines[use.index].name
        users = [f for f in self.facts if f.endswith(".c") and file in self.reachable(f) and macro in self.words(f)]
        users = users or [v.file for v in self._definitions[use.name] if file in self.reachable(v.file)]
        found = [self._defined.get((f, use.name)) for f in users]
        return [v for v in found if v is not None] if all(found) else []

    def meaning(self, file: str, use: Use) -> Variable | None:
        """The variable a hit means, or None when it is none."""
        if use.place == "function":
            local = self._local_meaning(file, use)
            if local is not None:
                return local
        if self.is_name_argument(file, use):
            return None
        static = self._statics.get((file, use.name)) or self._included_static(file, use.name)
        if static is not None:
            return None if use.name in self.macros and self._macro_covers(file, use) else static
        group = self.external.get(use.name)
        if not group or (use.name in self.macros and self._macro_hides(file, use)):
            return None
        return next((v for v in group if v.file == file), group[0]) if self.sees(file, use.name) else None

    def _included_static(self, file: str, name: str) -> Variable | None:
        """A static that a header defines: each file that includes it has one of its own."""
        reach = self.reachable(file) if name in self._header_statics else ()
        return next((v for v in self._header_statics.get(name, ()) if v.file in reach), None)

    def _local_meaning(self, file: str, use: Use) -> Variable | None:
        """The function's own static that a hit means: the innermost in scope."""
        key = (file, use.name)
        if key not in self._local:
            return None
        if key not in self._local_scopes:
            sites = {s.declaration.start: (s, v) for v in self._local[key] for s in v.sites}
            scopes = Nesting((s.declaration.start, s.declaration.until) for s, _ in sites.values())
            self._local_scopes[key] = scopes, {start: v for start, (_, v) in sites.items()}
        scopes, owners = self._local_scopes[key]
        i = scopes.at(use.at)
        return owners[scopes.starts[i]] if i >= 0 else None

    def branch(self, file: str, at: int) -> tuple[tuple[int, int], ...]:
        """The conditional branches `at` stands in, as (group start, branch start), outermost first."""
        return tuple(
            sorted(
                (group.start, branch.start)
                for group in self.facts[file].groups
                for branch in group.branches
                if branch.start <= at < branch.end
            )
        )

    def exclusive(self, file: str, a: int, b: int) -> bool:
        """Whether two offsets of one file stand in different branches of one conditional."""
        left, right = dict(self.branch(file, a)), dict(self.branch(file, b))
        return any(left[g] != right[g] for g in left.keys() & right.keys())

    def stands_in(self, file: str, define: Define) -> bool:
        """Whether an object-like macro replaces a variable in builds that do not declare it: `#else #define x 0`."""
        declared = [
            self.exclusive(file, define.start, declaration.start)
            for declaration in self.facts[file].declarations
            for declarator in declaration.declarators
            if declarator.name == define.name and not declaration.function
        ]
        return define.parameters is None and bool(declared) and all(declared)

    def _macro_hides(self, file: str, use: Use) -> bool:
        """Whether the name may be an object-like macro where it is used."""
        reach = self.reachable(file)
        return any(
            f in reach and d.parameters is None and not self._ended(file, f, d, use.at) and not self.stands_in(f, d)
            for f, d in self.macros.get(use.name, ())
        )

    def _macro_covers(self, file: str, use: Use) -> bool:
        """Whether the name is an object-like macro of this file in every build that compiles the use.

        What a macro's body names is settled where that is used.
        """
        around = set(self.branch(file, use.at)) if use.place != "macro" else set()
        return use.place != "macro" and any(
            f == file
            and d.parameters is None
            and d.start < use.at
            and around.issuperset(self.branch(file, d.start))
            and not self._ended(file, f, d, use.at)
            for f, d in self.macros.get(use.name, ())
        )

    def _ended(self, file: str, where: str, define: Define, at: int) -> bool:
        """Whether an `#undef` ends a macro before an offset of `file`: one of its own, or one in that file."""
        own = any(name == define.name for name, _ in self.facts[where].undefined) if where != file else False
        start = define.start if where == file else 0
        return own or any(name == define.name and start < end < at for name, end in self.facts[file].undefined)

    def attach(self, uses: Mapping[str, Iterable[Use]]) -> None:
        """Give every variable its references."""
        for file, hits in uses.items():
            for use in hits:
                variable = self.meaning(file, use)
                if variable is not None:
                    for one in (variable, *variable.same):
                        one.references.append(Reference(file, use))
                elif not self.is_name_argument(file, use):
                    found = self._includers_own(file, use)
                    for one in found:
                        one.references.append(Reference(file, use, tuple(v.key for v in found)))

    def is_name_argument(self, file: str, use: Use) -> bool:
        """Whether the hit is an argument that its macro takes only as a name."""
        return use.argument >= 0 and self._arguments.is_name(file, use.callee, use.argument)
