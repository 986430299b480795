"""A relocatable object as entities: functions and data with their bytes, and what each relocation in them means.

A thin layer over pyelftools, so that nothing else knows how ELF is stored (System V ABI, chapter 4; the x86-64
supplement for relocations relative to the place they stand at).
"""

import io
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import Section, SymbolTableSection

from vport import rules
from vport.errors import VportError
from vport.patterns import later

_ALLOC, _EXEC, _MERGE, _STRINGS = 0x2, 0x4, 0x10, 0x20
_RELATIVE = {"x64": {2, 4, 9, 22, 26, 41, 42}}
"""Relocations that count from the end of an instruction: PC32, PLT32, GOTPCREL, GOTTPOFF, GOTPC32, GOTPCRELX."""
_IMM8 = {0x80, 0x83, 0xC0, 0xC1, 0x6B, 0xC6}
_IMM32 = {0x81, 0x69, 0xC7}
_IMM8_0F = {0x70, 0x71, 0x72, 0x73, 0xA4, 0xAC, 0xBA, 0xC2, 0xC4, 0xC5, 0xC6}


class NoObject(VportError):
    """The compiler's output is no relocatable ELF object."""


class Target(NamedTuple):
    """What a relocation means.

    Arguments:
        name: of a symbol defined elsewhere, or empty.
        entity: index of an entity of this object, or -1.
        offset: from the start of that, as the object has it.
        content: of a literal that has no identity: strings, floating-point constants.
    """

    name: str = ""
    entity: int = -1
    offset: int = 0
    content: bytes = b""


class Reference(NamedTuple):
    """A relocation: where in its entity, of which type, and to what."""

    at: int
    type: int
    target: Target


class Entity(msgspec.Struct, frozen=True):
    """A function, a datum, or bytes without a name.

    Arguments:
        index: in the object.
        name: of the symbol; empty for bytes that only relocations lead to.
        function: whether it is code.
        section: its section, in words that do not depend on the entity's name.
        number: of the section; -2 for what the linker allots.
        start: in the section.
        size: in bytes.
        binding: `LOCAL`, `GLOBAL`, `WEAK`, with the visibility unless that is the default.
        data: its bytes; zeros where it takes none in the file.
        align: of the section, when the entity stands alone in it.
    """

    index: int
    name: str
    function: bool
    section: str
    number: int
    start: int
    size: int
    binding: str
    data: bytes
    align: int = 0

    @property
    def local(self) -> bool:
        """Whether no other object can name it."""
        return self.binding.startswith("LOCAL")


class _Symbol(NamedTuple):
    name: str
    section: int
    value: int
    size: int
    type: str
    binding: str


_BLIND = later(rules.load("prove")["sections"]["blind"])


def _is_blind(section: Section) -> bool:
    return not section["sh_flags"] & _ALLOC or bool(_BLIND.match(section.name))


def _class_of(section: str, symbol: str, code: bool) -> str:
    """The name of a section without that of the symbol it was made for."""
    if code and section.startswith(".text"):
        return ".text"
    base = section.removesuffix(f".{symbol}") if symbol else section
    for known in (".data.rel.ro", ".data", ".rodata", ".bss", ".tdata", ".tbss"):
        if base == known or (base.startswith((".data.rel", ".rodata.cst")) and base.startswith(known)):
            return known
    return base


