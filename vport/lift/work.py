"""What the lifts of one round share: the tree as it is now, the dialect to write, and what is left to a person."""

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from vport import rules
from vport.c.tokens import closing_paren, find_words, skip_space, split_arguments
from vport.dialect import HISTORY, Dialect
from vport.edits import Edit
from vport.findings import Finding
from vport.job import Job
from vport.patterns import later
from vport.read import Read
from vport.source import line_end, line_of, line_start

Made = TypeVar("Made")

_BLANK_LINE = later(rb"[ \t]*\r?\n\Z")


class Call:
    """A macro or function that is called, with its arguments' ranges.

    Arguments:
        file: that holds it.
        name: of what is called.
        start, end: from its name past its closing parenthesis.
        arguments: ranges, blanks at both ends left out.
    """

    def __init__(self, work: "Work", file: str, name: str, start: int) -> None:
        code = work.joined(file)
        paren = skip_space(code, start + len(name))
        called = code[paren : paren + 1] == b"("
        self.file = file
        self.name = name
        self.start = start
        self.end = closing_paren(code, paren) if called else -1
        self.arguments = split_arguments(code, paren + 1, self.end - 1) if self.end > 0 else []
        self._data = work.job.data[file]

    def text(self, index: int) -> str:
        """One argument; empty when there is none."""
        if index >= len(self.arguments):
            return ""
        start, end = self.arguments[index]
        return self._data[start:end].decode("latin-1")


