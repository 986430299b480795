"""Proofs of small trees: C before and after, compiled with our headers by each compiler that is there."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import cases
import pytest

from vport.cache import Cache
from vport.proof.commands import template, units_of_template
from vport.proof.trees import folders
from vport.proof.verdict import Verdict
from vport.prove import Options, prove

COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name}"))
    for name in ("gcc", "clang")
]
OPTIONS = "-std=gnu11 -ffreestanding -fno-builtin -O2 -D_KERNEL -I."


def with_headers(compiler: str, dialect: str = "freebsd-13", more: str = "") -> str:
    """A command for `--cc`."""
    return f"{compiler} -c {OPTIONS} {more} -I{cases.INCLUDE / dialect} -I{cases.INCLUDE / 'common'} {{file}} -o {{output}}"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def proofs(
    root: Path,
    before: Mapping[str, str | bytes],
    after: Mapping[str, str | bytes],
    command: str,
    cache: Cache | None = None,
) -> dict[str, Verdict]:
    """Verdicts on the C files of two trees, by name."""
    trees = folders(write(root / "before", before), write(root / "after", after))
    names = sorted(name for name in {*before, *after} if name.endswith(".c"))
    units = list(units_of_template(names, template(command, trees.after), trees))
    return {v.file: v for v in prove(units, trees, Options(jobs=2), cache or Cache(None))}


def proof(root: Path, before: str, after: str, compiler: str = "gcc", more: str = "") -> Verdict:
    """The verdict on one file."""
    return proofs(root, {"frob.c": before}, {"frob.c": after}, with_headers(compiler, more=more))["frob.c"]
