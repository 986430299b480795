"""Diffs: git takes them, and what it makes of the old text is what the edits make of it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from cases import Case, as_parameters, fixture_cases, module_cases, run_case
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.diff import changes, quoted, unified_diff
from vport.edits import Edit, apply_edits
from vport.errors import OverlapError

HUNK = re.compile(rb"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n")
CHANGED_CASES = [c for c in fixture_cases() if "/noop_" not in f"/{c.id}"]


def edit(start: int, end: int, new: bytes, rank: int = 0) -> Edit:
    return Edit(start, end, rank, new, "test", "for the test")


def lines_of(data: bytes) -> list[bytes]:
    """Lines by line feeds alone, endings kept."""
    parts = data.split(b"\n")
    return [p + b"\n" for p in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def patched(before: bytes, diff: bytes) -> bytes:
    """What a strict reader of POSIX unified diffs makes of `before`: no fuzz, no offset, every count exact."""
    if not diff:
        return before
    old, out, at, used = lines_of(before), [], 0, 0
    _, _, rest = diff.partition(b"\n+++ ")
    body = lines_of(rest.partition(b"\n")[2])
    while used < len(body):
        match = HUNK.fullmatch(body[used])
        assert match, body[used]
        first, count, new_first, new_count = map(int, match.groups())
        start = first - 1 if count else first
        assert start >= at
        out += old[at:start]
        assert (new_first - 1 if new_count else new_first) == len(out)
        at, used, added, taken = start, used + 1, 0, 0
        while taken < count or added < new_count:
            mark, line = body[used][:1], body[used][1:]
            used += 1
            if body[used : used + 1] == [b"\\ No newline at end of file\n"]:
                line = line.removesuffix(b"\n")
                used += 1
            if mark in b" -":
                assert old[at] == line, (old[at], line)
                at, taken = at + 1, taken + 1
            if mark in b" +":
                out.append(line)
                added += 1
            assert mark in b" -+", mark
        assert (taken, added) == (count, new_count)
    return b"".join([*out, *old[at:]])


def git_apply(folder: Path, diff: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    return subprocess.run(
        ["git", "apply", "--whitespace=nowarn", *options],
        cwd=folder,
        input=diff,
        capture_output=True,
        env=environment,
        check=False,
    )


def check_with_git(folder: Path, name: str, before: bytes, edits: list[Edit]) -> None:
    """Write `before`, let git apply the diff, compare."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(before)
    diff = unified_diff(name, before, edits)
    done = git_apply(folder, diff, "--check")
    assert done.returncode == 0, (done.stderr.decode(errors="replace"), diff)
    done = git_apply(folder, diff)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == apply_edits(name, before, edits)
    assert patched(before, diff) == apply_edits(name, before, edits)


TEN = b"".join(b"line %d\n" % i for i in range(10))


