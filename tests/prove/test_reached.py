"""Which files a change reaches, and the commands that compile them."""

import json
import subprocess
from pathlib import Path

import pytest
from proofs import write

from vport.errors import UsageError
from vport.proof.commands import OUTPUT, home_of, read_entries, template, units_of_entries
from vport.proof.includes import reached, scan
from vport.proof.trees import Trees, changed, commits, folders, names_below, write_out

INCLUDES = {
    "net/a.c": '#include "a.h"\n',
    "net/a.h": "# include <net/b.h> /* c.h */\n",
    "net/b.h": "",
    "c.c": '/* no\n include */\n#include "../net/c.h"\n',
    "net/c.h": "",
    "d.c": "int d;\n",
    "m.c": "#define H <net/b.h>\n#include H\n",
}


@pytest.mark.parametrize(
    ("change", "reaches"),
    [
        ("net/b.h", {"net/b.h", "net/a.h", "net/a.c", "m.c"}),
        ("net/c.h", {"net/c.h", "c.c", "m.c"}),
        ("d.c", {"d.c", "m.c"}),
        ("other.h", {"other.h", "m.c"}),
    ],
)
def test_reached(change: str, reaches: set[str], tmp_path: Path) -> None:
    write(tmp_path, INCLUDES)
    assert reached([change], [scan(tmp_path, INCLUDES)]) == reaches


def test_no_change_reaches_nothing(tmp_path: Path) -> None:
    write(tmp_path, INCLUDES)
    assert reached([], [scan(tmp_path, INCLUDES)]) == set()


def test_changed_names_files_of_one_side_too(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.c": "1", "b/x.c": "1", "a/y.c": "1", "b/y.c": "2", "b/z.c": "", "a/q.txt": "1"})
    trees = folders(tmp_path / "a", tmp_path / "b")
    assert changed(trees, (".c",)) == {"y.c", "z.c"}


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_commit_is_written_out_whole(tmp_path: Path) -> None:
    """Links too, and what archives leave out; names with spaces, texts without an end of line."""
    top = write(tmp_path / "top", {"a b.c": "int a;", "sub/x.h": "", ".gitattributes": "x.h export-ignore\n"})
    (top / "link.h").symlink_to("sub/x.h")
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "x")
    out = write_out(top, "HEAD", tmp_path / "out")
    assert names_below(out, ("",)) == {"a b.c", "sub/x.h", "link.h", ".gitattributes"}
    assert (out / "a b.c").read_text() == "int a;" and (out / "link.h").is_symlink()


def test_three_dots_start_where_the_branches_parted(tmp_path: Path) -> None:
    top = write(tmp_path / "top", {"x.c": "1"})
    for arguments in (("init", "-q", "-b", "one"), ("add", "."), ("commit", "-qm", "1"), ("branch", "two")):
        git(top, *arguments)
    write(top, {"x.c": "2"})
    git(top, "commit", "-qam", "2")
    with commits("one...two", top) as trees:
        assert (trees.before / "x.c").read_text() == (trees.after / "x.c").read_text() == "1"
    with commits("one..two", top) as trees:
        assert (trees.before / "x.c").read_text() == "2"
    assert not trees.before.exists()


def test_template_leaves_out_what_the_proof_says_itself() -> None:
    made = template("cc -c -O2 -DVIMAGE -MD -MF x.d -flto=4 -I . {file} -o {output}", Path())
    assert made.words == ("cc", "-O2", "-I", ".", "-o", OUTPUT, "{file}") and made.known
    assert not template("mycc {file} {output}", Path()).known


def test_entries_are_led_into_both_trees(tmp_path: Path) -> None:
    """Relative paths count from the entry's folder; what a build made is found where it is."""
    write(tmp_path, {f"{side}/src/x.c": "" for side in ("home", "before", "after")})
    write(tmp_path, {f"{side}/inc/x.h": "" for side in ("home", "before", "after")})
    write(tmp_path, {"home/build/made.h": ""})
    entry = {
        "directory": str(tmp_path / "home" / "build"),
        "command": "cc -I../inc -I . -isystem /usr/include -include made.h -Wp,-MD,x.d -o x.o -c ../src/x.c",
        "file": "../src/x.c",
    }
    write(tmp_path, {"cc.json": json.dumps([entry, entry, {**entry, "file": "/elsewhere/y.c"}])})
    trees = Trees(tmp_path / "before", tmp_path / "after", tmp_path / "home")
    (unit,) = units_of_entries(read_entries(tmp_path / "cc.json"), trees)
    assert unit.name == "src/x.c" and unit.after is not None
    build = tmp_path / "home" / "build"
    led = (f"-I{tmp_path}/after/inc", "-I", str(build), "-isystem", "/usr/include", "-include", f"{build}/made.h")
    assert unit.after.words == ("cc", *led, "-o", OUTPUT, "{file}")
    assert unit.after.folder == build


def test_home_is_where_the_entries_lie(tmp_path: Path) -> None:
    write(tmp_path, {"cc.json": json.dumps([{"directory": "/p", "command": "cc -c x.c", "file": "x.c"}])})
    entries = read_entries(tmp_path / "cc.json")
    assert home_of(entries, [Path("/q"), Path("/p")]) == Path("/p")
    with pytest.raises(UsageError, match="--root"):
        home_of(entries, [Path("/q")])
