"""Module models from C: `build` makes one, `modules_of` proposes which files of a tree are a module."""

import re
from collections.abc import Iterable, Iterator, Mapping

from vport import rules
from vport.modelling.body import Brought
from vport.modelling.branches import default_options
from vport.modelling.containers import Members
from vport.modelling.elsewhere import Elsewhere
from vport.modelling.externals import make_externals
from vport.modelling.filescope import Declared, FileScope
from vport.modelling.grouping import modules_of
from vport.modelling.known import known
from vport.modelling.remembered import Memory, Rememberer
from vport.modelling.roll import Roll
from vport.modelling.symbols import Symbols
from vport.modelling.variables import Variables
from vport.modelling.workshop import FunctionReader, Shop
from vport.read import Read
from vport.runtime.model import External, Function, Module, Variable

__all__ = ["Modeller", "build", "modules_of"]


class Modeller:
    """Makes models of modules of one tree.

    Arguments:
        read: the tree.
        options: names the build defines and their values; those of rules/externals.toml if not given.
    """

    def __init__(self, read: Read, options: Mapping[str, int] | None = None) -> None:
        self._shop = Shop(read.tree, read.data, read.reading, default_options() if options is None else options)
        self._elsewhere = Elsewhere(self._shop)
        self._members = Members(self._shop)
        self._roll = Roll(self._shop)

    def build(self, files: Iterable[str] | None = None, name: str = "", memory: Memory | None = None) -> Module:
        """The model of the module that some files are.

        Arguments:
            files: names in the tree; all of it if not given.
            name: of the module; that of its first module event, or of its first file, if empty.
            memory: of its functions, from a tree that is the same outside of function bodies.
        """
        facts = self._shop.tree.facts
        listed = sorted(facts if files is None else (f for f in files if f in facts))
        symbols, brought = Symbols(self._shop.index, listed, self._members.type_of), Brought()
        scope = FileScope(self._shop, symbols, brought)
        for file in listed:
            scope.read(file)
        declared = scope.resolve()
        self._borrow(declared, symbols, brought)
        functions = list(self._functions(symbols, brought, declared, memory))
        functions += _outside(declared, {f.name for f in functions})
        made = name or next((e.name for e in declared.events), "") or _stem(listed)
        inside = {f.name for f in functions}
        externals = {n: at for n, at in brought.externals.items() if n not in inside}
        return Module(
            made,
            tuple(listed),
            (*Variables(self._shop, symbols, self._members).all(), *_objects(declared, symbols)),
            tuple(declared.sysinits),
            tuple(declared.events),
            tuple(declared.depends),
            (*declared.sysctls, *brought.sysctls),
            tuple(dict.fromkeys([*declared.entries, *brought.entries])),
            tuple(functions),
            tuple(make_externals(externals, self._elsewhere.external)),
            loadable=bool(declared.events),
            vnet_modules=tuple(self._roll.placed(declared.vnet_modules, listed)),
            resources=tuple(sorted(known().init.keys() - rules.plain("resources")["init"].keys())),
        )

    def externals(self, names: Iterable[str]) -> tuple[External, ...]:
        """What is known of calls that leave a module."""
        return tuple(make_externals(dict.fromkeys(names, ""), self._elsewhere.external))

    @property
    def bodies_read(self) -> dict[tuple[str, str], tuple[bool, frozenset[str]]]:
        """By file and name of a function what its body reads and calls on every path, as far as anybody asked."""
        return self._elsewhere.reads

    def _borrow(self, declared: Declared, symbols: Symbols, brought: Brought) -> None:
        """Handlers that the module names and another file of the tree defines are read with it."""
        mine = set(symbols.shown_functions.values())
        for name in _handlers(declared):
            home = self._elsewhere.home(name) if name not in mine else None
            if home is not None:
                symbols.shown(home)
                brought.called[home] = None

    def _functions(
        self, symbols: Symbols, brought: Brought, declared: Declared, memory: Memory | None
    ) -> Iterator[Function]:
        """Functions of the files, those that macros make, and those of headers that are called."""
        made = FunctionReader(self._shop, symbols, brought)
        reader = made if memory is None else Rememberer(self._shop, symbols, brought, memory)
        seen = set(symbols.made)
        for drawn in declared.made:
            yield made.read(drawn)
        for key in symbols.own_functions:
            if key not in seen and not key[0].endswith(".h"):
                seen.add(key)
                yield reader.key(key)
        while missing := [key for key in brought.called if key not in seen]:
            for key in missing:
                seen.add(key)
                yield reader.key(key)


def _handlers(declared: Declared) -> dict[str, str]:
    """Functions that slots and module events name, and where; the kernel's own that run a domain are none."""
    own = {slot[1] for slots in known().domains.values() for slot in slots}
    slots = {s.function: s.at for s in declared.sysinits if s.function not in own}
    return {e.handler: e.at for e in declared.events} | slots


def _objects(declared: Declared, symbols: Symbols) -> Iterator[Variable]:
    """Objects that macros define under names nothing else has."""
    named = {v.name: v for v in declared.objects}
    yield from (v for name, v in named.items() if name not in symbols.variables and name not in symbols.foreign)


_FRAMEWORKS = ("ng_mod_event", "khelp_modevent")
"""Module events of the kernel's own, which do nothing to a module's state."""


def _outside(declared: Declared, known: set[str]) -> Iterator[Function]:
    """Handlers that the module names and others define: nothing can be said of what they do."""
    for name, at in _handlers(declared).items():
        if name in _FRAMEWORKS and name not in known:
            yield Function(name, at, ("mod", "event", "arg"), returns="int")
        elif name and name not in known:
            yield Function(name, at, unread=f"`{name}` is defined in none of the module's files", returns="int")


def _stem(files: list[str]) -> str:
    first = next((f for f in files if f.endswith(".c")), files[0] if files else "module")
    return re.sub(r"\W", "_", first.rsplit("/", 1)[-1].rsplit(".", 1)[0])


def build(
    read: Read, files: Iterable[str] | None = None, name: str = "", options: Mapping[str, int] | None = None
) -> Module:
    """The model of one module of a tree that was read.

    Arguments:
        read: the tree; `Reader.read_data` gives it.
        files: of the module, by their names in the tree; all of it if not given.
        name: of the module; found if empty.
        options: names the build defines and their values; those of rules/externals.toml if not given.
    """
    return Modeller(read, options).build(files, name)
