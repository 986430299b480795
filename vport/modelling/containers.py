"""The containers of 2008 and 2009: structures whose members are per-vnet, and the modules that bring them.

See sys/vimage.h of the spring of 2009: VSYM, INIT_FROM_VNET, VNET_MOD_DECLARE, struct vnet_modinfo.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from vport.modelling.known import known
from vport.modelling.lexing import NOTHING, Token, is_word, join, tokenize
from vport.modelling.symbols import Symbols
from vport.modelling.workshop import Shop
from vport.patterns import later
from vport.runtime.model import Variable, VnetModule

_ATTRIBUTE = later(r"\b__\w+\s*(?:\([^()]*(?:\([^()]*\))?[^()]*\))?")
_STRUCT = later(r"\bsizeof\s*\(\s*struct\s+(\w+)\s*\)")
_NOTHING = ("NULL", "0", "")


class Member(msgspec.Struct, frozen=True):
    """A member of a container: its place, its type as written, whether one file alone knows the structure."""

    at: str
    type: str
    static: bool


class Members:
    """Looks members of containers up.

    Arguments:
        shop: the tree.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._found: dict[str, dict[str, Member]] = {}

    def type_of(self, container: str, name: str) -> str:
        """The type of a member; empty if it is not known."""
        member = self._of(container).get(name)
        return member.type if member is not None else ""

    def variables(self, symbols: Symbols, set_up: Callable[[str], str]) -> Iterator[Variable]:
        """The members that a module names, as variables: all are zero when their container comes.

        Arguments:
            symbols: of the module.
            set_up: what a variable of a type needs before its first use.
        """
        for shown, (container, name, file) in symbols.members.items():
            member = self._of(container).get(name)
            if member is None:
                yield Variable(shown, f"{file}:1", "", True, static=False, container=container)
                continue
            kind = set_up(member.type)
            static = member.static
            yield Variable(shown, member.at, member.type, True, "zero", 0, kind, static, container)

    def _of(self, container: str) -> dict[str, Member]:
        if container not in self._found:
            self._found[container] = dict(self._read(container))
        return self._found[container]

    def _read(self, container: str) -> Iterator[tuple[str, Member]]:
        """Members of `struct container { ... }`, each without the underscore that its name begins with."""
        head = re.compile(r"\bstruct\s+" + re.escape(container) + r"\s*\{")
        for file in self._shop.tree.facts:
            if container not in self._shop.tree.words(file):
                continue
            source = self._shop.source(file)
            for match in head.finditer(source.text):
                for name, at, kind in _declared(_inside(tokenize(source.text, match.end()))):
                    yield name, Member(source.at(at), kind, file.endswith(".c"))


def _inside(tokens: list[Token]) -> list[Token]:
    """The tokens up to the brace that closes what is open."""
    depth = 1
    for i, token in enumerate(tokens):
        depth += (token[0] == "{") - (token[0] == "}")
        if depth == 0:
            return tokens[:i]
    return tokens


def _declared(tokens: list[Token]) -> Iterator[tuple[str, int, str]]:
    """Name, place and type of each member whose name begins with an underscore."""
    depth, start = 0, 0
    for i, token in enumerate(tokens):
        depth += (token[0] in "{(") - (token[0] in "})")
        if token[0] == ";" and depth == 0:
            yield from _statement(tokens[start:i])
            start = i + 1


def _statement(tokens: list[Token]) -> Iterator[tuple[str, int, str]]:
    specifier: list[Token] = []
    for part in _parts(tokens):
        at = next((k for k, t in enumerate(part) if re.match(r"_[A-Za-z0-9]", t[0]) and _stands(part, k)), -1)
        if at < 0:
            continue
        named = next(k for k in range(at, -1, -1) if k == 0 or part[k - 1][0] not in ("*", "("))
        specifier = specifier or part[:named]
        shape = [*part[named:at], *part[at + 1 :]]
        text = _ATTRIBUTE.sub("", join([*specifier, *shape]))
        yield part[at][0][1:], part[at][1], " ".join(text.split())


def _stands(part: list[Token], k: int) -> bool:
    """Whether a word is the declarator's name: nothing but brackets, dimensions and attributes follow."""
    following = part[k + 1][0] if k + 1 < len(part) else ""
    return following in ("", "[", ")", ":") or following.startswith("__")


def _parts(tokens: list[Token]) -> Iterator[list[Token]]:
    """Declarators, the first with the type before it."""
    depth, part = 0, list[Token]()
    for token in tokens:
        depth += (token[0] in "{([") - (token[0] in "})]")
        if token[0] == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def declared(symbol_of: Callable[[str], str], texts: list[str], at: str, number: Callable[[str], int]) -> VnetModule:
    """The module of `VNET_MOD_DECLARE(FROB, frob, attach, detach, NET, symmap)`, or of the form without storage.

    Arguments:
        symbol_of: the model's name of a function.
        texts: arguments; those with storage have one more.
        at: the place.
        number: of an identifier.
    """
    upper, lower, attach, detach, depends = (*texts, "", "", "", "", "")[:5]
    return VnetModule(
        lower,
        f"vnet_{lower}_modinfo",
        f"VNET_MOD_{upper}",
        at,
        number(f"VNET_MOD_{upper}"),
        f"VNET_MOD_{depends}" if depends else "",
        "" if attach in _NOTHING else symbol_of(attach),
        "" if detach in _NOTHING else symbol_of(detach),
        f"vnet_{lower}" if len(texts) > 5 else "",
    )


def written(
    symbol_of: Callable[[str], str], symbol: str, tokens: list[Token], at: str, number: Callable[[str], int]
) -> VnetModule:
    """The module of a `struct vnet_modinfo` that is written out; arguments as those of `declared`."""
    says = given(tokens)
    attach, detach = says.get("iattach", ""), says.get("idetach", "")
    size = _STRUCT.search(says.get("struct_size", says.get("size", "")))
    identifier, depends = says.get("id", ""), says.get("dependson", "")
    return VnetModule(
        says.get("name", symbol).strip('"'),
        symbol,
        identifier,
        at,
        number(identifier),
        "" if depends in _NOTHING else depends,
        "" if attach in _NOTHING else symbol_of(attach),
        "" if detach in _NOTHING else symbol_of(detach),
        size.group(1) if size else "",
    )


def given(tokens: list[Token]) -> dict[str, str]:
    """What an initialiser gives the members of a `struct vnet_modinfo`, by their names without `vmi_`.

    Members that it does not name are those that follow on the one before, as C has it.
    """
    order: list[str] = known().containers["members"]
    says: dict[str, str] = {}
    following = 0
    for part in _parts(tokens[1:-1]):
        value = part
        if len(part) > 3 and part[0][0] == "." and part[2][0] == "=":
            name, value = part[1][0].removeprefix("vmi_"), part[3:]
            following = order.index(name) if name in order else following
        elif part and following < len(order):
            name = order[following]
        else:
            continue
        following += 1
        says[name] = join(value).lstrip("&")
    return says


def number(shop: Shop, file: str, identifier: str, at: int) -> int:
    """What an identifier is: a sum of numbers and of names the rules know; -1 if it is anything else."""
    values: dict[str, int] = known().containers["numbers"]
    total = 0
    for text, *_ in shop.expand(file, [(identifier, at, NOTHING)]) if is_word(identifier or "0") else ():
        if text in ("(", ")", "+"):
            continue
        if text not in values and not text.isdigit():
            return -1
        total += values[text] if text in values else int(text)
    return total if identifier else -1
