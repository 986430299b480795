"""Coverage as text and as JSON."""

import json

from vport.coverage import Coverage, Gap
from vport.report.coverage import render

FOUND = Coverage(2, 4, 3, 1000, 900, [Gap("a.c", 3, 9, "f", "does not parse at line 5"), Gap("b.c", 1, 2, "", "stray")])


def test_text() -> None:
    assert render(FOUND, "table") == (
        "files read: 2\nfunctions read: 3 of 4 (75.00%)\nbytes read: 900 of 1000 (90.00%)\nnot read: 2\n"
        "  a.c:3-9: function f: does not parse at line 5\n  b.c:1-2: top level: stray\n"
    )


def test_nothing_to_read_is_all_of_it() -> None:
    assert "functions read: 0 of 0 (100.00%)" in render(Coverage(0, 0, 0, 0, 0, []), "table")


def test_almost_all_is_not_shown_as_all() -> None:
    assert "(99.99%)" in render(Coverage(1, 20_000, 19_998, 1, 1, []), "table")


def test_json() -> None:
    found = json.loads(render(FOUND, "json"))
    assert found["functions_read"] == 3
    assert found["gaps"][1] == {"file": "b.c", "line": 1, "last_line": 2, "function": "", "reason": "stray"}
