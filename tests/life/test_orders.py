"""Keys of set-ups: their numbers, and keys before and behind them that a constructor can stand at."""

import pytest
from life_small import life_of

from vport.life.order import Key, Orders


@pytest.fixture
def orders() -> Orders:
    life = life_of(
        "#define\tSUB\tSI_SUB_PROTO_IF\n#define\tLATE\t(SI_ORDER_ANY - 255)\n#define\tMASK\t(1 << 4 | 2)\n"
        "#ifdef A\n#define\tTWO\tSI_ORDER_FIRST\n#else\n#define\tTWO\tSI_ORDER_ANY\n#endif\n"
        "#define\tLOOP\tLOOP2\n#define\tLOOP2\tLOOP\n#define\tOF(x)\tSI_ORDER_##x\n"
    )
    return Orders(life.tree, life.code.__getitem__)


def texts(key: Key) -> str:
    return ", ".join(key.texts)


@pytest.mark.parametrize(
    ("subsystem", "order", "numbers"),
    [
        ("SI_SUB_PSEUDO", "SI_ORDER_ANY", (0x7000000, 0xFFFFFFF)),
        ("SUB", "LATE", (0x8400000, 0xFFFFFFF - 255)),
        ("SUB", "LATE + 1", (0x8400000, 0xFFFFFFF - 254)),
        ("SI_SUB_VNET_DONE", "MASK", (0xDC00000, 18)),
        (" SI_SUB_INIT_IF ", "0", (0x3000000, 0)),
    ],
)
def test_evaluates(orders: Orders, subsystem: str, order: str, numbers: tuple[int, int]) -> None:
    key = orders.key(subsystem, order)
    assert (key.subsystem, key.order) == numbers
    assert key.known


@pytest.mark.parametrize("order", ["TWO", "LOOP", "NOBODY", "OF(ANY)", "SI_ORDER_ANY +", "f(1)", '"a"', ""])
def test_says_when_an_order_has_no_value(orders: Orders, order: str) -> None:
    assert not orders.key("SI_SUB_PSEUDO", order).known


@pytest.mark.parametrize(
    ("subsystem", "within"),
    [
        ("SI_SUB_VNET", False),
        ("SI_SUB_INTRINSIC", True),
        ("SI_SUB_VNET_DONE", True),
        ("SI_SUB_KTHREAD_INIT", False),
        ("SI_SUB_KLD", False),
    ],
)
def test_knows_where_constructors_can_stand(orders: Orders, subsystem: str, within: bool) -> None:
    assert orders.within_vnet(orders.key(subsystem, "SI_ORDER_FIRST")) == within


@pytest.mark.parametrize(
    ("subsystem", "order", "behind"),
    [
        ("SI_SUB_PSEUDO", "SI_ORDER_FIRST", "SI_SUB_PSEUDO, SI_ORDER_SECOND"),
        ("SI_SUB_PSEUDO", "SI_ORDER_THIRD", "SI_SUB_PSEUDO, SI_ORDER_FOURTH"),
        ("SI_SUB_PSEUDO", "SI_ORDER_MIDDLE", "SI_SUB_PSEUDO, SI_ORDER_MIDDLE + 1"),
        ("SI_SUB_PSEUDO", "SI_ORDER_ANY - 1", "SI_SUB_PSEUDO, SI_ORDER_ANY"),
        ("SUB", "LATE", "SUB, LATE + 1"),
        ("SI_SUB_PSEUDO", "(1 << 4)", "SI_SUB_PSEUDO, ((1 << 4)) + 1"),
        ("SI_SUB_PSEUDO", "SI_ORDER_ANY", "SI_SUB_EXEC, SI_ORDER_FIRST"),
        ("SUB", "SI_ORDER_ANY", "SI_SUB_PROTO_DOMAININIT, SI_ORDER_FIRST"),
    ],
)
def test_follows(orders: Orders, subsystem: str, order: str, behind: str) -> None:
    key = orders.key(subsystem, order)
    assert texts(orders.following(key)) == behind
    assert (key.subsystem, key.order) < (orders.following(key).subsystem, orders.following(key).order)


@pytest.mark.parametrize(
    ("subsystem", "order", "earlier"),
    [
        ("SI_SUB_PSEUDO", "SI_ORDER_SECOND", "SI_SUB_PSEUDO, SI_ORDER_FIRST"),
        ("SI_SUB_PSEUDO", "SI_ORDER_ANY", "SI_SUB_PSEUDO, SI_ORDER_ANY - 1"),
        ("SI_SUB_PSEUDO", "SI_ORDER_MIDDLE + 1", "SI_SUB_PSEUDO, SI_ORDER_MIDDLE"),
        ("SI_SUB_PSEUDO", "SI_ORDER_FIRST", "SI_SUB_P1003_1B, SI_ORDER_ANY"),
    ],
)
def test_precedes(orders: Orders, subsystem: str, order: str, earlier: str) -> None:
    key = orders.key(subsystem, order)
    assert texts(orders.preceding(key)) == earlier
    assert (orders.preceding(key).subsystem, orders.preceding(key).order) < (key.subsystem, key.order)


@pytest.mark.parametrize(
    ("subsystem", "order", "before"),
    [
        ("SI_SUB_PROTO_IF", "SI_ORDER_ANY", "SI_SUB_PROTO_IF, SI_ORDER_FIRST"),
        ("SI_SUB_PROTO_IF", "SI_ORDER_FIRST", "SI_SUB_INIT_IF, SI_ORDER_FIRST"),
        ("SI_SUB_INIT_IF", "SI_ORDER_FIRST", "SI_SUB_INTRINSIC, SI_ORDER_FIRST"),
        ("SI_SUB_KTHREAD_INIT", "SI_ORDER_ANY", "SI_SUB_INIT_IF, SI_ORDER_FIRST"),
    ],
)
def test_stands_before(orders: Orders, subsystem: str, order: str, before: str) -> None:
    assert texts(orders.before(orders.key(subsystem, order))) == before


def test_writes_no_name_that_only_one_release_has() -> None:
    life = life_of("")
    old = Orders(life.tree, life.code.__getitem__, "2010")
    assert texts(old.following(old.key("SI_SUB_PROTO_DOMAIN", "SI_ORDER_ANY"))).startswith("SI_SUB_PROTO_IFATTACH")
    assert old.key("SI_SUB_FW", "SI_ORDER_ANY").known
    assert old.key("SI_SUB_PROTO_FIREWALL", "SI_ORDER_ANY").known
