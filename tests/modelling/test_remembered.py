"""Functions are modelled once: what is remembered is what would be read now, and nothing else is remembered."""

from pathlib import Path

import msgspec
import pytest

from vport.cache import Cache
from vport.model import Modeller
from vport.modelling.remembered import Memory
from vport.modelling.workshop import FunctionReader
from vport.read import Reader
from vport.runtime.model import Module

HEAD = """#include <sys/param.h>
#include <sys/kernel.h>
#include <net/vnet.h>

#define	HOP_STEP	1
VNET_DEFINE_STATIC(int, hop_n);
#define	V_hop_n	VNET(hop_n)
VNET_DECLARE(int, far_n);
#define	V_far_n	VNET(far_n)
static struct callout hop_callout;
static struct cdevsw hop_cdevsw;

"""
SET = """static int
hop_set(struct vnet *vnet)
{

	CURVNET_SET(vnet);
	V_hop_n = HOP_STEP + V_far_n;
	CURVNET_RESTORE();
	return (0);
}

"""
GET = """static int
hop_get(int n)
{

	if (n > 0)
		return (V_far_n);
	return (V_hop_n + hop_set(NULL));
}

"""
TICK = """static void
hop_tick(void *arg)
{

	hop_get(1);
	callout_reset(&hop_callout, hz, hop_tick, arg);
}

"""
OPEN = """static void
hop_open(void *unused)
{
	struct cdevsw other;

	hop_cdevsw.d_open = hop_get;
	other = hop_cdevsw;
	make_dev(&other, 0, 0, 0, 0, "hop");
}
SYSINIT(hop_open, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_open, NULL);
"""
WHOLE = HEAD + SET + GET + TICK + OPEN


class Bench:
    """Models a module again and again, and notes which functions were read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.row: bytes | None = None
        self.read: list[str] = []
        before = FunctionReader.key

        def noted(reader: FunctionReader, key: tuple[str, str]) -> object:
            self.read.append(key[1])
            return before(reader, key)

        monkeypatch.setattr(FunctionReader, "key", noted)

    def model(self, text: str) -> Module:
        """The model from memory, which is the one that is made without."""
        tree = Reader(Cache(None)).read_data(Path("/t"), {"net/hop.c": text.encode()}, [])
        memory = Memory(self.row)
        self.read.clear()
        made = Modeller(tree).build(memory=memory)
        read = list(self.read)
        assert made == Modeller(tree).build()
        self.row = memory.row() or self.row
        self.read = read
        return made


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(monkeypatch)
    bench.model(WHOLE)
    assert bench.read == ["hop_set", "hop_get", "hop_tick", "hop_open"]
    return bench


def test_nothing_is_read_twice(bench: Bench) -> None:
    bench.model(WHOLE)
    assert bench.read == []


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("\thop_get(1);\n", "\thop_get(2);\n", "hop_tick"),
        ("\thop_get(1);\n", "", "hop_tick"),
        ("\treturn (0);\n", "\tif (vnet == NULL)\n\t\treturn (1);\n\treturn (0);\n", "hop_set"),
        ("\tCURVNET_RESTORE();\n", "", "hop_set"),
        ("hop_set(NULL)", "hop_get(0)", "hop_get"),
        ("\tcallout_reset(", "\t/* again */\n\n\tcallout_reset(", "hop_tick"),
    ],
)
def test_a_function_that_changed_is_read_alone(bench: Bench, old: str, new: str, function: str) -> None:
    assert old in WHOLE
    bench.model(WHOLE.replace(old, new))
    assert bench.read == [function]
    bench.model(WHOLE)
    assert bench.read == [function]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" + V_far_n", ""),
        ("\thop_cdevsw.d_open = hop_get;\n", ""),
        ("\tother = hop_cdevsw;\n", ""),
        ("static int\nhop_get(int n)\n{\n", "static int\nhop_get(int n)\n{\n\tstatic int hop_n;\n\n\thop_n++;\n"),
        ("\tCURVNET_SET(vnet);\n", "\thop_more();\n\tCURVNET_SET(vnet);\n"),
    ],
)
def test_what_a_function_brings_to_those_behind_it(bench: Bench, old: str, new: str) -> None:
    assert old in WHOLE
    bench.model(WHOLE.replace(old, new))
    bench.model(WHOLE)


def test_functions_in_another_order(bench: Bench) -> None:
    """Names are met in another order then, so nothing of before is taken for granted."""
    for parts, order in (((TICK, GET, SET, OPEN), "tick get set open"), ((SET, TICK, GET, OPEN), "set tick get open")):
        made = bench.model(HEAD + "".join(parts))
        assert [f.name for f in made.functions] == bench.read == [f"hop_{name}" for name in order.split()]


@pytest.mark.parametrize("row", [b"", b"\xc1", msgspec.msgpack.encode({b"x" * 16: (3, b"{")})])
def test_a_spoilt_memory_is_none(bench: Bench, row: bytes) -> None:
    bench.row = row
    bench.model(WHOLE)
    assert bench.read == ["hop_set", "hop_get", "hop_tick", "hop_open"]


def test_a_spoilt_gain_is_read_again(bench: Bench) -> None:
    assert bench.row is not None
    kept = msgspec.msgpack.decode(bench.row, type=dict[bytes, tuple[int, bytes]])
    bench.row = msgspec.msgpack.encode({mark: (line, text[:-1]) for mark, (line, text) in kept.items()})
    bench.model(WHOLE)
    assert bench.read == ["hop_set", "hop_get", "hop_tick", "hop_open"]
    bench.model(WHOLE)
    assert bench.read == []
