"""`vport plan`: writes a plan, refreshes the one that is there, never loses it."""

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from commands.runner import Run, content, write_tree

SUMMARY = "Next: edit, or vport review t --decisions"


def entries(path: Path) -> list[dict[str, Any]]:
    return tomllib.loads(path.read_text(encoding="utf-8")).get("variable", [])


def keys(path: Path) -> list[tuple[str, str, str]]:
    return [(e["file"], e["function"], e["name"]) for e in entries(path)]


def test_written_here_unless_told(vport: Run, tree: Path, work: Path) -> None:
    done = vport("plan", "t")
    assert (done.code, done.raw) == (0, b"")
    assert done.talk.startswith("3 variables, ")
    assert SUMMARY in done.talk
    assert keys(work / "vport.toml") == [
        ("t/frob.c", "", "frob_ttl"),
        ("t/frob.c", "", "frob_count"),
        ("t/frob.c", "frob_input", "calls"),
    ]
    assert stat.S_IMODE((work / "vport.toml").stat().st_mode) == 0o644


def test_names_are_relative_to_the_plan(vport: Run, tree: Path, work: Path) -> None:
    (work / "plans").mkdir()
    vport("plan", "t", "-o", "plans/p.toml")
    assert {e["file"] for e in entries(work / "plans/p.toml")} == {"../t/frob.c"}
    assert vport("port", "t", "--plan", "plans/p.toml", "--asked-as", "share").code == 0


