"""`vport upgrade`: its options, what it prints, and its exit codes."""

from pathlib import Path

from commands.runner import ROOT, Run, content, write_tree
from vport.dialect import HISTORY

OLD = "static VNET_DEFINE(int, frob_n);\n#define\tV_frob_n\t\tVNET(frob_n)\n"
NEW = OLD.replace("static VNET_DEFINE", "VNET_DEFINE_STATIC")


def test_list(vport: Run, work: Path) -> None:
    done = vport("upgrade", "--list")
    assert (done.code, [line.split()[0] for line in done.text.splitlines()]) == (0, list(HISTORY))


def test_diff_is_the_default_and_changes_nothing(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": OLD, "b.c": "int n;\n"})
    done = vport("upgrade", ".", "--to", "freebsd-13")
    assert done.code == 0
    assert done.text.splitlines()[:3] == ["diff --git a/a.c b/a.c", "--- a/a.c", "+++ b/a.c"]
    assert "-static VNET_DEFINE(int, frob_n);\n+VNET_DEFINE_STATIC(int, frob_n);\n" in done.text
    assert "1 file in the diff, 0 places left to you." in done.talk
    assert content(work)["a.c"] == OLD.encode()


def test_write_then_nothing_is_left_to_do(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": OLD})
    assert vport("upgrade", ".", "--to", "freebsd-13", "--check").code == 1
    assert vport("upgrade", ".", "--to", "freebsd-13", "--write").code == 0
    assert content(work) == {"a.c": NEW.encode()}
    done = vport("upgrade", ".", "--to", "freebsd-13", "--check", "--quiet")
    assert (done.code, done.text, done.talk) == (0, "", "")


def test_explain(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": OLD})
    said = vport("upgrade", ".", "--to", "freebsd-13", "--check", "--explain").talk
    assert "a.c:1: definitions: VNET_DEFINE_STATIC says that it is static" in said


def test_what_is_left_makes_the_exit_code_1(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": "\nVNET_SYSINIT(f, SI_SUB_SMP, SI_ORDER_ANY, f, NULL);\n"})
    done = vport("upgrade", ".", "--to", "freebsd-13")
    assert (done.code, done.text) == (1, "")
    assert "a.c:2: left to you: VNET_SYSINIT(f) is at SI_SUB_SMP" in done.talk
    assert "[constructor-range]" in done.talk


def test_headers_tell_what_the_tree_speaks(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": OLD})
    said = vport("upgrade", ".", ROOT / "runtime" / "include" / "freebsd-9", "--to", "freebsd-13", "--check").talk
    assert "the tree speaks freebsd-9: " in said


def test_a_form_that_nothing_tells_is_asked_for(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": "#define\tV_frob_n\tfrob_n\nint frob_n;\n"})
    done = vport("upgrade", ".", "--to", "vimage-structs")
    assert done.code == 2
    assert "name the folder of its headers (sys/vimage.h, net/vnet.h) as well, or say it with --from" in done.talk
    assert vport("upgrade", ".", "--to", "vimage-structs", "--from", "vimage-2008").code != 2
    assert "is no later" in vport("upgrade", ".", "--to", "vimage-structs", "--from", "freebsd-9").talk


def test_usage(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": OLD})
    assert "--to is missing" in vport("upgrade", ".").talk
    assert vport("upgrade", ".").code == 2
    back = vport("upgrade", ".", "--from", "freebsd-13", "--to", "vimage-structs")
    assert back.code == 2
    assert "take the port out with `vport upgrade --to plain`" in back.talk
    assert vport("upgrade", "-", "--to", "plain", "--write", stdin=OLD.encode()).code == 2


def test_standard_input(vport: Run, work: Path) -> None:
    done = vport("upgrade", "-", "--to", "freebsd-13", stdin=OLD.encode())
    assert done.code == 0
    assert "+VNET_DEFINE_STATIC(int, frob_n);" in done.text
