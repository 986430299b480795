"""Whatever a person refuses, what is left is a port that compiles without a warning, in both builds."""

import random
from collections.abc import Mapping
from pathlib import Path

import cases
import pytest

WARNINGS = ("-Wextra", "-Wno-unused-parameter")
OPTIONS = ("-DINET6", "-DDDB", "-DFROB_DEBUG", "-DRDTP_TRACE", "-DDDX_TABLES")
SUBSETS = 6


def compiled(folder: Path, files: Mapping[str, bytes], dialect: str) -> str:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    sources = sorted(folder.rglob("*.c"))
    assert sources
    return "".join(
        cases.diagnostics(sources, dialect, (*WARNINGS, *options, f"-I{folder}")) for options in ((), OPTIONS)
    )


def subsets(case: cases.Case) -> list[frozenset[cases.Key]]:
    """Nearly all, about half and nearly none of a module's variables; the same in every run."""
    chance, every = random.Random(case.id), sorted(case.wanted)
    sizes = [len(every) - 1, len(every) - 2, *(len(every) * n // SUBSETS for n in range(1, SUBSETS - 2)), 1]
    return [frozenset(chance.sample(every, max(1, size))) for size in sizes]


@cases.needs_cc
@pytest.mark.parametrize("case", cases.as_parameters(cases.module_cases()))
def test_any_subset_of_a_module_compiles(case: cases.Case, tmp_path: Path) -> None:
    for number, wanted in enumerate(subsets(case)):
        run = cases.run_port(case.files, wanted, case.dialect, case.life, case.objects)
        said = compiled(tmp_path / str(number), run.after, case.dialect)
        assert said == "", sorted(name for _, _, name in wanted)
