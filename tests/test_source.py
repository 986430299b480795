from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.source import SNIFF, column_of, line_end, line_of, line_start, looks_binary, newline_of, read_bytes

TEXT = st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b"\xe9"])).map(b"".join)


@pytest.mark.parametrize(
    ("offset", "line", "column", "start", "end"),
    [(0, 1, 1, 0, 3), (2, 1, 3, 0, 3), (3, 2, 1, 3, 5), (4, 2, 2, 3, 5), (5, 3, 1, 5, 5)],
)
def test_places_in_a_text(offset: int, line: int, column: int, start: int, end: int) -> None:
    data = b"ab\nc\n"
    assert (line_of(data, offset), column_of(data, offset)) == (line, column)
    assert (line_start(data, offset), line_end(data, offset)) == (start, end)


def test_last_line_without_a_newline_ends_with_the_file() -> None:
    assert line_end(b"a\nbc", 2) == 4


@given(TEXT, st.integers(0, 60))
def test_lines_cover_the_text(data: bytes, offset: int) -> None:
    offset = min(offset, len(data))
    start, end = line_start(data, offset), line_end(data, offset)
    assert start <= offset <= end
    assert b"\n" not in data[start : max(start, end - 1)]
    assert start + column_of(data, offset) - 1 == offset
    assert data[:start].count(b"\n") == line_of(data, offset) - 1


@pytest.mark.parametrize("data", [b"a\r\nb\n", b"\r\n", b"a\r\n"])
def test_crlf_when_the_first_line_ends_so(data: bytes) -> None:
    assert newline_of(data) == b"\r\n"


@pytest.mark.parametrize("data", [b"", b"a", b"a\nb\r\n", b"\n", b"\n\r\n", b"a\rb\n", b"a\r"])
def test_lf_otherwise(data: bytes) -> None:
    assert newline_of(data) == b"\n"


@pytest.mark.parametrize("data", [b"\0", b"int a;\0", b"a" * (SNIFF - 1) + b"\0"])
def test_nul_means_binary(data: bytes) -> None:
    assert looks_binary(data)


@pytest.mark.parametrize("data", [b"", b"int a;", b"\xff\xfe", b"\x01\x7f", b"a" * SNIFF + b"\0"])
def test_text_is_not_binary(data: bytes) -> None:
    assert not looks_binary(data)


def test_bytes_are_read_untouched(tmp_path: Path) -> None:
    data = b"a\r\nb\xff\0\n\x1a"
    (tmp_path / "x.c").write_bytes(data)
    assert read_bytes(tmp_path / "x.c") == data


def test_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"x\.c"):
        read_bytes(tmp_path / "x.c")
