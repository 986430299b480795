"""`vport model`: a model file is written, refreshed around a person's words, and says what it could not read."""

from pathlib import Path

import pytest

from commands.runner import Run, write_tree
from vport.runtime.load_model import load_model, parse_model

HOP = (
    "#include <sys/param.h>\n#include <net/vnet.h>\n\nVNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
    "static void\nhop_init(void *arg)\n{\n\n\tif (hop_ask())\n\t\tV_hop_n = 1;\n}\n"
    "VNET_SYSINIT(hop, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_init, NULL);\n"
)


@pytest.fixture
def hop(work: Path) -> Path:
    return write_tree(work / "t", {"hop.c": HOP})


def test_prints_a_model(vport: Run, hop: Path) -> None:
    done = vport("model", "t")
    assert done.code == 0
    module = parse_model(done.text, "stdout")
    assert [f.name for f in module.functions] == ["hop_init"]
    assert [(v.name, v.per_vnet, v.at) for v in module.variables] == [("hop_n", True, "hop.c:4")]
    assert [(s.kind, s.function) for s in module.sysinits] == [("VNET_SYSINIT", "hop_init")]
    assert "1 function (0 not read), 1 variable, 1 unknown external" in done.talk


def test_writes_a_file_and_says_what_to_do_next(vport: Run, hop: Path, work: Path) -> None:
    done = vport("model", "t", "-o", "hop_model.py")
    assert (done.code, done.raw) == (0, b"")
    assert done.talk.endswith("Next: vport run hop_model.py\n")
    assert load_model(work / "hop_model.py").name


def test_a_second_run_writes_nothing(vport: Run, hop: Path, work: Path) -> None:
    vport("model", "t", "-o", "m.py")
    before = (work / "m.py").stat().st_mtime_ns, (work / "m.py").read_bytes()
    assert vport("model", "t", "-o", "m.py").code == 0
    assert ((work / "m.py").stat().st_mtime_ns, (work / "m.py").read_bytes()) == before


def test_keeps_a_persons_words_and_says_what_no_longer_fits(vport: Run, hop: Path, work: Path) -> None:
    vport("model", "t", "-o", "m.py")
    path = work / "m.py"
    path.write_text(path.read_text() + '\n# I asked the author.\nPIN = Pin("hop_init", "hop_ask()", True)\n')
    assert "PIN" not in vport("model", "t", "-o", "m.py").talk
    write_tree(hop, {"hop.c": HOP.replace("hop_ask()", "hop_beg()")})
    done = vport("model", "t", "-o", "m.py")
    assert "m.py: Pin of hop_init: no branch on `hop_ask()` is left in it; remove or reword it" in done.talk
    text = path.read_text()
    assert "# I asked the author." in text and "hop_beg()" in text and load_model(path).pins


def test_standard_input(vport: Run, work: Path) -> None:
    done = vport("model", "-", stdin=HOP.encode())
    assert parse_model(done.text, "stdout").variables[0].at == "stdin.c:4"


@pytest.mark.parametrize(
    ("text", "says"), [("x = (", "m.py:1: is no Python"), ("import os\nos.remove('m.py')", "m.py:2: `os.remove`")]
)
def test_a_file_that_is_no_model_is_left_alone(vport: Run, hop: Path, work: Path, text: str, says: str) -> None:
    (work / "m.py").write_text(text)
    done = vport("model", "t", "-o", "m.py")
    assert done.code == 2 and says in done.talk
    assert (work / "m.py").read_text() == text


def test_no_folder_is_told_before_any_work(vport: Run, hop: Path) -> None:
    done = vport("model", "t", "-o", "no/m.py")
    assert done.code == 2 and "there is no folder no" in done.talk


def test_nothing_to_model(vport: Run, work: Path) -> None:
    (work / "empty").mkdir()
    done = vport("model", "empty")
    assert done.code == 2 and "no C was found" in done.talk


def test_a_function_that_cannot_be_read_is_named(vport: Run, work: Path) -> None:
    write_tree(
        work / "t",
        {"a.c": "int n;\n\nvoid\nf(void)\n{\n\tif (n {\n\t\tn = 2;\n\t}\n}\n\nvoid\ng(void)\n{\n\n\tn = 1;\n}\n"},
    )
    done = vport("model", "t")
    assert done.code == 0
    assert "a.c:5: f: not read: " in done.talk and "2 functions (1 not read)" in done.talk
