"""Which files are read."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from vport.discover import Found, common_root, discover
from vport.errors import UsageError

Git = Callable[..., None]


@pytest.fixture(autouse=True)
def no_outer_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever repository the tests run in, or under a hook of, is not seen."""
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    write(folder, "a.c", "sub/b.h", "sub/c.txt", "Makefile")
    return folder


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("int a;\n")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def track(folder: Path, *names: str) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "--", *names)


def reasons(found: Found) -> dict[str, str]:
    return {o.path: getattr(o, "reason", "") or getattr(o, "error", "") for o in found.left_out}


def test_folder_means_the_c_files_below_it(tree: Path) -> None:
    found = discover([tree])
    assert (found.root, found.files, found.left_out) == (tree, ["a.c", "sub/b.h"], [])


def test_file_is_read_whatever_its_name(tree: Path) -> None:
    found = discover([tree / "sub" / "c.txt"])
    assert (found.root, found.files) == (tree / "sub", ["c.txt"])


def test_names_are_relative_to_what_all_paths_share(tree: Path) -> None:
    write(tree, "other/d.c")
    found = discover([tree / "sub", tree / "other" / "d.c"])
    assert (found.root, found.files) == (tree, ["other/d.c", "sub/b.h"])


def test_file_named_twice_is_read_once(tree: Path) -> None:
    assert discover([tree, tree / "a.c", tree / "sub", tree / "sub" / ".." / "a.c"]).files == ["a.c", "sub/b.h"]


def test_relative_paths(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "sub")
    assert discover([Path("b.h")]).files == ["b.h"]
    assert discover([Path("..")]).root == tree
    assert discover([Path()]).files == ["b.h"]


