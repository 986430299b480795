"""What worked-out results go by: another program has another digest."""

from pathlib import Path

import pytest

from vport import own


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the package."""
    here = tmp_path / "site" / "vport"
    (here / "c").mkdir(parents=True)
    (here / "own.py").write_text("")
    (here / "c" / "lex.py").write_text("a = 1\n")
    monkeypatch.setattr(own, "__file__", str(here / "own.py"))
    return here


def digest() -> str:
    own.own_digest.cache_clear()
    return own.own_digest()


@pytest.fixture(autouse=True)
def forgotten() -> object:
    yield
    own.own_digest.cache_clear()


def test_a_program_goes_by_its_sources(program: Path) -> None:
    first = digest()
    assert digest() == first
    (program / "c" / "lex.py").write_text("a = 12\n")
    second = digest()
    (program / "c" / "more.py").write_text("")
    assert len({first, second, digest()}) == 3


def test_what_is_no_source_does_not_count(program: Path) -> None:
    first = digest()
    (program / "__pycache__").mkdir()
    (program / "__pycache__" / "own.py").write_text("")
    (program / "notes.txt").write_text("")
    assert digest() == first
