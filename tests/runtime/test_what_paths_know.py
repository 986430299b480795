"""What a path knows of a variable's value is known of that variable only, in that stack, and until somebody changes
it."""

import pytest
from fragments import Small, call, constants, enter, function, leave, module, per_vnet, register, shared, when, write

from vport.runtime.model import Access, Node

N_IS_0, N_IS_NOT, M_IS_NOT = "VNET(n) == 0", "VNET(n) != 0", "VNET(m) != 0"
FUNCTIONS = {
    "reads": (Access("n", "read", "frob.c:1"),),
    "writes": (write("n"),),
    "asks": (call("writes"),),
    "changes": (write("shared"),),
}


def reaches(first: str, second: str, *between: Node) -> bool:
    """Whether a path gets past one test, and what follows, and then another."""
    inner = when(second, register("eventhandler", "wanted", holder="p->d"))
    f = function("f", when(first, register("eventhandler", "e", holder="p->c"), *between, inner), parameters=("ifp",))
    variables = (per_vnet("n"), per_vnet("m"), shared("shared"))
    kernel = Small(module(*variables, f=f, **FUNCTIONS))
    kernel.call("f", 1, constants(ifp="vnet 2"))
    return any(e.what == "register" and "wanted" in e.text for e in kernel.trace)


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        (N_IS_0, M_IS_NOT, ()),
        ("VNET_VNET(v, n) == 0", "VNET_VNET(v, m) != 0", ()),
        (N_IS_0, N_IS_NOT, (write("n"),)),
        (N_IS_0, N_IS_NOT, (call("writes"),)),
        (N_IS_0, N_IS_NOT, (call("asks"),)),
        ("shared == 0", "shared != 0", (call("changes"),)),
        (N_IS_0, N_IS_NOT, (enter("ifp->if_vnet"),)),
        ("V_n > 1", "!V_n", (enter("ifp->if_vnet"),)),
    ],
)
def test_what_may_be_otherwise_now(first: str, second: str, between: tuple[Node, ...]) -> None:
    assert reaches(first, second, *between)


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        (N_IS_0, N_IS_NOT, ()),
        ("V_n == 0", "VNET(n) != 0", ()),
        (N_IS_0, N_IS_NOT, (write("m"),)),
        (N_IS_0, N_IS_NOT, (call("reads"),)),
        (N_IS_0, N_IS_NOT, (call("changes"),)),
        ("shared == 0", "shared != 0", (call("writes"),)),
        ("shared == 0", "shared != 0", (enter("ifp->if_vnet"),)),
        (N_IS_0, N_IS_NOT, (enter("curvnet"), leave())),
    ],
)
def test_what_is_still_so(first: str, second: str, between: tuple[Node, ...]) -> None:
    assert not reaches(first, second, *between)
