"""Between dialects whose variables are symbols: what each construct becomes, and what must stay."""

import pytest

from upgrade.upgrading import left, lifted, upgraded

DEFINITION = "static VNET_DEFINE(int, frob_n) = 7;\t/* hops */\n#define\tV_frob_n\t\tVNET(frob_n)\n"
LEAF = 'SYSCTL_VNET_INT(_net_frob, OID_AUTO, n, CTLFLAG_RW,\n    &VNET_NAME(frob_n), 0, "hops");\n'


def test_static_becomes_part_of_the_macro_and_back() -> None:
    new = lifted(DEFINITION)
    assert new.startswith("VNET_DEFINE_STATIC(int, frob_n) = 7;\t/* hops */\n")
    assert lifted(new, "freebsd-9") == DEFINITION


def test_line_endings_and_other_bytes_stay() -> None:
    text = b"static VNET_DEFINE(int, a);\r\n/* caf\xe9 */\r\nstatic VNET_DEFINE(int, b);"
    files, _ = upgraded({"a.c": text}, "freebsd-13")
    assert files["a.c"] == b"VNET_DEFINE_STATIC(int, a);\r\n/* caf\xe9 */\r\nVNET_DEFINE_STATIC(int, b);"


def test_static_of_counters() -> None:
    assert lifted("static VNET_PCPUSTAT_DEFINE(struct fs, fs);\n") == "VNET_PCPUSTAT_DEFINE_STATIC(struct fs, fs);\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("VNET_DEFINE(int, frob_n);\n", id="external_definition"),
        pytest.param("/* static VNET_DEFINE(int, n); */\n", id="comment"),
        pytest.param('static const char s[] = "static VNET_DEFINE(int, n);";\n', id="string"),
        pytest.param("#define\tVNET_DEFINE_STATIC(t, n)\tstatic VNET_DEFINE(t, n)\n", id="macros_of_the_headers"),
        pytest.param("static int frob_n;\nint VNET_DEFINED;\n", id="plain_variable"),
        pytest.param("VNET_DEFINE_STATIC(int, frob_n);\n", id="said_so_already"),
    ],
)
def test_noop_definitions(text: str) -> None:
    assert lifted(text) == text


def test_definition_in_a_macro_of_the_module() -> None:
    text = "#define\tFROB(n)\tstatic VNET_DEFINE(int, n)\nFROB(frob_n);\n"
    assert lifted(text) == "#define\tFROB(n)\tVNET_DEFINE_STATIC(int, n)\nFROB(frob_n);\n"


def test_family_becomes_a_flag_and_back() -> None:
    new = lifted(LEAF)
    assert new == LEAF.replace("SYSCTL_VNET_INT", "SYSCTL_INT").replace("CTLFLAG_RW", "CTLFLAG_VNET | CTLFLAG_RW")
    assert lifted(new, "freebsd-10") == LEAF


@pytest.mark.parametrize("flags", ["CTLFLAG_RW | CTLFLAG_VNET", "CTLFLAG_VNET|CTLFLAG_TUN", "CTLFLAG_VNET"])
def test_flag_that_stands_as_no_lift_puts_it_stays_in_the_family_which_sets_it_too(flags: str) -> None:
    text = f'SYSCTL_INT(_net, OID_AUTO, n, {flags},\n    &VNET_NAME(n), 0, "");\n'
    older = lifted(text, "freebsd-9")
    assert older == text.replace("SYSCTL_INT", "SYSCTL_VNET_INT")
    assert lifted(older) == text
    assert "VNET" not in lifted(older, "plain")


def test_lines_are_folded_at_the_margin() -> None:
    text = 'SYSCTL_VNET_INT(_net_inet_frobnicate, OID_AUTO, forwarding, CTLFLAG_RW,\n    &VNET_NAME(frob), 0, "");\n'
    new = lifted(text)
    assert max(map(len, new.splitlines())) <= 80
    assert new.split() == lifted(text.replace("\n    ", " ")).split()


def test_a_file_of_long_lines_is_not_folded() -> None:
    long = f"int frob_{'x' * 90};\n"
    text = 'SYSCTL_VNET_INT(_net_inet_frobnicate, OID_AUTO, forwarding, CTLFLAG_RW,\n    &VNET_NAME(frob), 0, "");\n'
    assert len(lifted(long + text).splitlines()) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('SYSCTL_INT(_net, OID_AUTO, n, CTLFLAG_RW, &n, 0, "");\n', id="shared_leaf"),
        pytest.param('SYSCTL_VNET_PCPUSTAT(_net, OID_AUTO, s, struct s, s, "");\n', id="counters_have_no_plain_form"),
        pytest.param("#define\tSYSCTL_VNET_INT(a, b)\tSYSCTL_INT(a, CTLFLAG_VNET | b)\n", id="macros_of_the_headers"),
    ],
)
def test_noop_sysctls(text: str) -> None:
    assert lifted(text) == text


