"""Nothing found in a scanned tree is ever executed, or followed outside it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.runner import Run, content, environment, write_tree

DEAD = 2**22 + 1
"""No process: above the largest pid Linux gives."""
SECRET = "static int secret_n;\nint secret(void) { return secret_n; }\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment(), capture_output=True, check=True)


@pytest.fixture
def repository(work: Path) -> Path:
    """A git work tree in ./t."""
    write_tree(work / "t", {"a.c": "static int inside_n;\n", "sub/b.c": SECRET})
    git(work / "t", "init", "-q")
    git(work / "t", "add", ".")
    git(work / "t", "commit", "-q", "-m", "x")
    return work / "t"


def names(vport: Run) -> list[str]:
    return [r["name"] for r in json.loads(vport("scan", "t", "-f", "json", "-q").raw)]


CONFIG = """
[core]
	fsmonitor = "touch {flag}; true"
	hooksPath = "{hooks}"
	pager = "touch {flag}"
	editor = "touch {flag}"
	sshCommand = "touch {flag}"
	alternateRefsCommand = "touch {flag}"
	untrackedCache = true
[alias]
	ls-files = "!touch {flag}"
[filter "x"]
	clean = "touch {flag}"
	smudge = "touch {flag}"
	process = "touch {flag}"
	required = true
[diff]
	external = "touch {flag}"
[diff "x"]
	textconv = "touch {flag}"
[include]
	path = "{flag}.include"
[trace2]
	normalTarget = "{flag}.trace"
