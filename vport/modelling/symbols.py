"""What names mean in a module: its variables and functions, under names that are unique in the model."""

import re
from collections.abc import Iterable

from vport.facts import Function
from vport.modelling.branches import Branches
from vport.tree import Tree, Variable


class Index:
    """Variables and header functions of a whole tree, as one build compiles it; serves all its modules."""

    def __init__(self, tree: Tree, branches: Branches) -> None:
        self.tree = tree
        self.branches = branches
        self.of_file: dict[tuple[str, str], Variable] = {}
        self.by_file: dict[str, list[Variable]] = {}
        self.static: dict[tuple[str, str, str], Variable] = {}
        self.header: dict[str, list[Variable]] = {}
        self.header_functions: dict[str, list[str]] = {}
        for v in tree.variables:
            if any(branches.compiled(v.file, s.declarator.name_at) for s in v.sites):
                self._note(v)
        for file in tree.facts:
            for function in tree.facts[file].functions if file.endswith(".h") else ():
                if branches.compiled(file, function.body):
                    self.header_functions.setdefault(function.name, []).append(file)

    def _note(self, v: Variable) -> None:
        if not v.const:
            self.by_file.setdefault(v.file, []).append(v)
        if v.function:
            self.static[v.file, v.function.partition("@")[0], v.name] = v
            return
        self.of_file.setdefault((v.file, v.name), v)
        if v.file.endswith(".h"):
            self.header.setdefault(v.name, []).append(v)


class Symbols:
    """Names of one module.

    Arguments:
        index: of the tree.
        files: of the module, in order.
    """

    def __init__(self, index: Index, files: Iterable[str]) -> None:
        self.tree = index.tree
        self.files = list(files)
        self._index = index
        self._shown: dict[tuple[str, str, str], str] = {}
        self._taken: set[str] = set()
        self.variables: dict[str, Variable] = {}
        self.foreign: dict[str, str] = {}
        self.own_functions: dict[tuple[str, str], Function] = {}
        self.shown_functions: dict[tuple[str, str], str] = {}
        self._functions_of: dict[str, list[str]] = {}
        self.made: set[tuple[str, str]] = set()
        for file in self.files:
            for variable in index.by_file.get(file, ()):
                self.show(variable)
        self._note_functions()

    def show(self, variable: Variable) -> str:
        """The name of a variable in the model."""
        if variable.key not in self._shown:
            group = [variable, *variable.same]
            name = f"{variable.function}.{variable.name}" if variable.function else variable.name
            known = next((self._shown[v.key] for v in group if v.key in self._shown), "")
            shown = known or self._free(name, variable.file)
            self._shown[variable.key] = shown
            self.variables.setdefault(shown, variable)
        return self._shown[variable.key]

    def _free(self, name: str, file: str) -> str:
        wish = name if name not in self._taken else f"{name}@{file.rsplit('/', 1)[-1]}"
        while wish in self._taken:
            wish += "'"
        self._taken.add(wish)
        return wish

    def _note_functions(self) -> None:
        shown: set[str] = set()
        for file in self.files:
            for function in self.tree.facts[file].functions:
                key = (file, function.name)
                if key in self.own_functions or not self._index.branches.compiled(file, function.body):
                    continue
                self.own_functions[key] = function
                self._functions_of.setdefault(function.name, []).append(file)
                name = function.name if function.name not in shown else f"{function.name}@{file.rsplit('/', 1)[-1]}"
                shown.add(name)
                self.shown_functions[key] = name

    def variable(self, file: str, name: str, function: str = "") -> Variable | None:
        """The variable a plain name means."""
        own = self._index.static.get((file, function, name)) or self._index.of_file.get((file, name))
        if own is not None:
            return own
        for held in self._index.header.get(name, ()):
            if held.file in self.tree.reachable(file):
                return held
        group = self.tree.external.get(name)
        return group[0] if group and self.tree.sees(file, name) else None

    def plain(self, file: str, name: str, function: str) -> str:
        """The model's name of a variable of the module, or of a per-vnet one, that is named plainly; empty for none."""
        found = self.variable(file, name, function)
        if found is None or found.const:
            return ""
        return self.show(found) if found.key in self._shown or found.virtual else ""

    def is_virtual(self, file: str, name: str, function: str) -> bool:
        """Whether a plain name means a per-vnet variable."""
        found = self.variable(file, name, function)
        return found is not None and found.virtual

    def per_vnet(self, file: str, name: str) -> str:
        """The model's name of what an accessor names, defined in the tree or not."""
        found = self.variable(file, name)
        if found is None or not found.virtual:
            group = self.tree.external.get(name, [])
            found = next((v for v in group if v.virtual), None)
        if found is not None:
            return self.show(found)
        self.foreign.setdefault(name, file)
        return name

    def function(self, file: str, name: str) -> tuple[str, str] | None:
        """The function of the module, or of a header it includes, that a name means in a file."""
        files = [*self._functions_of.get(name, ()), *self._index.header_functions.get(name, ())]
        if not files:
            return None
        if file in files:
            return (file, name)
        for other in files:
            if other.endswith(".h"):
                if other in self.tree.reachable(file):
                    return (other, name)
            elif (other, name) in self.own_functions and not self.own_functions[other, name].static:
                return (other, name)
        return None

    def add_made(self, file: str, name: str) -> None:
        """Note a function that a macro at file scope defines."""
        self._functions_of.setdefault(name, []).insert(0, file)
        self.made.add((file, name))

    def shown(self, key: tuple[str, str]) -> str:
        """The model's name of a function."""
        if key not in self.shown_functions:
            name = key[1]
            taken = set(self.shown_functions.values())
            self.shown_functions[key] = name if name not in taken else f"{name}@{key[0].rsplit('/', 1)[-1]}"
        return self.shown_functions[key]


_RETURNS = re.compile(r"\b(?:static|extern|inline|__inline|__inline__|register|__always_inline)\b")


def returned_type(head: str, name: str) -> str:
    """The type a function returns, from the text before its body."""
    found = re.search(r"\b" + re.escape(name) + r"\s*\(", head)
    text = _RETURNS.sub(" ", head[: found.start()] if found else "")
    return " ".join(re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).split()) or "int"
