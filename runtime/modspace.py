"""Where per-vnet variables live: the section's layout, the space modules share, and what each stack holds there.

The kernel keeps a reference copy; a new stack starts as a copy of it.  A module's variables get a piece of `modspace`,
a fixed array inside the section, so they are part of every stack's block too.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from .model import Variable

POINTER = 8
PAGE = 4096
SIZES = {"2009": 8192, "2010": 8192, "13": 8 * PAGE, "main": 8 * PAGE}
"""Bytes of modspace, by release."""


class Block(msgspec.Struct):
    """A free piece."""

    start: int
    size: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.size


class Modspace:
    """The allocator: first fit, addresses sorted, neighbours merged, sizes rounded to a pointer's.

    Arguments:
        size: of the whole.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.free_blocks = [Block(0, size)]

    def alloc(self, size: int) -> int | None:
        """Where so many bytes fit first, None if no single block is large enough."""
        size = rounded(size)
        for block in self.free_blocks:
            if block.size >= size:
                return self._take(block, size)
        return None

    def _take(self, block: Block, size: int) -> int:
        start = block.start
        block.start += size
        block.size -= size
        if not block.size:
            self.free_blocks.remove(block)
        return start

    def free(self, start: int, size: int) -> bool:
        """Give back a piece.

        Returns whether the kernel itself would follow a NULL pointer here: it does when the piece extends the last
        free block, since it looks at the block after that without asking whether there is one.
        """
        size = rounded(size)
        for index, block in enumerate(self.free_blocks):
            if block.start > start + size:
                self.free_blocks.insert(index, Block(start, size))
                return False
            if block.end == start:
                return self._extend(index, size)
            if block.start == start + size:
                block.start, block.size = start, block.size + size
                return False
        self.free_blocks.append(Block(start, size))
        return False

    def _extend(self, index: int, size: int) -> bool:
        block = self.free_blocks[index]
        block.size += size
        if index + 1 == len(self.free_blocks):
            return True
        following = self.free_blocks[index + 1]
        if block.end == following.start:
            block.size += following.size
            del self.free_blocks[index + 1]
        return False

    @property
    def available(self) -> int:
        """Free bytes, in how many blocks ever."""
        return sum(block.size for block in self.free_blocks)

    @property
    def largest(self) -> int:
        """Size of the largest free block."""
        return max((block.size for block in self.free_blocks), default=0)


def rounded(size: int) -> int:
    """A size rounded up to that of a pointer."""
    return (size + POINTER - 1) // POINTER * POINTER


_SCALARS = {"char": 1, "bool": 1, "int8_t": 1, "uint8_t": 1, "u_char": 1, "u_int8_t": 1} | {
    "short": 2, "int16_t": 2, "uint16_t": 2, "u_short": 2, "u_int16_t": 2, "in_port_t": 2,
    "int": 4, "unsigned": 4, "u_int": 4, "int32_t": 4, "uint32_t": 4, "u_int32_t": 4, "in_addr_t": 4,
}  # fmt: skip


def size_of(variable: Variable) -> int:
    """Bytes a variable takes; where nobody said it, those of its scalar type, or at least a pointer's."""
    if variable.size:
        return variable.size
    words = [w for w in variable.type.replace("*", " * ").split() if w not in ("const", "volatile")]
    return POINTER if "*" in words else _SCALARS.get(words[-1] if words else "", POINTER)


def layout(variables: Iterable[Variable]) -> tuple[dict[str, int], int]:
    """Offsets of per-vnet variables in their module's section, each aligned to its size, and the section's size."""
    offsets: dict[str, int] = {}
    end = 0
    for variable in variables:
        if variable.per_vnet:
            size = size_of(variable)
            alignment = next((a for a in (8, 4, 2) if size % a == 0), 1)
            end = (end + alignment - 1) // alignment * alignment
            offsets[variable.name] = end
            end += size
    return offsets, end


class Content(StrEnum):
    """What a variable's bytes are, as far as nobody wrote them since."""

    INITIAL = "initial"
    """As its initialiser says."""
    UNRELOCATED = "unrelocated"
    """An address as it stood in the module's file, before relocation: garbage."""
    REFERENCE = "of-reference-copy"
    """The address of a per-vnet variable: it leads to the reference copy, in every stack."""
    STALE = "stale"
    """What a module that is gone left."""


Variables = tuple[str, str]
"""A module and the name of a variable of it."""


class Storage:
    """The reference copy and each stack's block.

    Arguments:
        relocates_late: whether initial values reach the stacks that exist before the module is relocated.
    """

    def __init__(self, relocates_late: bool) -> None:
        self.relocates_late = relocates_late
        self.reference: dict[Variables, Content] = {}
        self.stacks: dict[int, dict[Variables, Content]] = {}

    def new_stack(self, vnet: int) -> None:
        """A stack begins as a copy of the reference."""
        self.stacks[vnet] = dict(self.reference)

    def drop_stack(self, vnet: int) -> None:
        """A stack's block is freed."""
        del self.stacks[vnet]

    def bring(self, module: str, variables: Iterable[Variable]) -> None:
        """A module's initial values: into the reference, and into every stack there is."""
        for variable in variables:
            if not variable.per_vnet:
                continue
            key = (module, variable.name)
            self.reference[key] = _content(variable)
            for block in self.stacks.values():
                block[key] = self._arriving(variable)

    def _arriving(self, variable: Variable) -> Content:
        late = self.relocates_late and variable.initial in ("address", "self", "virtual")
        return Content.UNRELOCATED if late else _content(variable)

    def leave(self, module: str) -> None:
        """A module goes; its bytes stay as they are in the stacks, and nobody zeroes them."""
        for block in (self.reference, *self.stacks.values()):
            for key in list(_of(block, module)):
                block[key] = Content.STALE

    def hazards(self, module: str) -> Iterator[tuple[str, Content, tuple[int, ...]]]:
        """Variables of a module whose initial value is no good, why, and in which stacks."""
        for key in _of(self.reference, module):
            for bad in (Content.UNRELOCATED, Content.REFERENCE):
                stacks = tuple(v for v, block in self.stacks.items() if block.get(key) is bad)
                if stacks:
                    yield key[1], bad, stacks
                    break


def _content(variable: Variable) -> Content:
    return Content.REFERENCE if variable.initial in ("self", "virtual") else Content.INITIAL


def _of(block: dict[Variables, Content], module: str) -> Iterator[Variables]:
    return (key for key in block if key[0] == module)
