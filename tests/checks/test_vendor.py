"""A vendor's own calls: handlers that they register and resources that they set up, as a configuration names them."""

import pytest

from checks.checking import find
from vport.checks.config import Config, read_config
from vport.errors import UsageError
from vport.rules import load

KEPT = """\
#include <sys/param.h>
#include <sys/kernel.h>
#include <net/vnet.h>
#include <acme/timer.h>

VNET_DEFINE_STATIC(int, hop_n);
#define	V_hop_n	VNET(hop_n)

VNET_DEFINE_STATIC(struct acme_timer, hop_timer);
#define	V_hop_timer	VNET(hop_timer)

static void
hop_tick(void *arg)
{

	CURVNET_SET(arg);
	V_hop_n++;
	CURVNET_RESTORE();
}

static void
hop_start(const void *unused __unused)
{

	acme_timer_start(&V_hop_timer, hop_tick, curvnet);
}
VNET_SYSINIT(hop_start, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_start, NULL);

static void
hop_stop(const void *unused __unused)
{

	acme_timer_stop(&V_hop_timer);
}
VNET_SYSUNINIT(hop_stop, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_stop, NULL);

static int
hop_modevent(module_t mod __unused, int type, void *data __unused)
{

	return (type == MOD_LOAD || type == MOD_UNLOAD ? 0 : EOPNOTSUPP);
}

static moduledata_t hop_mod = {
	"hop", hop_modevent, NULL
};
DECLARE_MODULE(hop, hop_mod, SI_SUB_PROTO_DOMAIN, SI_ORDER_THIRD);
MODULE_VERSION(hop, 1);
"""
LOST = KEPT.replace("\tCURVNET_SET(arg);\n", "").replace("\tCURVNET_RESTORE();\n", "")
LEFT = KEPT.replace("\tacme_timer_stop(&V_hop_timer);\n", "")

POOL = """\
#include <sys/param.h>
#include <sys/kernel.h>
#include <net/vnet.h>
#include <acme/pool.h>

VNET_DEFINE_STATIC(struct acme_pool *, hop_pool);
#define	V_hop_pool	VNET(hop_pool)

static void
hop_start(const void *unused __unused)
{

	V_hop_pool = acme_pool_create("hop", 64);
}
VNET_SYSINIT(hop_start, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_start, NULL);

static void
hop_stop(const void *unused __unused)
{

	acme_pool_destroy(V_hop_pool);
}
VNET_SYSUNINIT(hop_stop, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_stop, NULL);

static int
hop_modevent(module_t mod __unused, int type, void *data __unused)
{

	return (type == MOD_LOAD || type == MOD_UNLOAD ? 0 : EOPNOTSUPP);
}

static moduledata_t hop_mod = {
	"hop", hop_modevent, NULL
};
DECLARE_MODULE(hop, hop_mod, SI_SUB_PROTO_DOMAIN, SI_ORDER_THIRD);
MODULE_VERSION(hop, 1);
"""
NEVER_FREED = POOL.replace("\tacme_pool_destroy(V_hop_pool);\n", "")

TIMERS = {"callout": {"calls": {"acme_timer_start": {"object": 0, "handler": 1, "arg": 2}}}}
STOPS = {"callout": {**TIMERS["callout"], "stops": {"acme_timer_stop": {"object": 0}}}}
OWN_KIND = {"acme-timer": {"context": "none", "param": 0, **TIMERS["callout"]}}
POOLS = {"acme_pool_create": {"object": "result", "release": "acme_pool_destroy({0});"}}


def ids(text: str, **table: object) -> list[str]:
    return [one.id for one in find(text, read_config(table, "vport.toml"))]


@pytest.mark.parametrize("entries", [STOPS, OWN_KIND], ids=["as_callout", "own_kind"])
def test_a_handler_of_a_vendor_runs_without_a_stack(entries: dict[str, object]) -> None:
    found = find(LOST, read_config({"entries": entries}, "vport.toml"))
    assert [(one.id, one.function) for one in found] == [("VP203", "hop_tick")]
    assert LOST.split("\n")[found[0].line - 1] == "\tV_hop_n++;"


def test_a_handler_of_a_vendor_that_sets_its_stack() -> None:
    assert ids(KEPT, entries=STOPS) == []


def test_a_handler_of_a_kind_that_runs_in_its_stack() -> None:
    assert ids(LOST, entries={"acme-timer": {**OWN_KIND["acme-timer"], "context": "vnet"}}) == []


def test_without_settings_nothing_is_known_of_the_vendor() -> None:
    assert ids(LOST) == [] == ids(NEVER_FREED)


def test_a_handler_that_is_not_taken_back() -> None:
    assert "VP314" in ids(LEFT, entries=STOPS) or "VP315" in ids(LEFT, entries=STOPS)


def test_a_handler_in_a_member_of_a_vendor() -> None:
    text = LOST.replace("acme_timer_start(&V_hop_timer, hop_tick, curvnet);", "")
    text += "\nstatic struct acme_ops hop_ops = {\n\t.ao_tick = hop_tick,\n};\n"
    kind = {"acme-ops": {"context": "none", "members": ["ao_tick"]}}
    assert ids(text, entries=kind, severity={"VP1": "off"}) == ["VP203"]
    assert ids(text, severity={"VP1": "off"}) == []


def test_a_resource_of_a_vendor_is_given_back() -> None:
    assert ids(NEVER_FREED, resources=POOLS) == ["VP305"]
    assert ids(POOL, resources=POOLS) == []


def test_settings_of_one_check_are_not_those_of_the_next() -> None:
    before = load("contexts")
    ids(LOST, entries=OWN_KIND, resources=POOLS)
    assert load("contexts") == before and "acme-timer" not in before["entry"]
    assert ids(LOST) == []


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"entries": {"acme": {"calls": {"acme_on": {"handler": 0}}}}}, "needs its context"),
        ({"entries": {"acme": {"context": "nowhere"}}}, "nowhere"),
        ({"entries": {"acme": {"context": "none", "calls": {"acme_on": {"handlers": 0}}}}}, "handlers"),
        ({"resources": {"acme_make": {"object": 0, "release": "acme_drop"}}}, 'write it as "acme_destroy({0});"'),
        ({"resources": {"acme_make": {"object": "it", "release": "acme_drop({0});"}}}, "object"),
    ],
)
def test_settings_that_mean_nothing_are_named(table: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=r"vport\.toml") as caught:
        read_config(table, "vport.toml")
    assert says in str(caught.value)


def test_a_configuration_without_any_adds_nothing() -> None:
    assert Config().rules() == {}
