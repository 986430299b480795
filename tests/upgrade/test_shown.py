"""The upgrade that README.md shows is the one that is made."""

import re

import cases

from upgrade.upgrading import lifted


def test_shows_what_an_upgrade_makes() -> None:
    text = (cases.ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^```upgrade\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert shown is not None
    lines = shown[1].splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("-", " ", ""))
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("+", " ", ""))
    assert lifted(before) == after
