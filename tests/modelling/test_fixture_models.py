"""Models of whole modules: those of the fixtures as vport ports them, and which files of a tree are one."""

import pickle
import time
from pathlib import Path

import msgspec
import pytest
from helpers_model import walk

from vport.cache import Cache
from vport.model import build, modules_of
from vport.read import Read, Reader
from vport.runtime.model import Module, Unread

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "modules"


def read(folder: Path) -> Read:
    """A folder, read."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".c", ".h"))
    return Reader(Cache(None), 1).read_data(
        folder, {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}, []
    )


def model(folder: Path) -> Module:
    """The model of all files of a folder."""
    return build(read(folder))


@pytest.mark.parametrize("folder", ["life", "life9", "expected", "input"])
@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_fixture_models_completely(name: str, folder: str) -> None:
    module = model(FIXTURES / name / folder)
    assert module.functions
    assert [f.unread for f in module.functions if f.unread] == []
    assert [n for f in module.functions for n in walk(f.body) if isinstance(n, Unread)] == []
    assert len({f.name for f in module.functions}) == len(module.functions)
    assert len({v.name for v in module.variables}) == len(module.variables)


@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_ported_fixture_reaches_its_state_by_accessors(name: str) -> None:
    module = model(FIXTURES / name / "life")
    virtual = {v.name for v in module.variables if v.per_vnet}
    seen = [n for f in module.functions for n in walk(f.body) if getattr(n, "variable", "") in virtual]
    assert seen
    assert [(n.variable, n.at) for n in seen if n.plain] == []


def test_a_model_is_the_same_twice_and_travels() -> None:
    one, two = model(FIXTURES / "ifcloned" / "life"), model(FIXTURES / "ifcloned" / "life")
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert pickle.loads(pickle.dumps(one)) == one


def test_a_module_builds_in_well_under_a_second() -> None:
    tree = read(FIXTURES / "pktfilter" / "life")
    began = time.perf_counter()
    build(tree)
    assert time.perf_counter() - began < 1


def test_files_of_one_name_in_two_places_keep_their_functions_apart() -> None:
    data = {
        "a/x.c": b"static int n;\nstatic void f(void) { n = 1; }\nvoid a(void) { f(); }\n",
        "b/y.c": b"static int n;\nstatic void f(void) { n = 2; }\nvoid b(void) { f(); }\n",
    }
    module = build(Reader(Cache(None), 1).read_data(Path("."), data, []))
    found = {f.name: [getattr(n, "name", getattr(n, "variable", "")) for n in f.body] for f in module.functions}
    assert found == {"f": ["n@x_c"], "a": ["f"], "f@y_c": ["n@y_c"], "b": ["f@y_c"]}


def test_modules_of_a_tree() -> None:
    declared = b'static moduledata_t d = { "x", h, 0 };\nDECLARE_MODULE(x, d, SI_SUB_PSEUDO, SI_ORDER_ANY);\n'
    data = {
        "net/if_x.c": declared + b"void go(void) { help(); }\n",
        "net/if_x_table.c": b"void table(void) { }\n",
        "net/helper.c": b"void help(void) { }\n",
        "net/if_x.h": b"void table(void);\n",
        "net/alone.c": b"void alone(void) { }\n",
    }
    found = modules_of(Reader(Cache(None), 1).read_data(Path("."), data, []).tree)
    assert found["alone"] == ["net/alone.c"]
    assert set(found["if_x"]) == {"net/if_x.c", "net/if_x_table.c", "net/helper.c", "net/if_x.h"}
    assert len(found) == 2


def test_files_of_a_folder_named_like_them_are_one_module() -> None:
    declared = b'static moduledata_t d = { "x", h, 0 };\nDECLARE_MODULE(x, d, SI_SUB_PSEUDO, SI_ORDER_ANY);\n'
    data = {
        "fw/fw_ioctl.c": declared,
        "fw/fw.c": b"void core(void) { }\n",
        "fw/fw_norm.c": b"void norm(void) { }\n",
        "net/if_one.c": declared,
        "net/if_other.c": b"void other(void) { }\n",
    }
    found = modules_of(Reader(Cache(None), 1).read_data(Path("."), data, []).tree)
    assert found == {
        "fw_ioctl": ["fw/fw_ioctl.c", "fw/fw.c", "fw/fw_norm.c"],
        "if_one": ["net/if_one.c"],
        "if_other": ["net/if_other.c"],
    }


def test_files_that_call_one_another_are_the_only_module_of_a_tree() -> None:
    declared = b'static moduledata_t d = { "x", h, 0 };\nDECLARE_MODULE(x, d, SI_SUB_PSEUDO, SI_ORDER_ANY);\n'
    data = {
        "net/x_proto.c": declared + b"void start(void) { input(); }\n",
        "net/x_input.c": b"void input(void) { queue(); }\n",
        "net/x_queue.c": b"void queue(void) { start(); }\n",
        "net/other.c": b"void other(void) { }\n",
        "kern/timer.c": b"void timer(void) { input(); }\n",
    }
    tree = Reader(Cache(None), 1)
    proposed = modules_of(tree.read_data(Path("."), data, []).tree)
    assert set(proposed["x_proto"]) == {"net/x_proto.c", "net/x_input.c", "net/x_queue.c"}
    assert {"other", "timer"} == set(proposed) - {"x_proto"}
    data["net/y.c"] = declared + b"void other_module(void) { queue(); }\n"
    assert set(modules_of(tree.read_data(Path("."), data, []).tree)["x_proto"]) == {"net/x_proto.c"}
