"""A series as mails that git takes and as commits: what arrives is the port, byte for byte, whatever the bytes."""

import email
import re
import subprocess
from pathlib import Path

import pytest
from cases import MODULES
from commands.runner import Result, content, environment, run_here, write_tree

from vport.series import commits

IDENTITY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
WHO = ("-c", "user.name=Änne Q. Public", "-c", "user.email=anne@example.org")
HEAD = b"#include <sys/param.h>\n#include <net/vnet.h>\n"
PLAIN = (
    HEAD
    + b"static int frob_ttl = 7;\nstruct { int a; } frob_s;\nint frob_f(void);\nint\nfrob_f(void)\n{\n\n\treturn (frob_ttl + frob_s.a);\n}\n"
)
AWKWARD = {
    "lf": PLAIN,
    "crlf": PLAIN.replace(b"\n", b"\r\n"),
    "mixed_ends": PLAIN.replace(b"{\n", b"{\r\n"),
    "no_final_newline": PLAIN[:-1],
    "latin_1": PLAIN.replace(b"= 7;", b"= 7; /* Gr\xfc\xdfe */"),
    "utf_8": PLAIN.replace(b"= 7;", "= 7; /* Grüße */".encode()),
    "form_feed_and_blanks_at_ends": PLAIN.replace(b"int\nfrob_f", b"\x0c\n \t \nint\nfrob_f"),
    "a_line_that_begins_as_a_mail_does": PLAIN.replace(
        b"= 7;", b"= 7;\n/*\nFrom anne Mon Sep 17 00:00:00 2001\n-- \n---\n*/"
    ),
    "lone_returns": PLAIN.replace(b"= 7;", b"= 7; /* a\rb */"),
}
NAMES = ("frob.c", "frob two.c", "sub folder/fr\udcfcb.c", 'qu"ote.c', "tab\there.c", "größe.c")


def git(folder: Path, *arguments: str | Path) -> bytes:
    done = subprocess.run(
        ["git", *WHO, *map(str, arguments)], cwd=folder, capture_output=True, env=environment(**IDENTITY), check=False
    )
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    return done.stdout


