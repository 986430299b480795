"""Tests on unload that note a result and go: every stack is asked, where the result tells behind the loop."""

import re

import pytest
from life_small import port

MODULE = """static int refs;
static int
frob_modevent(module_t mod, int type, void *data)
{
	%s

	%s
	switch (type) {
	case MOD_LOAD:
		%s
	case MOD_UNLOAD:
		%s
		break;
	default:
		error = EOPNOTSUPP;
	}
out:
	return (error);
}
static moduledata_t frob_mod = { "frob", frob_modevent, NULL };
DECLARE_MODULE(frob, frob_mod, SI_SUB_PROTO_IF, SI_ORDER_ANY);
"""
TEST = "if (refs) {\n\t\t\terror = EBUSY;\n\t\t\tbreak;\n\t\t}"


def unload(local: str, before: str, load: str, test: str) -> tuple[str, list[str]]:
    """The case of MOD_UNLOAD on one line, and what was found."""
    after, kinds = port(MODULE % (local, before, load, test), "refs")
    flat = " ".join(after.split())
    match = re.search(r"case MOD_UNLOAD: (.*?) default:", flat)
    assert match is not None
    return match.group(1), kinds


LOOP = (
    "VNET_LIST_RLOCK(); VNET_FOREACH(vnet_iter) { CURVNET_SET(vnet_iter); if (V_refs) error = EBUSY; "
    "CURVNET_RESTORE(); } VNET_LIST_RUNLOCK(); if (error != 0) break; break;"
)


@pytest.mark.parametrize(
    ("local", "before", "load", "first"),
    [
        ("int error = 0;", "", "break;", ""),
        ("int error = 0;", "", "error = frob_up(); break;", ""),
        ("int error = 0;", "", "return (error = frob_up());", ""),
        ("int error = 0;", "", "{ error = 1; goto out; }", ""),
        ("int i = 1, error = 0, j;", "", "break;", ""),
        ("int error;", "", "error = 0; break;", "error = 0; "),
    ],
)
def test_every_stack_is_asked_before_the_way_out(local: str, before: str, load: str, first: str) -> None:
    assert unload(local, before, load, TEST) == (first + LOOP, [])


@pytest.mark.parametrize("way", ["break;", "goto out;"])
def test_the_way_out_is_kept(way: str) -> None:
    found, kinds = unload("int error = 0;", "", "break;", TEST.replace("break;", way))
    assert (found, kinds) == (LOOP.replace("break;", way, 1), [])


@pytest.mark.parametrize(
    ("local", "before", "load", "test"),
    [
        ("int error = EINVAL;", "", "break;", TEST),
        ("int error = 0;", "error = frob_check();", "break;", TEST),
        ("int error = 0;", "frob_check(&error);", "break;", TEST),
        ("int error = 0;", "", "error = frob_up();", TEST),
        ("int error = 0;", "", "break;", f"error = frob_down();\n\t\t{TEST}"),
        ("int error = 0;", "", "break;", f"error++;\n\t\t{TEST}"),
        ("int error = 0;", "again:", "break;", TEST),
        ("int error = 0;", "", "break;", TEST.replace("EBUSY;", "EBUSY; /* busy */")),
        ("int error = 0;", "", "break;", TEST.replace("EBUSY;", "frob_why();")),
        ("int error = 0;", "", "break;", TEST.replace("break;", "frob_say(); break;")),
        ("int error = 0;", "", "break;", f"while (type) {{ {TEST} }}"),
    ],
)
def test_what_the_result_does_not_tell_is_left(local: str, before: str, load: str, test: str) -> None:
    found, kinds = unload(local, before, load, test)
    assert kinds == ["lifecycle-left"]
    assert "VNET_FOREACH" not in found
