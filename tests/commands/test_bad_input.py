"""Bad input: every verb says what it could not read, changes nothing wrongly, and ends."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.runner import Run, command, content, environment, run_apart, write_tree
from vport.names import unspell

CODE = b"static int frob_n = 1;\nint frob(void) { return frob_n++; }\n"
VERBS = [("scan",), ("scan", "--coverage"), ("plan", "-o", "-"), ("dialect",)]

verbs = pytest.mark.parametrize("verb", VERBS, ids=[" ".join(v) for v in VERBS])


def port_by_list(vport: Run, *options: str, names: bytes = b"frob_n\n") -> Run:
    """Plan by a list, then port: returns the second run's result."""
    assert vport("plan", "t", "--from-list", "-", stdin=names).code == 0
    return vport("port", "t", *options)


TEXTS = {
    "empty": b"",
    "newline_only": b"\n",
    "prose": b"Dear reader,\nthis isn't C at all; it's \"prose.\nYours\n",
    "python": b"def f(x):\n    return {'a': x}[0]\n",
    "json": b'{"static": [1, 2, {"int": null}]}\n',
    "binary_without_nul": bytes(range(1, 256)) * 20,
    "utf_16": "static int frob_n;\n".encode("utf-16"),
    "byte_order_mark": b"\xef\xbb\xbf" + CODE,
    "invalid_utf_8": b"/* \xff\xfe\xc0\x80 */ " + CODE + b'char *s = "\x80";\n',
    "late_nul": CODE + b"/* " + b"x" * 9000 + b" */\n\0\0\0" + CODE.replace(b"frob", b"late"),
    "closing_braces": b"}}}})])" + CODE,
    "opening_braces": CODE + b"int g(void)\n{{{{([(",
    "open_comment": CODE + b"/* never closed\nstatic int hidden;\n",
    "open_string": CODE + b'char *s = "never closed\nstatic int hidden;\n',
    "open_character": CODE + b"int c = 'never closed\nstatic int hidden;\n",
    "open_conditionals": b"#if A\n" * 50 + CODE,
    "stray_conditionals": b"#endif\n#else\n#elif 1\n" + CODE,
    "open_macro": CODE + b"#define M(a, b \\\n",
    "backslash_at_end": CODE + b"#define M \\",
    "lone_hash": b'#\n##\n# 1 "x"\n#!/bin/sh\n' + CODE,
    "carriage_returns_only": CODE.replace(b"\n", b"\r"),
    "form_feeds": CODE.replace(b"\n", b"\x0c\n"),
    "trigraphs": b"??=define X\n" + CODE,
    "merge_conflict": b"<<<<<<< a\n" + CODE + b"=======\n" + CODE + b">>>>>>> b\n",
    "only_semicolons": b";" * 5000,
    "name_of_a_keyword": b"static int static;\nstatic int int;\nint return;\nstatic;\nextern;\n",
}


@verbs
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_any_text_is_read(vport: Run, work: Path, verb: tuple[str, ...], text: bytes) -> None:
    write_tree(work / "t", {"x.c": text, "good.c": "int good_n;\n"})
    done = vport(*verb, "t")
    assert done.code == 0, done.talk
    assert "fault" not in done.talk


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_any_text_is_ported(vport: Run, work: Path, text: bytes) -> None:
    """All that was found is virtualized; what is no edit stays, byte for byte, and a second run changes nothing."""
    write_tree(work / "t", {"x.c": text, "good.c": "int good_n;\n"})
    names = "\n".join(r["name"] for r in json.loads(vport("scan", "t", "-f", "json").raw)).encode()
    done = port_by_list(vport, "--write", names=names)
    assert done.code in (0, 1), done.talk
    after = content(work / "t")
    assert b"VNET_DEFINE(int, good_n);" in after["good.c"]
    if after["x.c"] == text:
        return
    kept = {line for line in text.split(b"\n") if not any(name in line for name in names.split(b"\n"))}
    assert kept <= set(after["x.c"].split(b"\n"))
    assert vport("port", "t").raw == b""


