"""Random lives of a kernel with correct modules: nothing may go wrong, and every account is square at each step.

10,000 steps in the suite; `VPORT_STEPS=1000000 python -m pytest tests/runtime/test_machine.py` walks further.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from small import at, destroy, event, function, handler, init, module, pair, slot, use, var

from vport.runtime.kernel import Kernel
from vport.runtime.model import Depend, Module, Register, Sysctl, Unregister
from vport.runtime.modspace import rounded
from vport.runtime.worlds import SHARED

STEPS = int(os.environ.get("VPORT_STEPS", "10000"))
ANY = st.integers(0, 1000)
T = TypeVar("T")
KEYS = {"base_up": 1, "mtx_init": 1, "frob_up": 2}
"""The modules' constructors, and how their keys compare."""


def base() -> Module:
    """A shared lock, a per-vnet zone, and a table large enough to fragment the space."""
    return module(
        "base",
        var("lock", "struct mtx", per_vnet=False, set_up="lock"),
        var("zone", "uma_zone_t"),
        var("table", "char", size=6000),
        function("base_up", init("zone", "uma_zcreate"), use("table")),
        function("base_down", destroy("zone", "uma_zdestroy")),
        slot("VNET_SYSINIT", "base_up", order="SECOND"),
        slot("VNET_SYSUNINIT", "base_down", order="SECOND"),
        slot("SYSINIT", "", order="FIRST", holder="lock", resource="mtx_init"),
        slot("SYSUNINIT", "", order="FIRST", holder="lock", resource="mtx_init"),
        event("base", order="MIDDLE"),
        handler(),
    )


def frob(broken: str = "") -> Module:
    """Needs `base`; a lock, a callout and a cloner in each stack, a listener for all, a sysctl."""
    tick = Register("callout", "frob_tick", at(), "curvnet", "timer", "", "callout_reset")
    listen = Register(
        "eventhandler", "frob_gone", at(), "NULL", "tag", "ifnet_departure_event", "EVENTHANDLER_REGISTER"
    )
    create = Register("cloner", "frob_create", at(), "", "cloner", "frob", "if_clone_simple")
    destroys = Register("cloner", "frob_destroy", at(), "", "cloner", "frob", "if_clone_simple")
    stop = Unregister("callout", "timer", at(), "callout_drain")
    off = Unregister("cloner", "cloner", at(), "if_clone_detach")
    down = [node for name, node in (("timer", stop), ("cloner", off)) if name != broken]
    return module(
        "frob",
        var("tag", "eventhandler_tag", per_vnet=False),
        var("timer", "struct callout"),
        var("cloner", "struct if_clone *"),
        var("ttl"),
        var("gone"),
        *pair("mtx", order="SECOND"),
        function("frob_up", use("mtx"), tick, create, destroys),
        function("frob_down", *down, use("mtx")),
        slot("VNET_SYSINIT", "frob_up", order="THIRD"),
        slot("VNET_SYSUNINIT", "frob_down", order="THIRD"),
        function("frob_tick"),
        function("frob_gone", use("gone"), parameters=("arg", "ifp")),
        function("frob_create", use("mtx"), parameters=("ifc", "unit")),
        function("frob_destroy", use("mtx"), parameters=("ifp",)),
        Sysctl("_net_frob.ttl", at(), "ttl", vnet=True, named=True, writable=True),
        event("frob", order="ANY"),
        handler([listen], [Unregister("eventhandler", "tag", at())]),
        Depend("frob", "base", at()),
    )


def undoes(destructor: str) -> str:
    """The constructor that a destructor belongs to, by its name."""
    return destructor.replace("_uninit", "_init").replace("_down", "_up")


