"""By what a function of a kernel tree is entered: the registrations in the text, also through macros and wrappers.

A function may have several kinds.  Kinds are in three groups: entered without a vnet, with one that the framework
guarantees, and with whatever the caller had.
"""

import re
from collections import defaultdict

from context_source import Node, Text, Tree, arguments, before, is_member

VNETLESS = (
    "callout",
    "task",
    "timer",
    "cdev",
    "kthread",
    "epoch",
    "interrupt",
    "crypto",
    "if_input",
    "if_start",
    "event",
    "syscall",
    "ddb",
)
"""Kinds on whose entry no vnet is set, in the order in which a function with several is counted."""

GUARANTEED = ("sysctl", "protosw", "usrreqs", "if_ioctl", "constructor", "netisr", "pfil", "netgraph")
"""Kinds on whose entry the framework has set the vnet."""

INHERITED = ("if_output", "if event", "cloner", "module", "sysinit", "new-bus", "encap", "hook")
"""Kinds whose vnet is the caller's, whatever that is."""

_CALLS: dict[str, tuple[str, tuple[int, ...]]] = {
    "callout_reset": ("callout", (2,)),
    "callout_reset_on": ("callout", (2,)),
    "callout_reset_curcpu": ("callout", (2,)),
    "callout_reset_sbt": ("callout", (3,)),
    "callout_reset_sbt_on": ("callout", (3,)),
    "callout_reset_sbt_curcpu": ("callout", (3,)),
    "callout_async_drain": ("callout", (1,)),
    "timeout": ("callout", (0,)),
    "TASK_INIT": ("task", (2,)),
    "NET_TASK_INIT": ("task", (2,)),
    "TIMEOUT_TASK_INIT": ("task", (3,)),
    "TASK_INITIALIZER": ("task", (1,)),
    "NET_TASK_INITIALIZER": ("task", (1,)),
    "GTASK_INIT": ("task", (3,)),
    "GROUPTASK_INIT": ("task", (2,)),
    "NET_GROUPTASK_INIT": ("task", (2,)),
    "NET_EPOCH_CALL": ("epoch", (0,)),
    "epoch_call": ("epoch", (1,)),
    "kproc_create": ("kthread", (0,)),
    "kproc_kthread_add": ("kthread", (0,)),
    "kthread_add": ("kthread", (0,)),
    "swi_add": ("interrupt", (2,)),
    "bus_setup_intr": ("interrupt", (3, 4)),
    "devfs_set_cdevpriv": ("cdev", (1,)),
    "SYSCTL_PROC": ("sysctl", (6,)),
    "SYSCTL_VNET_PROC": ("sysctl", (6,)),
    "SYSCTL_ADD_PROC": ("sysctl", (7,)),
    "SYSCTL_NODE": ("sysctl", (4,)),
    "SYSINIT": ("sysinit", (3,)),
    "SYSUNINIT": ("sysinit", (3,)),
    "VNET_SYSINIT": ("constructor", (3,)),
    "VNET_SYSUNINIT": ("constructor", (3,)),
    "ng_callout": ("netgraph", (4,)),
    "ng_send_fn": ("netgraph", (2,)),
    "ng_send_fn1": ("netgraph", (2,)),
    "ng_send_fn2": ("netgraph", (3,)),
    "if_clone_simple": ("cloner", (1, 2)),
    "if_clone_advanced": ("cloner", (2, 3, 4)),
    "if_setinputfn": ("if_input", (1,)),
    "if_setstartfn": ("if_start", (1,)),
    "if_setinitfn": ("if_start", (1,)),
    "if_setqflushfn": ("if_start", (1,)),
    "if_setioctlfn": ("if_ioctl", (1,)),
    "if_settransmitfn": ("if_output", (1,)),
    "soupcall_set": ("hook", (2,)),
    "udp_set_kernel_tunneling": ("hook", (1, 2)),
    "khelp_add_hhook": ("hook", (1,)),
    "DEVMETHOD": ("new-bus", (1,)),
    "DB_SHOW_COMMAND": ("ddb", (1,)),
    "DB_SHOW_ALL_COMMAND": ("ddb", (1,)),
    "DB_COMMAND": ("ddb", (1,)),
    "_DB_FUNC": ("ddb", (2,)),
    "SYSCALL_INIT_HELPER": ("syscall", (0,)),
}
_MEMBERS = {
    "timer": "pr_slowtimo pr_fasttimo pr_drain",
    "cdev": "d_open d_close d_ioctl d_read d_write d_poll d_kqfilter d_mmap d_purge d_fdopen",
    "protosw": "pr_input pr_output pr_ctlinput pr_ctloutput",
    "if_ioctl": "if_ioctl pru_control",
    "if_output": "if_output if_transmit if_resolvemulti if_requestencap",
    "if_start": "if_start if_init if_qflush",
    "if_input": "if_input",
    "constructor": "pr_init dom_init dom_destroy dom_rtattach dom_rtdetach dom_ifattach dom_ifdetach",
    "netisr": "nh_handler",
    "pfil": "pa_func",
    "crypto": "crp_callback",
    "callout": "c_func",
    "event": "f_event f_detach f_attach",
    "netgraph": "constructor rcvmsg shutdown newhook findhook rcvdata rcvdata_queue disconnect mod_event_ng",
    "module": "mod_event evhand mod_init mod_destroy",
    "encap": "if_reassign if_snd_tag_alloc if_snd_tag_free if_snd_tag_modify if_snd_tag_query",
}
_KIND_OF_MEMBER = {member: kind for kind, members in _MEMBERS.items() for member in members.split()}
_ABOUT_INTERFACES = re.compile(r"(?:ifnet|ifaddr|iflladdr|group|vlan|lle|rt|bpf|ether|netmap|lagg)_\w+$")
_ASSIGN = re.compile(r"\b([A-Za-z_]\w*)\s*=\s*(?:\([\w\s*]+\)\s*)?&?([A-Za-z_]\w*)\s*(?=[,;}\n])")
_POSITIONAL = re.compile(r"\b(moduledata_t|struct\s+kproc_desc)\s+\w+\s*=\s*\{")
_PASSED = re.compile(r"\b([A-Za-z_]\w*)\s*(?=[,)])")
_HANDLER = re.compile(r"[&\s(]*(?:\(.*\))?[&\s(]*([A-Za-z_]\w*)[\s)]*$", re.S)
_ROUNDS = 4

