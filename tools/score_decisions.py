"""Score the decisions proposed for a tree against what people decided: where they are wrong, and what carried them.

    python tools/score_decisions.py TREE truth.json

TREE is a folder of sources whose virtualized variables were made plain again; truth.json says which they were:
{"variables": [{"file": "netinet/ip_frob.c", "name": "frob_ttl"}, ...]}, files relative to TREE.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from vport.cache import Cache
from vport.decide import ASK, SHARE, VIRTUALIZE, Decision, decide
from vport.discover import discover
from vport.evidence import Evidence, gather
from vport.read import Read, Reader

_SETTLED = frozenset(("const", "percpu", "virtual-already"))
_ROWS = 15


class Tally:
    """Counts of one group of variables."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, decision: str, truth: bool) -> None:
        """Count one variable."""
        kind = "asked" if decision == ASK else f"{'hit' if truth == (decision == VIRTUALIZE) else 'miss'}-{decision}"
        self.counts.update((kind, "all"))

    def row(self) -> str:
        """Precision, recall, asked share and the number of variables."""
        right, extra = self.counts[f"hit-{VIRTUALIZE}"], self.counts[f"miss-{VIRTUALIZE}"]
        missed = self.counts[f"miss-{SHARE}"]
        asked = self.counts["asked"] / max(1, self.counts["all"])
        return f"{_share(right, right + extra)}  {_share(right, right + missed)}  {asked:5.1%}  {self.counts['all']:5}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:9.3f}" if whole else "        -"


def _load_truth(path: Path) -> set[tuple[str, str]]:
    return {(v["file"], v["name"]) for v in json.loads(path.read_text(encoding="utf-8"))["variables"]}


def _timed(
    read: Read,
) -> tuple[dict[tuple[str, str, str], Evidence], dict[tuple[str, str, str], Decision], float]:
    start = time.process_time()
    evidence = gather(read)
    decisions = decide(read, evidence)
    return evidence, decisions, time.process_time() - start


def _print_table(title: str, tallies: dict[str, Tally]) -> None:
    print(f"\n{title:28} precision     recall  asked  count")
    for name, tally in sorted(tallies.items(), key=lambda item: -item[1].counts["all"])[:_ROWS]:
        print(f"{name:28} {tally.row()}")


def _print_wrong(wrong: Counter[tuple[str, str]], seen: Counter[str]) -> None:
    print("\nclasses that carried wrong decisions (wrong, of times it carried any)")
    for (name, decision), count in wrong.most_common(_ROWS):
        print(f"  {name:32} {decision:10} {count:4} of {seen[name]}")


def main(arguments: list[str]) -> int:
    """Score one tree.

    Arguments:
        arguments: the tree and the file of truth.
    """
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    truth = _load_truth(Path(arguments[1]))
    evidence, decisions, seconds = _timed(Reader(Cache(None)).read(discover([Path(arguments[0])])))
    total, places = Tally(), dict[str, Tally]()
    wrong, seen = Counter[tuple[str, str]](), Counter[str]()
    for key, decision in decisions.items():
        if evidence[key].classes & _SETTLED:
            continue
        real = (key[0], key[2]) in truth and not key[1]
        total.add(decision.decision, real)
        places.setdefault(key[0].rpartition("/")[0], Tally()).add(decision.decision, real)
        if decision.decision == ASK:
            continue
        seen.update(decision.why)
        if real != (decision.decision == VIRTUALIZE):
            wrong.update((name, decision.decision) for name in decision.why)
    _print_table("all", {"all": total})
    _print_table("directory", places)
    _print_wrong(wrong, seen)
    print(f"\ngathered and decided in {seconds:.2f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
