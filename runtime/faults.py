"""What can go wrong in a module's life: the kinds, and one occurrence of one."""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """Kinds of fault; the value is the name users see."""

    NO_CONTEXT = "access-without-curvnet"
    NO_RESTORE = "set-without-restore"
    NO_SET = "restore-without-set"
    NESTED_SET = "nested-set"
    CONDITIONAL_SET = "conditional-set"
    BEFORE_SET_UP = "use-before-set-up"
    AFTER_TEAR_DOWN = "use-after-tear-down"
    OTHER_STACK = "state-of-another-stack"
    SET_UP_TWICE = "set-up-twice"
    SHARED_SET_UP_PER_VNET = "shared-state-set-up-per-vnet"
    NEVER_TORN_DOWN = "never-torn-down"
    TORN_DOWN_TWICE = "torn-down-twice"
    DEFAULT_VNET_ONLY = "set-up-for-default-vnet-only"
    OUT_OF_RANGE = "constructor-out-of-range"
    EQUAL_KEYS = "order-of-equal-keys-undefined"
    NOT_MIRRORED = "destructors-do-not-mirror"
    UNLOAD_FREES = "unload-frees-what-destructors-use"
    ADDRESS_SHARED = "address-kept-in-shared-state"
    ADDRESS_INITIAL = "address-valued-initialiser"
    SYSCTL_NO_FLAG = "sysctl-without-vnet-flag"
    SYSCTL_FLAG_SHARED = "sysctl-with-vnet-flag-on-shared-state"
    HANDLER_PER_VNET = "handler-registered-once-per-vnet"
    HANDLER_ONCE = "handler-registered-once-globally"
    HANDLER_LEFT = "handler-left-behind"
    NO_MODSPACE = "modspace-exhausted"
    LEFT_IN_VNET = "left-in-dying-vnet"
    DETACHED_TWICE = "protocol-detached-twice"
    DEADLOCK = "constructor-deadlock"
    CONSTRUCTOR_FAILS = "constructor-failure-ignored"


class OldKind(StrEnum):
    """What only modules of the containers of 2009 can have, which register instead of standing at a slot."""

    WAITS = "module-waits-for-ever"
    TWICE = "module-registered-twice"
    NAMELESS = "module-argument-without-name"
    UNKNOWN = "module-not-registered"
    LEFT = "module-left-registered"
    NUMBER = "module-identifier-taken"
    NO_CONTAINER = "container-not-there"
    STALE_BASE = "base-of-another-stack"


class NativeKind(StrEnum):
    """What only a native run can see; all else it tells by a Kind."""

    MEMORY = "memory-error"
    LEAK = "memory-leak"
    UNDEFINED = "undefined-behaviour"
    PAGE_FAULT = "page-fault"
    LOCK = "lock-misuse"
    ASSERTION = "failed-assertion"
    CRASH = "crash"
    TIMEOUT = "timeout"
    SCRIPT = "action-not-known"


class Fault(msgspec.Struct, frozen=True):
    """One fault.

    Arguments:
        kind: what is wrong; an OldKind in modules of containers, a NativeKind in a native run only.
        at: the C line where it shows, `file.c:12`.
        message: what is wrong there and what to do, one sentence or two.
        variable: of the module, empty if none is concerned.
        vnet: number of the stack, -1 for none.
        lines: other places that explain it, in order (call path, set-up, tear-down), each `file.c:12 what`.
        actions: what was done with the kernel up to here, so that it can be replayed.
        sure: whether it happens on every path that leads there; False when a branch that is not known decides.
        tainted: names of functions that are not known, on whose conduct this hangs.
    """

    kind: Kind | OldKind | NativeKind
    at: str
    message: str
    variable: str = ""
    vnet: int = -1
    lines: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    sure: bool = True
    tainted: tuple[str, ...] = ()
