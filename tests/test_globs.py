"""Names that patterns with stars mean."""

import fnmatch

import pytest

from vport.globs import fits

NAMES = ("", "SYSCTL_INT", "SYSCTL_", "SYSCTL_ADD_INT", "RB_FOREACH", "RB_FOREACH_SAFE", "A", "AA", "ifnet_*", "x[a]")


@pytest.mark.parametrize(
    "pattern",
    ["", "A", "*", "SYSCTL_*", "*_INT", "SYSCTL_*INT", "A*A", "S*_*T", "?", "A?", "[AB]", "x[[]a]", "ifnet_[*]"],
)
def test_fits_as_fnmatch_has_it(pattern: str) -> None:
    found = [name for name in NAMES if fits(name, pattern)]
    assert found == [name for name in NAMES if fnmatch.fnmatchcase(name, pattern)]


def test_one_star_takes_no_character_twice() -> None:
    assert fits("AA", "A*A") and not fits("A", "A*A")


def test_noop_other_letters() -> None:
    assert not fits("sysctl_int", "SYSCTL_*")
