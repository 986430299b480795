"""Releases of shared state that wait for the destructors of every stack."""

from life_small import port, set_ups

EVENT = """static struct mtx mtx;
static void *tag;
static uma_zone_t zone;
static int own;
static void
start(void)
{
	mtx_lock(&mtx);
	own = 1;
	mtx_unlock(&mtx);
}
static void
stop(void)
{
	%s
	own = 0;
}
static int
frob_modevent(module_t mod, int type, void *data)
{
	switch (type) {
	case MOD_LOAD:
		mtx_init(&mtx, "frob", NULL, 0);
		start();
		break;
	case MOD_UNLOAD:
		stop();
		%s
		break;
	default:
		return (EOPNOTSUPP);
	}
	return (0);
}
static moduledata_t frob_mod = { "frob", frob_modevent, NULL };
DECLARE_MODULE(frob, frob_mod, SI_SUB_PROTO_IF, SI_ORDER_SECOND);
"""
TAKEN = "mtx_lock(&mtx); mtx_unlock(&mtx);"


def unload(text: str) -> str:
    """What is left of MOD_UNLOAD, white space folded."""
    return " ".join(text.split("case MOD_UNLOAD:")[1].split("default:")[0].split())


def test_a_lock_of_all_outlives_the_destructors() -> None:
    after, _ = port(EVENT % (TAKEN, "mtx_destroy(&mtx);"), "own")
    assert unload(after) == "break;"
    assert "{\n\n\tmtx_destroy(&mtx);\n}\nSYSUNINIT(frob_uninit, SI_SUB_PROTO_IF, SI_ORDER_SECOND," in after
    assert set_ups(after) == ["INIT PROTO_IF THIRD vnet_frob_init", "UNINIT PROTO_IF THIRD vnet_frob_uninit"]


def test_what_stops_entries_is_stopped_at_once() -> None:
    after, _ = port(EVENT % (TAKEN, "EVENTHANDLER_DEREGISTER(frob, tag);"), "own")
    assert unload(after) == "EVENTHANDLER_DEREGISTER(frob, tag); break;"


def test_what_no_stack_uses_goes_where_it_went() -> None:
    after, _ = port(EVENT % (TAKEN, "uma_zdestroy(zone);"), "own")
    assert unload(after) == "uma_zdestroy(zone); break;"


def test_moves_nothing_without_destructors() -> None:
    text = EVENT.replace("\t\tstop();\n", "") % (TAKEN, "mtx_destroy(&mtx);")
    after, _ = port(text, "own")
    assert set_ups(after) == ["INIT PROTO_IF THIRD vnet_frob_init"]
    assert unload(after) == "mtx_destroy(&mtx); break;"


def test_sees_releases_in_macros() -> None:
    text = "#define\tFROB_DESTROY()\tmtx_destroy(&mtx)\n" + EVENT % (TAKEN, "FROB_DESTROY();")
    after, _ = port(text, "own")
    assert unload(after) == "break;"
    assert "\tFROB_DESTROY();\n}\nSYSUNINIT(frob_uninit" in after


def test_marks_what_cannot_wait() -> None:
    text = EVENT.replace("modevent(module_t mod,", "modevent(module_t mod, ")
    after, kinds = port(text % (TAKEN, "mtx_destroy(data != NULL ? &mtx : &mtx);"), "own")
    assert kinds == ["lifecycle-left"]
    assert "it runs before the destructors that use what it releases" in " ".join(after.replace(" * ", "").split())
