"""The picture of a life: what stands where, read back from the SVG."""

import xml.etree.ElementTree as ET

from vport.runtime.faults import Fault, Kind
from vport.runtime.host import Event
from vport.runtime.timeline import draw

SVG = "{http://www.w3.org/2000/svg}"


def life(stacks: int) -> list[Event]:
    events = [Event("action", "boot", step=1), Event("vnet", "created", vnet=0, step=1)]
    for vnet in range(1, stacks):
        events += [Event("action", "jail", step=1 + vnet), Event("vnet", "created", vnet=vnet, step=1 + vnet)]
    events.append(Event("action", "load <hop>", step=50))
    events += [Event("constructor", "vnet_hop_init", "hop.c:10", vnet, 50) for vnet in reversed(range(stacks))]
    return [*events, Event("access", "hop_n", "hop.c:11", 0, 50)]


def marks(root: ET.Element, what: str) -> list[ET.Element]:
    return [e for g in root.iter(f"{SVG}g") if g.find(f"{SVG}title") is not None for e in g if e.get("class") == what]


def test_a_constructor_of_all_stacks_stands_in_one_column() -> None:
    root = ET.fromstring(draw("hop", life(20)))
    bars = marks(root, "constructor")
    assert len(bars) == 20 and len({e.get("x") for e in bars}) == 1 and len({e.get("y") for e in bars}) == 20


def test_stacks_come_into_being_one_after_the_other() -> None:
    root = ET.fromstring(draw("hop", life(3)))
    assert len({e.get("d") for e in marks(root, "vnet")}) == 3
    names = [t.text for t in root.iter(f"{SVG}text") if (t.text or "").startswith(("vnet", "shared"))]
    assert names[:4] == ["shared", "vnet0", "vnet1", "vnet2"]


def test_accesses_have_no_mark() -> None:
    assert not marks(ET.fromstring(draw("hop", life(1))), "access")


def test_texts_are_escaped() -> None:
    assert "load &lt;hop&gt;" in draw("a & b", life(1))


def test_a_fault_stands_in_its_stack_where_it_showed() -> None:
    fault = Fault(Kind.NO_CONTEXT, "hop.c:10", "no stack", vnet=1, actions=("boot", "load"))
    root = ET.fromstring(draw("hop", life(2), [fault]))
    (path,) = marks(root, "fault")
    bar = next(e for e in marks(root, "constructor"))
    assert path.get("d", "").split()[0] == f"M{float(bar.get('x', '0')) + 4}"
    assert any("access-without-curvnet" in "".join(t.itertext()) for t in root.iter(f"{SVG}text"))


def test_nothing_at_all_is_a_picture_too() -> None:
    assert ET.fromstring(draw("hop", [])).tag == f"{SVG}svg"


def _lane_names(columns: int) -> list[str]:
    events = [Event("constructor", f"f{n}", "hop.c:10", 0, n) for n in range(columns)]
    root = ET.fromstring(draw("wide", events))
    return [t.text or "" for t in root.iter(f"{SVG}text") if (t.text or "").startswith(("vnet", "shared"))]


def test_a_wide_picture_names_its_lanes_at_both_ends() -> None:
    assert _lane_names(120) == ["shared", "shared", "vnet0", "vnet0"]
    assert _lane_names(4) == ["shared", "vnet0"]
