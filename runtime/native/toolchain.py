"""The C compiler: which one, what it calls itself, and which sanitizers it can build and run."""

import functools
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from .errors import ToolMissing

CANDIDATES = ("cc", "gcc", "clang")
SANITIZERS = ("address", "undefined")
COMMON = ("-std=gnu11", "-g", "-O0", "-fno-omit-frame-pointer", "-fno-pie", "-fno-common", "-Wno-psabi")
_OF_FAMILY = {
    "gcc": ("-fno-toplevel-reorder",),
    "clang": ("-Wno-unknown-warning-option",),
}
"""Linker sets must stand in the order of the source, which gcc keeps only if told to."""
_NO_REDZONES = {"gcc": ("--param=asan-globals=0",), "clang": ("-mllvm", "-asan-globals=0")}
"""Variables of set_vnet and of linker sets lie side by side: a red zone between them would be taken for one of them."""


class Toolchain(msgspec.Struct, frozen=True):
    """A compiler.

    Arguments:
        command: words that start it.
        family: `gcc` or `clang`.
        version: the first line it says of itself.
        sanitizers: those that it can build and this machine can run.
    """

    command: tuple[str, ...]
    family: str
    version: str
    sanitizers: tuple[str, ...] = ()

    def flags(self) -> tuple[str, ...]:
        """Options for every C file."""
        found = (*COMMON, *_OF_FAMILY[self.family])
        if not self.sanitizers:
            return found
        redzones = _NO_REDZONES[self.family] if "address" in self.sanitizers else ()
        return (*found, self._sanitize(), *redzones)

    def without_sanitizers(self) -> "Toolchain":
        """The same compiler, for programs that are many and small."""
        return msgspec.structs.replace(self, sanitizers=())

    def link_flags(self) -> tuple[str, ...]:
        """Options for linking."""
        return ("-no-pie", *((self._sanitize(),) if self.sanitizers else ()))

    def _sanitize(self) -> str:
        return "-fsanitize=" + ",".join(self.sanitizers)


def find(cc: str = "") -> Toolchain:
    """The compiler `cc`, else $CC, else the first there is of cc, gcc and clang.

    Raises:
        ToolMissing: there is none; the message says what to install.
    """
    named = cc or os.environ.get("CC", "")
    if named:
        return _probed(tuple(shlex.split(named)))
    for name in CANDIDATES:
        if shutil.which(name):
            return _probed((name,))
    raise ToolMissing(
        "no C compiler: cc, gcc and clang are not in PATH; install one (Debian: apt install gcc; "
        "FreeBSD and macOS bring clang), or name it with --cc"
    )


def tool(name: str) -> str:
    """The path of a program of the binutils.

    Raises:
        ToolMissing: it is not installed.
    """
    found = shutil.which(name) or shutil.which(f"llvm-{name}")
    if found is None:
        raise ToolMissing(f"{name} is not in PATH: install binutils (Debian: apt install binutils)")
    return found


@functools.cache
def _probed(command: tuple[str, ...]) -> Toolchain:
    version = _version(command)
    family = "clang" if "clang" in version.lower() else "gcc"
    plain = Toolchain(command, family, version)
    for sanitizers in (SANITIZERS, *((one,) for one in SANITIZERS)):
        if _runs(msgspec.structs.replace(plain, sanitizers=sanitizers)):
            return msgspec.structs.replace(plain, sanitizers=sanitizers)
    return plain


def _version(command: Sequence[str]) -> str:
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise ToolMissing(f"{shlex.join(command)} cannot be started ({error.strerror}): name a C compiler") from error
    if done.returncode:
        raise ToolMissing(f"{shlex.join(command)} --version ends with {done.returncode}: name a C compiler")
    return done.stdout.partition("\n")[0]


def _runs(toolchain: Toolchain) -> bool:
    """Whether a program built so can be run here: the sanitizers' libraries are packages of their own."""
    with tempfile.TemporaryDirectory(prefix="vport-") as folder:
        source, program = Path(folder, "probe.c"), Path(folder, "probe")
        source.write_text("int main(void) { return (0); }\n", encoding="utf-8")
        build = [*toolchain.command, *toolchain.flags(), *toolchain.link_flags(), "-o", str(program), str(source)]
        return all(
            subprocess.run(words, capture_output=True, check=False, cwd=folder).returncode == 0
            for words in (build, [str(program)])
        )