class Life(RuleBasedStateMachine):
    """What anybody can do with a machine; what does not apply at the moment does nothing."""

    steps: ClassVar[int] = 0
    release: ClassVar[str] = "13"
    vimage: ClassVar[bool] = True
    modules: ClassVar[tuple[Module, ...]] = (base(), frob())

    def __init__(self) -> None:
        super().__init__()
        self.kernel = Kernel(self.release, self.vimage)
        self.kernel.quiet = True
        self.kernel.provide(*self.modules)
        self.kernel.boot()
        self.names = [m.name for m in self.modules]
        self.dead: list[int] = []

    def pick(self, many: Sequence[T], number: int, act: Callable[[T], Any]) -> None:
        type(self).steps += 1
        if many:
            act(many[number % len(many)])

    def jails(self) -> list[int]:
        return [n for n, j in self.kernel.jails.all.items() if n and not j.dying]

    @rule(number=ANY, vnet=st.booleans())
    def jail_create(self, number: int, vnet: bool) -> None:
        if len(self.jails()) < 5:
            self.pick([0, *self.jails()], number, lambda j: self.kernel.jail_create(vnet, j))

    @rule(number=ANY)
    def jail_destroy(self, number: int) -> None:
        self.pick(self.jails(), number, self.kernel.jail_destroy)

    @rule(number=ANY)
    def load(self, number: int) -> None:
        self.pick(self.names, number, self.kernel.load)

    @rule(number=ANY)
    def unload(self, number: int) -> None:
        self.pick(list(self.kernel.files), number, self.kernel.unload)

    @rule(number=ANY)
    def quiesce(self, number: int) -> None:
        self.pick(list(self.kernel.files), number, self.kernel.quiesce)

    @rule(number=ANY, kind=st.sampled_from(["physical", "clone", "epair", "netgraph", "loop"]))
    def interface_create(self, number: int, kind: str) -> None:
        if len(self.kernel.interfaces.all) < 8:
            self.pick(list(self.kernel.vnets.all), number, lambda v: self.kernel.interface_create(kind, v))

    @rule(number=ANY)
    def interface_destroy(self, number: int) -> None:
        self.pick(list(self.kernel.interfaces.all), number, self.kernel.interface_destroy)

    @rule(number=ANY, to=ANY)
    def interface_move(self, number: int, to: int) -> None:
        stacks = list(self.kernel.vnets.all)
        self.pick(
            list(self.kernel.interfaces.all), number, lambda i: self.kernel.interface_move(i, stacks[to % len(stacks)])
        )

    @rule(number=ANY, out=st.booleans())
    def packet(self, number: int, out: bool) -> None:
        act = self.kernel.packet_out if out else self.kernel.packet_in
        self.pick(list(self.kernel.interfaces.all), number, act)

    @rule(number=ANY)
    def thread_create(self, number: int) -> None:
        if len(self.kernel.threads) < 6:
            self.pick([0, *self.jails()], number, self.kernel.thread_create)

    @rule(number=ANY, to=ANY)
    def thread_attach(self, number: int, to: int) -> None:
        jails = [0, *self.jails()]
        threads = [t for t in self.kernel.threads if t]
        self.pick(threads, number, lambda t: self.kernel.thread_attach(t, jails[to % len(jails)]))

    @rule(number=ANY)
    def socket_create(self, number: int) -> None:
        if len(self.kernel.sockets.all) < 6:
            self.pick(list(self.kernel.threads), number, self.kernel.socket_create)

    @rule(number=ANY, to=ANY)
    def socket_pass(self, number: int, to: int) -> None:
        threads = list(self.kernel.threads)
        self.pick(
            list(self.kernel.sockets.all), number, lambda s: self.kernel.socket_pass(s, threads[to % len(threads)])
        )

    @rule(number=ANY, close=st.booleans())
    def socket_use(self, number: int, close: bool) -> None:
        self.pick(list(self.kernel.sockets.all), number, self.kernel.socket_close if close else self.kernel.socket_call)

    @rule(number=ANY, write=st.booleans())
    def sysctl(self, number: int, write: bool) -> None:
        act = self.kernel.sysctl_write if write else self.kernel.sysctl_read
        threads = list(self.kernel.threads)
        self.pick(self.kernel.sysctls.names(), number, lambda n: act(n, threads[number % len(threads)]))

    @rule(number=ANY)
    def time(self, number: int) -> None:
        acts = [self.kernel.tick, self.kernel.run_tasks, self.kernel.low_memory, lambda: self.kernel.event("dev_clone")]
        self.pick(acts, number, lambda act: act())

    @invariant()
    def nothing_is_touched_outside_its_life(self) -> None:
        assert self.kernel.faults == []

    @invariant()
    def the_thread_is_back_where_it_was(self) -> None:
        assert (self.kernel.thread.curvnet, self.kernel.thread.depth) == (SHARED, 0)

    @invariant()
    def destructors_mirror_constructors(self) -> None:
        ran = self.kernel.lifecycle.ran
        made = Counter((v, name) for what, name, v in ran if what == "constructor")
        ended = Counter((v, undoes(name)) for what, name, v in ran if what == "destructor")
        loaded = {s.name for s in self.kernel.lifecycle.constructors} & KEYS.keys()
        for key in made.keys() | ended.keys():
            vnet, name = key
            if name in KEYS:
                assert made[key] - ended[key] == (name in loaded and vnet in self.kernel.vnets.all)
        self._mirror_of_dead_stacks(ran)
        if len(ran) > 400:
            living = set(self.kernel.vnets.all)
            self.kernel.lifecycle.ran = [r for r in ran if r[2] in living]

    def _mirror_of_dead_stacks(self, ran: list[tuple[str, str, int]]) -> None:
        """The destructors of a stack that died undo all its constructors, the highest key first."""
        for vnet in {v for _, _, v in ran} - self.kernel.vnets.all.keys() - set(self.dead):
            self.dead.append(vnet)
            standing: list[str] = []
            last = max(KEYS.values())
            for what, name, v in ran:
                if v == vnet and what == "constructor" and name in KEYS:
                    standing.append(name)
                    last = max(KEYS.values())
                elif v == vnet and (undone := undoes(name)) in KEYS:
                    assert KEYS[undone] <= last
                    last = KEYS[undone]
                    standing.remove(undone)
            assert standing == []

    @invariant()
    def storage_is_accounted_for(self) -> None:
        linker, kernel = self.kernel.linker, self.kernel
        taken = [f.space for f in kernel.files.values() if f.space]
        free = [(b.start, b.size) for b in linker.modspace.free_blocks]
        pieces = sorted([*((start, rounded(size)) for start, size in taken), *free])
        assert sum(size for _, size in pieces) == linker.modspace.size
        assert all(a + n == b for (a, n), (b, _) in zip(pieces, pieces[1:], strict=False))
        if self.vimage:
            assert linker.storage.stacks.keys() == kernel.vnets.all.keys()

    @invariant()
    def worlds_speak_of_stacks_that_exist(self) -> None:
        stacks = {SHARED, *self.kernel.vnets.all}
        for world in self.kernel.worlds:
            assert {vnet for _, vnet in world.lives} <= stacks
            assert {h.scope for h in world.handlers} <= stacks

    @invariant()
    def references_are_counted(self) -> None:
        kernel = self.kernel
        assert all(i.vnet in kernel.vnets.all for i in kernel.interfaces.all.values())
        sockets = Counter(s.vnet for s in kernel.sockets.all.values())
        assert all(v.sockets == sockets[n] for n, v in kernel.vnets.all.items())
        assert all(f.references >= 1 for f in kernel.files.values())
        assert {d.name for f in kernel.files.values() for d in f.depends} <= kernel.files.keys()


