"""Dialects: the words of each, and which one a tree speaks."""

from pathlib import Path

import pytest
from cases import INCLUDE

from vport import rules
from vport.dialect import HISTORY, NAMES, SYMBOLS, detect, load, sysctl_arguments
from vport.errors import UsageError


def headers(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.h"))}


@pytest.mark.parametrize(
    ("name", "static", "text"),
    [
        ("freebsd-13", True, "VNET_DEFINE_STATIC(int, frob[4])"),
        ("freebsd-13", False, "VNET_DEFINE(int, frob[4])"),
        ("freebsd-9", True, "static VNET_DEFINE(int, frob[4])"),
        ("freebsd-9", False, "VNET_DEFINE(int, frob[4])"),
    ],
)
def test_definitions(name: str, static: bool, text: str) -> None:
    assert load(name).define(static, "int", "frob[4]") == text


@pytest.mark.parametrize("name", SYMBOLS)
def test_other_words(name: str) -> None:
    dialect = load(name)
    assert dialect.declare("struct frob *", "frob") == "VNET_DECLARE(struct frob *, frob)"
    assert dialect.accessor("frob") == "VNET(frob)"
    assert dialect.reference("frob") == "VNET_NAME(frob)"
    assert bool(dialect.flag) != bool(dialect.families)


def test_braces_in_a_type_are_no_placeholders() -> None:
    assert (
        load("freebsd-13").define(True, "struct { int {a}; }", "{x}") == "VNET_DEFINE_STATIC(struct { int {a}; }, {x})"
    )


@pytest.mark.parametrize("name", ["", "freebsd", "../dialects/freebsd-9", "linux"])
def test_unknown_dialect_names_the_known(name: str) -> None:
    with pytest.raises(UsageError, match=r"the known ones are freebsd-13, freebsd-12, .*, plain$"):
        load(name)


@pytest.mark.parametrize("name", ["freebsd-13", "freebsd-9"])
def test_found_from_the_bundled_headers(name: str) -> None:
    files = headers(INCLUDE / name)
    found, why = detect(files, files.__getitem__)
    assert found == name
    assert why.startswith("net/vnet.h:")


@pytest.mark.parametrize("name", ["freebsd-13", "freebsd-9"])
def test_found_below_another_folder(name: str) -> None:
    files = {f"usr/src/sys/{file}": text for file, text in headers(INCLUDE / name).items()}
    assert detect(files, files.__getitem__)[0] == name


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"net/vnet.h": b""},
        {"net/vnet.h": b"\xff\xfe\0"},
        {"xnet/vnet.h": b"#define VNET_DEFINE(t, n) t n\n#define SYSCTL_VNET_INT x\n"},
        {"net/vnet.c": b"#define VNET_DEFINE(t, n) t n\n#define SYSCTL_VNET_INT x\n"},
    ],
    ids=["empty", "empty_header", "binary_header", "folder_with_a_like_name", "no_header"],
)
def test_noop_nothing_tells(files: dict[str, bytes]) -> None:
    assert detect(files, files.__getitem__) == ("freebsd-13", "no header of the tree tells; the newest is taken")


def test_only_headers_that_may_tell_are_read() -> None:
    def read(name: str) -> bytes:
        raise AssertionError(name)

    assert detect(["net/if.h", "a.c"], read)[0] == "freebsd-13"


def test_detection_ends_soon_on_hostile_text() -> None:
    text = b"define" + b" " * 200_000 + b"define" + b"\n" * 200_000
    assert detect(["net/vnet.h"], lambda _: text)[0] == "freebsd-13"


@pytest.mark.parametrize(
    ("macro", "access", "pointer"),
    [
        ("SYSCTL_INT", 3, 4),
        ("SYSCTL_ADD_INT", 4, 5),
        ("SYSCTL_ADD_PROC", 4, 5),
        ("SYSCTL_NODE", 3, -1),
        ("SYSCTL_ADD_NODE", 4, -1),
        ("SYSCTL_VNET_INT", 3, 4),
    ],
)
def test_arguments_of_sysctl_macros(macro: str, access: int, pointer: int) -> None:
    found = sysctl_arguments(macro)
    assert found is not None
    assert (found.access, found.pointer) == (access, pointer)


@pytest.mark.parametrize("macro", ["SYSCTL_DECL", "SYSCTL_HANDLER_ARGS", "SYSCTL_XLOCK", "FROB", "", "sysctl_int"])
def test_noop_no_sysctl_leaf(macro: str) -> None:
    assert sysctl_arguments(macro) is None


@pytest.mark.parametrize("name", HISTORY)
def test_rule_data_has_what_the_code_reads(name: str) -> None:
    table = rules.load(f"dialects/{name}")
    assert table["name"] == name
    assert {"define", "define_static", "declare", "accessor", "reference", "include"} <= table["text"].keys()
    assert all({"file", "with", "without"} <= entry.keys() for entry in table.get("detect", []))
    assert bool(table.get("detect")) == (name in NAMES)
