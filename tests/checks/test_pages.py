"""Every finding has a page, and its examples are as they say."""

import re

import pytest

from checks.checking import marked, places
from vport.checks.found import all_rules
from vport.pages import page

PARTS = ("## Why it matters", "## How to cure it", "## Example")


@pytest.mark.parametrize("id_", all_rules())
def test_a_page_says_all_there_is_to_say(id_: str) -> None:
    text = page(id_).text
    assert text.startswith(f"# {id_} {all_rules()[id_].name}\n\n")
    assert [part for part in PARTS if text.count(part) != 1] == []
    assert all(len(line) <= 120 for line in text.splitlines())
    assert set(re.findall(r"\bVP\d{3}\b", text)) <= set(all_rules())


@pytest.mark.parametrize("id_", all_rules())
def test_the_example_fires_where_it_says(id_: str) -> None:
    expected = marked(page(id_).fires)
    assert id_ in {place[0] for place in expected}
    assert places(page(id_).fires) == expected


@pytest.mark.parametrize("id_", all_rules())
def test_the_other_example_is_clean(id_: str) -> None:
    assert page(id_).fine
    assert places(page(id_).fine) == []
