"""What the parts that build one module share: texts, macros, names, and what has been gathered so far."""

import re
from collections.abc import Mapping
from copy import copy
from functools import cached_property

import msgspec

from vport.c.reading import Reading
from vport.facts import Function as FoundFunction
from vport.modelling.aliases import Aliases
from vport.modelling.body import Body, Brought
from vport.modelling.branches import Branches
from vport.modelling.expansion import Expander, Macros, TooLong
from vport.modelling.known import is_opaque, known
from vport.modelling.lexing import Source, Token, is_word, pair
from vport.modelling.statements import Statements
from vport.modelling.symbols import Index, Symbols, returned_type
from vport.patterns import later
from vport.runtime.model import Function
from vport.runtime.patience import go_on
from vport.tree import Tree

_PLAIN = later(rb"""[^#/\\"']*\Z""")
"""Text without directives, comments, literals and lines that go on."""
_QUEUE_HEAD = later(
    r"Q_(?:(?<=\bTAILQ_)|(?<=\bSTAILQ_)|(?<=\bCIRCLEQ_)|(?<=\bCK_TAILQ_)|(?<=\bCK_STAILQ_)|(?<=\bCK_CIRCLEQ_))"
    r"(?:CLASS_)?HEAD\s*\(\s*(\w+)"
)
"""What begins with a literal is found many times faster than what begins with an edge."""
_DIRECTIVE = later(rb"^[ \t]*#[ \t]*(?:undef|pragma|error|warning|line|ident)\b(?:[^\\\n]|\\\r?\n|\\.)*", re.MULTILINE)
"""Directives that leave nothing in the code; those that do are read elsewhere."""
_HANDLER_ARGS = ("addr", "have_addr", "count", "modif")


class Shop:
    """A tree as one build sees it; serves the models of many modules.

    Arguments:
        tree: linked facts.
        data: bytes of every file.
        reading: what the reader knew of macros.
        options: names the build defines.
    """

    def __init__(self, tree: Tree, data: Mapping[str, bytes], reading: Reading, options: Mapping[str, int]) -> None:
        self.tree = tree
        self.reading = reading
        self.branches = Branches(tree, options)
        self.index = Index(tree, self.branches)
        self._data = data
        self._sources: dict[str, Source] = {}
        says = known()
        self.macros = Macros(tree, self._raw, self.branches, says.macros, is_opaque)
        self._expanders: dict[str, Expander] = {}

    def _raw(self, file: str) -> str:
        return self._data[file].decode("latin-1")

    def source(self, file: str) -> Source:
        """A file as the build compiles it."""
        if file not in self._sources:
            known_facts = self.tree.facts[file]
            blank = [*self.branches.left_out(file), *((d.start, d.end) for d in known_facts.defines)]
            blank += [(i.start, i.end) for i in known_facts.includes]
            blank += [m.span() for m in _DIRECTIVE.finditer(self._data[file])]
            for group in known_facts.groups:
                edges = [group.start, *(e for b in group.branches for e in (b.start, b.end)), group.end]
                blank += [(edges[k], edges[k + 1]) for k in range(0, len(edges), 2)]
            self._sources[file] = Source(file, self._data[file], blank)
        return self._sources[file]

    def text(self, file: str, start: int, end: int) -> str:
        """What the build compiles between two offsets; a file is blanked only where something may have to be."""
        raw = self._data[file][start:end]
        return raw.decode("latin-1") if _PLAIN.match(raw) else self.source(file).text[start:end]

    def expand(self, file: str, tokens: list[Token]) -> list[Token]:
        """Tokens of a file with every macro replaced."""
        if file not in self._expanders:
            self._expanders[file] = Expander(self.macros, file)
        return self._expanders[file].expand(tokens)

    @cached_property
    def queue_tags(self) -> frozenset[str]:
        """Tags of the structures that are heads of queues which hold their own address."""
        texts = (self._raw(f) for f in self.tree.facts if "TAILQ_HEAD" in self.tree.facts[f].words)
        return frozenset(m.group(1) for text in texts for m in _QUEUE_HEAD.finditer(text))

    def is_head(self, name: str) -> bool:
        """Whether a macro heads a loop or `if`."""
        return self.reading.kinds.get(name.encode("latin-1")) == "head"


class Drawn(msgspec.Struct, frozen=True):
    """A function's text: its file, its tokens from the head on with macros replaced, and where its body opens."""

    file: str
    name: str
    shown: str
    at: int
    head: list[Token]
    body: list[Token]
    returns: str = "int"
    exported: bool = False


