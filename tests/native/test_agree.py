"""The comparison of two traces, on native ones made by hand: what must be found, and what C may do as it likes."""

from collections.abc import Callable, Sequence

import batch
import msgspec
import pytest

from vport.runtime.host import Event
from vport.runtime.native import agree, watch
from vport.runtime.native.watch import Watched

STRAIGHT = """\
VNET_DEFINE_STATIC(int, frob_a);
#define V_frob_a VNET(frob_a)
VNET_DEFINE_STATIC(int, frob_b);
#define V_frob_b VNET(frob_b)
VNET_DEFINE_STATIC(struct mtx, frob_mtx);
#define V_frob_mtx VNET(frob_mtx)

static void
frob_init(const void *unused)
{

	V_frob_a = 1;
	mtx_init(&V_frob_mtx, "frob",
		NULL, MTX_DEF);
	V_frob_b = V_frob_a;
}
VNET_SYSINIT(frob_init, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);

static void
frob_uninit(const void *unused)
{

	mtx_destroy(&V_frob_mtx);
}
VNET_SYSUNINIT(frob_uninit, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_uninit, NULL);
"""
BRANCHES = """\
VNET_DEFINE_STATIC(int, frob_a);
#define V_frob_a VNET(frob_a)
VNET_DEFINE_STATIC(int, frob_b);
#define V_frob_b VNET(frob_b)

static int
frob_more(int given)
{

	V_frob_b++;
	return (given);
}

static void
frob_init(const void *unused)
{
	int i;

	if (V_frob_a > 3) {
		V_frob_b = 1;
		return;
	}
	for (i = 0; i < 3; i++)
		V_frob_b += i;
	V_frob_a = frob_more(i);
}
VNET_SYSINIT(frob_init, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_init, NULL);
"""
Change = Callable[[list[Event]], list[Event]]


def lived(text: str) -> Watched:
    return watch.live(batch.model({"frob.c": text.encode()}), "load")


def differences(text: str, native: Sequence[Event]) -> list[agree.Difference]:
    return agree.compare(batch.model({"frob.c": text.encode()}), lived(text), native, {"frob.c": text})


def place(text: str, line: str) -> str:
    return f"frob.c:{text.split(chr(10)).index(line) + 1}"


def access(text: str, line: str, name: str, like: Event) -> Event:
    return msgspec.structs.replace(like, what="access", text=f"access V_{name}", at=place(text, line))


def in_constructor(text: str, make: Callable[[Event], list[Event]]) -> list[Event]:
    """The Python runtime's trace, with other events in each run of frob_init."""
    found: list[Event] = []
    inside = False
    for event in lived(text).trace:
        if event.what in ("constructor", "action", "vnet", "interface", "handler"):
            inside = event.text.startswith("frob_init(")
            found += [event, *(make(event) if inside else [])]
        elif not inside:
            found.append(event)
    return found


def test_the_same_trace_agrees() -> None:
    assert differences(STRAIGHT, lived(STRAIGHT).trace) == []


def without(index: int) -> Change:
    return lambda events: events[:index] + events[index + 1 :]


def inside(events: Sequence[Event], what: str) -> int:
    return next(i for i, e in enumerate(events) if e.what == what)


@pytest.mark.parametrize("what", ["access", "init", "constructor"])
def test_what_is_missing_is_found(what: str) -> None:
    events = list(lived(STRAIGHT).trace)
    gone = events[inside(events, what)]
    found = differences(STRAIGHT, without(inside(events, what))(events))
    assert gone.at in "; ".join(d.python for d in found)


def changed(what: str, **more: object) -> list[Event]:
    events = list(lived(STRAIGHT).trace)
    index = inside(events, what)
    events[index] = msgspec.structs.replace(events[index], **more)
    return events


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("access", {"vnet": 2}),
        ("access", {"text": "access V_frob_b"}),
        ("access", {"at": "frob.c:15"}),
        ("init", {"text": "mtx_init frob_a"}),
        ("constructor", {"vnet": 1}),
        ("constructor", {"text": "frob_other(NULL)"}),
    ],
)
def test_what_is_another_thing_is_found(what: str, more: dict[str, object]) -> None:
    assert differences(STRAIGHT, changed(what, **more)) != []


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("init", {"at": "frob.c:14"}),
        ("init", {"text": "mtx_init &V_frob_mtx"}),
        ("access", {"text": "access V_frob_a"}),
        ("constructor", {"text": "frob_init((nil))"}),
    ],
)
def test_what_is_the_same_thing_agrees(what: str, more: dict[str, object]) -> None:
    assert differences(STRAIGHT, changed(what, **more)) == []


