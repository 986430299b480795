"""Which variables go in one step."""

import pytest
from cases import read_files

from vport.series.groups import grouped

SEPARATE = b"static int a;\nstatic int b;\n"


def names(files: dict[str, bytes], by: str, lives: tuple[str, ...] = ()) -> list[list[str]]:
    variables = read_files(files).tree.variables
    keys = {v.key for v in variables if v.name in lives}
    return [[v.name for v in group] for group in grouped(variables, by, keys)]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"f.c": b"static int a, b;\n"}, id="one_statement"),
        pytest.param({"f.c": b"int a;\nint b;\n", "f.h": b"extern int a, b;\n"}, id="one_declaration"),
        pytest.param({"f.c": SEPARATE + b"#define\tBOTH\t(a + b)\nint f(void) { return (BOTH); }\n"}, id="one_macro"),
        pytest.param({"f.c": b"void\nf(void)\n{\n\tstatic int a;\n\tstatic int b;\n\ta = b;\n}\n"}, id="one_function"),
    ],
)
def test_goes_together(files: dict[str, bytes]) -> None:
    assert names(files, "variable") == [["a", "b"]]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"f.c": SEPARATE}, id="two_statements"),
        pytest.param({"f.c": b"int a;\nint b;\n", "f.h": b"extern int a;\nextern int b;\n"}, id="two_declarations"),
        pytest.param(
            {"f.c": SEPARATE + b"#define\tA\t(a)\n#define\tB\t(b)\nint f(void) { return (A + B); }\n"}, id="two_macros"
        ),
        pytest.param({"f.c": SEPARATE + b"int f(void) { return (a + b); }\n"}, id="one_user"),
    ],
)
def test_goes_apart(files: dict[str, bytes]) -> None:
    assert names(files, "variable") == [["a"], ["b"]]
    assert names(files, "file") == [["a", "b"]]


def test_files_go_apart_and_lives_come_last() -> None:
    files = {"f.c": b"static int a;\nstatic int b;\n", "g.c": b"static int c;\nstatic int d;\n"}
    assert names(files, "file", ("a",)) == [["b"], ["c", "d"], ["a"]]
    assert names(files, "variable", ("a", "c")) == [["b"], ["d"], ["a"], ["c"]]


def test_ties_are_passed_on() -> None:
    files = {"f.c": b"static int a, b;\nstatic int c, d;\n#define\tM\t(b + c)\nint f(void) { return (M); }\n"}
    assert names(files, "variable") == [["a", "b", "c", "d"]]


def test_definitions_of_one_symbol_go_together() -> None:
    files = {"f.c": b"int a;\n", "g.c": b"int a;\nint b;\n"}
    assert sorted(map(sorted, names(files, "variable"))) == [["a", "a"], ["b"]]
