"""What a text of C says without a parser: its names, a constant, the variable it reaches."""

import re
from collections.abc import Container
from functools import lru_cache

from .patterns import later

_WORD = r"[A-Za-z_]\w*(?:@\w+)?"
"""A name: in a model one that several things have in C stands with its file, `x@b_c`."""
_NAME = later(rf"(?<![\w.>@]){_WORD}")
_CAST = later(r"^\(\s*(?:const\s+|volatile\s+)*(?:struct|union|enum)?\s*[A-Za-z_]\w*\s*\**\s*\)\s*(?=[&*(\w])")
_ACCESSOR = later(r"^(?:V_(?P<alias>[\w@]+)|VNET(?:_NAME)?\(\s*(?P<name>[\w@]+)\s*\))")
_MEMBER = later(
    rf"^(?:V_(?P<alias>[\w@]+)|VNET(?:_NAME)?\(\s*(?P<name>[\w@]+)\s*\)|(?P<plain>{_WORD}))"
    r"(?P<path>(?:\s*\[[^\[\]]*\])*(?:\s*\.\s*[A-Za-z_]\w*(?:\s*\[[^\[\]]*\])*)*)$"
)
_SUBSCRIPT = later(r"\[[^\[\]]*\]")
_ERRNO = later(r"^E[A-Z][A-Z0-9]+$")
_NUMBER = later(r"^-?(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*$")
_OTHER = later(r"VNET_VNET\(\s*(.+?)\s*,\s*([\w@]+)\s*\)")
_ADDRESS = later(r"&\s*(?:V_([\w@]+)|VNET(?:_NAME)?\(\s*([\w@]+)\s*\))")

_HANDED_OUT = later(r"^&\s*([A-Za-z_]\w*)$")

NONZERO = "!0"
"""The constant of a value known only not to be zero."""

_ZERO = {"0", "NULL", "false", "FALSE"}


@lru_cache(maxsize=65536)
def stripped(text: str) -> str:
    """Without outer parentheses and casts."""
    text = text.strip()
    while True:
        inner = _CAST.sub("", text, count=1) if not _NAME.fullmatch(text) else text
        if inner.startswith("(") and _closes_at_end(inner):
            inner = inner[1:-1].strip()
        if inner == text:
            return text
        text = inner


def _closes_at_end(text: str) -> bool:
    """Whether the parenthesis a text begins with is closed by its last character."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return i == len(text) - 1
    return False


@lru_cache(maxsize=65536)
def names(text: str) -> tuple[str, ...]:
    """The identifiers of a text that are no members, each once."""
    return tuple(dict.fromkeys(_NAME.findall(text)))


@lru_cache(maxsize=65536)
def base(text: str) -> str:
    """The object an expression starts from: `ifp` in `ifp->if_vnet`, `td` in `TD_TO_VNET(td)`; empty for none."""
    inner = stripped(text).lstrip("&* ")
    called = re.match(r"^[A-Z_][A-Z0-9_]*\((.*)\)$", inner)
    if called:
        return base(called.group(1))
    if inner.startswith("("):
        return base(_first_group(inner))
    found = re.match(_WORD, inner)
    return found.group(0) if found and not inner[found.end() :].lstrip().startswith("(") else ""


def _first_group(text: str) -> str:
    """What the parenthesis holds that a text begins with."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return text[1:i]
    return ""


@lru_cache(maxsize=65536)
def is_name(text: str) -> bool:
    """Whether a text is one name and nothing else."""
    return _NAME.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def constant(text: str) -> str:
    """The constant a text is: `0`, a number, or a name in capitals; empty for anything else."""
    inner = stripped(text)
    if inner in _ZERO:
        return "0"
    if _NUMBER.match(inner):
        number = int(re.sub(r"[uUlL]+$", "", inner), 0) if not re.match(r"^-?0\d", inner) else int(inner, 8)
        return str(number)
    return inner if inner in ("true", "TRUE") or re.fullmatch(r"[A-Z][A-Z0-9_]*[A-Z0-9]", inner) else ""


def truth(constant: str) -> bool | None:
    """Whether a constant is not zero; None when its name does not tell."""
    if constant == "0":
        return False
    known = constant in (NONZERO, "true", "TRUE") or _ERRNO.match(constant) or _NUMBER.match(constant)
    return True if known else None


def same(one: str, other: str) -> bool | None:
    """Whether two constants are equal; None when that is not known."""
    if one == other and one not in ("", NONZERO):
        return True
    if not one or not other:
        return None
    if "0" in (one, other):
        answer = truth(other if one == "0" else one)
        return None if answer is None else not answer
    if NONZERO in (one, other):
        return None
    return False if _NUMBER.match(one) is None and _NUMBER.match(other) is None else _numbers(one, other)


def _numbers(one: str, other: str) -> bool | None:
    both = _NUMBER.match(one) is not None and _NUMBER.match(other) is not None
    return False if both else None


