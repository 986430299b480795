"""`vport prove`: what it compiles, what it says, and how it exits."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from commands.runner import Run, write_tree

CC = "cc -c -O2 -ffreestanding {file} -o {output}"
BEFORE = {
    "frob.h": "extern int frob_ttl;\n#define\tVNET_NAME(n)\tn\n#define\tVNET(n)\t(n)\n",
    "frob.c": '#include "frob.h"\nint frob_ttl = 7;\nint frob(void) { return (frob_ttl); }\n',
    "user.c": '#include "frob.h"\nint user(void) { return (frob_ttl + 1); }\n',
    "other.c": "int other(void) { return (3); }\n",
}
RENAMED = {
    **BEFORE,
    "frob.h": BEFORE["frob.h"] + "#define\tV_frob_ttl\tVNET(frob_ttl)\n",
    "frob.c": BEFORE["frob.c"].replace("return (frob_ttl", "return (V_frob_ttl"),
}
WRONG = {**RENAMED, "frob.c": RENAMED["frob.c"].replace("= 7", "= 8")}
FOLDERS = ("--before", "a", "--after", "b")

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


def both(work: Path, before: dict[str, str], after: dict[str, str]) -> None:
    write_tree(work / "a", before)
    write_tree(work / "b", after)


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(work: Path) -> Path:
    """Two commits: a module, and its port; the work tree is at the second."""
    git(work, "init", "-q")
    for message, files in (("before", BEFORE), ("after", RENAMED)):
        write_tree(work, files)
        git(work, "add", ".")
        git(work, "commit", "-q", "-m", message)
    return work


def test_what_a_change_reaches_is_identical_and_exits_0(vport: Run, work: Path) -> None:
    both(work, BEFORE, RENAMED)
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert (done.code, done.text) == (0, "frob.c: identical\nuser.c: identical\n")
    assert done.talk == "2 units: 2 identical; proved\n"


def test_all_units(vport: Run, work: Path) -> None:
    both(work, BEFORE, RENAMED)
    assert "other.c: identical" in vport("prove", *FOLDERS, "--cc", CC, "--all").text


def test_nothing_changed(vport: Run, work: Path) -> None:
    both(work, BEFORE, BEFORE)
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert (done.code, done.text, done.talk) == (0, "", "nothing that is compiled changed\n")


def test_difference_exits_1_and_shows_both_lines(vport: Run, work: Path) -> None:
    both(work, BEFORE, WRONG)
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert done.code == 1
    assert done.text == (
        "frob.c: differs\n"
        "    frob.c:2: datum frob_ttl bytes at 0 are 07000000 before and 08000000 after\n"
        "        - frob.c:2: int frob_ttl = 7;\n"
        "        + frob.c:2: int frob_ttl = 8;\n"
        "user.c: identical\n"
    )
    assert done.talk == "2 units: 1 identical, 1 differs; not proved\n"


def test_json(vport: Run, work: Path) -> None:
    both(work, BEFORE, WRONG)
    told = json.loads(vport("prove", *FOLDERS, "--cc", CC, "--format", "json").text)
    assert told["proved"] is False
    first, second = told["units"]
    assert (first["file"], first["verdict"], second["verdict"]) == ("frob.c", "differs", "identical")
    assert first["differences"][0]["after"] == {"file": "frob.c", "line": 2, "text": "int frob_ttl = 8;"}


def test_summary_to_paste(vport: Run, work: Path) -> None:
    both(work, BEFORE, WRONG)
    done = vport("prove", *FOLDERS, "--cc", CC, "--summary", "s.md", "--format", "summary")
    assert done.text == (work / "s.md").read_text()
    assert done.text.startswith("**Default build: 1 of 2 objects identical** (a and b)\n")
    assert "    - changed datum `frob_ttl` (frob.c:2)\n" in done.text


def test_commits(vport: Run, repository: Path) -> None:
    before = {p.name for p in repository.iterdir()}
    done = vport("prove", "HEAD~..HEAD", "--cc", CC)
    assert (done.code, done.text) == (0, "frob.c: identical\nuser.c: identical\n")
    assert {p.name for p in repository.iterdir()} == before


def test_work_tree_against_a_commit(vport: Run, repository: Path) -> None:
    (repository / "frob.c").write_text(WRONG["frob.c"])
    done = vport("prove", "HEAD", "--cc", CC)
    assert (done.code, done.text.split("\n")[0]) == (1, "frob.c: differs")


def test_compile_commands_of_the_work_tree_serve_both_commits(vport: Run, repository: Path) -> None:
    """Headers that a build makes stay where they are; those of the tree are taken from each commit."""
    write_tree(repository / "build", {"made.h": "#define\tMADE\t1\n"})
    for name in ("frob.c", "user.c"):
        assert "MADE" not in (repository / name).read_text()
    entries = [
        {
            "directory": str(repository / "build"),
            "command": f"cc -O2 -ffreestanding -I.. -include made.h -MD -MF x.d -o {name}.o -c ../{name}",
            "file": f"../{name}",
        }
        for name in ("frob.c", "user.c")
    ]
    (repository / "build" / "compile_commands.json").write_text(json.dumps(entries))
    done = vport("prove", "HEAD~..HEAD")
    assert (done.code, done.text) == (0, "frob.c: identical\nuser.c: identical\n")
    assert {p.name for p in (repository / "build").iterdir()} == {"compile_commands.json", "made.h"}


def test_files_without_a_command_are_told(vport: Run, repository: Path) -> None:
    entry = {"directory": str(repository), "arguments": ["cc", "-O2", "-c", "frob.c"], "file": "frob.c"}
    (repository / "compile_commands.json").write_text(json.dumps([entry]))
    done = vport("prove", "HEAD~..HEAD")
    assert done.text == "frob.c: identical\n"
    assert "has no command for 1 file that the change reaches: user.c" in done.talk


def test_vimage_only_failure(vport: Run, work: Path) -> None:
    broken = RENAMED["frob.c"] + "#ifdef VIMAGE\n#error no such stack\n#endif\n"
    both(work, BEFORE, {**RENAMED, "frob.c": broken})
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert done.code == 1
    assert "frob.c: does not compile (the VIMAGE build after)\n    frob.c:5:2: error: #error no such stack" in done.text
    assert vport("prove", *FOLDERS, "--cc", CC, "--vimage", "").code == 0


def test_what_never_compiled_is_told_apart(vport: Run, work: Path) -> None:
    both(work, {**BEFORE, "frob.c": "int x"}, {**BEFORE, "frob.c": "int  x"})
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert done.code == 1 and done.text.startswith("frob.c: not compiled before either (default build)\n    frob.c:1:")


def test_file_on_one_side(vport: Run, work: Path) -> None:
    both(work, BEFORE, {**BEFORE, "new.c": "int n;\n"})
    done = vport("prove", *FOLDERS, "--cc", CC)
    assert done.code == 1 and done.text.startswith("new.c: has no counterpart")


def test_second_run_answers_from_the_cache(vport: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(work, BEFORE, WRONG)
    log = work / "log"
    script = work / "counting-cc"
    script.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(log))}\nexec cc "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{work}{os.pathsep}{os.environ['PATH']}")
    command = CC.replace("cc -c", "counting-cc -c", 1)
    first = vport("prove", *FOLDERS, "--cc", command)
    compiled = log.read_text()
    log.write_text("")
    second = vport("prove", *FOLDERS, "--cc", command)
    assert (first.code, first.text) == (second.code, second.text)
    assert " -c " in compiled and " -c " not in log.read_text()
    write_tree(work / "b", {"frob.c": RENAMED["frob.c"]})
    assert vport("prove", *FOLDERS, "--cc", command).code == 0


def test_opaque_command(vport: Run, work: Path) -> None:
    both(work, BEFORE, WRONG)
    script = work / "mycc"
    script.write_text('#!/bin/sh\nin=$1 out=$2; shift 2\nexec cc -c -O2 "$in" -o "$out" "$@"\n')
    script.chmod(0o755)
    done = vport("prove", *FOLDERS, "--cc", f"{script} {{file}} {{output}}", "-v")
    assert done.code == 1
    assert "frob.c: differs\n    datum frob_ttl bytes at 0" in done.text
    assert "user.c: identical\n    note: there is no text for it without numbers of lines" in done.text


def test_missing_compiler_exits_2_and_says_what_to_install(
    vport: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(work, BEFORE, WRONG)
    done = vport("prove", *FOLDERS, "--cc", "no-such-cc -c {file} -o {output}")
    assert done.code == 2 and "no-such-cc: there is no such program to run; install it" in done.talk
    monkeypatch.setenv("PATH", str(work))
    done = vport("prove", *FOLDERS, "--cc", "clang -c {file} -o {output}")
    assert done.code == 2 and "Debian: apt-get install clang" in done.talk


BAD = [
    ((), "say what to compare"),
    (("HEAD", "--before", "a"), "not both"),
    (("--before", "a"), "say what to compare"),
    (("--before", "none", "--after", "b", "--cc", CC), "none: is no folder"),
    (FOLDERS, "holds no compile_commands.json; say how to compile"),
    ((*FOLDERS, "--cc", "cc -c x.c"), "say where {file} and {output} go"),
    ((*FOLDERS, "--cc", "cc '"), "quote it as in a shell"),
    ((*FOLDERS, "--cc", CC, "--headers", "freebsd-13"), "use one of them"),
    ((*FOLDERS, "--compile-commands", "a/frob.c"), "cannot be read as compile commands"),
    ((*FOLDERS, "--cc", CC, "--summary", "none/s.md"), "there is no folder none"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[b[1] for b in BAD])
def test_bad_usage_is_named_and_exits_2(vport: Run, work: Path, arguments: tuple[str, ...], says: str) -> None:
    both(work, BEFORE, WRONG)
    done = vport("prove", *arguments)
    assert done.code == 2
    assert says in done.talk and "Traceback" not in done.talk


def test_unknown_commit(vport: Run, repository: Path) -> None:
    done = vport("prove", "nowhere..HEAD", "--cc", CC)
    assert done.code == 2 and "name commits that exist" in done.talk
