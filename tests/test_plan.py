"""Plans: read strictly, matched to a tree, and refreshed without losing a word of a person's."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vport.cache import Cache
from vport.decide import Decision
from vport.errors import UsageError
from vport.inventory import mutable
from vport.plan import Entry, digest, local_name, match, new_plan, parse_plan, read_plan, refresh_plan
from vport.read import Read, Reader

FILES = {
    "net/a.c": b"static int frob_ttl = 7;\nint frob_n;\nint f(void) { static int calls; calls++; return frob_ttl; }\n",
    "net/b.c": b"static int frob_ttl;\nint g(void) { return frob_ttl++; }\n",
}


def tree(files: Mapping[str, bytes], root: Path = Path("/tree")) -> Read:
    return Reader(Cache(None), 1).read_data(root, dict(files), [])


def decisions(
    read: Read, decision: str = "virtualize", why: tuple[str, ...] = ("tested",)
) -> dict[tuple[str, str, str], Decision]:
    return {v.key: Decision(decision, why, 1.0) for v in read.tree.variables}


def fresh(read: Read, folder: Path = Path("/tree")) -> str:
    return new_plan(read, folder, "freebsd-13", mutable(read), decisions(read))


def refreshed(text: str, read: Read, folder: Path = Path("/tree"), why: tuple[str, ...] = ("tested",)) -> str:
    return refresh_plan(text, "vport.toml", read, folder, mutable(read), decisions(read, why=why))


def entry(name: str = "frob_ttl", file: str = "net/a.c", decision: str = "virtualize", more: str = "") -> str:
    return f'\n[[variable]]\nname = "{name}"\nfile = "{file}"\ndecision = "{decision}"\n{more}'


PLAN = "version = 1\n" + entry()


# Reading


def test_least_plan() -> None:
    plan = parse_plan("version = 1", "p")
    assert (plan.path, plan.dialect, plan.entries, plan.files) == ("p", "", [], {})


def test_entries_know_their_lines() -> None:
    plan = parse_plan(
        "# mine\nversion = 1\n" + entry() + "note = ''\n" + entry("x", "y.c", "ask", 'function = "f"\n'), "p"
    )
    assert plan.entries == [Entry("frob_ttl", "net/a.c", "", "virtualize", 4), Entry("x", "y.c", "f", "ask", 10)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "version = 1", id="empty"),
        pytest.param("version = 2\n", "version = 1", id="other_version"),
        pytest.param('version = "1"\n', "version = 1", id="version_as_text"),
        pytest.param("version = 1\nvariables = []\n", "unknown key `variables`", id="unknown_top_key"),
        pytest.param("version = 1\n[variable]\nname = 'x'\n", "list of tables", id="table_for_a_list"),
        pytest.param("version = 1\nvariable = [1]\n", "list of tables", id="list_of_numbers"),
        pytest.param("version = 1\nvariable = 'x'\n", "list of tables", id="text_for_a_list"),
        pytest.param("version = 1\nfiles = []\n", "`files` must be a table", id="files_as_a_list"),
        pytest.param("version = 1\ndialect = 13\n", "`dialect` a string", id="dialect_as_a_number"),
        pytest.param(PLAN + "decided = 1\n", "p:3: unknown key `decided`", id="unknown_key"),
        pytest.param(PLAN + "Note = ''\n", "p:3: unknown key `Note`", id="key_in_capitals"),
        pytest.param(PLAN + "note = 3\n", "p:3: `note` must be a str", id="note_as_a_number"),
        pytest.param(PLAN + "why = 'x'\n", "p:3: `why` must be a list", id="why_as_text"),
        pytest.param(PLAN + "gone = 'yes'\n", "p:3: `gone` must be a bool", id="gone_as_text"),
        pytest.param(PLAN + "function = []\n", "p:3: `function` must be a str", id="function_as_a_list"),
        pytest.param("version = 1\n[[variable]]\n", "p:2: `name` is missing", id="empty_entry"),
        pytest.param(
            "version = 1\n[[variable]]\nname = 'x'\nfile = 'y'\n", "p:2: `decision` is missing", id="undecided"
        ),
        pytest.param(
            "version = 1\n[[variable]]\nname = 'x'\ndecision = 'ask'\n", "p:2: `file` is missing", id="no_file"
        ),
        pytest.param(
            "version = 1\n" + entry(decision="Virtualize"), "none of virtualize, share, ask", id="decision_in_capitals"
        ),
        pytest.param("version = 1\n" + entry(decision=""), "none of virtualize, share, ask", id="empty_decision"),
        pytest.param("version 1", "not a plan", id="no_toml"),
        pytest.param("version = 1\nversion = 1\n", "not a plan", id="key_twice"),
        pytest.param('version = 1\n[[variable]]\nname = "x\n', "at line 3", id="open_string"),
        pytest.param("\ufeffversion = 1\n", "not a plan", id="byte_order_mark"),
        pytest.param("\0", "not a plan", id="nul"),
        pytest.param("int frob;\n", "not a plan", id="c_source"),
        pytest.param(
            "version = true\n",
            "version = 1",
            id="version_true",
        ),
        pytest.param(
            PLAN + "why = [1]\n",
            "why",
            id="why_of_numbers",
        ),
        pytest.param(
            "version = 1\n[files]\n'a.c' = 1\n",
            "files",
            id="digest_as_a_number",
        ),
        pytest.param(
            "a = " + "[" * 100_000,
            "not a plan",
            id="deep",
        ),
    ],
)
def test_plan_that_is_wrong(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_plan(text, "p")
    assert str(caught.value).startswith("p:")
    assert says in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"version = 1 # caf\xe9\n"], ids=["utf_16", "latin_1"])
def test_plan_that_is_no_utf_8(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.toml").write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path / "p.toml")


def test_plan_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match=r"cannot be read.*make a plan with"):
            read_plan(path)


def test_crlf_plan(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes(PLAN.replace("\n", "\r\n").encode())
    assert read_plan(tmp_path / "p.toml").entries == [Entry("frob_ttl", "net/a.c", "", "virtualize", 3)]


@pytest.mark.parametrize(
    "heading",
    [
        "[[variable]]",
        "  [[variable]]  ",
        *(pytest.param(h) for h in ("[[ variable ]]", '[["variable"]]', "[[variable]] # mine")),
    ],
)
def test_lines_of_headings_that_a_person_spelled(heading: str) -> None:
    text = f"version = 1\n{heading}\nname = 'x'\nfile = 'x.c'\ndecision = 'ask'\n{entry()}"
    assert [e.line for e in parse_plan(text, "p").entries] == [2, 7]


def test_heading_inside_a_note_is_none() -> None:
    text = "version = 1\n" + entry(more="note = '''\n[[variable]]\n'''\n") + entry("x")
    assert [e.line for e in parse_plan(text, "p").entries] == [3, 11]


# Laying a plan over a tree


def test_entries_find_their_variables() -> None:
    read = tree(FILES)
    text = "version = 1\n" + entry() + entry("calls", more='function = "f"\n') + entry(file="net/b.c", decision="share")
    found = match(parse_plan(text, "p"), read, Path("/tree"))
    assert {k: e.decision for k, e in found.decided.items()} == {
        ("net/a.c", "", "frob_ttl"): "virtualize",
        ("net/a.c", "f", "calls"): "virtualize",
        ("net/b.c", "", "frob_ttl"): "share",
    }
    assert [v.name for v in found.unnamed] == ["frob_n"]
    assert (found.unmatched, found.twice, found.changed) == ([], [], [])


@pytest.mark.parametrize(
    "more",
    [
        entry("frob_tll"),
        entry("frob_n", "net/b.c"),
        entry("calls"),
        entry(more='function = "f"\n'),
        entry("calls", more='function = "g"\n'),
        entry(file="other/a.c"),
        entry(file="net/A.c"),
        entry("f"),
        entry(""),
        entry(file=""),
        entry(file="net/a.c\\u0000"),
    ],
    ids=[
        "name",
        "file",
        "local_as_global",
        "global_as_local",
        "function",
        "folder",
        "case",
        "a_function",
        "empty",
        "no_file",
        "nul",
    ],
)
def test_entry_that_matches_nothing(more: str) -> None:
    found = match(parse_plan("version = 1\n" + more, "p"), tree(FILES), Path("/tree"))
    assert not found.decided
    assert [e.line for e in found.unmatched] == [3]


def test_plan_for_another_tree_matches_nothing() -> None:
    read = tree({"x/y.c": b"int other;\n"})
    found = match(parse_plan(fresh(tree(FILES)), "p"), read, Path("/tree"))
    assert (len(found.unmatched), found.decided, found.changed) == (4, {}, [])


def test_first_of_two_entries_counts() -> None:
    text = "version = 1\n" + entry(decision="share") + entry() + entry(file="./net/a.c")
    found = match(parse_plan(text, "p"), tree(FILES), Path("/tree"))
    assert [e.decision for e in found.decided.values()] == ["share"]
    assert [e.line for e in found.twice] == [8, 13]


def test_files_changed_since_the_plan() -> None:
    text = fresh(tree(FILES))
    edited = {**FILES, "net/b.c": FILES["net/b.c"] + b"\n"}
    assert match(parse_plan(text, "p"), tree(FILES), Path("/tree")).changed == []
    assert match(parse_plan(text, "p"), tree(edited), Path("/tree")).changed == ["net/b.c"]


def test_noop_changed_file_that_was_not_read() -> None:
    text = fresh(tree(FILES))
    assert match(parse_plan(text, "p"), tree({"net/a.c": FILES["net/a.c"]}), Path("/tree")).changed == []


@pytest.mark.parametrize(
    ("folder", "root", "file", "name"),
    [
        ("/tree", "/tree", "net/a.c", "net/a.c"),
        ("/", "/tree", "tree/net/a.c", "net/a.c"),
        ("/tree/net", "/tree", "a.c", "net/a.c"),
        ("/plans", "/tree", "../tree/net/a.c", "net/a.c"),
        ("/plans", "/tree", "net/a.c", "net/a.c"),
        ("/plans", "/tree", "/tree/net/a.c", "net/a.c"),
        ("/tree", "/tree/net/..", "net/../net/a.c", "net/a.c"),
        ("/plans", "/tree", "else.c", "else.c"),
    ],
)
def test_names_relative_to_the_plan_or_the_tree(folder: str, root: str, file: str, name: str) -> None:
    assert local_name(Path(folder), Path(root), file, FILES) == name


@pytest.mark.parametrize("folder", ["/", "/tree", "/tree/net", "/elsewhere/deep"])
def test_plan_in_any_folder_finds_what_it_names(folder: str) -> None:
    read = tree(FILES)
    found = match(parse_plan(fresh(read, Path(folder)), "p"), read, Path(folder))
    assert len(found.decided) == 4
    assert not (found.unmatched or found.unnamed or found.changed)


# Making one


def test_fresh_plan() -> None:
    text = fresh(tree({"a.c": b"static int frob;\n"}))
    assert text.endswith(
        'version = 1\ndialect = "freebsd-13"\n\n[[variable]]\nname = "frob"\nfile = "a.c"\nfunction = ""\n'
        'decision = "virtualize"\nwhy = ["tested"]\nnote = ""\n\n# content the plan was made from\n[files]\n'
        f'"a.c" = "{digest(b"static int frob;" + bytes([10]))}"\n'
    )


def test_fresh_plan_has_a_blank_line_before_each_entry() -> None:
    assert fresh(tree(FILES)).count("\n\n[[variable]]\n") == 4


def test_fresh_plan_of_no_variables() -> None:
    assert parse_plan(fresh(tree({})), "p").entries == []


@pytest.mark.parametrize(
    "name",
    [
        "with space.c",
        "-x.c",
        'quo"te.c',
        "back\\slash.c",
        "new\nline.c",
        "tab\t.c",
        "\x1b[31m\x7f\x01.c",
        "größe.c",
        "\u2028.c",
        "😀.c",
        "{{ 7 * 7 }}.c",
        "{% raw %}.c",
        "# no comment.c",
        pytest.param("\U000e0001.c"),
        pytest.param("\udcff.c"),
    ],
)
def test_any_file_name_comes_back(name: str) -> None:
    read = tree({name: b"static int frob;\n"})
    text = refreshed(fresh(read), read)
    for one in (fresh(read), text, refreshed("version = 1\n", read)):
        assert [e.file for e in parse_plan(one, "p").entries] == [name]
        assert not match(parse_plan(one, "p"), read, Path("/tree")).unmatched


# Refreshing


def test_refresh_of_a_fresh_plan_changes_nothing() -> None:
    read = tree(FILES)
    text = fresh(read)
    assert refreshed(text, read) == text
    assert refreshed(refreshed(text, read), read) == text


def test_refresh_keeps_what_a_person_wrote() -> None:
    read = tree(FILES)
    text = (
        "# about this plan\n\n\nversion   =   1 # one\ndialect = 'freebsd-9'\n\n# first, as it matters most\n"
        + "[[variable]]\nnote = '''many\n  lines'''   \nfile =   \"net/b.c\"\nname='frob_ttl'  # why not\n\n\n"
        + 'decision = \'share\'\n   # indented\n[[variable]]\nname = "frob_ttl"\nfile = "net/a.c"\n'
        + "decision = \"ask\"\nwhy = ['old']\n"
    )
    after = refreshed(text, read)
    kept, _, added = after.partition("decision = 'share'\n")
    assert text.startswith(kept)
    assert "note = '''many\n  lines'''   \n" in kept
    assert "   # indented\n" in added
    plan = parse_plan(after, "p")
    assert [(e.file, e.name, e.decision) for e in plan.entries] == [
        ("net/b.c", "frob_ttl", "share"),
        ("net/a.c", "frob_ttl", "ask"),
        ("net/a.c", "frob_n", "virtualize"),
        ("net/a.c", "calls", "virtualize"),
    ]
    assert plan.dialect == "freebsd-9"
    assert [v["why"] for v in tomllib.loads(after)["variable"]] == [["tested"]] * 4


def test_refresh_adds_what_is_new_at_the_end() -> None:
    text = fresh(tree(FILES))
    more = tree({**FILES, "net/0.c": b"int first;\n"})
    after = refreshed(text, more)
    assert after.startswith(text.partition("\n# content the plan")[0])
    assert [e.name for e in parse_plan(after, "p").entries][-1] == "first"
    assert not match(parse_plan(after, "p"), more, Path("/tree")).unnamed


def test_refresh_marks_what_is_gone_and_unmarks_what_is_back() -> None:
    whole, less = tree(FILES), tree({**FILES, "net/b.c": b"int g(void) { return 1; }\n"})
    text = fresh(whole)
    after = refreshed(text, less)
    assert [v.get("gone", False) for v in tomllib.loads(after)["variable"]] == [False, False, False, True]
    assert refreshed(after, less) == after
    assert tomllib.loads(refreshed(after, whole)) == tomllib.loads(text)


def test_refresh_keeps_the_note_of_what_is_gone() -> None:
    text = fresh(tree(FILES)).replace('note = ""', 'note = "mine" # really')
    after = refreshed(text, tree({"net/a.c": b"\n", "net/b.c": b"\n"}))
    assert after.count('note = "mine" # really') == 4


def test_refresh_from_part_of_the_tree_marks_nothing_it_did_not_read() -> None:
    text = fresh(tree(FILES))
    after = refreshed(text, tree({"net/a.c": FILES["net/a.c"]}))
    assert [v.get("gone", False) for v in tomllib.loads(after)["variable"]] == [False] * 4


def test_refresh_from_part_of_the_tree_keeps_the_other_digests() -> None:
    text = fresh(tree(FILES))
    after = refreshed(text, tree({"net/a.c": FILES["net/a.c"]}))
    assert set(parse_plan(after, "p").files) == set(FILES)


def test_refresh_follows_changed_files() -> None:
    text = fresh(tree(FILES))
    edited = tree({**FILES, "net/b.c": FILES["net/b.c"] + b"/* more */\n"})
    assert match(parse_plan(text, "p"), edited, Path("/tree")).changed
    assert not match(parse_plan(refreshed(text, edited), "p"), edited, Path("/tree")).changed


@pytest.mark.parametrize(
    "end",
    ["# my last words\n", "\n# mine\n" + entry("frob_n", "net/a.c", "share"), "\n# ask Kim\n\n"],
    ids=["comment", "comment_and_entry", "comment_and_white_space"],
)
def test_refresh_keeps_what_a_person_put_at_the_end(end: str) -> None:
    read = tree({"net/a.c": FILES["net/a.c"]})
    text = fresh(tree({"net/a.c": b"static int frob_ttl;\n"})) + end
    after = refreshed(text, read)
    assert end.strip().splitlines()[0] in after
    assert refreshed(after, read) == after


def test_refresh_keeps_an_entry_a_person_put_at_the_end() -> None:
    read = tree({"net/a.c": FILES["net/a.c"]})
    text = fresh(tree({"net/a.c": b"static int frob_ttl;\n"})) + entry("frob_n", "net/a.c", "share", 'note = "mine"\n')
    found = tomllib.loads(refreshed(text, read))["variable"]
    assert [(v["name"], v["decision"], v.get("note")) for v in found] == [
        ("frob_ttl", "virtualize", ""),
        ("frob_n", "share", "mine"),
        ("calls", "virtualize", ""),
    ]


def test_refresh_of_an_inline_list() -> None:
    read = tree(FILES)
    text = "version = 1\nvariable = [{name = 'frob_n', file = 'net/a.c', decision = 'share'}]\n"
    after = parse_plan(refreshed(text, read), "p")
    assert len(after.entries) == 4
    assert after.entries[0].decision == "share"


def test_refresh_of_a_plan_that_is_wrong() -> None:
    with pytest.raises(UsageError, match="unknown key"):
        refreshed("version = 1\nfoo = 1\n", tree(FILES))


def test_refresh_of_a_plan_without_final_newline() -> None:
    read = tree(FILES)
    after = parse_plan(refreshed("version = 1 # end", read), "p")
    assert len(after.entries) == 4


NOTE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).filter(
    lambda t: "\\" not in t and '"' not in t
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["virtualize", "share", "ask"]), NOTE, NOTE), min_size=4, max_size=4),
    st.permutations(range(4)),
)
def test_decisions_notes_comments_and_order_survive(said: list[tuple[str, str, str]], order: list[int]) -> None:
    read = tree(FILES)
    names = [
        ("net/a.c", "", "frob_ttl"),
        ("net/a.c", "", "frob_n"),
        ("net/a.c", "f", "calls"),
        ("net/b.c", "", "frob_ttl"),
    ]
    text = "version = 1\n"
    for i in order:
        (file, function, name), (decision, note, comment) = names[i], said[i]
        text += f'# {comment}\n[[variable]]\nname = "{name}"\nfile = "{file}"\nfunction = "{function}"\n'
        text += f'decision = "{decision}" # {comment}\nwhy = ["tested"]\nnote = "{note}"\n\n'
    after = refreshed(text, read)
    assert after.startswith(text.rstrip("\n"))
    assert tomllib.loads(after)["variable"] == tomllib.loads(text)["variable"]
    assert refreshed(after, read) == after
