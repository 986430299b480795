"""What function-local statics are called: in a plan, and at file scope once a port moved them there."""

from collections.abc import Callable, Collection

from vport.patterns import later

_NO_WORD = later(r"\W+")


def hoisted_name(function: str, name: str) -> str:
    """The name at file scope: the function's, the variable's, and the number of one that has namesakes."""
    function, _, number = function.partition("@")
    return f"{_NO_WORD.sub('_', function).strip('_')}_{name}{number}"


def numbered(function: str, name: str, taken: Collection[str], moved: Callable[[str], bool]) -> str:
    """The function as a plan says it: `f` for the first static of this name in `f`, `f@2` for the second.

    A number stays with its variable, also when a port has `moved` others to file scope.

    Arguments:
        function: as it is called.
        name: of the variable.
        taken: what its namesakes in the function have got.
        moved: whether a name at file scope is that of a static that stood in the function.
    """
    key, number = function, 1
    while key in taken or moved(hoisted_name(key, name)):
        number += 1
        key = f"{function}@{number}"
    return key
