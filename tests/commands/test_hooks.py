"""The hooks as pre-commit runs them, in a fresh repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.runner import ROOT, environment, write_tree
from commands.test_check import BAD, GOOD

yaml = pytest.importorskip("yaml", reason="pre-commit, which brings it, is not installed")

PLAIN = GOOD.replace("static int\nhop_set", "static int hop_total;\n\nstatic int\nhop_set").replace(
    "\tV_hop_n = n;\n", "\tV_hop_n = n;\n\thop_total++;\n"
)
ANSWERED = PLAIN.replace("static int hop_total;", "static int hop_total; /* vport: ignore VP101 -- of the machine */")
HOOK = """\
  - {id: ID, name: ID, language: system, types: [c], require_serial: true,
     entry: "PYTHON -m ENTRY"}
"""


def hooks(*wanted: str) -> str:
    """A configuration with hooks of the project's own manifest, run by this Python."""
    known = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    texts = [HOOK.replace("ID", id_).replace("ENTRY", known[id_]["entry"]) for id_ in wanted]
    return "repos:\n- repo: local\n  hooks:\n" + "".join(texts).replace("PYTHON", sys.executable)


pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
    pytest.mark.skipif(
        subprocess.run([sys.executable, "-m", "pre_commit", "--version"], capture_output=True, check=False).returncode
        != 0,
        reason="pre-commit is not installed",
    ),
]