Key = tuple[str, str]


def _member_kind(member: str) -> str:
    return _KIND_OF_MEMBER.get(member, "usrreqs" if member.startswith("pru_") else "")


class Entries:
    """Kinds of every registered function, and what is called through which member or variable."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.kinds: dict[Key, set[str]] = defaultdict(set)
        self.behind: dict[str, set[Key]] = defaultdict(set)
        self.passed: dict[Key, set[Key]] = defaultdict(set)
        self._calls = {name: {kind: set(places)} for name, (kind, places) in _CALLS.items()}
        self._look()

    def _look(self) -> None:
        for text in self.tree.texts:
            self._members(text)
        fresh = set(self._calls) | {"EVENTHANDLER_REGISTER", "EVENTHANDLER_DEFINE"}
        for _ in range(_ROUNDS):
            known = {name: {k: set(v) for k, v in kinds.items()} for name, kinds in self._calls.items()}
            for text in self.tree.texts:
                self._registrations(text, fresh)
            fresh = {name for name, kinds in self._calls.items() if kinds != known.get(name)}
            if not fresh:
                break
        for text in self.tree.texts:
            self._system_calls(text)
            for function in text.functions:
                self._callbacks(function)

    def _add(self, name: str, file: str, kind: str) -> bool:
        found = self.tree.functions(name, file)
        for node in found:
            self.kinds[node.key].add(kind)
        return bool(found)

    def _members(self, text: Text) -> None:
        for match in _ASSIGN.finditer(text.code):
            found = self.tree.functions(match[2], text.name)
            member = bool(found) and is_member(text.code, match.start())
            kind = _member_kind(match[1]) if member else ""
            for node in found:
                self.behind[f".{match[1]}" if member else match[1]].add(node.key)
                if kind:
                    self.kinds[node.key].add(kind)
        for match in _POSITIONAL.finditer(text.code):
            parts = arguments(text.code, match.end() - 1)
            if len(parts) > 1:
                self._add(parts[1].lstrip("&"), text.name, "module" if "module" in match[1] else "kthread")

    def _registrations(self, text: Text, names: set[str]) -> None:
        pattern = re.compile(r"\b(" + "|".join(sorted(names)) + r")\s*\(")
        for node in text.functions:
            self._in_node(node, pattern)
        for node in text.macros:
            self._in_node(node, pattern)
            if node.body.strip() in names and not node.parameters:
                self._calls.setdefault(node.name, self._calls.get(node.body.strip(), {}))
        for match in pattern.finditer(text.code):
            self._registered(match[1], arguments(text.code, match.end() - 1), text.name, None)

    def _in_node(self, node: Node, pattern: re.Pattern[str]) -> None:
        for match in pattern.finditer(node.body):
            if match[1] != node.name:
                self._registered(match[1], arguments(node.body, match.end() - 1), node.file, node)

    def _registered(self, name: str, given: list[str], file: str, inside: Node | None) -> None:
        if name.startswith("EVENTHANDLER_"):
            self._event(given, file)
            return
        for kind, places in list(self._calls[name].items()):
            for place in sorted(places):
                if place < len(given) and (match := _HANDLER.match(given[place])):
                    self._handler(match[1], kind, file, inside)

    def _event(self, given: list[str], file: str) -> None:
        kind = "if event" if _ABOUT_INTERFACES.match(given[0]) else "event"
        if len(given) > 1 and (match := _HANDLER.match(given[1])):
            self._add(match[1], file, kind)

    def _handler(self, name: str, kind: str, file: str, inside: Node | None) -> None:
        if inside is None:
            self._add(name, file, kind)
        elif name in inside.parameters:
            self._calls.setdefault(inside.name, {}).setdefault(kind, set()).add(inside.parameters.index(name))
        elif not self._add(name, file, kind):
            for match in re.finditer(rf"\b{name}\s*=\s*&?(\w+)\s*;", inside.body):
                self._add(match[1], file, kind)

    def _system_calls(self, text: Text) -> None:
        for function in text.functions:
            if function.name.startswith("sys_") and len(function.parameters) == 2:
                self.kinds[function.key].add("syscall")

    def _callbacks(self, function: Node) -> None:
        """Functions of the file handed to a call that registers nothing: called while it runs."""
        for match in _PASSED.finditer(function.body):
            if match[1] in function.parameters or before(function.body, match.start()) not in "(,&":
                continue
            for node in self.tree.functions(match[1], function.file):
                if node.file == function.file and node.key not in self.kinds and node.key != function.key:
                    self.passed[function.key].add(node.key)
