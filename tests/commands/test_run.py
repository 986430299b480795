"""`vport run`: faults first, the trace behind them, and a verdict that says on what it hangs."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from commands.runner import Run, write_tree

MODEL = """
from vport.runtime.model import *

MODULE = Module(name="hop")
lock = Variable(name="hop_mtx", at="hop.c:1", type="struct mtx", per_vnet=True, set_up="lock")
event = ModuleEvent(name="hop", handler="", subsystem="SI_SUB_PSEUDO", order="SI_ORDER_FIRST", at="hop.c:2")
init = Function(name="hop_init", at="hop.c:3", body=(Init("mtx_init", "hop_mtx", at="hop.c:4"),))
sysinit = Sysinit("VNET_SYSINIT", "hop", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "hop.c:5", "hop_init")
"""
MENDED = (
    MODEL
    + """
uninit = Function(name="hop_uninit", at="hop.c:7", body=(Destroy("mtx_destroy", "hop_mtx", at="hop.c:8"),))
sysuninit = Sysinit("VNET_SYSUNINIT", "hop", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "hop.c:9", "hop_uninit")
"""
)
SOURCE = (
    "#include <sys/param.h>\n#include <net/vnet.h>\n\nVNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
    "static void\nhop_tick(void *arg)\n{\n\n\tV_hop_n++;\n}\n\nstatic struct callout hop_timer;\n\n"
    "static void\nhop_init(void *arg)\n{\n\n\tcallout_init(&hop_timer, 1);\n"
    "\tcallout_reset(&hop_timer, hz, hop_tick, NULL);\n}\n"
    "SYSINIT(hop, SI_SUB_PSEUDO, SI_ORDER_ANY, hop_init, NULL);\n"
)


@pytest.fixture
def model(work: Path) -> Path:
    (work / "m.py").write_text(MODEL)
    return work / "m.py"


def test_faults_come_first_and_exit_1(vport: Run, model: Path) -> None:
    done = vport("run", "m.py", "--scenario", "jails")
    assert done.code == 1
    first, rest = done.text.split("\n\n", 1)
    assert first == "1 fault in scenario jails:"
    assert rest.startswith("hop.c:4: never-torn-down")
    assert "again by: boot(); " in rest and "scenario jails:\nSTEP" in rest
    assert done.talk == (
        "hop: 1 scenario, 1 fault  Next: vport run m.py --scenario jails "
        "--timeline life.svg draws how it came to that\n"
    )


def test_no_fault_exits_0(vport: Run, work: Path) -> None:
    (work / "m.py").write_text(MENDED)
    done = vport("run", "m.py", "--no-trace")
    assert (done.code, done.text) == (0, "")
    assert done.talk == "hop: 7 scenarios without a fault\n"


def test_c_is_modelled_on_the_way(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": SOURCE})
    done = vport("run", "t", "--no-trace")
    assert done.code == 1
    assert "hop.c:11: access-without-curvnet" in done.text


def test_in_the_default_build_there_is_no_context_to_miss(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": SOURCE})
    assert "access-without-curvnet" not in vport("run", "t", "--no-trace", "--build", "default").text


def test_json(vport: Run, model: Path) -> None:
    done = vport("run", "m.py", "-s", "jails", "--format", "json")
    told = json.loads(done.text)
    assert told["module"] == "hop"
    (lived,) = told["scenarios"]
    assert lived["name"] == "jails" and lived["faults"][0]["kind"] == "never-torn-down"
    assert {"what", "text", "at", "vnet", "step"} <= set(lived["trace"][0])


def test_the_same_run_gives_the_same_text(vport: Run, model: Path) -> None:
    assert vport("run", "m.py").text == vport("run", "m.py").text


def test_timeline(vport: Run, model: Path, work: Path) -> None:
    vport("run", "m.py", "--timeline", "t.svg", "--no-trace")
    assert ET.parse(work / "t.svg").getroot().tag.endswith("svg")


def test_lists_scenarios_with_the_models_own(vport: Run, model: Path) -> None:
    model.write_text(MODEL + 'mine = Scenario(name="mine", actions=(Action("boot"), Action("tick")))\n')
    done = vport("run", "m.py", "--list")
    assert done.code == 0 and done.text.split()[-1] == "mine" and "unload" in done.text


def test_a_persons_scenario_runs(vport: Run, model: Path) -> None:
    model.write_text(MODEL + 'mine = Scenario(name="mine", actions=(Action("boot"), Action("tick")))\n')
    done = vport("run", "m.py", "-s", "mine")
    assert done.code == 0 and "tick()" in done.text


BAD = [
    ("x = (", (), "m.py:1: is no Python"),
    ('MODULE = Module("m", colour="red")', (), "m.py:1: Module has no field `colour`"),
    (MODEL, ("-s", "nonsense"), "there is no scenario 'nonsense'"),
    (MODEL + 's = Scenario("s", (Action("fly"),))', ("-s", "s"), "there is no action 'fly'"),
    (MODEL + 's = Scenario("s", (Action("boot"), Action("packet_in", ("frob9",))))', ("-s", "s"), "frob9"),
    (MODEL + 's = Scenario("s", (Action("boot"), Action("sysctl_read", ("net.no",))))', ("-s", "s"), "net.no"),
    (MODEL.replace("SI_SUB_PSEUDO", "SI_SUB_NOWHERE"), (), "SI_SUB_NOWHERE"),
]


@pytest.mark.parametrize(("text", "arguments", "says"), BAD, ids=[b[2] for b in BAD])
def test_bad_input_is_named_and_exits_2(
    vport: Run, work: Path, text: str, arguments: tuple[str, ...], says: str
) -> None:
    (work / "m.py").write_text(text)
    done = vport("run", "m.py", *arguments)
    assert done.code == 2, done.text
    assert says in done.talk and "Traceback" not in done.talk


def test_what_is_not_known_is_in_the_verdict(vport: Run, work: Path) -> None:
    text = MENDED.replace('body=(Init("mtx_init"', 'body=(Call("hop_odd", (), "hop.c:4"), Init("mtx_init"')
    (work / "m.py").write_text(text + 'odd = External("hop_odd")\n')
    done = vport("run", "m.py", "--no-trace")
    assert done.code == 0 and "hangs on 1 unknown: hop_odd" in done.talk


def test_modules_that_depend_on_each_other_in_a_ring(vport: Run, work: Path) -> None:
    (work / "m.py").write_text(MODEL + 'd = Depend("hop", "skip", "hop.c:20")\n')
    skip = MODEL.replace('"hop"', '"skip"').replace("hop.c", "skip.c")
    (work / "n.py").write_text(skip + 'd = Depend("skip", "hop", "skip.c:20")\n')
    done = vport("run", "m.py", "n.py", "-s", "load")
    assert done.code == 2 and ".c:20: modules depend on each other in a ring" in done.talk


def test_a_dependency_that_is_not_given_is_in_the_kernel(vport: Run, work: Path) -> None:
    (work / "m.py").write_text(MENDED + 'd = Depend("hop", "elsewhere", "hop.c:20")\n')
    assert vport("run", "m.py").code == 0


def test_models_and_c_do_not_mix(vport: Run, model: Path) -> None:
    done = vport("run", "m.py", ".")
    assert done.code == 2 and "do not mix" in done.talk


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ('Action("packet_in", ("em9",))', "there is no interface 'em9'"),
        ('Action("sysctl_read", ("net.no",))', "there is no sysctl 'net.no'"),
        ('Action("fly")', "there is no action 'fly'"),
    ],
)
def test_a_scenario_that_names_what_is_not_there_is_told_with_its_line(
    vport: Run, model: Path, action: str, said: str
) -> None:
    actions = f'(\n    Action("boot"),\n    {action},\n)'
    model.write_text(MODEL + f'mine = Scenario(name="mine", actions={actions})\n')
    done = vport("run", "m.py", "-s", "mine")
    line = MODEL.count("\n") + 3
    assert done.code == 2 and f"m.py:{line}: scenario mine, action 2" in done.talk and said in done.talk
