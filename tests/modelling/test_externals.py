"""What is known of calls that leave a module."""

from pathlib import Path

import pytest
from helpers_model import VNET, model

from vport.cache import Cache
from vport.model import build
from vport.read import Reader


def _returns(call: str) -> str:
    module = model(f"void f(void *a)\n{{\n\t{call};\n}}\n")
    return next(e.returns for e in module.externals)


@pytest.mark.parametrize("call", ["a = make_dev_credf(0, 0)", "make_dev_alias(a, 0)", "a = sbuf_new_auto()"])
def test_what_gives_an_object_gives_one(call: str) -> None:
    assert _returns(call) == "value"


@pytest.mark.parametrize("call", ["make_dev_p(0, &a, 0)", "make_dev_s(0, &a, 0)", "make_dev_alias_p(0, &a, a)"])
def test_what_hands_the_object_out_by_an_argument_gives_an_error(call: str) -> None:
    assert _returns(call) == "either"


@pytest.mark.parametrize(("body", "needs"), [("V_n = 1;", True), ("*a = 1;", False)])
def test_a_function_of_the_tree_says_more_than_the_family_of_its_name(body: str, needs: bool) -> None:
    data = {
        "m.c": b"void f(int *a)\n{\n\tin_pcbfrob(a);\n}\n",
        "o.c": f"{VNET}void\nin_pcbfrob(int *a)\n{{\n\t{body}\n}}\n".encode(),
    }
    module = build(Reader(Cache(None), 1).read_data(Path("."), data, []), ["m.c"])
    assert [e.needs_vnet for e in module.externals] == [needs]


def test_where_it_is_not_at_hand_the_family_counts() -> None:
    assert next(e.needs_vnet for e in model("void f(int *a)\n{\n\tin_pcbfrob(a);\n}\n").externals)
