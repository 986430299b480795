"""Parse a file's texts with tree-sitter: masked, repaired where needed, once per branch where branches split.

What comes out are captures: syntax nodes with the offset at which their text stands in the file.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

import msgspec
import tree_sitter

from vport.c.chunks import Chunk, TopLevel, enter_linkage, read_top_level
from vport.c.conditionals import Branch, Group, Selection
from vport.c.grammar import find_nodes
from vport.c.mask import MacroCall, mask_known, mask_old_style, take_calls

_DIGITS = frozenset(b"0123456789")
_WORD_BYTES = bytes(byte if byte >= 0x80 or byte == 0x5F or chr(byte).isalnum() else 0x20 for byte in range(256))

Captures = dict[str, list[tuple[int, tree_sitter.Node]]]
"""Capture name to (offset of the text the node was parsed in, node)."""


class Unread(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A top-level item the parser could not make sense of: bytes [start, end), the trouble at `at`."""

    start: int
    end: int
    at: int
    function: bool


class Parsed(msgspec.Struct):
    """All that parsing says of one file.

    Arguments:
        chunks: top-level items of the first text.
        calls: macro calls of the top level, over all texts.
        captures: see `Captures`.
        unread: items with errors left.
        words: every identifier in the file outside comments, literals and directives.
        text: the first text, before masking.
        heads: of functions in the further texts: where the function ends, and its head.
    """

    chunks: list[Chunk]
    calls: list[MacroCall]
    captures: Captures
    unread: list[Unread]
    words: set[bytes]
    text: bytes
    heads: list[tuple[int, bytes]] = []


def _words(code: bytes) -> set[bytes]:
    """Every identifier of `code`."""
    return {word for word in set(code.translate(_WORD_BYTES).split()) if word[0] not in _DIGITS}


def _add(into: Captures, found: Mapping[str, list[tree_sitter.Node]], offset: int) -> None:
    for name, nodes in found.items():
        into.setdefault(name, []).extend((offset, node) for node in nodes)


def _never_ranges(never: list[Branch], chunk: Chunk) -> list[tuple[int, int]]:
    return [
        (max(b.start, chunk.start) - chunk.start, min(b.end, chunk.end) - chunk.start)
        for b in never
        if b.start < chunk.end and b.end > chunk.start
    ]


def _parse_alone(text: bytes, chunk: Chunk, never: list[Branch], into: Captures) -> Unread | None:
    """Parse one item, repaired if need be, and add its captures; the item itself when errors stay."""
    piece = text[chunk.start : chunk.end]
    bad, found = find_nodes(piece)
    if bad:
        from vport.c.repair import repair  # here, for its patterns take long to compile, and few texts need them

        body = max(0, chunk.body - chunk.start)
        for reading in repair(piece, body, _never_ranges(never, chunk)):
            still_bad, again = find_nodes(reading)
            if not still_bad:
                bad, found = still_bad, again
                break
    at = min((n.start_byte for n in found.pop("error", [])), default=0)
    _add(into, found, chunk.start)
    return Unread(chunk.start, chunk.end, chunk.start + at, chunk.body >= 0) if bad else None


def _masked(text: bytes, top: TopLevel, kinds: Mapping[bytes, str], words: set[bytes]) -> tuple[bytes, list[MacroCall]]:
    taken = take_calls(text, top.chunks, kinds)
    used = {word: kinds[word] for word in words if word in kinds}
    masked = mask_known(taken.text, used, top.chunks) if used else taken.text
    return mask_old_style(masked, top.chunks), taken.calls


def _erroneous(chunks: list[Chunk], errors: list[tree_sitter.Node]) -> list[Chunk]:
    """Chunks that hold an error or stand next to one; the grammar may notice late."""
    starts = [c.start for c in chunks]
    hit = {max(0, bisect_right(starts, n.start_byte) - 1) for n in errors}
    hit |= {max(0, bisect_right(starts, n.end_byte - 1) - 1) for n in errors}
    return [chunks[i] for i in sorted(hit)] if chunks else []


def _drop_ranges(captures: dict[str, list[tree_sitter.Node]], ranges: list[Chunk]) -> None:
    starts = [c.start for c in ranges]
    for name, nodes in captures.items():
        captures[name] = [n for n in nodes if not _within(ranges, starts, n.start_byte)]


