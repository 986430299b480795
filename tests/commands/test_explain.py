"""`vport explain`: pages by id and by name, the list of all, names that are none."""

import pytest

from commands.runner import Run
from vport.checks.found import all_rules
from vport.pages import page


def test_a_page_by_id(vport: Run) -> None:
    done = vport("explain", "VP203")
    assert (done.code, done.talk) == (0, "")
    assert done.text == page("VP203").text


@pytest.mark.parametrize("word", ["access-without-context", "vp203", "Vp203"])
def test_a_page_by_name_and_in_any_case(vport: Run, word: str) -> None:
    assert vport("explain", word).text == page("VP203").text


def test_several_pages(vport: Run) -> None:
    text = vport("explain", "VP203", "VP101").text
    assert text.index("# VP203 ") < text.index("# VP101 ")


def test_all_findings_one_a_line(vport: Run) -> None:
    lines = vport("explain").text.splitlines()
    assert [line.split()[0] for line in lines] == list(all_rules())


@pytest.mark.parametrize(
    ("word", "near"),
    [("VP2O3", "VP20"), ("acess-without-context", "VP203 access-without-context"), ("zzz", "`vport explain` lists")],
)
def test_what_is_no_finding(vport: Run, word: str, near: str) -> None:
    done = vport("explain", "VP203", word)
    assert (done.code, done.text) == (2, "")
    assert f"{word} is no finding" in done.talk and near in done.talk