def test_leaf_that_the_older_release_has_no_family_for() -> None:
    text = 'SYSCTL_BOOL(_net, OID_AUTO, n, CTLFLAG_VNET | CTLFLAG_RW, &VNET_NAME(n), 0, "");\n'
    assert left(text, "freebsd-9") == [(1, "no-sysctl-family")]


def test_flag_that_no_leaf_takes() -> None:
    assert left("#define\tFROB_FLAGS\t(CTLFLAG_VNET | CTLFLAG_RW)\n", "freebsd-9") == [(1, "sysctl-flag")]


HANDLER = """static int
frob_sysctl(SYSCTL_HANDLER_ARGS)
{
	int error;

	VNET_SYSCTL_ARG(req, arg1);
	error = sysctl_handle_int(oidp, arg1, 0, req);
	return (error);
}
SYSCTL_VNET_PROC(_net_frob, OID_AUTO, n, CTLTYPE_INT | CTLFLAG_RW%s,
    &VNET_NAME(frob_n), 0, frob_sysctl, "I", "");
"""


def test_handler_gets_its_stacks_address_and_asks_where_it_must() -> None:
    text = HANDLER % " | CTLFLAG_MPSAFE"
    new = lifted(text)
    assert "VNET_SYSCTL_ARG" not in new
    assert "\tint error;\n\n\terror = " in new
    assert "\tint error;\n\n\tVNET_SYSCTL_ARG(req, arg1);\n\terror = " in lifted(new, "freebsd-9")


def test_handler_without_an_address_asks_for_none() -> None:
    text = HANDLER.replace("\tVNET_SYSCTL_ARG(req, arg1);\n", "").replace("&VNET_NAME(frob_n)", "NULL")
    assert "VNET_SYSCTL_ARG" not in lifted(lifted(text % " | CTLFLAG_MPSAFE"), "freebsd-9")


def test_flags_about_locks_are_listed_and_not_guessed() -> None:
    assert left(HANDLER % "") == [(10, "sysctl-locking")]
    assert left(HANDLER % "", "freebsd-11") == []
    behind = "#define\tFROB_RW\t(CTLFLAG_RW | CTLFLAG_NEEDGIANT)\n"
    assert left(behind + (HANDLER % "").replace("CTLFLAG_RW,", "FROB_RW,")) == []


def test_subsystems_have_other_names() -> None:
    text = "VNET_SYSINIT(frob, SI_SUB_FW, SI_ORDER_ANY, frob_init, NULL);\n"
    new = lifted(text)
    assert new == text.replace("SI_SUB_FW", "SI_SUB_PROTO_FIREWALL")
    assert lifted(new, "vimage-2010") == text


def test_noop_list_of_subsystems() -> None:
    text = "enum si { SI_SUB_FW = 1, SI_SUB_VIMAGE_PRELINK };\n"
    assert lifted(text) == text


@pytest.mark.parametrize(
    ("subsystem", "expected"),
    [
        ("SI_SUB_SMP", [(1, "constructor-range")]),
        ("SI_SUB_KLD", [(1, "constructor-range")]),
        ("SI_SUB_PROTO_DOMAIN", []),
        ("SI_SUB_VNET_DONE", []),
        ("FROB_SUBSYSTEM", []),
    ],
)
def test_range_of_constructors(subsystem: str, expected: list[tuple[int, str]]) -> None:
    text = f"VNET_SYSINIT(frob, {subsystem}, SI_ORDER_ANY, frob_init, NULL);\n"
    assert left(text) == expected
    assert left(text, "freebsd-9") == []


def test_range_through_a_macro() -> None:
    text = "#define\tFROB_SUB\tSI_SUB_SMP\nVNET_SYSINIT(frob, FROB_SUB, SI_ORDER_ANY, frob_init, NULL);\n"
    assert left(text) == [(2, "constructor-range")]


LOOP = """void
frob_slowtimo(void)
{
	VNET_ITERATOR_DECL(vnet_iter);

	VNET_FOREACH(vnet_iter) {
		CURVNET_SET(%s);
		V_frob_n--;
		CURVNET_RESTORE();
	}
}
"""


def test_iterator_of_2010_is_cast() -> None:
    assert lifted(LOOP % "(struct vnet *)vnet_iter") == LOOP % "vnet_iter"
    assert lifted(LOOP % "vnet_iter", "vimage-2010") == LOOP % "(struct vnet *)vnet_iter"


def test_noop_cast_of_another_thing() -> None:
    text = LOOP % "(struct vnet *)arg"
    assert lifted(text) == text
    assert lifted(text, "vimage-2010") == text


def test_macros_of_later_releases_are_listed() -> None:
    text = "VNET_PCPUSTAT_DEFINE(struct fs, fs);\n"
    assert left(text, "freebsd-9") == [(1, "macro-of-later-release")]
    assert left(text, "freebsd-10") == []