def test_statements_have_an_order() -> None:
    events = list(lived(STRAIGHT).trace)
    first, last = inside(events, "access"), len(events) - 1
    last = max(
        i
        for i, e in enumerate(events)
        if e.what == "access" and e.step == events[first].step and e.vnet == events[first].vnet
    )
    events[first], events[last] = events[last], events[first]
    assert differences(STRAIGHT, events) != []


def test_inside_a_statement_c_has_none() -> None:
    def make(like: Event) -> list[Event]:
        a, b = "\tV_frob_a = 1;", "\tV_frob_b = V_frob_a;"
        init = msgspec.structs.replace(like, what="init", text="mtx_init frob_mtx", at="frob.c:14")
        mutex = msgspec.structs.replace(like, what="access", text="access V_frob_mtx", at="frob.c:13")
        last = [access(STRAIGHT, b, "frob_b", like), access(STRAIGHT, b, "frob_a", like)]
        return [access(STRAIGHT, a, "frob_a", like), init, mutex, *last]

    assert differences(STRAIGHT, in_constructor(STRAIGHT, make)) == []


def branch(*taken: tuple[str, str]) -> list[Event]:
    return in_constructor(BRANCHES, lambda like: [access(BRANCHES, line, name, like) for line, name in taken])


HEAD = ("\tif (V_frob_a > 3) {", "frob_a")
EARLY = ("\t\tV_frob_b = 1;", "frob_b")
LOOP = ("\t\tV_frob_b += i;", "frob_b")
CALLED = ("\tV_frob_b++;", "frob_b")
LAST = ("\tV_frob_a = frob_more(i);", "frob_a")


@pytest.mark.parametrize(
    "way",
    [
        (HEAD, EARLY),
        (HEAD, LOOP, LOOP, LOOP, CALLED, LAST),
        (HEAD, LOOP, CALLED, LAST),
        (HEAD, LOOP, LAST, CALLED),
    ],
    ids=["early", "late", "once", "address-first"],
)
def test_each_way_through_branches_agrees(way: tuple[tuple[str, str], ...]) -> None:
    assert differences(BRANCHES, branch(*way)) == []


@pytest.mark.parametrize(
    "way",
    [
        (EARLY,),
        (HEAD,),
        (HEAD, EARLY, LOOP, CALLED, LAST),
        (HEAD, LOOP, LAST),
        (HEAD, LOOP, CALLED),
        (HEAD, CALLED, LOOP, LAST),
    ],
    ids=["no-head", "head-only", "both", "not-called", "no-result", "called-before-loop"],
)
def test_no_way_is_a_difference(way: tuple[tuple[str, str], ...]) -> None:
    assert differences(BRANCHES, branch(*way)) != []


def test_a_difference_names_both_places() -> None:
    (found, *_) = differences(BRANCHES, branch(HEAD, CALLED, LOOP, LAST))
    assert place(BRANCHES, CALLED[0]) in found.native or place(BRANCHES, LOOP[0]) in found.native
    assert "frob.c:" in found.python


LOADED = (
    STRAIGHT
    + """
static moduledata_t frob_mod = { "frob", NULL, NULL };
DECLARE_MODULE(frob, frob_mod, SI_SUB_PSEUDO, SI_ORDER_FIRST);
"""
)


@pytest.mark.parametrize(("said", "number"), [((), 0), (("ENOEXEC",), 1)])
def test_what_loading_comes_to(said: tuple[str, ...], number: int) -> None:
    ours = lived(LOADED)
    step = next(i for i, action in enumerate(ours.kernel.actions, 1) if action.startswith("load("))
    results = [Event("result", error, step=step) for error in said]
    found = differences(LOADED, [*ours.trace, *results])
    assert [(d.step, d.native) for d in found] == [(step, "ENOEXEC")] * number
