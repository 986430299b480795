"""Lives of a module that share what they visited: they find what each finds by itself."""

from pathlib import Path

import pytest

from vport.cache import Cache
from vport.checks.enrolled import scenarios_of
from vport.checks.lived import SCENARIOS, _interpreter, live
from vport.model import build
from vport.read import Reader
from vport.runtime import scenarios
from vport.runtime.interpret import Interpreter
from vport.runtime.kernel import Kernel
from vport.runtime.model import Function, Module

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "modules"


def model(data: dict[str, bytes]) -> Module:
    return build(Reader(Cache(None), 1).read_data(Path("/t"), data, []))


def fixture(name: str, folder: str, broken: bool = False) -> Module:
    """A module of the fixtures; broken: without what ends contexts and takes handlers back."""
    files = sorted(p for p in (FIXTURES / name / folder).rglob("*") if p.suffix in (".c", ".h"))
    data = {p.relative_to(FIXTURES / name / folder).as_posix(): p.read_bytes() for p in files}
    if broken:
        drop = (b"CURVNET_RESTORE", b"callout_drain", b"EVENTHANDLER_DEREGISTER", b"uma_zdestroy")
        data = {n: b"\n".join(_without(line, drop) for line in text.split(b"\n")) for n, text in data.items()}
    return model(data)


def _without(line: bytes, words: tuple[bytes, ...]) -> bytes:
    """A line, or an empty statement instead of a call of one of some functions."""
    whole = line.startswith(b"\t") and line.endswith(b";") and line.count(b"(") == line.count(b")")
    return b"\t;" if whole and line.strip().startswith(words) else line


def told(kernel: Kernel) -> list[tuple[object, ...]]:
    return [(f.kind, f.at, f.variable, f.message, f.lines, f.sure, f.tainted) for f in kernel.faults]


@pytest.mark.parametrize("broken", [False, True], ids=["whole", "broken"])
@pytest.mark.parametrize("folder", ["life", "expected"])
@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_shared_visits_change_nothing(name: str, folder: str, broken: bool) -> None:
    module, apart = fixture(name, folder, broken), fixture(name, folder, broken)
    shared = _interpreter(module)
    assert "visits" in shared.keywords
    for scenario in scenarios_of(module, SCENARIOS):
        one, other = Kernel(interpreter=shared), Kernel()
        scenarios.live(one, module, scenario)
        scenarios.live(other, apart, scenario)
        assert told(one) == told(other)
        assert [e.text for e in one.trace] == [e.text for e in other.trace]


def test_a_broken_module_has_faults_to_tell() -> None:
    found, said, late = live(fixture("kandr", "life", broken=True))
    assert found and not said and not late


def test_noop_a_module_that_is_not_read_shares_nothing() -> None:
    unread = Module("frob", ("a.c",), functions=(Function("f", "a.c:1", unread="no brackets"),))
    assert _interpreter(unread).keywords == {}


def test_visits_are_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    before = Interpreter.executes

    class Noted(before):  # type: ignore[misc, valid-type]
        def run(self) -> object:
            made.append(self.function)
            return super().run()

    monkeypatch.setattr(Interpreter, "executes", Noted)
    module = fixture("kandr", "life")
    shared = _interpreter(module)
    for _ in range(2):
        kernel = Kernel(interpreter=shared)
        scenarios.live(kernel, module, "jails")
        made.append("end")
    assert made.index("end") > 0
    assert made[made.index("end") :] == ["end", "end"]
