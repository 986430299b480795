"""What functions of a module touch and call, seen without executing them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from .expressions import handler_of, registration
from .model import (
    Access,
    Branch,
    Break,
    Call,
    Continue,
    Destroy,
    Foreach,
    Function,
    Goto,
    Init,
    Loop,
    Module,
    Node,
    Register,
    Return,
    Scope,
    Set,
    Switch,
    Unregister,
)


def children(node: Node) -> tuple[tuple[Node, ...], ...]:
    """The lists of nodes inside a node, alternatives apart."""
    if isinstance(node, Branch):
        return (node.then, node.otherwise)
    if isinstance(node, Loop | Foreach | Scope):
        return (node.body,)
    if isinstance(node, Switch):
        return tuple(arm.body for arm in node.arms)
    return ()


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node, in the order of the source."""
    for node in nodes:
        yield node
        for inner in children(node):
            yield from walk(inner)


def _during(nodes: Iterable[Node], event: str) -> Iterator[Node]:
    """Every node that may run for an event: of a switch over events its arm alone."""
    for node in nodes:
        yield node
        arms = node.arms if isinstance(node, Switch) else ()
        if any(value.startswith("MOD_") for arm in arms for value in arm.values):
            chosen = [arm.body for arm in arms if event in arm.values] or [arm.body for arm in arms if arm.default]
            yield from (inner for body in chosen for inner in _during(body, event))
        else:
            for body in children(node):
                yield from _during(body, event)


class Count(msgspec.Struct, frozen=True):
    """Calls on one path: how many, and where."""

    number: int = 0
    places: tuple[str, ...] = ()

    def __add__(self, other: "Count") -> "Count":
        return Count(self.number + other.number, (self.places + other.places)[:4])


NONE = Count()


class Wanted(msgspec.Struct, frozen=True):
    """Calls that count: of these functions, with this first argument if there is one."""

    names: frozenset[str]
    argument: tuple[str, ...] = ()

    def matches(self, call: Call) -> bool:
        """Whether a call is one of them."""
        return call.name in self.names and self.argument in ((), call.arguments[:1])


