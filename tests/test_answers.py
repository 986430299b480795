"""What the rules say of texts is worked out once, kept, and never mixed up."""

from pathlib import Path

import pytest

from vport import rules
from vport.answers import Answers, kept_in
from vport.cache import Cache

LONG = "struct frob_softc *frob_of_a_long_name"


class Asked:
    """Counts what is worked out."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str) -> tuple[str, ...]:
        self.texts.append(text)
        return (text.upper(),)

    def answers(self, kind: str = "upper") -> Answers[tuple[str, ...]]:
        return Answers(kind, tuple[str, ...], self)


def run(folder: Path, asked: Asked, *texts: str, kind: str = "upper") -> list[tuple[str, ...]]:
    """Ask as a run of its own does."""
    cache = Cache(folder)
    with kept_in(cache):
        answers = asked.answers(kind)
        found = [answers(text) for text in texts]
    cache.close()
    return found


def test_a_text_is_asked_about_once(tmp_path: Path) -> None:
    asked = Asked()
    for _ in range(3):
        assert run(tmp_path, asked, "a", LONG, "a") == [("A",), (LONG.upper(),), ("A",)]
    assert asked.texts == ["a", LONG]


def test_a_new_text_is_kept_beside_the_old(tmp_path: Path) -> None:
    asked = Asked()
    run(tmp_path, asked, "a")
    run(tmp_path, asked, "b")
    assert run(tmp_path, asked, "a", "b") == [("A",), ("B",)]
    assert asked.texts == ["a", "b"]


def test_another_kind_is_another_question(tmp_path: Path) -> None:
    asked = Asked()
    run(tmp_path, asked, "a")
    run(tmp_path, asked, "a", kind="other")
    assert asked.texts == ["a", "a"]


def test_other_rules_give_other_answers(tmp_path: Path) -> None:
    asked = Asked()
    run(tmp_path, asked, "a")
    with rules.added({"contexts": {"entry": {"frob": {"context": "vnet"}}}}):
        run(tmp_path, asked, "a")
    assert asked.texts == ["a", "a"]


@pytest.mark.parametrize("folder", [None, "cache"])
def test_noop_without_a_place_to_keep_them(tmp_path: Path, folder: str | None) -> None:
    asked = Asked()
    answers = asked.answers()
    assert [answers("a"), answers("a")] == [("A",), ("A",)]
    with kept_in(Cache(None if folder is None else tmp_path)):
        assert asked.answers()("a") == ("A",)
    assert asked.texts == ["a", "a"]


def test_spoilt_answers_are_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    run(tmp_path, asked, "a")
    cache = Cache(tmp_path)
    monkeypatch.setattr(Cache, "get", lambda self, keys: dict.fromkeys(keys, b"\xc1 no answers"))
    with kept_in(cache):
        assert asked.answers()("a") == ("A",)
    cache.close()
    assert asked.texts == ["a", "a"]
