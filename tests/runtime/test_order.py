"""The order of SYSINITs: known cases by hand, random tables against a C program of its own."""

import random
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from vport.runtime.errors import ModelError
from vport.runtime.order import Table, boot_order, load_order, release, releases, unload_order

Entry = tuple[int, int, int, int]
"""Subsystem, order, label, and the label that brings it (-1: there from the start)."""

SOURCE = Path(__file__).with_name("order_facts.c")


def key(entry: Entry) -> tuple[int, int]:
    return entry[0], entry[1]


def labels(entries: Iterable[Entry]) -> list[int]:
    return [entry[2] for entry in entries]


def booted(table: list[Entry], name: str) -> list[int]:
    order = Table(key, release(name))
    order.add(e for e in table if e[3] == -1)
    ran = []
    for entry in order:
        ran.append(entry[2])
        if arriving := [e for e in table if e[3] == entry[2]]:
            order.add(arriving)
    return ran


RUNTIME: dict[str, Callable[[list[Entry], str], list[int]]] = {
    "boot": booted,
    "load": lambda table, name: labels(load_order(table, key, release(name))),
    "unload": lambda table, name: labels(unload_order(table, key, release(name))),
}
MODES = {
    ("boot", "main"): "boot-merge",
    ("boot", "13"): "boot-exchange",
    ("boot", "2010"): "boot-exchange",
    ("boot", "2009"): "boot-exchange",
}


def random_table(rng: random.Random, *, pending: bool) -> list[Entry]:
    """Few distinct keys, so that many tie; some SI_SUB_DUMMY, some at the far end of unsigned numbers."""
    subsystems = [0, 2, 3, 0x2000000, 0x7000000, 0xFFFFFFF, 0xFFFFFFFF]
    orders = [0, 1, 0x1000000, 0xFFFFFFF, 0xFFFFFFFE]
    count = rng.randrange(0, 30)
    return [
        (rng.choice(subsystems), rng.choice(orders), i, rng.choice([-1, *range(i)]) if pending and i > 3 else -1)
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or pytest.skip("no C compiler")
    out = tmp_path_factory.mktemp("order") / "order_facts"
    subprocess.run([compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-o", out, SOURCE], check=True)
    return out


@pytest.mark.parametrize("name", releases())
@pytest.mark.parametrize("when", ["boot", "load", "unload"])
def test_random_tables_run_as_the_c_program_says(program: Path, name: str, when: str) -> None:
    rng = random.Random(f"{name} {when}")
    tables = [random_table(rng, pending=when == "boot") for _ in range(400)]
    mode = MODES.get((when, name), when)
    text = "".join(f"{mode} {len(t)} {' '.join(' '.join(map(str, e)) for e in t)}\n" for t in tables)
    lines = subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [RUNTIME[when](t, name) for t in tables] == [[int(x) for x in line.split()] for line in lines]


def test_exchange_sort_is_not_stable() -> None:
    table = [(2, 0, 20, -1), (2, 0, 21, -1), (1, 0, 10, -1)]
    assert labels(load_order(table, key, release("13"))) == [10, 21, 20]
    assert labels(boot_order(table, key, release("main"))) == [10, 20, 21]


def test_unload_is_not_the_reverse_of_load() -> None:
    table = [(2, 0, 20, -1), (2, 0, 21, -1), (3, 0, 30, -1)]
    assert labels(load_order(table, key, release("13"))) == [20, 21, 30]
    assert labels(unload_order(table, key, release("13"))) == [30, 21, 20]
    table = [(2, 0, 20, -1), (2, 0, 21, -1), (1, 0, 10, -1)]
    assert labels(unload_order(table, key, release("13"))) == [20, 21, 10]


def test_a_module_that_arrives_mid_boot_runs_at_once_what_is_overdue() -> None:
    table = [(2, 0, 1, -1), (9, 0, 2, -1), (1 << 8, 0, 3, -1), (3, 0, 4, 2), (500, 0, 5, 2)]
    for name in releases():
        assert booted(table, name) == [1, 2, 4, 3, 5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SI_SUB_PSEUDO", 0x7000000),
        ("SI_ORDER_ANY - 255 + 2", 0xFFFFFFF - 253),
        ("(SI_ORDER_MIDDLE + 0x10)", 0x1000010),
        ("010 + 7u", 15),
        ("0xfUL | (1 << 4)", 31),
        ("SI_ORDER_FIRST - 1", 0xFFFFFFFF),
    ],
)
def test_expressions(text: str, number: int) -> None:
    assert release("13").number(text, "a.c:1") == number


@pytest.mark.parametrize("text", ["SI_SUB_NONSENSE", "f(1)", "", "1 +", "08", "SI_SUB_PSEUDO / 0", "'a'"])
def test_nonsense_names_the_place(text: str) -> None:
    with pytest.raises(ModelError, match=r"^a\.c:7: "):
        release("13").number(text, "a.c:7")


def test_names_of_other_releases_are_refused() -> None:
    assert release("2010").number("SI_SUB_FW", "a.c:1") == release("13").number("SI_SUB_PROTO_FIREWALL", "a.c:1")
    with pytest.raises(ModelError, match="SI_SUB_FW is not in the SYSINIT table of release 13"):
        release("13").number("SI_SUB_FW", "a.c:1")


def test_unknown_release_lists_those_there_are() -> None:
    with pytest.raises(ModelError, match="2010"):
        release("12")


@pytest.mark.parametrize(
    ("here", "word", "cure"),
    [
        ("2010", "SI_SUB_PROTO_FIREWALL", "name SI_SUB_FW, which is SI_SUB_PROTO_FIREWALL of release main"),
        ("13", "SI_SUB_VIMAGE_PRELINK", "name SI_SUB_VNET_PRELINK, which is SI_SUB_VIMAGE_PRELINK of release 2010"),
        ("2010", "SI_SUB_TASKQ", "name one that is, or run with --release main$"),
        ("13", "SI_SUB_NONSENSE", "name one that is$"),
    ],
)
def test_the_name_that_stands_at_the_same_place_is_told(here: str, word: str, cure: str) -> None:
    with pytest.raises(ModelError, match=rf"^a\.c:7: {word} is not in the SYSINIT table of release {here}: {cure}"):
        release(here).number(word, "a.c:7")


def test_the_9_branch_has_its_own_name_of_the_first_slot() -> None:
    assert release("2010").number("SI_SUB_VNET_PRELINK", "") == release("2010").number("SI_SUB_VIMAGE_PRELINK", "")
