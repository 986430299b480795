"""Rows in each format: every value comes back, and nothing a file is called can break the lines."""

import csv as csv_reader
import io
import json as json_reader

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.report import csv, json, table
from vport.row import Row

ROW = Row("frob_ttl", "net/frob.c", 12, "", "int", "static", "virtualize", ("sysctl-writable", "hash"), 1.5)
LOCAL = Row("calls", "net/frob.c", 14, "frob_input", "struct frob *", "static local", "ask", (), -0.25)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
ROWS = st.lists(
    st.builds(
        Row,
        TEXT,
        TEXT,
        st.integers(0, 10**6),
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        st.lists(TEXT, max_size=3).map(tuple),
        st.floats(-9, 9),
    ),
    max_size=4,
)


def _not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch, width: int = 100, no_color: str = "") -> None:
    """Called in the test itself: pytest sets its own standard output after the fixtures."""
    monkeypatch.setattr("sys.stdout", _Terminal())
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", no_color)


def test_table(monkeypatch: pytest.MonkeyPatch) -> None:
    _not_a_terminal(monkeypatch)
    assert table.render([ROW, LOCAL]) == (
        "NAME              TYPE           WHERE          DECISION    WHY\n"
        "frob_ttl          int            net/frob.c:12  virtualize  sysctl-writable hash\n"
        "frob_input.calls  struct frob *  net/frob.c:14  ask\n"
    )


def test_table_of_nothing() -> None:
    assert table.render([]) == ""


def test_table_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch)
    lines = table.render([ROW, LOCAL]).splitlines()
    assert "\x1b" not in lines[0]
    assert "\x1b[32mvirtualize\x1b[0m" in lines[1]
    assert "\x1b[33mask" in lines[2]


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch, no_color="1")
    assert "\x1b" not in table.render([ROW, LOCAL])


LONG = Row("n" * 60, "f" * 80, 1, "g" * 40, "t" * 80, "static", "virtualize", ("w" * 200,), 0.0)


@pytest.mark.parametrize("width", [160, 200])
def test_table_fits_a_wide_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    _terminal(monkeypatch, width, no_color="1")
    assert max(map(len, table.render([ROW, LONG]).splitlines())) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_table_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    _terminal(monkeypatch, width, no_color="1")
    assert max(map(len, table.render([ROW, LONG]).splitlines())) <= width


def test_table_cuts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    _not_a_terminal(monkeypatch)
    line = table.render([LONG]).splitlines()[1]
    assert line.count("…") == 4


SHORT = Row("n", "net/frob.c", 12, "", "int", "static", "ask", ("hash",), 0.0)
DEEP = Row("frob_ttl", "contrib/" * 20 + "frob.c", 12345, "", "int", "static", "ask", (), 0.0)
WIDE = Row("n", "漢字" * 40 + ".c", 7, "", "int", "static", "ask", ("hash",), 0.0)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_table_keeps_the_end_of_a_place(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    _terminal(monkeypatch, width, no_color="1")
    lines = table.render([LONG, DEEP]).splitlines()
    assert max(map(len, lines)) <= width
    assert ".c:12345 " in lines[2]


def test_table_gives_no_column_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch, 80, no_color="1")
    assert table.render([SHORT]).splitlines()[1] == "n     int   net/frob.c:12  ask       hash"


def test_table_gives_what_is_left_to_those_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch, 80, no_color="1")
    row = Row("n", "a.c", 1, "", "int", "static", "ask", ("w" * 200,), 0.0)
    assert [len(line) for line in table.render([row]).splitlines()[1:]] == [80]


def test_table_keeps_the_own_name_of_a_local_static(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch, 80, no_color="1")
    row = Row("calls", "a.c", 1, "frob_with_a_very_long_name", "t" * 80, "static local", "ask", ("w" * 80,), 0.0)
    assert table.render([row]).splitlines()[1].startswith("…th_a_very_long_name.calls  t")


def test_table_counts_columns_not_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    _terminal(monkeypatch, 80, no_color="1")
    line = table.render([WIDE, LONG]).splitlines()[1]
    assert "字.c:7 " in line
    assert sum(2 if c in "漢字" else 1 for c in line) <= 80
    lines = table.render([Row("漢", "a.c", 1, "", "int", "static", "ask", (), 0.0)]).splitlines()
    assert lines == ["NAME  TYPE  WHERE  DECISION  WHY", "漢    int   a.c:1  ask"]


def test_table_never_cuts_the_line_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _not_a_terminal(monkeypatch)
    assert ":1 " in table.render([LONG]).splitlines()[1]


def test_table_shows_no_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    _not_a_terminal(monkeypatch)
    row = Row("a\nb", "\x1b[2Jx.c\r", 1, "", "in\tt", "static", "ask", ("w\x07",), 0.0)
    assert table.render([row]).splitlines()[1].split() == ["a", "b", "in", "t", '"\\033[2Jx.c\\r":1', "ask", "w\\x07"]


@settings(derandomize=True, deadline=None)
@given(ROWS)
def test_table_has_one_line_a_row(rows: list[Row]) -> None:
    text = table.render(rows)
    assert text.count("\n") == (len(rows) + 1 if rows else 0)
    assert all(c.isprintable() or c == "\n" for c in text)


def test_csv() -> None:
    assert csv.render([ROW]) == (
        "name,file,line,function,type,storage,decision,why,score\r\n"
        "frob_ttl,net/frob.c,12,,int,static,virtualize,sysctl-writable hash,1.5\r\n"
    )


@settings(derandomize=True, deadline=None)
@given(ROWS)
def test_csv_values_come_back(rows: list[Row]) -> None:
    found = list(csv_reader.reader(io.StringIO(csv.render(rows), newline="")))
    assert found[0] == list(Row.__struct_fields__)
    assert [r[:7] for r in found[1:]] == [
        [r.name, r.file, str(r.line), r.function, r.type, r.storage, r.decision] for r in rows
    ]
    assert [(r[7], float(r[8])) for r in found[1:]] == [(" ".join(r.why), r.score) for r in rows]


def test_json() -> None:
    assert json_reader.loads(json.render([LOCAL])) == [
        {
            "name": "calls",
            "file": "net/frob.c",
            "line": 14,
            "function": "frob_input",
            "type": "struct frob *",
            "storage": "static local",
            "decision": "ask",
            "why": [],
            "score": -0.25,
        }
    ]
    assert json.render([]) == "[]\n"


@settings(derandomize=True, deadline=None)
@given(ROWS)
def test_json_values_come_back(rows: list[Row]) -> None:
    found = json_reader.loads(json.render(rows))
    assert [Row(**{**r, "why": tuple(r["why"])}) for r in found] == rows
