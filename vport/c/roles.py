"""What a macro does with each parameter: takes it as a value, or only as a name.

`TAILQ_FOREACH(v, &head, link)` uses its third argument after `->` only; a member called like a global is then
no use of the global.  A parameter that is pasted or stringised is a name as well.
"""

from vport.c.tokens import closing_paren, split_arguments
from vport.patterns import later

_WORD = later(rb"(##?[\s\\]*|\.[\s\\]*|->[\s\\]*|\b(?:struct|union|enum)\s+)?\b([A-Za-z_]\w*)(?=[\s\\]*(##)?)")
_VARIADIC = later(rb",[\s\\]*##[\s\\]*\Z")
_NESTED = later(rb"\b([A-Za-z_]\w*)\s*\(")

_IDENTIFIER = later(rb"[A-Za-z_]\w*\Z")

VALUE, NAME, UNUSED = "value", "name", ""


def parameter_roles(body: bytes, parameters: tuple[str, ...]) -> tuple[str, ...]:
    """One role for each parameter of a function-like macro.

    Arguments:
        body: replacement text, comments and literals blanked.
        parameters: names, in order; `...` is an empty string.

    Returns:
        `value`, `name`, an empty string for a parameter that is not used, or `MACRO:index` when all the macro does
        with it is to hand it on.
    """
    wanted = {p.encode(): i for i, p in enumerate(parameters) if p}
    seen: list[set[str]] = [set() for _ in parameters]
    for match in _WORD.finditer(body):
        index = wanted.get(match.group(2))
        if index is not None:
            as_name = (match.group(1) or match.group(3)) and not _VARIADIC.search(
                body, max(0, match.start(2) - 200), match.start(2)
            )
            seen[index].add(NAME if as_name else f"@{match.start(2)}")
    handed: dict[str, str] | None = None
    roles: list[str] = []
    for uses in seen:
        if uses and uses != {NAME} and handed is None:
            handed = _handed_on(body)
        roles.append(
            VALUE
            if not parameters[len(roles)]
            else _one_role({(handed or {}).get(u, VALUE) if u[0] == "@" else u for u in uses})
        )
    return tuple(roles)


def _one_role(found: set[str]) -> str:
    if len(found) > 1:
        found.discard(NAME)
    if not found:
        return UNUSED
    return found.pop() if len(found) == 1 else VALUE


def _handed_on(body: bytes) -> dict[str, str]:
    """`@offset` of words that are whole arguments of a nested call, to `MACRO:index`."""
    found: dict[str, str] = {}
    for call in _NESTED.finditer(body):
        end = closing_paren(body, call.end() - 1) - 1
        if end < 0:
            continue
        for index, (low, high) in enumerate(split_arguments(body, call.end(), end)):
            found[f"@{low}"] = f"{call.group(1).decode()}:{index}" if _IDENTIFIER.match(body, low, high) else VALUE
    return found
