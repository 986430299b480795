"""What the page holds, read from its data: hunks that make the port, readers and writers, paths, findings."""

from pathlib import Path

import pytest
from commands.runner import run_apart, write_tree

from report_html.pages import HOSTILE, MODULE, island, written

DECISION, BY, OUTCOME, USES, ID = 6, 7, 8, 13, 14


@pytest.fixture(scope="module")
def data(module_page: Path) -> dict[str, list[list[object]]]:
    found: dict[str, list[list[object]]] = island(module_page.read_text(encoding="utf-8"), "data")
    return found


def applied(before: list[str], hunks: list[list[object]]) -> list[str]:
    """Lines after the hunks, whose context must be what stands there."""
    after, at = [], 0
    for old, new, _comment, body, _notes in hunks:
        assert isinstance(old, int) and isinstance(body, str)
        after += before[at : old - 1]
        assert len(after) == new - 1
        at = old - 1
        for line in body.split("\n"):
            if line[0] != "+":
                assert before[at] == line[1:]
                at += 1
            if line[0] != "-":
                after.append(line[1:])
    return after + before[at:]


@pytest.mark.parametrize("name", ["if_hop.c", "if_hop.h", "if_hop_peer.c"])
def test_hunks_are_the_port(module_page: Path, data: dict[str, list[object]], name: str) -> None:
    text = module_page.read_text(encoding="utf-8")
    number = data["files"].index(name)
    before = (MODULE / "input" / name).read_text().split("\n")
    after = run_apart("port", MODULE / "input", "--plan", MODULE / "vport.toml", cwd=module_page.parent)
    added = [line[1:] for line in _file(after.text, name) if line.startswith("+")]
    made = applied(before, island(text, f"d{number}"))
    assert made != before
    assert [line for line in added if line not in made] == []
    counts = next(d for d in data["diffs"] if isinstance(d, list) and d[0] == number)
    assert counts[1] == len(added)


def _file(diff: str, name: str) -> list[str]:
    parts = diff.split("diff --git ")
    part = next(p for p in parts if p.split("\n")[0].endswith(f"/{name}"))
    return part.split("\n")[3:]


def test_every_hunk_says_why(module_page: Path, data: dict[str, list[object]]) -> None:
    text = module_page.read_text(encoding="utf-8")
    hunks = [h for d in data["diffs"] if isinstance(d, list) for h in island(text, f"d{d[0]}")]
    assert len(hunks) > 20
    assert [h[3] for h in hunks if not h[4]] == []


def test_a_variable_has_its_decision_evidence_readers_and_writers(data: dict[str, list[list[object]]]) -> None:
    one = next(v for v in data["variables"] if v[ID] == "hop_uplink")
    assert (one[DECISION], one[BY], one[OUTCOME]) == ("virtualize", "plan", "ported")
    uses = one[USES]
    assert isinstance(uses, list)
    lines = (MODULE / "input" / "if_hop.c").read_text().splitlines()
    own = data["files"].index("if_hop.c")  # type: ignore[arg-type]
    assert {u[2] for u in uses} >= {"read", "write"}
    assert [lines[u[1] - 1] for u in uses if u[0] == own and "hop_uplink" not in lines[u[1] - 1]] == []


def test_a_persons_note_is_shown(data: dict[str, list[list[object]]]) -> None:
    one = next(v for v in data["variables"] if v[0] == "hop_mtx")
    assert (one[DECISION], one[OUTCOME]) == ("share", "shared")
    assert "one lock" in str(one[12])


def test_the_path_behind_a_context(data: dict[str, list[list[object]]]) -> None:
    one = next(c for c in data["contexts"] if c[2] == "hop_link_task")
    assert (one[0], one[1], one[5]) == ("set", "task", "sc->hop_ifp->if_vnet")
    steps = one[8]
    assert isinstance(steps, list)
    assert [s[2] for s in steps] == [
        "TASK_INIT makes it a handler (task) in hop_clone_create()",
        "hop_link_task() reaches hop_forward",
    ]
    lines = (MODULE / "input" / "if_hop.c").read_text().splitlines()
    assert "TASK_INIT" in lines[-steps[0][1] - 1]
    assert "hop_forward" in lines[-steps[-1][1] - 1]


def test_lives_of_every_stack(data: dict[str, list[list[object]]]) -> None:
    assert {str(one[2]) for one in data["lives"]} == {"jails", "unload"}
    assert all(isinstance(one[4], int) and one[4] >= 2 and one[6] for one in data["lives"])


def test_state_that_the_plan_shares_is_no_finding(data: dict[str, list[list[object]]]) -> None:
    shared = {v[0] for v in data["variables"] if v[DECISION] == "share"}
    assert shared
    assert [f for f in data["findings"] if f[1] in ("VP101", "VP102") and f[9] in shared] == []


def test_what_the_port_leaves_is_told_once_and_by_the_port(left_page: Path) -> None:
    page = left_page.read_text(encoding="utf-8")
    found = island(page, "data")["findings"]
    assert [(f[1], f[4], f[6]) for f in found if f[1] in ("context-left", "VP503")] == [("context-left", "port", -12)]
    assert next(f for f in found if f[1] == "context-left")[11][0][3] == "n += o->step;"
    assert "Left to a person (1)" in page


def test_without_a_plan_its_own_decisions(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t/frob.c": "static int frob_n;\n\nint\nfrob(void)\n{\n\n\treturn (frob_n++);\n}\n"})
    found = island(written(tmp_path, "t", "--no-check", "--no-lives").read_text(encoding="utf-8"), "data")
    assert [v[BY] for v in found["variables"]] == ["vport"]
    assert set(found["left_out"]) == {"proof", "check", "lives"}


def test_a_file_that_is_no_proof(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t/frob.c": "static int frob_n;\n", "p.json": "[]"})
    done = run_apart("report", "t", "--proof", "p.json", "-o", "r.html", cwd=tmp_path)
    assert done.code == 2
    assert "p.json: no proof" in done.talk and "vport prove --format json" in done.talk
    assert not (tmp_path / "r.html").exists()


def test_nothing_of_a_source_becomes_markup(hostile_page: Path) -> None:
    text = hostile_page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 2 + len(HOSTILE)
    assert "<img" not in text and "<!--" not in text
    assert not any(c in text for c in "\u2028\u202e\x1b")
