"""The steps of a port: each compiles in both builds, and the last is the port."""

from collections.abc import Sequence
from pathlib import Path

import cases
import pytest
from cases import Case

from vport import dialect
from vport.port import Port, port
from vport.series.groups import GROUPS
from vport.series.steps import CONTEXTS, LIFE, TYPES, VARIABLES, Step, series
from vport.tree import Variable

WITH_LIFE = [c for c in cases.module_cases() if c.life]
ORDER = (TYPES, CONTEXTS, VARIABLES, LIFE)


def steps_of(case: Case, by: str) -> list[Step]:
    run, target = cases.run_case(case.id), dialect.load(case.dialect)

    def again(variables: Sequence[Variable]) -> Port:
        return port(run.read, variables, target, objects=case.objects, life=case.life)

    return series(run.read, run.port, target, again, by)


@cases.needs_cc
@pytest.mark.parametrize("by", GROUPS)
@pytest.mark.parametrize("case", cases.as_parameters(WITH_LIFE))
def test_every_step_compiles_in_both_builds_and_is_understood(case: Case, by: str, tmp_path: Path) -> None:
    files = dict(case.files)
    for number, step in enumerate(steps_of(case, by)):
        assert step.unread[1] <= step.unread[0], number
        files.update(step.after)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        sources = sorted(tmp_path.rglob("*.c"))
        said = cases.diagnostics(sources, case.dialect, ("-Wextra", "-Wno-unused-parameter", f"-I{tmp_path}"))
        assert said == "", (number, step.kind, [v.name for v in step.variables])
    assert files == cases.run_case(case.id).after
