"""What `vport run --native` does: builds the module that was read, and lives through the scenarios on real memory."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vport.cache import default_folder
from vport.commands._release import dialect_of
from vport.commands._tree import say
from vport.dialect import load
from vport.errors import UsageError
from vport.runtime import scenarios
from vport.runtime.faults import Fault
from vport.runtime.host import Event
from vport.runtime.model import Module
from vport.runtime.native import toolchain
from vport.runtime.native.build import Build, Program, Sources, program
from vport.runtime.native.drive import live
from vport.runtime.native.errors import NativeError
from vport.runtime.native.toolchain import Toolchain

if TYPE_CHECKING:
    from vport.read import Read


class Lived(NamedTuple):
    """What a scenario came to."""

    scenario: str
    faults: list[Fault]
    trace: list[Event]


def lives(read: "Read", module: Module, chosen: Sequence[str], release: str, vimage: bool, cc: str) -> Iterator[Lived]:
    """Scenarios, lived through natively, one after the other.

    Arguments:
        read: the module's files, which must be on the disk.
        module: the model made of them.
        chosen: names of scenarios; all if there are none.
        release: of the kernel.
        vimage: whether with the option VIMAGE.
        cc: the compiler, empty for the first there is.

    Raises:
        UsageError: there is no compiler, or the module does not compile; it says what to do.
    """
    with tempfile.TemporaryDirectory(prefix="vport-") as folder:
        try:
            found = toolchain.find(cc)
            build = Build(found, vimage, release, default_folder(), _headers(read, module, release))
            built = program([_sources(read, module)], build, Path(folder))
        except NativeError as error:
            raise UsageError(str(error)) from error
        _report_sanitizers(found)
        for name in chosen or scenarios.names(module):
            yield _lived(built, module, name, release, vimage)


def _headers(read: "Read", module: Module, release: str) -> str:
    """The dialect whose headers the module is compiled with, empty for those that the release has in any case."""
    dialect = load(dialect_of(module, read))
    return dialect.name if dialect.release == release and dialect.forms.storage == "symbols" else ""


def _report_sanitizers(found: Toolchain) -> None:
    missing = [name for name in toolchain.SANITIZERS if name not in found.sanitizers]
    if missing:
        say(
            f"{found.command[0]} has no sanitizer for {' and '.join(missing)} here, so less is seen: install its "
            "runtime (Debian: libasan8 and libubsan1 for gcc, libclang-rt-dev for clang)"
        )


def _sources(read: "Read", module: Module) -> Sources:
    files = tuple(name for name in module.files if name.endswith(".c"))
    missing = [name for name in files if not (read.root / name).is_file()]
    if missing:
        raise UsageError(f"{missing[0]}: --native compiles files, and this is none: name a file or a folder")
    return Sources(module.name, read.root.resolve(), files)


def _lived(built: Program, module: Module, name: str, release: str, vimage: bool) -> Lived:
    """What the scenario does with a kernel is what it does with the Python one."""
    life = live(built, scenarios.run(module, name, release, vimage).actions)
    return Lived(name, life.faults, life.trace)
