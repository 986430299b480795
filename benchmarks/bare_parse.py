"""The yardstick: parse every file with tree-sitter as it lies on disk, with as many processes, and do nothing else."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import tree_sitter
import tree_sitter_c

from vport.discover import discover
from vport.pool import batches


def parse(paths: list[str]) -> int:
    """Parse files; returns how many trees hold errors."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c.language()))
    return sum(parser.parse(Path(p).read_bytes()).root_node.has_error for p in paths)


def main() -> None:
    """Parse the tree named on the command line."""
    found = discover([Path(sys.argv[1])])
    paths = [str(found.root / f) for f in found.files]
    work = batches(paths, os.path.getsize, 16)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        errors = sum(pool.map(parse, work))
    print(f"{len(paths)} files, {errors} with errors")


if __name__ == "__main__":
    main()
