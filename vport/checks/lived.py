"""Lives of one module: loaded with jails, through their coming and going, to its unloading."""

from functools import partial

import msgspec

from vport.checks.enrolled import scenarios_of
from vport.checks.faults import as_found, functions_of
from vport.checks.found import Found
from vport.patterns import later
from vport.runtime import scenarios
from vport.runtime.errors import RuntimeInputError
from vport.runtime.faults import Fault
from vport.runtime.interpret import Interpreter
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module
from vport.runtime.patience import OutOfTimeError, patience

SCENARIOS = ("jails", "unload")
"""Those that show what source alone can get wrong; the others need traffic or a person."""

_OTHER_STACK = "VP207"
"""The one finding about contexts that takes more stacks than an entry point by itself knows."""

_UNREAD = later(rb"\xa6[Uu]nread")
"""What is not read of a module, as it is encoded: a function, or a node."""

_LATE = (
    "scenario {} took more than {:g} s, so findings may be missing; give it more with `seconds` in [check], "
    "or see it with `vport run`"
)


def live(module: Module, seconds: float = float("inf"), release: str = "13") -> tuple[list[Found], list[str], bool]:
    """Findings about the life of one module, what was not checked and why, and whether time was the reason.

    Arguments:
        module: the module.
        seconds: that each scenario may take.
        release: of the kernel.
    """
    functions = functions_of(module)
    found: dict[tuple[str, str, int, str], Found] = {}
    said: list[str] = []
    late = False
    interpreter = _interpreter(module)
    for scenario in scenarios_of(module, SCENARIOS):
        try:
            kernel = Kernel(release, interpreter=interpreter)
            with patience(seconds):
                scenarios.live(kernel, module, scenario)
        except RuntimeInputError as error:
            said.append(f"{error}; its life was not checked")
            break
        except OutOfTimeError:
            said.append(_LATE.format(scenario, seconds))
            late = True
            continue
        for fault in kernel.faults:
            one = as_found(fault, functions)
            if one is not None and (not one.id.startswith("VP2") or one.id == _OTHER_STACK or _is_certain(fault)):
                found.setdefault((one.id, one.file, one.line, one.variable), one)
    return list(found.values()), said, late


def _is_certain(fault: Fault) -> bool:
    """Whether nothing unknown has part in a fault: what a life gives a handler may be less than its framework would."""
    return fault.sure and not fault.tainted


def _interpreter(module: Module) -> partial[Interpreter]:
    """Makes the interpreter of each life: what one visited another need not, if all of the module is read."""
    is_read = _UNREAD.search(msgspec.msgpack.encode(module)) is None
    return partial(Interpreter, visits={}) if is_read else partial(Interpreter)
