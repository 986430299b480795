"""The narrowest run of statements around what needs a vnet, and its ways out."""

import pytest
from life_small import life_of

from vport.life.region import Region, Regions


def region(body: str) -> tuple[Region, str]:
    """The region around every `n` of a body, and its text on one line."""
    text = f"static int n;\nint f(int c)\n{{\n{body}\n}}\n"
    life = life_of(text, "n")
    (flow,) = life.flows.of("frob.c", "f")
    code = life.code["frob.c"]
    regions = Regions(flow, code, life.tree.facts["frob.c"].groups)
    found = regions.find(life.needs.places(("frob.c", "f"), flow.body, flow.end), (flow.body, flow.end))
    return found, " ".join(code[found.start : found.end].decode().split())


@pytest.mark.parametrize(
    ("body", "covered"),
    [
        ("c++; n++; c--;", "n++;"),
        ("n++; c++; n--; c--;", "n++; c++; n--;"),
        ("if (c)\n n++;\nc--;", "if (c) n++;"),
        ("if (c) { c--; n++; } c++;", "n++;"),
        ("if (n) { c--; } c++;", "if (n) { c--; }"),
        ("while (c--) { if (c) { n++; } c--; }", "n++;"),
        ("for (c = 0; c < n; c++) c--;", "for (c = 0; c < n; c++) c--;"),
        (
            "switch (c) {\ncase 1: n++; break;\ndefault: c++;\n} c--;",
            "switch (c) { case 1: n++; break; default: c++; }",
        ),
        ("c++;\n#ifdef X\nn++;\n#endif\nc--;", "n++;"),
        ("c++;\n#ifdef X\nn++;\n#endif\nn--;", "#ifdef X n++; #endif n--;"),
        ("if (c) goto out; c++; n++; out: n--; c--;", "if (c) goto out; c++; n++; out: n--;"),
    ],
)
def test_covers_no_more_than_it_must(body: str, covered: str) -> None:
    assert region(body)[1] == covered


@pytest.mark.parametrize(
    ("body", "kinds", "falls"),
    [
        ("n++; c++;", [], True),
        ("n++; if (c) return (1); n--; return (0);", ["return"], True),
        ("n++; if (c) { return (1); } return (n);", ["return", "return"], False),
        ("if (c) goto out; n++; if (c > 1) goto out; n--; out: return (0);", ["goto"], True),
        ("while (c--) { if (n) continue; if (n > 1) break; n--; }", ["continue", "break"], True),
        ("for (;;) { n++; while (c) { break; } break; }", [], True),
        ("if (n) return (1); else return (2);", ["return", "return"], False),
        ("if (n) { return (1); } else { c++; }", ["return"], True),
        ("n++; again: n--; if (c--) goto again;", [], True),
    ],
)
def test_knows_every_way_out(body: str, kinds: list[str], falls: bool) -> None:
    found, _ = region(body)
    assert [e.statement.kind for e in found.exits] == kinds
    assert found.falls is falls


def test_keeps_returned_values_that_need_the_vnet() -> None:
    found, _ = region("n++; if (c) return (0); return (n);")
    assert [bool(e.value[1]) for e in found.exits] == [False, True]
