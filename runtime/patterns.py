"""Patterns that are compiled when they are first asked: of the hundreds there are, few runs ask many.

Whoever keeps them compiled may say how to compile them.
"""

import re
from collections.abc import Callable
from typing import Any, AnyStr, cast

_compile: Callable[[Any, int], re.Pattern[Any]] = re.compile


def compile_with(function: Callable[[Any, int], re.Pattern[Any]]) -> None:
    """Have something else compile patterns from now on: it may know them from before.

    Arguments:
        function: takes a pattern's text and its flags, as `re.compile` does.
    """
    global _compile
    _compile = function


class _Later:
    """Stands for a pattern, and becomes as quick as one: what is asked of it once is an attribute of its own then."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(_compile(*self._made), name)
        setattr(self, name, found)
        return found


def later(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile` for a pattern that few runs need; not to be handed to functions of `re` itself.

    Arguments:
        text: of the pattern.
        flags: as `re` has them.
    """
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