@lru_cache(maxsize=65536)
def variable(text: str) -> str:
    """The name in C of the variable that a whole text reaches, `x` in `&V_x` and `VNET(x)`; else the text itself."""
    inner = stripped(stripped(text).lstrip("&").strip())
    found = _ACCESSOR.match(inner)
    if found and found.end() == len(inner):
        return found["alias"] or found["name"]
    return inner


@lru_cache(maxsize=65536)
def member(text: str) -> tuple[str, str]:
    """The variable a text reaches into and the path there, without a pointer on the way: `x` and `.a[].b` in
    `&V_x.a[i].b`; both empty for other texts, the path for a whole variable."""
    inner = stripped(stripped(text).lstrip("&").strip())
    found = _MEMBER.match(inner)
    if found is None:
        return "", ""
    path = _SUBSCRIPT.sub("[]", found["path"])
    return found["alias"] or found["name"] or found["plain"], "".join(path.split())


def holder(text: str, variables: Container[str]) -> str:
    """The variable that a text is, by its name in C, or `variable.member` of a struct, with `[]` for an element; empty
    when it is another expression than one of `variables`."""
    name, path = member(text)
    if name not in variables:
        name, path = elsewhere(text)[1] or variable(text), ""
    return f"{name}{path}" if name in variables and ("." in path or not path) else ""


def registration(text: str, variables: Container[str]) -> str:
    """What names a registration: a holder, or another text as it is."""
    return holder(text, variables) or variable(text)


@lru_cache(maxsize=65536)
def enclosing(name: str) -> tuple[str, ...]:
    """A part of a variable and what it is a part of, the variable last: `x.a.b`, `x.a`, `x`."""
    cuts = [m.start() for m in re.finditer(r"[.\[]", name)]
    return (name, *(name[:cut] for cut in reversed(cuts)))


@lru_cache(maxsize=65536)
def part_of_object(text: str) -> str:
    """The member of an object that a text names by a pointer, `->co` in `&sc->sub.co`; empty for other texts.

    Pointers to one object have many names, its member has one.
    """
    inner = stripped(stripped(text).lstrip("&").strip())
    found = re.search(r"->(?:[\w.\[\]\s]*\.)?\s*(\w+)\s*(?:\[[^\[\]]*\])?$", inner)
    return f"->{found.group(1)}" if found else ""


@lru_cache(maxsize=65536)
def addressed(text: str) -> tuple[str, ...]:
    """Variables whose address, in the current stack, a text takes: `x` in `&V_x`."""
    return tuple(a or b for a, b in _ADDRESS.findall(text))


def addressed_elsewhere(text: str) -> tuple[str, str]:
    """The stack and the variable whose address a text takes there: `v` and `x` in `&VNET_VNET(v, x)`; or nothing."""
    found = _OTHER.search(text) if text.startswith("&") else None
    return (found.group(1), found.group(2)) if found else ("", "")


@lru_cache(maxsize=65536)
def elsewhere(text: str) -> tuple[str, str]:
    """The stack and the variable that a whole text reaches there: `v` and `x` in `VNET_VNET(v, x)`; or nothing."""
    found = _OTHER.fullmatch(stripped(stripped(text).lstrip("& ")))
    return (found.group(1), found.group(2)) if found else ("", "")


@lru_cache(maxsize=65536)
def mentioned(text: str) -> frozenset[str]:
    """Every name of a text, with and without `V_`."""
    found = names(text)
    return frozenset(found) | {n[2:] for n in found if n.startswith("V_")}


def handler_of(text: str) -> str:
    """The name of the function that a text hands over: `f` in `(timeout_t *)&f`."""
    return stripped(stripped(text).lstrip("&"))


@lru_cache(maxsize=65536)
def called(text: str) -> str:
    """The function whose result a text is: `f` in `f(x)`; empty for anything else."""
    found = re.match(rf"^({_WORD})\s*\(", stripped(text))
    return found.group(1) if found and stripped(text).endswith(")") else ""


@lru_cache(maxsize=65536)
def fact_key(text: str) -> str:
    """Under which key a path knows what an expression is worth: a name, `V_x` for an accessor, the last call of a
    function; empty for anything else."""
    inner = stripped(text)
    if is_name(inner):
        return inner
    reached = _ACCESSOR.match(inner)
    if reached and reached.end() == len(inner):
        return f"V_{reached['alias'] or reached['name']}"
    return called(inner) + "(" if called(inner) and not _OTHER.match(inner) else ""


@lru_cache(maxsize=65536)
def alone(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are a name and nothing else."""
    return tuple(text for text in arguments if is_name(stripped(text)))


@lru_cache(maxsize=65536)
def handed_out(arguments: tuple[str, ...]) -> frozenset[str]:
    """The objects whose address a call is given, so that it may change them: `x` in `f(&x)`."""
    found = (_HANDED_OUT.match(stripped(text)) for text in arguments)
    return frozenset(m.group(1) for m in found if m)
