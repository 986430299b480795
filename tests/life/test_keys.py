"""Keys of destructors: they mirror the constructors of what they touch, and releases stand behind all users."""

import cases
from life_small import HEAD, port, set_ups

from vport import dialect
from vport.job import Job
from vport.life.keys import Keys
from vport.life.setups import Setups

TEXT = """static int a, b;
static void up_a(void *x) { a = 1; }
static void up_b(void *x) { b = 1; }
#define	BOTH()	(a + b)
static int both(void) { return (BOTH()); }
"""


def make(text: str, *names: str) -> tuple[Keys, Setups]:
    read = cases.read_files({"net/frob.c": (HEAD + text).encode()})
    wanted = [v for v in read.tree.variables if v.name in names]
    job = Job(read.tree, read.data, dialect.load("freebsd-13"), read.reading, wanted)
    setups = Setups(job.life)
    return Keys(job, setups), setups


def key_of(name: str) -> tuple[str, str, str]:
    return ("net/frob.c", "", name)


def test_knows_what_functions_touch() -> None:
    keys, _ = make(TEXT, "a", "b")
    assert keys.touched_by([("net/frob.c", "up_a")]) == {key_of("a")}
    assert keys.touched_by([("net/frob.c", "both")]) == {key_of("a"), key_of("b")}


def test_mirrors_the_last_constructor_of_what_it_touches() -> None:
    keys, setups = make(TEXT, "a", "b")
    early, late = (setups.orders.key("SI_SUB_PROTO_IF", o) for o in ("SI_ORDER_FIRST", "SI_ORDER_ANY"))
    keys.note([key_of("a")], early)
    keys.note([key_of("b")], late)
    assert keys.mirrored([key_of("a")], "net/frob.c") == early
    assert keys.mirrored([key_of("a"), key_of("b")], "net/frob.c") == late
    assert keys.mirrored([], "net/frob.c") is None


def test_mirrors_no_constructor_of_another_folder() -> None:
    keys, setups = make(TEXT, "a")
    keys.note([key_of("a")], setups.orders.key("SI_SUB_PROTO_IF", "SI_ORDER_ANY"))
    assert keys.mirrored([key_of("a")], "netinet/other.c") is None
    assert keys.mirrored([key_of("a")], "net/other.c") is not None


def test_releases_with_the_constructor_that_came_first() -> None:
    keys, setups = make(TEXT, "a")
    early, late = (setups.orders.key("SI_SUB_PROTO_IF", o) for o in ("SI_ORDER_FIRST", "SI_ORDER_ANY"))
    assert keys.release(key_of("a")) is None
    keys.note([key_of("a")], late)
    keys.note([key_of("a")], early)
    assert keys.release(key_of("a")) == early


def test_releases_behind_every_destructor() -> None:
    keys, setups = make(TEXT, "a")
    keys.note([key_of("a")], setups.orders.key("SI_SUB_PROTO_IF", "SI_ORDER_SECOND"))
    keys.note([key_of("a")], setups.orders.key("SI_SUB_PROTO_IF", "SI_ORDER_SECOND"), down=True)
    found = keys.release(key_of("a"))
    assert found is not None
    assert found.texts == ("SI_SUB_PROTO_IF", "SI_ORDER_FIRST")


def test_takes_unknown_keys_for_none() -> None:
    keys, setups = make(TEXT, "a")
    keys.note([key_of("a")], setups.orders.key("SI_SUB_PROTO_IF", "NOBODY"))
    assert keys.mirrored([key_of("a")], "net/frob.c") is None
    assert keys.release(key_of("a")) is None


SPLIT = """static struct mtx mtx;
static int own;
static void
frob_init(void *x)
{
	mtx_init(&mtx, "frob", NULL, 0);
	own = 1;
}
SYSINIT(frob, SI_SUB_PROTO_IF, %s, frob_init, NULL);
static void
frob_uninit(void *x)
{
	own = 0;
	mtx_destroy(&mtx);
}
SYSUNINIT(frob, SI_SUB_PROTO_IF, %s, frob_uninit, NULL);
"""