def repository(folder: Path, files: dict[str, bytes]) -> Path:
    write_tree(folder, files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")
    git(folder, "config", "user.name", "Änne Q. Public")
    git(folder, "config", "user.email", "anne@example.org")
    return folder


def vport(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str | Path) -> Result:
    monkeypatch.chdir(folder)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return run_here(monkeypatch, *arguments)


def plan_of(files: dict[str, bytes], *names: str) -> bytes:
    from vport.names import spell

    text = "version = 1\n"
    for file in files:
        shown = spell(file).replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        text += "".join(
            f'[[variable]]\nname = "{n}"\nfile = "{shown}"\ndecision = "virtualize"\nwhy = ["written-at-run-time"]\n'
            for n in names
        )
    return text.encode()


def checked(monkeypatch: pytest.MonkeyPatch, top: Path, paths: tuple[str, ...], *more: str) -> list[str]:
    """Take a series in, and compare what arrives with what --write writes; returns the subjects."""
    out = top.parent / "series"
    written = vport(monkeypatch, top, "port", *paths, "--patches", out, *more)
    assert written.code in (0, 1), written.talk
    git(top, "worktree", "add", "-q", "-b", "mailed", top.parent / "mailed")
    patches = sorted(out.glob("*.patch"))
    git(top.parent / "mailed", "am", "-q", *patches)
    assert vport(monkeypatch, top, "port", *paths, "--commit", "made", *more).code == written.code
    assert git(top, "status", "--porcelain") == b""
    assert git(top, "rev-parse", "mailed^{tree}") == git(top, "rev-parse", "made^{tree}")
    assert git(top, "rev-list", "--count", "main..made") == b"%d\n" % len(patches)
    assert vport(monkeypatch, top, "port", *paths, "--write").code == written.code
    mailed = {k: v for k, v in content(top.parent / "mailed").items() if k != ".git" and not k.startswith(".git/")}
    assert mailed == {k: v for k, v in content(top).items() if not k.startswith(".git/")}
    subjects = git(top, "log", "--reverse", "--format=%s", "main..mailed").decode().splitlines()
    assert subjects == git(top, "log", "--reverse", "--format=%s", "main..made").decode().splitlines()
    assert git(top, "log", "--format=%b%an", "main..mailed") == git(top, "log", "--format=%b%an", "main..made")
    return subjects


@pytest.mark.parametrize("by", ["file", "variable"])
@pytest.mark.parametrize("module", ["ifcloned", "sctplike"])
def test_git_takes_the_series_of_a_module(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, by: str
) -> None:
    files = content(MODULES / module / "input")
    plan = (MODULES / module / "vport.toml").read_bytes().replace(b"input/", b"")
    top = repository(tmp_path / "top", {**files, "vport.toml": plan})
    subjects = checked(monkeypatch, top, (".",), "--group", by)
    assert len(subjects) > 3


@pytest.mark.parametrize("text", AWKWARD)
def test_bytes_survive_the_mail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    files = {"frob.c": AWKWARD[text]}
    top = repository(tmp_path / "top", {**files, "vport.toml": plan_of(files, "frob_ttl", "frob_s")})
    subjects = checked(monkeypatch, top, (".",), "--group", "variable")
    assert subjects == [
        "frob: name the types of frob_s",
        "frob: give each network stack its own frob_ttl",
        "frob: give each network stack its own frob_s",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_names_survive_the_mail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    files = {name: PLAIN}
    top = repository(tmp_path / "top", {**files, "vport.toml": plan_of(files, "frob_ttl")})
    assert len(checked(monkeypatch, top, (".",))) == 1


def test_patches_are_named_from_the_top_of_the_work_tree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(
        tmp_path / "top", {"sys/net/frob.c": PLAIN, "vport.toml": plan_of({"sys/net/frob.c": b""}, "frob_ttl")}
    )
    checked(monkeypatch, top, ("sys/net",))


def test_executable_files_stay_executable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = tmp_path / "top"
    write_tree(top, {"frob.c": PLAIN})
    (top / "frob.c").chmod(0o755)
    repository(top, {"vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    checked(monkeypatch, top, (".",))
    assert git(top, "ls-tree", "made", "frob.c").startswith(b"100755")


def test_patches_merge_where_the_tree_has_moved_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    assert vport(monkeypatch, top, "port", ".", "--patches", tmp_path / "series").code == 0
    (top / "frob.c").write_bytes(
        PLAIN.replace(b"#include <net/vnet.h>\n", b"#include <net/if.h>\n#include <net/vnet.h>\n")
    )
    git(top, "commit", "-q", "-a", "-m", "moved on")
    git(top, "am", "-q", "-3", *sorted((tmp_path / "series").glob("*.patch")))
    assert b"<net/if.h>\n#include <net/vnet.h>\nVNET_DEFINE_STATIC(int, frob_ttl) = 7;" in (top / "frob.c").read_bytes()


def test_letter_has_decisions_and_what_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refused = PLAIN + b"#define\tFROB_NAME(x)\tfrob_##x\nint *frob_p = &frob_ttl;\n"
    plan = (
        plan_of({"frob.c": b""}, "frob_ttl", "frob_s")
        + b'[[variable]]\nname = "frob_p"\nfile = "frob.c"\ndecision = "share"\nnote = "one\\nfor all"\n'
    )
    top = repository(tmp_path / "top", {"frob.c": refused, "vport.toml": plan})
    assert vport(monkeypatch, top, "port", ".", "--no-life", "--patches", tmp_path / "series").code == 1
    letter = email.message_from_bytes((tmp_path / "series/0000-cover-letter.txt").read_bytes())
    text = letter.get_payload(decode=True)
    assert isinstance(text, bytes)
    lines = [line.split() for line in text.decode().splitlines()]
    assert ["frob_s", "frob.c", "virtualize", "2", "written-at-run-time"] in lines
    assert ["frob_p", "frob.c", "share", "-", "Note:", "one", "for", "all"] in lines
    assert ["frob_ttl", "frob.c", "virtualize", "-", "written-at-run-time"] in lines
    assert "address-in-initializer" in text.decode()


def test_a_folder_that_holds_something_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    write_tree(tmp_path / "series", {"mine": b"x"})
    done = vport(monkeypatch, top, "port", ".", "--patches", tmp_path / "series")
    assert done.code == 2
    assert "is not an empty folder" in done.talk
    assert content(tmp_path / "series") == {"mine": b"x"}


@pytest.mark.parametrize("more", [("--write",), ("--check",), ("--commit",), ("--step", "1")])
def test_options_that_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: tuple[str, ...]
) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    assert vport(monkeypatch, top, "port", ".", "--patches", tmp_path / "series", *more).code == 2
    assert not (tmp_path / "series").exists()
    assert git(top, "branch", "--format=%(refname:short)") == b"main\n"


def test_nothing_to_change_is_no_series(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({})})
    done = vport(monkeypatch, top, "port", ".", "--patches", tmp_path / "series")
    assert (done.code, done.talk) == (0, "nothing to change, so there is no series.\n")
    assert not (tmp_path / "series").exists()


def test_commit_refuses_a_tree_with_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    (top / "frob.c").write_bytes(PLAIN + b"int mine;\n")
    done = vport(monkeypatch, top, "port", ".", "--commit")
    assert done.code == 2
    assert "the work tree has changes that are in no commit (frob.c)" in done.talk
    assert git(top, "branch", "--format=%(refname:short)") == b"main\n"
    git(top, "add", "frob.c")
    assert vport(monkeypatch, top, "port", ".", "--commit").code == 2


def test_commit_refuses_a_branch_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    assert vport(monkeypatch, top, "port", ".", "--commit").code == 0
    first = git(top, "rev-parse", "vport-port")
    done = vport(monkeypatch, top, "port", ".", "--commit")
    assert (done.code, "there is a branch vport-port already" in done.talk) == (2, True)
    assert git(top, "rev-parse", "vport-port") == first
    assert vport(monkeypatch, top, "port", ".", "--commit", "bad..name").code == 2


def test_commit_refuses_files_that_are_in_no_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"other.c": b"int x;\n", "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    write_tree(top, {"frob.c": PLAIN})
    done = vport(monkeypatch, top, "port", ".", "--untracked", "--commit")
    assert (done.code, "frob.c is no file of the last commit" in done.talk) == (2, True)
    assert git(top, "branch", "--format=%(refname:short)") == b"main\n"


def test_commit_outside_of_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_tree(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    done = vport(monkeypatch, tmp_path / "top", "port", ".", "--commit")
    assert (done.code, "not a git repository" in done.talk) == (2, True)


def test_line_ends_that_git_translates_stay_as_git_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {"frob.c": PLAIN.replace(b"\n", b"\r\n"), ".gitattributes": b"*.c text eol=crlf\n"}
    top = repository(tmp_path / "top", {**files, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    assert vport(monkeypatch, top, "port", ".", "--commit", "made").code == 0
    assert b"\r" not in git(top, "cat-file", "blob", "made:frob.c")
    assert vport(monkeypatch, top, "port", ".", "--write").code == 0
    written = (top / "frob.c").read_bytes()
    git(top, "checkout", "-q", "-f", "made")
    assert (top / "frob.c").read_bytes() == written


@pytest.mark.parametrize("after", ["write-tree", "commit-tree", "update-ref"])
def test_an_interrupted_commit_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: str) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl", "frob_s")})
    real, seen = commits._git, 0

    def until(folder: Path, *arguments: str, given: bytes | None = None, index: Path | None = None) -> bytes:
        nonlocal seen
        seen += after in arguments
        if seen == (2 if after != "update-ref" else 1):
            raise KeyboardInterrupt
        return real(folder, *arguments, given=given, index=index)

    before = content(top / ".git" / "refs"), (top / ".git" / "index").read_bytes()
    monkeypatch.setattr(commits, "_git", until)
    assert vport(monkeypatch, top, "port", ".", "--commit").code == 130
    assert seen
    assert git(top, "branch", "--format=%(refname:short)") == b"main\n"
    assert (content(top / ".git" / "refs"), (top / ".git" / "index").read_bytes()) == before
    assert git(top, "status", "--porcelain") == b""
    monkeypatch.setattr(commits, "_git", real)
    assert vport(monkeypatch, top, "port", ".", "--commit").code == 0


def test_patches_that_cannot_be_written_leave_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".patch":
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = vport(monkeypatch, top, "port", ".", "--patches", tmp_path / "series")
    assert (done.code, "No space left on device; nothing was" in done.talk) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["top"]


def test_git_takes_the_series_of_more_than_a_hundred_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    plan = b"version = 1\n"
    for module in sorted(path.parent for path in MODULES.glob("*/vport.toml")):
        files |= {f"{module.name}/{name}": text for name, text in content(module / "input").items()}
        text = (module / "vport.toml").read_bytes().replace(b"input/", f"{module.name}/".encode())
        plan += text[text.index(b"[[variable]]") :].partition(b"\n[files]")[0] + b"\n"
    top = repository(tmp_path / "top", {**files, "vport.toml": plan})
    subjects = checked(monkeypatch, top, (".",))
    assert len(subjects) > 30
    letter = (tmp_path / "series" / "0000-cover-letter.txt").read_text()
    number = re.search(r"^Subject: \[PATCH 0+/\d+\] Port . to VNET: (\d+) variables$", letter, re.MULTILINE)
    assert number is not None
    assert int(number[1]) > 100