def test_nul_bytes_mean_binary_and_are_listed(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": b"static int a;\0\n", "y.c": CODE})
    done = vport("scan", "t", "-f", "json")
    assert done.code == 0
    assert {r["file"] for r in json.loads(done.raw)} == {"y.c"}
    assert "x.c: skipped: holds NUL bytes, so it is no C source" in done.talk


def test_nul_bytes_on_standard_input(vport: Run, work: Path) -> None:
    assert "NUL bytes" in vport("scan", "-", stdin=b"static int a;\0\n").talk


def test_unterminated_comment_hides_the_rest_and_is_told(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": TEXTS["open_comment"]})
    assert [r["name"] for r in json.loads(vport("scan", "t", "-f", "json").raw)] == ["frob_n"]
    assert "x.c:3-3: top level: comment that never ends" in vport("scan", "t", "--coverage").text


def test_unterminated_string_is_told(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": TEXTS["open_string"]})
    assert "frob_n" in vport("scan", "t").text
    assert "x.c:3" in vport("scan", "t", "--coverage").text


def test_unbalanced_braces_are_told(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": TEXTS["opening_braces"]})
    assert "braces that do not balance" in vport("scan", "t", "--coverage").text


def big_file(path: Path) -> None:
    """20 MB of C: 20 variables, each with a megabyte of lines behind it."""
    line = b"/* " + b"x" * 70 + b" */\n"
    path.write_bytes(b"".join(b"static int big_%d;\n%s" % (i, line * (1 + (1 << 20) // len(line))) for i in range(20)))


@verbs
def test_file_over_the_size_limit_is_skipped_and_listed(vport: Run, work: Path, verb: tuple[str, ...]) -> None:
    write_tree(work / "t", {"y.c": CODE})
    big_file(work / "t" / "big.c")
    done = vport(*verb, "t")
    assert done.code == 0
    size = (work / "t" / "big.c").stat().st_size
    assert size > 20 << 20
    assert f"big.c: skipped: {size:,} bytes, over the limit of 8,388,608; raise --max-size to read it" in done.talk
    assert "big_0" not in done.text


def test_file_of_20_mb_is_read_when_told(vport: Run, work: Path) -> None:
    (work / "t").mkdir()
    big_file(work / "t" / "big.c")
    done = vport("scan", "t", "--max-size", str(1 << 30), "-f", "json")
    assert done.code == 0
    assert [r["name"] for r in json.loads(done.raw)] == [f"big_{i}" for i in range(20)]


def test_unreadable_file(vport: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(work / "t", {"x.c": CODE, "y.c": "int other;\n"})
    real = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "x.c":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    done = vport("scan", "t", "-q")
    assert done.code == 1
    assert done.talk == "x.c: cannot be read: Permission denied; check its permissions or leave it out\n"
    assert "other" in done.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_permission(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": CODE})
    (work / "t" / "x.c").chmod(0)
    assert vport("scan", "t").code == 1


def test_disappearing_file(vport: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(work / "t", {"x.c": CODE, "y.c": "int other;\n"})
    real = Path.read_bytes

    def vanish(self: Path) -> bytes:
        if self.name == "x.c":
            self.unlink()
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    done = vport("scan", "t")
    assert done.code == 1
    assert "x.c: cannot be read: No such file or directory" in done.talk


def test_file_that_disappears_during_discovery(vport: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(work / "t", {"x.c": CODE, "y.c": "int other;\n"})
    real = os.path.getsize

    def vanish(path: str) -> int:
        if str(path).endswith("x.c"):
            Path(path).unlink(missing_ok=True)
        return real(path)

    monkeypatch.setattr(os.path, "getsize", vanish)
    assert vport("scan", "t").code != 3


def test_things_called_like_c_files(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"y.c": CODE, "folder.c/inner.c": "int inner;\n"})
    os.mkfifo(work / "t" / "pipe.c")
    done = vport("scan", "t", "-f", "json")
    assert done.code == 0
    assert [r["file"] for r in json.loads(done.raw)] == ["folder.c/inner.c", "y.c"]
    assert "pipe.c: skipped: no regular file" in done.talk


def test_path_that_is_not_there(vport: Run, work: Path) -> None:
    done = vport("scan", "nowhere")
    assert (done.code, done.raw) == (2, b"")
    assert "nowhere: no such file or folder" in done.talk


DEEP = 10_000
NESTED = {
    "braces": b"int f(void)\n{" + b"{" * DEEP + b"frob_n++;" + b"}" * DEEP + b"return 1; }\n",
    "braces_left_open": b"int f(void)\n{" + b"{" * DEEP + b"frob_n++;\n",
    "parentheses": b"int f(void) { return " + b"(" * DEEP + b"frob_n" + b")" * DEEP + b"; }\n",
    "parentheses_left_open": b"int f(void) { return " + b"(" * DEEP + b"frob_n; }\n",
    "brackets": b"int f(void) { return " + b"a[" * DEEP + b"frob_n" + b"]" * DEEP + b"; }\n",
    "closing": b"}" * DEEP + b")" * DEEP + b"\nint f(void) { return frob_n; }\n",
    "mixed": b"({[" * DEEP,
    "calls": b"int f(void) { return " + b"f(" * DEEP + b"frob_n" + b")" * DEEP + b"; }\n",
    "unary": b"int f(void) { return " + b"- " * DEEP + b"frob_n; }\n",
    "operands": b"int f(void) { return " + b"frob_n + " * 2000 + b"1; }\n",
    "else_if": b"int f(int a) { " + b"if (a) frob_n++; else " * 2000 + b"; return 1; }\n",
    "conditionals": b"#if X\n" * 1000 + b"int f(void) { return frob_n; }\n" + b"#endif\n" * 1000,
    "branches": b"#if X\n" + b"#elif Y\nint f(void) { return frob_n; }\n" * 1000 + b"#endif\n",
    "declarator": b"static int " + b"(" * DEEP + b"frob_m" + b")" * DEEP + b";\n",
    "function_pointers": b"static int " + b"(*" * 1000 + b"frob_m" + b")(void)" * 1000 + b";\n",
    "stars": b"static int " + b"*" * DEEP + b"frob_m;\n",
    "dimensions": b"static int frob_m" + b"[2]" * DEEP + b";\n",
    "initialiser": b"static int frob_m = " + b"{" * DEEP + b"1" + b"}" * DEEP + b";\n",
    "structs": b"static " + b"struct {" * DEEP + b"int a;" + b"} frob_m;" * DEEP + b"\n",
    "macro_body": b"#define M(x) " + b"(" * DEEP + b"frob_n" + b")" * DEEP + b"\nint f(void) { return M(1); }\n",
    "chain_of_macros": b"".join(b"#define M%d(x) M%d(x)\n" % (i, i + 1) for i in range(1000))
    + b"int f(void) { return M0(frob_n); }\n",
    "circle_of_macros": b"#define A(x) B(x)\n#define B(x) A(x)\nint f(void) { return A(frob_n); }\n",
    "pasting": b"#define P(x) x" + b"##x" * DEEP + b"\nint f(void) { return P(frob_n); }\n",
    "attributes": b"static int frob_m " + b"__aligned(" * DEEP + b"8" + b")" * DEEP + b";\n",
    "loop_heads": b"int f(void) {" + b"TAILQ_FOREACH(a, b, c) " * 2000 + b"frob_n++; return 0; }\n",
    "labels": b"int f(void) {" + b"".join(b"l%d:" % i for i in range(DEEP)) + b"return frob_n; }\n",
    "continued_lines": b"#define X " + b"\\\n" * DEEP + b"frob_n\nint f(void) { return X; }\n",
    "quotes": b'"' * (2 * DEEP + 1) + b"\nint f(void) { return frob_n; }\n",
    "open_comments": b"/* " * DEEP,
    "one_long_line": b"int f(void) {" + b" " * 1_000_000 + b"return frob_n; }\n",
    "one_long_name": b"static int " + b"n" * 100_000 + b";\n",
    "words": b"a " * 20_000 + b"\nint f(void) { return frob_n; }\n",
    "declarators": b"static int " + b", ".join(b"m%d" % i for i in range(1000)) + b";\n",
    "include_loop": b'#include "x.c"\n' * 1000,
    "old_style_parameters": b"int\nf("
    + b", ".join(b"a%d" % i for i in range(100))
    + b")\n"
    + b"".join(b"int a%d;\n" % i for i in range(100))
    + b"{ return frob_n; }\n",
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED.keys())
def test_deep_and_long_texts_end(vport: Run, work: Path, text: bytes) -> None:
    write_tree(work / "t", {"x.c": b"static int frob_n;\n" + text})
    done = vport("scan", "t", "-f", "json", "-q")
    assert (done.code, done.talk) == (0, "")
    assert "frob_n" in {r["name"] for r in json.loads(done.raw)}
    names = "\n".join(r["name"] for r in json.loads(done.raw))
    assert port_by_list(vport, "-q", names=names.encode()).code in (0, 1)


def test_noop_many_old_style_parameters(vport: Run, work: Path) -> None:
    names = [b"a%d" % i for i in range(300)]
    text = b"int\nf(" + b", ".join(names) + b")\n" + b"".join(b"int %s;\n" % n for n in names) + b"{ return 1; }\n"
    write_tree(work / "t", {"x.c": text})
    assert json.loads(vport("scan", "t", "-f", "json").raw) == []


def test_declarator_in_parentheses(vport: Run, work: Path) -> None:
    write_tree(work / "t", {"x.c": b"static int (frob_n);\n"})
    assert [r["name"] for r in json.loads(vport("scan", "t", "-f", "json").raw)] == ["frob_n"]


def test_open_string_full_of_escaped_quotes_ends(work: Path) -> None:
    write_tree(work / "t", {"x.c": b'char s[] = "' + b'\\"' * 100_000 + b";\n"})
    done = subprocess.run(
        command("scan", "t", "--no-cache"), cwd=work, env=environment(), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0


# The cache


def cache_file(work: Path) -> Path:
    return next(Path(os.environ["VPORT_CACHE_DIR"]).glob("facts-*.sqlite"))


def _spoil_text(path: Path) -> None:
    path.write_bytes(b"no database at all")


def _spoil_values(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("UPDATE facts SET value = x'c1'")


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _other_table(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE facts (id INTEGER)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        _spoil_text,
        _truncate,
        _other_table,
        _folder,
        _spoil_values,
    ],
)
def test_corrupt_cache_changes_nothing(vport: Run, tree: Path, work: Path, spoil: Callable[[Path], None]) -> None:
    first = vport("scan", "t", "-f", "json")
    for more in ("-wal", "-shm"):
        cache_file(work).with_name(cache_file(work).name + more).unlink(missing_ok=True)
    spoil(cache_file(work))
    assert vport("scan", "t", "-f", "json") == first
    assert vport("scan", "t", "-f", "json") == first


def test_cache_of_another_version_is_left_alone(vport: Run, tree: Path, work: Path) -> None:
    other = Path(os.environ["VPORT_CACHE_DIR"]) / "facts-0.sqlite"
    other.write_bytes(b"older")
    assert vport("scan", "t").code == 0
    assert other.read_bytes() == b"older"


def test_cache_folder_that_cannot_be_made(tree: Path) -> None:
    done = run_apart("scan", "t", "-q", cwd=tree.parent, VPORT_CACHE_DIR="/dev/null/cache")
    assert (done.code, done.talk) == (0, "")


def test_no_cache_writes_none(vport: Run, tree: Path) -> None:
    vport("scan", "t", "--no-cache")
    assert not list(Path(os.environ["VPORT_CACHE_DIR"]).iterdir())


def test_scans_at_once_share_a_cache(tree: Path, tmp_path: Path) -> None:
    settings = environment(VPORT_CACHE_DIR=str(tmp_path / "shared"))
    running = [
        subprocess.Popen(
            command("scan", "t", "-f", "json"),
            cwd=tree.parent,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60) for process in running]
    assert [p.returncode for p in running] == [0] * 4, said
    assert len({out for out, _ in said}) == 1


# Names


NAMES = [
    "with space.c",
    "-x.c",
    "--help.c",
    "new\nline.c",
    "größe.c",
    "'\".c",
    "\\.c",
    "*.c",
    "$(touch pwned).c",
    ";touch pwned;.c",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_in_every_format(vport: Run, work: Path, name: str) -> None:
    write_tree(work / "t", {name: CODE})
    assert [r["file"] for r in json.loads(vport("scan", "t", "-f", "json").raw)] == [name]
    assert len(vport("scan", "t").text.splitlines()) == 2
    assert vport("scan", "t", "-f", "csv").code == 0
    assert not list(work.rglob("pwned"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "t", "-o", "-"),
        ("dialect", "t"),
        ("scan", "t"),
        ("scan", "t", "--coverage"),
        ("scan", "t", "-f", "json"),
        ("scan", "t", "-f", "csv"),
        ("scan", "t", "--coverage", "-f", "json"),
        ("port", "t", "--plan", "p", "--check"),
    ],
    ids=" ".join,
)
def test_name_that_is_no_utf_8(work: Path, arguments: tuple[str, ...]) -> None:
    text = b"extern int frob_m;\nint g(void) { return frob_m; }\nstatic int n;\nint bad(void) { a ( b c d; }\n"
    write_tree(work / "t", {os.fsdecode(b"\xff.c"): text, "m.c": "int frob_m;\n"})
    write_tree(work, {"p": 'version = 1\n[[variable]]\nname = "frob_m"\nfile = "t/m.c"\ndecision = "virtualize"\n'})
    assert run_apart(*arguments, cwd=work, PYTHONIOENCODING="utf-8:strict").code in (0, 1)


UNUSUAL = [b"\xff.c", b"caf\xe9.c", b'"quoted".c', b"new\nline.c", b"\x1b[31m.c", b"a\\b.c", b"\xc2\x9b1m.c", b"-x.c"]


@pytest.mark.parametrize("raw", UNUSUAL)
def test_unusual_names_come_back_from_every_format(vport: Run, work: Path, raw: bytes) -> None:
    name = os.fsdecode(raw)
    write_tree(work / "t", {name: CODE})
    found = vport("scan", "t", "-f", "json")
    assert [unspell(row["file"]) for row in json.loads(found.raw)] == [name]
    rows = list(csv.DictReader(io.StringIO(vport("scan", "t", "-f", "csv").text, newline="")))
    assert [unspell(row["file"]) for row in rows] == [name]
    line = vport("scan", "t").text.splitlines()[1]
    assert unspell(line.split(" int ")[1].strip().partition(":1")[0]) == name
    assert "\x1b" not in found.text + line
    assert "\x9b" not in found.text + line


@pytest.mark.parametrize("raw", UNUSUAL)
def test_unusual_names_are_planned_and_ported(vport: Run, work: Path, raw: bytes) -> None:
    name = os.fsdecode(raw)
    write_tree(work / "t", {name: CODE})
    assert vport("plan", "t", "--from-list", "-", stdin=b"frob_n").code == 0
    assert [unspell(e["file"]) for e in tomllib.loads((work / "vport.toml").read_text())["variable"]] == [f"t/{name}"]
    before = (work / "vport.toml").read_bytes()
    assert vport("plan", "t").code == 0
    assert (work / "vport.toml").read_bytes().count(b"[[variable]]") == before.count(b"[[variable]]")
    done = vport("port", "t", "--explain", "--stats")
    applied = subprocess.run(["git", "apply"], cwd=work, input=done.raw, env=environment(), check=False)
    assert (done.code, applied.returncode) == (0, 0)
    assert b"VNET_DEFINE_STATIC(int, frob_n) = 1;" in (work / "t" / name).read_bytes()
    assert vport("port", "t").raw == b""


@pytest.mark.parametrize("raw", UNUSUAL)
def test_unusual_names_are_written(vport: Run, work: Path, raw: bytes) -> None:
    write_tree(work / "t", {os.fsdecode(raw): CODE})
    done = port_by_list(vport, "--write")
    assert done.code == 0
    assert all(b"VNET_DEFINE" in text for text in content(work / "t").values())
    assert len(content(work / "t")) == 1


@pytest.mark.parametrize("text", [b"\0", CODE], ids=["skipped", "would_change"])
def test_escape_codes_in_names_do_not_reach_the_terminal(vport: Run, work: Path, text: bytes) -> None:
    write_tree(work / "t", {"\x1b]0;gotcha\x07.c": text})
    vport("plan", "t", "--from-list", "-", stdin=b"frob_n")
    done = vport("port", "t", "--check")
    assert "\x1b" not in done.talk + done.text


@pytest.mark.parametrize("path", ["\x1b[31m", "-\x1b[31m", "--\x1b[31m=1"])
def test_escape_codes_in_arguments_do_not_reach_the_terminal(vport: Run, work: Path, path: str) -> None:
    done = vport("scan", path)
    assert done.code == 2
    assert "\x1b" not in done.talk


def test_escape_codes_in_a_plan_do_not_reach_the_terminal(vport: Run, tree: Path, work: Path) -> None:
    (work / "p").write_text('version = 1\n[[variable]]\nname = "\\u001b[2J"\nfile = "\\u009b2J"\ndecision = "share"\n')
    done = vport("port", "t", "--plan", "p")
    assert "matches nothing" in done.talk
    assert not {"\x1b", "\x9b"} & set(done.talk)
