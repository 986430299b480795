"""Subsystems of sysinit that an old release calls otherwise, or has not: the slot that serves the same purpose.

The numbers of a release are in rules/sysinit, and what stands for what in rules/dialects.  Where a tree brings a list
of its own (sys/kernel.h), that says which names there are.
"""

import re
from collections.abc import Mapping

import msgspec

from vport import rules
from vport.c.lex import blank_comments
from vport.compose import compose
from vport.dialect import NAMES, Dialect, load
from vport.edits import Edit, apply_edits
from vport.findings import Finding
from vport.life.text import fold_call
from vport.read import Read
from vport.source import line_of, newline_of
from vport.write import WIDTH, columns

NAME = "subsystems"

_PREFIX = "SI_SUB_"
_WORD = re.compile(rb"\bSI_SUB_\w+")
_CALL = re.compile(rb"^[A-Z]\w*\([^;{}#]*\);", re.MULTILINE)


def placed(
    read: Read, edits: Mapping[str, list[Edit]], dialect: Dialect
) -> tuple[Mapping[str, list[Edit]], list[Finding]]:
    """The edits of a port with the subsystems of its dialect, and subsystems that have none there.

    Arguments:
        read: the tree before the port.
        edits: of the port; nothing is done where there are none, or where nothing that runs may change.
        dialect: that the port is written in.
    """
    names = _names(read, dialect)
    if not edits or dialect.forms.frozen or not _has_any(read, (*names, *_missing(read, dialect))):
        return edits, []
    found = {file: _edits(read, file, edits.get(file, []), names) for file in read.data}
    return {file: made for file, made in found.items() if made}, _left(read, dialect)


def renamed_in(dialect: Dialect) -> dict[str, str]:
    """Today's subsystems that a dialect has under another name, or something else instead of."""
    return dialect.stand_ins | dialect.subsystems


def _names(read: Read, dialect: Dialect) -> dict[str, str]:
    return {old: new for old, new in renamed_in(dialect).items() if not _listed(read, old)}


def _listed(read: Read, name: str) -> bool:
    """Whether the tree's own list of subsystems has a name."""
    return any(name in facts.other for facts in read.tree.facts.values())


def _missing(read: Read, dialect: Dialect) -> set[str]:
    """Subsystems of later releases that the dialect's has nothing for."""
    has = rules.load(f"sysinit/{dialect.release}")["subsystem"]
    later = {name for one in NAMES for name in rules.load(f"sysinit/{load(one).release}")["subsystem"]}
    names = {_PREFIX + name for name in later if name not in has} - renamed_in(dialect).keys()
    return {name for name in names if not _listed(read, name)}


def _has_any(read: Read, names: tuple[str, ...]) -> bool:
    words = [name.encode() for name in names]
    return any(word in data for data in read.data.values() for word in words)


def _edits(read: Read, file: str, first: list[Edit], names: Mapping[str, str]) -> list[Edit]:
    """The edits of one file, and those that rename subsystems in the text they give."""
    text = apply_edits(file, read.data[file], first)
    code = blank_comments(text)
    found = [match for match in _WORD.finditer(code) if match[0].decode() in names]
    if not found:
        return first
    wide = [call.span() for call in _CALL.finditer(code) if _is_wide(text, call, found, names)]
    second = [_folded(text, start, end, names) for start, end in wide]
    second += [
        Edit(match.start(), match.end(), 0, names[old].encode(), NAME, f"the release has no {old}")
        for match in found
        if not any(start <= match.start() < end for start, end in wide)
        for old in [match[0].decode()]
    ]
    return [_as_written(edit, first) for edit in compose(file, text, first, second)]


def _as_written(edit: Edit, first: list[Edit]) -> Edit:
    """An edit in which a subsystem is renamed is still that of the pass which wrote the text."""
    wrote = next((e for e in first if edit.start <= e.start and e.end <= edit.end), None) if edit.by == NAME else None
    if wrote is None:
        return edit
    return msgspec.structs.replace(edit, rank=wrote.rank, by=wrote.by, variable=wrote.variable)


def _is_wide(text: bytes, call: re.Match[bytes], found: list[re.Match[bytes]], names: Mapping[str, str]) -> bool:
    """Whether a macro call at the margin gets lines that are too long, and has no comments that a fold would move."""
    here = [m for m in found if call.start() <= m.start() < call.end()]
    new = _renamed(text[call.start() : call.end()], names) if here else ""
    return "/*" not in new and any(columns(line) > WIDTH for line in new.splitlines())


def _renamed(text: bytes, names: Mapping[str, str]) -> str:
    return _WORD.sub(lambda m: names.get(m[0].decode(), m[0].decode()).encode(), text).decode("latin-1")


def _folded(text: bytes, start: int, end: int, names: Mapping[str, str]) -> Edit:
    """A call with its subsystem renamed, on as many lines as it takes."""
    new = fold_call(" ".join(_renamed(text[start:end], names).split()))
    reason = "the release calls the subsystem otherwise"
    return Edit(start, end, 0, new.replace("\n", newline_of(text).decode()).encode("latin-1"), NAME, reason)


def _left(read: Read, dialect: Dialect) -> list[Finding]:
    """Subsystems that a person has to find a place for."""
    missing = _missing(read, dialect)
    return [
        Finding(
            file,
            line_of(data, match.start()),
            "subsystem-unknown",
            f"{dialect.name} has no {match[0].decode()}, and nothing that stands for it.  Choose one of its "
            "subsystems that comes behind what this needs.",
            refuses=False,
        )
        for file, data in read.data.items()
        if _PREFIX.encode() in data
        for match in _WORD.finditer(blank_comments(data))
        if match[0].decode() in missing
    ]
