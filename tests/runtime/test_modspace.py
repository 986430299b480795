"""The modules' per-vnet space: first fit, merging, sizes, and what stacks hold when a module comes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.runtime.model import Variable
from vport.runtime.modspace import SIZES, Content, Modspace, Storage, layout, rounded, size_of


def var(name: str, type: str = "int", *, initial: str = "zero", size: int = 0, per_vnet: bool = True) -> Variable:
    return Variable(name, "a.c:1", type, per_vnet=per_vnet, initial=initial, size=size)


def test_sizes_of_releases() -> None:
    assert SIZES["2010"] == 8192
    assert SIZES["13"] == 32768


def test_first_fit_not_best_fit() -> None:
    space = Modspace(100 * 8)
    a, _, c, _ = (space.alloc(n * 8) for n in (10, 5, 4, 5))
    assert a == 0
    assert c == 15 * 8
    space.free(0, 80)
    space.free(15 * 8, 32)
    assert space.alloc(4 * 8) == 0


def test_sizes_round_up_to_a_pointer() -> None:
    space = Modspace(32)
    assert [space.alloc(n) for n in (1, 9, 8)] == [0, 8, 24]
    assert space.alloc(1) is None


def test_fragmentation_counts() -> None:
    space = Modspace(48)
    starts = [space.alloc(8) for _ in range(6)]
    for start in starts[::2]:
        assert start is not None
        space.free(start, 8)
    assert space.available == 24
    assert space.alloc(16) is None


def test_extending_the_last_free_block_is_where_the_kernel_would_fault() -> None:
    space = Modspace(64)
    for _ in range(2):
        space.alloc(16)
    space.alloc(32)
    assert space.free(0, 16) is False
    assert space.free(16, 16) is True
    assert [(b.start, b.size) for b in space.free_blocks] == [(0, 32)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 200))))
def test_pieces_never_overlap_and_bytes_are_conserved(steps: list[tuple[bool, int]]) -> None:
    space = Modspace(1024)
    held: dict[int, int] = {}
    for take, size in steps:
        if take:
            start = space.alloc(size)
            if start is None:
                assert space.largest < rounded(size)
                continue
            pieces = sorted([*held.items(), (start, size)])
            assert all(a + rounded(n) <= b for (a, n), (b, _) in zip(pieces, pieces[1:], strict=False))
            held[start] = size
        elif held:
            start = sorted(held)[size % len(held)]
            space.free(start, held.pop(start))
        blocks = space.free_blocks
        assert all(a.end < b.start for a, b in zip(blocks, blocks[1:], strict=False))
        assert space.available + sum(map(rounded, held.values())) == 1024


def test_layout_aligns_and_skips_shared_state() -> None:
    offsets, size = layout(
        [var("a", "char"), var("s", per_vnet=False), var("b"), var("c", "struct x *"), var("d", size=3)]
    )
    assert offsets == {"a": 0, "b": 4, "c": 8, "d": 16}
    assert size == 19


@pytest.mark.parametrize(
    ("type", "size"), [("u_char", 1), ("uint16_t", 2), ("unsigned int", 4), ("char *", 8), ("struct frob", 8)]
)
def test_sizes_by_type(type: str, size: int) -> None:
    assert size_of(var("x", type)) == size


def test_relocation_comes_too_late_for_stacks_that_exist() -> None:
    storage = Storage(relocates_late=True)
    storage.new_stack(0)
    storage.bring("frob", [var("cb", initial="address"), var("n", initial="constant")])
    storage.new_stack(1)
    assert list(storage.hazards("frob")) == [("cb", Content.UNRELOCATED, (0,))]
    assert storage.stacks[1]["frob", "cb"] is Content.INITIAL


def test_newer_kernels_copy_after_relocation() -> None:
    storage = Storage(relocates_late=False)
    storage.new_stack(0)
    storage.bring("frob", [var("cb", initial="address")])
    assert list(storage.hazards("frob")) == []


@pytest.mark.parametrize("initial", ["self", "virtual"])
def test_address_of_a_per_vnet_variable_is_wrong_everywhere(initial: str) -> None:
    storage = Storage(relocates_late=False)
    storage.new_stack(0)
    storage.bring("frob", [var("q", initial=initial)])
    storage.new_stack(1)
    assert list(storage.hazards("frob")) == [("q", Content.REFERENCE, (0, 1))]


def test_unload_leaves_bytes_behind() -> None:
    storage = Storage(relocates_late=True)
    storage.new_stack(0)
    storage.bring("frob", [var("n")])
    storage.leave("frob")
    assert storage.stacks[0] == {("frob", "n"): Content.STALE}
