"""Whether two texts of a context mean the same vnet: casts, parentheses, macros and local names set aside."""

import re
from functools import lru_cache

from context_source import Node, Tree, arguments, closing

ITERATE = "iterate"
"""The expression of a place that visits every vnet."""

_SET = re.compile(r"\bCURVNET_SET(?:_QUIET|_VERBOSE)?\s*\(")
_EACH = re.compile(r"\bVNET_FOREACH\s*\(\s*(\w+)\s*\)")
_CAST = re.compile(r"\(\s*(?:const\s+)?(?:struct\s+\w+|\w+_t|void|caddr_t)\s*\**\s*\)(?=\s*[\w(&*])")
_ROUND = re.compile(r"(?<![\w)\]])\(([\w.\[\]]+(?:->[\w.\[\]]+)*)\)")
_TAKEN = re.compile(r"\(&([\w.>\[\]-]+)\)->")
_WORD = re.compile(r"[A-Za-z_]\w*")
_BASE = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)(?!\w*\()")
_RETURNS = re.compile(r"\{\s*(?:\w+\([^;]*\);\s*)?return\s*([^;]+);\s*\}$")
_SAME = (
    (re.compile(r"->inp_socket->so_vnet$"), "->inp_vnet"),
    (re.compile(r"->(?:inp_)?pcbinfo->ipi_vnet$|->inp_pcbinfo->ipi_vnet$"), "->inp_vnet"),
    (re.compile(r"->so_pcb->inp_vnet$"), "->so_vnet"),
    (re.compile(r"->t_inpcb->inp_vnet$"), "->t_vnet"),
    (re.compile(r"->td_ucred->cr_prison->pr_vnet$"), "->td_vnet"),
    (re.compile(r"^(?:CRED_TO_VNET\((\w+)->td_ucred\)|TD_TO_VNET\((\w+)\))$"), r"\1\2->td_vnet"),
    (re.compile(r"^CRED_TO_VNET\((.+)\)$"), r"\1->cr_prison->pr_vnet"),
    (re.compile(r"^P_TO_VNET\((.+)\)$"), r"\1->p_ucred->cr_prison->pr_vnet"),
)
_DEPTH, _MOST, _LONGEST = 6, 64, 160


def contexts(function: Node) -> tuple[str, ...]:
    """The contexts that a function sets, each once, in order; a loop over all vnets is ITERATE."""
    found = []
    if loops := set(_EACH.findall(function.body)):
        found.append(ITERATE)
    for match in _SET.finditer(function.body):
        text = " ".join(function.body[match.end() : closing(function.body, match.end() - 1) - 1].split())
        if text not in loops:
            found.append(text)
    return tuple(dict.fromkeys(found))


def plain(text: str) -> str:
    """An expression without blanks, casts and needless parentheses."""
    old, text = "", " ".join(text.split())
    while old != text:
        old = text
        text = _ROUND.sub(r"\1", _TAKEN.sub(r"\1.", _CAST.sub("", text).replace(" ", "")))
        if text.startswith("(") and closing(text, 0) == len(text):
            text = text[1:-1]
    return text


def _named(text: str) -> str:
    for pattern, new in _SAME:
        text = pattern.sub(new, text)
    return text


def _value(node: Node) -> str:
    """The expression that a macro or a function of one return statement stands for."""
    if node.macro:
        return " ".join(node.body.split())
    match = _RETURNS.match(" ".join(node.body.split()))
    return match[1] if match else ""


def _substitute(node: Node, given: list[str]) -> str:
    known = dict(zip(node.parameters, given, strict=False))
    return _WORD.sub(lambda m: f"({known[m[0]]})" if m[0] in known else m[0], _value(node))


@lru_cache(maxsize=4096)
def _assigned(body: str, name: str) -> tuple[str, ...]:
    """What a function assigns to a local name."""
    pattern = re.compile(rf"(?<![\w.>])[* ]?\b{name}\s*=\s*([^=;,{{}}][^;{{}}=?]*?)\s*(?:;|,\s*\*?\w+\s*[=;,])")
    return tuple(m[1] for m in pattern.finditer(body) if len(m[1]) < _LONGEST)


class Meaning:
    """The texts one expression may be written as inside one function."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def forms(self, text: str, function: Node) -> frozenset[str]:
        """The normal forms of an expression."""
        first = plain(text)
        seen, fresh = {first}, [first]
        for _ in range(_DEPTH):
            fresh = [new for old in fresh for new in self._step(old, function) if new not in seen]
            seen.update(fresh)
            if not fresh or len(seen) > _MOST:
                break
        return frozenset(_named(form) for form in seen)

    def _step(self, text: str, function: Node) -> list[str]:
        out = []
        for match in _WORD.finditer(text):
            out += self._expanded(text, match, function)
        if (base := _BASE.search(text)) and base[1] not in function.parameters:
            for value in _assigned(function.body, base[1]):
                out.append(plain(f"{text[: base.start(1)]}({value}){text[base.end(1) :]}"))
        return [new for new in out if len(new) < _LONGEST and not new.startswith("NULL")]

    def _expanded(self, text: str, match: re.Match[str], function: Node) -> list[str]:
        called = text[match.end() : match.end() + 1] == "("
        end = closing(text, match.end()) if called else match.end()
        given = arguments(text, match.end()) if called else []
        member = text[: match.start()].endswith((".", "->"))
        out = []
        for node in self._tree.find(match[0], function.file):
            if (
                bool(node.parameters) == called
                and (node.macro or called)
                and _value(node) not in ("", match[0], "NULL")
            ):
                value = _substitute(node, given)
                value = value if member else f"({value})"
                out.append(plain(f"{text[: match.start()]}{value}{text[end:]}"))
        return out
