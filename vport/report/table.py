"""Rows as an aligned table that fits the terminal: one line a variable, and a place that can be opened."""

import os
import shutil
import sys
import unicodedata

from vport.names import harmless, show, unspell
from vport.row import Row

_COLOURS = {"virtualize": "32", "share": "2", "ask": "33"}
_HEAD = ("NAME", "TYPE", "WHERE", "DECISION", "WHY")
_LEAST = (20, 8, 20, 10, 14)
"""Columns each gets before any gets more: together with the gaps, 80."""
_GAP = 2
_NARROWEST = 40


def _width() -> int:
    return shutil.get_terminal_size((160, 24)).columns if sys.stdout.isatty() else 160


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _columns(text: str) -> int:
    """Columns a terminal takes for the text: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _head(text: str, width: int) -> str:
    """The longest beginning that fits."""
    while _columns(text) > width:
        text = text[: min(len(text) - 1, width)]
    return text


def _cut(text: str, width: int) -> str:
    """The text in at most `width` columns; `…` says that its end is missing."""
    return text if _columns(text) <= width else _head(text, width - 1) + "…"


def _cut_left(text: str, width: int) -> str:
    """The same for texts whose end says more: a path keeps its file and line, a local static its own name."""
    return text if _columns(text) <= width else "…" + _head(text[::-1], width - 1)[::-1]


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    name = f"{row.function}.{row.name}" if row.function else row.name
    where = f"{show(unspell(row.file))}:{row.line}"
    return _flat(name), _flat(row.type), where, _flat(row.decision), _flat(" ".join(row.why))


def _flat(text: str) -> str:
    return harmless(text).replace("\n", " ").replace("\t", " ")


def _widths(cells: list[tuple[str, ...]], width: int) -> list[int]:
    """Columns for each cell: what it wants if all fit, else the least and an even share of what is left."""
    wanted = [max(map(_columns, column)) for column in zip(*cells, strict=True)]
    room = max(width, _NARROWEST) - _GAP * (len(wanted) - 1)
    given = [min(w, least * room // sum(_LEAST), least) for w, least in zip(wanted, _LEAST, strict=True)]
    while (spare := room - sum(given)) > 0 and (hungry := [i for i, w in enumerate(wanted) if given[i] < w]):
        for i in hungry[:spare]:
            given[i] += min(max(1, spare // len(hungry)), wanted[i] - given[i])
    return given


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _line(cell: tuple[str, ...], widths: list[int], coloured: bool) -> str:
    local = "." in cell[0]
    cuts = (_cut_left if local else _cut, _cut, _cut_left, _cut, _cut)
    shown = [_padded(cut(text, w), w) for cut, text, w in zip(cuts, cell, widths, strict=True)]
    if coloured and cell[3] in _COLOURS:
        shown[3] = f"\x1b[{_COLOURS[cell[3]]}m{shown[3]}\x1b[0m"
    return (" " * _GAP).join(shown).rstrip()


def render(rows: list[Row]) -> str:
    """The table, with a heading; one line a variable."""
    if not rows:
        return ""
    cells: list[tuple[str, ...]] = [_HEAD, *map(_cells, rows)]
    widths, coloured = _widths(cells, _width()), _coloured()
    return "".join(_line(cell, widths, coloured) + "\n" for cell in cells)
