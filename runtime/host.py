"""What the interpreter asks of the kernel it runs in, and what both write down."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from .faults import Fault
from .worlds import World


class Event(msgspec.Struct, frozen=True):
    """One line of a trace.

    Arguments:
        what: `action`, `sysinit`, `constructor`, `destructor`, `module-event`, `call`, `handler`, `vnet`, `access`,
            `set`, `restore`, `init`, `destroy`, `register`, `unregister`, `interface`, `sysctl`, `bound`, `unknown`.
        text: for people.
        at: the C line, empty if none.
        vnet: curvnet at that moment, -1 for NULL.
        step: number of the action it belongs to.
    """

    what: str
    text: str
    at: str = ""
    vnet: int = -1
    step: int = 0


class Value(msgspec.Struct, frozen=True):
    """What is known of an argument: the text that made it, and the stack it leads to (worlds.SHARED, worlds.UNKNOWN).

    `constant` is a name or number it equals (`MOD_LOAD`, `0`), empty if none is known.
    """

    text: str = ""
    vnet: int = -1
    constant: str = ""


class Host(Protocol):
    """The kernel, as the interpreter sees it."""

    vimage: bool
    """Whether the kernel was built with the option VIMAGE."""

    def stacks(self) -> tuple[int, ...]:
        """The stacks on the list, as VNET_FOREACH meets them: newest first, vnet0 last."""

    def is_default(self, vnet: int) -> bool:
        """Whether a stack is vnet0."""

    def enrolled(self) -> frozenset[str] | None:
        """Identifiers of modules of containers that have registered; None where nobody follows that."""

    def record(self, event: Event) -> None:
        """Append to the trace."""

    def fault(self, fault: Fault) -> None:
        """Note a fault; the kernel adds the actions that led to it."""


class Outcome(msgspec.Struct, frozen=True):
    """What a call left behind.

    Arguments:
        worlds: by what the function returned: `zero`, `error` (an errno name or a number but 0), `value` (not known);
            void functions return `zero`.
        cut: whether a bound cut the exploration short.
        errors: names or numbers of the errors it may return, as far as they are known.
    """

    worlds: Mapping[str, tuple[World, ...]]
    cut: bool = False
    errors: tuple[str, ...] = ()
