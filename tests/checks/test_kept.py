"""Results of modules that are kept: used again while they are true, and never when something they rest on changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from vport.cache import Cache
from vport.check import run_checks
from vport.checks import explored
from vport.checks.config import read_config
from vport.checks.found import Found
from vport.read import Reader

HEAD = "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <net/vnet.h>\n#include <net/far.h>\n\n"
HOP = (
    HEAD
    + "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\nstatic struct callout hop_callout;\n\n"
    + "static void\nhop_tick(void *arg __unused)\n{\n\n\tfar_note(1);\n}\n\n"
    + "static int\nhop_set(struct vnet *vnet)\n{\n\n\tCURVNET_SET(vnet);\n\tV_hop_n = FAR_STEP;\n\tCURVNET_RESTORE();\n"
    + "\treturn (0);\n}\n\n"
    + "static void\nhop_start(void *unused __unused)\n{\n\n\tcallout_init(&hop_callout, 1);\n"
    + "\tcallout_reset(&hop_callout, hz, hop_tick, NULL);\n}\n"
    + "SYSINIT(hop_start, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, hop_start, NULL);\n"
)
FAR = (
    HEAD
    + 'VNET_DEFINE(int, far_n);\n\nvoid\nfar_note(int n)\n{\n\n\tprintf("%d\\n", n);\n}\n\n'
    + "void\nfar_other(void)\n{\n\n\tfar_note(2);\n}\n"
)
FILES = {
    "net/hop.c": HOP,
    "far/far.c": FAR,
    "net/far.h": "VNET_DECLARE(int, far_n);\n#define\tV_far_n\tVNET(far_n)\n#define\tFAR_STEP\t1\nvoid far_note(int);\n",
}


class Tree:
    """A tree that is checked again and again with one cache."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.made: list[str] = []
        before = explored._explored

        def noted(job: explored.Workplace, kept: explored.Kept, cache: Cache, task: explored.Task) -> bytes:
            self.made.append(task.name)
            return before(job, kept, cache, task)

        monkeypatch.setattr(explored, "_explored", noted)

    def check(self, files: Mapping[str, str], **table: object) -> tuple[list[str], list[Found]]:
        """Modules whose models were made, and what was found, which a check without a cache must find, too."""
        data = {name: text.encode() for name, text in files.items()}
        config = read_config(table, "vport.toml")
        cache = Cache(self.folder)
        self.made.clear()
        found = run_checks(Reader(cache).read_data(Path("/t"), data, []), config, cache=cache).found
        cache.close()
        made = sorted(self.made)
        anew = run_checks(Reader(Cache(None)).read_data(Path("/t"), data, []), config).found
        assert found == anew
        return made, found


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path, monkeypatch)


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[file]
    return {**FILES, file: FILES[file].replace(old, new)}


def test_nothing_is_made_again_when_nothing_changed(tree: Tree) -> None:
    assert tree.check(FILES)[0] == ["far", "hop"]
    assert tree.check(FILES)[0] == []


@pytest.mark.parametrize(
    "files",
    [
        changed("far/far.c", "\tfar_note(2);\n", "\tfar_note(3);\n\tfar_note(4);\n"),
        changed("far/far.c", "\tfar_note(2);\n", "\t/* two */\n\tfar_note(2);\n"),
    ],
)
def test_a_body_elsewhere_that_changes_nothing_for_others(tree: Tree, files: dict[str, str]) -> None:
    tree.check(FILES)
    assert tree.check(files)[0] == ["far"]


def test_a_function_elsewhere_comes_to_need_a_stack(tree: Tree) -> None:
    assert "VP203" not in {one.id for one in tree.check(FILES)[1]}
    made, found = tree.check(changed("far/far.c", "\tprintf(", "\tV_far_n++;\n\tprintf("))
    assert made == ["far", "hop"] and "VP203" in {one.id for one in found}
    assert "VP203" not in {one.id for one in tree.check(FILES)[1]}


@pytest.mark.parametrize(
    "files",
    [
        changed("net/far.h", "FAR_STEP\t1", "FAR_STEP\tV_far_n"),
        changed("net/hop.c", "\tCURVNET_RESTORE();\n", ""),
        changed("far/far.c", "VNET_DEFINE(int, far_n);", "VNET_DEFINE(long, far_n);"),
        changed("far/far.c", "\tfar_note(2);\n", "\tfar_note(2);\n\thop_tick(NULL);\n"),
        changed("far/far.c", "void\nfar_other", "int far_more;\n\nvoid\nfar_other"),
        {**FILES, "far/new.c": "void\nhop_help(void)\n{\n}\n"},
        {name: text for name, text in FILES.items() if name != "far/far.c"},
    ],
)
def test_what_a_result_rests_on_changed(tree: Tree, files: dict[str, str]) -> None:
    tree.check(FILES)
    tree.check(files)
    assert tree.check(files)[0] == []
    tree.check(FILES)


