"""Statements: control flow and what happens on it, from the tokens of a function."""

from collections.abc import Callable

from vport.modelling.body import Body
from vport.modelling.conditions import read_condition
from vport.modelling.declarations import Declarations
from vport.modelling.expressions import Expressions
from vport.modelling.known import known
from vport.modelling.lexing import is_word
from vport.runtime.model import (
    Arm,
    Assign,
    Base,
    Branch,
    Break,
    Condition,
    Continue,
    Foreach,
    Goto,
    Label,
    Loop,
    Node,
    Restore,
    Return,
    Scope,
    Set,
    Switch,
    Unread,
)


class Statements:
    """Reads the statements of one function.

    Arguments:
        body: the function.
        heads: names of macros that head a loop.
    """

    def __init__(self, body: Body, heads: Callable[[str], bool]) -> None:
        self.body = body
        self.expressions = Expressions(body)
        self.declarations = Declarations(body, self.expressions)
        self._heads = heads
        body.block = self.block
        self._read: dict[str, Callable[[int, int], tuple[list[Node], int]]] = {
            "{": self._braces,
            "if": self._if,
            "for": self._for,
            "while": self._while,
            "do": self._do,
            "switch": self._switch,
            "goto": self._goto,
            "return": self._return,
            "break": self._break,
            "continue": self._continue,
            "case": self._stray_case,
            "default": self._stray_case,
            "else": self._stray_else,
        }

    def block(self, lo: int, hi: int) -> tuple[Node, ...]:
        """Nodes of the statements in [lo, hi), a block of its own."""
        self.body.scopes.append({})
        self.body.depth += 1
        found: list[Node] = []
        while lo < hi:
            nodes, following = self.statement(lo, hi)
            found += nodes
            lo = max(following, lo + 1)
        self.body.depth -= 1
        self.body.scopes.pop()
        return tuple(found)

    def statement(self, i: int, hi: int) -> tuple[list[Node], int]:
        """Nodes of one statement, and where the next begins."""
        body, text = self.body, self.body.texts[i]
        if text == ";":
            return [], i + 1
        read = self._read.get(text)
        if read is not None:
            return read(i, hi)
        following = body.texts[i + 1] if i + 1 < hi else ""
        if following == ":" and is_word(text):
            alone = i + 2 >= hi or body.texts[i + 2] in ("case", "default")
            nodes, end = ([], i + 2) if alone else self.statement(i + 2, hi)
            return [Label(text, body.at(i)), *nodes], end
        if following == "(" and is_word(text):
            special = self._macro(i, hi, text)
            if special is not None:
                return special
        return self._simple(i, hi)

    def _macro(self, i: int, hi: int, name: str) -> tuple[list[Node], int] | None:
        """Macros that are statements, or head one; None for calls."""
        body, says = self.body, known()
        closed = body.match[i + 1]
        past = closed + 1
        if name in says.sets:
            found = self.expressions.events(i + 2, closed)
            return [*found, Set(body.text(i + 2, closed), body.at(i), body.depth)], self._past_semicolon(past, hi)
        if name == says.containers["base"] and len(list(body.split(i + 2, closed))) == 4:
            return self._base(i, closed, past, hi)
        if name.startswith("INIT_VNET_"):
            found = self.expressions.events(i + 2, closed)
            container = name.removeprefix("INIT_").lower()
            return [*found, Base(container, body.text(i + 2, closed), body.at(i))], self._past_semicolon(past, hi)
        if name in says.restores:
            return [Restore(body.at(i))], self._past_semicolon(past, hi)
        after = body.texts[past] if past < hi else ""
        if name in says.foreach:
            nodes, end = self._part(past, hi)
            return [Foreach(body.text(i + 2, closed), body.at(i), tuple(nodes))], end
        if after != ";" and (name in says.heads or self._heads(name) or after == "{"):
            return self._headed(i, closed, hi)
        if is_word(after) or after == "}":
            return self.expressions.events(i, past), past  # a statement that wants no semicolon
        return None

    def _base(self, i: int, closed: int, past: int, hi: int) -> tuple[list[Node], int]:
        """`INIT_FROM_VNET(vnet, index, type, name)`: a local of that name, the base pointer of a container."""
        body = self.body
        (a, b), _, _, (low, high) = body.split(i + 2, closed)
        container = body.text(low, high)
        body.scopes[-1][container] = "struct *"
        node = Base(container, body.text(a, b), body.at(i))
        return [*self.expressions.events(a, b), node], self._past_semicolon(past, hi)

    def _headed(self, i: int, closed: int, hi: int) -> tuple[list[Node], int]:
        """A loop whose head a macro outside the tree makes; its first argument is what it goes on with."""
        body = self.body
        arguments = list(body.split(i + 2, closed))
        head: list[Node] = []
        for a, b in arguments:
            head += self.expressions.events(a, b)
        nodes, end = self._part(closed + 1, hi)
        step: list[Node] = []
        if arguments:
            a, b = arguments[0]
            if b - a == 1 and body.is_local(body.texts[a]):
                step.append(Assign(body.texts[a], "", body.at(i)))
        loop = Loop(body.text(i, closed + 1), body.at(i), (*step, *nodes))
        return [*head, loop], end

    def _past_semicolon(self, i: int, hi: int) -> int:
        return i + 1 if i < hi and self.body.texts[i] == ";" else i

    def _part(self, i: int, hi: int) -> tuple[list[Node], int]:
        """The statement that hangs on a head; a block's nodes stand for themselves unless it declares something."""
        if i >= hi:
            return [], hi
        if self.body.texts[i] == "{":
            return list(self.block(i + 1, self.body.match[i])), self.body.match[i] + 1
        return self.statement(i, hi)

    def _braces(self, i: int, hi: int) -> tuple[list[Node], int]:
        closed = self.body.match[i]
        return [Scope(self.block(i + 1, closed))], closed + 1

    def _opened(self, i: int, hi: int) -> int:
        """Index of the parenthesis a head must have, -1 if it has none."""
        return i + 1 if i + 1 < hi and self.body.texts[i + 1] == "(" else -1

    def _asked(self, opened: int, hi: int) -> tuple[Condition, list[Node], list[Node], int]:
        """The condition between parentheses, what it does, what hangs on it, and the index behind that."""
        closed = self.body.match[opened]
        condition = read_condition(self.body, opened + 1, closed)
        asked = self.expressions.events(opened + 1, closed)
        nodes, end = self._part(closed + 1, hi)
        return condition, asked, nodes, end

    def _if(self, i: int, hi: int) -> tuple[list[Node], int]:
        body, opened = self.body, self._opened(i, hi)
        if opened < 0:
            return self._skip(i, hi, "`if` without a condition")
        condition, found, then, end = self._asked(opened, hi)
        otherwise: list[Node] = []
        if end < hi and body.texts[end] == "else":
            otherwise, end = self._part(end + 1, hi)
        if condition.op == "constant" and not then and not otherwise:
            return found, end  # what a macro leaves where it is switched off
        return [*found, Branch(condition, body.at(i), tuple(then), tuple(otherwise))], end

    def _while(self, i: int, hi: int) -> tuple[list[Node], int]:
        body, opened = self.body, self._opened(i, hi)
        if opened < 0:
            return self._skip(i, hi, "`while` without a condition")
        condition, asked, nodes, end = self._asked(opened, hi)
        loop = Loop(body.text(i, body.match[opened] + 1), body.at(i), (*nodes, *asked), condition)
        return [*asked, loop], end

    def _for(self, i: int, hi: int) -> tuple[list[Node], int]:
        body, opened = self.body, self._opened(i, hi)
        if opened < 0:
            return self._skip(i, hi, "`for` without a head")
        closed = body.match[opened]
        cuts = [k for k in self.body.outside(opened + 1, closed) if body.texts[k] == ";"]
        if len(cuts) != 2:
            return self._skip(i, hi, "`for` whose head is not of three parts")
        body.scopes.append({})
        found, _ = self._simple(opened + 1, cuts[0] + 1) if cuts[0] > opened + 1 else ([], 0)
        asked = self.expressions.events(cuts[0] + 1, cuts[1])
        condition = read_condition(body, cuts[0] + 1, cuts[1]) if cuts[1] > cuts[0] + 1 else None
        step = self.expressions.events(cuts[1] + 1, closed)
        nodes, end = self._part(closed + 1, hi)
        body.scopes.pop()
        loop = Loop(body.text(i, closed + 1), body.at(i), (*nodes, *step, *asked), condition)
        return [*found, *asked, loop], end

    def _do(self, i: int, hi: int) -> tuple[list[Node], int]:
        body = self.body
        nodes, end = self._part(i + 1, hi)
        if end + 1 >= hi or body.texts[end] != "while" or body.texts[end + 1] != "(":
            return [*nodes, Unread(body.at(i), "`do` without its `while`")], end
        closed = body.match[end + 1]
        condition = read_condition(body, end + 2, closed)
        past = self._past_semicolon(closed + 1, hi)
        if condition.op == "constant" and condition.subject == "0" and not _leaves(nodes):
            return [Scope(tuple(nodes))], past
        asked = self.expressions.events(end + 2, closed)
        head = f"do {body.text(end, closed + 1)}"
        return [Loop(head, body.at(i), (*nodes, *asked), condition, once=True)], past

    def _switch(self, i: int, hi: int) -> tuple[list[Node], int]:
        body, opened = self.body, self._opened(i, hi)
        closed = body.match[opened] if opened > 0 else 0
        if not closed or closed + 1 >= hi or body.texts[closed + 1] != "{":
            return self._skip(i, hi, "`switch` without a block")
        found = self.expressions.events(opened + 1, closed)
        end = body.match[closed + 1]
        low, high = body.stripped(opened + 1, closed)
        body.scopes.append({})
        body.depth += 1
        arms = self._arms(closed + 2, end)
        body.depth -= 1
        body.scopes.pop()
        return [*found, Switch(body.text(low, high), body.at(i), tuple(arms))], end + 1

    def _arms(self, lo: int, hi: int) -> list[Arm]:
        body = self.body
        arms: list[Arm] = []
        values: list[str] = []
        default, open_, nodes = False, False, list[Node]()
        while lo < hi:
            text = body.texts[lo]
            if text not in ("case", "default"):
                more, following = self.statement(lo, hi)
                nodes += more
                open_ = True
                lo = max(following, lo + 1)
                continue
            if open_:
                arms.append(Arm(tuple(values), tuple(nodes), default))
                values, default, open_, nodes = [], False, False, []
            colon = next((k for k in self._labels(lo, hi) if body.texts[k] == ":"), hi - 1)
            if text == "default":
                default = True
            else:
                values.append(body.value(*body.stripped(lo + 1, colon)))
            lo = colon + 1
        if values or default or nodes:
            arms.append(Arm(tuple(values), tuple(nodes), default))
        return arms

    def _labels(self, lo: int, hi: int) -> list[int]:
        """Tokens of a label, past the colons of `?:` in it."""
        found, asked = [], 0
        for k in self.body.outside(lo, min(hi, lo + 60)):
            if self.body.texts[k] == "?":
                asked += 1
            elif self.body.texts[k] == ":" and asked:
                asked -= 1
            else:
                found.append(k)
        return found

    def _goto(self, i: int, hi: int) -> tuple[list[Node], int]:
        body = self.body
        end = self._end(i, hi)
        if end - i != 2 or not is_word(body.texts[i + 1]):
            return [Unread(body.at(i), "`goto` whose label is computed")], end + 1
        return [Goto(body.texts[i + 1], body.at(i))], end + 1

    def _return(self, i: int, hi: int) -> tuple[list[Node], int]:
        body, end = self.body, self._end(i, hi)
        found = self.expressions.events(i + 1, end)
        low, high = body.stripped(i + 1, end)
        return [*found, Return(body.value(low, high), body.at(i))], end + 1

    def _break(self, i: int, hi: int) -> tuple[list[Node], int]:
        return [Break(self.body.at(i))], self._end(i, hi) + 1

    def _continue(self, i: int, hi: int) -> tuple[list[Node], int]:
        return [Continue(self.body.at(i))], self._end(i, hi) + 1

    def _stray_case(self, i: int, hi: int) -> tuple[list[Node], int]:
        colon = next((k for k in self._labels(i, hi) if self.body.texts[k] == ":"), i)
        return [Unread(self.body.at(i), "a case inside a block of its switch")], colon + 1

    def _stray_else(self, i: int, hi: int) -> tuple[list[Node], int]:
        nodes, end = self._part(i + 1, hi)
        why = "`else` that belongs to no `if`"
        return [Unread(self.body.at(i), why), Branch(Condition("else"), self.body.at(i), tuple(nodes))], end

    def _skip(self, i: int, hi: int, why: str) -> tuple[list[Node], int]:
        end = self._end(i, hi)
        return [Unread(self.body.at(i), why)], end + 1

    def _end(self, i: int, hi: int) -> int:
        """The semicolon that ends a statement, or where its block ends."""
        body = self.body
        while i < hi:
            if body.texts[i] == ";":
                return i
            i = body.match[i] + 1 if body.match[i] else i + 1
        return hi

    def _simple(self, i: int, hi: int) -> tuple[list[Node], int]:
        """A declaration or an expression."""
        end = self._end(i, hi)
        if self.declarations.declares(i, end):
            return self.declarations.read(i, end), end + 1
        return self.expressions.events(i, end), end + 1


def _leaves(nodes: list[Node]) -> bool:
    """Whether a `break` or `continue` in the nodes belongs to the loop around them."""
    for node in nodes:
        if isinstance(node, Break | Continue):
            return True
        if isinstance(node, Branch) and (_leaves(list(node.then)) or _leaves(list(node.otherwise))):
            return True
        if isinstance(node, Scope) and _leaves(list(node.body)):
            return True
        if isinstance(node, Switch) and any(isinstance(n, Continue) for a in node.arms for n in a.body):
            return True
    return False
