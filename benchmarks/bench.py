"""Measure vport on a tree: `bench.py TREE [--plan FILE] [--runs N]`.

Every figure is of whole processes, run in turn so that a drifting machine hits all alike; medians are quoted, and
ratios are formed within one round.  ast-grep (`ast-grep` on PATH) and Coccinelle (`spatch`) join where installed.
Memory is the proportional set size of the process and its workers, sampled.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Sampler(threading.Thread):
    """Highest sum of proportional set sizes, in MiB, of all processes of a session."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.peak = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(self._size(int(p)) for p in os.listdir("/proc") if p.isdigit()) / 1024)

    def _size(self, pid: int) -> int:
        try:
            if os.getsid(pid) != self.session:
                return 0
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            return 0
        return int(found.group(1)) if found else 0


def measure(command: list[str], environment: dict[str, str], limit: float) -> tuple[float, float]:
    """Wall seconds and peak MiB of one run; infinite when the limit stops it."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    sampler = Sampler(process.pid)
    sampler.start()
    try:
        process.wait(limit)
        seconds = time.perf_counter() - began
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        seconds = float("inf")
    sampler.done.set()
    sampler.join()
    return seconds, sampler.peak


def planned_names(plan: Path) -> list[str]:
    """Names the plan virtualizes."""
    entries = tomllib.loads(plan.read_text())["variable"]
    return sorted({e["name"] for e in entries if e["decision"] == "virtualize"})


def ast_grep(tree: str, names: list[str], folder: Path) -> list[str]:
    """A command that lists what ast-grep would rename."""
    rule = folder / "rule.yml"
    rule.write_text(
        "id: rename\nlanguage: c\nrule:\n  pattern: $A\n  kind: identifier\n"
        f"constraints:\n  A: {{regex: '^({'|'.join(names)})$'}}\nfix: V_$A\n"
    )
    return ["ast-grep", "scan", "--rule", str(rule), "--json=stream", tree]


def coccinelle(tree: str, names: list[str], folder: Path) -> list[str]:
    """A command that prints Coccinelle's renaming as a diff.

    Its list of names is quicker than a pattern; `--no-includes` is as vport reads: what lies on disk, by itself.
    """
    script = folder / "rename.cocci"
    script.write_text(f'@r@\nidentifier x = {{{", ".join(names)}}};\nfresh identifier v = "V_" ## x;\n@@\n- x\n+ v\n')
    jobs = str(len(os.sched_getaffinity(0)))
    options = ["--no-includes", "--include-headers", "--very-quiet", "-j", jobs]
    return ["spatch", *options, "--sp-file", str(script), "--dir", tree]


RIVALS = {"ast-grep": ("ast-grep", ast_grep), "Coccinelle": ("spatch", coccinelle)}
"""Other tools by title: their program, and what makes a command that renames the same names."""


def rivals(tree: str, names: list[str], folder: Path) -> dict[str, list[str]]:
    """Commands of the other tools that are installed; the others are said to be left out."""
    found: dict[str, list[str]] = {}
    for title, (program, make) in RIVALS.items():
        if shutil.which(program):
            found[title] = make(tree, names, folder)
        else:
            print(f"{title:12} left out: no `{program}` on PATH")
    return found


def commands(tree: str, plan: Path, folder: Path) -> dict[str, list[str]]:
    """What is measured, by title; the warm scan comes right after one that fills its cache."""
    vport = [sys.executable, "-m", "vport"]
    return {
        "bare parse": [sys.executable, str(HERE / "bare_parse.py"), tree],
        "scan, cold": [*vport, "scan", "--no-cache", "-q", tree],
        "scan, warm": [*vport, "scan", "-q", tree],
        "port, cold": [*vport, "port", "--no-cache", "-q", "--asked-as", "share", "--plan", str(plan), tree],
        **rivals(tree, planned_names(plan), folder),
    }


def show(title: str, rows: list[tuple[float, float]], bare: list[tuple[float, float]]) -> None:
    """One line of figures."""
    seconds, ratios = [s for s, _ in rows], [s / b for (s, _), (b, _) in zip(rows, bare, strict=True)]
    peak = max(p for _, p in rows)
    print(
        f"{title:12} {statistics.median(seconds):8.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})  "
        f"{statistics.median(ratios):6.2f} x bare parse  {peak:7.0f} MiB"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("tree")
    parser.add_argument("--plan", type=Path, help="what to port; vport's own decisions unless given")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=180, help="seconds after which a run is stopped")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "VPORT_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": str(HERE.parent)}
        plan = options.plan or folder / "vport.toml"
        if options.plan is None:
            make = [sys.executable, "-m", "vport", "plan", "-q", options.tree, "-o", str(plan)]
            subprocess.run(make, env=environment, check=True)
        todo = commands(options.tree, plan, folder)
        measure(todo["scan, warm"], environment, options.limit)
        rows: dict[str, list[tuple[float, float]]] = {title: [] for title in todo}
        for _ in range(options.runs):
            for title, command in todo.items():
                rows[title].append(measure(command, environment, options.limit))
        print(f"{options.tree}: medians of {options.runs} runs, {len(os.sched_getaffinity(0))} processors")
        for title, figures in rows.items():
            show(title, figures, rows["bare parse"])


if __name__ == "__main__":
    main()
