"""Which variables each network stack has for itself, which all share and which a person must decide, and why."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

import msgspec

from vport import rules
from vport.evidence import Evidence, Gatherer
from vport.evidence.functions import Key
from vport.read import Read
from vport.tree import Variable

VariableKey = tuple[str, str, str]

VIRTUALIZE, SHARE, ASK = "virtualize", "share", "ask"

_SETTLED = {"const": SHARE, "percpu": SHARE, "virtual-already": VIRTUALIZE}
_CERTAIN = 9.0


class Decision(msgspec.Struct, frozen=True):
    """What is to become of a variable.

    Arguments:
        decision: `virtualize`, `share` or `ask`.
        why: classes of evidence that carried it, strongest first; for `ask` those of both sides.
        score: log-odds that each stack has its own.
    """

    decision: str
    why: tuple[str, ...]
    score: float


class Near(msgspec.Struct, frozen=True):
    """How much more than usual a variable's neighbours look like per-stack state, from -1 to 1.

    Arguments:
        users: variables that the same functions use.
        file: variables of the same file.
    """

    users: float
    file: float


class Weights:
    """Log-odds of the classes, for one of the two rounds.

    Arguments:
        table: rules/decide.toml.
        round_: 0 for a variable alone, 1 together with its neighbours.
    """

    def __init__(self, table: Mapping[str, Any], round_: int) -> None:
        self.prior: float = table["policy"]["prior"][round_]
        self._single: dict[str, float] = {}
        self._pairs: list[tuple[str, str, str, float]] = []
        for name, weights in table["weights"].items():
            first, _, second = name.partition(" & ")
            if second:
                self._pairs.append((name, first, second, weights[round_]))
            else:
                self._single[name] = weights[round_]

    def parts(self, classes: frozenset[str]) -> list[tuple[str, float]]:
        """What each class and each pair of classes adds."""
        single = self._single
        found = [(c, single[c]) for c in classes if c in single]
        found += [(name, weight) for name, a, b, weight in self._pairs if a in classes and b in classes]
        return found

    def score(self, classes: frozenset[str]) -> float:
        """Log-odds of a set of classes."""
        return self.prior + sum(weight for _, weight in self.parts(classes))


class Thresholds(msgspec.Struct, frozen=True):
    """Log-odds from which on a variable is each stack's own, and down from which it is shared."""

    virtualize: float
    share: float

    def decision(self, score: float) -> str:
        """What a score means."""
        if score >= self.virtualize:
            return VIRTUALIZE
        return SHARE if score <= self.share else ASK