def _within(ranges: list[Chunk], starts: list[int], at: int) -> bool:
    i = bisect_right(starts, at) - 1
    return i >= 0 and at < ranges[i].end


def _lost_functions(chunks: list[Chunk], captures: dict[str, list[tree_sitter.Node]]) -> list[Chunk]:
    bodies = {n.start_byte for n in captures.get("body", [])}
    return [c for c in chunks if c.body >= 0 and c.body not in bodies]


class _Variant(msgspec.Struct):
    """A further text, masked: its items and calls in which a branch stands that the first text left out."""

    text: bytes
    chunks: list[Chunk]
    calls: list[MacroCall]
    heads: list[tuple[int, bytes]]


def _variants(selection: Selection, kinds: Mapping[bytes, str]) -> Iterator[_Variant]:
    """The further texts."""
    ends = [end for _, end in selection.split]

    def differs(start: int, end: int) -> bool:
        i = bisect_right(ends, start)
        return i < len(ends) and selection.split[i][0] < end

    for further in selection.texts[1:]:
        text = enter_linkage(further)
        top = read_top_level(text)
        whole = [(c.start, c.end) for c in top.chunks]
        masked, calls = _masked(text, top, kinds, _words(text))
        chunks = [c for c, (start, end) in zip(top.chunks, whole, strict=True) if differs(start, end)]
        yield _Variant(
            masked,
            [c for c in chunks if c.start < c.end],
            [c for c in calls if differs(c.start, c.end)],
            [(c.end, text[c.start : c.body]) for c in chunks if c.body >= 0 and differs(c.start, c.body)],
        )


def parse_item(
    text: bytes, chunk: Chunk, groups: list[Group], kinds: Mapping[bytes, str]
) -> tuple[Captures, bool, int]:
    """Parse one top-level item, for those who need a few of a file: its captures, whether it was read, its start.

    Arguments:
        text: one of a selection's texts.
        chunk: of it; it stays as it is.
        groups: the file's conditional groups.
        kinds: of all macros known, by name.
    """
    low = chunk.start
    piece, alone = text[low : chunk.end], Chunk(0, chunk.end - low, chunk.body - low)
    masked, _ = _masked(piece, TopLevel([alone], []), kinds, _words(piece))
    never = [
        Branch(b.start - low, b.end - low, b.directive, b.condition)
        for g in groups
        for b in g.branches
        if b.condition == "0"
    ]
    found: Captures = {}
    unread = _parse_alone(masked, alone, never, found)
    moved = {name: [(offset + low, node) for offset, node in nodes] for name, nodes in found.items()}
    return moved, unread is None, alone.start + low


def parse(code: bytes, selection: Selection, groups: list[Group], kinds: Mapping[bytes, str]) -> Parsed:
    """Parse all texts of a file.

    Arguments:
        code: the file with comments blanked, directives in place.
        selection: the texts, from `select_texts`.
        groups: the file's conditional groups.
        kinds: of all macros known, by name.
    """
    text = enter_linkage(selection.texts[0])
    top, words = read_top_level(text), _words(code)
    masked, calls = _masked(text, top, kinds, words)
    bad, found = find_nodes(masked)
    unread: list[Unread] = []
    captures: Captures = {}
    redo = _erroneous(top.chunks, found.pop("error", [])) if bad else []
    seen = {c.start for c in redo}
    redo += [c for c in _lost_functions(top.chunks, found) if c.start not in seen]
    if redo:
        redo.sort(key=lambda c: c.start)
        _drop_ranges(found, redo)
    _add(captures, found, 0)
    never = [b for g in groups for b in g.branches if b.condition == "0"] if redo or selection.split else []
    unread += [u for c in redo if (u := _parse_alone(masked, c, never, captures))]
    heads: list[tuple[int, bytes]] = []
    for variant in _variants(selection, kinds):
        known = {c.start for c in calls}
        calls += [c for c in variant.calls if c.start not in known]
        heads += variant.heads
        for chunk in variant.chunks:
            _parse_alone(variant.text, chunk, never, captures)
    return Parsed(top.chunks, calls, captures, unread, words, text, heads)
