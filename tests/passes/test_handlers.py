"""Handlers of sysctls on freebsd-9: which get VNET_SYSCTL_ARG, which must not, and which are refused."""

import pytest
from cases import Run, run_port

HEAD = "#include <net/vnet.h>\nstatic int n, m;\n"
READS = "static int h(SYSCTL_HANDLER_ARGS)\n{\n\treturn (*(int *)arg1);\n}\n"
ASK = "VNET_SYSCTL_ARG(req, arg1);"


def leaf(pointer: str, handler: str = "h") -> str:
    return f'SYSCTL_PROC(_net, OID_AUTO, {handler}, CTLFLAG_RW, {pointer}, 0, {handler}, "I", "");\n'


def ported(text: str, dialect: str = "freebsd-9", *names: str) -> tuple[Run, str]:
    wanted = {("x.c", "", name) for name in names or ("n",)}
    run = run_port({"x.c": (HEAD + text).encode()}, wanted, dialect)
    return run, run.after["x.c"].decode()


ASKS = {
    "first statement": (READS, f"{{\n\t{ASK}\n\treturn"),
    "behind the declarations": (
        "static int h(SYSCTL_HANDLER_ARGS)\n{\n\tint i;\n\tstatic int j;\n\n\ti = j + *(int *)arg1;\n\treturn (i);\n}\n",
        f"static int j;\n\n\t{ASK}\n\ti = j",
    ),
    "before a declaration that reads it": (
        "static int h(SYSCTL_HANDLER_ARGS)\n{\n\tint i;\n\tint *p = arg1;\n\n\ti = *p;\n\treturn (i);\n}\n",
        f"{{\n\t{ASK}\n\tint i;",
    ),
    "on one line": ("static int h(SYSCTL_HANDLER_ARGS) { return (*(int *)arg1); }\n", f"{{ {ASK} return"),
    "in a macro": (
        "#define\tGET() (*(int *)arg1)\nstatic int h(SYSCTL_HANDLER_ARGS)\n{\n\treturn (GET());\n}\n",
        f"{{\n\t{ASK}\n\treturn (GET",
    ),
    "names of its own": (
        "static int h(struct sysctl_oid *o, void *a, intptr_t b, struct sysctl_req *r)\n{\n\treturn (*(int *)a);\n}\n",
        "{\n\tVNET_SYSCTL_ARG(r, a);\n\treturn",
    ),
    "directive first": (
        "static int h(SYSCTL_HANDLER_ARGS)\n{\n\tint i;\n\n#ifdef X\n\ti = 1;\n#endif\n\treturn (i + *(int *)arg1);\n}\n",
        f"\tint i;\n\n\t{ASK}\n#ifdef X",
    ),
}


@pytest.mark.parametrize("situation", ASKS)
def test_asks(situation: str) -> None:
    handler, expected = ASKS[situation]
    run, after = ported(handler + leaf("&n"))
    assert expected in after
    assert after.count("VNET_SYSCTL_ARG") == 1
    assert not run.port.findings
    assert ported(after.removeprefix(HEAD))[1].count("VNET_SYSCTL_ARG") == 1


def test_asks_once_for_two_leaves() -> None:
    _, after = ported(READS + leaf("&n") + leaf("&m"), "freebsd-9", "n", "m")
    assert after.count(ASK) == 1


QUIET = {
    "no argument": "static int h(SYSCTL_HANDLER_ARGS)\n{\n\treturn (n);\n}\n" + leaf("&n"),
    "argument only in a comment": "static int h(SYSCTL_HANDLER_ARGS)\n{\n\treturn (n); /* arg1 */\n}\n" + leaf("&n"),
    "shared variable": READS + leaf("&m") + "int f(void) { return (n); }\n",
    "null": READS + leaf("NULL") + "int f(void) { return (n); }\n",
    "no handler": 'SYSCTL_INT(_net, OID_AUTO, n, CTLFLAG_RW, &n, 0, "");\n' + READS,
}


@pytest.mark.parametrize("situation", QUIET)
def test_does_not_ask(situation: str) -> None:
    run, after = ported(QUIET[situation])
    assert "VNET_SYSCTL_ARG" not in after
    assert "V_n" in after
    assert not run.port.findings


def test_does_not_ask_twice() -> None:
    _, after = ported(READS.replace("\treturn", f"\t{ASK}\n\treturn") + leaf("&n"))
    assert after.count(ASK) == 1
    assert "SYSCTL_VNET_PROC" in after


@pytest.mark.parametrize("situation", ASKS)
def test_newer_releases_do_not_ask(situation: str) -> None:
    _, after = ported(ASKS[situation][0] + leaf("&n"), "freebsd-13")
    assert "VNET_SYSCTL_ARG" not in after


REFUSED = {
    "outside the tree": (leaf("&n", "sysctl_handle_int"), "handler-of-reference-copy"),
    "unknown head": ("HANDLER(h)\n{\n\treturn (*(int *)arg1);\n}\n" + leaf("&n"), "handler-of-reference-copy"),
    "shared leaf": (READS + leaf("&n") + leaf("&m"), "handler-of-two-kinds"),
    "second argument": (
        READS + 'SYSCTL_PROC(_net, OID_AUTO, h, CTLFLAG_RW, NULL, (intptr_t)&n, h, "I", "");\n',
        "address-in-initializer",
    ),
}


@pytest.mark.parametrize("situation", REFUSED)
def test_refuses(situation: str) -> None:
    text, kind = REFUSED[situation]
    run, after = ported(text)
    assert {f.kind for f in run.port.findings} == {kind}
    assert after == HEAD + text


def test_compares_with_the_stack_s_own_copy() -> None:
    handler = "static int h(SYSCTL_HANDLER_ARGS)\n{\n\treturn (arg1 == &n);\n}\n"
    assert "arg1 == &V_n" in ported(handler + leaf("&n"))[1]
    assert "arg1 == &V_n" in ported(handler + leaf("&n"), "freebsd-13")[1]
