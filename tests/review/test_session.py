"""The review without its terminal: what is shown, what answers do, and that each can be taken back."""

from collections.abc import Callable
from pathlib import Path

import cases
import pytest

from review.conftest import FILES, PLAN
from vport.plan import read_plan
from vport.review.hunks import Hunk, Pieces
from vport.review.session import Session

Opener = Callable[..., Session]


def names(session: Session) -> list[str]:
    """Variables in the order they are shown, each once."""
    return list(dict.fromkeys(h.variable[2] if h.variable else "-" for h in session.hunks))


def shown(session: Session) -> tuple[str, str, int]:
    """Variable, file and line of what is shown."""
    hunk = session.current
    assert hunk is not None
    return (hunk.variable[2] if hunk.variable else "-", hunk.file, hunk.changes[0].first + 1)


def decisions(path: Path) -> dict[str, str]:
    return {entry.name: entry.decision for entry in read_plan(path).entries}


def accept_everything(session: Session) -> int:
    number = 0
    while session.current is not None:
        session.accept()
        number += 1
    return number


def test_variables_come_in_the_order_of_their_definitions_and_contexts_last(review: Opener) -> None:
    assert names(review()) == ["frob_ttl", "frob_count", "frob_limit", "-"]


def test_the_definition_comes_before_uses_in_other_files(review: Opener) -> None:
    session = review()
    files = [h.file for h in session.hunks if h.variable and h.variable[2] == "frob_count"]
    assert files[0] == "frob.c"
    assert set(files) == {"frob.c", "frob_var.h", "user.c"}


def test_a_line_of_two_variables_is_shown_with_the_first_and_names_the_other(review: Opener) -> None:
    session = review()
    both = next(h for h in session.hunks if len(h.serves) == 2 and h.variable)
    assert [key[2] for key in both.serves] == ["frob_ttl", "frob_limit"]
    assert both.variable == both.serves[0]


def test_a_context_names_the_variables_behind_it(review: Opener) -> None:
    session = review()
    context = [h for h in session.hunks if any(e.by == "contexts" for c in h.changes for e in c.edits)]
    assert context
    assert {key[2] for h in context for key in h.serves} == {"frob_count"}


def test_every_change_of_the_port_is_in_one_hunk(review: Opener) -> None:
    session = review()
    ids = [one for hunk in session.hunks for one in hunk.ids]
    assert len(ids) == len(set(ids))
    edits = {(h.file, e) for h in session.hunks for c in h.changes for e in c.edits}
    assert edits == {(file, e) for file, found in session.port.edits.items() for e in found}


@pytest.mark.parametrize("case", cases.as_parameters([c for c in cases.module_cases() if c.life]))
def test_every_change_of_a_module_is_in_one_hunk_and_serves_somebody(case: cases.Case) -> None:
    run = cases.run_case(case.id)
    hunks = Pieces(run.read, run.port).hunks
    assert all(hunk.serves for hunk in hunks)
    assert {(h.file, e) for h in hunks for c in h.changes for e in c.edits} == {
        (file, e) for file, found in run.port.edits.items() for e in found
    }
    ids = [one for hunk in hunks for one in hunk.ids]
    assert len(ids) == len(set(ids))


def test_accepting_writes_nothing_into_the_plan(review: Opener, plan_path: Path) -> None:
    session = review()
    assert accept_everything(session) == len(session.hunks)
    assert plan_path.read_text() == PLAN


def test_refusing_shares_the_variable_and_its_hunks_are_gone(review: Opener, plan_path: Path) -> None:
    session = review()
    session.decide([("frob.c", "", "frob_count")], "share", "one count is enough")
    assert decisions(plan_path) == {"frob_ttl": "virtualize", "frob_count": "share", "frob_limit": "virtualize"}
    assert 'note = "counts; one count is enough"' in plan_path.read_text()
    assert names(session) == ["frob_ttl", "frob_limit", "-"]
    assert set(session.port.edits) == {"frob.c"}


def test_a_refusal_goes_on_with_the_next_variable(review: Opener) -> None:
    session = review()
    session.accept_all()
    assert shown(session)[0] == "frob_count"
    session.decide([("frob.c", "", "frob_count")], "share")
    assert shown(session)[0] == "frob_limit"


def test_a_hunk_that_reads_otherwise_after_a_refusal_is_asked_again(review: Opener) -> None:
    session = review()
    session.accept_all()
    session.decide([("frob.c", "", "frob_limit")], "share")
    line = next(h for h in session.hunks if h.file == "frob.c" and b"V_frob_ttl -" in b"".join(h.changes[0].new))
    assert [key[2] for key in line.serves] == ["frob_ttl"]
    assert not session.is_accepted(line)