class Object:
    """An object file, read once.

    Arguments:
        data: the whole file.

    Raises:
        NoObject: it is no relocatable ELF object, or is broken.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._elf = ELFFile(io.BytesIO(data))
            if self._elf["e_type"] != "ET_REL":
                raise NoObject(f"the output is {self._elf['e_type']}, no object; leave linking out of the command")
            self._arch = _RELATIVE.get({"EM_X86_64": "x64"}.get(self._elf["e_machine"], ""), set())
            self.machine = str(self._elf["e_machine"])
            self._little = self._elf.little_endian
            self._sections = list(self._elf.iter_sections())
            self._symbols = list(self._read_symbols())
            self._raw = self._read_relocations()
        except (ELFError, AssertionError, UnicodeDecodeError) as error:
            raise NoObject(f"the output is no ELF object: {error}; a compiler for an ELF target is needed") from error

    def _read_symbols(self) -> Iterator[_Symbol]:
        table = next((s for s in self._sections if isinstance(s, SymbolTableSection)), None)
        for one in table.iter_symbols() if table else ():
            index = one["st_shndx"]
            section = index if isinstance(index, int) else {"SHN_COMMON": -2, "SHN_ABS": -3}.get(index, -1)
            info, shown = one["st_info"], str(one["st_other"]["visibility"]).removeprefix("STV_")
            binding = str(info["bind"]).removeprefix("STB_") + ("" if shown == "DEFAULT" else f" {shown}")
            kind = str(info["type"]).removeprefix("STT_")
            name = one.name or (self._sections[section].name if kind == "SECTION" and section > 0 else "")
            yield _Symbol(name, section, one["st_value"], one["st_size"], kind, binding)

    def _read_relocations(self) -> dict[int, list[tuple[int, int, int, int]]]:
        """Relocations by section: place, type, symbol, addend."""
        found: dict[int, list[tuple[int, int, int, int]]] = {}
        for table in self._sections:
            if not isinstance(table, RelocationSection):
                continue
            whom = table["sh_info"]
            data = self._sections[whom].data() if not table.is_RELA() else b""
            rows = found.setdefault(whom, [])
            for one in table.iter_relocations():
                at = one["r_offset"]
                addend = one["r_addend"] if table.is_RELA() else self._in_place(data, at)
                rows.append((at, one["r_info_type"], one["r_info_sym"], addend))
            rows.sort()
        return found

    def _in_place(self, data: bytes, at: int) -> int:
        """The addend that a relocation without one has in the bytes it stands on."""
        return int.from_bytes(data[at : at + 4], "little" if self._little else "big", signed=True)

    @cached_property
    def entities(self) -> list[Entity]:
        """All functions and data, by section and place."""
        by_section: dict[int, list[_Symbol]] = defaultdict(list)
        for symbol in self._symbols:
            if symbol.type not in ("SECTION", "FILE") and symbol.section > 0 and not symbol.name.startswith(".L"):
                by_section[symbol.section].append(symbol)
        found: list[Entity] = []
        for number, section in enumerate(self._sections):
            if _is_blind(section) or section["sh_flags"] & _MERGE or not section["sh_size"]:
                continue
            found += self._entities_in(number, section, by_section.get(number, []), len(found))
        found += self._commons(len(found))
        return found

    def _commons(self, start: int) -> list[Entity]:
        commons = [s for s in self._symbols if s.section == -2]
        return [
            Entity(start + i, s.name, False, "COMMON", -2, 0, s.size, s.binding, bytes(s.size), s.value)
            for i, s in enumerate(commons)
        ]

    def _entities_in(self, number: int, section: Section, symbols: list[_Symbol], start: int) -> list[Entity]:
        data = self._bytes_of(number)
        code = bool(section["sh_flags"] & _EXEC)
        align = section["sh_addralign"]
        if not symbols:
            return self._unnamed(number, section, data, start)
        ordered = sorted(symbols, key=lambda s: (s.value, s.size))
        ends = [s.value for s in ordered[1:]] + [len(data)]
        alone = len({s.value for s in ordered}) == 1 and section.name.startswith(".")
        made: list[Entity] = []
        for symbol, end in zip(ordered, ends, strict=True):
            size = symbol.size or max(end - symbol.value, 0)
            kind = _class_of(section.name, symbol.name, code)
            piece = data[symbol.value : symbol.value + size]
            where = (kind, number, symbol.value, size, symbol.binding, piece, align if alone else 0)
            made.append(Entity(start + len(made), symbol.name, code, *where))
        return made

    def _unnamed(self, number: int, section: Section, data: bytes, start: int) -> list[Entity]:
        """Bytes without symbols, cut where relocations lead to: tables of switches, images of initialisers."""
        cuts = sorted({0, *(at for at in self._led_to.get(number, ()) if 0 <= at < len(data))})
        ends = [*cuts[1:], len(data)]
        kind = _class_of(section.name, "", bool(section["sh_flags"] & _EXEC))
        kind = ".rodata" if kind.startswith(".rodata") else kind
        return [
            Entity(start + i, "", False, kind, number, at, end - at, "LOCAL", data[at:end])
            for i, (at, end) in enumerate(zip(cuts, ends, strict=True))
        ]

    @cached_property
    def _led_to(self) -> dict[int, set[int]]:
        """Offsets that relocations lead to, by section."""
        found: dict[int, set[int]] = defaultdict(set)
        for whom, rows in self._raw.items():
            if _is_blind(self._sections[whom]):
                continue
            for at, kind, symbol, addend in rows:
                one = self._symbols[symbol]
                if one.section > 0:
                    found[one.section].add(one.value + addend + self._tail(whom, at, kind))
        return found

    def _bytes_of(self, number: int) -> bytes:
        """Bytes of a section; fields that relocations fill are zeros, as their addends are told apart."""
        section = self._sections[number]
        if section["sh_type"] == "SHT_NOBITS":
            return bytes(section["sh_size"])
        data = bytearray(section.data())
        if self.machine in ("EM_386", "EM_ARM"):
            for at, *_ in self._raw.get(number, ()):
                data[at : at + 4] = bytes(4)
        return bytes(data)

    def _tail(self, section: int, at: int, kind: int) -> int:
        """Bytes from a field to the end of its instruction, which an addend of its type makes up for."""
        if kind not in self._arch:
            return 0
        place = self._sections[section]
        return 4 + _immediate(place.data(), at) if place["sh_flags"] & _EXEC else 0

    def references(self, entity: Entity) -> list[Reference]:
        """The relocations in an entity, in their order; places count from its start."""
        number = entity.number
        rows = self._raw.get(number, [])
        end = entity.start + entity.size
        inside = (row for row in rows if entity.start <= row[0] < end)
        return [Reference(at - entity.start, kind, self._target(number, at, kind, s, a)) for at, kind, s, a in inside]

    @cached_property
    def _members(self) -> dict[int, list[tuple[int, int]]]:
        """Start and index of the entities in each section."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for entity in self.entities:
            found[entity.number].append((entity.start, entity.index))
        return found

    def _target(self, whom: int, at: int, kind: int, symbol: int, addend: int) -> Target:
        one = self._symbols[symbol]
        addend += self._tail(whom, at, kind)
        if one.section in (-1, -3) or (one.type == "SECTION" and one.section <= 0):
            return Target(one.name, offset=addend + (one.value if one.section == -3 else 0))
        if one.section == -2 or not one.binding.startswith("LOCAL"):
            index = self._by_name.get(one.name, -1)
            return Target("" if index >= 0 else one.name, index, addend)
        where = one.value + addend
        section = self._sections[one.section]
        if section["sh_flags"] & _MERGE:
            return Target(content=self._literal(section, where))
        index = self._covering(one, where)
        if index < 0:
            return Target(section.name, offset=where)
        return Target("", index, where - self.entities[index].start)

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {e.name: e.index for e in self.entities if not e.local}

    def _covering(self, symbol: _Symbol, where: int) -> int:
        """The entity of a section that an offset lies in, or the only one there is."""
        members = self._members.get(symbol.section, [])
        if symbol.type != "SECTION":
            exact = [i for start, i in members if start == symbol.value and self.entities[i].name == symbol.name]
            if exact:
                return exact[0]
        if not members:
            return -1
        number = bisect_right(members, (where, 1 << 60)) - 1
        return members[max(number, 0)][1]

    def _literal(self, section: Section, where: int) -> bytes:
        """A literal of a section whose equals are merged."""
        data, width = section.data(), section["sh_entsize"] or 1
        if not section["sh_flags"] & _STRINGS:
            return b"=" + data[where : where + width]
        end = where
        while end < len(data) and any(data[end : end + width]):
            end += width
        return b'"' + data[where:end]


def _immediate(code: bytes, at: int) -> int:
    """Bytes of x86-64 immediate behind a field at `at` that is relative to the next instruction."""
    if at < 2 or code[at - 1] & 0xC7 != 0x05:
        return 0
    opcode, group = code[at - 2], code[at - 1] >> 3 & 7
    if at > 2 and code[at - 3] == 0x0F:
        return 1 if opcode in _IMM8_0F else 0
    wide = 2 if (at > 2 and code[at - 3] == 0x66) or (at > 3 and code[at - 4] == 0x66) else 4
    if opcode in _IMM8 or (opcode == 0xF6 and group < 2):
        return 1
    return wide if opcode in _IMM32 or (opcode == 0xF7 and group < 2) else 0