@pytest.mark.parametrize("name", ["nope.c", "nope", "a.c/b.c"])
def test_path_that_does_not_exist_is_a_usage_error(tree: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        discover([tree, tree / name])


def test_no_paths_at_all_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        discover([])


ODD = [
    " space .c",
    "-x.c",
    "--help.c",
    "new\nline.c",
    ".hidden.c",
    "uml\u00e4ut.c",
    "star*.c",
    '"quoted".c',
    "a:b.c",
    "\\.c",
]


@pytest.mark.parametrize("tracked", [False, True])
def test_odd_names_are_names(tree: Path, tracked: bool) -> None:
    write(tree, *ODD)
    if tracked:
        track(tree, ".")
    assert discover([tree]).files == sorted(["a.c", "sub/b.h", *ODD])
    assert all((tree / name).is_file() for name in discover([tree]).files)


@pytest.mark.parametrize("tracked", [False, True])
def test_name_that_is_no_utf_8(tree: Path, tracked: bool) -> None:
    name = os.fsdecode(b"\xff.c")
    try:
        write(tree, name)
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    if tracked:
        track(tree, ".")
    assert name in discover([tree]).files


def test_upper_case_suffixes_and_look_alikes_are_not_c(tree: Path) -> None:
    write(tree, "x.C", "y.cc", "z.c.orig", "c", "w.h~")
    assert discover([tree]).files == ["a.c", "sub/b.h"]


def test_in_a_work_tree_only_tracked_files_count(tree: Path) -> None:
    write(tree, "new.c", "sub/new.h")
    track(tree, "a.c", "sub/b.h", "sub/c.txt")
    assert discover([tree]).files == ["a.c", "sub/b.h"]
    assert discover([tree / "sub"]).files == ["b.h"]


def test_untracked_files_on_demand(tree: Path) -> None:
    write(tree, "new.c")
    track(tree, "a.c")
    assert discover([tree], untracked=True).files == ["a.c", "new.c", "sub/b.h"]


def test_untracked_file_that_is_named_is_read(tree: Path) -> None:
    write(tree, "new.c")
    track(tree, "a.c")
    assert discover([tree / "new.c"]).files == ["new.c"]


def test_git_folder_is_never_walked(tree: Path) -> None:
    git(tree, "init", "-q")
    write(tree, ".git/hooks/x.c")
    assert discover([tree]).files == ["a.c", "sub/b.h"]
    assert discover([tree], untracked=True).files == ["a.c", "sub/b.h"]


def test_work_tree_with_nothing_tracked_is_walked(tree: Path) -> None:
    git(tree, "init", "-q")
    assert discover([tree]).files == ["a.c", "sub/b.h"]


def test_folder_with_nothing_tracked_in_a_work_tree_is_walked(tree: Path) -> None:
    write(tree, "out/d.c")
    track(tree, "a.c")
    assert discover([tree / "out"]).files == ["d.c"]


def test_tracked_file_that_is_gone_is_told(tree: Path) -> None:
    track(tree, ".")
    (tree / "a.c").unlink()
    found = discover([tree])
    assert found.files == ["sub/b.h"]
    assert reasons(found) == {"a.c": "gone from the work tree"}


def test_without_git_the_folder_is_walked(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    track(tree, "a.c")
    monkeypatch.setenv("PATH", "")
    assert discover([tree]).files == ["a.c", "sub/b.h"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("core.fsmonitor", "touch '{mark}'; true"),
        ("core.fsmonitor", "{script}"),
        ("core.hooksPath", "{folder}"),
        ("core.pager", "touch '{mark}'"),
        ("alias.ls-files", "!touch '{mark}'"),
        ("core.sshCommand", "touch '{mark}'"),
        ("filter.x.clean", "touch '{mark}'"),
        ("core.alternateRefsCommand", "touch '{mark}'"),
    ],
)
def test_hostile_configuration_runs_nothing(tree: Path, tmp_path: Path, name: str, value: str) -> None:
    track(tree, ".")
    mark, script = tmp_path / "mark", tmp_path / "evil" / "post-index-change"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    script.chmod(0o755)
    git(tree, "config", name, value.format(mark=mark, script=script, folder=script.parent))
    (tree / ".gitattributes").write_text("*.c filter=x\n")
    assert discover([tree]).files == ["a.c", "sub/b.h"]
    assert not mark.exists()


def test_git_variables_of_another_repository_do_not_count(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "other", "z.c")
    track(tmp_path / "other", ".")
    track(tree, ".")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert discover([tree]).files == ["a.c", "sub/b.h"]


@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        ((), ["a.c", "sub/b.h", "sub/deep/d.c"]),
        (("sub",), ["a.c"]),
        (("sub/",), ["a.c"]),
        (("deep",), ["a.c", "sub/b.h"]),
        (("*.h",), ["a.c", "sub/deep/d.c"]),
        (("sub/*.h",), ["a.c", "sub/deep/d.c"]),
        (("s?b/*",), ["a.c"]),
        (("a.c", "d.c"), ["sub/b.h"]),
        (("su", "b", "A.C", "ub/b.h"), ["a.c", "sub/b.h", "sub/deep/d.c"]),
    ],
)
def test_excluded_names(tree: Path, patterns: tuple[str, ...], files: list[str]) -> None:
    write(tree, "sub/deep/d.c")
    found = discover([tree], exclude=patterns)
    assert found.files == files
    assert set(reasons(found).values()) <= {"excluded"}
    assert len(found.files) + len(found.left_out) == 3


def test_named_file_is_excluded_too(tree: Path) -> None:
    found = discover([tree / "a.c"], exclude=("a.c",))
    assert (found.files, reasons(found)) == ([], {"a.c": "excluded"})


def test_large_files_are_skipped_with_their_size(tree: Path) -> None:
    (tree / "big.c").write_text("x" * 1001)
    found = discover([tree], limit=1000)
    assert found.files == ["a.c", "sub/b.h"]
    assert reasons(found)["big.c"].startswith("1,001 bytes, over the limit of 1,000")
    assert "big.c" in discover([tree], limit=1001).files


