"""Names seen from outside: the linker's symbols as kldsym(2) gives them, libkvm's look-up, live and in an image."""

from collections.abc import Iterator

import msgspec

from .calls import Core, LoadedFile
from .modspace import layout, size_of
from .vnets import DEFAULT

PREFIX = "vnet_entry_"
VNET_START = 0xFFFFFFFF81E00000
MODSPACE = VNET_START + 0x4000
"""Where modspace begins in the section."""
TEXT = 0xFFFFFFFF82000000
BLOCKS = 0xFFFFF80003000000
BLOCK = 0x10000


class Symbol(msgspec.Struct, frozen=True):
    """An entry of a symbol table.

    Arguments:
        name: as the table has it.
        address: of the variable, or in the reference copy.
        size: in bytes.
        module: it belongs to.
    """

    name: str
    address: int
    size: int
    module: str

    @property
    def per_vnet(self) -> bool:
        """Whether it lies in the per-vnet section."""
        return VNET_START <= self.address < TEXT


class Symbols:
    """Looks names up.

    Arguments:
        core: the kernel's inside.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def table(self) -> Iterator[Symbol]:
        """Every symbol, in the order in which files were linked."""
        static = 0
        for number, file in enumerate(self._core.files.values()):
            offsets, size = layout(file.module.variables) if self._core.vimage else ({}, 0)
            base = MODSPACE + file.space[0] if file.space else VNET_START + static
            static += 0 if file.space else size
            yield from _symbols(file, offsets, base, TEXT + number * 0x100000)

    def kldsym(self, name: str) -> Symbol | None:
        """The first file's symbol of exactly that name; per-vnet ones are in the reference copy."""
        return next((s for s in self.table() if s.name == name), None)

    def kvm(self, name: str, vnet: int = DEFAULT, *, core: bool = False) -> int | None:
        """The address that kvm_nlist(3) gives a process in a stack; in a core image, one of vnet0.

        A name that is missing is tried once more with the prefix, and must then lie in the per-vnet section.
        """
        plain = name.removeprefix("_")
        found = self.kldsym(plain)
        if found is not None:
            return found.address
        entry = self.kldsym(PREFIX + plain)
        if entry is None or not entry.per_vnet:
            return None
        stack = DEFAULT if core else vnet
        return entry.address + self.data_base(stack) if stack in self._core.vnets.all else None

    def data_base(self, vnet: int) -> int:
        """What the kernel adds to an address in the reference copy to reach a stack's own."""
        return BLOCKS + vnet * BLOCK - VNET_START


def _symbols(file: LoadedFile, offsets: dict[str, int], base: int, data: int) -> Iterator[Symbol]:
    for index, variable in enumerate(file.module.variables):
        name = variable.name.rpartition(".")[2].partition("@")[0]  # namesakes have their files in the model only
        if variable.name in offsets:
            yield Symbol(PREFIX + name, base + offsets[variable.name], size_of(variable), file.name)
        else:
            yield Symbol(name, data + index * 64, size_of(variable), file.name)
