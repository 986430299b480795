"""VP408: shared state that is written under a lock which every stack has of its own."""

from collections.abc import Iterator, Mapping

from vport.checks.faults import place
from vport.checks.found import Found, Step
from vport.patterns import later
from vport.runtime.model import Access, Call, Init, Module, Node

_TAKE = later(r"(?:mtx_lock(?:_spin)?|rw_wlock|rw_rlock|rm_wlock|sx_xlock|sx_slock)\Z")
_GIVE = later(r"(?:mtx_unlock(?:_spin)?|rw_[wr]?unlock|rm_wunlock|sx_(?:[xs]|)unlock)\Z")
_PER_VNET = later(r"&?\(?\s*V_(\w+)\)?\Z")
_LOCKS = later(r"struct (?:mtx|rwlock|rmlock|sx)\b")


def guarded_by_others(module: Module) -> Iterator[Found]:
    """Variables of a module that are only ever written under per-vnet locks; of every other nothing is known."""
    shared = {v.name: v.at for v in module.variables if not v.per_vnet and not v.set_up and "." not in v.name}
    locks = {v.name for v in module.variables if v.per_vnet and _LOCKS.search(v.type)}
    writes: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for function in module.functions:
        for node, held in _straight(function.body, ()):
            if isinstance(node, Access) and node.how != "read" and node.variable in shared:
                writes.setdefault(node.variable, []).append((node.at, held, function.name))
    for variable, found in writes.items():
        if all(_guarded(held, locks) for _, held, _ in found):
            yield _found(variable, found, shared)


def _guarded(held: tuple[str, ...], locks: set[str]) -> bool:
    """Whether locks are held, and every one of them is a stack's own."""
    matches = [_PER_VNET.match(lock) for lock in held]
    return bool(held) and all(m is not None and m[1] in locks for m in matches)


def _straight(nodes: tuple[Node, ...], held: tuple[str, ...]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Nodes with the locks that are held there; a lock that a block takes and keeps counts to the end of the block."""
    for node in nodes:
        yield node, held
        if isinstance(node, Call) and node.arguments and _TAKE.match(node.name):
            held = (*held, node.arguments[0])
        elif isinstance(node, Call) and node.arguments and _GIVE.match(node.name):
            held = tuple(lock for lock in held if lock != node.arguments[0])
        elif not isinstance(node, Access | Call | Init):
            for part in ("then", "otherwise", "body"):
                yield from _straight(getattr(node, part, ()), held)
            for arm in getattr(node, "arms", ()):
                yield from _straight(arm.body, held)


def _found(variable: str, writes: list[tuple[str, tuple[str, ...], str]], shared: Mapping[str, str]) -> Found:
    at, held, function = writes[0]
    file, line = place(at)
    lock = held[-1].lstrip("& ")
    steps = (Step(*place(shared[variable]), f"{variable} is shared"),)
    message = f"{function}() writes {variable}, which all stacks share, under {lock}, of which every stack has its own"
    cure = f"Guard {variable} with a shared lock, or make it per-vnet"
    return Found("VP408", file, line, message, cure, variable, function, steps)