@pytest.mark.parametrize("tracked", [False, True])
def test_link_that_leaves_the_tree_is_refused(tree: Path, tmp_path: Path, tracked: bool) -> None:
    write(tmp_path, "secret.c")
    (tree / "out.c").symlink_to(tmp_path / "secret.c")
    (tree / "up.c").symlink_to("../secret.c")
    if tracked:
        track(tree, ".")
    found = discover([tree])
    assert found.files == ["a.c", "sub/b.h"]
    assert all("leaves the tree" in reasons(found)[name] for name in ("out.c", "up.c"))


def test_link_to_a_sibling_folder_with_a_like_name_leaves_the_tree(tree: Path, tmp_path: Path) -> None:
    write(tmp_path / "tree2", "x.c")
    (tree / "x.c").symlink_to(tmp_path / "tree2" / "x.c")
    assert "x.c" in reasons(discover([tree]))


def test_link_inside_the_tree_is_read_by_the_name_of_its_target(tree: Path) -> None:
    (tree / "in.c").symlink_to("sub/b.h")
    (tree / "other.c").symlink_to("sub/text")
    write(tree, "sub/text")
    found = discover([tree])
    assert found.files == ["a.c", "sub/b.h", "sub/text"]
    assert reasons(found) == {
        "in.c": "a link to sub/b.h, which is read by that name",
        "other.c": "a link to sub/text, which is read by that name",
    }
    assert discover([tree / "in.c"]).files == ["sub/b.h"]
    assert discover([tree / "in.c", tree / "a.c", tree / "sub"]).files == ["a.c", "sub/b.h"]


def test_link_to_an_excluded_file_is_excluded(tree: Path) -> None:
    (tree / "in.c").symlink_to("sub/b.h")
    assert discover([tree], exclude=("sub",)).files == ["a.c"]


def test_links_to_nothing_and_to_themselves(tree: Path) -> None:
    (tree / "dead.c").symlink_to("nowhere.c")
    (tree / "self.c").symlink_to("self.c")
    found = discover([tree])
    assert found.files == ["a.c", "sub/b.h"]
    assert set(reasons(found)) == {"dead.c", "self.c"}


def test_loop_of_folders_ends(tree: Path) -> None:
    (tree / "sub" / "loop").symlink_to(tree)
    (tree / "sub" / "up").symlink_to("..")
    assert discover([tree]).files == ["a.c", "sub/b.h"]


def test_linked_folder_is_not_entered(tree: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", "x.c")
    (tree / "other").symlink_to(tmp_path / "other")
    assert discover([tree]).files == ["a.c", "sub/b.h"]


def test_tracked_folder_replaced_by_a_link_out_of_the_tree(tree: Path, tmp_path: Path) -> None:
    track(tree, ".")
    (tree / "sub").rename(tmp_path / "moved")
    (tree / "sub").symlink_to(tmp_path / "moved")
    assert discover([tree]).files == ["a.c"]


def test_tree_reached_through_a_link_is_read(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(tree)
    (tree / "in.c").symlink_to(tree / "a.c")
    found = discover([tmp_path / "alias"])
    assert (found.files, list(reasons(found))) == (["a.c", "sub/b.h"], ["in.c"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_folders_named_like_files_are_not_read(tree: Path) -> None:
    os.mkfifo(tree / "pipe.c")
    (tree / "folder.c").mkdir()
    found = discover([tree])
    assert found.files == ["a.c", "sub/b.h"]
    assert reasons(found) == {"pipe.c": "no regular file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to this user")
def test_folder_that_cannot_be_listed_is_told(tree: Path) -> None:
    (tree / "sub").chmod(0)
    try:
        found = discover([tree])
    finally:
        (tree / "sub").chmod(0o755)
    assert found.files == ["a.c"]
    assert "cannot be listed" in next(iter(reasons(found).values()))


def test_common_root(tree: Path) -> None:
    assert common_root([tree / "sub", tree / "a.c"]) == tree
    assert common_root([tree / "a.c"]) == tree
    assert common_root([tree]) == tree