class Policy:
    """rules/decide.toml, ready for use.

    Arguments:
        table: of the file.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        policy = table["policy"]
        self.never: tuple[str, ...] = tuple(policy["never"])
        self._whole = Thresholds(policy["virtualize"], policy["share"])
        self._module = Thresholds(policy["module"]["virtualize"], policy["module"]["share"])
        self._module_variables: int = policy["module"]["variables"]
        self.reasons: int = policy["reasons"]
        self.alone = Weights(table, 0)
        self.together = Weights(table, 1)
        self.usual: float = table["neighbours"]["usual"]
        self.near_users: float = table["neighbours"]["users"]
        self.near_file: float = table["neighbours"]["file"]

    def settle(self, classes: frozenset[str]) -> Decision | None:
        """The decision where one class is enough."""
        for name, decision in _SETTLED.items():
            if name in classes:
                return Decision(decision, (name,), _CERTAIN if decision == VIRTUALIZE else -_CERTAIN)
        never = tuple(c for c in self.never if c in classes)
        return Decision(SHARE, never, -_CERTAIN) if never else None

    def thresholds(self, variables: int) -> Thresholds:
        """Those for a tree with so many variables to decide."""
        return self._module if variables < self._module_variables else self._whole

    def thresholds_of(self, undecided: Iterable[object]) -> Thresholds:
        """Those for a tree with such variables to decide; no more of them are looked at than tell."""
        return self.thresholds(sum(1 for _ in islice(undecided, self._module_variables)))

    def weigh(self, classes: frozenset[str], near: Near, thresholds: Thresholds) -> Decision:
        """The decision from all evidence."""
        parts = self.together.parts(classes)
        around = near.users * self.near_users + near.file * self.near_file
        parts.append(("neighbours-per-stack" if around > 0 else "neighbours-shared", around))
        score = self.together.prior + sum(weight for _, weight in parts)
        decision = thresholds.decision(score)
        return Decision(decision, self._why(parts, decision), round(score, 2))

    def _why(self, parts: list[tuple[str, float]], decision: str) -> tuple[str, ...]:
        sign = {VIRTUALIZE: 1, SHARE: -1, ASK: 0}[decision]
        carried = [(abs(w), name) for name, w in parts if w * sign > 0 or (sign == 0 and w)]
        carried.sort(key=lambda part: (-part[0], part[1]))
        return tuple(name for _, name in carried[: self.reasons]) or ("no-evidence",)


@cache
def load_policy() -> Policy:
    """The policy that rules/decide.toml holds."""
    return Policy(rules.load("decide"))


class Neighbours:
    """Who is used together with whom.

    Arguments:
        evidence: of the variables that are not settled or are each stack's own already.
        usual: chance that any variable belongs to each stack.
    """

    _FUNCTION_DOUBT, _FILE_DOUBT = 0.5, 2.0

    def __init__(self, evidence: Mapping[VariableKey, Evidence], usual: float) -> None:
        self._evidence = evidence
        self._usual = usual

    def near(self, alone: Mapping[VariableKey, float]) -> dict[VariableKey, Near]:
        """What surrounds each variable, from what they look like alone.

        Arguments:
            alone: log-odds of every variable.
        """
        chance = {key: 1 / (1 + math.exp(-score)) for key, score in alone.items()}
        files: dict[str, list[float]] = {}
        functions: dict[Key, list[float]] = {}
        for key, evidence in self._evidence.items():
            files.setdefault(key[0], []).append(chance[key])
            for user in evidence.users:
                functions.setdefault(user, []).append(chance[key])
        in_file = {file: (sum(found), len(found)) for file, found in files.items()}
        in_function = {user: (sum(found), len(found)) for user, found in functions.items()}
        return {
            key: Near(self._used(in_function, evidence, chance[key]), self._filed(*in_file[key[0]], chance[key]))
            for key, evidence in self._evidence.items()
        }

    def _used(self, functions: Mapping[Key, tuple[float, int]], evidence: Evidence, own: float) -> float:
        """The others that its users use; a function that uses many says as much as one that uses two."""
        total = weight = 0.0
        for user in evidence.users:
            known, count = functions[user]
            total += (known - own) / count
            weight += (count - 1) / count
        return (total + self._usual * self._FUNCTION_DOUBT) / (weight + self._FUNCTION_DOUBT) - self._usual

    def _filed(self, total: float, count: int, own: float) -> float:
        others = total - own + self._usual * self._FILE_DOUBT
        return others / (count - 1 + self._FILE_DOUBT) - self._usual


def decide(read: Read, evidence: Mapping[VariableKey, Evidence]) -> dict[VariableKey, Decision]:
    """A decision for every variable of a tree that has evidence.

    Arguments:
        read: the tree; its order of variables is kept.
        evidence: from `vport.evidence.gather`.
    """
    known = {v.key: evidence[v.key] for v in read.tree.variables if v.key in evidence}
    policy = load_policy()
    undecided = [key for key, one in known.items() if policy.settle(one.classes) is None]
    found = _weighed(known, policy.thresholds_of(undecided))
    return found | _of_one_symbol(read.tree.variables, found)


def decide_some(read: Read, gatherer: Gatherer, wanted: Sequence[Variable]) -> dict[VariableKey, Decision]:
    """The same decisions for some variables only, from their evidence and that of what stands around them.

    Arguments:
        read: the tree.
        gatherer: of its evidence.
        wanted: variables of it.
    """
    policy = load_policy()
    asked = {v.key: v for one in wanted for v in (one, *one.same)}
    files = {key[0] for key in asked}
    users = set[Key]().union(*map(gatherer.users, asked.values()))
    around = [v for v in read.tree.variables if v.file in files or not users.isdisjoint(gatherer.users(v))]
    known = {v.key: gatherer.evidence(v) for v in around}
    rest = (v for v in read.tree.variables if v.key not in known)
    undecided = (v for v in chain(around, rest) if policy.settle(gatherer.evidence(v).classes) is None)
    weighed = _weighed(known, policy.thresholds_of(undecided))
    found = {key: weighed[key] for key in asked}
    return found | _of_one_symbol(wanted, found)


def _weighed(evidence: Mapping[VariableKey, Evidence], thresholds: Thresholds) -> dict[VariableKey, Decision]:
    """A decision for each variable by itself, with its neighbours among them."""
    policy = load_policy()
    settled = {key: policy.settle(one.classes) for key, one in evidence.items()}
    unsettled = {key: evidence[key] for key in evidence if settled[key] is None}
    alone = {key: policy.alone.score(one.classes) for key, one in unsettled.items()}
    own = {key: one for key, one in evidence.items() if "virtual-already" in one.classes}
    near = Neighbours({**unsettled, **own}, policy.usual).near({**alone, **dict.fromkeys(own, _CERTAIN)})
    return {key: settled[key] or policy.weigh(evidence[key].classes, near[key], thresholds) for key in evidence}


def _of_one_symbol(variables: Iterable[Variable], found: Mapping[VariableKey, Decision]) -> dict[VariableKey, Decision]:
    """Decisions of definitions that are one symbol and would be decided differently: a person has to.

    Programs of one tree that are never linked together look the same.
    """
    changed: dict[VariableKey, Decision] = {}
    for variable in variables:
        together = [found[v.key] for v in (variable, *variable.same) if v.key in found]
        if variable.key in found and len({one.decision for one in together}) > 1:
            own = found[variable.key]
            changed[variable.key] = Decision(ASK, own.why, own.score)
    return changed
