"""Set-ups that a tree registers: SYSINITs of all kinds, module events with their cases, handlers that are nowhere."""

from life_small import life_of

from vport.life.setups import Setups

FROB = "static void frob(void *a)\n{\n}\n"
EVENT = """static int frob_modevent(module_t mod, int type, void *data)
{
	switch (type) {
	case MOD_LOAD:
		break;
	case MOD_QUIESCE:
	case MOD_UNLOAD:
		break;
	default:
		return (EOPNOTSUPP);
	}
	return (0);
}
static moduledata_t frob_mod = { "frob", frob_modevent, NULL };
"""


def test_reads_all_kinds() -> None:
    text = FROB + "".join(
        f"{macro}(f{i}, SI_SUB_PSEUDO, SI_ORDER_ANY, frob, NULL);\n"
        for i, macro in enumerate(("SYSINIT", "C_SYSINIT", "SYSUNINIT", "VNET_SYSINIT", "VNET_SYSUNINIT"))
    )
    found = [(s.call.name, s.per_vnet, s.down) for s in Setups(life_of(text)).sysinits]
    assert found == [
        ("SYSINIT", False, False),
        ("C_SYSINIT", False, False),
        ("SYSUNINIT", False, True),
        ("VNET_SYSINIT", True, False),
        ("VNET_SYSUNINIT", True, True),
    ]


def test_reads_the_key_of_a_macro() -> None:
    text = "#define\tORDER\t(SI_ORDER_ANY - 2)\n" + FROB + "SYSINIT(f, SI_SUB_PSEUDO, ORDER, frob, NULL);\n"
    (setup,) = Setups(life_of(text)).sysinits
    assert (setup.key.order, setup.key.texts) == (0xFFFFFFD, ("SI_SUB_PSEUDO", "ORDER"))


def test_sees_through_casts() -> None:
    text = FROB + "SYSINIT(f, SI_SUB_PSEUDO, SI_ORDER_ANY, (sysinit_cfunc_t)frob, NULL);\n"
    assert [s.function for s in Setups(life_of(text)).sysinits] == [("frob.c", "frob")]


def test_notes_handlers_that_are_nowhere() -> None:
    text = "void frob(void *);\nSYSINIT(f, SI_SUB_PSEUDO, SI_ORDER_ANY, frob, NULL);\n"
    setups = Setups(life_of(text))
    assert setups.sysinits == []
    assert [(u.file, u.name) for u in setups.undefined] == [("frob.c", "frob")]


def test_reads_module_events() -> None:
    text = EVENT + "DECLARE_MODULE(frob, frob_mod, SI_SUB_PSEUDO, SI_ORDER_ANY);\n"
    (event,) = Setups(life_of(text)).events
    assert event.function == ("frob.c", "frob_modevent")
    assert list(event.cases) == ["MOD_LOAD", "MOD_QUIESCE", "MOD_UNLOAD"]
    assert event.key.texts == ("SI_SUB_PSEUDO", "SI_ORDER_ANY")


def test_knows_no_key_of_a_module_that_nobody_declares() -> None:
    (event,) = Setups(life_of(EVENT)).events
    assert not event.key.known


def test_finds_the_earliest_key() -> None:
    text = FROB + (
        "SYSINIT(a, SI_SUB_PSEUDO, SI_ORDER_ANY, frob, NULL);\n"
        "SYSINIT(b, SI_SUB_INIT_IF, SI_ORDER_ANY, frob, NULL);\n"
        "SYSUNINIT(c, SI_SUB_VNET, SI_ORDER_ANY, frob, NULL);\n"
    )
    setups = Setups(life_of(text))
    earliest = setups.earliest({("frob.c", "frob")})
    assert earliest is not None
    assert earliest.texts == ("SI_SUB_INIT_IF", "SI_ORDER_ANY")
    assert setups.earliest({("frob.c", "other")}) is None


def test_finds_no_earliest_key_where_one_is_unknown() -> None:
    text = FROB + "SYSINIT(a, SI_SUB_PSEUDO, NOBODY, frob, NULL);\n"
    assert Setups(life_of(text)).earliest({("frob.c", "frob")}) is None
