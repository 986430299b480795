"""Texts that do not depend on lines and folders."""

from pathlib import Path

from vport.proof.neutral import Line, digest, lines_of, neutral

TREE = Path("/tmp/tree")


def test_folder_of_the_tree_goes() -> None:
    assert neutral(b'# 1 "/tmp/tree/net/frob.c"\nchar *f = "/tmp/tree/x";', TREE) == b'# 1 "net/frob.c"\nchar *f = "x";'


def test_number_alone_is_a_constant() -> None:
    assert neutral(b"panic(__vport_line__);\npanic(__vport_line__);", TREE) == b"panic(1);\npanic(1);"


def test_names_stay_different_by_line_and_equal_on_one() -> None:
    made = neutral(b"int t___vport_line__; f(&t___vport_line__);\nint t___vport_line__;", TREE)
    assert made == b"int t___vport_line_0; f(&t___vport_line_0);\nint t___vport_line_1;"


def test_distinct_numbers_where_they_are_needed() -> None:
    assert neutral(b"case __vport_line__:\ncase __vport_line__:", TREE, distinct=True) == b"case 1:\ncase 2:"


def test_lines_have_the_places_of_their_markers() -> None:
    text = b'# 3 "a.h"\nint a;\n\nint b;\n#pragma pack(1)\n# 9 "b.c" 2\nint c;\n'
    told = [Line("a.h", 3, b"int a;"), Line("a.h", 5, b"int b;"), Line("a.h", 6, b"#pragma pack(1)")]
    assert lines_of(text) == [*told, Line("b.c", 9, b"int c;")]


def test_digest_is_of_tokens() -> None:
    assert digest(b'# 1 "a.c"\nint  a;\n\n\nint b;') == digest(b'# 7 "a.c" 2\n int a;\nint b;')
    assert digest(b"int a;") != digest(b"int b;")
    assert digest(b"#pragma pack(1)\nint a;") != digest(b"int a;")
