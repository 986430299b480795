"""Write all golden files anew from what the port gives today, and print what changed, for a person to read.

    python tools/golden.py [--check] [WORD...]

WORD limits the run to cases whose path holds it.  With --check nothing is written; the exit code is 1 if anything
would be.  Tests never run this.
"""

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import cases  # noqa: E402


def _lines(data: bytes) -> list[str]:
    return data.decode("latin-1").splitlines(keepends=True)


def show(path: Path, old: bytes, new: bytes) -> None:
    """Print one change as a diff; a file that had no golden text is named only."""
    name = path.relative_to(ROOT).as_posix()
    if not path.exists():
        print(f"new: {name}")
        return
    for line in difflib.unified_diff(_lines(old), _lines(new), f"a/{name}", f"b/{name}"):
        print(line, end="" if line.endswith("\n") else "\n\\ No newline at end of file\n")


def stale(words: Sequence[str]) -> Iterator[tuple[Path, bytes, bytes]]:
    """Golden files that differ from what the port gives: path, old and new text."""
    for case in (*cases.fixture_cases(), *cases.module_cases()):
        module = case.id.split("[")[0]
        if module in cases.MENDED:
            print(f"{case.id}: mended by hand, left alone: {cases.MENDED[module]}", file=sys.stderr)
            continue
        if words and not any(word in case.id for word in words):
            continue
        run = cases.run_case(case.id)
        for name, path in case.golden.items():
            old = case.expected.get(name, b"")
            if run.after[name] != old or not path.exists():
                yield path, old, run.after[name]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="only cases whose path holds one of these")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    arguments = parser.parse_args()
    count = refused = 0
    for path, old, new in stale(arguments.words):
        show(path, old, new)
        if path.name.startswith("noop_") or any(part.startswith("noop_") for part in path.parts):
            print(f"{path.relative_to(ROOT)}: must not change; not written", file=sys.stderr)
            refused += 1
            continue
        count += 1
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(new)
    print(f"{count} golden files {'differ' if arguments.check else 'written'}, {refused} refused", file=sys.stderr)
    return 1 if refused or (arguments.check and count) else 0


if __name__ == "__main__":
    sys.exit(main())
