import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.edits import Edit, apply_edits
from vport.errors import OverlapError


def edit(start: int, end: int, new: bytes, rank: int = 0, by: str = "p") -> Edit:
    return Edit(start, end, rank, new, by, "why")


def applied(data: bytes, *edits: Edit) -> bytes:
    return apply_edits("a.c", data, edits)


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        ([], b"abcdef"),
        ([edit(0, 1, b"X")], b"Xbcdef"),
        ([edit(5, 6, b"X")], b"abcdeX"),
        ([edit(0, 6, b"")], b""),
        ([edit(2, 2, b"X")], b"abXcdef"),
        ([edit(0, 0, b"X")], b"Xabcdef"),
        ([edit(6, 6, b"X")], b"abcdefX"),
        ([edit(4, 5, b"Y"), edit(1, 2, b"XX")], b"aXXcdYf"),
        ([edit(1, 2, b"X"), edit(2, 3, b"Y")], b"aXYdef"),
        ([edit(1, 1, b"X"), edit(1, 2, b"Y")], b"aXYcdef"),
        ([edit(1, 2, b"X"), edit(2, 2, b"Y")], b"aXYcdef"),
        ([edit(3, 3, b"2", rank=2), edit(3, 3, b"1", rank=1)], b"abc12def"),
        ([edit(1, 3, b"X"), edit(1, 3, b"X")], b"aXdef"),
        ([edit(3, 3, b"X"), edit(3, 3, b"X")], b"abcXdef"),
    ],
)
def test_edits(edits: list[Edit], result: bytes) -> None:
    assert applied(b"abcdef", *edits) == result


@pytest.mark.parametrize(
    "edits",
    [
        [edit(1, 3, b"X"), edit(2, 4, b"Y")],
        [edit(1, 4, b"X"), edit(2, 3, b"Y")],
        [edit(1, 3, b"X"), edit(1, 3, b"Y")],
        [edit(1, 3, b"X"), edit(1, 2, b"X")],
        [edit(1, 3, b"X"), edit(2, 2, b"Y")],
        [edit(0, 6, b"X"), edit(5, 6, b"Y")],
    ],
)
def test_edits_that_claim_the_same_bytes_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(OverlapError, match=r"^a\.c:1: .*`p`"):
        applied(b"abcdef", *edits)


def test_same_edit_of_two_passes_is_refused_when_it_replaces() -> None:
    with pytest.raises(OverlapError, match=r"^a\.c:2: passes `p` and `q` both claim"):
        applied(b"a\nbc", edit(2, 3, b"X", by="p"), edit(2, 3, b"X", by="q"))


def test_insertion_before_a_replacement_whatever_its_rank() -> None:
    assert applied(b"abc", edit(1, 2, b"X", rank=0), edit(1, 1, b"Y", rank=5)) == b"aYXc"


def test_other_bytes_stay_whatever_they_are() -> None:
    data = b"\xff\0\r\n\x80" * 3
    assert applied(data, edit(5, 6, b"n")) == data[:5] + b"n" + data[6:]


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    data = draw(st.binary(max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return data, [edit(a, b, draw(st.binary(max_size=4))) for a, b in pairs]


@given(edited(), st.randoms(use_true_random=False))
def test_order_of_edits_does_not_matter_and_bytes_outside_stay(
    given_edits: tuple[bytes, list[Edit]], random: object
) -> None:
    data, edits = given_edits
    result = applied(data, *edits)
    shuffled = edits[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert applied(data, *shuffled) == result
    at = 0
    for one in sorted(edits):
        kept = data[at : one.start]
        assert result.startswith(kept + one.new)
        result, at = result[len(kept) + len(one.new) :], one.end
    assert result == data[at:]
