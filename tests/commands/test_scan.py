"""`vport scan`: results on standard output, talk on standard error, the same in each format."""

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from commands.runner import Run, run_apart, write_tree
from vport.row import Row

NAMES = ["frob_ttl", "frob_count", "calls"]


def test_table(vport: Run, tree: Path) -> None:
    done = vport("scan", "t")
    lines = done.text.splitlines()
    assert done.code == 0
    assert lines[0].split() == ["NAME", "TYPE", "WHERE", "DECISION", "WHY"]
    assert [line.split()[0] for line in lines[1:]] == ["frob_ttl", "frob_count", "frob_input.calls"]
    assert [line.split()[2] for line in lines[1:]] == ["frob.c:5", "frob.c:6", "frob.c:14"]
    assert done.talk.startswith("3 variables in 3 files: ")


def test_json_has_the_promised_fields(vport: Run, tree: Path) -> None:
    done = vport("scan", "t", "--format", "json")
    rows = json.loads(done.raw)
    assert done.code == 0
    assert [{k: r[k] for k in ("name", "file", "line", "function", "type", "storage")} for r in rows] == [
        {"name": "frob_ttl", "file": "frob.c", "line": 5, "function": "", "type": "int", "storage": "static"},
        {"name": "frob_count", "file": "frob.c", "line": 6, "function": "", "type": "int", "storage": "extern"},
        {
            "name": "calls",
            "file": "frob.c",
            "line": 14,
            "function": "frob_input",
            "type": "int",
            "storage": "static local",
        },
    ]
    for row in rows:
        assert row["decision"] in ("virtualize", "share", "ask")
        assert row["why"]
        assert all(isinstance(w, str) for w in row["why"])
        assert isinstance(row["score"], float)


def test_csv_holds_what_json_holds(vport: Run, tree: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(vport("scan", "t", "--format", "csv").text, newline="")))
    same = json.loads(vport("scan", "t", "--format", "json").raw)
    assert list(rows[0]) == list(Row.__struct_fields__)
    for row, other in zip(rows, same, strict=True):
        assert row == {**{k: str(v) for k, v in other.items()}, "why": " ".join(other["why"])}


def test_files_are_relative_to_the_folder_given(vport: Run, work: Path) -> None:
    write_tree(work / "sys", {"net/a.c": "int a;\n", "netinet/b.c": "int b;\n"})
    files = lambda *paths: [r["file"] for r in json.loads(vport("scan", *paths, "-f", "json").raw)]  # noqa: E731
    assert files("sys") == ["net/a.c", "netinet/b.c"]
    assert files("sys/net") == ["a.c"]
    assert files("sys/net", "sys/netinet") == ["net/a.c", "netinet/b.c"]
    assert files("sys/net/a.c") == ["a.c"]
    assert files(work / "sys") == ["net/a.c", "netinet/b.c"]


def test_standard_input(vport: Run, work: Path) -> None:
    done = vport("scan", "-", "-f", "json", stdin=b"static int frob;\nint g(void) { return frob++; }\n")
    assert [(r["name"], r["file"], r["line"]) for r in json.loads(done.raw)] == [("frob", "stdin.c", 1)]


def test_empty_standard_input(vport: Run, work: Path) -> None:
    done = vport("scan", "-")
    assert (done.code, done.raw) == (0, b"")


def test_standard_input_stands_alone(vport: Run, tree: Path) -> None:
    done = vport("scan", "-", "t")
    assert done.code == 2
    assert "stands alone" in done.talk


def test_standard_input_stands_alone_wherever_it_stands(vport: Run, tree: Path) -> None:
    done = vport("scan", "t", "-")
    assert "stands alone" in done.talk


@pytest.mark.parametrize("decision", ["virtualize", "share", "ask"])
def test_only_one_decision(vport: Run, tree: Path, decision: str) -> None:
    rows = json.loads(vport("scan", "t", "-f", "json").raw)
    only = json.loads(vport("scan", "t", "-f", "json", "--only", decision).raw)
    assert only == [r for r in rows if r["decision"] == decision]


@pytest.mark.parametrize(
    ("form", "nothing"),
    [("table", b""), ("json", b"[]\n"), ("csv", ",".join(Row.__struct_fields__).encode() + b"\r\n")],
)
def test_nothing_to_list(vport: Run, work: Path, form: str, nothing: bytes) -> None:
    write_tree(work, {"a.c": "int f(void) { return 1; }\n"})
    done = vport("scan", ".", "--format", form)
    assert (done.code, done.raw) == (0, nothing)


def test_quiet(vport: Run, tree: Path) -> None:
    write_tree(tree, {"big.c": "int x;\n" + " " * 2000})
    done = vport("scan", "t", "-q", "--max-size", "1000")
    assert done.talk == ""
    assert done.raw


