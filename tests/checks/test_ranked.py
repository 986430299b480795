"""Models without the numbers of their lines."""

import msgspec

from vport.checks.found import Found, Step
from vport.checks.ranked import Ranked
from vport.runtime.model import Access, Call, Function, Module, Variable


def module(*lines: int, word: str = "hop") -> Module:
    """A module whose variable, function, access and call stand on these lines."""
    variable, function, access, call = (f"net/hop.c:{line}" for line in lines)
    body = (Access("hop_n", "read", access), Call("printf", (f'"{word}"',), call))
    return Module("hop", ("net/hop.c",), (Variable("hop_n", variable),), functions=(Function("f", function, (), body),))


def test_lines_that_move_together_leave_the_text_alone() -> None:
    assert Ranked(module(3, 10, 12, 13)).text == Ranked(module(4, 20, 31, 40)).text


def test_lines_in_another_order_are_another_model() -> None:
    texts = {
        Ranked(module(*lines)).text for lines in ((3, 10, 12, 13), (3, 10, 13, 12), (11, 10, 12, 13), (3, 10, 12, 12))
    }
    assert len(texts) == 4


def test_another_word_is_another_model() -> None:
    assert Ranked(module(3, 10, 12, 13)).text != Ranked(module(3, 10, 12, 13, word="skip")).text


def test_the_ranks_are_lines_of_a_model() -> None:
    assert Ranked(module(3, 10, 12, 13)).model() == module(1, 2, 3, 4)


def test_findings_get_their_lines_back() -> None:
    ranked = Ranked(module(3, 10, 12, 130))
    steps = (Step("net/hop.c", 4, "from net/hop.c:2, and other/hop.c:2"), Step("net/else.c", 4, "x"))
    one = Found("VP203", "net/hop.c", 3, "set up at net/hop.c:1 and net/hop.c:4.", "see net/hop.c:12", steps=steps)
    back = (Step("net/hop.c", 130, "from net/hop.c:10, and other/hop.c:2"), Step("net/else.c", 4, "x"))
    assert ranked.found([one]) == [
        Found("VP203", "net/hop.c", 12, "set up at net/hop.c:3 and net/hop.c:130.", "see net/hop.c:12", steps=back)
    ]
    assert ranked.said(["hop: net/hop.c:3: no", "no place"]) == ["hop: net/hop.c:12: no", "no place"]


def test_noop_a_place_in_a_text_of_the_source() -> None:
    told = module(3, 10, 12, 13, word="net/hop.c:12")
    ranked = Ranked(told)
    assert ranked.model() == told
    one = Found("VP203", "net/hop.c", 12, 'after printf("net/hop.c:12")')
    assert ranked.found([one]) == [one]


def test_noop_a_model_without_places() -> None:
    empty = Module("none")
    assert Ranked(empty).model() == empty
    assert Ranked(empty).text == msgspec.json.encode(empty)


def test_names_that_end_alike_are_told_apart() -> None:
    functions = (Function("f", "a/hop.c:7"), Function("g", "hop.c:9"), Function("h", "hop.c:11"))
    ranked = Ranked(Module("hop", ("a/hop.c", "hop.c"), functions=functions))
    assert ranked.said(["a/hop.c:1 hop.c:1 hop.c:2"]) == ["a/hop.c:7 hop.c:9 hop.c:11"]
    assert ranked.places == {("a/hop.c", 7), ("hop.c", 9), ("hop.c", 11)}
