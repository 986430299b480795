"""Who else in a tree declares modules of the containers: what a module depends on, and who has its number."""

from collections.abc import Iterable, Iterator
from functools import cached_property, partial

import msgspec

from vport.modelling import containers
from vport.modelling.known import known
from vport.modelling.workshop import Shop
from vport.runtime.model import VnetModule


class Declared(msgspec.Struct, frozen=True):
    """An identifier that a file declares a module for: file, place and number."""

    identifier: str
    file: str
    at: str
    number: int


class Roll:
    """The modules of the containers in all files of a tree, as far as their declarations say who they are.

    Arguments:
        shop: the tree.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def placed(self, modules: Iterable[VnetModule], files: Iterable[str]) -> Iterator[VnetModule]:
        """Modules of some files, with what other files say of their dependencies and numbers."""
        mine, asked = set(files), list(modules)
        own = {m.identifier for m in asked}
        for module in asked:
            others = [d for d in self._all if d.file not in mine and d.identifier not in own]
            needed = next((d.at for d in others if d.identifier == module.depends), "")
            rival = next((d for d in others if d.number == module.number >= 0), None)
            yield msgspec.structs.replace(
                module, elsewhere=needed, rival=f"{rival.at} {rival.identifier}" if rival else ""
            )

    @cached_property
    def _all(self) -> list[Declared]:
        return [one for file in self._shop.tree.facts if file.endswith(".c") for one in self._of_file(file)]

    def _of_file(self, file: str) -> Iterator[Declared]:
        facts, source, words = self._shop.tree.facts[file], self._shop.source, self._shop.tree.words(file)
        macros = words.intersection(known().containers["macros"])
        for call in facts.calls if macros else ():
            if call.name in macros and call.arguments and not call.function:
                word = source(file).text[slice(*call.arguments[0])].strip()
                yield self._declared(file, f"VNET_MOD_{word}", call.start)
        for declaration in facts.declarations if "vnet_modinfo" in words else ():
            if "vnet_modinfo" in declaration.specifier and not declaration.function:
                for one in declaration.declarators:
                    tokens = source(file).tokens(one.value_start, one.value_end) if one.value_end else []
                    if identifier := containers.given(tokens).get("id", "") if tokens else "":
                        yield self._declared(file, identifier, one.name_at)

    def _declared(self, file: str, identifier: str, at: int) -> Declared:
        number = partial(containers.number, self._shop, file, at=at)
        return Declared(identifier, file, self._shop.source(file).at(at), number(identifier))
