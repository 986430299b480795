"""Locals that stand for a variable: `c = VNET_VNET(v, x)` or `p = &V_x`, and what is then done through `c` and `p`.

A model follows variables, not what locals point to.  Where a local is given a value once, and that is a variable or its
address, what is set up, given back, registered or tested through it is told of the variable; as long as the variable
is not written, its stack is the current one, and no function is called that may have changed either.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator

import msgspec

from vport.patterns import later
from vport.runtime.expressions import elsewhere, holder, is_name, stripped
from vport.runtime.footprint import walk
from vport.runtime.model import (
    Access,
    Assign,
    Branch,
    Call,
    Condition,
    Destroy,
    Foreach,
    Init,
    Label,
    Loop,
    Node,
    Register,
    Restore,
    Scope,
    Set,
    Switch,
    Unregister,
)

_THROUGH = later(r"([A-Za-z_]\w*)->(\w+(?:\.\w+)*)")


class Aliases:
    """The aliases of one function.

    Arguments:
        nodes: of its body.
        parameters: that it has.
        variables: of the model, by name.
    """

    def __init__(self, nodes: tuple[Node, ...], parameters: Iterable[str], variables: Container[str]) -> None:
        self._variables = variables
        every = list(walk(nodes))
        given = Counter([*parameters, *(name for node in every for name in _given(node))])
        self._worth = {
            one.target: value
            for one in every
            if isinstance(one, Assign) and given[one.target] == 1 and self._is_variable(value := stripped(one.value))
        }
        self._active: dict[str, str] = {}

    def resolved(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes, with variables instead of the locals that stand for them."""
        return self._block(nodes) if self._worth else nodes

    def _block(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        found: list[Node] = []
        for node in nodes:
            found.append(self._node(node))
            self._forget(node)
            if isinstance(node, Assign) and node.target in self._worth:
                self._active[node.target] = self._worth[node.target]
        return tuple(found)

    def _node(self, node: Node) -> Node:
        if isinstance(node, Init | Destroy | Register | Unregister):
            return self._holding(node)
        if isinstance(node, Branch):
            condition = self._asked(node.condition)
            return msgspec.structs.replace(
                node, condition=condition, then=self._inside(node.then), otherwise=self._inside(node.otherwise)
            )
        if isinstance(node, Loop | Foreach):
            for inner in walk(node.body):
                self._forget(inner)
            return msgspec.structs.replace(node, body=self._inside(node.body))
        if isinstance(node, Scope):
            return Scope(self._inside(node.body))
        if isinstance(node, Switch):
            arms = tuple(msgspec.structs.replace(arm, body=self._inside(arm.body)) for arm in node.arms)
            return msgspec.structs.replace(node, arms=arms)
        return node

    def _inside(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """A block: what it makes an alias is none behind it."""
        before = set(self._active)
        found = self._block(nodes)
        self._active = {name: value for name, value in self._active.items() if name in before}
        return found

    def _holding(self, node: Init | Destroy | Register | Unregister) -> Node:
        text = stripped(node.holder)
        through = _THROUGH.fullmatch(text)
        value = self._active.get(through[1] if through else text, "")
        if not value or bool(through) > value.startswith("&"):
            return node
        whole = value if elsewhere(value)[1] and not through else holder(value, self._variables)
        return msgspec.structs.replace(node, holder=f"{whole}.{through[2]}" if through else whole) if whole else node

    def _asked(self, condition: Condition) -> Condition:
        if condition.parts:
            return msgspec.structs.replace(condition, parts=tuple(self._asked(part) for part in condition.parts))
        value = self._active.get(condition.subject, "")
        return msgspec.structs.replace(condition, subject=value) if value and not value.startswith("&") else condition

    def _is_variable(self, value: str) -> bool:
        return "[" not in value and bool(elsewhere(value)[1] or holder(value, self._variables))

    def _forget(self, node: Node) -> None:
        """Aliases end with what they hang on: all behind a label, those of the current stack when it is another."""
        if isinstance(node, Label):
            self._active.clear()
        elif isinstance(node, Set | Restore):
            self._active = {name: value for name, value in self._active.items() if elsewhere(value)[1]}
        elif isinstance(node, Call) and not node.name.isupper():  # macros lock and assert
            self._active = {name: value for name, value in self._active.items() if value.startswith("&")}
        elif isinstance(node, Access) and node.how == "write":
            self._active = {
                name: value
                for name, value in self._active.items()
                if value.startswith("&") or node.variable not in (elsewhere(value)[1], holder(value, self._variables))
            }


def _given(node: Node) -> Iterator[str]:
    """Locals that a node gives a value."""
    if isinstance(node, Assign):
        yield stripped(node.target)
    elif isinstance(node, Call) and is_name(node.result):
        yield node.result
    elif isinstance(node, Foreach):
        yield node.iterator
    elif isinstance(node, Init | Register):
        yield stripped(node.holder)
