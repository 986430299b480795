"""Run a native program through a script: its trace, what went wrong, and how it ended."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence

import msgspec

from ..faults import Fault
from ..host import Event
from . import script, traces
from .build import Program
from .reports import Ended, faults

TIMEOUT = 60.0
"""Seconds a scenario may take."""
ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=71:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=0",
    "LC_ALL": "C",
}
"""Leaks are the kernel's to tell: it knows which are the module's, and of which stack."""


class Life(msgspec.Struct, frozen=True):
    """A scenario that was lived through natively.

    Arguments:
        trace: what happened.
        faults: what went wrong, each thing once.
        status: of the process; negative for a signal, as subprocess has it.
        said: what it printed.
    """

    trace: list[Event]
    faults: list[Fault]
    status: int
    said: str


def live(program: Program, actions: Sequence[str], timeout: float = TIMEOUT) -> Life:
    """Do with a native kernel what was done with another one.

    Arguments:
        program: the kernel and its module.
        actions: as Kernel.actions has them.
        timeout: in seconds; a process that takes longer is killed, which is a fault.

    Raises:
        ValueError: an action is none, or the trace is broken.
    """
    with tempfile.TemporaryFile() as trace:
        ended = _run(program, "\n".join(script.lines(actions)) + "\n", trace.fileno(), timeout)
        trace.seek(0)
        events = traces.read(trace.read())
    told = [e for e in events if e.what != "fault"]
    return Life(told, faults(events, ended, actions), ended.status, ended.said)


def _run(program: Program, text: str, trace: int, timeout: float) -> Ended:
    """The process reads the script and writes its trace to a file, which outlives it."""
    env = {**os.environ, **ENVIRONMENT, "VPORT_TRACE": str(trace), "VPORT_RELEASE": program.release}
    process = subprocess.Popen(
        [str(program.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=env,
        pass_fds=(trace,),
        start_new_session=True,
    )
    try:
        _, said = process.communicate(text.encode(), timeout)
        return Ended(process.returncode, said.decode(errors="replace"))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
        return Ended(process.returncode, said.decode(errors="replace"), timeout)