def test_second_scan_is_the_same(vport: Run, tree: Path) -> None:
    first = vport("scan", "t", "-f", "json")
    assert vport("scan", "t", "-f", "json") == first
    assert vport("scan", "t", "-f", "json", "--no-cache") == first
    assert vport("scan", "t", "-f", "json", "--jobs", "1") == first


def test_changed_file_is_seen_by_the_second_scan(vport: Run, tree: Path) -> None:
    vport("scan", "t")
    (tree / "user.c").write_text("int newcomer;\n")
    assert "newcomer" in vport("scan", "t").text


def test_renamed_file_is_seen_by_the_second_scan(vport: Run, tree: Path) -> None:
    vport("scan", "t")
    (tree / "frob.c").rename(tree / "frob2.c")
    assert "frob2.c:5" in vport("scan", "t").text


def test_coverage(vport: Run, tree: Path) -> None:
    size = sum(p.stat().st_size for p in tree.iterdir())
    done = vport("scan", "t", "--coverage")
    assert done.code == 0
    assert done.text.splitlines() == [
        "files read: 3",
        "functions read: 2 of 2 (100.00%)",
        f"bytes read: {size} of {size} (100.00%)",
        "not read: 0",
    ]


def test_coverage_lists_what_was_not_read(vport: Run, work: Path) -> None:
    write_tree(
        work, {"a.c": "int good(void) { return 1; }\n\nint bad(void)\n{\n\ta ( b c d;\n}\n\n) = what is this;\n"}
    )
    done = vport("scan", ".", "--coverage")
    assert "functions read: 1 of 2 (50.00%)" in done.text
    assert "a.c:3-6: function bad: does not parse at line 5" in done.text
    assert "top level: does not parse" in done.text
    same = json.loads(vport("scan", ".", "--coverage", "-f", "json").raw)
    assert (same["files"], same["functions"], same["functions_read"]) == (1, 2, 1)
    assert same["gaps"][0] == {
        "file": "a.c",
        "line": 3,
        "last_line": 6,
        "function": "bad",
        "reason": "does not parse at line 5",
    }


def test_coverage_of_nothing(vport: Run, work: Path) -> None:
    done = vport("scan", ".", "--coverage")
    assert done.code == 0
    assert "functions read: 0 of 0 (100.00%)" in done.text


def test_coverage_as_csv_is_csv_or_refused(vport: Run, tree: Path) -> None:
    done = vport("scan", "t", "--coverage", "-f", "csv")
    assert done.code == 2 or done.text.count("\r\n") > 0


def test_no_escape_codes_unless_on_a_terminal(tree: Path) -> None:
    done = run_apart("scan", "t", cwd=tree.parent, FORCE_COLOR="")
    assert done.code == 0
    assert b"\x1b" not in done.raw
    assert "\x1b" not in done.talk


def test_only_the_named_suffixes_below_a_folder(vport: Run, work: Path) -> None:
    write_tree(
        work, {"a.c": "int a;\n", "b.h": "static int b;\n", "c.cc": "int c;\n", "d.C": "int d;\n", "e": "int e;\n"}
    )
    assert [r["name"] for r in json.loads(vport("scan", ".", "-f", "json").raw)] == ["a", "b"]
    assert [r["name"] for r in json.loads(vport("scan", "e", "-f", "json").raw)] == ["e"]


def test_excluded(vport: Run, tree: Path) -> None:
    done = vport("scan", "t", "--exclude", "user.c", "--exclude", "*.h", "-f", "json")
    assert "user.c: skipped: excluded" in done.talk
    assert "frob_var.h: skipped: excluded" in done.talk


def test_many_skipped_files_are_counted(vport: Run, work: Path) -> None:
    write_tree(work, {f"{i:02}.c": b"\0" for i in range(25)})
    done = vport("scan", ".")
    assert done.talk.count("holds NUL bytes") == 20
    assert "... and 5 more files skipped" in done.talk


@pytest.mark.parametrize("path", ["-x.c", "sp ace.c", "t/a.c"])
def test_next_step_can_be_typed(vport: Run, work: Path, path: str) -> None:
    write_tree(work, {path: "static int frob_n;\n"})
    found = vport("scan", "--", path).talk.partition("Next: vport ")[2]
    assert found.startswith("plan")
    planned = vport(*shlex.split(found)).talk.partition("Next: edit, then vport ")[2]
    assert vport(*shlex.split(planned)).code == 0


@pytest.mark.parametrize("option", ["--max-size=0", "--max-size=-1", "--jobs=-1"])
def test_numbers_that_make_no_sense(vport: Run, tree: Path, option: str) -> None:
    done = vport("scan", "t", option)
    assert (done.code, done.raw) == (2, b"")


def test_folder_without_c_files_says_what_to_name(vport: Run, work: Path) -> None:
    write_tree(work, {"t/readme": "x"})
    assert vport("scan", "t").talk.endswith("Next: name files, or folders with .c and .h files below them\n")
