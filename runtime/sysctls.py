"""Sysctl leaves: whose bytes they reach, who may write them, and when they can be seen."""

import msgspec

from .calls import Core, LoadedFile
from .errors import ScenarioError
from .faults import Fault, Kind
from .host import Value
from .model import Sysctl
from .worlds import SHARED


class Leaf(msgspec.Struct):
    """A registered leaf; what is not enabled cannot be found yet."""

    file: LoadedFile
    sysctl: Sysctl
    enabled: bool = True


class Access(msgspec.Struct, frozen=True):
    """What came of a read or write.

    Arguments:
        error: errno's name, empty for success.
        reached: `stack`, `shared`, `reference` (the copy that new stacks start from), `wild`, `handler`, `object`.
        vnet: the stack whose bytes they were, SHARED for none.
    """

    error: str = ""
    reached: str = ""
    vnet: int = SHARED


def plain(name: str) -> str:
    """A name as sysctl(8) has it: `net.inet.ip.ttl` for `_net_inet_ip.ttl`."""
    return name.lstrip("_").replace("_", ".") if "." not in name else _dotted(name)


def _dotted(name: str) -> str:
    parent, _, leaf = name.rpartition(".")
    return f"{parent.lstrip('_').replace('_', '.')}.{leaf}" if parent.startswith("_") else name


class Sysctls:
    """The tree of leaves.

    Arguments:
        core: the kernel's inside.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._leaves: dict[str, Leaf] = {}

    def names(self) -> list[str]:
        """What can be read or written now."""
        return [name for name, leaf in self._leaves.items() if leaf.enabled]

    def register(self, file: LoadedFile, enabled: bool) -> None:
        """A module's leaves come."""
        for sysctl in file.module.sysctls:
            self._check(file, sysctl)
            if not sysctl.inside:
                self._leaves[plain(sysctl.name)] = Leaf(file, sysctl, enabled)
            if self._ignored_tunable(sysctl):
                self._core.note("sysctl", f"{sysctl.name}: CTLFLAG_TUN is ignored on a per-vnet leaf", sysctl.at)

    def _ignored_tunable(self, sysctl: Sysctl) -> bool:
        return sysctl.tunable and sysctl.vnet and self._core.vimage and not self._core.release.early

    def enable(self, file: LoadedFile) -> None:
        """The module is linked: its leaves can be seen."""
        for leaf in self._leaves.values():
            if leaf.file is file:
                leaf.enabled = True

    def unregister(self, file: LoadedFile) -> None:
        """A module's leaves go."""
        self._leaves = {name: leaf for name, leaf in self._leaves.items() if leaf.file is not file}

    def _check(self, file: LoadedFile, sysctl: Sysctl) -> None:
        variable = file.variables.get(sysctl.variable)
        if variable is None or not self._core.vimage:
            return
        if variable.per_vnet and not sysctl.vnet:
            message = (
                f"{sysctl.name} leads to the per-vnet {variable.name} without CTLFLAG_VNET, so it reads and writes "
                "the copy that new stacks start from: add the flag"
            )
            self._core.fault(Fault(Kind.SYSCTL_NO_FLAG, sysctl.at, message, variable.name, lines=_defined(variable.at)))
        elif sysctl.vnet and not variable.per_vnet:
            message = (
                f"{sysctl.name} has CTLFLAG_VNET, but {variable.name} is shared, so the kernel adds a stack's offset "
                "to its address and reaches a wild pointer: remove the flag, or virtualize the variable"
            )
            at = _defined(variable.at)
            self._core.fault(Fault(Kind.SYSCTL_FLAG_SHARED, sysctl.at, message, variable.name, lines=at))

    def leaf(self, name: str) -> Leaf:
        """A leaf by either form of its name.

        Raises:
            ScenarioError: if no module has it.
        """
        found = self._leaves.get(plain(name)) or self._leaves.get(name)
        if found is None:
            there = ", ".join(sorted(self._leaves)[:8]) or "there are none"
            raise ScenarioError("", f"there is no sysctl {name!r}: name one of those that are registered ({there})")
        return found

    def access(self, name: str, vnet: int, *, write: bool, jailed: bool, owns: bool = True) -> Access:
        """Read or write a leaf as a thread in that stack; `owns` says whether the stack is that of its jail alone."""
        leaf = self.leaf(name)
        error = self._refused(leaf, write, jailed and not (owns and leaf.sysctl.vnet and self._core.vimage))
        if error:
            self._core.note("sysctl", f"{name}: {error}", leaf.sysctl.at)
            return Access(error)
        with self._core.thread.within(self._core.stack(vnet)):
            self._core.note("sysctl", f"{'write' if write else 'read'} {name}", leaf.sysctl.at)
            return self._handled(leaf, vnet) if leaf.sysctl.handler else self._reached(leaf, vnet)

    def _refused(self, leaf: Leaf, write: bool, bound: bool) -> str:
        """`bound`: the root of a jail may write what a stack of its own has, and nothing else."""
        if not leaf.enabled:
            return "ENOENT"
        if write and not leaf.sysctl.writable:
            return "EPERM"
        return "EPERM" if write and bound else ""

    def _handled(self, leaf: Leaf, vnet: int) -> Access:
        stack = self._core.stack(vnet)
        mine = stack if leaf.sysctl.vnet and leaf.sysctl.variable else SHARED
        text = f"&{leaf.sysctl.variable}" if leaf.sysctl.variable else "NULL"
        first = Value(text, mine, "0" if text == "NULL" else "")
        values = (Value("oidp"), first, Value("arg2"), Value("req", stack))
        handler = leaf.sysctl.handler
        ways = ("zero", "value", "error")
        self._core.call(leaf.file, handler, values, what="handler", at=leaf.sysctl.at, keep=ways)
        return Access("", "handler", stack)

    def _reached(self, leaf: Leaf, vnet: int) -> Access:
        variable = leaf.file.variables.get(leaf.sysctl.variable)
        if variable is None:
            return Access("", "object")
        if not self._core.vimage:
            return Access("", "shared")
        if variable.per_vnet:
            return Access("", "stack", vnet) if leaf.sysctl.vnet else Access("", "reference")
        return Access("", "wild" if leaf.sysctl.vnet else "shared")


def _defined(at: str) -> tuple[str, ...]:
    return (f"{at} defined",)