@pytest.mark.parametrize(
    ("before", "edits"),
    [
        pytest.param(b"int a;\nint b;\n", [edit(0, 0, b"#include <x.h>\n")], id="line_before_the_first"),
        pytest.param(b"int a;\nint b;\n", [edit(14, 14, b"int c;\n")], id="line_after_the_last"),
        pytest.param(b"int a;\nint b;", [edit(13, 13, b"\nint c;")], id="after_the_last_without_newline"),
        pytest.param(b"int a;\nint b;", [edit(13, 13, b"\n")], id="newline_added_at_end"),
        pytest.param(b"int a;\nint b;\n", [edit(13, 14, b"")], id="newline_removed_at_end"),
        pytest.param(b"int a;\nint b;", [edit(4, 5, b"V_a")], id="context_without_newline"),
        pytest.param(b"int a;", [edit(4, 5, b"V_a")], id="only_line_without_newline"),
        pytest.param(b"int a;", [edit(0, 0, b"x\n")], id="line_before_only_line_without_newline"),
        pytest.param(b"int a;\n", [edit(0, 7, b"")], id="all_removed"),
        pytest.param(b"", [edit(0, 0, b"int a;\n")], id="into_an_empty_file"),
        pytest.param(b"", [edit(0, 0, b"int a;")], id="into_an_empty_file_without_newline"),
        pytest.param(b"\n\n\n\n", [edit(2, 2, b"x\n")], id="empty_lines_around"),
        pytest.param(b"\n\n\nint a;\n\n\n\n", [edit(7, 8, b"b")], id="empty_lines_as_context"),
        pytest.param(b"a\r\nb\r\nc\r\n", [edit(3, 4, b"V_b"), edit(6, 6, b"x\r\n")], id="crlf"),
        pytest.param(b"a\r\nb\nc\r\n", [edit(3, 4, b"V_b\r")], id="mixed_endings"),
        pytest.param(b"a\rb\rc\n\rd\n", [edit(2, 3, b"V\r_b")], id="carriage_returns_inside_lines"),
        pytest.param(b"/* caf\xe9 */ int a;\n/* \xe9 */\n", [edit(14, 15, b"V_\xff")], id="latin_1"),
        pytest.param(
            b"a\x0cb\x0bc\n\x0c\n\xc2\x85x\n", [edit(0, 1, b"V_a\x0c\x1c\x1d\x85")], id="other_line_separators"
        ),
        pytest.param(TEN, [edit(0, 4, b"LINE"), edit(63, 67, b"LINE")], id="two_hunks"),
        pytest.param(TEN, [edit(0, 4, b"LINE"), edit(56, 60, b"LINE")], id="hunks_that_touch"),
        pytest.param(TEN, [edit(0, 4, b"LINE"), edit(49, 53, b"LINE")], id="hunks_that_share_context"),
        pytest.param(TEN, [edit(7, 11, b"A"), edit(14, 18, b"B"), edit(21, 25, b"C")], id="neighbouring_lines"),
        pytest.param(TEN, [edit(7, 11, b"A"), edit(12, 13, b"B")], id="two_in_one_line"),
        pytest.param(TEN, [edit(7, 28, b"")], id="lines_removed"),
        pytest.param(
            TEN, [edit(7, 28, b""), edit(28, 28, b"x\n"), edit(28, 32, b"LINE")], id="removed_inserted_changed"
        ),
        pytest.param(TEN, [edit(10, 25, b"")], id="lines_joined"),
        pytest.param(TEN, [edit(6, 7, b"")], id="newline_removed"),
        pytest.param(
            TEN, [edit(14, 14, b"a\n", 0), edit(14, 14, b"b\n", 1), edit(14, 14, b"c", 2)], id="ranks_at_one_place"
        ),
        pytest.param(TEN, [edit(70, 70, b"end")], id="end_without_newline"),
        pytest.param(TEN, [edit(63, 70, b"")], id="last_line_removed"),
        pytest.param(b"- a\n+ b\n@@ -1,1 +1,1 @@\n--- a/x\n", [edit(2, 3, b"c")], id="text_that_looks_like_a_diff"),
    ],
)
def test_git_makes_of_the_diff_what_the_edits_make(tmp_path: Path, before: bytes, edits: list[Edit]) -> None:
    check_with_git(tmp_path, "frob.c", before, edits)


@pytest.mark.parametrize(
    "name",
    [
        "frob.c",
        "net/frob.c",
        "with space.c",
        " leading.c",
        "trailing ",
        "a b/c d.c",
        'quo"te.c',
        "back\\slash.c",
        "new\nline.c",
        "tab\there.c",
        "-dash.c",
        "--check",
        "größe.c",
        "日本.c",
        os.fsdecode(b"latin\xe9.c"),
        "\x01control\x7f.c",
        "a/b/c/d.c",
        "dev/null",
        "b/a/frob.c",
        "'single'.c",
        "$(touch pwned).c",
        "%s%d.c",
        "\U000e0001.c",
    ],
)
def test_any_name_is_understood_by_git(tmp_path: Path, name: str) -> None:
    check_with_git(tmp_path, name, b"int a;\nint b;\n", [edit(4, 5, b"V_a")])


