"""Conditional groups of a file, and the texts a parser can read without them.

tree-sitter's grammar takes `#if` only where whole statements or declarations stand.  So no directive
ever reaches it: branches that are complete in themselves all stay in the text, side by side; of a group
that splits a statement or a brace only one branch stays, and every such group is read once per branch in a
further text.  Branch k of all groups is taken together, `#ifndef` counted the other way round, so that an
opening and a closing half that hang on the same option stay together.
"""

import msgspec

from vport.c.lex import Directive, close_strings, spaces
from vport.c.tokens import before as end_before
from vport.patterns import later

_OPENERS = frozenset(("if", "ifdef", "ifndef"))
_BOUNDARY_BEFORE = frozenset(b";{}:,")
_BOUNDARY_AFTER = frozenset(b";}:{")
_OTHER_LANGUAGES = frozenset(("__cplusplus", "__ASSEMBLER__", "__ASSEMBLY__", "LOCORE", "_LOCORE"))
"""Options that say the text is read as C++ or assembly."""
_NEVER = later(rf"(?:\A|&&)\s*+(?:0|defined\s*+\(?\s*+(?:{'|'.join(sorted(_OTHER_LANGUAGES))})\s*+\)?)\s*+(?:\Z|&&)")
_OPTION = later(r"(!?)\s*+(?:defined\b)?\s*+\(?\s*+(\w++)\s*+\)?\s*+\Z")
_MARKS = bytes.maketrans(b"({[)}]", b"((()))")
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b"({[)}]")


class Branch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One branch: its content is [start, end), `condition` the text after the directive's name."""

    start: int
    end: int
    directive: str
    condition: str


