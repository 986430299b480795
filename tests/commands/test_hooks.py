"""The hooks as pre-commit runs them, in a fresh repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.runner import ROOT, environment, write_tree
from commands.test_check import GOOD

PLAIN = GOOD.replace("static int\nhop_set", "static int hop_total;\n\nstatic int\nhop_set").replace(
    "\tV_hop_n = n;\n", "\tV_hop_n = n;\n\thop_total++;\n"
)
ANSWERED = PLAIN.replace("static int hop_total;", "static int hop_total; /* vport: ignore VP101 -- of the machine */")
HOOKS = """
repos:
- repo: local
  hooks:
  - {id: vport-check, name: check, language: system, types: [c], require_serial: true,
     entry: "PYTHON -m vport check --staged --quiet"}
"""

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
        write_tree(top, {"net/hop.c": GOOD, ".pre-commit-config.yaml": HOOKS.replace("PYTHON", sys.executable)})
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


def test_a_submodule_is_no_file(repository: Repository, tmp_path: Path) -> None:
    write_tree(tmp_path / "part", {"a.c": "int a;\n"})
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "part"]):
        repository.run("git", "-C", str(tmp_path / "part"), *words)
    allowed = ["-c", "protocol.file.allow=always"]
    repository.run("git", *allowed, "submodule", "--quiet", "add", str(tmp_path / "part"), "net/part")
    repository.commit(hop=GOOD + "\nint hop_more(void);\n")


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
    subprocess.run(words, check=True, capture_output=True)
