import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.tokens import (
    before,
    closing_paren,
    find_words,
    paired_parens,
    skip_space,
    split_arguments,
    trim,
    word_before,
)

CODE = st.text(alphabet="ab_1 \t\n(),{}[]", max_size=50).map(str.encode)


@pytest.mark.parametrize(
    ("code", "at", "end"),
    [
        (b"()", 0, 2),
        (b"f(a, (b), c) d", 1, 12),
        (b"((()))", 1, 5),
        (b"(a[)])", 0, 4),
    ],
)
def test_closing_paren(code: bytes, at: int, end: int) -> None:
    assert closing_paren(code, at) == end


@pytest.mark.parametrize(
    ("code", "pairs"),
    [(b"a", {}), (b"(a(b))c()", {0: 6, 2: 5, 7: 9}), (b"((a)", {1: 4}), (b")(a)", {1: 4}), (b"(", {}), (b")", {})],
)
def test_paired_parens(code: bytes, pairs: dict[int, int]) -> None:
    assert paired_parens(code) == pairs


@pytest.mark.parametrize("code", [b"(", b"(()", b"(a", b"("])
def test_paren_that_nothing_closes(code: bytes) -> None:
    assert closing_paren(code, 0) == -1


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (b"", [b""]),
        (b" a ", [b"a"]),
        (b"a,b", [b"a", b"b"]),
        (b" a , b c\n, d", [b"a", b"b c", b"d"]),
        (b"f(a, b), {c, d}, e[f, g]", [b"f(a, b)", b"{c, d}", b"e[f, g]"]),
        (b",", [b"", b""]),
        (b"a,,b", [b"a", b"", b"b"]),
        (b"a,", [b"a", b""]),
    ],
)
def test_arguments_are_split_at_outer_commas(text: bytes, arguments: list[bytes]) -> None:
    assert [text[a:b] for a, b in split_arguments(text, 0, len(text))] == arguments


def test_arguments_keep_to_their_range() -> None:
    code = b"x(a, b), c"
    assert [code[a:b] for a, b in split_arguments(code, 2, 6)] == [b"a", b"b"]


@given(CODE)
def test_arguments_are_trimmed_ordered_and_inside(code: bytes) -> None:
    found = split_arguments(code, 0, len(code))
    assert all(0 <= a <= b <= len(code) and code[a:b] == code[a:b].strip() for a, b in found)
    assert found == sorted(found)


@given(CODE, st.integers(0, 50), st.integers(0, 50))
def test_trim_takes_blanks_only(code: bytes, low: int, high: int) -> None:
    low, high = sorted((min(low, len(code)), min(high, len(code))))
    a, b = trim(code, low, high)
    assert low <= a <= b <= high
    assert code[a:b] == code[low:high].strip()


@given(CODE, st.integers(0, 50))
def test_skip_space_and_before_meet_the_nearest_tokens(code: bytes, at: int) -> None:
    at = min(at, len(code))
    assert code[at : skip_space(code, at)].strip() == b""
    assert code[skip_space(code, at) :][:1].strip() == code[skip_space(code, at) :][:1]
    assert before(code, at) == len(code[:at].rstrip())


def test_before_looks_past_long_runs_of_blanks() -> None:
    assert before(b"a" + b" " * 1000, 1001) == 1
    assert before(b" " * 1000, 1000) == 0


@pytest.mark.parametrize(
    ("code", "word"),
    [(b"goto ", b"goto"), (b"a b_1\n ", b"b_1"), (b"(", b""), (b"", b""), (b"a+", b""), (b"x->", b""), (b"_", b"_")],
)
def test_word_before(code: bytes, word: bytes) -> None:
    assert word_before(code, len(code)) == word


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (b"n", [0]),
        (b"n n", [0, 2]),
        (b"n+m*n", [0, 2, 4]),
        (b"nn n1 _n an", []),
        (b"", []),
        (b"nn n", [3]),
    ],
)
def test_find_words(code: bytes, found: list[int]) -> None:
    assert find_words(code, [b"n", b"m"]) == found


@given(st.text(alphabet="nm_1 +", max_size=40).map(str.encode))
def test_find_words_agrees_with_a_regular_expression(code: bytes) -> None:
    words = [b"n", b"nm", b"m1", b"_n"]
    expected = [m.start() for m in re.finditer(rb"\b(?:n|nm|m1|_n)\b", code)]
    assert find_words(code, words) == expected
