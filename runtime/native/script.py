"""What was done with the Python kernel, as lines that the native one reads."""

import ast
import shlex
from collections.abc import Iterable


def lines(actions: Iterable[str]) -> list[str]:
    """A script: one action a line, words as a shell takes them; `name=value` where the action says so.

    Arguments:
        actions: as Kernel.actions has them, `jail_create(vnet=True, parent=1)`.

    Raises:
        ValueError: an action is no call with constant arguments.
    """
    return [line(action) for action in actions]


def line(action: str) -> str:
    """One action as a line."""
    call = ast.parse(action, mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ValueError(f"{action!r} is no action of the kernel")
    words = [str(ast.literal_eval(argument)) for argument in call.args]
    words += [f"{k.arg}={ast.literal_eval(k.value)}" for k in call.keywords]
    return shlex.join([call.func.id, *words])
