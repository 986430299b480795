"""What went wrong in a native run: told by the kernel, by a sanitizer, by a signal, or by the clock."""

import re
import signal
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ..faults import Fault, Kind, NativeKind
from ..host import Event
from .traces import place

BAD_SCRIPT = 65
_ASAN = re.compile(r"ERROR: AddressSanitizer: (.*)")
_UBSAN = re.compile(r"^(\S+?):(\d+):\d+: runtime error: (.*)", re.MULTILINE)
_FRAME = re.compile(r"^\s*#\d+ 0x[0-9a-f]+ in (\S+) (\S+?):(\d+)(?::\d+)?\s*$", re.MULTILINE)
_PART = re.compile(r"^(?:previously )?(allocated by|freed by) thread", re.MULTILINE)
_KINDS = {str(k): k for k in (*Kind, *NativeKind)}
_ADDRESS = re.compile(r" (?:on|at|address) .*| 0x[0-9a-f]+.*")
_OURS = "/native/src/"


class Ended(msgspec.Struct, frozen=True):
    """How a process ended.

    Arguments:
        status: negative for a signal.
        said: what it printed.
        killed_after: seconds after which it was killed, None if it was not.
    """

    status: int
    said: str
    killed_after: float | None = None


def faults(events: Sequence[Event], ended: Ended, actions: Sequence[str]) -> list[Fault]:
    """All faults of a run, each once, with the actions that led to it.

    Arguments:
        events: the trace, with those that are faults.
        ended: how the process ended.
        actions: that it was given.
    """
    last = max((e.step for e in events), default=0)
    found: dict[tuple[str, str], Fault] = {}
    told = [(_told(e), e.step) for e in events if e.what == "fault"]
    for fault, step in [*told, *((f, last) for f in _behind(ended, bool(told)))]:
        done = msgspec.structs.replace(fault, actions=tuple(actions[:step]))
        found.setdefault((done.kind, done.at), done)
    return list(found.values())


def _told(event: Event) -> Fault:
    """A fault that the kernel told: `kind: message`."""
    kind, colon, message = event.text.partition(": ")
    known = _KINDS.get(kind) if colon else None
    return Fault(known or NativeKind.ASSERTION, event.at, message if known else event.text, vnet=event.vnet)


def _behind(ended: Ended, told: bool) -> Iterator[Fault]:
    """What the process did not live to tell."""
    sanitizer = [*_address(ended.said), *_undefined(ended.said)]
    yield from sanitizer
    if ended.killed_after is not None:
        message = f"nothing ends it: it was killed after {ended.killed_after:g} seconds"
        yield Fault(NativeKind.TIMEOUT, "", message)
    elif ended.status == BAD_SCRIPT:
        yield Fault(NativeKind.SCRIPT, "", f"the native kernel does not know an action: {_last(ended.said)}")
    elif ended.status < 0:
        yield Fault(NativeKind.CRASH, "", f"the program was killed by {signal.Signals(-ended.status).name}")
    elif ended.status and not told and not sanitizer:
        yield Fault(NativeKind.CRASH, "", f"the program ended with {ended.status}: {_last(ended.said)}")


def _address(said: str) -> Iterator[Fault]:
    match = _ASAN.search(said)
    if match is None:
        return
    first, *others = _PART.split(said[match.end() :])
    frames = _frames(first)
    why = zip(others[::2], map(_frames, others[1::2]), strict=True)
    lines = tuple(f"{found[0][1]} {word} {found[0][0]}()" for word, found in why if found)
    what = _ADDRESS.sub("", match.group(1)).strip()
    at = frames[0][1] if frames else ""
    yield Fault(NativeKind.MEMORY, at, f"{what}{f' in {frames[0][0]}()' if frames else ''}", lines=lines)


def _undefined(said: str) -> Iterator[Fault]:
    for match in _UBSAN.finditer(said):
        file, line, message = match.groups()
        yield Fault(NativeKind.UNDEFINED, place(f"{file}:{line}"), message)


def _frames(block: str) -> list[tuple[str, str]]:
    """Functions and places of a stack, without those of the kernel's library and the sanitizer's."""
    found: Iterable[tuple[str, str, str]] = _FRAME.findall(block)
    return [(name, place(f"{file}:{line}")) for name, file, line in found if not _foreign(file)]


def _foreign(file: str) -> bool:
    return _OURS in file or "sanitizer" in file or file.startswith("/usr/")


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
