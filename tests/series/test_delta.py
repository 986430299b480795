"""The difference of two sets of edits leads from the one text to the other."""

from hypothesis import given
from hypothesis import strategies as st

from vport.diff import Change, split
from vport.edits import Edit, apply_edits
from vport.series.delta import between


@st.composite
def sides(draw: st.DrawFn) -> tuple[bytes, list[Edit], list[Edit]]:
    data = draw(st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"long line\n", b"end"]), max_size=12).map(b"".join))
    cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=10)))
    pool = [
        Edit(a, b, 0, new, "pass", "reason")
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
        for new in (b"", b"x", b"y\n", b"p\nq\n")
    ]
    chosen = []
    for _ in range(2):
        picked = {e.start: e for e in draw(st.lists(st.sampled_from(pool), max_size=6))} if pool else {}
        chosen.append(list(picked.values()))
    return data, chosen[0], chosen[1]


def applied(lines: list[bytes], found: list[Change]) -> bytes:
    out, at = b"", 0
    for change in found:
        assert at <= change.first <= change.last <= len(lines)
        out += b"".join(lines[at : change.first]) + b"".join(change.new)
        at = change.last
    return out + b"".join(lines[at:])


@given(sides())
def test_changes_lead_from_one_text_to_the_other(case: tuple[bytes, list[Edit], list[Edit]]) -> None:
    data, old, new = case
    before, after = apply_edits("f", data, old), apply_edits("f", data, new)
    assert applied(split(before), between("f", data, old, new)) == after


def test_what_both_sides_do_is_no_difference() -> None:
    edits = [Edit(0, 1, 0, b"x", "pass", "reason"), Edit(4, 4, 0, b"new\n", "pass", "reason")]
    assert between("f", b"a\nb\nc\n", edits, edits) == []


def test_lines_that_stay_inside_a_region_are_left_out() -> None:
    data = b"1\n2\n3\n4\n5\n"
    whole = [Edit(0, len(data), 0, b"one\n2\n3\n4\nfive\n", "pass", "reason")]
    assert between("f", data, [], whole) == [Change(0, 1, [b"one\n"]), Change(4, 5, [b"five\n"])]
