"""Where set-ups stand in the order of a boot: keys of SYSINITs, as numbers and as source says them (sys/kernel.h)."""

import ast
import operator
import re
from collections.abc import Callable

import msgspec

from vport import rules
from vport.patterns import later
from vport.tree import Tree

_WORD = later(r"\b[A-Za-z_]\w*\b")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitOr: operator.or_,
    ast.LShift: operator.lshift,
}
_NEXT = {"FIRST": "SECOND", "SECOND": "THIRD", "THIRD": "FOURTH"}
_PREVIOUS = {after: before for before, after in _NEXT.items()}


class Key(msgspec.Struct, frozen=True, order=True):
    """A place in the order.

    Arguments:
        subsystem, order: as numbers, compared unsigned; -1 when they cannot be evaluated.
        texts: both as the source says them.
    """

    subsystem: int
    order: int
    texts: tuple[str, str]

    def place(self) -> tuple[int, int]:
        """Subsystem and order, which are the same for equal keys that the source writes in two ways."""
        return self.subsystem, self.order

    @property
    def known(self) -> bool:
        """Whether both numbers are."""
        return self.subsystem >= 0 and self.order >= 0


class Orders:
    """Evaluates keys in a tree.

    Arguments:
        tree: whose macros keys may use.
        code: gives a file's text with comments and literals blanked.
        release: of the kernel, a name in rules/sysinit.
    """

    def __init__(self, tree: Tree, code: Callable[[str], bytes], release: str = "13") -> None:
        self._tree = tree
        self._code = code
        table, newest = rules.load(f"sysinit/{release}"), rules.load("sysinit/13")
        # trees between two releases know names of both; what is written is known to either
        self._subsystems: dict[str, int] = {n: v for n, v in table["subsystem"].items() if n in newest["subsystem"]}
        self._names = {f"SI_SUB_{n}": v for n, v in {**newest["subsystem"], **table["subsystem"]}.items()}
        self._names |= {f"SI_ORDER_{n}": v for n, v in table["order"].items()}

    def key(self, subsystem: str, order: str) -> Key:
        """The key of two expressions."""
        return Key(self._value(subsystem), self._value(order), (subsystem.strip(), order.strip()))

    def _value(self, text: str, depth: int = 0) -> int:
        """The number an expression gives, macros of the tree expanded; -1 when it has none."""

        def number(match: re.Match[str]) -> str:
            name = match.group()
            if name in self._names:
                return str(self._names[name])
            defines = self._tree.macros.get(name, ())
            values = {self._body(file, d.body, d.end, depth) for file, d in defines if d.parameters is None}
            return f"({values.pop()})" if len(values) == 1 else "?"

        try:
            parsed = ast.parse(_WORD.sub(number, text.strip()), mode="eval")
            return _evaluate(parsed.body)
        except (SyntaxError, ValueError):
            return -1

    def _body(self, file: str, start: int, end: int, depth: int) -> int:
        text = self._code(file)[start:end].decode("latin-1").replace("\\\n", " ").strip()
        return self._value(text, depth + 1) if depth < 5 else -1

    def written(self, key: Key, file: str, at: int) -> Key:
        """`key` in words that say the same where a set-up is written: at an offset of a file.

        Macros that are defined in another file, or behind that place, are put in numbers of sys/kernel.h.
        """
        subsystem, order = key.texts
        if not key.known or all(self._is_seen(word, file, at) for word in _WORD.findall(f"{subsystem} {order}")):
            return key
        if not all(self._is_seen(word, file, at) for word in _WORD.findall(subsystem)):
            subsystem = self._spelled(key.subsystem, "SI_SUB_")
        if not all(self._is_seen(word, file, at) for word in _WORD.findall(order)):
            order = self._spelled(key.order, "SI_ORDER_")
        return self.key(subsystem, order)

    def _is_seen(self, name: str, file: str, at: int) -> bool:
        """Whether a macro means something at an offset; what the tree does not define comes from the system."""
        defines = self._tree.macros.get(name, ()) if name not in self._names else ()
        reach = self._tree.reachable(file) - {file}
        return not defines or any(d.end <= at if f == file else f in reach for f, d in defines)

    def _spelled(self, value: int, head: str) -> str:
        """A number as the name of sys/kernel.h that is next to it, and the distance."""
        distance, name = min((abs(value - v), n) for n, v in self._names.items() if n.startswith(head))
        sign = "+" if value > self._names[name] else "-"
        return f"{name} {sign} {distance}" if distance else name

    def within_vnet(self, key: Key) -> bool:
        """Whether a per-vnet constructor may stand there: after the first stack is made, not after VNET_DONE."""
        return self._subsystems["VNET"] < key.subsystem <= self._subsystems["VNET_DONE"]

    def at_boot(self, key: Key) -> str:
        """`late` when boot has left vnet0 and curvnet is NULL where a SYSINIT runs; empty when not, or not known.

        In SI_SUB_VNET_DONE itself a constructor can stand, and before SI_SUB_VNET no stack is there to be set: those
        are no question of context.  See vnet_init_done() in net/vnet.c.
        """
        return "late" if key.known and key.subsystem > self._subsystems["VNET_DONE"] else ""

    def following(self, key: Key) -> Key:
        """A key right after another, in the same subsystem if there is room."""
        match = re.fullmatch(r"SI_ORDER_(\w+)", key.texts[1])
        if match and match.group(1) in _NEXT:
            return self.key(key.texts[0], f"SI_ORDER_{_NEXT[match.group(1)]}")
        if key.order < self._names["SI_ORDER_ANY"]:
            return self.key(key.texts[0], self._step(key.texts[1], "+"))
        later = min((v, n) for n, v in self._subsystems.items() if v > key.subsystem)[1]
        return self.key(f"SI_SUB_{later}", "SI_ORDER_FIRST")

    def preceding(self, key: Key) -> Key:
        """A key right before another, in the same subsystem if there is room; destructors there run later."""
        match = re.fullmatch(r"SI_ORDER_(\w+)", key.texts[1])
        if match and match.group(1) in _PREVIOUS:
            return self.key(key.texts[0], f"SI_ORDER_{_PREVIOUS[match.group(1)]}")
        if key.order > 0:
            return self.key(key.texts[0], self._step(key.texts[1], "-"))
        earlier = max((v, n) for n, v in self._subsystems.items() if v < key.subsystem)[1]
        return self.key(f"SI_SUB_{earlier}", "SI_ORDER_ANY")

    def _step(self, text: str, sign: str) -> str:
        """An order with one added or taken away, in one number with what is added or taken away already."""
        plain = text.strip("() ")
        match = re.fullmatch(r"([\w\s+-]*\w) ([+-]) (\d{1,8})", plain)
        if match and not (match.group(3).startswith("0") and len(match.group(3)) > 1):  # no octal number
            n = int(match.group(2) + match.group(3)) + int(sign + "1")
            return f"{match.group(1)} {'+' if n > 0 else '-'} {abs(n)}" if n else match.group(1)
        return f"{plain} {sign} 1" if re.fullmatch(r"[\w\s+-]+", plain) else f"({text}) {sign} 1"

    def before(self, key: Key) -> Key:
        """A key before another that may hold a constructor: first of its subsystem, or of an early one."""
        for subsystem in (key.texts[0], "SI_SUB_INIT_IF", "SI_SUB_INTRINSIC"):
            first = self.key(subsystem, "SI_ORDER_FIRST")
            if self.within_vnet(first) and (first.subsystem, first.order) < (key.subsystem, key.order):
                return first
        return self.key("SI_SUB_INTRINSIC", "SI_ORDER_FIRST")


def _evaluate(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    raise ValueError("no constant")
