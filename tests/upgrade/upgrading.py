"""One way for these tests to upgrade texts, and trees of their own."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import cases

from vport import dialect
from vport.findings import Finding
from vport.outcome import Changed, Failed
from vport.upgrade import upgrade

Files = dict[str, bytes]


def upgraded(files: Mapping[str, bytes], target: str, source: str = "") -> tuple[Files, list[Finding]]:
    """Texts after an upgrade, and what is left; a file that cannot be upgraded fails the test."""
    result = upgrade(cases.read_files(files), dialect.load(target), source)
    failed = [o for o in result.outcomes if isinstance(o, Failed)]
    assert not failed, failed
    return {**files, **{o.path: o.after for o in result.outcomes if isinstance(o, Changed)}}, result.findings


def lifted(text: str, target: str = "freebsd-13", source: str = "") -> str:
    """One file after an upgrade that leaves nothing to a person."""
    files, findings = upgraded({"a.c": text.encode()}, target, source)
    assert findings == []
    again, _ = upgraded(files, target, source)
    assert again == files, "a second run changes something"
    return files["a.c"].decode()


def left(text: str, target: str = "freebsd-13", source: str = "") -> list[tuple[int, str]]:
    """Line and kind of what an upgrade of one file leaves to a person."""
    _, findings = upgraded({"a.c": text.encode()}, target, source)
    return [(f.line, f.kind) for f in findings]


@cache
def ported(module: str, target: str, life: bool) -> tuple[Files, Files]:
    """A bundled module's input, and its direct port."""
    folder = cases.MODULES / module
    case = next(c for c in cases.module_cases() if c.id == f"{module}[freebsd-13{'-life' if life else ''}]")
    assert folder.is_dir()
    files = dict(case.files)
    return files, cases.run_port(files, case.wanted, target, life, case.objects).after


MODULES: list[str] = sorted(Path(p.parent).name for p in cases.MODULES.glob("*/vport.toml"))
