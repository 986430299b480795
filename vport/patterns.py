"""Patterns that are compiled when they are first asked: of the hundreds there are, a small check asks a few."""

import re
from typing import Any, AnyStr, cast


class _Later:
    """Stands for a pattern, and becomes as quick as one: what is asked of it once is an attribute of its own then."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(re.compile(*self._made), name)  # which `re` keeps
        setattr(self, name, found)
        return found


def later(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile` for a pattern that few runs need; not to be handed to functions of `re` itself.

    Arguments:
        text: of the pattern.
        flags: as `re` has them.
    """
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
