"""Many small modules in one file: a compiler takes longer to start than to compile one of them."""

import re
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import cases
import pytest

from vport.model import build as build_model
from vport.runtime.model import Module
from vport.runtime.native import toolchain
from vport.runtime.native.build import MARK, Build, Program, Sources, compile_files, library, link, program
from vport.runtime.native.errors import ToolMissing
from vport.runtime.native.toolchain import Toolchain

CACHE = Path(tempfile.gettempdir(), "vport-tests")
"""Where the library's objects are kept between runs."""


@cache
def compiler(name: str = "") -> Toolchain | None:
    """A compiler, None if there is none."""
    try:
        return toolchain.find(name)
    except ToolMissing:
        return None


needs_compiler = pytest.mark.skipif(compiler() is None, reason="no C compiler: install gcc or clang (apt install gcc)")


def model(files: Mapping[str, bytes]) -> Module:
    return build_model(cases.read_files(files, Path("sys")))


def many(texts: Mapping[str, str], build: Build, folder: Path) -> Program:
    """Modules by their name, in one program; each is the file `name.c`."""
    if build.toolchain.family != "gcc":
        return _one_by_one(texts, build, folder)
    source, made = folder / "all.c", folder / "all.o"
    source.write_text("\n".join(line for name, text in texts.items() for line in _between_marks(name, text)))
    compile_files(build.toolchain, [(source, made, build.module_flags(folder))], folder)
    return link(build, [made], [made, *library(build)], folder)


def _one_by_one(texts: Mapping[str, str], build: Build, folder: Path) -> Program:
    """Only gcc can be told to leave all variables in the order of the source."""
    for name, text in texts.items():
        (folder / f"{name}.c").write_text(text)
    return program([Sources(name, folder, (f"{name}.c",)) for name in texts], build, folder)


def _between_marks(name: str, text: str) -> Iterable[str]:
    yield from _mark(name, "first")
    yield f'#line 1 "{name}.c"'
    yield text
    yield from _mark(name, "last")


def _mark(name: str, which: str) -> Iterable[str]:
    """The text that stands before or behind a module, with names of its own."""
    own = _own_names()
    yield f'#define VPORT_MODULE "{name}"'
    yield from (f"#define {word} {word}_{name}_{which}" for word in own)
    yield from ["#define VPORT_LAST"] * (which == "last")
    yield f'#include "{MARK}"'
    yield from (f"#undef {word}" for word in (*own, "VPORT_MODULE", "VPORT_LAST"))


@cache
def _own_names() -> tuple[str, ...]:
    text = MARK.read_text()
    sets = (f"{name}_mark" for name in re.findall(r"^SET_MARK\((\w+)\)", text, re.MULTILINE))
    return tuple(sorted({*re.findall(r"\b(?!vp_)[a-z]\w*_mark\b|\bmark(?:_entry)?\b(?!\.)", text), *sets}))
