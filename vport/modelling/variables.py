"""The variables of a model: what they are before anything runs, and what they need before they are used."""

import re
from collections.abc import Iterator

from vport import rules
from vport.modelling.containers import Members
from vport.modelling.lexing import is_word, tokenize
from vport.modelling.symbols import Symbols
from vport.modelling.workshop import Shop
from vport.patterns import compiled, later
from vport.runtime.model import Variable
from vport.tree import Site
from vport.tree import Variable as Found

_SIZES = {
    "char": 1,
    "u_char": 1,
    "uint8_t": 1,
    "int8_t": 1,
    "bool": 1,
    "short": 2,
    "u_short": 2,
    "uint16_t": 2,
    "int16_t": 2,
    "int": 4,
    "u_int": 4,
    "uint32_t": 4,
    "int32_t": 4,
    "unsigned": 4,
    "unsigned int": 4,
    "long": 8,
    "u_long": 8,
    "uint64_t": 8,
    "int64_t": 8,
    "size_t": 8,
    "time_t": 8,
    "uma_zone_t": 8,
    "counter_u64_t": 8,
    "eventhandler_tag": 8,
    "sbintime_t": 8,
    "struct mtx": 32,
    "struct rwlock": 32,
    "struct sx": 32,
    "struct callout": 64,
    "struct task": 32,
}


class Variables:
    """Makes the variables of one module."""

    def __init__(self, shop: Shop, symbols: Symbols, members: Members) -> None:
        self._shop = shop
        self._members = members
        self._symbols = symbols

    def all(self) -> Iterator[Variable]:
        """The module's own variables, per-vnet ones of others that it uses, and members of containers."""
        mine = set(self._symbols.files)
        for name, found in self._symbols.variables.items():
            own = found.file in mine
            if own or self._symbols.has_own(found):
                yield self._variable(name, found, own)
        for name, file in self._symbols.foreign.items():
            if name not in self._symbols.variables:
                yield Variable(name, f"{file}:1", "", True, static=False)
        yield from self._members.variables(self._symbols, self._set_up)

    def _variable(self, name: str, found: Found, own: bool) -> Variable:
        site = self._site(found)
        place = self._shop.source(site.file).at(site.declarator.name_at)
        type_text = _type(site, self._shop)
        virtual = self._symbols.has_own(found)
        if not own:
            return Variable(name, place, type_text, virtual, static=False)
        initial = self._initial(site)
        set_up = "" if initial == "self" and not virtual else self._set_up(type_text)
        if initial in ("constant", "address") and set_up == "lock":
            set_up = ""
        size = _size(site, type_text) if virtual else 0
        return Variable(name, place, type_text, virtual, initial, size, set_up, found.storage == "static")

    def _site(self, found: Found) -> Site:
        compiled = [s for s in found.sites if self._shop.branches.compiled(s.file, s.declarator.name_at)]
        # a plain variable of the same name is another one, of which the model has no need
        compiled = [s for s in compiled if s.declaration.macro.startswith("VNET_")] or compiled
        valued = [s for s in compiled if s.declarator.value_end]
        return (valued or compiled or found.sites)[0]

    def _initial(self, site: Site) -> str:
        d = site.declarator
        if not d.value_end:
            return "zero"
        source = self._shop.source(site.file)
        texts = [t for t, _, _ in tokenize(source.text, d.value_start, d.value_end)]
        heads: dict[str, str] = rules.load("resources")["heads"]
        if any(t in heads for t in texts):
            return "self"
        addressed = [texts[k + 1] for k in range(len(texts) - 1) if texts[k] == "&"]
        if any(t.startswith("V_") or self._is_virtual(site.file, t) for t in addressed):
            return "virtual"
        pointed = any(t[-1] == '"' for t in texts) and "p" in d.shape
        if addressed or pointed or any(self._is_function(site.file, t) for t in texts):
            return "address"
        return "zero" if all(t in ("0", "NULL", "{", "}", ",") for t in texts) else "constant"

    def _is_virtual(self, file: str, name: str) -> bool:
        return is_word(name) and self._symbols.is_virtual(file, name, "")

    def _is_function(self, file: str, word: str) -> bool:
        return is_word(word) and self._symbols.function(file, word) is not None

    def _set_up(self, type_text: str) -> str:
        if "*" in type_text:
            return ""
        kinds: dict[str, str] = rules.load("externals")["set_up"]
        for pattern, kind in kinds.items():
            if compiled(pattern).search(type_text):
                return kind
        tag = _TAG.match(type_text)
        return "queue" if tag and tag.group(1) in self._shop.queue_tags else ""


_TAG = later(r"struct (\w+)")
_BODY = later(r"\{.*\}", re.DOTALL)
_BOUND = later(r"\[([^][]*)\]")


def _type(site: Site, shop: Shop) -> str:
    d = site.declarator
    source = shop.source(site.file)
    before = "" if site.declaration.macro else source.text[d.start : d.name_at]
    around = before + source.text[d.name_at + len(d.name) : d.end]
    specifier = _BODY.sub("{...}", site.declaration.specifier)
    return " ".join(f"{specifier} {around}".split()).replace("* ", "*")


def _size(site: Site, type_text: str) -> int:
    shape = site.declarator.shape
    base = 8 if "p" in shape else _SIZES.get(site.declaration.specifier, 0)
    if "a" not in shape:
        return base
    bounds = _BOUND.findall(type_text)
    for bound in bounds:
        if not bound.strip().isdigit():
            return 0
        base *= int(bound)
    return base