"""


@pytest.mark.parametrize("verb", [("scan",), ("plan", "-o", "-"), ("dialect",), ("scan", "--untracked")], ids=" ".join)
def test_hostile_configuration_runs_nothing(
    vport: Run, repository: Path, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    flag, hooks = tmp_path / "pwned", tmp_path / "hooks"
    write_tree(
        hooks,
        dict.fromkeys(("post-index-change", "pre-commit", "fsmonitor-watchman"), f"#!/bin/sh\ntouch {flag}\n"),
    )
    for hook in (*hooks.iterdir(), *(repository / ".git/hooks").glob("*.sample")):
        hook.chmod(0o755)
        if hook.suffix == ".sample":
            hook.write_text(f"#!/bin/sh\ntouch {flag}\n")
            hook.rename(hook.with_suffix(""))
    with (repository / ".git/config").open("a") as file:
        file.write(CONFIG.format(flag=flag, hooks=hooks))
    (tmp_path / "pwned.include").write_text(f'[core]\n\tfsmonitor = "touch {flag}"\n')
    (repository / ".gitattributes").write_text("*.c filter=x diff=x\n")
    os.utime(repository / "a.c")
    assert vport(*verb, "t").code == 0
    assert not flag.exists()


def test_broken_repository_is_read_as_a_folder(vport: Run, repository: Path) -> None:
    (repository / ".git/HEAD").write_text("nonsense")
    assert names(vport) == ["inside_n", "secret_n"]


def test_work_tree_configured_elsewhere(vport: Run, repository: Path, work: Path) -> None:
    write_tree(work / "out", {"a.c": "static int outside_n;\n"})
    git(repository, "config", "core.worktree", str(work / "out"))
    assert "outside_n" not in names(vport)


def test_git_file_that_points_elsewhere(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static int inside_n;\n", ".git": f"gitdir: {work / 'other/.git'}\n"})
    write_tree(work / "other", {"x.c": "static int outside_n;\n"})
    git(work / "other", "init", "-q")
    git(work / "other", "add", ".")
    assert "outside_n" not in names(vport)


def test_tracked_folder_that_became_a_link_is_not_read(vport: Run, repository: Path, work: Path) -> None:
    (repository / "sub").rename(work / "out")
    (repository / "sub").symlink_to(work / "out")
    assert names(vport) == ["inside_n"]


def test_tracked_folder_that_became_a_link_is_not_written(vport: Run, repository: Path, work: Path) -> None:
    (repository / "sub").rename(work / "out")
    (repository / "sub").symlink_to(work / "out")
    before = content(work / "out")
    vport("plan", "t", "--from-list", "-", stdin=b"secret_n\n")
    vport("port", "t", "--write")
    assert content(work / "out") == before


def test_index_that_names_files_outside(vport: Run, repository: Path, work: Path) -> None:
    write_tree(work, {"v.c": "static int outside_n;\n"})
    write_tree(repository, {"xx/v.c": "static int outside_n;\n"})
    git(repository, "add", "xx/v.c")
    git(repository, "update-index", "--index-version", "2")
    index = repository / ".git/index"
    body = index.read_bytes()[:-20].replace(b"xx/v.c", b"../v.c")
    index.write_bytes(body + hashlib.sha1(body).digest())
    (repository / "xx/v.c").unlink()
    assert "outside_n" not in names(vport)


def test_links_that_leave_the_tree_are_skipped_and_listed(vport: Run, work: Path) -> None:
    write_tree(work, {"out/x.c": SECRET, "t/a.c": "static int inside_n;\n"})
    (work / "t/file.c").symlink_to(work / "out/x.c")
    (work / "t/relative.c").symlink_to("../out/x.c")
    (work / "t/through.c").symlink_to("file.c")
    (work / "t/folder").symlink_to(work / "out")
    (work / "t/device.c").symlink_to("/dev/zero")
    (work / "t/loop.c").symlink_to("loop.c")
    (work / "t/up").symlink_to("..")
    done = vport("scan", "t", "-f", "json")
    assert [r["name"] for r in json.loads(done.raw)] == ["inside_n"]
    for name in ("file.c", "relative.c", "through.c", "device.c"):
        assert f"{name}: skipped: a link that leaves the tree" in done.talk
    assert "loop.c: skipped: a link to nothing" in done.talk


def test_tracked_links_that_leave_the_tree(vport: Run, repository: Path, work: Path) -> None:
    write_tree(work, {"out/x.c": "static int outside_n;\n"})
    (repository / "link.c").symlink_to(work / "out/x.c")
    git(repository, "add", "link.c")
    assert names(vport) == ["inside_n", "secret_n"]


def test_includes_are_not_followed_out_of_the_tree(vport: Run, work: Path) -> None:
    write_tree(
        work,
        {
            "out.h": "static int outside_n;\n",
            "t/a.c": f'#include "../out.h"\n#include "{work}/out.h"\nstatic int inside_n;\n',
        },
    )
    assert names(vport) == ["inside_n"]


def test_plan_in_the_tree_is_only_data(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"a.c": "static int n;\n"})
    write_tree(work, {"out.c": "static int n;\n"})
    write_tree(
        work / "t",
        {"vport.toml": 'version = 1\n[[variable]]\nname = "n"\nfile = "../out.c"\ndecision = "virtualize"\n'},
    )
    done = vport("port", "t", "--write")
    assert done.code == 1
    assert "n (../out.c) matches nothing that was read" in done.talk
    assert (work / "out.c").read_text() == "static int n;\n"


def test_journal_in_the_tree_reaches_nothing_outside(vport: Run, work: Path) -> None:
    write_tree(
        work,
        {
            "t/a.c": "static int n;\n",
            "victim.c": "mine\n",
            ".victim.c.vport-old": "evil\n",
            f".victim.c.{DEAD}.vport-old": "evil\n",
        },
    )
    write_tree(work / "t", {".vport-journal.json": json.dumps({"pid": DEAD, "files": ["../victim.c"]})})
    vport("plan", "t", "--from-list", "-", stdin=b"n\n")
    vport("port", "t", "--write")
    assert (work / "victim.c").read_text() == "mine\n"


def test_link_where_the_new_text_is_staged(vport: Run, work: Path) -> None:
    write_tree(work, {"t/a.c": "static int n;\n", "victim": "mine\n"})
    for name in (".a.c.vport-new", f".a.c.{os.getpid()}.vport-new"):
        (work / "t" / name).symlink_to(work / "victim")
    vport("plan", "t", "--from-list", "-", stdin=b"n\n")
    vport("port", "t", "--write")
    assert (work / "victim").read_text() == "mine\n"


def test_python_in_the_tree_is_not_imported(tmp_path: Path, work: Path) -> None:
    """A scanned folder is where people stand; modules in it must not be taken for libraries."""
    from commands.runner import ROOT

    flag = tmp_path / "pwned"
    evil = f"open({str(flag)!r}, 'w')\n"
    write_tree(
        work,
        {
            "a.c": "int a;\n",
            **{f"{name}.py": evil for name in ("click", "msgspec", "tomllib", "csv", "rules", "sitecustomize")},
        },
    )
    code = "import sys; sys.path.remove(''); sys.argv = ['vport', 'scan', '.']; from vport.cli import main; main()"
    settings = environment(PYTHONPATH=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], cwd=work, env=settings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not flag.exists()
