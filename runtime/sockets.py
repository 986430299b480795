"""Sockets: bound for life to the stack of the credential that made them, whatever their thread does later."""

from .calls import Core
from .errors import ScenarioError
from .handlers import Handlers
from .jails import Jails
from .threads import Thread


class Socket:
    """A socket.

    Arguments:
        number: of the descriptor.
        vnet: its stack.
        jail: of the credential it holds.
        owner: the thread that has it open.
    """

    def __init__(self, number: int, vnet: int, jail: int, owner: Thread) -> None:
        self.number = number
        self.vnet = vnet
        self.jail = jail
        self.owner = owner


class Sockets:
    """All sockets.

    Arguments:
        core: the kernel's inside.
        jails: whose references they hold.
        handlers: for the protocols' functions.
    """

    def __init__(self, core: Core, jails: Jails, handlers: Handlers) -> None:
        self._core = core
        self._jails = jails
        self._handlers = handlers
        self.all: dict[int, Socket] = {}
        self._last = -1

    def __getitem__(self, number: int) -> Socket:
        if number not in self.all:
            raise ScenarioError("", f"there is no socket {number}: name one of {sorted(self.all)}")
        return self.all[number]

    def create(self, thread: Thread) -> Socket:
        """A socket in the stack of a thread's jail."""
        jail = self._jails.living(thread.jail)
        self._last += 1
        socket = Socket(self._last, jail.vnet, jail.number, thread)
        self.all[socket.number] = socket
        jail.references += 1
        self._core.vnets.all[jail.vnet].sockets += 1
        self._do(socket, "pru_attach")
        return socket

    def call(self, number: int, member: str = "") -> None:
        """A call on a socket: one of the protocol's functions by name, or each; always in the socket's stack."""
        self._do(self[number], member)

    def _do(self, socket: Socket, member: str) -> None:
        number = self._handlers.entries(("socket",), socket.vnet, socket.vnet, member)
        self._core.note("call", f"socket {socket.number} {member or 'all calls'}: {number} functions")

    def close(self, number: int) -> None:
        """Close; the last reference of a dying jail may go with it."""
        socket = self[number]
        self._do(socket, "pru_detach")
        del self.all[number]
        self._jails[socket.jail].references -= 1
        self._core.vnets.all[socket.vnet].sockets -= 1

    def owned(self, thread: Thread) -> list[Socket]:
        """Those a thread has open."""
        return [s for s in self.all.values() if s.owner is thread]
