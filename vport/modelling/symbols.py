"""What names mean in a module: its variables and functions, under names that are unique in the model."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from itertools import count

from vport.facts import Function
from vport.modelling.branches import Branches
from vport.patterns import later
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
        self._virtual: set[tuple[str, str, str]] = set()
        self._blocks: dict[tuple[str, str, str], list[Variable]] = {}
        for v in tree.variables:
            sites = [s for s in v.sites if branches.compiled(v.file, s.declarator.name_at)]
            if any(s.declaration.macro.startswith("VNET_") for s in sites):
                self._virtual.add(v.key)
            if sites:
                self._note(v)
        for file in tree.facts:
            for function in tree.facts[file].functions if file.endswith(".h") else ():
                if branches.compiled(file, function.body):
                    self.header_functions.setdefault(function.name, []).append(file)

    def is_virtual(self, v: Variable) -> bool:
        """Whether the build compiles a definition of a variable that makes it per-vnet."""
        return v.key in self._virtual

    def scope(self, file: str, function: str, name: str, position: int) -> str:
        """The function as a key of the static that a name means at a place of it: `f@2` for the second of its name."""
        among = self._blocks.get((file, function, name), [])
        if len(among) < 2:
            return among[0].function if among else function
        meant = (v for v in among for r in v.references if r.file == file and r.use.at == position)
        before = [v for v in among if v.sites[0].declarator.name_at <= position]
        return next(meant, before[-1] if before else among[0]).function

    def _note(self, v: Variable) -> None:
        if not v.const:
            self.by_file.setdefault(v.file, []).append(v)
        if v.function:
            self.static[v.file, v.function, v.name] = v
            self._blocks.setdefault((v.file, v.function.partition("@")[0], v.name), []).append(v)
            return
        self.of_file.setdefault((v.file, v.name), v)
        if v.file.endswith(".h"):
            self.header.setdefault(v.name, []).append(v)


class Symbols:
    """Names of one module.

    Arguments:
        index: of the tree.
        files: of the module, in order.
        member_type: the type of a container's member, empty if it is not known.
    """

    def __init__(
        self, index: Index, files: Iterable[str], member_type: Callable[[str, str], str] = lambda container, name: ""
    ) -> None:
        self._member_type = member_type
        self.tree = index.tree
        self.files = list(files)
        self._index = index
        self._shown: dict[tuple[str, str, str], str] = {}
        self._taken: set[str] = set()
        self.variables: dict[str, Variable] = {}
        self.foreign: dict[str, str] = {}
        self.members: dict[str, tuple[str, str, str]] = {}
        """Members of containers by the model's name: container, name, and a file that names it."""
        self.own_functions: dict[tuple[str, str], Function] = {}
        self.shown_functions: dict[tuple[str, str], str] = {}
        self.function_names: set[str] = set()
        """Those of the model."""
        self._functions_of: dict[str, list[str]] = {}
        self.made: set[tuple[str, str]] = set()
        self.qualified: set[str] = set()
        """Names in C of variables and functions that go by another one in the model, because several have them."""
        own = [v for file in self.files for v in index.by_file.get(file, ())]
        self._count = Counter(_wish(v) for v in own)
        for variable in own:
            self.show(variable)
        self._note_functions()

    def show(self, variable: Variable) -> str:
        """The name of a variable in the model: its own, with its file when statics of several files share it."""
        if variable.key not in self._shown:
            group = [variable, *variable.same]
            known = next((self._shown[v.key] for v in group if v.key in self._shown), "")
            shown = known or self._free(variable)
            self._shown[variable.key] = shown
            self.variables.setdefault(shown, variable)
        return self._shown[variable.key]

    def _free(self, variable: Variable) -> str:
        wish = _wish(variable)
        shared = variable.storage == "static" and self._count[wish] > 1
        name = _free(wish, variable.file, self._taken, shared)
        self._taken.add(name)
        if name != wish and not variable.function:
            self.qualified.add(variable.name)
        return name

    def _name_function(self, key: tuple[str, str]) -> str:
        name = _free(key[1], key[0], self.function_names)
        self.shown_functions[key] = name
        self.function_names.add(name)
        if name != key[1]:
            self.qualified.add(key[1])
        return name

    def _note_functions(self) -> None:
        for file in self.files:
            for function in self.tree.facts[file].functions:
                key = (file, function.name)
                if key in self.own_functions or not self._index.branches.compiled(file, function.body):
                    continue
                self.own_functions[key] = function
                self._functions_of.setdefault(function.name, []).append(file)
                self._name_function(key)

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
        return self.show(found) if found.key in self._shown or self._index.is_virtual(found) else ""

    def is_virtual(self, file: str, name: str, function: str) -> bool:
        """Whether a plain name means a per-vnet variable."""
        found = self.variable(file, name, function)
        return found is not None and self._index.is_virtual(found)

    def has_own(self, found: Variable) -> bool:
        """Whether every stack has its own of a variable, as the build compiles it."""
        return self._index.is_virtual(found)

    def scope(self, file: str, function: str, name: str, position: int) -> str:
        """The function to ask for what a name means at a place of it."""
        return self._index.scope(file, function, name, position)

    def per_vnet(self, file: str, name: str) -> str:
        """The model's name of what an accessor names, defined in the tree or not."""
        found = self.variable(file, name)
        if found is None or not self._index.is_virtual(found):
            group = self.tree.external.get(name, [])
            found = next((v for v in group if self._index.is_virtual(v)), None)
        if found is not None:
            return self.show(found)
        self.foreign.setdefault(name, file)
        return name

    def member(self, file: str, container: str, name: str) -> str:
        """The model's name of a container's member."""
        known = next((s for s, (c, n, _) in self.members.items() if (c, n) == (container, name)), "")
        if known:
            return known
        taken = self._taken | self.members.keys()
        shown = name if name not in taken else f"{name}@{container}"
        self.members[shown] = (container, name, file)
        return shown

    def is_array(self, shown: str) -> bool:
        """Whether a variable, by its name in the model, is an array."""
        if shown in self.members:
            return "[" in self._member_type(*self.members[shown][:2])
        found = self.variables.get(shown)
        return found is not None and "a" in found.sites[0].declarator.shape

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
        return self.shown_functions.get(key) or self._name_function(key)

    def in_model(self, file: str, function: str, word: str) -> str:
        """What a word of C that is no local - a variable, with `V_` or without, a function - is in a model's texts."""
        name = word.removeprefix("V_")
        if name not in self.qualified:
            return word
        if name != word:
            return f"V_{self.per_vnet(file, name)}"
        shown = self.plain(file, name, function)
        if shown:
            return shown
        key = self.function(file, name)
        return self.shown(key) if key is not None else word


