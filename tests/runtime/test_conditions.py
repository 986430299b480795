"""What a path knows of a condition: constants, error codes, contexts, pointers, and what it assumed before."""

import pytest
from fragments import Small, access, assign, back, cond, constants, function, init, module, per_vnet, shared, when

from vport.runtime.conditions import Judge
from vport.runtime.expressions import base, constant, fact_key, names, same, stripped, truth, variable
from vport.runtime.host import Value
from vport.runtime.model import Pin
from vport.runtime.paths import State
from vport.runtime.worlds import SHARED, UNKNOWN, Life, World

ZONE = per_vnet("zone", "uma_zone_t")
BODY = (
    when("error", back("error")),
    when("error && x", back("1")),
    when("V_zone == NULL", back("error")),
    back("x + error"),
)
MODEL = module(ZONE, shared("enabled"), construct=(init("uma_zcreate", "zone"),), load=function("load", *BODY))


def judge(*, vimage: bool = True, model: object = MODEL) -> Judge:
    kernel = Small(MODEL, vimage=vimage)
    knowledge = kernel.interpreter.knowledge
    return Judge(knowledge, kernel, "load", knowledge.chart("load"))


def state(curvnet: int = 1, lives: dict[tuple[str, int], Life] | None = None, **known: str) -> State:
    made = State(curvnet, (), (), World(lives))
    for name, value in constants(**known).items():
        made = made.knowing(name, value)
    return made


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        ("1", {}, True),
        ("0", {}, False),
        ("error", {"error": "0"}, False),
        ("error", {"error": "ENOMEM"}, True),
        ("error", {}, None),
        ("error != 0", {"error": "ENOMEM"}, True),
        ("error == 0", {"error": "0"}, True),
        ("error == ENOMEM", {"error": "ENOMEM"}, True),
        ("error == ENOMEM", {"error": "EINVAL"}, False),
        ("error == ENOMEM", {"error": "0"}, False),
        ("type == MOD_LOAD", {"type": "MOD_LOAD"}, True),
        ("type == MOD_LOAD", {"type": "MOD_UNLOAD"}, False),
        ("n == 3", {"n": "3"}, True),
        ("n == 3", {"n": "4"}, False),
        ("n == 3", {"n": "LIMIT"}, None),
        ("!error", {"error": "0"}, True),
        ("error || x", {"error": "ENOMEM"}, True),
        ("error || x", {"error": "0"}, None),
        ("error && x", {"error": "0"}, False),
        ("error && x", {"error": "ENOMEM"}, None),
        ("x > 1", {}, None),
        ("IS_DEFAULT_VNET(curvnet)", {}, False),
        ("curvnet == vnet0", {}, False),
        ("curvnet == NULL", {}, False),
        ("v == curvnet", {"v": "vnet 1"}, True),
        ("v == curvnet", {"v": "vnet 2"}, False),
        ("v == curvnet", {}, None),
    ],
)
def test_holds(text: str, known: dict[str, str], holds: bool | None) -> None:
    assert judge().holds(cond(text), state(**known)) is holds


@pytest.mark.parametrize(("curvnet", "holds"), [(0, True), (1, False), (SHARED, False), (UNKNOWN, None)])
def test_default_vnet(curvnet: int, holds: bool | None) -> None:
    assert judge().holds(cond("IS_DEFAULT_VNET(curvnet)"), state(curvnet)) is holds
    assert judge(vimage=False).holds(cond("IS_DEFAULT_VNET(curvnet)"), state(curvnet)) is True


@pytest.mark.parametrize(
    ("status", "is_null"),
    [("live", False), ("dead", None), ("unknown", None), ("", True)],
)
def test_a_pointer_is_NULL_until_it_is_set_up(status: str, is_null: bool | None) -> None:
    lives = {("zone", 1): Life(status, "frob.c:1")} if status else {}
    assert judge().holds(cond("V_zone == NULL"), state(lives=lives)) is is_null
    assert judge().holds(cond("V_zone"), state(lives=lives)) is (None if is_null is None else not is_null)


