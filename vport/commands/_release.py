"""The kernel that a module is for, where nobody says which: that of the dialect it is written in."""

from typing import TYPE_CHECKING

from vport.dialect import NAMES, load, recognise
from vport.runtime.model import Module

if TYPE_CHECKING:
    from vport.read import Read

NEWEST = "13"
CONTAINERS = "vimage-structs"


def dialect_of(module: Module, read: "Read | None") -> str:
    """The dialect of a module: what the headers beside it say, else its own forms; the newest if neither tells."""
    if read is not None:
        found = recognise(read.data, read.data.__getitem__)
        if found.name != NAMES[0]:
            return found.name
    return CONTAINERS if module.vnet_modules else NAMES[0]


def kernel_of(module: Module, read: "Read | None", release: str, build: str) -> tuple[str, bool]:
    """Release and whether with VIMAGE, as far as a person left them open (empty).

    Before the containers a kernel had one stack, which the default build has.
    """
    dialect = load(dialect_of(module, read))
    build = build or ("default" if dialect.forms.storage == "globals" else "vimage")
    return release or dialect.release, build == "vimage"