def test_several_files_in_one_diff(tmp_path: Path) -> None:
    names = ["a.c", "with space.c", "-x.c", "new\nline.c"]
    for name in names:
        (tmp_path / name).write_bytes(b"int a;")
    diff = b"".join(unified_diff(n, b"int a;", [edit(4, 5, b"V_a")]) for n in names)
    assert git_apply(tmp_path, diff).returncode == 0
    assert [(tmp_path / n).read_bytes() for n in names] == [b"int V_a;"] * 4


def test_noop_edit_that_changes_nothing() -> None:
    assert unified_diff("a.c", b"int a;\n", [edit(4, 5, b"a")]) == b""
    assert unified_diff("a.c", b"int a;\n", []) == b""
    assert changes("a.c", b"", []) == []


def test_identical_edits_count_once() -> None:
    once = unified_diff("a.c", b"int a;\n", [edit(4, 4, b"V_")])
    assert unified_diff("a.c", b"int a;\n", [edit(4, 4, b"V_"), edit(4, 4, b"V_")]) == once


def test_quoted_as_git_does() -> None:
    assert quoted("a/with space.c") == b"a/with space.c"
    assert quoted('a/"\\\n\t\r.c') == b'"a/\\"\\\\\\n\\t\\r.c"'
    assert quoted("a/é") == b'"a/\\303\\251"'


def test_hunk_of_one_insertion() -> None:
    assert unified_diff("x.c", TEN, [edit(35, 35, b"new\n")]) == (
        b"diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -3,6 +3,7 @@\n"
        b" line 2\n line 3\n line 4\n+new\n line 5\n line 6\n line 7\n"
    )


@pytest.mark.parametrize("case", as_parameters(CHANGED_CASES))
def test_cases_as_a_diff(case: Case) -> None:
    run = run_case(case.id)
    for name, before in case.files.items():
        diff = unified_diff(name, before, run.port.edits.get(name, []))
        assert patched(before, diff) == run.after[name]


def _all_in_one(folder: Path, cases: list[Case]) -> tuple[bytes, dict[str, bytes]]:
    """All cases below one folder, their diffs joined, and the texts that have to come out."""
    diff, wanted = b"", {}
    for number, case in enumerate(cases):
        run = run_case(case.id)
        for name, before in case.files.items():
            path = f"{number}/{name}"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(before)
            diff += unified_diff(path, before, run.port.edits.get(name, []))
            wanted[path] = run.after[name]
    return diff, wanted


@pytest.mark.parametrize("which", ["cases", "modules"])
def test_git_applies_the_diffs_of_all_cases(tmp_path: Path, which: str) -> None:
    diff, wanted = _all_in_one(tmp_path, CHANGED_CASES if which == "cases" else list(module_cases()))
    assert git_apply(tmp_path, diff, "--check").returncode == 0
    assert git_apply(tmp_path, diff).returncode == 0
    assert {path: (tmp_path / path).read_bytes() for path in wanted} == wanted
    back = git_apply(tmp_path, diff, "--reverse", "--check")
    assert back.returncode == 0, back.stderr


TEXT = st.lists(
    st.sampled_from([b"a", b"b", b" ", b"\n", b"\n", b"\r\n", b"\\", b"+", b"-", b"@@", b"\xe9", b"\x0c", b"\0"]),
    max_size=60,
).map(b"".join)


@st.composite
def texts_with_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """A text and edits that do not overlap; insertions may share their place."""
    text = draw(TEXT.filter(bool))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    found = []
    for i in range(0, len(places) - 1, 2):
        found.append(edit(places[i], places[i + 1], draw(TEXT), i))
    return text, found


@settings(derandomize=True, max_examples=300, deadline=None)
@given(texts_with_edits())
def test_patching_gives_what_the_edits_give(made: tuple[bytes, list[Edit]]) -> None:
    text, found = made
    try:
        after = apply_edits("x.c", text, found)
    except OverlapError:
        return
    diff = unified_diff("x.c", text, found)
    assert patched(text, diff) == after
    assert (not diff) == (after == text)
