"""Runs of the command line: in this process for speed, in another where the process itself is tested."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from vport.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Result:
    """What a run gave: exit code, results and talk."""

    code: int
    raw: bytes
    talk: str

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8")


Run = Callable[..., Result]


def run_here(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path, stdin: bytes = b"") -> Result:
    """`vport` in this process, through its error boundary."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["vport", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as caught:
            main()
        out.flush()
    assert isinstance(caught.value.code, int)
    assert isinstance(out.buffer, io.BytesIO)
    return Result(caught.value.code, out.buffer.getvalue(), err.getvalue())


def environment(**more: str) -> dict[str, str]:
    """For other processes: this checkout, and no settings of the person who runs the tests."""
    left_out = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "LC_ALL", "LANG")
    kept = {k: v for k, v in os.environ.items() if k not in left_out and not k.startswith("GIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", "LC_ALL": "C.UTF-8", **more}


def command(*arguments: str | Path) -> list[str]:
    """The command line of another process."""
    return [sys.executable, "-m", "vport", *map(str, arguments)]


def run_apart(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **more: str) -> Result:
    """`vport` in a process of its own."""
    done = subprocess.run(
        command(*arguments), cwd=cwd, input=stdin, capture_output=True, env=environment(**more), timeout=60, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace"))


def write_tree(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Make the files below `root`; returns it."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def content(root: Path) -> dict[str, bytes]:
    """Every file below `root`, hidden ones too, without git's own."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and ".git" not in p.relative_to(root).parts
    }
