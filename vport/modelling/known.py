"""Rule data a model is built with, read once: what calls mean that set up, tear down, register and take back."""

from typing import Any

import msgspec

from vport import rules
from vport.life.entries import forms
from vport.modelling.expansion import Macro, make_macro
from vport.patterns import later


class Known(msgspec.Struct, frozen=True):
    """The tables of rules/externals.toml, rules/resources.toml and rules/contexts.toml.

    Arguments:
        macros: that stand for what headers outside a tree define.
        opaque: names that are never replaced.
        heads: macros that head a loop.
        containers: the names of the containers of 2009.
    """

    accessors: dict[str, dict[str, Any]]
    sets: frozenset[str]
    restores: frozenset[str]
    foreach: frozenset[str]
    default: frozenset[str]
    init: dict[str, dict[str, Any]]
    release: dict[str, int]
    lock_slots: dict[str, dict[str, Any]]
    unregister: dict[str, dict[str, Any]]
    tables: dict[str, dict[str, Any]]
    modules: dict[str, dict[str, Any]]
    domains: dict[str, list[list[str]]]
    fallible: frozenset[str]
    macros: dict[str, Macro]
    opaque: frozenset[str]
    heads: frozenset[str]
    containers: dict[str, Any]


_SLOTS = (
    "SYSINIT",
    "C_SYSINIT",
    "SYSUNINIT",
    "C_SYSUNINIT",
    "VNET_SYSINIT",
    "VNET_SYSUNINIT",
    "VIMAGE_SYSINIT",
    "VIMAGE_SYSUNINIT",
)
_QUIET = (
    "KASSERT", "MPASS", "CTASSERT", "_Static_assert", "MODULE_DEPEND", "MODULE_VERSION", "NULL", "curvnet",
    "SYSCTL_RESOLVE_V_ARG1", "VNET_SYSCTL_ARG",
)  # fmt: skip


@rules.derived
def known() -> Known:
    """The tables."""
    says, resources = rules.load("externals"), rules.load("resources")
    context, heads = says["context"], frozenset(rules.load("macros")["head"])
    opaque = [*says["accessors"], *_SLOTS, *_QUIET, *heads, *forms(), *resources["init"], *resources["release"]]
    for names in context.values():
        opaque += names
    boxes = says["containers"]
    opaque += [*boxes["macros"], *boxes["registers"], *boxes["deregisters"], boxes["base"]]
    for table in ("modules", "domains", "unregister", "tables"):
        opaque += says[table]
    opaque += [*resources["sysinit"], *_neutral_names()]
    macros = {macro.name: macro for macro in map(make_macro, says["macros"]["define"])}
    return Known(
        says["accessors"],
        frozenset(context["set"]),
        frozenset(context["restore"]),
        frozenset(context["foreach"]),
        frozenset(context["default"]),
        resources["init"],
        resources["release"],
        resources["sysinit"],
        says["unregister"],
        says["tables"],
        says["modules"],
        says["domains"],
        frozenset(says["fallible"]["names"]),
        macros,
        frozenset(opaque) - macros.keys(),
        heads - frozenset(context["foreach"]),
        boxes,
    )


def _neutral_names() -> list[str]:
    """Macros of headers everybody knows, whose bodies tell a model nothing."""
    return list(rules.load("externals").get("plain", {}).get("names", ()))


_FLAGS = "CTLFLAG_"
"""What the flags of sysctls begin with: they are asked for by name, where sys/sysctl.h is in the tree, too."""
_SYSCTL = later(
    r"SYSCTL_(?:VNET_|V_|ADD_)?(?:U?INT|U?LONG|U?QUAD|[SU](?:8|16|32|64)|STRING|CONST_STRING|OPAQUE|STRUCT|PROC|NODE"
    r"|NODE_WITH_LABEL|ROOT_NODE|OID|BOOL|AUTO|COUNTER_U64(?:_ARRAY)?|UMA_MAX|UMA_CUR|PCPUSTAT|SBINTIME_\w+|TIMEVAL_SEC"
    r"|NULL_INT_PTR|XINT|XLONG|UINTFPTR|SIZEOF\w*)\Z"
)


def is_sysctl(name: str) -> bool:
    """Whether a macro makes a sysctl leaf or node."""
    return name.startswith("SYSCTL_") and _SYSCTL.match(name) is not None


def is_opaque(name: str) -> bool:
    """Whether a macro is never replaced, since a model knows what it means."""
    return name in known().opaque or is_sysctl(name) or name.startswith(_FLAGS)