def walk(machine: type[Life], steps: int, phases: Iterable[Phase] = tuple(Phase)) -> None:
    """Run the machine until it has made so many steps."""
    machine.steps = 0
    rounds = 0
    while machine.steps < steps:
        limits = settings(
            max_examples=max(10, min(2000, steps // 60)),
            stateful_step_count=60,
            deadline=None,
            database=None,
            derandomize=rounds == 0,
            suppress_health_check=list(HealthCheck),
            phases=tuple(phases),
        )
        run_state_machine_as_test(machine, settings=limits)  # type: ignore[no-untyped-call]
        rounds += 1


@pytest.mark.parametrize(
    ("release", "vimage", "share"), [("13", True, 70), ("2010", True, 10), ("main", True, 10), ("13", False, 10)]
)
def test_nothing_goes_wrong(release: str, vimage: bool, share: int) -> None:
    class Machine(Life):
        pass

    Machine.release, Machine.vimage = release, vimage
    walk(Machine, STEPS * share // 100)
    assert Machine.steps >= STEPS * share // 100


@pytest.mark.parametrize("broken", ["timer", "cloner"])
def test_the_machine_finds_a_destructor_that_forgets(broken: str) -> None:
    class Broken(Life):
        modules = (base(), frob(broken))

    with pytest.raises(AssertionError, match=r"handler-left-behind|left-in-dying-vnet"):
        walk(Broken, 20_000, (Phase.generate,))
