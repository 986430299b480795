"""`vport port`: one diff, or all files or none; what it does not do it says."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.runner import ROOT, Run, content, environment, run_apart, write_tree
from vport.passes import LIFE
from vport.passes import NAMES as PASSES


def added(diff: str) -> list[str]:
    return [line[1:] for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]


def removed(diff: str) -> list[str]:
    return [line[1:] for line in diff.splitlines() if line.startswith("-") and not line.startswith("---")]


def git_apply(folder: Path, diff: bytes) -> None:
    done = subprocess.run(["git", "apply"], cwd=folder, input=diff, capture_output=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def plain(tree: Path, plan: Path) -> Iterator[Path]:
    """A tree that a run must not touch."""
    before = content(tree)
    yield tree
    assert content(tree) == before


def test_diff_is_the_default(vport: Run, plain: Path) -> None:
    done = vport("port", "t")
    assert done.code == 0
    assert "VNET_DEFINE_STATIC(int, frob_ttl) = 7;" in added(done.text)
    assert "\treturn (V_frob_count);" in added(done.text)
    assert re.findall(r"^\+\+\+ (.*)$", done.text, re.MULTILINE) == ["b/t/frob.c", "b/t/frob_var.h", "b/t/user.c"]
    assert (
        done.talk
        == "2 variables virtualized, 3 files in the diff, 0 variables refused, 0 not in the plan and left alone.  "
        "Next: run again with --write, or pipe the diff into git apply\n"
    )
    assert vport("port", "t", "--diff") == done


def test_git_apply_gives_what_write_gives(vport: Run, tree: Path, plan: Path, work: Path) -> None:
    diff = vport("port", "t").raw
    write_tree(work / "other", content(work))
    git_apply(work / "other", diff)
    assert vport("port", "t", "--write").code == 0
    assert content(work / "other" / "t") == content(tree)


def test_git_apply_from_a_folder_in_a_work_tree(vport: Run, tree: Path, plan: Path, work: Path) -> None:
    subprocess.run(["git", "init", "-q", str(work.parent)], env=environment(), check=True)
    git_apply(work, vport("port", "t", "--untracked").raw)
    assert b"V_frob_ttl" in (tree / "frob.c").read_bytes()


def test_second_write_changes_nothing(vport: Run, tree: Path, plan: Path) -> None:
    first = vport("port", "t", "--write")
    assert (first.code, first.raw) == (0, b"")
    assert "2 variables virtualized, 3 files changed" in first.talk
    after = content(tree)
    second = vport("port", "t", "--write")
    assert second.code == 0
    assert ", 0 files changed," in second.talk
    assert vport("port", "t").raw == b""
    assert content(tree) == after


def test_write_leaves_nothing_beside_the_files(vport: Run, tree: Path, plan: Path) -> None:
    names = set(content(tree))
    vport("port", "t", "--write")
    assert set(content(tree)) == names


def test_check(vport: Run, tree: Path, plan: Path) -> None:
    before = content(tree)
    done = vport("port", "t", "--check")
    assert done.code == 1
    assert done.text.splitlines() == ["would change frob.c", "would change frob_var.h", "would change user.c"]
    assert content(tree) == before
    vport("port", "t", "--write")
    done = vport("port", "t", "--check")
    assert (done.code, done.raw) == (0, b"")


@pytest.mark.parametrize("name", list(PASSES))
def test_only_one_pass(vport: Run, plain: Path, name: str) -> None:
    done = vport("port", "t", "--only", name, "--explain")
    ran = set(re.findall(r"^\S+:\d+: ([\w-]+): ", done.talk, re.MULTILINE))
    assert ran <= {name}
    assert bool(ran) == bool(done.raw)


@pytest.mark.parametrize("name", list(PASSES))
def test_all_but_one_pass(vport: Run, plain: Path, name: str) -> None:
    done = vport("port", "t", "--skip", name, "--explain")
    assert name not in re.findall(r"^\S+:\d+: ([\w-]+): ", done.talk, re.MULTILINE)
    assert done.raw


def test_passes_add_up(vport: Run, plain: Path) -> None:
    explained = {name: vport("port", "t", "--only", name, "--explain", "-q").talk.splitlines() for name in PASSES}
    whole = vport("port", "t", "--explain", "-q").talk.splitlines()
    assert sorted(line for lines in explained.values() for line in lines) == sorted(whole)


def test_only_and_skip_of_one_pass_leave_nothing(vport: Run, plain: Path) -> None:
    done = vport("port", "t", "--only", "uses", "--skip", "uses")
    assert (done.code, done.raw) == (0, b"")


def test_unknown_pass(vport: Run, plain: Path) -> None:
    done = vport("port", "t", "--only", "everything")
    assert done.code == 2
    assert "accessors" in done.talk


def test_explain_gives_place_pass_and_reason_of_each_edit(vport: Run, plain: Path) -> None:
    done = vport("port", "t", "--explain", "-q")
    lines = done.talk.splitlines()
    assert all(re.fullmatch(r"[\w.]+:\d+: [\w-]+: \S.*", line) for line in lines)
    assert any(line.startswith("frob.c:5: definitions: ") for line in lines)
    assert any(line.startswith("user.c:6: uses: ") for line in lines)
    assert done.raw == vport("port", "t").raw


def test_stats(vport: Run, plain: Path) -> None:
    done = vport("port", "t", "--stats", "-q", "--no-life")
    files, edits, seconds = done.talk.splitlines()
    assert files == "files: 3 read, 3 changed"
    assert [part.split()[1] for part in edits.removeprefix("edits: ").split(", ")] == [
        n for n in PASSES if n not in LIFE
    ]
    assert seconds.startswith("seconds: read 0.")
    assert all((f"pass {name} " in seconds) == (name not in LIFE) for name in PASSES)


def test_stats_count_lines_that_a_port_broke(vport: Run) -> None:
    module = ROOT / "fixtures" / "modules" / "stats"
    done = vport("port", module / "input", "--plan", module / "vport.toml", "--stats", "-q")
    assert " continuations" in done.talk and " lifecycle" in done.talk


def test_stops_while_something_is_to_be_decided(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(plan.read_text().replace('"virtualize"', '"ask"', 1))
    done = vport("port", "t")
    assert (done.code, done.raw) == (2, b"")
    assert "1 variable still to be decided" in done.talk
    assert "  vport.toml:4: frob_ttl (t/frob.c)" in done.talk
    assert "--asked-as share|virtualize" in done.talk


def test_stops_before_it_writes(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(plan.read_text().replace('"virtualize"', '"ask"', 1))
    assert vport("port", "t", "--write").code == 2


@pytest.mark.parametrize(("choice", "ported"), [("share", False), ("virtualize", True)])
def test_asked_as(vport: Run, plain: Path, plan: Path, choice: str, ported: bool) -> None:
    plan.write_text(plan.read_text().replace('"virtualize"', '"ask"', 1))
    done = vport("port", "t", "--asked-as", choice)
    assert done.code == 0
    assert ("VNET_DEFINE_STATIC(int, frob_ttl) = 7;" in added(done.text)) is ported


def test_many_undecided_are_counted(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "".join(f"int v{i};\n" for i in range(50))})
    plan = "version = 1\n" + "".join(
        f'[[variable]]\nname = "v{i}"\nfile = "t/a.c"\ndecision = "ask"\n' for i in range(50)
    )
    (work / "vport.toml").write_text(plan)
    done = vport("port", "t")
    assert "50 variables still to be decided" in done.talk
    assert "... and 10 more" in done.talk


def test_state_that_the_plan_does_not_name_is_left_alone_and_counted(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text("version = 1\n")
    done = vport("port", "t")
    assert (done.code, done.raw) == (0, b"")
    assert "3 not in the plan and left alone" in done.talk


def test_entry_that_matches_nothing(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(
        plan.read_text() + '\n[[variable]]\nname = "lost"\nfile = "t/frob.c"\nfunction = "f"\ndecision = "share"\n'
    )
    done = vport("port", "t")
    assert done.code == 1
    assert "vport.toml:20: lost (t/frob.c, function f) matches nothing that was read; refresh the plan" in done.talk
    assert done.raw


def test_noop_entry_that_is_marked_as_gone(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(
        plan.read_text() + '\n[[variable]]\nname = "lost"\nfile = "t/frob.c"\ndecision = "share"\ngone = true\n'
    )
    assert vport("port", "t").code == 0


def test_name_that_stands_twice(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(plan.read_text() + '\n[[variable]]\nname = "frob_ttl"\nfile = "t/frob.c"\ndecision = "share"\n')
    done = vport("port", "t")
    assert done.code == 1
    assert "vport.toml:20: frob_ttl (t/frob.c) stands in the plan twice; the first entry counts" in done.talk
    assert "VNET_DEFINE_STATIC(int, frob_ttl) = 7;" in added(done.text)


def test_file_changed_since_the_plan(vport: Run, tree: Path, work: Path) -> None:
    vport("plan", "t", "-q")
    (tree / "frob.c").write_bytes((tree / "frob.c").read_bytes() + b"\n")
    done = vport("port", "t", "--asked-as", "share")
    assert done.code == 0
    assert "vport.toml: frob.c changed since the plan was made; refresh it with `vport plan`" in done.talk


def test_plan_for_another_tree(vport: Run, plain: Path, work: Path) -> None:
    write_tree(work / "u", {"x.c": "int x;\n"})
    done = vport("port", "u")
    assert (done.code, done.raw) == (1, b"")
    assert done.talk.count("matches nothing that was read") == 3


def test_one_symbol_decided_both_ways(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "int n;\n", "b.c": "int n;\n"})
    text = 'version = 1\n[[variable]]\nname = "n"\nfile = "t/a.c"\ndecision = "virtualize"\n'
    (work / "vport.toml").write_text(
        text + text.replace("version = 1\n", "").replace("a.c", "b.c").replace("virtualize", "share")
    )
    done = vport("port", "t")
    assert (done.code, done.raw) == (2, b"")
    assert "vport.toml:6: n is one symbol, defined in a.c and b.c, and decided both ways" in done.talk


def test_definitions_in_every_branch(vport: Run, work: Path) -> None:
    write_tree(
        work / "t",
        {"a.c": "#ifdef X\nstatic int n = 1;\n#else\nstatic int n = 2;\n#endif\nint f(void) { return n; }\n"},
    )
    (work / "vport.toml").write_text('version = 1\n[[variable]]\nname = "n"\nfile = "t/a.c"\ndecision = "virtualize"\n')
    lines = added(vport("port", "t").text)
    assert "VNET_DEFINE_STATIC(int, n) = 1;" in lines
    assert "VNET_DEFINE_STATIC(int, n) = 2;" in lines


def test_refused_variable_is_a_finding_and_exit_1(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static void *p = &p;\nstatic int n;\n"})
    text = "".join(f'[[variable]]\nname = "{n}"\nfile = "t/a.c"\ndecision = "virtualize"\n' for n in "pn")
    (work / "vport.toml").write_text("version = 1\n" + text)
    done = vport("port", "t", "--no-life")
    assert done.code == 1
    assert "a.c:1: self-referential-initializer: p holds its own address" in done.talk
    assert "1 variable virtualized, 1 file in the diff, 1 variable refused" in done.talk
    assert "static void *p = &p;" not in removed(done.text)


@pytest.mark.parametrize(
    ("given", "line"),
    [("freebsd-13", "VNET_DEFINE_STATIC(int, frob_ttl) = 7;"), ("freebsd-9", "static VNET_DEFINE(int, frob_ttl) = 7;")],
)
def test_dialect_given(vport: Run, plain: Path, given: str, line: str) -> None:
    assert line in added(vport("port", "t", "--dialect", given).text)


def test_dialect_of_the_plan(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(plan.read_text().replace("freebsd-13", "freebsd-9"))
    assert "static VNET_DEFINE(int, frob_ttl) = 7;" in added(vport("port", "t").text)


def test_dialect_of_the_tree(vport: Run, tree: Path, plan: Path) -> None:
    from commands.runner import ROOT

    plan.write_text(plan.read_text().replace('dialect = "freebsd-13"\n', ""))
    write_tree(tree, {"net/vnet.h": (ROOT / "runtime/include/freebsd-9/net/vnet.h").read_bytes()})
    assert "static VNET_DEFINE(int, frob_ttl) = 7;" in added(vport("port", "t").text)


def test_dialect_that_nobody_knows(vport: Run, plain: Path, plan: Path) -> None:
    plan.write_text(plan.read_text().replace("freebsd-13", "linux"))
    done = vport("port", "t")
    assert (done.code, done.raw) == (2, b"")
    assert "unknown dialect 'linux'" in done.talk


def test_no_plan(vport: Run, tree: Path) -> None:
    done = vport("port", "t")
    assert done.code == 2
    assert "no plan: make one with `vport plan PATH`" in done.talk


def test_plan_beside_the_tree(vport: Run, plain: Path, plan: Path) -> None:
    text = plan.read_text().replace("t/", "")
    plan.unlink()
    (plain / "vport.toml").write_text(text)
    done = vport("port", "t")
    (plain / "vport.toml").unlink()
    assert done.code == 0
    assert "+++ b/t/frob.c" in done.text


def test_plan_on_standard_input(vport: Run, plain: Path, plan: Path) -> None:
    assert vport("port", "t", "--plan", "-", stdin=plan.read_bytes()) == vport("port", "t")


def test_source_on_standard_input(vport: Run, work: Path) -> None:
    (work / "p").write_text('version = 1\n[[variable]]\nname = "n"\nfile = "stdin.c"\ndecision = "virtualize"\n')
    done = vport("port", "-", "--plan", "p", stdin=b"static int n;\n")
    assert "VNET_DEFINE_STATIC(int, n);" in added(done.text)


def test_source_and_plan_both_on_standard_input(vport: Run, plan: Path) -> None:
    assert vport("port", "-", "--plan", "-", stdin=plan.read_bytes()).code == 2


def test_standard_input_cannot_be_written(vport: Run, work: Path) -> None:
    write_tree(work, {"stdin.c": "static int n;\n"})
    (work / "p").write_text('version = 1\n[[variable]]\nname = "n"\nfile = "stdin.c"\ndecision = "virtualize"\n')
    assert vport("port", "-", "--plan", "p", "--write", stdin=b"static int n;\n").code == 2
    assert (work / "stdin.c").read_bytes() == b"static int n;\n"


def test_plan_on_standard_input_that_is_no_utf_8(vport: Run, plain: Path) -> None:
    assert vport("port", "t", "--plan", "-", stdin=b"version = 1 # \xff\n").code == 2


def test_tree_outside_this_folder(
    vport: Run, tree: Path, plan: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "elsewhere").mkdir()
    monkeypatch.chdir(work / "elsewhere")
    done = vport("port", "../t", "--plan", "../vport.toml")
    assert "+++ b/frob.c" in done.text
    git_apply(tree, done.raw)


def test_read_only_target_stops_all(vport: Run, plain: Path) -> None:
    (plain / "user.c").chmod(0o444)
    done = vport("port", "t", "--write")
    assert done.code == 2
    assert "user.c: read-only; nothing was written" in done.talk


def test_full_disk_stops_all(vport: Run, tree: Path, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(tree)
    calls: list[Path] = []

    def replace(self: Path, target: Path, real: object = Path.replace) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)  # type: ignore[operator, no-any-return]

    with monkeypatch.context() as inner:
        inner.setattr(Path, "replace", replace)
        done = vport("port", "t", "--write")
    assert done.code == 2
    assert "No space left on device; nothing was written" in done.talk
    assert content(tree) == before


def test_run_after_one_that_died_starts_from_the_old_texts(vport: Run, tree: Path, plan: Path) -> None:
    before, dead = content(tree), 2**22 + 1
    vport("port", "t", "--write", "-q")
    after = content(tree)
    write_tree(tree, {f".{name}.{dead}.vport-old": before[name] for name in ("frob.c", "user.c")})
    write_tree(tree, {".vport-journal.json": json.dumps({"pid": dead, "files": ["frob.c", "user.c"]})})
    (tree / "frob_var.h").write_bytes(before["frob_var.h"])
    done = vport("port", "t", "--write")
    assert "an earlier run died while it wrote; 2 files hold their old text again" in done.talk
    assert done.code == 0
    assert content(tree) == after


def test_half_written_tree_is_told_without_write(vport: Run, tree: Path, plan: Path) -> None:
    write_tree(tree, {".vport-journal.json": json.dumps({"pid": 2**22 + 1, "files": ["frob.c"]})})
    assert "died" in vport("port", "t").talk


def test_two_writes_at_once(tree: Path, plan: Path, vport: Run) -> None:
    wanted = dict(content(tree))
    diff = vport("port", "t").raw
    running = [
        subprocess.Popen(
            [*_command(), "port", "t", "--write"],
            cwd=tree.parent,
            env=environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    talk = [process.communicate(timeout=60)[1].decode() for process in running]
    assert all(p.returncode in (0, 2) for p in running), talk
    assert "internal fault" not in "".join(talk)
    now = {k: v for k, v in content(tree).items() if not k.startswith(".")}
    write_tree(tree.parent / "other" / "t", wanted)
    git_apply(tree.parent / "other", diff)
    assert now in (wanted, content(tree.parent / "other" / "t"))


def _command() -> list[str]:
    from commands.runner import command

    return command()


def test_bytes_outside_the_edits_stay(vport: Run, work: Path) -> None:
    before = b"/* \xff\xfe caf\xe9 \xc3\xa9 */\r\nstatic int n = 1;\t \x0c\r\n"
    before += b'char s[] = "\xe9";\r\nint f(void) { return n; } /* \x80 */'
    write_tree(work / "t", {"a.c": before})
    (work / "vport.toml").write_text('version = 1\n[[variable]]\nname = "n"\nfile = "t/a.c"\ndecision = "virtualize"\n')
    assert vport("port", "t", "--write").code == 0
    after = (work / "t/a.c").read_bytes()
    assert b"/* \xff\xfe caf\xe9 \xc3\xa9 */\r\n" in after
    assert b"VNET_DEFINE_STATIC(int, n) = 1;\t \x0c\r\n" in after
    assert b'char s[] = "\xe9";\r\nint f(void) { return V_n; } /* \x80 */' in after
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize("name", ["with space.c", "-x.c", "new\nline.c", "größe.c", "'quote\".c", "a\tb.c"])
def test_any_file_name(vport: Run, work: Path, name: str) -> None:
    write_tree(work / "t", {name: "static int frob_n;\nint f(void) { return frob_n; }\n"})
    assert vport("plan", "t", "--from-list", "-", stdin=b"frob_n").code == 0
    diff = vport("port", "t")
    assert diff.code == 0
    write_tree(work / "other", content(work))
    git_apply(work / "other", diff.raw)
    assert vport("port", "t", "--write").code == 0
    assert (
        content(work / "t")
        == content(work / "other" / "t")
        != {name: b"static int frob_n;\nint f(void) { return frob_n; }\n"}
    )


def test_file_name_that_is_no_utf_8(vport: Run, work: Path) -> None:
    name = os.fsdecode(b"\xff.c")
    write_tree(work / "t", {name: "static int frob_n;\n"})
    vport("plan", "t", "--from-list", "-", stdin=b"frob_n")
    assert vport("port", "t", "--write").code == 0


def test_nothing_but_the_diff_on_standard_output(tree: Path, plan: Path) -> None:
    done = run_apart("port", "t", "--explain", "--stats", cwd=tree.parent)
    assert done.raw.startswith(b"diff --git a/t/frob.c b/t/frob.c\n")
    assert b"\x1b" not in done.raw
    assert "\x1b" not in done.talk
    git_apply(tree.parent, done.raw)


LONG = "struct frob_with_a_very_long_name_of_its_type"


def test_long_definition_whose_bounds_hold_a_comma(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": f"static {LONG} frob_table_with_long_name[MAX(A, B)];\n"})
    vport("plan", "t", "--from-list", "-", stdin=b"frob_table_with_long_name")
    assert vport("port", "t").code == 0


def test_function_pointer_with_a_const_typedef_parameter(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static int (*frob_cb)(const frob_t);\n"})
    vport("plan", "t", "--from-list", "-", stdin=b"frob_cb")
    assert "const int frob_t" not in vport("port", "t").text


def test_use_in_text_that_cannot_be_read_is_told(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static int frob_n;\nint f(void) { return frob_n; }\nint g(void)\n{\n{ frob_n++;\n"})
    vport("plan", "t", "--from-list", "-", stdin=b"frob_n")
    done = vport("port", "t")
    assert done.code == 1
    assert "a.c:5: " in done.talk


def test_link_inside_the_tree(vport: Run, tree: Path, plan: Path, work: Path) -> None:
    (tree / "link.c").symlink_to("user.c")
    assert vport("port", "t", "--write").code == 0
    assert (tree / "link.c").is_symlink()


def test_plan_of_another_tree_says_so_once(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "int other;\n"})
    entries = "".join(f'[[variable]]\nname = "v{i}"\nfile = "x/a.c"\ndecision = "share"\n' for i in range(50))
    (work / "vport.toml").write_text("version = 1\n" + entries)
    done = vport("port", "t")
    assert (done.code, done.raw) == (1, b"")
    assert done.talk.count("matches nothing that was read") == 20
    assert "vport.toml: ... and 30 more entries that match nothing" in done.talk
    assert "vport.toml: no entry matches; it is the plan of another tree" in done.talk


def test_noop_plan_of_this_tree_with_an_entry_too_many(vport: Run, tree: Path, plan: Path) -> None:
    plan.write_text(plan.read_text() + '[[variable]]\nname = "gone"\nfile = "t/frob.c"\ndecision = "share"\n')
    assert "no entry matches" not in vport("port", "t").talk


def test_diff_of_a_tree_with_links_inside_is_applied_by_git(vport: Run, tree: Path, plan: Path, work: Path) -> None:
    (tree / "again.c").symlink_to("frob.c")
    done = vport("port", "t")
    assert "again.c: skipped: a link to frob.c, which is read by that name" in done.talk
    subprocess.run(["git", "apply"], cwd=work, input=done.raw, env=environment(), check=True)
    assert (tree / "again.c").is_symlink()
    assert vport("port", "t").raw == b""