def test_a_handler_that_another_file_defines(tree: Tree) -> None:
    lent = HOP.replace(
        "hop_start, NULL);", "hop_start, NULL);\nSYSINIT(hop_more, SI_SUB_PROTO_DOMAIN, 1, far_late, 0);"
    )
    body = '\nvoid\nfar_late(void *unused)\n{\n\n\tprintf("late\\n");\n}\n'
    files = {**FILES, "net/hop.c": lent, "far/far.c": FAR + body}
    tree.check(files)
    assert tree.check({**files, "far/far.c": FAR + body.replace("\tprintf", "\tCURVNET_SET(vnet0);\n\tprintf")})[1]


def test_settings_count(tree: Tree) -> None:
    tree.check(FILES)
    entries = {"acme": {"context": "none", "calls": {"acme_on": {"handler": 0}}}}
    assert tree.check(FILES, entries=entries)[0] == ["far", "hop"]
    assert tree.check(FILES, severity={"VP1": "off"})[0] == []


EDITS = (
    ("net/hop.c", "\tfar_note(1);\n", "\tfar_note(1);\n\tfar_other();\n"),
    ("net/hop.c", "\tV_hop_n = FAR_STEP;\n", "\tV_hop_n = FAR_STEP;\n\tif (vnet == NULL)\n\t\treturn (1);\n"),
    ("net/hop.c", "\tfar_other();\n", ""),
    ("net/hop.c", "static struct callout hop_callout;\n", "static struct callout hop_callout;\nstatic int hop_all;\n"),
    ("net/hop.c", "\tfar_note(1);\n", "#define\tHOP_NOTE\tV_hop_n++\n\tHOP_NOTE;\n"),
    ("net/hop.c", "\tV_hop_n++", "\tfar_note(1)"),
    ("far/far.c", "\tfar_note(2);\n", "\tstatic int far_calls;\n\n\tfar_calls++;\n"),
    ("net/hop.c", "static int\nhop_set", "/* sets */\n\nstatic int\nhop_set"),
    ("net/far.h", "FAR_STEP\t1", "FAR_STEP\tV_far_n"),
    ("net/hop.c", "\tCURVNET_RESTORE();\n", ""),
    ("net/hop.c", "VNET_DEFINE_STATIC(int, hop_n);", "static int hop_n;"),
    ("far/far.c", "\tprintf(", "\tCURVNET_SET(vnet0);\n\tprintf("),
)


def test_edits_one_after_another(tree: Tree) -> None:
    files, said = dict(FILES), [tree.check(FILES)[1]]
    for file, old, new in EDITS:
        assert old in files[file]
        files[file] = files[file].replace(old, new, 1)
        said.append(tree.check(files)[1])
    assert len({tuple(found) for found in said}) > len(EDITS) // 2
    assert tree.check(FILES)[1] == said[0]


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("\tfar_note(1);\n", "\t/* note */\n\n\tfar_note(1);\n", False),
        ("\tfar_note(1);\n", "\tif (0)\n\t\t(void)0;\n\tfar_note(1);\n", False),
        ("\tfar_note(1);\n", "\tfar_note(2);\n", True),
        ("\tCURVNET_RESTORE();\n", "", True),
    ],
)
def test_a_module_whose_lines_moved_is_not_explored_again(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, old: str, new: str, again: bool
) -> None:
    tree.check(FILES)
    lived: list[str] = []
    before = explored._parts
    monkeypatch.setattr(
        explored, "_parts", lambda job, task, model: lived.append(task.name) or before(job, task, model)
    )
    files = changed("net/hop.c", old, new)
    cache = Cache(tree.folder)
    run_checks(Reader(cache).read_data(Path("/t"), {n: t.encode() for n, t in files.items()}, []), cache=cache)
    cache.close()
    assert lived == (["hop"] if again else [])
    tree.check(files)


def test_spoilt_rows_are_no_results(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.check(FILES)
    before = Cache.get
    monkeypatch.setattr(Cache, "get", lambda self, keys: {k: v[:-1] for k, v in before(self, keys).items()})
    assert tree.check(FILES)[0] == ["far", "hop"]
