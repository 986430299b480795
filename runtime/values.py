"""What an expression is worth on a path: a constant, and the stack it leads to."""

from functools import lru_cache
from typing import NamedTuple

from .expressions import addressed, addressed_elsewhere, base, constant, fact_key, is_name, stripped, truth
from .host import Host, Value
from .knowledge import Knowledge
from .paths import State
from .worlds import SHARED, UNKNOWN


class Said(NamedTuple):
    """What a text of C says of its value wherever it stands.

    Arguments:
        inner: the text without outer parentheses and casts.
        key: under which a path may know its value; empty for none.
        alone: whether it is a name and nothing else.
        constant: that it is; empty for another expression.
        base: the object it starts from.
        addressed: variables whose address, in the current stack, it takes.
        elsewhere: the stack and the variable whose address it takes there.
    """

    inner: str
    key: str
    alone: bool
    constant: str
    base: str
    addressed: tuple[str, ...]
    elsewhere: tuple[str, str]


@lru_cache(maxsize=65536)
def read(text: str) -> Said:
    """A text, read once."""
    inner = stripped(text)
    taken = addressed(inner) if "&" in inner else ()
    return Said(inner, fact_key(inner), is_name(inner), constant(inner), base(inner), taken, addressed_elsewhere(inner))


def stack_of(text: str, state: State, host: Host) -> int:
    """The stack that an expression leads to: SHARED for NULL, UNKNOWN when that cannot be told."""
    said = read(text)
    inner = said.inner
    if said.constant == "0":
        return SHARED
    if inner == "curvnet":
        return state.curvnet
    if inner == "vnet0":
        return next((v for v in host.stacks() if host.is_default(v)), 0)
    known = state.fact(said.base) if said.base else None
    if known and known.constant == "0" and said.base == inner:
        return SHARED
    return known.vnet if known and known.vnet != SHARED else UNKNOWN


def value_of(text: str, state: State, host: Host, knowledge: Knowledge) -> Value:
    """What is known of an expression."""
    said = read(text)
    if said.alone and (known := state.fact(said.key)):
        return known
    inner = said.inner
    if said.constant:
        return Value(inner, SHARED, said.constant)
    if said.key and (known := state.fact(said.key)):
        return known
    if said.addressed and any(_per_vnet(name, knowledge, host) for name in said.addressed):
        return Value(inner, state.curvnet, "!0" if inner.startswith("&") else "")
    if said.elsewhere[1] and _per_vnet(said.elsewhere[1], knowledge, host):
        return Value(inner, stack_of(said.elsewhere[0], state, host), "!0")
    if inner.startswith("&") and said.base in knowledge.variables:
        return Value(inner, SHARED, "!0")
    return Value("", stack_of(text, state, host))


def _per_vnet(name: str, knowledge: Knowledge, host: Host) -> bool:
    found = knowledge.variables.get(name)
    return host.vimage and found is not None and found.per_vnet


def returned(value: str, known: Value, kind: str) -> str:
    """How a kernel judges what a function of a return type returned: `zero`, `error`, `value`."""
    if not value or known.constant == "0":
        return "zero"
    return "error" if truth(known.constant) and "*" not in kind else "value"
