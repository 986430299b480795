"""The parts of a native run that need no compiler: scripts, traces, places, reports, stubs."""

import pytest

from vport.runtime.faults import Kind, NativeKind
from vport.runtime.host import Event
from vport.runtime.native import script, stubs, traces
from vport.runtime.native.reports import Ended, faults
from vport.runtime.native.statements import Places


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ("boot()", "boot"),
        ("boot('if_hop')", "boot if_hop"),
        ("load('if_hop', fail=True)", "load if_hop fail=True"),
        ("jail_create(vnet=True, parent=1)", "jail_create vnet=True parent=1"),
        ("interface_create('clone', 1, 'two words')", "interface_create clone 1 'two words'"),
        ("jail_destroy(1)", "jail_destroy 1"),
    ],
)
def test_action_as_a_line(action: str, line: str) -> None:
    assert script.line(action) == line


@pytest.mark.parametrize("action", ["load(name)", "load", "a.b()", "load(*x)"])
def test_what_is_no_action(action: str) -> None:
    with pytest.raises(ValueError):
        script.line(action)


def test_trace_is_read() -> None:
    data = b'{"what":"access","text":"access V_x","at":"./net/../net/x.c:3","vnet":1,"step":2}\n{"what":"ha'
    assert traces.read(data) == [Event("access", "access V_x", "net/x.c:3", 1, 2)]


def test_broken_trace_says_where() -> None:
    with pytest.raises(traces.BrokenTrace, match="line 2"):
        traces.read(b'{"what":"vnet","text":"x"}\nnonsense\n{"what":"vnet","text":"x"}\n')


TEXT = """\
int a;			/* ; { */
static void
f(void)
{
	V_a = 1; V_b = 2;
	g(V_a,
		";",
#if 0
		V_c;
#endif
		V_b);
	if (V_a >
		2)
		V_b = 1;
	TAILQ_FOREACH(x,
		&V_c, link)
		V_a++;
	for (i = 0;
		i < V_a; i++) {
		V_b = '}';
	}
}
"""


@pytest.mark.parametrize(
    ("line", "first"),
    [(1, 1), (5, 5), (6, 6), (7, 6), (11, 6), (12, 12), (13, 12), (14, 14), (16, 15), (17, 17), (19, 18), (20, 20)],
)
def test_first_line_of_a_statement(line: int, first: int) -> None:
    assert Places({"x.c": TEXT}).statement(f"x.c:{line}") == f"x.c:{first}"


def test_places_elsewhere_stay() -> None:
    assert Places({"x.c": TEXT}).statement("y.c:7") == "y.c:7"
    assert Places({"x.c": TEXT}).statement("") == ""


FREED = """\
=================================================================
==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x000000401234 bp 0x7ffe sp 0x7ffe
READ of size 4 at 0x602000000010 thread T0
    #0 0x401233 in frob_uninit net/frob.c:41
    #1 0x402000 in vp_run /x/runtime/native/src/linker.c:9

0x602000000010 is located 0 bytes inside of 16-byte region [0x602000000010,0x602000000020)
freed by thread T0 here:
    #0 0x7f00 in __interceptor_free ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:52
    #1 0x402100 in vp_free /x/runtime/native/src/memory.c:20
    #2 0x401200 in frob_modevent net/frob.c:60

previously allocated by thread T0 here:
    #0 0x7f00 in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69
    #1 0x401100 in frob_init net/frob.c:20
"""


def test_use_after_free_names_all_three_places() -> None:
    (fault,) = faults([Event("action", "boot()", step=1)], Ended(71, FREED), ["boot()"])
    assert (fault.kind, fault.at) == (NativeKind.MEMORY, "net/frob.c:41")
    assert fault.message == "heap-use-after-free in frob_uninit()"
    assert fault.lines == ("net/frob.c:60 freed by frob_modevent()", "net/frob.c:20 allocated by frob_init()")
    assert fault.actions == ("boot()",)


def test_undefined_behaviour() -> None:
    said = "net/frob.c:12:4: runtime error: left shift of 1 by 40 places\n"
    (fault,) = faults([], Ended(0, said), [])
    assert (fault.kind, fault.at) == (NativeKind.UNDEFINED, "net/frob.c:12")


def test_told_fault_has_its_kind_and_actions() -> None:
    event = Event("fault", "never-torn-down: frob_mtx is still there", "frob.c:3", 1, 2)
    (fault,) = faults([event, event], Ended(0, ""), ["boot()", "tick()", "tick()"])
    assert (fault.kind, fault.at, fault.vnet) == (Kind.NEVER_TORN_DOWN, "frob.c:3", 1)
    assert fault.actions == ("boot()", "tick()")


@pytest.mark.parametrize(
    ("ended", "kind"),
    [
        (Ended(-11, ""), NativeKind.CRASH),
        (Ended(3, "panic: what"), NativeKind.CRASH),
        (Ended(-9, "", 2.0), NativeKind.TIMEOUT),
        (Ended(65, "vport: there is no module x"), NativeKind.SCRIPT),
    ],
)
def test_a_bad_end_is_a_fault(ended: Ended, kind: NativeKind) -> None:
    assert [f.kind for f in faults([], ended, [])] == [kind]


def test_a_good_end_is_none() -> None:
    assert faults([], Ended(0, "frob: 3 interfaces\n"), []) == []


def test_linkers_words() -> None:
    said = "/usr/bin/ld: x.c:(.text+0xa): undefined reference to `foo'\nld.lld: error: undefined symbol: bar\n"
    assert stubs.undefined(said) == ["bar", "foo"]


def test_stubs_of_functions_and_data() -> None:
    made = stubs.source(["bar", "foo"], ["foo"])
    assert 'long bar(void) { return (vp_stub("bar")); }' in made
    assert "char foo[4096]" in made
