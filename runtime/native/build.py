"""From C files to a program: the library once, the module's objects, stubs for what nobody defines, one link."""

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from . import stubs
from .errors import BuildFailed
from .toolchain import Toolchain, tool

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parent / "include"
NATIVE = HERE / "include"
LIBRARY = HERE / "src"
FORCED = NATIVE / "native.h"
"""Read before every file of a module: gives names of the kernel that the C library has, too, other ones."""
KERNEL = ("-ffreestanding", "-fno-builtin", "-D_KERNEL", "-DVPORT_NATIVE")
DIALECTS = {"2010": "freebsd-9", "13": "freebsd-13", "main": "freebsd-13"}
"""Headers, by release of the kernel."""
TIMEOUT = 300
"""Seconds a compiler may take for one file."""


class Sources(msgspec.Struct, frozen=True):
    """A module's C.

    Arguments:
        name: of the module, as `load` has it.
        root: folder that names are relative to.
        files: names of its C files, in the order of linking.
        loadable: whether it comes by `load`, or is part of the kernel.
    """

    name: str
    root: Path
    files: tuple[str, ...]
    loadable: bool = True


class Program(msgspec.Struct, frozen=True):
    """A module and its kernel, linked.

    Arguments:
        path: to start it.
        stubs: names that nobody defines, so that their calls are only told.
    """

    path: Path
    stubs: tuple[str, ...] = ()


class Kind(msgspec.Struct, frozen=True):
    """What to build.

    Arguments:
        toolchain: with which.
        vimage: whether with the option VIMAGE.
        release: whose headers: `2010`, `13` or `main`.
    """

    toolchain: Toolchain
    vimage: bool = True
    release: str = "13"

    def kernel_flags(self) -> tuple[str, ...]:
        """Options for a file of a module, but for the folders of the module itself."""
        folders = (NATIVE, INCLUDE / DIALECTS[self.release], INCLUDE / "common")
        forced = ("-include", str(FORCED)) if FORCED.exists() else ()
        build = ("-DVIMAGE",) if self.vimage else ()
        return (*self.toolchain.flags(), *KERNEL, *build, *(f"-I{f}" for f in folders), *forced)

    def library_flags(self) -> tuple[str, ...]:
        """Options for a file of the library."""
        build = ("-DVIMAGE",) if self.vimage else ()
        folders = (f"-I{LIBRARY}", f"-I{NATIVE}")
        return (*self.toolchain.flags(), "-D_GNU_SOURCE", "-DVPORT_LIBRARY", *build, *folders)

    def digest(self) -> str:
        """Names everything that the library hangs on: compiler, options, the text of its sources and headers."""
        hashed = hashlib.blake2b(digest_size=16)
        words = (*self.toolchain.command, self.toolchain.version, *self.library_flags())
        hashed.update("\0".join(words).encode())
        for path in sorted(p for folder in (LIBRARY, NATIVE) for p in folder.rglob("*") if p.is_file()):
            hashed.update(f"\0{path.name}\0".encode() + path.read_bytes())
        return hashed.hexdigest()


def library(kind: Kind, cache: Path | None = None) -> list[Path]:
    """The objects of the library, built once for a compiler, its options and the text of the library.

    Arguments:
        kind: what to build.
        cache: folder to keep them in; one below the system's for temporary files if there is none.

    Raises:
        BuildFailed: the library does not compile.
    """
    folder = (cache or Path(tempfile.gettempdir(), f"vport-{os.getuid()}")) / "native"
    kept = folder / kind.digest()
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = Path(tempfile.mkdtemp(dir=folder))
        try:
            jobs = [(path, new / f"{path.stem}.o", kind.library_flags()) for path in sorted(LIBRARY.glob("*.c"))]
            _compile(kind.toolchain, jobs, LIBRARY)
            _keep(new, kept)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return sorted(kept.glob("*.o"))


def _keep(new: Path, kept: Path) -> None:
    """Give a finished folder its name; another process that was faster has made the same."""
    try:
        new.rename(kept)
    except OSError:
        if not kept.exists():
            raise


def program(sources: Sources, kind: Kind, folder: Path, cache: Path | None = None) -> Program:
    """Build a module into a program.

    Arguments:
        sources: of the module.
        kind: what to build.
        folder: for objects and the program.
        cache: where the library's objects are kept.

    Raises:
        BuildFailed: the compiler or the linker refuses; it has their words.
    """
    objects = [folder / f"{number}.o" for number, _ in enumerate(sources.files)]
    own = folder / "module.c"
    own.write_text(_names(sources, kind), encoding="utf-8")
    flags = kind.kernel_flags()
    jobs = [
        (Path(name), to, (*flags, *_folders(sources.root, name)))
        for name, to in zip(sources.files, objects, strict=True)
    ]
    _compile(kind.toolchain, [*jobs, (own, folder / "module.o", kind.library_flags())], sources.root)
    return _linked(kind.toolchain, objects, [folder / "module.o", *library(kind, cache)], folder)


def _folders(root: Path, name: str) -> list[str]:
    """Folders of the module in which its headers are looked for: the tree's root, and the file's own."""
    return [f"-I{folder}" for folder in dict.fromkeys((".", str(Path(name).parent))) if (root / folder).is_dir()]


def _names(sources: Sources, kind: Kind) -> str:
    name = sources.name.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'const char vp_module_name[] = "{name}";\n'
        f"const int vp_module_loadable = {int(sources.loadable)};\n"
        f'const char vp_release[] = "{kind.release}";\n'
    )


def _compile(toolchain: Toolchain, jobs: Sequence[tuple[Path, Path, Iterable[str]]], cwd: Path) -> None:
    commands = [[*toolchain.command, *flags, "-c", "-o", str(to), str(path)] for path, to, flags in jobs]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        said = list(pool.map(lambda command: _run(command, cwd), commands))
    for (path, _, _), words in zip(jobs, said, strict=True):
        if words is not None:
            raise BuildFailed(f"{path} does not compile natively", words)


def _run(command: Sequence[str], cwd: Path) -> str | None:
    """None if a command succeeds, else its words."""
    env = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, errors="replace", check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return f"{shlex.join(command)} takes more than {TIMEOUT} seconds"
    return done.stdout + done.stderr if done.returncode else None


def _linked(toolchain: Toolchain, objects: list[Path], others: list[Path], folder: Path) -> Program:
    to = folder / "program"
    command = [*toolchain.command, *toolchain.link_flags(), "-o", str(to), *map(str, (*objects, *others))]
    said = _run(command, folder)
    missing = stubs.undefined(said) if said else []
    if missing:
        text, filled = folder / "stubs.c", folder / "stubs.o"
        text.write_text(stubs.source(missing, stubs.data(missing, objects)), encoding="utf-8")
        _compile(toolchain, [(text, filled, ("-O0", "-ffreestanding", "-fno-pie", "-w"))], folder)
        said = _run([*command, str(filled)], folder)
    if said is not None:
        raise BuildFailed("the module's objects cannot be linked", said)
    return Program(to, tuple(missing))


def symbols(path: Path) -> dict[int, str]:
    """Names of a program's functions and data by address; statics, too.

    Raises:
        BuildFailed: its table of symbols cannot be read.
    """
    words = [tool("nm"), "--defined-only", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise BuildFailed(f"{path} has no table of symbols", done.stderr)
    found: dict[int, str] = {}
    for line in done.stdout.splitlines():
        address, _, name = line.split(maxsplit=2)
        found.setdefault(int(address, 16), name)
    return found
