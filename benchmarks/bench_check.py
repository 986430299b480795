"""How long `vport check` takes: a tree cold and warm, after an edit, what is staged, and an editor's wait.

    python benchmarks/bench_check.py TREE FILE [--runs 5]

TREE is copied into a git repository of its own, and FILE, a name in it, is what gets edited: each time one more
statement in another of its functions.  That is one that says nothing of stacks (`if (0) (void)1;`), or a call behind a
condition, after which the ways through its module and its life are followed again.

Whole processes, medians, with modules that are compiled, as they are after anybody's first run; of the editor what
passes between a change and its diagnostics, the 0.2 s that the server waits for the next key among it.
"""

import argparse
import asyncio
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

QUIET, TELLING = "if (0)\n\t\t(void){};", 'if (ticks > {})\n\t\tlog(LOG_INFO, "late");'
_RETURN = re.compile(r"\n(?=\treturn\b[^\n]*\n}\n)|(?=\n}\n)")


def edited(text: str, number: int, statement: str = QUIET) -> str:
    """A text with one more statement at the end of a function, before it returns: each number means another one."""
    places = [m.end() for m in re.finditer(r"\n\{\n", text)]
    at = _RETURN.search(text, places[-number % len(places)])
    assert at is not None
    return f"{text[: at.start()]}\n\t{statement.format(number)}{text[at.start() :]}"


class Bench:
    """A copy of a tree in a git repository, and a cache of its own."""

    def __init__(self, tree: Path, file: str, folder: Path) -> None:
        self.top, self.file = folder / "tree", folder / "tree" / file
        shutil.copytree(tree, self.top, ignore=shutil.ignore_patterns(".git"))
        self.cache = folder / "cache"
        self.settings = {**os.environ, "VPORT_CACHE_DIR": str(self.cache)}
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):  # modules are compiled, and where they belong
            self.settings.pop(name, None)
        self.count = 0
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "x"]):
            subprocess.run(["git", *words], cwd=self.top, check=True)

    def edit(self, statement: str = QUIET) -> None:
        """One more edit, staged."""
        self.count += 1
        text = self.file.read_text(encoding="latin-1")
        self.file.write_text(edited(text, self.count, statement), encoding="latin-1")
        subprocess.run(["git", "add", "."], cwd=self.top, check=True)

    def forget(self) -> None:
        """Empty the cache."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def check(self, *options: str) -> tuple[float, float]:
        """Wall and processor seconds of one run."""
        words = [sys.executable, "-m", "vport", "check", "--quiet", "--exit-zero", *options]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(words, cwd=self.top, env=self.settings, check=True, capture_output=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(what: str, times: list[tuple[float, float]]) -> None:
    """One row of figures."""
    wall, processor = (statistics.median(t) for t in zip(*times, strict=True))
    print(f"{what:<40}{wall:>9.3f} s wall {processor:>9.3f} s processor", flush=True)


def measure(bench: Bench, what: str, runs: int, before: Callable[[], None], *options: str) -> None:
    """Run, after something that is not counted."""
    times = []
    for _ in range(runs):
        before()
        times.append(bench.check(*options))
    tell(what, times)


async def editor(bench: Bench, runs: int) -> list[float]:
    """Seconds from a change to its diagnostics, the first one from opening the file."""
    told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
    client = LanguageClient("bench", "1")
    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: told.put_nowait(params))
    await client.start_io(sys.executable, "-m", "vport", "lsp", env=bench.settings, cwd=str(bench.top))
    folders = [types.WorkspaceFolder(bench.top.as_uri(), "t")]
    await client.initialize_async(types.InitializeParams(types.ClientCapabilities(), workspace_folders=folders))
    client.initialized(types.InitializedParams())
    uri, text, times = bench.file.as_uri(), bench.file.read_text(encoding="latin-1"), []
    for version in range(1, runs + 2):
        text, start = edited(text, version), time.perf_counter()
        if version == 1:
            client.text_document_did_open(
                types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, types.LanguageKind.C, version, text))
            )
        else:
            named = types.VersionedTextDocumentIdentifier(version, uri)
            whole = types.TextDocumentContentChangeWholeDocument(text)
            client.text_document_did_change(types.DidChangeTextDocumentParams(named, [whole]))
        while (await told.get()).version != version:
            pass
        times.append(time.perf_counter() - start)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return times


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("file")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given.tree, given.file, Path(folder))
        bench.check(given.file)
        measure(bench, "tree, cold", min(given.runs, 3), bench.forget, ".")
        measure(bench, "tree, warm", given.runs, lambda: None, ".")
        measure(bench, "tree, after an edit", given.runs, bench.edit, ".")
        measure(bench, "tree, after another call", given.runs, partial(bench.edit, TELLING), ".")
        bench.check("--staged")
        measure(bench, "staged, nothing new", given.runs, lambda: None, "--staged")
        measure(bench, "staged, after an edit", given.runs, bench.edit, "--staged")
        measure(bench, "staged, after another call", given.runs, partial(bench.edit, TELLING), "--staged")
        first, *others = asyncio.run(editor(bench, given.runs))
        print(f"{'editor, file opened':<40}{first:>9.3f} s wall")
        print(f"{'editor, file changed':<40}{statistics.median(others):>9.3f} s wall")


if __name__ == "__main__":
    main()