class Work:
    """One round of an upgrade.

    Arguments:
        read: the tree as the rounds before left it.
        target: dialect to write.
        kept: names of variables that stay what they are.

    `left` gathers what is left to a person; `accessors` are those that a round before took out, by name.
    """

    def __init__(self, read: Read, target: Dialect, kept: frozenset[str] = frozenset()) -> None:
        self.read = read
        self._kept = kept
        self.target = target
        self.job = Job(read.tree, read.data, target, read.reading, [])
        self.left: list[Finding] = []
        self.accessors: dict[str, str] = {}
        self.dropped: dict[str, list[tuple[int, int]]] = {}
        self._joined: dict[str, bytes] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._made: dict[str, Any] = {}

    @cached_property
    def _framework(self) -> dict[str, list[tuple[int, int]]]:
        """Definitions of the kernel's own macros by file: what stands in them is not a module's."""
        table = rules.load("upgrade")["framework"]

        def own(name: str) -> bool:
            return _matches(name, table["names"]) and not _matches(name, table["modules"])

        return {
            file: [(d.start, d.end) for d in known.defines if own(d.name)]
            for file, known in self.read.tree.facts.items()
        }

    def joined(self, file: str) -> bytes:
        """Code of `file` with the backslashes of continued lines blanked."""
        if file not in self._joined:
            self._joined[file] = re.sub(rb"\\(\r?\n)", rb" \1", self.job.code(file))
        return self._joined[file]

    def words(self, names: Iterable[str]) -> Iterator[tuple[str, int]]:
        """File and offset of every occurrence of some words in modules' code, in order."""
        wanted = set(names)
        for file in self.read.tree.facts:
            here = wanted & self._words_of(file)
            if not here:
                continue
            skipped = self._framework[file]
            for at in find_words(self.job.code(file), [n.encode() for n in here]):
                if not any(start <= at < end for start, end in skipped):
                    yield file, at

    def _words_of(self, file: str) -> frozenset[str]:
        """Identifiers of a file, those of macro bodies among them."""
        if file not in self._words:
            self._words[file] = frozenset(re.findall(r"[A-Za-z_]\w*", self.job.code(file).decode("latin-1")))
        return self._words[file]

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` gives, made when it is first asked for in this round."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    def calls(self, names: Iterable[str]) -> Iterator[Call]:
        """Every call of some macros or functions in modules' code."""
        wanted = list(names)
        for file, at in self.words(wanted):
            call = Call(self, file, self.word_at(file, at), at)
            if call.end > 0 and not self.defines(file, at):
                yield call

    def matching(self, pattern: str) -> list[str]:
        """Names in the tree that a pattern matches, as in fnmatch."""
        return fnmatch.filter(self._all_words, pattern)

    @cached_property
    def _all_words(self) -> list[str]:
        return sorted(set().union(*(self._words_of(f) for f in self.read.tree.facts)))

    def word_at(self, file: str, at: int) -> str:
        """The identifier at an offset."""
        found = re.compile(rb"\w+").match(self.job.code(file), at)
        return found.group().decode("latin-1") if found else ""

    def defines(self, file: str, at: int) -> bool:
        """Whether the name at `at` is what a `#define` defines there."""
        begin = line_start(self.job.code(file), at)
        head = self.job.code(file)[begin:at].split()
        return head in ([b"#define"], [b"#", b"define"], [b"#undef"], [b"#ifdef"], [b"#ifndef"])

    def leave(self, file: str, at: int, kind: str, message: str, variable: str = "") -> None:
        """Leave something to a person, with the place."""
        line = line_of(self.job.data[file], at)
        self.left.append(Finding(file, line, kind, message, variable, False))

    def later_than(self, name: str) -> bool:
        """Whether the dialect to write is `name` or a later one."""
        return HISTORY.index(self.target.name) >= HISTORY.index(name)

    def keeps(self, name: str) -> bool:
        """Whether a variable stays what it is."""
        return name in self._kept

    def drop(self, file: str, start: int, end: int) -> None:
        """Let whole lines go, with what opens and closes a conditional that is empty then; see `Work.drops`."""
        data = self.job.data[file]
        stop = end if data[end - 1 : end] == b"\n" else line_end(data, end)
        self.dropped.setdefault(file, []).append((line_start(data, start), stop))

    def drops(self, by: str) -> Iterator[tuple[str, Edit]]:
        """The edits of all lines that go, neighbours together, with one of the blank lines around them."""
        for file, ranges in self.dropped.items():
            for start, end in self._runs(file, self._with_groups(file, ranges)):
                yield file, Edit(start, end, 0, b"", by, f"{self.target.name} does without")

    def _with_groups(self, file: str, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """With the conditionals that hold nothing else, the innermost first."""
        code, found = self.job.code(file), list(ranges)
        for group in sorted(self.read.tree.facts[file].groups, key=lambda g: g.end - g.start):
            inside = [r for r in found if group.start <= r[0] < group.end]
            if inside and not any(_rest(code, b.start, b.end, inside) for b in group.branches):
                found = [r for r in found if r not in inside]
                found.append((line_start(code, group.start), line_end(code, group.end - 1)))
        return found

    def _runs(self, file: str, ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        data = self.job.data[file]
        merged: list[list[int]] = []
        for start, end in sorted(set(ranges)):
            if merged and not data[merged[-1][1] : start].strip():
                merged[-1][1] = max(end, merged[-1][1])
            else:
                merged.append([start, end])
        for start, end in merged:
            yield _blank_line_above(data, start, end), end

    def removal(self, file: str, start: int, end: int, by: str, reason: str, variable: str = "") -> Edit:
        """Take a statement out, with its line when nothing else stands there.

        A blank line before it goes too when another follows, so that no two come together.
        """
        data = self.job.data[file]
        begin, stop = line_start(data, start), line_end(data, end)
        if data[begin:start].strip() or data[end:stop].strip():
            after = re.compile(rb"[ \t]*").match(data, end)
            return Edit(start, after.end() if after else end, 0, b"", by, reason, variable)
        previous = line_start(data, begin - 1) if begin else 0
        above = begin == 0 or bool(_BLANK_LINE.match(data[previous:begin]))
        if above and _BLANK_LINE.match(data[stop : line_end(data, stop)]):
            stop = line_end(data, stop)
        return Edit(begin, stop, 0, b"", by, reason, variable)


def _rest(code: bytes, start: int, end: int, removed: list[tuple[int, int]]) -> bytes:
    """What stays of a range."""
    kept, at = b"", start
    for low, high in sorted(removed):
        if start <= low < end:
            kept += code[at : max(at, low)]
            at = max(at, high)
    return (kept + code[at:end]).strip()


def _blank_line_above(data: bytes, start: int, end: int) -> int:
    """Where a removal begins: at the blank lines above it, but for one that sets its neighbours apart."""
    above = [start]
    while above[-1] and not data[line_start(data, above[-1] - 1) : above[-1]].strip():
        above.append(line_start(data, above[-1] - 1))
    follows = not data[end : line_end(data, end)].strip()
    return above[-1] if follows or len(above) == 1 else above[-2]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)
