"""Conditions: what a branch hangs on, read from its tokens."""

import re

from vport.modelling.body import Body
from vport.modelling.known import known
from vport.modelling.lexing import is_word
from vport.patterns import later
from vport.runtime.model import Condition

_NUMBER = later(r"0[xX][0-9a-fA-F]+|\d+")
_CAPITALS = later(r"[A-Z][A-Z0-9_]+\Z")
_ZERO = frozenset(("NULL", "0", "false", "FALSE", "'\\0'"))
_LOOSE = frozenset(("?", "=", ",", "<", ">", "<=", ">=", "+", "-", "|", "^", "<<", ">>"))


def read_condition(body: Body, lo: int, hi: int) -> Condition:
    """The condition that the tokens of a range are."""
    text = body.text(lo, hi)
    lo, hi = body.stripped(lo, hi)
    if lo >= hi:
        return Condition(text)
    return _joined(body, lo, hi, text) or _negated(body, lo, hi, text) or _compared(body, lo, hi, text)


def _positions(body: Body, lo: int, hi: int) -> dict[str, list[int]]:
    """Operators outside brackets, by their text."""
    found: dict[str, list[int]] = {}
    i = lo
    while i < hi:
        if body.match[i]:
            i = body.match[i] + 1
            continue
        if not is_word(body.texts[i]):
            found.setdefault(body.texts[i], []).append(i)
        i += 1
    return found


def _joined(body: Body, lo: int, hi: int, text: str) -> Condition | None:
    marks = _positions(body, lo, hi)
    if "?" in marks or "," in marks or "=" in marks:
        return Condition(text) if "?" in marks or "," in marks else _assigned(body, lo, marks["="][0], text)
    for mark, op in (("||", "or"), ("&&", "and")):
        if mark in marks:
            cuts = [lo - 1, *marks[mark], hi]
            parts = tuple(read_condition(body, a + 1, b) for a, b in zip(cuts, cuts[1:], strict=False))
            return Condition(text, op, parts=parts)
    return None


def _assigned(body: Body, lo: int, at: int, text: str) -> Condition:
    """`if ((m = f()))`: what hangs on the target's new value."""
    return Condition(text, "truth", body.text(lo, at))


def _negated(body: Body, lo: int, hi: int, text: str) -> Condition | None:
    if body.texts[lo] != "!":
        return None
    marks = _positions(body, lo, hi)
    if marks.keys() & (_LOOSE | {"==", "!=", "&"}):
        return Condition(text) if marks.keys() - {"!", "==", "!="} & _LOOSE else None
    return Condition(text, "not", parts=(read_condition(body, lo + 1, hi),))


def _compared(body: Body, lo: int, hi: int, text: str) -> Condition:
    marks = _positions(body, lo, hi)
    equal = marks.get("==", []) + marks.get("!=", [])
    if len(equal) != 1 or marks.keys() & {"<", ">", "<=", ">=", "&", "|", "^"}:
        return _leaf(body, lo, hi, text) if not equal else Condition(text)
    at = equal[0]
    sides = (body.stripped(lo, at), body.stripped(at + 1, hi))
    if _is_constant(body, *sides[0]) and not _is_constant(body, *sides[1]):
        sides = (sides[1], sides[0])
    return _equality(body, sides, text, body.texts[at] == "==")


def _equality(body: Body, sides: tuple[tuple[int, int], tuple[int, int]], text: str, equal: bool) -> Condition:
    (a, b), (c, d) = sides
    if d - c == 1 and body.texts[c] in _ZERO:
        inner = read_condition(body, a, b)
        if inner.op == "unknown":
            inner = Condition(inner.text, "truth", subject_of(body, a, b))
        if equal:
            return Condition(text, "not", parts=(inner,))
        return Condition(text, inner.op, inner.subject, inner.value, inner.parts)
    subject, value = subject_of(body, a, b), subject_of(body, c, d)
    default = {subject, value} == {"curvnet", "vnet0"}
    found = Condition(text, "default-vnet", "curvnet") if default else Condition(text, "equals", subject, value)
    return found if equal else Condition(text, "not", parts=(found,))


def subject_of(body: Body, lo: int, hi: int) -> str:
    """The text that stands for the value of a range: the target's, where it assigns."""
    lo, hi = body.stripped(lo, hi)
    marks = _positions(body, lo, hi)
    if "=" in marks:
        return body.text(lo, marks["="][0])
    call = body.whole_call(lo, hi)
    return _member(body, lo, hi) or (body.value(lo, hi) if call < 0 else _called(body, call))


def _member(body: Body, lo: int, hi: int) -> str:
    """A member of a variable, as macros left it; empty for other ranges."""
    name, path = body.accessed(lo)
    prefix = "V_" if name else ""
    if not name:
        name, path = "" if body.is_local(body.texts[lo]) else body.plain(lo), lo + 1
    behind = body.texts[path:hi]
    member = bool(name) and behind[:1] == ["."] and all(is_word(t) or t == "." for t in behind)
    return "".join([prefix, name, *behind]) if member else ""


def _called(body: Body, call: int) -> str:
    """A call by the name that it has as an event, whatever macro the source hides it in."""
    key = body.symbols.function(body.source.name, body.texts[call])
    name = body.symbols.shown(key) if key is not None else body.texts[call]
    arguments = body.split(call + 2, body.match[call + 1])
    return f"{name}({', '.join(body.text(a, b) for a, b in arguments)})"


def _is_constant(body: Body, lo: int, hi: int) -> bool:
    if hi - lo != 1:
        return False
    word = body.texts[lo]
    return word in _ZERO or bool(_NUMBER.match(word)) or bool(_CAPITALS.match(word))


def _leaf(body: Body, lo: int, hi: int, text: str) -> Condition:
    first = body.texts[lo]
    if hi - lo == 1 and (_NUMBER.match(first) or first in ("true", "TRUE", "false", "FALSE")):
        zero = first in _ZERO or (
            _NUMBER.match(first) is not None and re.match(r"0[xX]?0*[uUlL]*\Z", first) is not None
        )
        return Condition(text, "constant", "0" if zero else "1")
    if first in known().default and hi - lo > 2 and body.match[lo + 1] == hi - 1:
        return Condition(text, "default-vnet", body.text(lo + 2, hi - 1))
    marks = _positions(body, lo, hi)
    if marks.keys() & (_LOOSE | {"&", "*", "/", "%"}) and first != "*":
        return Condition(text)
    return Condition(text, "truth", subject_of(body, lo, hi))
