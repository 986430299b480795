"""Registries that the six modules do not use: helper hooks, epochs, handlers for all stacks, read-mostly locks."""

from pathlib import Path

import batch
import pytest

from vport.runtime import scenarios
from vport.runtime.native import agree, drive, watch
from vport.runtime.native.build import Build, Sources, program

WIDE = Path(__file__).with_name("registries.c").read_text(encoding="utf-8")


@batch.needs_compiler
@pytest.mark.parametrize("vimage", [True, False], ids=["vimage", "default"])
def test_registries_agree(tmp_path: Path, vimage: bool) -> None:
    (tmp_path / "wide.c").write_text(WIDE, encoding="utf-8")
    module = batch.model({"wide.c": WIDE.encode()})
    toolchain = batch.compiler()
    assert toolchain is not None
    folder = tmp_path / "built"
    folder.mkdir()
    built = program([Sources(module.name, tmp_path, ("wide.c",))], Build(toolchain, vimage, "13", batch.CACHE), folder)
    for scenario in scenarios.BUNDLED:
        watched = watch.live(module, scenario, "13", vimage)
        life = drive.live(built, watched.kernel.actions)
        assert not watched.kernel.faults, scenario
        assert not life.faults, scenario
        assert not agree.compare(module, watched, life.trace, {"wide.c": WIDE}), scenario
        assert {"wide_init", "wide_hook"} & {e.text.partition("(")[0] for e in life.trace} or scenario == "failed-load"