def test_splits_stand_behind_the_shared_half_and_mirror_one_another() -> None:
    after, _ = port(SPLIT % ("SI_ORDER_SECOND", "SI_ORDER_SECOND"), "own")
    assert set_ups(after) == ["INIT PROTO_IF THIRD vnet_frob_init", "UNINIT PROTO_IF THIRD vnet_frob_uninit"]
    after, _ = port(SPLIT % ("SI_ORDER_ANY", "SI_ORDER_ANY"), "own")
    assert set_ups(after) == [
        "INIT PROTO_DOMAININIT FIRST vnet_frob_init",
        "UNINIT PROTO_DOMAININIT FIRST vnet_frob_uninit",
    ]


def test_never_leaves_the_room_of_constructors() -> None:
    after, kinds = port(SPLIT.replace("PROTO_IF", "VNET_DONE") % ("SI_ORDER_ANY", "SI_ORDER_ANY"), "own")
    assert set_ups(after) == []
    assert kinds == ["lifecycle-left", "lifecycle-left"]


def port_two(first: str, second: str, *names: str) -> dict[str, str]:
    """Two files of one folder after a port of variables of the first."""
    before = {"net/a.c": (HEAD + first).encode(), "net/b.c": (HEAD + second).encode()}
    run = cases.run_port(before, {("net/a.c", "", name) for name in names}, "freebsd-13", life=True)
    return {file: text.decode() for file, text in run.after.items()}


OWNER = """#define	FROB_SUB	SI_SUB_PROTO_IF
#define	FROB_ORDER	(SI_ORDER_ANY - 128)
int own;
static struct mtx mtx;
static void
frob_init(void *x)
{
	%s
	own = 1;
}
SYSINIT(frob, FROB_SUB, FROB_ORDER, frob_init, NULL);
"""
USER = """extern int own;
#define	USER_SUB	SI_SUB_PROTO_IF
#define	USER_ORDER	(SI_ORDER_ANY - %s)
static void
user_init(void *x)
{
	own++;
}
SYSINIT(user, USER_SUB, USER_ORDER, user_init, NULL);
"""


def test_a_place_that_fits_keeps_its_words() -> None:
    after = port_two(OWNER % "", USER % "128", "own")
    assert set_ups(after["net/a.c"]) == ["INIT FROB_SUB FROB_ORDER frob_init"]
    assert set_ups(after["net/b.c"]) == ["INIT USER_SUB USER_ORDER user_init"]


def test_a_place_behind_another_file_is_said_without_its_macros() -> None:
    after = port_two(OWNER % 'mtx_init(&mtx, "frob", NULL, 0);', USER % "127", "own")
    assert set_ups(after["net/a.c"]) == ["INIT FROB_SUB FROB_ORDER + 2 vnet_frob_init"]
    assert set_ups(after["net/b.c"]) == ["INIT PROTO_IF ANY - 125 user_init"]


def test_words_of_headers_that_are_included_stay() -> None:
    head, _, rest = (OWNER % 'mtx_init(&mtx, "frob", NULL, 0);').partition("int own;")
    before = {
        "net/frob.h": head.encode(),
        "net/a.c": (HEAD + '#include "frob.h"\nint own;' + rest).encode(),
        "net/b.c": (HEAD + '#include "frob.h"\n' + USER % "127").encode(),
    }
    after = cases.run_port(before, {("net/a.c", "", "own")}, "freebsd-13", life=True).after
    assert set_ups(after["net/b.c"].decode()) == ["INIT FROB_SUB FROB_ORDER + 3 user_init"]


EVENT = """%s
static int own;
static int
frob_modevent(module_t mod, int type, void *data)
{

	switch (type) {
	case MOD_LOAD:
		own = 1;
		break;
	default:
		return (EOPNOTSUPP);
	}
	return (0);
}
static moduledata_t frob_mod = { "frob", frob_modevent, NULL };
%s
DECLARE_MODULE(frob, frob_mod, FROB_SUB, FROB_ORDER);
"""
WORDS = "#define	FROB_SUB	SI_SUB_PROTO_IF\n#define	FROB_ORDER	(SI_ORDER_ANY - 128)"


def test_macros_have_to_be_defined_above_the_place() -> None:
    assert set_ups(port(EVENT % (WORDS, ""), "own")[0]) == ["INIT FROB_SUB FROB_ORDER vnet_frob_init"]
    assert set_ups(port(EVENT % ("", WORDS), "own")[0]) == ["INIT PROTO_IF ANY - 128 vnet_frob_init"]
    assert set_ups(port(EVENT % (WORDS.replace("IF", "MC"), WORDS), "own")[0]) == []
