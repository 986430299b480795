"""File names at the edges: every name comes back, and none does anything to a terminal."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.names import harmless, quote, show, spell, unspell

RAW = st.binary(max_size=12).filter(lambda raw: b"\0" not in raw)


@settings(derandomize=True, deadline=None)
@given(RAW)
def test_every_name_comes_back(raw: bytes) -> None:
    name = os.fsdecode(raw)
    assert unspell(spell(name)) == unspell(show(name)) == unspell(quote(name)) == name
    assert show(name).isprintable()
    assert spell(name).encode() is not None


@pytest.mark.parametrize("name", ["net/frob.c", "with space.c", "größe.c", "a\\b.c", "'x'.c", 'in"side.c', ""])
def test_noop_usual_names(name: str) -> None:
    assert spell(name) == show(name) == unspell(name) == name


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"\xff.c", r'"\377.c"'),
        (b"gr\xc3\xb6\xdf.c", r'"grö\337.c"'),
        (b'"x".c', r'"\"x\".c"'),
        (b"\xff\n\\.c", r'"\377\n\\.c"'),
    ],
)
def test_written_as_git_writes_it(raw: bytes, written: str) -> None:
    assert spell(os.fsdecode(raw)) == show(os.fsdecode(raw)) == written


def test_programs_get_control_characters_as_they_are_people_do_not() -> None:
    assert spell("a\nb\x1b.c") == "a\nb\x1b.c"
    assert show("a\nb\x1b.c") == r'"a\nb\033.c"'


@pytest.mark.parametrize("text", ['"', '"a', 'a"', r"\377"])
def test_noop_nothing_to_read_back(text: str) -> None:
    assert unspell(text) == text


def test_names_with_all_octal_bytes_as_git_writes_them_are_read() -> None:
    assert unspell(r'"\303\266.c"') == "ö.c"


def test_harmless() -> None:
    assert harmless("a\x1b[2J\x07\x9b\udcff\u202e\U000e0001\r") == r"a\x1b[2J\x07\x9b\xff\u202e\U000e0001\x0d"


def test_noop_harmless_lines_and_tabs() -> None:
    assert harmless("größe:\n\ta\n") == "größe:\n\ta\n"