def test_plan_beside_the_tree_works_from_another_folder(
    vport: Run, tree: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vport("plan", "t", "-o", "t/vport.toml", "-q")
    (work.parent / "elsewhere").mkdir()
    monkeypatch.chdir(work.parent / "elsewhere")
    done = vport("port", tree, "--asked-as", "virtualize")
    assert "matches nothing" not in done.talk
    assert "diff --git a/frob.c b/frob.c" in done.text


def test_on_standard_output(vport: Run, tree: Path, work: Path) -> None:
    done = vport("plan", "t", "-o", "-")
    assert [e["name"] for e in tomllib.loads(done.text)["variable"]] == ["frob_ttl", "frob_count", "calls"]
    assert sorted(p.name for p in work.iterdir()) == ["t"]


def test_refresh_keeps_decisions_and_mode(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t")
    plan = work / "vport.toml"
    text = "# mine\n" + plan.read_text().replace('note = ""', 'note = "keep" # this')
    plan.write_text(text)
    plan.chmod(0o600)
    assert vport("plan", "t").code == 0
    assert plan.read_text() == text
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600


def test_new_and_gone_variables(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t")
    (tree / "user.c").write_text("int newcomer;\n")
    (tree / "frob_var.h").unlink()
    (tree / "frob.c").write_text("static int frob_ttl;\n")
    vport("plan", "t")
    assert [(e["name"], e.get("gone", False)) for e in entries(work / "vport.toml")] == [
        ("frob_ttl", False),
        ("frob_count", True),
        ("calls", True),
        ("newcomer", False),
    ]


def test_dialect_given_for_a_refresh(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t")
    vport("plan", "t", "--dialect", "freebsd-9")
    assert tomllib.loads((work / "vport.toml").read_text())["dialect"] == "freebsd-9"


@pytest.mark.parametrize("dialect", ["freebsd-13", "freebsd-9"])
def test_dialect_found_or_given(vport: Run, tree: Path, work: Path, dialect: str) -> None:
    from commands.runner import ROOT

    header = (ROOT / "runtime/include" / dialect / "net/vnet.h").read_bytes()
    write_tree(tree, {"net/vnet.h": header})
    assert f'dialect = "{dialect}"' in vport("plan", "t", "-o", "-").text
    assert 'dialect = "freebsd-9"' in vport("plan", "t", "-o", "-", "--dialect", "freebsd-9").text


def test_from_a_list(vport: Run, tree: Path, work: Path) -> None:
    (work / "names").write_bytes(
        b"# to virtualize\r\n\r\n  frob_ttl  # the ttl\r\nfrob_input.calls\r\nfrob_max\r\nnowhere\r\n"
    )
    done = vport("plan", "t", "--from-list", "names", "-o", "-")
    found = tomllib.loads(done.text)["variable"]
    assert [(e["name"], e["function"], e["decision"], e["why"]) for e in found] == [
        ("frob_ttl", "", "virtualize", ["named-in-list"]),
        ("calls", "frob_input", "virtualize", ["named-in-list"]),
    ]
    assert "names: nowhere: no mutable variable of this name was read" in done.talk
    assert "names: frob_max: no mutable variable" in done.talk


def test_from_a_list_on_standard_input(vport: Run, tree: Path) -> None:
    done = vport("plan", "t", "--from-list", "-", "-o", "-", stdin=b"frob_count\n")
    assert [e["name"] for e in tomllib.loads(done.text)["variable"]] == ["frob_count"]


def test_from_a_list_with_one_name_in_two_functions(vport: Run, work: Path) -> None:
    write_tree(
        work / "t", {"a.c": "int f(void) { static int n; return n++; }\nint g(void) { static int n; return n++; }\n"}
    )
    done = vport("plan", "t", "--from-list", "-", "-o", "-", stdin=b"f.n\ng.n\n")
    assert [e["function"] for e in tomllib.loads(done.text)["variable"]] == ["f", "g"]


def test_from_a_list_with_a_global_and_a_local_of_one_name(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "int n;\nint f(void) { static int n; return n++; }\n"})
    done = vport("plan", "t", "--from-list", "-", "-o", "-", stdin=b"n\nf.n\n")
    assert [e["function"] for e in tomllib.loads(done.text)["variable"]] == ["", "f"]


def test_from_a_list_that_names_every_file_s_static(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static int n;\n", "b.c": "static int n;\n"})
    done = vport("plan", "t", "--from-list", "-", "-o", "-", stdin=b"n\n")
    assert [e["file"] for e in tomllib.loads(done.text)["variable"]] == ["t/a.c", "t/b.c"]


@pytest.mark.parametrize("name", ["none", "t", "binary"])
def test_list_that_cannot_be_read(vport: Run, tree: Path, work: Path, name: str) -> None:
    (work / "binary").write_bytes(b"\xff\xfe")
    done = vport("plan", "t", "--from-list", name)
    assert done.code == 2
    assert f"vport: {name}: cannot be read" in done.talk
    assert not (work / "vport.toml").exists()


@pytest.mark.parametrize("broken", [b"not toml", b"version = 2\n", b"\xff", b"version = 1\nmine = 1\n"])
def test_plan_that_is_wrong_stays_as_it_is(vport: Run, tree: Path, work: Path, broken: bytes) -> None:
    (work / "vport.toml").write_bytes(broken)
    done = vport("plan", "t")
    assert done.code == 2
    assert done.talk.startswith("vport: vport.toml")
    assert (work / "vport.toml").read_bytes() == broken


@pytest.mark.parametrize("target", ["none/p.toml", "t/a.c/p.toml"])
def test_folder_of_the_plan_is_not_there(vport: Run, tree: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    (tree / "a.c").write_text("static int n;\n")
    monkeypatch.setattr("vport.commands.plan.read_tree", _refuse)  # it is told before any work
    done = vport("plan", "t", "-o", target)
    assert done.code == 2
    assert f"{target}: {Path(target).parent} is no folder; make it" in done.talk


def test_list_of_names_is_not_there(vport: Run, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vport.commands.plan.read_tree", _refuse)
    done = vport("plan", "t", "--from-list", "none")
    assert done.code == 2
    assert "none: cannot be read" in done.talk


def test_plan_is_a_folder(vport: Run, tree: Path) -> None:
    done = vport("plan", "t", "-o", "t")
    assert done.code == 2
    assert "t: cannot be read" in done.talk


def _refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_full_disk_keeps_the_old_plan(vport: Run, tree: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vport("plan", "t")
    before = (work / "vport.toml").read_bytes()
    (tree / "user.c").write_text("int newcomer;\n")
    with monkeypatch.context() as inner:
        inner.setattr(os, "replace", _refuse)
        done = vport("plan", "t")
    assert done.code == 2
    assert "cannot be written: No space left on device" in done.talk
    assert (work / "vport.toml").read_bytes() == before


def test_full_disk_leaves_nothing_beside_the_plan(
    vport: Run, tree: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as inner:
        inner.setattr(os, "replace", _refuse)
        vport("plan", "t")
    assert sorted(p.name for p in work.iterdir()) == ["t"]


def test_plan_that_is_a_link_out_of_the_tree(vport: Run, tree: Path, work: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("version = 1\n")
    (tree / "vport.toml").symlink_to(tmp_path / "mine")
    vport("plan", "t", "-o", "t/vport.toml")
    assert (tmp_path / "mine").read_text() == "version = 1\n"


def test_crlf_of_a_person_is_read(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t")
    plan = work / "vport.toml"
    plan.write_bytes(plan.read_bytes().replace(b"\n", b"\r\n"))
    assert vport("plan", "t").code == 0
    assert len(entries(plan)) == 3


def test_crlf_of_a_person_stays(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t")
    plan = work / "vport.toml"
    crlf = plan.read_bytes().replace(b"\n", b"\r\n")
    plan.write_bytes(crlf)
    vport("plan", "t")
    assert plan.read_bytes() == crlf


def test_tree_is_not_touched(vport: Run, tree: Path, work: Path) -> None:
    before = content(tree)
    vport("plan", "t")
    assert content(tree) == before


def test_file_that_cannot_be_read_means_exit_1_and_a_plan_of_the_rest(
    vport: Run, tree: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "user.c":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    with monkeypatch.context() as inner:
        inner.setattr(Path, "read_bytes", refuse)
        done = vport("plan", "t")
    assert done.code == 1
    assert "user.c: cannot be read: Permission denied" in done.talk
    assert len(entries(work / "vport.toml")) == 3


def test_the_last_line_counts_what_the_plan_leaves_open(vport: Run, tree: Path, work: Path) -> None:
    write_tree(work / "t", {"more.c": "static int frob_more;\nint m(void) { return (frob_more); }\n"})
    vport("plan", "t")
    plan = work / "vport.toml"
    plan.write_text(re.sub('decision = "[a-z]+"', 'decision = "share"', plan.read_text()))
    assert ", 0 to be settled by a person." in vport("plan", "t").talk
    plan.write_text(plan.read_text().replace('decision = "share"', 'decision = "ask"', 2))
    done = vport("plan", "t")
    assert ", 2 to be settled by a person." in done.talk
    assert done.talk.endswith("Next: edit, or vport review t --decisions\n")