def test_what_a_variable_holds_is_not_followed() -> None:
    assert judge().holds(cond("enabled"), state()) is None
    assert judge().hangs_on_state(cond("enabled == 0"))
    assert not judge().hangs_on_state(cond("error == 0"))


def test_assumptions() -> None:
    at = judge()
    assert at.assume(cond("error"), True, state(), 0).fact("error") == Value("", UNKNOWN, "!0")
    assert at.assume(cond("error"), False, state(), 0).fact("error") == Value("", UNKNOWN, "0")
    assert at.assume(cond("!error"), True, state(), 0).fact("error") == Value("", UNKNOWN, "0")
    assert at.assume(cond("error == ENOMEM"), True, state(), 0).fact("error") == Value("", UNKNOWN, "ENOMEM")
    assert at.assume(cond("error == ENOMEM"), False, state(), 0).fact("error") is None
    both = at.assume(cond("error && x"), True, state(), 0)
    assert both.fact("error") == Value("", UNKNOWN, "!0")
    assert at.assume(cond("error || x"), True, state(), 0).fact("error") is None
    assert at.assume(cond("error || x"), False, state(), 0).fact("error") == Value("", UNKNOWN, "0")


def test_nothing_is_kept_that_nobody_asks_for() -> None:
    at = judge()
    last = at.relevance.last["error"]
    assert at.assume(cond("error"), True, state(), last).facts == ()
    assert at.assume(cond("other"), True, state(), 0).facts == ()


def test_a_person_decides() -> None:
    kernel = Small(MODEL)
    kernel.interpreter.knowledge.pins = {("load", "x > 1"): True}
    knowledge = kernel.interpreter.knowledge
    assert Judge(knowledge, kernel, "load", knowledge.chart("load")).holds(cond("x > 1"), state()) is True
    assert Judge(knowledge, kernel, "construct", knowledge.chart("load")).holds(cond("x > 1"), state()) is None
    assert Pin("f", "x > 1", True).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(struct vnet *)arg", "arg"),
        ("((x))", "x"),
        ("(a) + (b)", "(a) + (b)"),
        ("f(x)", "f(x)"),
        ("(void)f(x)", "f(x)"),
    ],
)
def test_stripped(text: str, expected: str) -> None:
    assert stripped(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ifp->if_vnet", "ifp"),
        ("TD_TO_VNET(td)", "td"),
        ("CRED_TO_VNET(td->td_ucred)", "td"),
        ("((struct frob *)arg)->vnet", "arg"),
        ("&sc->sc_mtx", "sc"),
        ("frob_vnet(ifp)", ""),
        ("0", ""),
    ],
)
def test_base(text: str, expected: str) -> None:
    assert base(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("V_x", "x"), ("&V_x", "x"), ("VNET(x)", "x"), ("&VNET_NAME(x)", "x"), ("&x", "x"), ("V_x.lock", "V_x.lock")],
)
def test_variable(text: str, expected: str) -> None:
    assert variable(text) == expected


def test_texts() -> None:
    assert names("ifp->if_vnet + a.b + V_c[d]") == ("ifp", "a", "V_c", "d")
    assert [constant(t) for t in ("NULL", "(0)", "0x10", "ENOMEM", "error", "-1", "12UL")] == [
        "0", "0", "16", "ENOMEM", "", "-1", "12",
    ]  # fmt: skip
    assert [truth(t) for t in ("0", "!0", "ENOMEM", "7", "MOD_LOAD", "")] == [False, True, True, True, None, None]
    assert same("!0", "!0") is None
    assert same("", "0") is None
    assert fact_key("f(x)") == "f("
    assert fact_key("a->b") == ""


def test_an_assignment_takes_back_what_was_assumed() -> None:
    body = (when("ifp", access("zone")), assign("ifp", "NULL"), when("ifp", back("1")), back("0"))
    assert Small(module(ZONE, load=function("load", *body, returns="int"))).call("load", 1) == ["zero"]