class FunctionReader:
    """Turns functions of one module into nodes."""

    def __init__(self, shop: Shop, symbols: Symbols, brought: Brought) -> None:
        self._shop = shop
        self._symbols = symbols
        self._brought = brought

    def into(self, brought: Brought) -> "FunctionReader":
        """The same, where what functions bring is gathered in another place."""
        other = copy(self)
        other._brought = brought
        return other

    def key(self, key: tuple[str, str]) -> Function:
        """A function of the tree."""
        go_on()
        file, name = key
        shown = self._symbols.shown(key)
        found = self.found(key)
        source = self._shop.source(file)
        place = source.at(found.body)
        returns = returned_type(source.text[found.start : found.body], name)
        try:
            head = self._shop.expand(file, source.tokens(found.start, found.body))
            body = self._shop.expand(file, source.tokens(found.body, found.end))
        except TooLong as error:
            return Function(shown, place, unread=f"macro {error} expands beyond what can be read", returns=returns)
        return self.read(Drawn(file, name, shown, found.body, head, body, returns, self.is_exported(found)))

    def found(self, key: tuple[str, str]) -> FoundFunction:
        """Where a function of the tree stands."""
        file, name = key
        return self._symbols.own_functions.get(key) or next(
            f
            for f in self._shop.tree.facts[file].functions
            if f.name == name and self._shop.branches.compiled(file, f.body)
        )

    def is_exported(self, found: FoundFunction) -> bool:
        """Whether a function is no static, and another file of the tree names it."""
        return not found.static and any(found.name in words for words in self._other_words)

    @cached_property
    def _other_words(self) -> list[frozenset[str]]:
        mine, tree = set(self._symbols.files), self._shop.tree
        return [tree.words(f) for f in tree.facts if f.endswith(".c") and f not in mine]

    def read(self, drawn: Drawn) -> Function:
        """A function from its tokens."""
        source = self._shop.source(drawn.file)
        place = source.at(drawn.at)
        match = pair(drawn.body)
        types = dict(self._parameters(drawn))
        names = tuple(types)
        if match is None or not drawn.body or drawn.body[0][0] != "{":
            why = "its brackets do not pair in this build"
            return Function(drawn.shown, place, names, unread=why, returns=drawn.returns)
        body = Body(source, drawn.name, drawn.body, match, self._symbols, self._brought)
        body.scopes[0].update(types)
        try:
            nodes = Statements(body, self._shop.is_head).block(1, match[0])
        except RecursionError:
            return Function(drawn.shown, place, names, unread="it nests too deeply to be read", returns=drawn.returns)
        nodes = Aliases(nodes, names, self._symbols.variables).resolved(nodes)
        return Function(drawn.shown, place, names, nodes, returns=drawn.returns, exported=drawn.exported)

    def _parameters(self, drawn: Drawn) -> list[tuple[str, str]]:
        """Names and types of a function's parameters, in order."""
        if "(" in drawn.name:
            return [(n, "int") for n in _HANDLER_ARGS]
        for macro, names in self._shop.reading.parameters.items():
            if any(t[0] == macro.decode() for t in drawn.head):
                return [(n, "void *") for n in names]
        match = pair(drawn.head)
        if match is None:
            return []
        texts = [t[0] for t in drawn.head]
        opened = next((i + 1 for i, t in enumerate(texts[:-1]) if t == drawn.name and texts[i + 1] == "("), -1)
        if opened < 0:
            return []
        found: list[tuple[str, str]] = []
        start = opened + 1
        for i in range(opened + 1, match[opened] + 1):
            if i == match[opened] or (texts[i] == "," and _depth(match, opened, i)):
                found += _parameter(texts[start:i])
                start = i + 1
        return found


def _depth(match: list[int], opened: int, at: int) -> bool:
    """Whether no bracket inside the one at `opened` holds `at`."""
    return not any(match[k] > at for k in range(opened + 1, at))


def _parameter(words: list[str]) -> list[tuple[str, str]]:
    """Name and type of one parameter's declarator."""
    if not words or words in (["void"], ["..."]):
        return []
    for k, word in enumerate(words[:-2]):
        if word == "(" and words[k + 1] == "*" and is_word(words[k + 2]):
            return [(words[k + 2], "()*")]
    bare = words[: words.index("[")] if "[" in words else words
    named = [w for w in bare if is_word(w)]
    return [(named[-1], " ".join(bare[:-1]) or "int")] if named else []
