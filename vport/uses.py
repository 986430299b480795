"""Where names of interest occur in a file, and what is done with them there.

A pure function of the file's bytes, its facts and the names; `tree.py` decides which variable a hit means.
Hits that the language puts into another name space (members, tags, labels, locals, parameters ...) never leave
this module.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from vport.c.declarators import Declaration
from vport.c.lex import blanked, find_directives
from vport.c.mask import MacroCall
from vport.c.operands import EXPRESSION_WORDS, access_at, argument_at, measured
from vport.c.tokens import WORD, before, find_words, skip_space, word_before
from vport.facts import Define, FileFacts, Function

_TAGS = frozenset((b"struct", b"union", b"enum"))
_OWN_DECLARATION = (
    rb"[{;][\s\\]*(?:(?:const|volatile|static|struct|union|enum|unsigned)\s+)*(\w+)[\s*\\]+"
    rb"(?:\w+[^;,{}()\\]*+(?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)[^;,{}()\\]*+)*+,[\s*\\]*)*"
)
"""The front of a declaration in a macro's body, up to one of its declarators."""
_GAPS = b" \t\n\r\f\v\\"
_DECLARED = (b"=", b";", b",", b"[")


class Use(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One occurrence of a name that may mean a variable.

    Arguments:
        name, at: the identifier and its offset.
        place: `function`, `macro`, `value` (an initialiser at file scope) or `call` (a macro call at file scope).
        index: of the function, define, declaration or call in the facts it stands in; -1 for the operand of a
            `sizeof` at file scope outside all of them, whose place is `value`.
        access: `read`, `write`, `address`, `call` or `sizeof`.
        callee: the function or macro of whose arguments it is one, whole or with `&` or members; else empty.
        argument: index of that argument, -1 when the hit is not an argument by itself.
        pasted: whether `##` or `#` stands beside it in a macro body.
    """

    name: str
    at: int
    place: str
    index: int
    access: str
    callee: str = ""
    argument: int = -1
    pasted: bool = False


class Ranges:
    """Ordered, disjoint ranges, and which of them holds an offset."""

    def __init__(self, items: Iterable[tuple[int, int]]) -> None:
        ordered = list(items)
        self.starts = [a for a, _ in ordered]
        self.ends = [b for _, b in ordered]

    def at(self, offset: int) -> int:
        """Index of the range that holds `offset`, or -1."""
        i = bisect_right(self.starts, offset) - 1
        return i if i >= 0 and offset < self.ends[i] else -1


class _Nested(Ranges):
    """Ranges that may hold one another."""

    def __init__(self, items: Iterable[tuple[int, int]]) -> None:
        outer: list[tuple[int, int]] = []
        for a, b in sorted(items):
            if not outer or a >= outer[-1][1]:
                outer.append((a, b))
        super().__init__(outer)


class _Finder:
    """State of one file's search."""

    def __init__(self, data: bytes, facts: FileFacts, names: frozenset[bytes]) -> None:
        self.plain = blanked(data)
        self.code = self.plain.replace(b"\\\n", b" \n").replace(b"\\\r\n", b" \r\n")
        self.facts = facts
        self.functions = Ranges((f.start, f.end) for f in facts.functions)
        self.defines = Ranges((d.start, d.end) for d in facts.defines)
        self.calls = sorted(range(len(facts.calls)), key=lambda i: facts.calls[i].start)
        self.call_ranges = Ranges((facts.calls[i].start, facts.calls[i].end) for i in self.calls)
        self.fields = _Nested(facts.fields)
        self.declarations = [i for i, d in enumerate(facts.declarations) if not d.function]
        self.declared = Ranges((facts.declarations[i].start, facts.declarations[i].end) for i in self.declarations)
        self.halves: list[tuple[int, int, int]] | None = None
        self.own = {d.name_at for x in facts.declarations for d in x.declarators}
        self.statics: dict[bytes, list[tuple[int, int]]] = {}
        for x in facts.declarations:
            for d in x.declarators if x.function else ():
                self.statics.setdefault(d.name.encode("latin-1"), []).append((d.name_at, x.until))
        self.scopes: dict[tuple[bytes, int], list[tuple[int, int]]] = {}
        wanted = {n.decode("latin-1") for n in names}
        local = facts.local
        for i, name in enumerate(local.names):
            if name in wanted:
                key = (name.encode("latin-1"), self.functions.at(local.at[i]))
                self.scopes.setdefault(key, []).append((local.at[i], local.until[i]))

    def in_directive(self, at: int) -> bool:
        """Whether `at` stands in a directive; only where it does are they looked for in the whole file."""
        low = self.plain.rfind(b"#", 0, at)
        if low < 0 or (self.plain.rfind(b"\n", low, at) >= 0 and b"\\" not in self.plain[low:at]):
            return False
        return self.directives.at(at) >= 0

    @cached_property
    def directives(self) -> Ranges:
        """Directives other than `#define`."""
        return Ranges((d.start, d.end) for d in find_directives(self.plain) if d.name != "define")

    def shadowed(self, name: bytes, at: int) -> bool:
        """Whether the innermost declaration in scope is neither static nor extern."""
        scopes = self.scopes.get((name, self.functions.at(at)), ())
        local = max((a for a, b in scopes if a <= at < b), default=-1)
        if local < 0:
            return False
        return not any(local < a <= at < b for a, b in self.statics.get(name, ()))

    def in_other_branch(self, at: int) -> int:
        """Index of the file-scope declaration whose value goes on, in another branch, where `at` stands; or -1.

        A conditional that splits an initialiser is read with one branch, and the declaration ends in that.
        """
        if self.halves is None:
            self.halves = list(self._halves())
        for start, end, index in self.halves:
            if start <= at < end and b";" not in self.code[start:at]:
                return index
        return -1

    def _halves(self) -> Iterator[tuple[int, int, int]]:
        """Branches in which the initialiser of a file-scope declaration may go on, and the index of that."""
        for group in self.facts.groups:
            index = self.declared.at(group.start)
            if index < 0 or self.declared.ends[index] > group.end:
                continue
            last = self.facts.declarations[self.declarations[index]].declarators[-1]
            if last.value_end > group.start:
                yield from ((branch.start, branch.end, self.declarations[index]) for branch in group.branches)

    def named_before(self, name: bytes, at: int) -> bool:
        """Whether the statement at `at` names it before, outside such operands, as a prototype does its parameters."""
        start = max(self.code.rfind(mark, 0, at) for mark in (b";", b"{", b"}")) + 1
        return any(not measured(self.code, start + low) for low in find_words(self.code[start:at], (name,)))

    def other_name_space(self, at: int, end: int) -> bool:
        """Whether the token at `at` is a member, a tag or a label."""
        code = self.code
        low = before(code, at)
        if low and (code[low - 1] == 0x2E or code[low - 2 : low] == b"->"):
            return code[low - 3 : low] != b"..."
        if low and code[low - 1 : low].isalpha():
            word = word_before(code, at)
            if word in _TAGS or word == b"goto":
                return True
        following = skip_space(code, end)
        if code[following : following + 1] == b":" and code[following + 1 : following + 2] != b":":
            return (
                low == 0
                or word_before(code, at) == b"else"
                or (code[low - 1] in b";{},:" and self._starts_label(low - 1))
            )
        return code[low - 2 : low] == b"&&" and self._label_address(low - 2)

    def _starts_label(self, at: int) -> bool:
        """Whether a name behind the mark at `at` and before a colon is a label or designator, not the end of `? :`."""
        depth, floor = 0, max(0, at - 2000)
        while at >= floor:
            mark = self.code[at]
            if mark in b")]":
                depth += 1
            elif mark in b"([":
                if depth == 0:
                    return False
                depth -= 1
            elif depth == 0 and mark in b"?;{}":
                return mark != 0x3F
            at -= 1
        return True

    def _label_address(self, at: int) -> bool:
        """Whether the `&&` at `at` has no left operand, so that a label follows (GNU C)."""
        low = before(self.code, at)
        last = self.code[low - 1 : low]
        return not (last.isalnum() or last in b"_)]") or word_before(self.code, at) in EXPRESSION_WORDS


def _pasted(code: bytes, at: int, end: int, parameters: tuple[str, ...] | None) -> bool:
    low, high = before(code, at), skip_space(code, end)
    if code[low - 2 : low] == b"##" or code[high : high + 2] == b"##":
        return True
    return parameters is not None and code[low - 1 : low] == b"#"


def _declared_in_body(code: bytes, define: Define, name: str) -> bool:
    """Whether a macro's body declares the name itself, as `do { int x; ... } while (0)` does."""
    body = code[define.body : define.end]
    ends = (at + len(name) for at in find_words(body, (name.encode("latin-1"),)))
    if not any(body[end:].lstrip(_GAPS)[:1] in _DECLARED for end in ends):
        return False  # most names: a pattern for each costs more than all the rest
    pattern = _OWN_DECLARATION + re.escape(name.encode("latin-1")) + rb"[\s\\]*[=;,\[]"
    return any(m.group(1) not in EXPRESSION_WORDS for m in re.finditer(pattern, code[define.body : define.end]))


def _in_define(finder: _Finder, name: str, at: int, end: int, index: int) -> Use | None:
    define: Define = finder.facts.defines[index]
    if at < define.body or (define.parameters and name in define.parameters):
        return None
    if finder.other_name_space(at, end) or _declared_in_body(finder.code, define, name):
        return None
    callee, argument = argument_at(finder.code, at, end)
    pasted = _pasted(finder.code, at, end, define.parameters)
    access = "address" if finder.code[define.body : at].strip() == b"&" else access_at(finder.code, at, end)
    return Use(name, at, "macro", index, access, callee, argument, pasted)


def _in_function(finder: _Finder, name: str, at: int, end: int, index: int) -> Use | None:
    function: Function = finder.facts.functions[index]
    if finder.in_directive(at) or finder.shadowed(name.encode("latin-1"), at) or finder.other_name_space(at, end):
        return None
    if (at < function.body or finder.fields.at(at) >= 0) and not measured(finder.code, at):
        return None
    callee, argument = argument_at(finder.code, at, end)
    return Use(name, at, "function", index, access_at(finder.code, at, end), callee, argument)


def _in_call(finder: _Finder, name: str, at: int, end: int, index: int) -> Use | None:
    call: MacroCall = finder.facts.calls[finder.calls[index]]
    if finder.other_name_space(at, end):
        return None
    argument = next((i for i, (a, b) in enumerate(call.arguments) if a <= at < b), -1)
    if argument < 0:
        return None
    return Use(name, at, "call", finder.calls[index], access_at(finder.code, at, end), call.name, argument)


def _at_file_scope(finder: _Finder, name: str, at: int, end: int) -> Use | None:
    if finder.other_name_space(at, end):
        return None
    index = _initialised(finder, at)
    if index >= 0:
        callee, argument = argument_at(finder.code, at, end)
        return Use(name, at, "value", index, access_at(finder.code, at, end), callee, argument)
    if measured(finder.code, at) and not finder.named_before(name.encode("latin-1"), at):
        return Use(name, at, "value", -1, "sizeof")
    return None


def _initialised(finder: _Finder, at: int) -> int:
    """Index of the file-scope declaration in whose value or bounds `at` stands, another branch of it included."""
    index = finder.declared.at(at)
    if index >= 0 and finder.fields.at(at) < 0:
        declaration: Declaration = finder.facts.declarations[finder.declarations[index]]
        for declarator in declaration.declarators:
            in_value = declarator.value_start <= at < declarator.value_end
            in_bounds = declarator.name_at < at < declarator.end and "a" in declarator.shape
            if in_value or in_bounds:
                return finder.declarations[index]
    return finder.in_other_branch(at)


def _classify(finder: _Finder, name: str, at: int, end: int) -> Use | None:
    index = finder.defines.at(at)
    if index >= 0:
        return _in_define(finder, name, at, end, index)
    if at in finder.own:
        return None
    index = finder.functions.at(at)
    if index >= 0:
        return _in_function(finder, name, at, end, index)
    index = finder.call_ranges.at(at)
    if index >= 0:
        return _in_call(finder, name, at, end, index)
    return None if finder.in_directive(at) else _at_file_scope(finder, name, at, end)


def _word_at(code: bytes, at: int) -> str:
    found = WORD.match(code, at)
    return found.group().decode("latin-1") if found else ""


def find_uses(data: bytes, facts: FileFacts, names: Iterable[str]) -> list[Use]:
    """All hits of `names` in a file that may mean a variable, in order.

    Arguments:
        data: the file's bytes.
        facts: of the same bytes.
        names: identifiers of interest.
    """
    wanted = frozenset(n.encode("latin-1") for n in names)
    if not wanted:
        return []
    finder = _Finder(data, facts, wanted)
    found: list[Use] = []
    for at in find_words(finder.code, wanted):
        name = _word_at(finder.code, at)
        use = _classify(finder, name, at, at + len(name))
        if use is not None:
            found.append(use)
    return found
