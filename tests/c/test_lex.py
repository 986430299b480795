import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vport.c.lex import blank_comments, close_strings, find_braces, find_directives, spaces, unterminated_comment

C_BYTES = st.lists(
    st.sampled_from([b"/*", b"*/", b"//", b'"', b"'", b"\\", b"\n", b"\r\n", b"#if", b"n", b" ", b"\xe9", b"\0"])
).map(b"".join)


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        (b"a /* b */ c", b"a         c"),
        (b"a // b\nc", b"a     \nc"),
        (b"a /* b\n c */ d", b"a" + b" " * 12 + b"d"),
        (b"a // b \\\n c\nd", b"a" + b" " * 10 + b"\nd"),
        (b"a // b \\\r\n c\r\nd", b"a" + b" " * 12 + b"\nd"),
        (b"/**/a/***/", b"    a     "),
        (b"/*/ a */b", b"        b"),
        (b"a /* never", b"a         "),
        (b"// no newline", b"             "),
        (b'"ab" c', b'"  " c'),
        (b'"" c', b'"" c'),
        (b'"a\\"b" c', b'"    " c'),
        (b'"a\\\\" c', b'"   " c'),
        (b'"a\\\nb" c', b'"    " c'),
        (b"'a' c", b"' ' c"),
        (b"'\\'' c", b"'  ' c"),
        (b'\'"\' c "d"', b"' ' c \" \""),
        (b'"/*" a "*/"', b'"  " a "  "'),
        (b'/* " */ a', b"        a"),
        (b"// it's\na", b"       \na"),
        (b'L"ab"', b'L"  "'),
        (b"a / b * c", b"a / b * c"),
        (b"a \\\n b", b"a \\\n b"),
        (b"", b""),
    ],
)
def test_comments_vanish_and_literals_are_emptied(text: bytes, blanked: bytes) -> None:
    assert blank_comments(text) == blanked


@pytest.mark.parametrize("text", [b'a "b\nc', b"a 'b\nc", b"don't\n", b'"', b"'", b'a\n"'])
def test_literals_that_do_not_end_on_their_line_stay(text: bytes) -> None:
    assert blank_comments(text) == text


def test_literal_continued_on_a_line_that_ends_with_a_carriage_return() -> None:
    assert blank_comments(b'"a\\\r\nb" c') == b'"     " c'


@given(C_BYTES | st.binary(max_size=60))
@example(b"/")
@example(b"/*/")
@example(b"//\\")
def test_blanking_keeps_the_length_and_writes_only_spaces(data: bytes) -> None:
    blanked = blank_comments(data)
    assert len(blanked) == len(data)
    assert all(new in (old, 0x20) for old, new in zip(data, blanked, strict=True))


@given(st.binary(max_size=60).map(lambda data: data.translate(None, b"/\"'")))
def test_text_without_comments_and_literals_stays(data: bytes) -> None:
    assert blank_comments(data) == data


@given(st.binary(max_size=60))
def test_spaces_keep_length_and_line_ends(data: bytes) -> None:
    blank = spaces(data)
    assert len(blank) == len(data)
    assert blank.count(b"\n") == data.count(b"\n")
    assert blank.count(b"\r") == data.count(b"\r")
    assert not blank.translate(None, b"\r\n ")


def _directives(code: bytes) -> list[tuple[str, bytes]]:
    return [(d.name, code[d.text_at : d.end]) for d in find_directives(code)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (b"#define X 1\n", [("define", b" X 1")]),
        (b"#define X 1", [("define", b" X 1")]),
        (b" \t#\tifdef A\nint a;\n# endif\n", [("ifdef", b" A"), ("endif", b"")]),
        (b"#define X \\\n 1 \\\n 2\nint a;", [("define", b" X \\\n 1 \\\n 2")]),
        (b"#define X \\\r\n 1\r\nint a;", [("define", b" X \\\r\n 1\r")]),
        (b"#\n", [("", b"")]),
        (b"#if(A)\n", [("if", b"(A)")]),
        (b'# 3 "x.c"\n', [("3", b' "x.c"')]),
        (b"\f#pragma x\n", [("pragma", b" x")]),
        (b"#define X \\", [("define", b" X \\")]),
    ],
)
def test_directives(code: bytes, found: list[tuple[str, bytes]]) -> None:
    assert _directives(code) == found


@pytest.mark.parametrize("code", [b"", b"int a;\n", b"a # b\n", b"x = a #define b\n", b"a \\\n b # c"])
def test_hashes_inside_a_line_are_no_directives(code: bytes) -> None:
    assert find_directives(code) == []


def test_directive_starts_at_the_first_byte_of_its_line() -> None:
    (directive,) = find_directives(b"int a;\n  # if X\n")
    assert (directive.start, directive.end) == (7, 15)


def test_comment_inside_a_directive_does_not_end_it() -> None:
    code = blank_comments(b"#define X /* a\n b */ 1\n#define Y // a \\\n 2\nint b;")
    assert [(name, text.split()) for name, text in _directives(code)] == [("define", [b"X", b"1"]), ("define", [b"Y"])]


def test_hash_inside_a_literal_or_comment_is_no_directive() -> None:
    assert find_directives(blank_comments(b'char *s = "\\\n#define n"; /*\n#if 0\n*/')) == []


@given(C_BYTES)
def test_directives_are_in_order_and_apart(data: bytes) -> None:
    found = find_directives(data)
    bounds = [at for d in found for at in (d.start, d.text_at, d.end)]
    assert bounds == sorted(bounds)
    assert not found or bounds[-1] <= len(data)


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b"int a; /* b", 7),
        (b"/*", 0),
        (b"/*/", 0),
        (b"/* a */ /* b", 8),
        (b'"*/" /* b', 5),
        (b"// */\n/* b", 6),
    ],
)
def test_comment_that_never_ends(data: bytes, at: int) -> None:
    assert unterminated_comment(data) == at


@pytest.mark.parametrize(
    "data",
    [b"", b"int a;", b"/* a */", b"/* a */ b", b'"/*"', b"'/*'", b"// /*", b"// /*\nint a;", b"/* /* */", b"a */"],
)
def test_comments_that_end(data: bytes) -> None:
    assert unterminated_comment(data) == -1


@pytest.mark.parametrize(
    ("code", "closed"),
    [
        (b'char *s = "open\nint a;\n', b"char *s = @   ;\nint a;\n"),
        (b'char *s = "open\r\nint a;\r\n', b"char *s = @   ;\r\nint a;\r\n"),
        (b'char *s = "open;\nint a;\n', None),
        (b'int f(void) { return "open }\nint a;\n', None),
        (b'char *s = "   ", c = "\n";', None),
        (b'char *s = "  ";', None),
        (b'"', None),
    ],
)
def test_open_strings_end_with_their_line(code: bytes, closed: bytes | None) -> None:
    assert close_strings(code) == (closed or code)


@given(
    st.lists(st.sampled_from([b"{", b"}", b"(", b"\n", b"\xff"])).map(b"".join), st.integers(0, 5), st.integers(0, 9)
)
def test_braces_are_those_a_pattern_finds(code: bytes, start: int, end: int) -> None:
    braces = [(m.start(), m.group() == b"{") for m in re.compile(rb"[{}]").finditer(code, start, end)]
    assert list(find_braces(code, start, end)) == braces


def test_braces_of_a_whole_text() -> None:
    assert list(find_braces(b"} { }")) == [(0, False), (2, True), (4, False)]
    assert list(find_braces(b"no brace")) == []
