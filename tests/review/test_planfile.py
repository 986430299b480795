"""A plan changed entry by entry: what nobody named stays as it was, byte by byte."""

import os
import stat
from pathlib import Path

import pytest

from vport.errors import UsageError, WriteError
from vport.plan import read_plan
from vport.review.planfile import PlanFile, Said


def test_a_decision_is_all_that_changes(plan_path: Path) -> None:
    before = plan_path.read_text()
    PlanFile(plan_path).decide({1: Said("share", "counts")})
    expected = before.replace('note = "counts"\ndecision = "virtualize"', 'note = "counts"\ndecision = "share"')
    assert plan_path.read_text() == expected


def test_a_comment_behind_a_decision_stays(plan_path: Path) -> None:
    PlanFile(plan_path).decide({0: Said("share")})
    assert 'decision = "share"  # sure' in plan_path.read_text()


def test_a_note_that_was_missing_goes_into_its_entry(plan_path: Path) -> None:
    PlanFile(plan_path).decide({0: Said("share", 'a "quoted" reason')})
    file = PlanFile(plan_path)
    assert [file.said(n) for n in range(3)] == [
        Said("share", 'a "quoted" reason'),
        Said("virtualize", "counts"),
        Said("virtualize", ""),
    ]
    assert "# the last\n[[variable]]" in plan_path.read_text()


def test_noop_the_same_decision(plan_path: Path) -> None:
    before = plan_path.read_bytes()
    PlanFile(plan_path).decide({0: Said("virtualize"), 1: Said("virtualize", "counts")})
    assert plan_path.read_bytes() == before


def test_going_back_gives_the_same_bytes(plan_path: Path) -> None:
    before, file = plan_path.read_bytes(), PlanFile(plan_path)
    kept = file.kept()
    file.decide({0: Said("share", "why"), 2: Said("ask")})
    assert plan_path.read_bytes() != before
    file.restore(kept)
    assert plan_path.read_bytes() == before
    assert file.said(0) == Said("virtualize")
    file.decide({2: Said("share")})
    assert read_plan(plan_path).entries[2].decision == "share"


def test_line_endings_stay(plan_path: Path) -> None:
    plan_path.write_bytes(plan_path.read_bytes().replace(b"\n", b"\r\n"))
    PlanFile(plan_path).decide({0: Said("share", "why")})
    data = plan_path.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n")
    assert b'decision = "share"  # sure\r\n' in data


def test_mode_stays_and_nothing_is_left_beside_it(plan_path: Path) -> None:
    plan_path.chmod(0o640)
    PlanFile(plan_path).decide({0: Said("share")})
    assert stat.S_IMODE(plan_path.stat().st_mode) == 0o640
    assert os.listdir(plan_path.parent) == ["vport.toml"]


def test_entries_written_as_one_array(plan_path: Path) -> None:
    plan_path.write_text('version = 1\nvariable = [\n  { name = "a", file = "a.c", decision = "ask" },  # mine\n]\n')
    PlanFile(plan_path).decide({0: Said("share")})
    assert '{ name = "a", file = "a.c", decision = "share" },  # mine' in plan_path.read_text()


def test_what_somebody_else_wrote_meanwhile_stays(plan_path: Path) -> None:
    file = PlanFile(plan_path)
    plan_path.write_text("version = 1\n# theirs\n")
    with pytest.raises(UsageError, match=r"somebody changed it during the review.*run the same again"):
        file.decide({0: Said("share")})
    assert plan_path.read_text() == "version = 1\n# theirs\n"


def test_a_structure_is_left_alone(plan_path: Path) -> None:
    plan_path.write_text(
        'version = 1\n[[object]]\ntag = "frob"\nfile = "a.h"\nmember = "f_vnet"\ndecision = "store"  # ?\n'
    )
    file = PlanFile(plan_path)
    assert file.said_of_object("frob") == Said("store")
    assert file.said_of_object("other") is None
    file.decide({}, {"frob": Said("leave", "too large")})
    assert read_plan(plan_path).objects[0].decision == "leave"
    assert 'decision = "leave"  # ?' in plan_path.read_text()


def test_a_read_only_plan_is_told_before_any_question(plan_path: Path) -> None:
    plan_path.chmod(0o400)
    with pytest.raises(WriteError, match="read-only"):
        PlanFile(plan_path)


def test_a_plan_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        PlanFile(tmp_path / "p.toml")
