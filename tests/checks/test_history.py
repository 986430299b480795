"""Bugs of kinds that kernels had: each is found where it stands, and its cure leaves nothing to find."""

from pathlib import Path

import pytest

from checks.checking import marked, places

CASES = sorted((Path(__file__).parent / "history").glob("*.txt"))
"""C of which a line that begins with `-` is in the broken text alone, and one that begins with `+` in the cured."""


def _text(case: Path, sign: str) -> str:
    lines = case.read_text().split("\n")
    return "\n".join(line.removeprefix(sign) for line in lines if not line.startswith(("-", "+")) or line[0] == sign)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_bug_is_found_where_it_stands(case: Path) -> None:
    broken = _text(case, "-")
    assert marked(broken)
    assert places(broken) == marked(broken)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_cure_leaves_nothing_to_find(case: Path) -> None:
    assert places(_text(case, "+")) == []