def _wish(variable: Variable) -> str:
    return f"{variable.function}.{variable.name}" if variable.function else variable.name


def _free(name: str, file: str, taken: Container[str], qualify: bool = False) -> str:
    """A name that nobody has yet, if need be with as much of the file's path as makes it one: `x@b_c`."""
    parts = [_NO_WORD.sub("_", part) for part in file.split("/")]
    wishes = [*([] if qualify else [name]), *(f"{name}@{'_'.join(parts[n:])}" for n in range(len(parts) - 1, -1, -1))]
    free = next((w for w in wishes if w not in taken), "")
    return free or next(w for n in count(2) if (w := f"{wishes[-1]}_{n}") not in taken)


_NO_WORD = later(r"\W")
_COMMENT = later(r"/\*.*?\*/", re.DOTALL)
_OPENED = later(r"\b(\w+)\s*\(")
_RETURNS = later(r"\b(?:static|extern|inline|__inline|__inline__|register|__always_inline)\b")


def returned_type(head: str, name: str) -> str:
    """The type a function returns, from the text before its body."""
    found = next((m for m in _OPENED.finditer(head) if m[1] == name), None)
    text = _RETURNS.sub(" ", head[: found.start()] if found else "")
    return " ".join(_COMMENT.sub(" ", text).split()) or "int"
