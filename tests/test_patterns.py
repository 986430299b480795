"""Patterns that are compiled when they are first asked, and kept compiled."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport import patterns
from vport.cache import Cache
from vport.patterns import compiled, keep, keep_in, later


def test_answers_as_a_pattern_does() -> None:
    word = later(r"(\w+)=", re.ASCII)
    assert [m[1] for m in word.finditer("a=1 b=2")] == ["a", "b"]
    assert word.search("a=1 b=2", 1)[0] == "b="  # type: ignore[index]
    assert word.sub("", "a=1") == "1"
    assert word.pattern == r"(\w+)="


def test_nothing_is_compiled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(re, "compile", lambda *given: asked.append(given))
    later(rb"frob")
    assert asked == []


def test_a_wrong_pattern_shows_when_it_is_asked() -> None:
    broken = later("(")
    with pytest.raises(re.error):
        broken.match("")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path)
    keep_in(cache)
    yield cache
    keep_in(None)
    cache.close()


def again(store: Cache, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """As another run begins: what `re` still has to compile."""
    keep()
    keep_in(store)
    re.purge()
    asked: list[object] = []
    whole = re.compile

    def note(*words: object) -> object:
        asked.append(words)
        return whole(*words)  # type: ignore[call-overload]

    monkeypatch.setattr(re, "compile", note)
    return asked


CASES = [
    (r"(?P<name>\w+)\s*=\s*(?P<rest>[^;]*+);", 0, "a1 = b; c"),
    (rb"\b(?:V_(\w+)|VNET\((\w+)\))", 0, b"x = V_hop + VNET(n)"),
    (r"^\s*#\s*define", re.MULTILINE, "int a;\n # define b"),
    (r"ÄÖ|straße|[α-ω]+", re.IGNORECASE, "STRASSE äö Ω"),
    (rb"(?s)/\*.*?\*/", re.DOTALL, b"a /* b\n */ c"),
    (r"(a)(?:(b)|c(?<=ac))(?!\1)", re.ASCII, "abacaac"),
]


@pytest.mark.parametrize(("text", "flags", "subject"), CASES)
def test_a_kept_pattern_is_the_same_pattern(
    store: Cache, monkeypatch: pytest.MonkeyPatch, text: str, flags: int, subject: str
) -> None:
    first = compiled(text, flags)
    asked = again(store, monkeypatch)
    second = compiled(text, flags)
    assert asked == [] and second is not first
    assert (second.pattern, second.flags, second.groups) == (first.pattern, first.flags, first.groups)
    assert dict(second.groupindex) == dict(first.groupindex)
    found = [[(m.span(), m.groups(), m.lastgroup, m.lastindex) for m in p.finditer(subject)] for p in (first, second)]
    assert found[0] == found[1] and second.sub(subject[:0], subject) == first.sub(subject[:0], subject)


@given(
    st.from_regex(r"([a-c.]|\[[a-c]{1,3}\]|\((\?:)?[a-c|]{1,4}\)|\\[wsd]){1,6}[*+?]?", fullmatch=True),
    st.text("abc 1", max_size=9),
)
def test_any_kept_pattern_finds_the_same(text: str, subject: str) -> None:
    made = re.compile(text)
    revived = patterns._revived(text, patterns._code_of(text, 0, made))
    assert [m.regs for m in revived.finditer(subject)] == [m.regs for m in made.finditer(subject)]


def test_flags_and_kinds_of_text_are_told_apart(store: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("a"), compiled(b"a"), compiled("a", re.IGNORECASE)
    again(store, monkeypatch)
    assert compiled("a").search("A") is None
    assert compiled("a", re.IGNORECASE).search("A") is not None
    assert compiled(b"a").search(b"a") is not None


def test_numbers_that_are_none_are_compiled_anew(store: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("ab+")
    for spoilt in (b"", b"\1\2\3", b"\xff" * 40):
        assert patterns._kept is not None
        patterns._kept = {key: patterns._Code(code.flags, spoilt, 0, {}) for key, code in patterns._kept.items()}
        assert compiled("ab+").search("xabb") is not None


def test_another_interpreter_has_patterns_of_its_own(store: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("ab+")
    keep()
    monkeypatch.setattr("sys.version", "4.0")
    asked = again(store, monkeypatch)
    compiled("ab+")
    assert len(asked) == 1


def test_a_forked_process_leaves_the_connection_alone(store: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("ab+")
    asked = again(store, monkeypatch)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert compiled("ab+").search("ab") is not None and len(asked) == 1
    keep()


def test_noop_without_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_in(None)
    assert compiled("ab+").search("ab") is not None
    keep()
    assert patterns._kept is None


def test_a_wrong_pattern_is_no_other_error(store: Cache) -> None:
    with pytest.raises(re.error):
        compiled("(")
