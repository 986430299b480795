"""What is known of calls that leave a module."""

import pytest
from helpers_model import model


def _returns(call: str) -> str:
    module = model(f"void f(void *a)\n{{\n\t{call};\n}}\n")
    return next(e.returns for e in module.externals)


@pytest.mark.parametrize("call", ["a = make_dev_credf(0, 0)", "make_dev_alias(a, 0)", "a = sbuf_new_auto()"])
def test_what_gives_an_object_gives_one(call: str) -> None:
    assert _returns(call) == "value"


@pytest.mark.parametrize("call", ["make_dev_p(0, &a, 0)", "make_dev_s(0, &a, 0)", "make_dev_alias_p(0, &a, a)"])
def test_what_hands_the_object_out_by_an_argument_gives_an_error(call: str) -> None:
    assert _returns(call) == "either"
