"""Faults as text: every line that names a place whole, the actions that replay it short enough to be read."""

from vport.runtime.faults import Fault, Kind
from vport.runtime.table import report, told

SERVED = ("packet_in('physical0')", "socket_create(0)", "socket_call(0)", "socket_close(0)", "tick()")


def lines(*actions: str, width: int = 80) -> list[str]:
    fault = Fault(Kind.NO_CONTEXT, "hop.c:12", "hop_tick() " + "touches it " * 20, lines=("hop.c:9 calls",))
    return list(told(Fault(fault.kind, fault.at, fault.message, lines=fault.lines, actions=actions), width))


def test_a_run_of_traffic_is_counted() -> None:
    found = lines("boot()", *SERVED, "jail_create(vnet=True)", *SERVED, "jail_destroy(1)")
    assert " ".join(line.strip() for line in found[2:]) == (
        "again by: boot(); [5 actions of traffic]; jail_create(vnet=True); [5 actions of traffic]; jail_destroy(1)"
    )


def test_the_last_action_is_told_whatever_it_is() -> None:
    assert lines("boot()", *SERVED, "tick()")[2:] == ["    again by: boot(); [5 actions of traffic]; tick()"]


def test_noop_a_few_actions_are_told_as_they_are() -> None:
    found = lines("boot()", *SERVED[:3], "tick()", width=120)[2:]
    assert found == [f"    again by: boot(); {'; '.join(SERVED[:3])}; tick()"]


def test_a_long_list_is_wrapped_and_a_line_with_a_place_is_not() -> None:
    found = lines("boot()", *["jail_create(vnet=True)"] * 20, "shutdown()")
    assert len(found[0]) > 200 and found[1] == "    hop.c:9 calls"
    assert len(found) > 6 and all(len(line) <= 80 for line in found[2:])
    assert all(line.startswith("        ") for line in found[3:])


def test_a_terminal_breaks_messages_between_words_and_actions_between_actions() -> None:
    fault = Fault(Kind.NO_CONTEXT, "hop.c:12", "touches it " * 20, actions=("boot()", *SERVED * 2, "tick()", "x(a, b)"))
    found = list(told(fault, 60, whole=False))
    assert all(len(line) <= 60 for line in found)
    assert found[0].startswith("hop.c:12: access-without-curvnet: ") and found[0].endswith(" it")
    assert found[1].startswith("    ") and found[1].strip().startswith("touches")
    assert found[-1] == "    again by: boot(); [11 actions of traffic]; x(a, b)"


def test_an_empty_line_between_two() -> None:
    fault = Fault(Kind.NO_CONTEXT, "hop.c:1", "no", actions=("boot()",))
    one = ["hop.c:1: access-without-curvnet: no", "    again by: boot()"]
    assert list(report([fault, fault])) == [*one, "", *one]
