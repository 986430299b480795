"""What the texts of a tree said is kept: whatever an edit changes, a check with a cache tells what one without tells."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vport.cache import Cache
from vport.check import run_checks
from vport.checks.config import Config
from vport.checks.found import Found
from vport.checks.stored import Stored
from vport.read import Reader

HEAD = "#include <sys/param.h>\n#include <net/vnet.h>\n#include <net/hop.h>\n\n"
FILES = {
    "net/hop.h": "struct hop_ops {\n\tvoid\t(*hop_go)(struct hop_sa *);\n};\nVNET_DECLARE(int, hop_all);\n"
    "#define\tV_hop_all\tVNET(hop_all)\n"
    "void hop_free(struct hop_sa *);\nvoid hop_count(struct hop_sa *);\nvoid hop_rest(struct hop_sa *);\n",
    "net/hop.c": HEAD
    + "static int\nhop_done(struct cryptop *crp)\n{\n\tstruct hop_sa *sa = crp->crp_opaque;\n\n"
    + "\tCURVNET_SET(sa->vnet);\n\thop_count(sa);\n\tCURVNET_RESTORE();\n\thop_rest(sa);\n\treturn (0);\n}\n\n"
    + "void\nhop_start(struct cryptop *crp)\n{\n\n\tcrp->crp_callback = hop_done;\n}\n",
    "net/hop_sa.c": HEAD
    + "VNET_DEFINE(int, hop_all);\nVNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
    + "void\nhop_count(struct hop_sa *sa)\n{\n\n\tV_hop_n++;\n}\n\n"
    + "void\nhop_free(struct hop_sa *sa)\n{\n\n\tif (--sa->refs == 0)\n\t\tV_hop_n--;\n}\n",
    "net/hop_rest.c": HEAD
    + "static struct hop_ops hop_own;\n\nvoid\nhop_rest(struct hop_sa *sa)\n{\n\n\tsa->refs++;\n}\n\n"
    + "void\nhop_through(struct hop_sa *sa)\n{\n\n\tsa->ops->hop_go(sa);\n}\n",
}
CALLS = [("net/hop_rest.c", "\tsa->refs++;\n", "\tsa->refs++;\n\thop_free(sa);\n")]
SUMS = [("net/hop_rest.c", "sa->refs++;", "if (sa->refs == 0)\n\t\tsa->refs = V_hop_all;")]
Edits = list[tuple[str, str, str]]


def edited(edits: Edits) -> dict[str, str]:
    files = dict(FILES)
    for name, old, new in edits:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
    return files


def found(folder: Path | None, files: dict[str, str], focus: frozenset[str] | None = None) -> list[Found]:
    cache = Cache(folder)
    read = Reader(cache, jobs=1).read_data(Path("/t"), {n: t.encode() for n, t in files.items()}, [])
    try:
        return run_checks(read, Config(), focus, cache=cache, jobs=1).found
    finally:
        cache.close()


def told(all_: list[Found]) -> list[tuple[str, str]]:
    return sorted((one.id, one.function) for one in all_)


WANTS, WANTS_TOO = ("VP208", "hop_done"), ("VP208", "hop_rest")


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        pytest.param([], [("net/hop_sa.c", "V_hop_n++;", "V_hop_n++;\n\tsa->seen = 1;")], [], id="a_statement"),
        pytest.param([], CALLS, [WANTS, WANTS_TOO], id="a_call_more_in_a_third_file"),
        pytest.param(CALLS, [], [], id="a_call_less"),
        pytest.param([], SUMS, [WANTS], id="a_macro_that_stands_for_state"),
        pytest.param(SUMS, [*SUMS, ("net/hop.h", "V_hop_all\tVNET(hop_all)", "V_hop_all\t0")], [], id="a_macro_that_means_a_number"),
        pytest.param(
            CALLS,
            [("net/hop_rest.c", "\tsa->refs++;\n", "\tCURVNET_SET(sa->vnet);\n\thop_free(sa);\n\tCURVNET_RESTORE();\n")],
            [],
            id="a_context_around_the_call",
        ),
        pytest.param(
            CALLS,
            [*CALLS, ("net/hop.c", "crp->crp_callback = hop_done;", "hop_done(crp);")],
            [],
            id="a_registration_less",
        ),
        pytest.param(
            CALLS,
            [*CALLS, ("net/hop_sa.c", "\tV_hop_n++;\n", "\tV_hop_n++;\n\thop_done(NULL);\n")],
            [WANTS, WANTS_TOO],
            id="a_caller_more_of_an_entry",
        ),
        pytest.param(
            [],
            [("net/hop_rest.c", "\tsa->refs++;\n", "\thop_through(sa);\n")],
            [],
            id="a_call_by_a_member_that_holds_nothing",
        ),
        pytest.param(
            [("net/hop_rest.c", "\tsa->refs++;\n", "\thop_through(sa);\n")],
            [
                ("net/hop_rest.c", "\tsa->refs++;\n", "\thop_through(sa);\n"),
                ("net/hop_sa.c", "\tV_hop_n++;\n", "\tV_hop_n++;\n\tsa->ops->hop_go = hop_free;\n"),
            ],
            [WANTS],
            id="a_function_stored_elsewhere",
        ),
        pytest.param(
            CALLS,
            [*CALLS, ("net/hop_sa.c", "\tif (--sa->refs == 0)\n\t\tV_hop_n--;\n", "\t--sa->refs;\n")],
            [],
            id="a_use_less",
        ),
        pytest.param(
            CALLS,
            [
                *CALLS,
                ("net/hop_sa.c", "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n", "static int hop_n;\n"),
                ("net/hop_sa.c", "V_hop_n++", "hop_n++"),
                ("net/hop_sa.c", "V_hop_n--", "hop_n--"),
            ],
            [],
            id="a_variable_that_all_stacks_share",
        ),
        pytest.param(
            CALLS,
            [("net/hop_rest.c", HEAD, HEAD + "/*\n * Some\n * lines.\n */\n"), *CALLS],
            [WANTS, WANTS_TOO],
            id="lines_that_move",
        ),
        pytest.param(
            CALLS,
            [*CALLS, ("net/hop_sa.c", "void\nhop_free(struct", "static void\nhop_free(struct")],
            [],
            id="a_function_that_others_cannot_call",
        ),
    ],
)  # fmt: skip
def test_an_edit_is_told_as_if_there_had_been_nothing_before(
    tmp_path: Path, before: Edits, after: Edits, ids: list[tuple[str, str]]
) -> None:
    found(tmp_path, edited(before))
    files = edited(after)
    once = found(tmp_path, files)
    assert [one for one in told(once) if one[0] == "VP208"] == ids
    assert once == found(None, files)
    assert found(tmp_path, files) == once
    for name in files:
        assert found(tmp_path, files, frozenset([name])) == [one for one in once if one.file == name]


LOCAL = {
    "VP204": "void\nhop_a(struct ifnet *ifp)\n{\n\n\tif (ifp != NULL)\n\t\tCURVNET_SET(ifp->if_vnet);\n}\n",
    "VP206": "VNET_DEFINE_STATIC(int, one);\n#define\tV_one\tVNET(one)\nstatic int *all;\n\n"
    "static void\nhop_b(void)\n{\n\n\tall = &V_one;\n}\n",
    "VP209": "VNET_DEFINE_STATIC(int, one);\n#define\tV_one\tVNET(one)\n\nvoid\nhop_c(struct ifnet *ifp)\n{\n\n\tif_free(ifp);\n"
    "\tCURVNET_SET(ifp->if_vnet);\n\tV_one--;\n\tCURVNET_RESTORE();\n}\n",
    "VP404": "VNET_DEFINE_STATIC(int, one);\n#define\tV_one\tVNET(one)\n\nstatic void\nhop_d(void *unused)\n{\n\n\tV_one = 3;\n}\n"
    "VNET_SYSINIT(hop_d, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_d, NULL);\n",
    "VP503": "/* VPORT-CONTEXT: which stack? */\n",
}


@pytest.mark.parametrize("id_", sorted(LOCAL))
def test_what_one_file_shows_comes_and_goes_with_its_text(tmp_path: Path, id_: str) -> None:
    without = {"net/a.c": HEAD, "net/b.c": HEAD}
    files = {**without, "net/a.c": HEAD + LOCAL[id_]}
    moved = {**files, "net/a.c": HEAD + "\n\n" + LOCAL[id_]}
    assert id_ not in [one.id for one in found(tmp_path, without)]
    first, again = found(tmp_path, files), found(tmp_path, files)
    assert id_ in [one.id for one in first]
    assert first == again == found(None, files)
    assert [one.line + 2 for one in first] == [one.line for one in found(tmp_path, moved)]
    assert id_ not in [one.id for one in found(tmp_path, without)]


class Around:
    """A tree as the store sees it."""

    def __init__(self, surroundings: bytes, **texts: bytes) -> None:
        self.surroundings = surroundings
        self.digests = texts


def noting(made: list[str]) -> Callable[[str], list[str]]:
    def make(file: str) -> list[str]:
        made.append(file)
        return [file.upper()]

    return make


def said(cache: Cache, around: Around, asked: object = ()) -> tuple[list[str], dict[str, list[str]], bytes]:
    made: list[str] = []
    values = Stored(cache, around).each("what", sorted(around.digests), list[str], noting(made), asked)
    return made, dict(values), values.digest


def test_only_other_texts_are_asked(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    made, values, digest = said(cache, Around(b"tree", a=b"1", b=b"2"))
    assert (made, values) == (["a", "b"], {"a": ["A"], "b": ["B"]})
    assert said(cache, Around(b"tree", a=b"1", b=b"2")) == ([], values, digest)
    assert said(cache, Around(b"tree", a=b"1", b=b"3")) == (["b"], values, digest)
    assert said(cache, Around(b"tree", a=b"1", b=b"2"))[0] == []


@pytest.mark.parametrize(
    ("around", "asked"),
    [(Around(b"other", a=b"1"), ()), (Around(b"tree", a=b"1"), ["more"]), (Around(b"tree", a=b"2"), ())],
)
def test_other_surroundings_questions_and_texts_are_others(tmp_path: Path, around: Around, asked: object) -> None:
    cache = Cache(tmp_path)
    said(cache, Around(b"tree", a=b"1"))
    assert said(cache, around, asked)[0] == ["a"]


def test_a_text_under_another_name_is_another(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    said(cache, Around(b"tree", a=b"1"))
    assert said(cache, Around(b"tree", b=b"1"))[:2] == (["b"], {"b": ["B"]})


def test_a_row_holds_many_files_and_survives_a_question_about_one(tmp_path: Path) -> None:
    cache, many = Cache(tmp_path), {f"n{i}": b"%d" % i for i in range(40)}
    assert len(said(cache, Around(b"tree", **many))[0]) == 40
    Stored(cache, Around(b"tree", **{**many, "n3": b"new"})).each("what", ["n3"], list[str], noting([]))
    assert said(cache, Around(b"tree", **many))[0] == []


def test_values_of_another_kind_are_made_anew(tmp_path: Path) -> None:
    cache, around = Cache(tmp_path), Around(b"tree", a=b"1")
    Stored(cache, around).each("what", ["a"], int, lambda file: 7)
    assert dict(Stored(cache, around).each("what", ["a"], list[str], lambda file: ["made"])) == {"a": ["made"]}
    assert Stored(cache, around).whole("one", int, lambda: 7) == 7
    assert Stored(cache, around).whole("one", list[str], lambda: ["made"]) == ["made"]


def test_one_value_of_the_tree_follows_from_its_surroundings(tmp_path: Path) -> None:
    cache, made = Cache(tmp_path), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [Stored(cache, Around(b"tree")).whole("n", int, make) for _ in range(2)] == [1, 1]
    assert Stored(cache, Around(b"tree")).whole("n", int, make, ["more"]) == 2
    assert Stored(cache, Around(b"other")).whole("n", int, make) == 3


def test_without_a_cache_all_is_made(tmp_path: Path) -> None:
    around = Around(b"tree", a=b"1")
    assert [said(Cache(None), around)[0] for _ in range(2)] == [["a"], ["a"]]
