"""What an expression is worth on a path: a constant, and the stack it leads to."""

from .expressions import addressed, addressed_elsewhere, base, constant, fact_key, is_name, stripped, truth
from .host import Host, Value
from .knowledge import Knowledge
from .paths import State
from .worlds import SHARED, UNKNOWN


def stack_of(text: str, state: State, host: Host) -> int:
    """The stack that an expression leads to: SHARED for NULL, UNKNOWN when that cannot be told."""
    inner = stripped(text)
    if constant(inner) == "0":
        return SHARED
    if inner == "curvnet":
        return state.curvnet
    if inner == "vnet0":
        return next((v for v in host.stacks() if host.is_default(v)), 0)
    known = state.fact(base(inner)) if base(inner) else None
    if known and known.constant == "0" and base(inner) == inner:
        return SHARED
    return known.vnet if known and known.vnet != SHARED else UNKNOWN


def value_of(text: str, state: State, host: Host, knowledge: Knowledge) -> Value:
    """What is known of an expression."""
    inner = stripped(text)
    if is_name(inner) and (known := state.fact(inner)):
        return known
    plain = constant(inner)
    if plain:
        return Value(inner, SHARED, plain)
    key = fact_key(inner)
    if key and (known := state.fact(key)):
        return known
    if "&" in inner and any(_per_vnet(name, knowledge, host) for name in addressed(inner)):
        return Value(inner, state.curvnet, "!0" if inner.startswith("&") else "")
    if (other := addressed_elsewhere(inner))[1] and _per_vnet(other[1], knowledge, host):
        return Value(inner, stack_of(other[0], state, host), "!0")
    if inner.startswith("&") and base(inner) in knowledge.variables:
        return Value(inner, SHARED, "!0")
    return Value("", stack_of(inner, state, host))


def _per_vnet(name: str, knowledge: Knowledge, host: Host) -> bool:
    found = knowledge.variables.get(name)
    return host.vimage and found is not None and found.per_vnet


def returned(value: str, known: Value, kind: str) -> str:
    """How a kernel judges what a function of a return type returned: `zero`, `error`, `value`."""
    if not value or known.constant == "0":
        return "zero"
    return "error" if truth(known.constant) and "*" not in kind else "value"
