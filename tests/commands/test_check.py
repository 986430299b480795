"""`vport check`: what it finds, which lines decide, baselines, suppressions, cures and formats."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from checks.test_vendor import KEPT, LOST, NEVER_FREED, POOL

from commands.runner import Run, write_tree

HEAD = (
    "#include <sys/param.h>\n#include <sys/kernel.h>\n#include <net/vnet.h>\n\n"
    "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
)
GOOD = (
    HEAD + "static int\nhop_set(struct vnet *vnet, int n)\n{\n\n\tCURVNET_SET(vnet);\n\tif (n < 0) {\n"
    "\t\tCURVNET_RESTORE();\n\t\treturn (22);\n\t}\n\tV_hop_n = n;\n\tCURVNET_RESTORE();\n\treturn (0);\n}\n"
)
BAD = GOOD.replace("\t\tCURVNET_RESTORE();\n\t\treturn", "\t\treturn")
LINE = BAD.split("\n").index("\t\treturn (22);") + 1


@pytest.fixture
def repository(work: Path) -> Path:
    """A git work tree with a clean module in it."""
    write_tree(work, {"net/hop.c": GOOD})
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        git(work, *words)
    return work


def git(folder: Path, *words: str) -> str:
    settings = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    return subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_clean_tree(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": GOOD})
    done = vport("check", "t")
    assert (done.code, done.text, done.talk) == (0, "", "no findings\n")


def test_a_finding_names_file_line_cause_and_cure(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    done = vport("check", "t")
    assert done.code == 1
    assert done.text.startswith(f"hop.c:{LINE}: error: hop_set() leaves CURVNET_SET(vnet) without CURVNET_RESTORE()")
    assert "[VP201 set-without-restore]" in done.text and "1 error" in done.talk


def test_notes_do_not_decide_the_exit(vport: Run, work: Path) -> None:
    write_tree(work, {"t/hop.c": BAD, "vport.toml": 'version = 1\n[check.severity]\nVP201 = "note"\n'})
    done = vport("check", "t")
    assert done.code == 0 and ": note: " in done.text


def test_pyproject_configures(vport: Run, work: Path) -> None:
    write_tree(work, {"t/hop.c": BAD, "pyproject.toml": '[tool.vport.check.severity]\nVP2 = "off"\n'})
    assert vport("check", "t").code == 0


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('severity = { VP999 = "off" }', "VP999 is no finding"),
        ('severity = { VP201 = "bad" }', "VP201 is 'bad'"),
        ("colour = 1", "colour"),
        ('exclude = "x"', "exclude"),
    ],
)
def test_settings_that_are_wrong_are_named(vport: Run, work: Path, table: str, says: str) -> None:
    write_tree(work, {"t/hop.c": GOOD, "vport.toml": f"version = 1\n[check]\n{table}\n"})
    done = vport("check", "t")
    assert done.code == 2 and says in done.talk and "vport.toml" in done.talk


def test_select_and_ignore(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    assert vport("check", "t", "--select", "VP3").code == 0
    assert vport("check", "t", "--select", "VP2").code == 1
    assert vport("check", "t", "--ignore", "VP201").code == 0
    done = vport("check", "t", "--ignore", "VP9")
    assert done.code == 2 and "VP9 is no finding" in done.talk


def test_exit_zero(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    done = vport("check", "t", "--exit-zero")
    assert done.code == 0 and "VP201" in done.text


IGNORE = "\t\treturn (22);\t/* vport: ignore VP201 -- the caller restores */\n"


def test_a_suppression_with_a_reason(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD.replace("\t\treturn (22);\n", IGNORE)})
    done = vport("check", "t")
    assert (done.code, done.text) == (0, "") and "1 suppressed" in done.talk
    assert "-- the caller restores" in vport("check", "t", "--show-suppressed").text


def test_a_suppression_alone_on_the_line_above(vport: Run, work: Path) -> None:
    text = BAD.replace("\t\treturn (22);\n", "\t\t/* vport: ignore VP201 -- so be it */\n\t\treturn (22);\n")
    write_tree(work / "t", {"hop.c": text})
    assert vport("check", "t").code == 0


def test_a_suppression_without_a_reason_is_not_heard(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD.replace("\t\treturn (22);\n", IGNORE.replace(" -- the caller restores", ""))})
    done = vport("check", "t")
    assert done.code == 1 and "VP201" in done.text and "VP505" in done.text


def test_a_suppression_of_another_finding_is_unused(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": GOOD.replace("\t\treturn (22);\n", IGNORE)})
    done = vport("check", "t")
    assert done.code == 0 and "VP506" in done.text


def test_a_baseline_survives_moved_lines(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    done = vport("check", "t", "--baseline", "base.json", "--update-baseline")
    assert done.code == 0 and "1 finding written to base.json" in done.talk
    write_tree(work / "t", {"hop.c": "/* a\n * b\n */\n" + BAD})
    done = vport("check", "t", "--baseline", "base.json")
    assert (done.code, done.text) == (0, "") and "1 not new" in done.talk


def test_a_second_finding_of_the_same_words_is_new(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    vport("check", "t", "--baseline", "base.json", "--update-baseline")
    write_tree(work / "t", {"hop.c": BAD + BAD[len(HEAD) :].replace("hop_set", "hop_set2")})
    done = vport("check", "t", "--baseline", "base.json")
    assert done.code == 1 and "hop_set2" in done.text and "hop_set()" not in done.text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 7, "findings": []}', "\xff"])
def test_a_baseline_that_is_none_is_named(vport: Run, work: Path, text: str) -> None:
    write_tree(work, {"t/hop.c": BAD, "base.json": text.encode("latin-1")})
    done = vport("check", "t", "--baseline", "base.json")
    assert done.code == 2 and "base.json" in done.talk and "--update-baseline" in done.talk


def test_staged_text_decides_not_the_work_tree(vport: Run, repository: Path) -> None:
    (repository / "net/hop.c").write_text(BAD)
    git(repository, "add", ".")
    (repository / "net/hop.c").write_text(GOOD)
    done = vport("check", "--staged")
    assert done.code == 1 and f"net/hop.c:{LINE}: " in done.text
    assert vport("check", "net").code == 0


def test_what_is_not_staged_does_not_count(vport: Run, repository: Path) -> None:
    (repository / "net/hop.c").write_text(BAD)
    done = vport("check", "--staged")
    assert (done.code, done.talk) == (0, "no findings\n")


def test_lines_that_did_not_change_do_not_decide(vport: Run, repository: Path) -> None:
    (repository / "net/hop.c").write_text(BAD)
    git(repository, "commit", "-qam", "bad")
    (repository / "net/hop.c").write_text(BAD + "\n/* the end */\n")
    git(repository, "add", ".")
    done = vport("check", "--staged")
    assert done.code == 0 and "1 not new" in done.talk


def test_diff_against_a_commit(vport: Run, repository: Path) -> None:
    (repository / "net/hop.c").write_text(BAD)
    assert vport("check", "--diff", "HEAD").code == 1
    git(repository, "commit", "-qam", "bad")
    assert vport("check", "--diff", "HEAD").code == 0
    assert vport("check", "--diff", "HEAD~1").code == 1
    done = vport("check", "--diff", "nonsense")
    assert done.code == 2


def test_files_deleted_or_renamed_in_the_index(vport: Run, repository: Path) -> None:
    write_tree(repository, {"net/skip.c": BAD.replace("hop", "skip")})
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    git(repository, "mv", "net/skip.c", "net/jump.c")
    done = vport("check", "--staged")
    assert done.code == 1 and "net/jump.c" in done.text and "net/skip.c" not in done.text
    git(repository, "rm", "-qf", "net/jump.c")
    assert vport("check", "--staged").code == 0


def test_an_empty_commit_and_the_very_first_one(vport: Run, repository: Path, work: Path) -> None:
    assert vport("check", "--staged").code == 0
    (repository / ".git").rename(repository / "old")
    git(repository, "init", "-q")
    (repository / "net/hop.c").write_text(BAD)
    git(repository, "add", "net")
    assert vport("check", "--staged").code == 1


def test_given_files_narrow_what_is_staged(vport: Run, repository: Path) -> None:
    write_tree(repository, {"net/hop.c": BAD, "net/skip.c": BAD.replace("hop", "skip"), "README": "text\n"})
    git(repository, "add", ".")
    done = vport("check", "--staged", "net/skip.c", "README")
    assert done.code == 1 and "skip.c" in done.text and "hop.c" not in done.text
    assert vport("check", "--staged", "README").code == 0


def test_options_that_do_not_go_together(vport: Run, repository: Path) -> None:
    for words in (
        ["--staged", "--diff", "HEAD"],
        ["--update-baseline"],
        ["--staged", "--baseline", "b", "--update-baseline"],
    ):
        assert vport("check", *words).code == 2


def test_outside_of_git_staged_is_a_usage_error(vport: Run, work: Path) -> None:
    done = vport("check", "--staged")
    assert done.code == 2 and "git" in done.talk


def test_json(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    (one,) = json.loads(vport("check", "t", "--format", "json").text)
    assert (one["id"], one["name"], one["file"], one["line"], one["function"]) == (
        "VP201",
        "set-without-restore",
        "hop.c",
        LINE,
        "hop_set",
    )
    assert one["severity"] == "error" and one["steps"] and one["fingerprint"]


def test_github(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    text = vport("check", "t", "--format", "github").text
    assert text.startswith(f"::error file=hop.c,line={LINE},title=VP201 set-without-restore::hop_set()")


def test_rdjson(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    (one,) = json.loads(vport("check", "t", "--format", "rdjson").text)["diagnostics"]
    assert one["location"] == {"path": "hop.c", "range": {"start": {"line": LINE}}}
    assert one["severity"] == "ERROR" and one["code"]["value"] == "VP201"


def test_sarif(vport: Run, work: Path) -> None:
    write_tree(
        work / "t", {"hop.c": BAD + BAD[len(HEAD) :].replace("hop_set", "two").replace("\t\treturn (22);\n", IGNORE)}
    )
    made = json.loads(vport("check", "t", "--format", "sarif").text)
    assert made["version"] == "2.1.0"
    (run,) = made["runs"]
    open_, closed = run["results"]
    assert run["tool"]["driver"]["rules"][open_["ruleIndex"]]["id"] == open_["ruleId"] == "VP201"
    assert open_["codeFlows"][0]["threadFlows"][0]["locations"] and "suppressions" not in open_
    assert closed["suppressions"] == [{"kind": "inSource", "justification": "the caller restores"}]


def test_what_is_no_c_is_named(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": b"\x00\x01binary\x00", "hop.c": GOOD})
    done = vport("check", "t")
    assert done.code == 0 and "a.c: skipped" in done.talk


SETTINGS = """\
version = 1

