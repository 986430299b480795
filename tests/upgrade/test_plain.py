"""`vport upgrade --to plain`: a port taken out is what was ported, by a reader of C that shares no code with vport."""

import re

import cases
import inverse
import pytest

from upgrade.upgrading import MODULES, left, lifted, ported, upgraded


def _short(text: bytes, names: dict[str, inverse.Planned]) -> bytes:
    """Uses of what a port moved out of a function by their old names; its definition keeps the new one."""
    for name, one in names.items():
        if one.function:
            first = re.search(rb"\b%s\b" % name.encode(), text)
            if first:
                rest = re.sub(rb"\b%s\b" % name.encode(), one.name.encode(), text[first.end() :])
                text = text[: first.end()] + rest
    return text


@pytest.mark.parametrize("dialect", ["freebsd-9", "freebsd-11", "freebsd-13"])
@pytest.mark.parametrize("module", MODULES)
def test_a_port_taken_out_is_the_input(module: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = ported(module, dialect, life=False)
    planned = [
        inverse.Planned(n, f.partition("@")[0])
        for _, f, n in cases.decided(cases.MODULES / module / "vport.toml", "virtualize")
    ]
    plain, findings = upgraded(after, "plain")
    assert findings == []
    said = {
        t for text in plain.values() for t in inverse.tokenize(text).tokens if t.startswith(("VNET", "CTLFLAG_VNET"))
    }
    assert said == set()
    names = inverse.new_names(
        [inverse.tokenize(t) for t in before.values()], [inverse.tokenize(t) for t in after.values()], planned
    )
    short = {name: _short(text, names) for name, text in plain.items()}
    monkeypatch.setattr(inverse, "new_names", lambda *_: names)
    for _, old, undone in inverse.compare(before, short, planned):
        assert undone == old


@pytest.mark.parametrize("module", MODULES)
def test_a_second_run_changes_nothing(module: str) -> None:
    _, after = ported(module, "freebsd-13", life=True)
    plain, _ = upgraded(after, "plain")
    assert upgraded(plain, "plain")[0] == plain


LIFE = """#include <sys/param.h>

#include <net/vnet.h>

VNET_DEFINE_STATIC(int, frob_n) = 3;
#define	V_frob_n		VNET(frob_n)

static void
frob_slowtimo(void *arg)
{
	VNET_ITERATOR_DECL(vnet_iter);

	VNET_LIST_RLOCK();
	VNET_FOREACH(vnet_iter) {
		CURVNET_SET(vnet_iter);
		V_frob_n--;%s
		CURVNET_RESTORE();
	}
	VNET_LIST_RUNLOCK();
	callout_reset(&frob_callout, hz, frob_slowtimo, curvnet);
}
VNET_SYSINIT(frob, SI_SUB_PROTO_IF, SI_ORDER_ANY, frob_start, NULL);
"""


def test_contexts_loops_and_constructors_go() -> None:
    assert lifted(LIFE % "", "plain") == (
        "#include <sys/param.h>\n\nstatic int frob_n = 3;\n\nstatic void\nfrob_slowtimo(void *arg)\n{\n\n"
        "\tfrob_n--;\n\tcallout_reset(&frob_callout, hz, frob_slowtimo, NULL);\n}\n"
        "SYSINIT(frob, SI_SUB_PROTO_IF, SI_ORDER_ANY, frob_start, NULL);\n"
    )


def test_a_loop_that_is_left_early_is_listed() -> None:
    assert (14, "loop-left") in left(LIFE % "\n\t\tif (V_frob_n == 0)\n\t\t\tbreak;", "plain")


def test_questions_about_stacks_are_listed() -> None:
    text = "int\nfrob_first(void)\n{\n\n\treturn (IS_DEFAULT_VNET(curvnet));\n}\n"
    assert left(text, "plain") == [(5, "context-left")]


def test_a_use_that_a_local_would_hide_is_listed() -> None:
    text = "VNET_DEFINE_STATIC(int, n);\n#define\tV_n\tVNET(n)\nint\nfrob(int n)\n{\n\n\treturn (n + V_n);\n}\n"
    assert left(text, "plain") == [(7, "hidden-by-local")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("static int frob_n;\n\nint\nfrob(void)\n{\n\n\treturn (frob_n);\n}\n", id="no_port"),
        pytest.param("/* V_frob_n and VNET_FOREACH(x) */\nint n;\n", id="comment"),
        pytest.param("struct vnet *frob_vnet;\n", id="pointer_to_a_stack"),
    ],
)
def test_noop_plain(text: str) -> None:
    assert lifted(text, "plain") == text