def test_accepting_all_of_a_variable_leaves_the_others_open(review: Opener) -> None:
    session = review()
    mine = [h for h in session.hunks if h.variable == ("frob.c", "", "frob_ttl")]
    assert session.accept_all() == len(mine)
    assert [h for h in session.hunks if session.is_accepted(h)] == mine


def test_skipped_hunks_come_again_in_the_next_run_only(review: Opener) -> None:
    session = review()
    first = shown(session)
    session.skip()
    accept_everything(session)
    assert session.current is None
    assert shown(review()) == first


def test_another_run_goes_on_where_this_one_ended(review: Opener) -> None:
    session = review()
    session.accept()
    session.accept()
    where = shown(session)
    assert shown(review()) == where


def test_a_source_that_changed_is_asked_about_again_where_it_changed(review: Opener) -> None:
    accept_everything(review())
    assert review().current is None
    changed = {**FILES, "user.c": FILES["user.c"].replace(b"return (frob_count)", b"return (1 + frob_count)")}
    again = review(changed)
    assert shown(again) == ("frob_count", "user.c", 6)
    assert accept_everything(again) == 1


def test_noop_a_source_whose_lines_moved(review: Opener) -> None:
    accept_everything(review())
    moved = {**FILES, "user.c": b"/* moved */\n" + FILES["user.c"]}
    assert review(moved).current is None


def test_a_decision_taken_back_by_hand_asks_again(review: Opener, plan_path: Path) -> None:
    session = review()
    session.decide([("frob.c", "", "frob_ttl")], "share")
    accept_everything(session)
    plan_path.write_text(PLAN)
    again = review()
    assert "frob_ttl" in {h.variable[2] for h in again.hunks if h.variable and again.is_open(h)}


def test_undo_takes_back_one_answer_after_the_other(review: Opener, plan_path: Path) -> None:
    session = review()
    seen: list[tuple[tuple[str, str, int], str, frozenset[str]]] = []

    def note() -> tuple[tuple[str, str, int], str, frozenset[str]]:
        return shown(session), plan_path.read_text(), frozenset(session.memory.accepted)

    answers: tuple[Callable[[], object], ...] = (
        session.accept,
        session.skip,
        lambda: session.decide([("frob.c", "", "frob_count")], "share", "why"),
        session.accept,
        lambda: session.decide([("frob.c", "", "frob_limit")], "ask"),
        session.accept_all,
    )
    for answer in answers[:5]:
        seen.append(note())
        answer()
    while seen:
        assert session.undo()
        assert note() == seen.pop()
    assert not session.undo()


def test_undo_survives_nothing_else(review: Opener) -> None:
    review().accept()
    assert not review().undo()


def test_back_shows_answered_hunks_and_stops_at_the_first(review: Opener) -> None:
    session = review()
    first = shown(session)
    session.accept()
    assert session.back()
    assert shown(session) == first
    assert not session.back()
    session.accept()
    assert shown(session) != first


def test_only_some_variables(review: Opener) -> None:
    assert {key[2] for h in review(only=["frob_limit"]).hunks for key in h.serves} == {"frob_ttl", "frob_limit"}


def test_one_symbol_is_decided_once(review: Opener, plan_path: Path) -> None:
    files = {"a.c": b"int frob_m;\nint f(void) { return (frob_m); }\n", "b.c": b"int frob_m;\n"}
    plan_path.write_text(
        "version = 1\n"
        + "".join(f'[[variable]]\nname = "frob_m"\nfile = "{f}"\ndecision = "virtualize"\n' for f in files)
    )
    session = review(files)
    session.decide([("a.c", "", "frob_m")], "share")
    assert [entry.decision for entry in read_plan(plan_path).entries] == ["share", "share"]
    assert session.hunks == []


def refuse_one(session: Session, hunk: Hunk) -> None:
    if hunk.tag and session.plan.said_of_object(hunk.tag):
        session.leave_object(hunk.tag, "no")
    else:
        session.decide([hunk.variable] if hunk.variable else hunk.serves, "share")


@pytest.mark.parametrize("module", sorted({c.id.split("[")[0] for c in cases.module_cases()}))
def test_a_hunk_that_is_refused_goes_away(review: Opener, plan_path: Path, module: str) -> None:
    case = next(c for c in cases.module_cases() if c.life and c.id.startswith(module))
    text = (cases.MODULES / module / "vport.toml").read_text().replace('file = "input/', 'file = "')
    number = 0
    while True:
        plan_path.write_text(text)
        session = review(case.files)
        if number >= len(session.hunks):
            break
        hunk = session.hunks[number]
        refuse_one(session, hunk)
        left = [h for h in session.hunks if set(hunk.ids).issubset(h.ids)]
        assert not left or hunk.variable, (hunk.file, hunk.changes[0].first + 1)
        assert all(h.serves and hunk.variable not in h.serves for h in left)
        number += 17
