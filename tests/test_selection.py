"""What is staged, by git's own words, and what git was asked before the command line was read."""

import os
import subprocess
from pathlib import Path

import pytest

from vport import git as asked
from vport.selection import staged

SETTINGS = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "protocol.file.allow=always")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *SETTINGS, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    top = tmp_path / "top"
    top.mkdir()
    for name in ("a.c", "b.c", "gone.c", "with blank é.c", 'quo"te.c'):
        (top / name).write_text("one\ntwo\nthree\n")
    (top / "link.c").symlink_to("a.c")
    (top / "data.bin").write_bytes(b"\0one\n")
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "x")
    return top


def change_all(top: Path) -> None:
    """One of each kind of change."""
    (top / "a.c").write_text("one\nTWO\nthree\n")
    (top / "b.c").write_text("one\nthree\n")
    (top / "with blank é.c").write_text("one\ntwo\nthree\nfour\nfive\n")
    (top / 'quo"te.c').chmod(0o755)
    (top / "gone.c").unlink()
    (top / "link.c").unlink()
    (top / "link.c").write_text("diff --git a/a.c b/a.c\n@@ -1 +1 @@\n")
    (top / "data.bin").write_bytes(b"\0one\n\0two\n")
    (top / "empty.c").write_text("")
    git(top, "add", ".")


LINES = {
    "a.c": {2},
    "b.c": {1, 2},
    "with blank é.c": {4, 5},
    'quo"te.c': set(),
    "link.c": {1, 2},
    "data.bin": {2},
    "empty.c": set(),
}


def test_lines_of_every_kind_of_change(repository: Path) -> None:
    change_all(repository)
    found = staged(repository)
    assert {name: set(lines) for name, lines in found.lines.items()} == LINES
    assert (found.gone, dict(found.texts)) == ({"gone.c"}, {})


def test_a_submodule_has_no_lines_however_git_tells_it(repository: Path) -> None:
    git(repository, "submodule", "--quiet", "add", str(repository / ".git"), "part")
    git(repository, "config", "diff.submodule", "log")
    change_all(repository)
    found = staged(repository).lines
    assert {name: set(lines) for name, lines in found.items() if name != ".gitmodules"} == LINES


def test_settings_of_the_reader_change_nothing(repository: Path) -> None:
    for name, value in (("diff.noprefix", "true"), ("diff.relative", "true"), ("diff.context", "9"),
                        ("diff.external", "false"), ("color.ui", "always"), ("diff.interHunkContext", "9"),
                        ("diff.up.textconv", "false")):  # fmt: skip
        git(repository, "config", name, value)
    (repository / ".gitattributes").write_text("*.c diff=up\n")
    change_all(repository)
    found = staged(repository).lines
    assert {name: set(lines) for name, lines in found.items() if name != ".gitattributes"} == LINES


def test_what_waits_for_a_merge(repository: Path) -> None:
    git(repository, "checkout", "-qb", "side")
    (repository / "a.c").write_text("one\nsides\nthree\n")
    git(repository, "commit", "-qam", "s")
    git(repository, "checkout", "-q", "-")
    (repository / "a.c").write_text("one\nmains\nthree\n")
    git(repository, "commit", "-qam", "m")
    subprocess.run(["git", *SETTINGS, "merge", "side"], cwd=repository, check=False, capture_output=True)
    (repository / "b.c").write_text("one\ntwo\n3\n")
    git(repository, "add", "b.c")
    found = staged(repository)
    assert {name: set(lines) for name, lines in found.lines.items()} == {"b.c": {3}}


def test_patch_that_does_not_fit_its_list_is_asked_for_file_by_file(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_all(repository)
    whole = asked.git
    monkeypatch.setattr(
        "vport.selection.git",
        lambda top, *words, given=b"": (
            whole(top, *words, given=given).replace(b"diff --git a/a.c", b"diff of a/a.c")
            if words == asked.STAGED
            else whole(top, *words, given=given)
        ),
    )
    assert {name: set(lines) for name, lines in staged(repository).lines.items()} == LINES


def test_asked_ahead_is_answered_once(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_all(repository)
    monkeypatch.chdir(repository)
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    asked.ask_ahead(["check", "--staged"])
    assert len(asked._ahead) == 4
    (repository / "a.c").write_text("1\n2\n3\n")
    first = staged(Path.cwd())
    assert set(asked.tracked(Path.cwd()) or ()) >= {"a.c", "empty.c"} and not asked._ahead
    git(repository, "add", ".")
    assert (set(first.lines["a.c"]), set(staged(Path.cwd()).lines["a.c"])) == ({2}, {1, 2, 3})


def test_others_ask_nothing_ahead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    for words in ([], ["check"], ["check", "--diff", "HEAD"], ["scan", "--staged"], ["--staged", "check"]):
        asked.ask_ahead(words)
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    asked.ask_ahead(["check", "--staged"])
    assert not asked._ahead


def test_ahead_without_git_or_folder_is_told_later(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", str(tmp_path))
    asked.ask_ahead(["check", "--staged"])
    assert not asked._ahead
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    asked.ask_ahead(["check", "--staged"])
    assert not asked._ahead
