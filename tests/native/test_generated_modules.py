"""Modules made at random live the same life in the Python runtime and as compiled C, event by event.

`VPORT_MODULES=10000` makes more of them.
"""

import os
from pathlib import Path

import batch
import generate
import pytest

from vport.runtime.native import agree, drive, watch
from vport.runtime.native.build import Build

NUMBER = int(os.environ.get("VPORT_MODULES", "500"))
SIZE = 50
"""Modules in one program."""
SCENARIOS = ("boot", "load", "jails", "vmove", "unload", "failed-load", "shutdown")


@batch.needs_compiler
@pytest.mark.parametrize("vimage", [True, False], ids=["vimage", "default"])
@pytest.mark.parametrize("first", range(0, NUMBER, SIZE))
def test_both_runtimes_agree(first: int, vimage: bool, tmp_path: Path) -> None:
    texts = {f"m{seed}": generate.module(f"m{seed}", seed) for seed in range(first, min(first + SIZE, NUMBER))}
    toolchain = batch.compiler()
    assert toolchain is not None
    plain = toolchain.without_sanitizers()
    program = batch.many(texts, Build(plain, vimage, cache=batch.CACHE), tmp_path)
    for seed, (name, text) in enumerate(texts.items(), first):
        made = batch.model({f"{name}.c": text.encode()})
        scenario = SCENARIOS[seed % len(SCENARIOS)]
        ours = watch.live(made, scenario, "13", vimage)
        life = drive.live(program, ours.kernel.actions)
        assert life.faults == [], f"{name}, scenario {scenario}"
        differences = agree.compare(made, ours, life.trace, {f"{name}.c": text})
        assert differences == [], f"{name}, scenario {scenario}: {differences[0]}"
        assert ours.kernel.faults == [], f"{name}, scenario {scenario}"
