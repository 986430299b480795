"""VP304, VP306 and VP312 in helpers of other files that run once for each stack."""

import pytest

from checks.checking import Files, marked, places, read
from checks.snippets import COUNT, construct, destruct, function, module
from vport.checks.config import Config
from vport.checks.job import Job
from vport.checks.reached import UP, run_by

SLOTS = (
    COUNT + construct("hop_init", "V_hop_n = hop_first();\n{}") + destruct("hop_uninit", "V_hop_n = 0;\n{}") + module()
)
HEAD = 'static struct mtx hop_lock;\nstatic eventhandler_tag hop_tags[2];\nstatic void *hop_encap[2];\nstatic int hop_users;\n#define\tHOP_LOCK_INIT()\tmtx_init(&hop_lock, "hop", NULL, MTX_DEF)\n\n'
CHANGE = "static void\nhop_change(void *arg)\n{\n\n\thop_note(arg);\n}\n\n"
LISTEN = "EVENTHANDLER_REGISTER(hop_event, hop_change, {}, 0);{}"


def helped(up: str = "", down: str = "", call: str = "peer_up();") -> Files:
    """A constructor and a destructor that call helpers in another file."""
    return {
        "hop.c": SLOTS.replace("{}", call, 1).replace("{}", "peer_down();", 1),
        "peer.c": HEAD
        + CHANGE
        + function("peer_up", up or "hop_first();", "void")
        + function("peer_down", down or "hop_first();", "void"),
    }


CASES: dict[str, Files] = {
    "VP304-lock": helped('mtx_init(&hop_lock, "hop", NULL, MTX_DEF); /* VP304 */'),
    "VP304-lock_by_a_macro": helped("HOP_LOCK_INIT(); /* VP304 */"),
    "VP304-noop_lock_for_the_default_stack": helped("if (IS_DEFAULT_VNET(curvnet))\n\tHOP_LOCK_INIT();"),
    "VP304-noop_lock_behind_a_return": helped("if (!IS_DEFAULT_VNET(curvnet))\n\treturn;\nHOP_LOCK_INIT();"),
    "VP304-noop_lock_once": helped("if (hop_tags[0] == NULL)\n\tHOP_LOCK_INIT();"),
    "VP304-noop_helper_is_called_for_the_default_stack": helped(
        "HOP_LOCK_INIT();", call="if (IS_DEFAULT_VNET(curvnet))\n\t\tpeer_up();"
    ),
    "VP304-noop_lock_of_an_object": helped("struct hop *hop = hop_new();\n\nmtx_init(&hop->hop_lock, NULL, NULL, 0);"),
    "VP312-event": helped(LISTEN.format("NULL", " /* VP312 */")),
    "VP312-event_in_a_loop": helped(
        "int i;\n\nfor (i = 0; i < 2; i++)\n\thop_tags[i] = " + LISTEN.format("NULL", " /* VP312 */")
    ),
    "VP312-noop_event_of_its_stack": helped(LISTEN.format("curvnet", "")),
    "VP312-noop_event_for_the_default_stack": helped("if (IS_DEFAULT_VNET(curvnet))\n\t" + LISTEN.format("NULL", "")),
    "VP306-lock": helped(down="mtx_destroy(&hop_lock); /* VP306 */"),
    "VP306-elements": helped(down="int i;\n\nfor (i = 0; i < 2; i++)\n\tip_encap_detach(hop_encap[i]); /* VP306 */"),
    "VP306-noop_for_the_default_stack": helped(
        down="int i;\n\nif (IS_DEFAULT_VNET(curvnet))\n\tfor (i = 0; i < 2; i++)\n\t\tip_encap_detach(hop_encap[i]);"
    ),
    "VP306-noop_local": helped(down="void *hop_encap = hop_take();\n\nfree(hop_encap, M_HOP);"),
    "VP306-noop_last_of_all": helped(
        "if (hop_users++ == 0)\n\tHOP_LOCK_INIT();", "if (--hop_users == 0)\n\tmtx_destroy(&hop_lock);"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_helpers_of_slots(name: str) -> None:
    wanted = name[:5]
    assert [p for p in places(CASES[name]) if p[0] == wanted] == marked(CASES[name])


def test_a_helper_that_others_call_too_does_not_run_for_stacks_alone() -> None:
    files = helped("HOP_LOCK_INIT();")
    assert isinstance(files, dict)
    assert run_by(Job(read(files), Config()), UP) == {("peer.c", "peer_up"): ("hop.c", "hop_init")}
    more = {**files, "other.c": function("other_up", "peer_up();", "void")}
    assert run_by(Job(read(more), Config()), UP) == {}