[check.entries.callout]
calls = { acme_timer_start = { object = 0, handler = 1, arg = 2 } }
stops = { acme_timer_stop = { object = 0 } }

[check.resources]
acme_pool_create = { object = "result", release = "acme_pool_destroy({0});" }
"""


def test_calls_of_a_vendor(vport: Run, work: Path) -> None:
    write_tree(work, {"t/hop.c": LOST, "t/pool.c": NEVER_FREED, "vport.toml": SETTINGS})
    done = vport("check", "t")
    assert done.code == 1 and "hop.c:16: error:" in done.text and "VP203" in done.text and "VP305" in done.text
    write_tree(work, {"t/hop.c": KEPT, "t/pool.c": POOL})
    assert vport("check", "t").code == 0


def test_what_is_staged_is_cured_in_the_work_tree(vport: Run, repository: Path) -> None:
    write_tree(repository, {"net/hop.c": BAD})
    git(repository, "add", ".")
    done = vport("check", "--staged", "--fix", "--quiet")
    assert (done.code, done.text) == (1, "")
    assert done.talk == "cured in the work tree, not yet staged: git add net/hop.c\n"
    assert (repository / "net/hop.c").read_text() == GOOD
    assert git(repository, "show", ":net/hop.c") == BAD
    assert vport("check", "--staged").code == 1
    git(repository, "add", ".")
    assert vport("check", "--staged", "--fix").code == 0


def test_what_no_edit_cures_is_told_of_the_text_that_was_cured(vport: Run, repository: Path) -> None:
    text = BAD.replace("static int\nhop_set", "int hop_total;\n\nstatic int\nhop_set")
    write_tree(repository, {"net/hop.c": text.replace("\tV_hop_n = n;\n", "\tV_hop_n = n;\n\thop_total += n;\n")})
    git(repository, "add", ".")
    done = vport("check", "--staged", "--fix", "--ignore", "VP101")
    assert done.code == 1 and "VP201" not in done.text and "1 finding cured" in done.talk


def test_a_file_that_is_staged_in_part_is_left_as_it_is(vport: Run, repository: Path) -> None:
    write_tree(repository, {"net/hop.c": BAD, "net/two.c": BAD.replace("hop", "two")})
    git(repository, "add", ".")
    work = "/* not staged */\n" + BAD
    write_tree(repository, {"net/hop.c": work})
    done = vport("check", "--staged", "--fix")
    assert done.code == 1 and "VP201" in done.text and done.text.startswith("net/hop.c:")
    assert "net/hop.c: not cured, as it has changes that are not staged; stage or stash them" in done.talk
    assert (repository / "net/hop.c").read_text() == work
    assert (repository / "net/two.c").read_text() == GOOD.replace("hop", "two")
    assert git(repository, "diff", "--cached", "--name-only").split() == ["net/hop.c", "net/two.c"]


def test_the_first_commit_is_cured(vport: Run, work: Path) -> None:
    write_tree(work, {"net/hop.c": BAD})
    git(work, "init", "-q")
    git(work, "add", ".")
    assert "git add net/hop.c" in vport("check", "--staged", "--fix").talk
    git(work, "add", ".")
    assert vport("check", "--staged", "--fix").code == 0


def test_a_fix_without_staged_ends_well_when_all_is_cured(vport: Run, repository: Path) -> None:
    write_tree(repository, {"net/hop.c": BAD})
    done = vport("check", "--fix")
    assert (done.code, done.talk) == (0, "1 finding cured\nno findings\n")
    assert (repository / "net/hop.c").read_text() == GOOD


def test_a_conflict_that_waits_is_read_from_the_work_tree(vport: Run, repository: Path) -> None:
    git(repository, "checkout", "-qb", "other")
    write_tree(repository, {"net/hop.c": GOOD.replace("V_hop_n = n;", "V_hop_n = n + 1;")})
    git(repository, "commit", "-qam", "other")
    git(repository, "checkout", "-q", "-")
    write_tree(repository, {"net/hop.c": GOOD.replace("V_hop_n = n;", "V_hop_n = n + 2;"), "net/two.c": BAD})
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "mine")
    merged = subprocess.run(["git", "merge", "-q", "other"], cwd=repository, capture_output=True, check=False)
    assert merged.returncode
    assert vport("check", "--staged").code == 0


@pytest.mark.parametrize("spoil", [b"no database", b"", None], ids=["text", "empty", "values"])
def test_a_corrupt_cache_changes_nothing(vport: Run, repository: Path, spoil: bytes | None) -> None:
    write_tree(repository, {"net/hop.c": BAD})
    git(repository, "add", ".")
    first = vport("check", "--staged")
    for path in Path(os.environ["VPORT_CACHE_DIR"]).glob("*.sqlite"):
        if spoil is None:
            with sqlite3.connect(path) as db:
                db.execute("UPDATE facts SET value = x'c1'")
        else:
            path.write_bytes(spoil)
    assert vport("check", "--staged") == first and first.code == 1
    write_tree(repository, {"net/hop.c": GOOD})
    assert vport("check").code == 0


def test_a_name_that_is_no_utf8_is_listed_and_the_rest_is_checked(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"hop.c": BAD})
    Path(os.fsdecode(os.fsencode(work / "t") + b"/fr\xe9b.c")).write_text(BAD)
    for form in ("text", "json", "sarif"):
        done = vport("check", "t", "--format", form)
        assert done.code == 1 and '"fr\\351b.c": not checked' in done.talk
        assert "VP201" in done.text and "fr" + "b.c" not in done.text
