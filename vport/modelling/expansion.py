"""Macros of the tree replaced, as C11 6.10.3 says; each token remembers the call it came from."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from vport.facts import Define
from vport.modelling.branches import Branches
from vport.modelling.lexing import NOTHING, Token, is_word, tokenize
from vport.tree import Tree

LIMIT = 200_000
"""Tokens that one expansion may bring: what grows beyond is no code people read."""


class TooLong(Exception):
    """An expansion went beyond LIMIT."""


class Macro(msgspec.Struct, frozen=True):
    """A macro: `parameters` is None for an object-like one; `variadic` if the last takes the rest."""

    name: str
    parameters: tuple[str, ...] | None
    body: tuple[str, ...]
    variadic: bool = False


def make_macro(define: str) -> Macro:
    """A macro from the text behind `#define`."""
    tokens = [t for t, _, _ in tokenize(define)]
    name = tokens[0]
    if not define.startswith(name + "("):
        return Macro(name, None, tuple(tokens[1:]))
    closed = tokens.index(")")
    listed = [t for t in tokens[2:closed] if t != ","]
    variadic = "..." in listed
    names = [t for t in listed if t != "..."]
    if variadic and (not names or tokens[closed - 2] == ","):
        names.append("__VA_ARGS__")
    return Macro(name, tuple(names), tuple(tokens[closed + 1 :]), variadic)


class Macros:
    """Macros as files see them.

    Arguments:
        tree: linked facts.
        text: gives a file's text.
        branches: of the build.
        given: macros that stand for what headers outside define; they win.
        opaque: tells names that are never replaced, since a model knows what they mean.
    """

    def __init__(
        self,
        tree: Tree,
        text: Callable[[str], str],
        branches: Branches,
        given: Mapping[str, Macro],
        opaque: Callable[[str], bool],
    ) -> None:
        self._tree = tree
        self._text = text
        self._branches = branches
        self._given = given
        self.names = {name for name in tree.macros.keys() | given.keys() if name in given or not opaque(name)}
        self._functions: set[str] = set()
        self._made: dict[tuple[str, int], Macro] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self._seen: dict[tuple[str, str], list[tuple[int, Macro]]] = {}

    def at(self, file: str, name: str, at: int) -> Macro | None:
        """The macro that `name` is in `file` at an offset; None when it is none."""
        if name in self._given:
            return self._given[name]
        key = (file, name)
        if key not in self._seen:
            self._seen[key] = self._find(file, name)
        found = None
        for start, macro in self._seen[key]:
            if start < at:
                found = macro
        return found

    def _find(self, file: str, name: str) -> list[tuple[int, Macro]]:
        """Definitions that reach a file: those of headers count from the start, its own from where they stand."""
        reach = self._included(file)
        compiled = [(f, d) for f, d in self._tree.macros[name] if self._branches.compiled(f, d.start)]
        others = [(-1, self._macro(f, d)) for f, d in compiled if f in reach and f != file]
        own = [(d.start, self._macro(f, d)) for f, d in compiled if f == file]
        if not others and not own and not self._is_function(name):
            # a header that another one outside the tree would have brought
            others = [(-1, self._macro(f, d)) for f, d in compiled if f.endswith(".h")]
        return others[-1:] + sorted(own, key=lambda found: found[0])

    def _included(self, file: str) -> frozenset[str]:
        """All files that the build includes into a file, and itself: of two headers for two systems the one."""
        if file not in self._reach:
            seen, todo = {file}, [file]
            while todo:
                current = todo.pop()
                for include in self._tree.facts[current].includes:
                    if self._branches.compiled(current, include.start):
                        targets = self._tree.resolve_include(current, include.path, include.quoted)
                        todo += (t for t in targets if t not in seen)
                        seen.update(targets)
            self._reach[file] = frozenset(seen)
        return self._reach[file]

    def _is_function(self, name: str) -> bool:
        if not self._functions:
            self._functions = {f.name for facts in self._tree.facts.values() for f in facts.functions} | {""}
        return name in self._functions

    def _macro(self, file: str, define: Define) -> Macro:
        key = (file, define.start)
        if key not in self._made:
            text = self._text(file)[define.start : define.end]
            self._made[key] = make_macro(text[text.index("define") + 6 :].lstrip(" \t\\\r\n"))
        return self._made[key]


class Expander:
    """Replaces the macros in tokens of one file."""

    def __init__(self, macros: Macros, file: str) -> None:
        self._macros = macros
        self._file = file
        self._budget = LIMIT

    def expand(self, tokens: Iterable[Token]) -> list[Token]:
        """The tokens with every macro replaced.

        Raises:
            TooLong: they grow beyond all reason.
        """
        self._budget = LIMIT
        return self._expand(list(tokens))

    def _expand(self, tokens: list[Token]) -> list[Token]:
        names = self._macros.names
        if names.isdisjoint([token[0] for token in tokens]):
            return tokens
        rest, out = tokens[::-1], list[Token]()
        take, keep = rest.pop, out.append
        while rest:
            token = take()
            name, at, hidden = token
            macro = None
            if name in names and name not in hidden:
                macro = self._macros.at(self._file, name, at)
            if macro is None:
                keep(token)
            else:
                self._replace(macro, token, rest, out)
        return out

    def _replace(self, macro: Macro, token: Token, rest: list[Token], out: list[Token]) -> None:
        _, at, hidden = token
        arguments: list[list[Token]] = []
        if macro.parameters is not None:
            taken = _arguments(rest)
            if taken is None:
                out.append(token)
                return
            arguments, used = taken
            del rest[len(rest) - used :]
        body = self._substitute(macro, arguments, at, hidden | {macro.name})
        self._budget -= len(body) + 1
        if self._budget < 0:
            raise TooLong(macro.name)
        rest.extend(reversed(body))

    def _substitute(self, macro: Macro, arguments: list[list[Token]], at: int, hidden: frozenset[str]) -> list[Token]:
        given = _bind(macro, arguments)
        expanded: dict[str, list[Token]] = {}
        out: list[Token] = []
        body, i = macro.body, 0
        while i < len(body):
            word = body[i]
            following = body[i + 1] if i + 1 < len(body) else ""
            if word == "#" and following in given:
                out.append(('"' + " ".join(t[0] for t in given[following]).replace('"', "'") + '"', at, hidden))
                i += 2
            elif word == "##" and out and following:
                self._paste(out, given.get(following, [(following, at, hidden)]), at, hidden)
                i += 2
            elif word in given:
                if following == "##":
                    out += _hiding(given[word], hidden)
                else:
                    if word not in expanded:
                        expanded[word] = _hiding(self._expand(list(given[word])), hidden)
                    out += expanded[word]
                i += 1
            else:
                out.append((word, at, hidden))
                i += 1
        return out

    @staticmethod
    def _paste(out: list[Token], right: list[Token], at: int, hidden: frozenset[str]) -> None:
        if not right:
            if out[-1][0] == ",":
                out.pop()  # GNU: `, ## __VA_ARGS__` without arguments takes the comma along
            return
        left = out[-1][0]
        if left == ",":
            out += right
            return
        out[-1] = (left + right[0][0], at, hidden) if is_word(left) or left.isalnum() else out[-1]
        out += right[1:] if is_word(left) or left.isalnum() else right


def _hiding(tokens: list[Token], hidden: frozenset[str]) -> list[Token]:
    """Tokens that came through some macros more."""
    return [(text, at, already | hidden if already else hidden) for text, at, already in tokens]


def _bind(macro: Macro, arguments: list[list[Token]]) -> dict[str, list[Token]]:
    """Parameters to what they are given."""
    names = macro.parameters or ()
    given = {name: arguments[i] if i < len(arguments) else [] for i, name in enumerate(names)}
    if macro.variadic and names:
        more: list[Token] = []
        for i, argument in enumerate(arguments[len(names) - 1 :]):
            more += ([(",", argument[0][1] if argument else 0, NOTHING)] if i else []) + argument
        given[names[-1]] = more
    return given


def _arguments(rest: list[Token]) -> tuple[list[list[Token]], int] | None:
    """Arguments of a call whose parenthesis is next on the stack, and how many tokens they take."""
    if not rest or rest[-1][0] != "(":
        return None
    found: list[list[Token]] = [[]]
    depth = 0
    for used in range(1, len(rest) + 1):
        token = rest[-used]
        mark = token[0]
        if mark in ("(", "[", "{"):
            depth += 1
        elif mark in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return found, used
        if mark == "," and depth == 1:
            found.append([])
        elif used > 1:
            found[-1].append(token)
    return None
