"""Patterns that are compiled when they are first asked."""

import re

import pytest

from vport.patterns import later


def test_answers_as_a_pattern_does() -> None:
    word = later(r"(\w+)=", re.ASCII)
    assert [m[1] for m in word.finditer("a=1 b=2")] == ["a", "b"]
    assert word.search("a=1 b=2", 1)[0] == "b="  # type: ignore[index]
    assert word.sub("", "a=1") == "1"
    assert word.pattern == r"(\w+)="


def test_nothing_is_compiled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given))
    later(rb"frob")
    assert compiled == []


def test_a_wrong_pattern_shows_when_it_is_asked() -> None:
    broken = later("(")
    with pytest.raises(re.error):
        broken.match("")
