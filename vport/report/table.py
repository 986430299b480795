"""Rows as an aligned table that fits the terminal."""

import os
import shutil
import sys

from vport.inventory import Row

_COLOURS = {"virtualize": "32", "share": "2", "ask": "33"}


def _width() -> int:
    return shutil.get_terminal_size((160, 24)).columns if sys.stdout.isatty() else 160


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _cut(text: str, width: int) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    name = f"{row.function}.{row.name}" if row.function else row.name
    return name, row.type, f"{row.file}:{row.line}", row.decision, " ".join(row.why)


def render(rows: list[Row]) -> str:
    """The table, with a heading; one line a variable."""
    if not rows:
        return ""
    head = ("NAME", "TYPE", "WHERE", "DECISION", "WHY")
    cells = [_cells(row) for row in rows]
    limits = (34, 34, 44, 10)
    widths = [min(limit, max(len(c[i]) for c in (head, *cells))) for i, limit in enumerate(limits)]
    rest = max(20, _width() - sum(widths) - 2 * len(widths))
    lines = []
    for cell in (head, *cells):
        left = [_cut(text, width).ljust(width) for text, width in zip(cell, widths, strict=False)]
        if _coloured() and cell[3] in _COLOURS:
            left[3] = f"\x1b[{_COLOURS[cell[3]]}m{left[3]}\x1b[0m"
        lines.append("  ".join([*left, _cut(cell[4], rest)]).rstrip())
    return "\n".join(lines) + "\n"