class Footprints:
    """What the functions of a module do, those they call included; computed once.

    Arguments:
        module: the module.
    """

    def __init__(self, module: Module) -> None:
        self.functions: Mapping[str, Function] = {f.name: f for f in module.functions}
        self.variables = frozenset(v.name for v in module.variables)
        self._reach: dict[str, tuple[str, ...]] = {}

    def reach(self, name: str) -> tuple[str, ...]:
        """A function of the module and all those it calls, itself first."""
        if name not in self._reach:
            found = {name: None} if name in self.functions else {}
            queue = list(found)
            for current in queue:
                new = [c for c in self._callees(current) if c in self.functions and c not in found]
                found.update(dict.fromkeys(new))
                queue.extend(new)
            self._reach[name] = tuple(found)
        return self._reach[name]

    def _callees(self, name: str) -> Iterator[str]:
        return (node.name for node in walk(self.functions[name].body) if isinstance(node, Call))

    def nodes(self, name: str, event: str = "") -> Iterator[Node]:
        """All nodes of a function and of those it calls; of a module's handler those that run for one event."""
        if event and name in self.functions:
            mine = list(_during(self.functions[name].body, event))
            yield from mine
            for called in dict.fromkeys(n.name for n in mine if isinstance(n, Call)):
                yield from self.nodes(called)
            return
        for function in self.reach(name):
            yield from walk(self.functions[function].body)

    def handlers(self, name: str) -> frozenset[str]:
        """Functions that the kernel may call until this one has taken them back, by what holds the registration."""
        held = {self._named(n) for n in self.nodes(name) if isinstance(n, Unregister | Destroy)} - {""}
        return frozenset(f for holder in held for f in self._registered.get(holder, ()))

    @cached_property
    def _registered(self) -> dict[str, list[str]]:
        """Handlers of the module by what holds their registration."""
        found: dict[str, list[str]] = {}
        for function in self.functions.values():
            for node in walk(function.body):
                if isinstance(node, Register) and node.holder:
                    found.setdefault(self._named(node), []).append(handler_of(node.function))
        return found

    def _named(self, node: Register | Unregister | Destroy) -> str:
        return registration(node.holder, self.variables)

    def calls(self, name: str, wanted: frozenset[str]) -> list[Call]:
        """Calls of some functions, in a function and in those it calls."""
        return [n for n in self.nodes(name) if isinstance(n, Call) and n.name in wanted]

    def written_for_caller(self, name: str) -> dict[str, str]:
        """Variables that a function, or one it calls, writes in the stack of its caller, and where.

        A function that chooses a stack itself, anywhere, is taken to do so for all that it does.
        """
        found: dict[str, str] = {}
        todo, seen = [name], {name}
        while todo:
            nodes = list(walk(self.functions[current].body)) if (current := todo.pop()) in self.functions else []
            if any(isinstance(n, Set | Foreach) for n in nodes):
                continue
            written = (n for n in nodes if isinstance(n, Access) and n.how == "write" and not n.vnet and not n.plain)
            found |= {n.variable: n.at for n in written if n.variable not in found}
            called = dict.fromkeys(n.name for n in nodes if isinstance(n, Call) and n.name not in seen)
            seen.update(called)
            todo.extend(called)
        return found

    def touched(self, name: str, event: str = "") -> frozenset[str]:
        """Variables that a function reads, writes, sets up, gives back or hands out."""
        return frozenset(_variables(self.nodes(name, event)))

    def set_up(self, name: str, event: str = "") -> frozenset[str]:
        """Holders of what a function sets up."""
        return frozenset(n.holder for n in self.nodes(name, event) if isinstance(n, Init))

    def torn_down(self, name: str, event: str = "") -> frozenset[str]:
        """Holders of what a function gives back."""
        return frozenset(n.holder for n in self.nodes(name, event) if isinstance(n, Destroy))

    def most(self, name: str, wanted: frozenset[str], argument: tuple[str, ...] = ()) -> Count:
        """The most calls of some functions, with a first argument if one is given, on one path through a function."""
        return self._function(name, Wanted(wanted, argument), ())

    def _function(self, name: str, wanted: Wanted, inside: tuple[str, ...]) -> Count:
        if name in inside or name not in self.functions:
            return NONE
        falls, leaves = self._sequence(self.functions[name].body, wanted, (*inside, name))
        return _larger(falls, leaves)

    def _sequence(self, nodes: tuple[Node, ...], wanted: Wanted, inside: tuple[str, ...]) -> tuple[Count | None, Count]:
        """Of the path that reaches the end (None: none does), and of the one that leaves with most calls."""
        so_far, left = NONE, NONE
        for node in nodes:
            falls, leaves = self._node(node, wanted, inside)
            left = _larger(left, so_far + leaves) if leaves.number else left
            if falls is None:
                return None, _larger(left, so_far)
            so_far = so_far + falls
        return so_far, left

    def _node(self, node: Node, wanted: Wanted, inside: tuple[str, ...]) -> tuple[Count | None, Count]:
        if isinstance(node, Call):
            own = Count(1, (f"{node.at} {node.name}",)) if wanted.matches(node) else NONE
            return own + self._function(node.name, wanted, inside), NONE
        if isinstance(node, Return | Goto | Break | Continue):
            return None, NONE
        if isinstance(node, Loop | Foreach):
            falls, leaves = self._sequence(node.body, wanted, inside)
            return falls or NONE, leaves
        ways = [self._sequence(inner, wanted, inside) for inner in children(node)]
        if isinstance(node, Switch):
            ways.append((NONE, NONE))
        return _alternatives(ways) if ways else (NONE, NONE)


def _alternatives(ways: list[tuple[Count | None, Count]]) -> tuple[Count | None, Count]:
    ends = [falls for falls, _ in ways if falls is not None]
    leaves = NONE
    for _, left in ways:
        leaves = _larger(leaves, left)
    return (max(ends, key=lambda c: c.number) if ends else None), leaves


def _larger(one: Count | None, other: Count) -> Count:
    return other if one is None or other.number > one.number else one


def _variables(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Access):
            yield node.variable
        elif isinstance(node, Init | Destroy) or (isinstance(node, Register) and node.holder):
            yield node.holder
