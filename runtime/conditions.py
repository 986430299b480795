"""Whether a condition holds on a path, and what a path knows once it has been assumed."""

from .chart import Chart, leaves
from .expressions import NONZERO, constant, elsewhere, fact_key, names, same, stripped, truth
from .host import Host, Value
from .knowledge import Knowledge
from .model import Condition
from .paths import State
from .patterns import later
from .values import stack_of, value_of
from .worlds import SHARED, UNKNOWN

_OBJECT = later(r"(?<![\w.>])([A-Za-z_]\w*)\s*\.")
"""An object by its name: one that is no local is a variable, whether or not the module has it."""


class Judge:
    """Answers for the conditions of one function."""

    def __init__(self, knowledge: Knowledge, host: Host, function: str, chart: Chart) -> None:
        self.knowledge = knowledge
        self.host = host
        self.function = function
        self.chart = chart
        self.relevance = knowledge.relevance(function)

    def holds(self, condition: Condition, state: State) -> bool | None:
        """Whether a condition holds; None when that is not known."""
        pins = self.knowledge.pins
        if pins and (pinned := pins.get((self.function, condition.text))) is not None:
            return pinned
        if condition.op in ("not", "and", "or"):
            return self._composed(condition, state)
        known = self._leaf(condition, state)
        if known is not None:
            return known
        assumed = state.fact("?" + condition.text)
        return truth(assumed.constant) if assumed else None

    def _composed(self, condition: Condition, state: State) -> bool | None:
        parts = [self.holds(part, state) for part in condition.parts]
        if condition.op == "not":
            return None if parts[0] is None else not parts[0]
        decisive = condition.op == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive

    def _leaf(self, condition: Condition, state: State) -> bool | None:
        if condition.op == "constant":
            return truth(constant(condition.subject))
        if condition.op == "default-vnet":
            return self._default(condition.subject, state)
        if condition.op == "truth":
            return truth(self.constant_of(condition.subject, state))
        return self._equal(condition, state) if condition.op == "equals" else None

    def _default(self, subject: str, state: State) -> bool | None:
        if not self.host.vimage:
            return True
        vnet = stack_of(subject, state, self.host) if subject else state.curvnet
        return None if vnet == UNKNOWN else vnet != SHARED and self.host.is_default(vnet)

    def _equal(self, condition: Condition, state: State) -> bool | None:
        sides = (stripped(condition.subject), stripped(condition.value))
        if "curvnet" in sides or "vnet0" in sides:
            return self._same_stack(sides, state)
        return same(self.constant_of(sides[0], state), self.constant_of(sides[1], state))

    def _same_stack(self, sides: tuple[str, str], state: State) -> bool | None:
        if not self.host.vimage:
            return None
        one, other = (SHARED if constant(s) == "0" else stack_of(s, state, self.host) for s in sides)
        return None if UNKNOWN in (one, other) else one == other

    def constant_of(self, text: str, state: State) -> str:
        """The constant that an expression is known to equal; empty for none."""
        known = value_of(text, state, self.host, self.knowledge).constant
        return known or self._pointer(text, state)

    def _pointer(self, text: str, state: State) -> str:
        """What the life of the thing a variable points to says of the variable."""
        name, resource = self.knowledge.pointer(text)
        if resource is None:
            return ""
        stack = elsewhere(text)[0]
        reached = stack_of(stack, state, self.host) if stack else state.curvnet
        scope = reached if resource.variable.per_vnet and self.host.vimage else SHARED
        life = state.world.lives.get((name, scope))
        if life is not None:
            return {"live": NONZERO, "none": "0"}.get(life.status, "")
        nothing_yet = scope != UNKNOWN and resource.checked and resource.variable.initial == "zero"
        return "0" if nothing_yet and resource.places else ""

    def assume(self, condition: Condition, holds: bool, state: State, pc: int) -> State:
        """The path on which a condition that was not known holds, or does not."""
        if condition.op == "not":
            return self.assume(condition.parts[0], not holds, state, pc)
        if condition.op in ("and", "or"):
            return self._assume_parts(condition, holds, state, pc)
        if self._leaf(condition, state) is not None:
            return state
        state = self._learn(condition, holds, state, pc)
        return self._keep("?" + condition.text, NONZERO if holds else "0", state, pc)

    def _assume_parts(self, condition: Condition, holds: bool, state: State, pc: int) -> State:
        decided = condition.op == "and"
        if holds == decided:
            for part in condition.parts:
                state = self.assume(part, holds, state, pc)
            return state
        open_parts = [p for p in condition.parts if self.holds(p, state) is None]
        return self.assume(open_parts[0], holds, state, pc) if len(open_parts) == 1 else state

    def _learn(self, condition: Condition, holds: bool, state: State, pc: int) -> State:
        key = fact_key(condition.subject)
        if not key or condition.op not in ("truth", "equals"):
            return state
        wanted = NONZERO if condition.op == "truth" else constant(condition.value)
        if not holds:
            wanted = {NONZERO: "0", "0": NONZERO}.get(wanted, "")
        return self._keep(key, wanted, state, pc) if wanted else state

    def _keep(self, key: str, wanted: str, state: State, pc: int) -> State:
        """Know something as long as it can still be asked for."""
        if pc not in self.relevance.weighty or self.relevance.last.get(key, -1) <= pc:
            return state
        known = state.fact(key) or Value(vnet=UNKNOWN)
        return state.knowing(key, Value(known.text, known.vnet, wanted), pc)

    def hangs_on_state(self, condition: Condition | None) -> bool:
        """Whether a condition asks for state, of the module or of another's, whose values nobody follows."""
        if condition is None:
            return False
        texts = (condition.text, *(leaf.subject for leaf in leaves(condition)))
        asked = {n.removeprefix("V_") for text in texts for n in names(text)}
        if not asked.isdisjoint(self.knowledge.variables):
            return True
        own = self.chart.locals | set(self.knowledge.parameters(self.function))
        return any(n not in own for n in _OBJECT.findall(condition.text))
