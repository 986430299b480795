"""Calls that leave the module: what is known of them, from rule data and from the rest of the tree."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from vport import rules
from vport.answers import Answers
from vport.life.entries import forms
from vport.modelling.known import known
from vport.runtime.model import External


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, bool, str]]:
    """Pattern, what is returned, whether a vnet is needed, and where the knowledge is from; the first match counts."""
    says, found = rules.load("externals")["externals"], []
    for entry in says:
        pattern = re.compile("(?:" + "|".join(entry["names"]) + r")\Z")
        found.append((pattern, entry["returns"], bool(entry.get("vnet", False)), str(entry["why"])))
    neutral = rules.load("resources")["neutral"]
    for names in ("harmless", "pure"):
        pattern = re.compile("(?:" + "|".join(neutral[names]) + r")\Z")
        found.append((pattern, "either", False, "rules/resources.toml: leaves nothing behind"))
    return found


@rules.derived
def _answers() -> Answers[External | None]:
    return Answers("externals", External | None, _by_name)


def _by_name(name: str) -> External | None:
    if name.startswith("->"):
        return External(name, True, _needs(name[2:]), "either", (), "through a pointer: where it leads is not followed")
    for pattern, returns, vnet, why in _patterns():
        if pattern.match(name):
            return External(name, True, vnet, returns, (), why)
    says = known()
    if name in says.init or name in says.release or name in says.unregister or name in forms() or name in says.tables:
        return External(name, True, False, "either", (), "rules/resources.toml, rules/contexts.toml")
    return None


def _needs(member: str) -> bool:
    wants: list[str] = rules.load("contexts")["needs"]["members"]
    return member in wants


def make_externals(named: Mapping[str, str], elsewhere: Callable[[str], External | None]) -> Iterator[External]:
    """What is known of each call that leaves a module.

    Arguments:
        named: the calls.
        elsewhere: what the rest of the tree says of one.
    """
    said = _answers()
    for name in sorted(named):
        known = said(name)
        if known is not None and not known.needs_vnet:
            yield known
        else:  # a family's need is a guess that the function itself, where it is at hand, replaces
            yield elsewhere(name) or known or External(name)