class Group(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One `#if ... #endif`: [start, end) from the first directive's line to the end of the last."""

    start: int
    end: int
    branches: tuple[Branch, ...]

    @property
    def has_else(self) -> bool:
        """Whether more than one branch exists."""
        return len(self.branches) > 1


def conditional_groups(code: bytes, directives: list[Directive]) -> tuple[list[Group], list[int]]:
    """Groups of `code` in order of their end, and the offsets of directives that pair with nothing."""
    groups: list[Group] = []
    stray: list[int] = []
    open_groups: list[tuple[int, list[Branch], Directive]] = []
    for d in directives:
        if d.name in _OPENERS:
            open_groups.append((d.start, [], d))
        elif d.name not in ("else", "elif", "endif"):
            continue
        elif not open_groups:
            stray.append(d.start)
        else:
            start, branches, previous = open_groups.pop()
            condition = code[previous.text_at : previous.end].strip().decode("latin-1")
            branches.append(Branch(previous.end, d.start, previous.name, condition))
            if d.name == "endif":
                groups.append(Group(start, d.end, tuple(branches)))
            else:
                open_groups.append((start, branches, d))
    return groups, stray + [start for start, _, _ in open_groups]


def _balance(text: bytes | bytearray) -> tuple[int, bool]:
    """Depth after `text`, and whether it never went below zero."""
    marks = text.translate(_MARKS, _NO_MARKS)
    for _ in range(6):
        marks = marks.replace(b"()", b"")
    depth, ok = 0, True
    for mark in marks:
        depth += 1 if mark == 0x28 else -1
        ok = ok and depth >= 0
    return depth, ok


def _is_complete(text: bytes | bytearray) -> bool:
    """Whether a branch holds whole statements, declarations or list elements only."""
    body = text.strip()
    if not body:
        return True
    if body[-1] not in _BOUNDARY_AFTER and not body.endswith(b","):
        return False
    return _balance(body) == (0, True)


def _starts_on_boundary(code: bytes | bytearray, at: int) -> bool:
    end = end_before(code, at)
    return end == 0 or code[end - 1] in _BOUNDARY_BEFORE


def _ordered(group: Group) -> tuple[Branch, ...]:
    """Branches with the one first that stands when every option is defined; one that is never C goes out."""
    first = group.branches[0]
    if first.directive == "ifndef" and first.condition in _OTHER_LANGUAGES:
        return group.branches[:1]
    negative = first.directive == "ifndef" or first.condition.startswith("!") or _never_true(first.condition)
    if negative and len(group.branches) == 2:
        return (group.branches[1], first)
    return group.branches


def _never_true(condition: str) -> bool:
    """Whether no C compiler takes the branch: `0`, C++ or assembly, other conditions beside it or not."""
    return "||" not in condition and _NEVER.search(condition) is not None


def _never(branch: Branch) -> bool:
    if branch.directive == "ifdef":
        return branch.condition in _OTHER_LANGUAGES
    return branch.directive in ("if", "elif") and _never_true(branch.condition)


class Selection(msgspec.Struct, frozen=True):
    """The texts to read.

    Arguments:
        texts: the first holds everything that can stand together; the others differ from it only in `split`.
        split: ranges of the groups that cannot stand together, outermost only, in order.
    """

    texts: tuple[bytes, ...]
    split: tuple[tuple[int, int], ...]


def _option(branch: Branch) -> tuple[str, bool]:
    """The option a branch hangs on, and whether it stands when that is not set."""
    match = _OPTION.match(branch.condition)
    name, turned = (match.group(2), bool(match.group(1))) if match else (branch.condition, False)
    return name, turned != (branch.directive == "ifndef")


def _unpaired(code: bytes, groups: list[Group]) -> set[str]:
    """Options with which the braces of the file would not balance as they do without them."""
    sums: dict[str, int] = {}
    for group in groups:
        first, last = group.branches[0], group.branches[-1]
        depth = _balance(code[first.start : first.end])[0]
        if group.has_else:
            depth -= _balance(code[last.start : last.end])[0]
        name, negative = _option(first)
        sums[name] = sums.get(name, 0) + (-depth if negative else depth)
    return {name for name, depth in sums.items() if depth}


def _dropped_branches(code: bytes, groups: list[Group], choice: int) -> list[Branch]:
    """Branches to blank in the text number `choice`."""
    dropped: list[Branch] = []
    unpaired = _unpaired(code, groups)
    for group in groups:
        order = _ordered(group)
        if not group.has_else:
            alone = group.branches[0]
            name, negative = _option(alone)
            wanted = 1 if negative or name in unpaired else 0
            if _never(alone) or wanted != min(choice, 1):
                dropped.append(alone)
            continue
        kept = order[min(choice, len(order) - 1)]
        dropped += [b for b in group.branches if b is not kept]
    return dropped


def _splits(code: bytes | bytearray, group: Group) -> bool:
    """Whether the group's branches cannot all stand in one text."""
    texts = [code[b.start : b.end] for b in group.branches]
    if any(_never(b) for b in group.branches):
        return not all(_is_complete(t) for t in texts)
    if not group.has_else:
        depth, ok = _balance(texts[0])
        return depth != 0 or not ok
    if not _starts_on_boundary(code, group.start):
        return any(t.strip() for t in texts)
    return not all(_is_complete(t) for t in texts)


def _find_splits(code: bytes, groups: list[Group]) -> list[Group]:
    """Groups that cannot stand whole, each judged with one branch of every such group inside it."""
    split: list[Group] = []
    text = bytearray(code)
    for group in groups:
        if _splits(text, group):
            split.append(group)
            if group.has_else:
                kept = _ordered(group)[0]
                _drop(text, [b for b in group.branches if b is not kept])
    return split


def _drop(text: bytearray, dropped: list[Branch]) -> None:
    for branch in dropped:
        text[branch.start : branch.end] = spaces(bytes(text[branch.start : branch.end]))


def _without(code: bytes, dropped: list[Branch]) -> bytes:
    text = bytearray(code)
    _drop(text, dropped)
    return bytes(text)


def select_texts(code: bytes, directives: list[Directive], groups: list[Group]) -> Selection:
    """The texts to parse for `code`, whose comments are blanked.

    Arguments:
        code: comments blanked, directives still in place.
        directives: of `code`; they are blanked here.
        groups: of `code`, from `conditional_groups`.
    """
    bare = bytearray(code)
    for d in directives:
        bare[d.start : d.end] = spaces(bytes(bare[d.start : d.end]))
    without_directives = close_strings(bytes(bare))
    split = _find_splits(without_directives, groups)
    if not split:
        return Selection((without_directives,), ())
    most = max(2, *(len(g.branches) for g in split))
    texts = tuple(_without(without_directives, _dropped_branches(without_directives, split, k)) for k in range(most))
    split.sort(key=lambda g: (g.start, -g.end))
    outer: list[tuple[int, int]] = []
    for g in split:
        if not outer or g.start >= outer[-1][1]:
            outer.append((g.start, g.end))
    return Selection(texts, tuple(outer))