class Repository:
    """A git repository with the hooks installed."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.settings = environment(
            VPORT_CACHE_DIR=str(top.parent / "cache"),
            PRE_COMMIT_HOME=str(top.parent / "pre-commit"),
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_AUTHOR_NAME="n",
            GIT_AUTHOR_EMAIL="e@example.org",
            GIT_COMMITTER_NAME="n",
            GIT_COMMITTER_EMAIL="e@example.org",
        )
        write_tree(top, {"net/hop.c": GOOD, ".pre-commit-config.yaml": hooks("vport-check")})
        self.run("git", "init", "-qb", "main")
        self.run("git", "add", ".")
        self.run("git", "commit", "-qm", "first")
        self.run(sys.executable, "-m", "pre_commit", "install")

    def run(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run(words, cwd=self.top, env=self.settings, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def commit(self, fails: bool = False, **files: str) -> str:
        write_tree(self.top, {f"net/{name}.c": text for name, text in files.items()})
        self.run("git", "add", ".")
        return self.run("git", "commit", "-qm", "next", fails=fails)

    def install(self, *ids: str) -> None:
        write_tree(self.top, {".pre-commit-config.yaml": hooks(*ids)})
        self.run("git", "add", ".pre-commit-config.yaml")
        self.run("git", "commit", "-qm", "hooks", "--no-verify")

    def text(self, name: str) -> str:
        return (self.top / name).read_text()

    def fix(self) -> None:
        self.run(sys.executable, "-m", "vport", "check", "--fix", "--exit-zero", ".")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "work")


def test_a_commit_is_stopped_told_why_and_passes_when_answered_for(repository: Repository) -> None:
    repository.commit(hop=GOOD + "\nint hop_more(void);\n")
    said = repository.commit(fails=True, hop=PLAIN)
    assert "net/hop.c:8: " in said and "VP101" in said and "ignore VP101" in said
    repository.commit(hop=ANSWERED)


def test_a_commit_is_stopped_and_passes_when_cured(repository: Repository) -> None:
    assert "VP101" in repository.commit(fails=True, hop=PLAIN)
    repository.fix()
    cured = (repository.top / "net/hop.c").read_text()
    assert "VNET_DEFINE_STATIC(int, hop_total);" in cured and "V_hop_total++;" in cured
    repository.commit(hop=cured)


def test_what_is_not_staged_is_not_checked(repository: Repository) -> None:
    write_tree(repository.top, {"net/hop.c": GOOD + "\nint hop_more(void);\n"})
    repository.run("git", "add", ".")
    write_tree(repository.top, {"net/hop.c": PLAIN})
    repository.run("git", "commit", "-qm", "partly")
    assert (repository.top / "net/hop.c").read_text() == PLAIN


def test_a_merge_brings_nothing_to_answer_for(repository: Repository) -> None:
    repository.run("git", "checkout", "-qb", "other")
    repository.commit(hop=GOOD + "\nint hop_more(void);\n")
    repository.run("git", "checkout", "-q", "main")
    repository.commit(two=GOOD.replace("hop", "two"))
    repository.run("git", "merge", "-q", "--no-edit", "--no-ff", "other")
    assert len(repository.run("git", "log", "-1", "--format=%P").split()) == 2
    assert repository.text("net/hop.c").endswith("int hop_more(void);\n")


def test_a_submodule_is_no_file(repository: Repository, tmp_path: Path) -> None:
    write_tree(tmp_path / "part", {"a.c": "int a;\n"})
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "part"]):
        repository.run("git", "-C", str(tmp_path / "part"), *words)
    allowed = ["-c", "protocol.file.allow=always"]
    repository.run("git", *allowed, "submodule", "--quiet", "add", str(tmp_path / "part"), "net/part")
    repository.commit(hop=GOOD + "\nint hop_more(void);\n")
    assert repository.run("git", "ls-files", "--stage", "net/part").startswith("160000 ")
    assert "VP201" in repository.commit(fails=True, hop=BAD)


def test_runs_at_once_do_not_disturb_each_other(repository: Repository) -> None:
    write_tree(repository.top, {"net/hop.c": PLAIN})
    repository.run("git", "add", ".")
    words = [sys.executable, "-m", "vport", "check", "--staged", "--quiet"]
    started = [
        subprocess.Popen(
            words, cwd=repository.top, env=repository.settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    said = [one.communicate() for one in started]
    assert {one.returncode for one in started} == {1} and len(set(said)) == 1 and b"VP101" in said[0][0]


def test_the_hooks_that_come_with_the_project_are_as_pre_commit_wants_them() -> None:
    words = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {one["id"] for one in known} == {"vport-check", "vport-fix"}


def test_a_hook_that_cures_stops_the_commit_once(repository: Repository) -> None:
    repository.install("vport-fix", "vport-check")
    said = repository.commit(fails=True, hop=BAD)
    assert "files were modified by this hook" in said and "git add net/hop.c" in said
    assert repository.text("net/hop.c") == GOOD
    repository.commit(hop=GOOD + "\nint hop_more(void);\n")


def test_a_hook_that_cures_sees_the_whole_tree(repository: Repository) -> None:
    """A macro that only another file uses is no left-over, though the hook is given one file."""
    repository.install("vport-fix")
    shared = GOOD.replace("VNET_DEFINE_STATIC", "VNET_DEFINE").replace("#define\tV_hop_n\tVNET(hop_n)\n", "")
    header = "VNET_DECLARE(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n"
    write_tree(repository.top, {"net/hop.h": header})
    repository.commit(hop=shared.replace("#include <net/vnet.h>\n", '#include <net/vnet.h>\n#include "hop.h"\n'))
    write_tree(repository.top, {"net/hop.h": header + "/* of each stack */\n"})
    repository.run("git", "add", ".")
    repository.run("git", "commit", "-qm", "header")
    assert repository.text("net/hop.h") == header + "/* of each stack */\n"


def test_a_hook_that_cures_keeps_what_is_not_staged(repository: Repository) -> None:
    repository.install("vport-fix")
    write_tree(repository.top, {"net/hop.c": BAD})
    repository.run("git", "add", ".")
    write_tree(repository.top, {"net/hop.c": BAD + "\n/* not staged */\n", "net/two.c": "int two(void);\n"})
    repository.run("git", "commit", "-qm", "partly", fails=True)
    assert "/* not staged */" in repository.text("net/hop.c")
    assert repository.text("net/two.c") == "int two(void);\n"


def test_renamed_deleted_and_empty_commits(repository: Repository) -> None:
    repository.run("git", "mv", "net/hop.c", "net/hip.c")
    repository.run("git", "commit", "-qm", "renamed")
    repository.run("git", "commit", "-qm", "empty", "--allow-empty")
    repository.run("git", "rm", "-q", "net/hip.c")
    repository.run("git", "commit", "-qm", "deleted")
    said = repository.run("git", "log", "--format=%s").split()
    assert said == ["deleted", "empty", "renamed", "first"]
    assert "net/" not in repository.run("git", "ls-files")


def test_a_commit_of_named_files_and_of_all(repository: Repository) -> None:
    """Git gives such commits an index of their own."""
    write_tree(repository.top, {"net/two.c": GOOD.replace("hop", "two")})
    repository.run("git", "add", ".")
    repository.run("git", "commit", "-qm", "two")
    write_tree(repository.top, {"net/hop.c": BAD, "net/two.c": GOOD.replace("hop", "two") + "int two(void);\n"})
    repository.run("git", "commit", "-qm", "named", "net/two.c")
    assert "VP201" in repository.run("git", "commit", "-qam", "all", fails=True)
    assert "VP201" in repository.run("git", "commit", "-qm", "named", "net/hop.c", fails=True)


def test_a_suppression_without_a_reason_stops_a_commit(repository: Repository) -> None:
    said = repository.commit(fails=True, hop=ANSWERED.replace(" -- of the machine", ""))
    assert "VP101" in said and "VP505" in said and "gives no reason" in said


def test_in_a_folder_below_and_in_a_second_work_tree(repository: Repository, tmp_path: Path) -> None:
    repository.run("git", "worktree", "add", "-q", str(tmp_path / "second"))
    write_tree(tmp_path / "second", {"net/hop.c": BAD})
    repository.run("git", "-C", str(tmp_path / "second"), "add", ".")
    words = ["git", "-C", str(tmp_path / "second" / "net"), "commit", "-qm", "next"]
    assert "net/hop.c:" in repository.run(*words, fails=True)


def test_pre_commit_over_a_range_of_commits(repository: Repository) -> None:
    write_tree(repository.top, {"net/hop.c": BAD})
    repository.run("git", "commit", "-qam", "bad", "--no-verify")
    words = [sys.executable, "-m", "pre_commit", "run", "--from-ref"]
    assert "VP201" in repository.run(*words, "HEAD~1", "--to-ref", "HEAD", fails=True)
    repository.commit(hop=BAD + "\nint hop_more(void);\n")
    repository.run(*words, "HEAD~1", "--to-ref", "HEAD")
