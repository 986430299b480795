"""From C files to a program: the library once, the objects of modules between marks, stubs for what nobody defines."""

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from . import stubs
from .errors import BuildFailed
from .toolchain import Toolchain

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parent / "include"
NATIVE = HERE / "include"
LIBRARY = HERE / "src"
MARK = LIBRARY / "mark.c"
"""Stands before and behind the objects of each module, so that the library can tell modules apart."""
HOST = "host"
"""What the names of those files of the library begin with that see the C library, not the kernel."""
KERNEL = ("-ffreestanding", "-fno-builtin", "-D_KERNEL", "-DVPORT_NATIVE", "-DINET", "-DINET6", "-Wno-unused")
"""As a kernel of both protocols is built."""
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
    """

    name: str
    root: Path
    files: tuple[str, ...]


class Program(msgspec.Struct, frozen=True):
    """Modules and a kernel, linked.

    Arguments:
        path: to start it.
        release: of the kernel.
        stubs: names that nobody defines, so that their calls are only told.
    """

    path: Path
    release: str = "13"
    stubs: tuple[str, ...] = ()


class Build(msgspec.Struct, frozen=True):
    """What to build with.

    Arguments:
        toolchain: the compiler.
        vimage: whether with the option VIMAGE.
        release: `2010`, `13` or `main`.
        cache: folder to keep the library's objects in; one below the system's for temporary files if there is none.
        dialect: whose headers, a folder of runtime/include; those of the release if empty.
    """

    toolchain: Toolchain
    vimage: bool = True
    release: str = "13"
    cache: Path | None = None
    dialect: str = ""

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of headers, the first to look in first."""
        return NATIVE, INCLUDE / (self.dialect or DIALECTS[self.release]), INCLUDE / "common"

    def kernel_flags(self) -> tuple[str, ...]:
        """Options for a file that sees the kernel's headers, but for the folders of a module itself."""
        build = ("-DVIMAGE",) if self.vimage else ()
        return (*self.toolchain.flags(), *KERNEL, *build, *(f"-I{folder}" for folder in self.folders))

    def module_flags(self, root: Path) -> tuple[str, ...]:
        """Options for a file of a module, whose places are told relative to `root`."""
        return (*self.kernel_flags(), f"-fdebug-prefix-map={root.resolve()}=.")

    def flags(self, path: Path) -> tuple[str, ...]:
        """Options for a file of the library."""
        return self.toolchain.flags() if path.name.startswith(HOST) else (*self.kernel_flags(), f"-I{LIBRARY}")

    def digest(self) -> str:
        """Names everything that the library hangs on: compiler, options, the text of its sources and headers."""
        hashed = hashlib.blake2b(digest_size=16)
        hashed.update("\0".join((*self.toolchain.command, self.toolchain.version, *self.flags(MARK))).encode())
        for path in sorted(p for folder in (LIBRARY, *self.folders) for p in folder.rglob("*.[ch]")):
            hashed.update(f"\0{path.name}\0".encode() + path.read_bytes())
        return hashed.hexdigest()

    def kept(self) -> Path:
        """The folder for what is built once."""
        cache = self.cache or Path(tempfile.gettempdir(), f"vport-{os.getuid()}")
        return cache / "native" / self.digest()


def library(build: Build) -> list[Path]:
    """The objects of the library, built once for a compiler, its options and the text of the library.

    Raises:
        BuildFailed: the library does not compile.
    """
    kept = build.kept()
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = Path(tempfile.mkdtemp(dir=kept.parent))
        try:
            paths = [path for path in sorted(LIBRARY.glob("*.c")) if path != MARK]
            jobs = [(path, new / f"{path.stem}.o", build.flags(path)) for path in paths]
            compile_files(build.toolchain, jobs, LIBRARY)
            (new / "marks").mkdir()
            _keep(new, kept)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return sorted(kept.glob("*.o"))


def _keep(new: Path, kept: Path) -> None:
    """Give what is finished its name; another process that was faster has made the same."""
    try:
        new.rename(kept)
    except OSError:
        if not kept.exists():
            raise


def _marks(build: Build, name: str) -> tuple[Path, Path]:
    """The objects before and behind a module's own, kept by the module's name."""
    kept = build.kept() / "marks" / hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    first, last = kept / "first.o", kept / "last.o"
    if not kept.exists():
        new = Path(tempfile.mkdtemp(dir=kept.parent))
        try:
            flags = [*build.flags(MARK), f"-DVPORT_MODULE={_quoted(name)}"]
            jobs = [(MARK, new / first.name, flags), (MARK, new / last.name, [*flags, "-DVPORT_LAST"])]
            compile_files(build.toolchain, jobs, LIBRARY)
            _keep(new, kept)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return first, last


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def program(modules: Sequence[Sources], build: Build, folder: Path) -> Program:
    """Build modules into a program.

    Arguments:
        modules: one or more.
        build: what to build with.
        folder: for objects and the program.

    Raises:
        BuildFailed: the compiler or the linker refuses; it has their words.
    """
    others = library(build)
    own: list[Path] = []
    linked: list[Path] = []
    for number, module in enumerate(modules):
        first, last = _marks(build, module.name)
        objects = [folder / f"{number}-{index}.o" for index, _ in enumerate(module.files)]
        compile_files(build.toolchain, list(_jobs(module, objects, build)), module.root)
        own += objects
        linked += [first, *objects, last]
    return link(build, own, [*linked, *others], folder)


def _jobs(module: Sources, objects: Iterable[Path], build: Build) -> Iterator["Job"]:
    """One compilation a file; headers are looked for in the tree's root and in the file's own folder."""
    flags = build.module_flags(module.root)
    for name, to in zip(module.files, objects, strict=True):
        folders = dict.fromkeys((".", str(Path(name).parent)))
        yield Path(name), to, (*flags, *(f"-I{folder}" for folder in folders))


Job = tuple[Path, Path, Iterable[str]]
"""A C file, its object and options."""


def compile_files(toolchain: Toolchain, jobs: Sequence[Job], cwd: Path) -> None:
    """Compile files side by side, in the folder that their names are relative to.

    Raises:
        BuildFailed: the compiler refuses one; it has its words.
    """
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


def link(build: Build, own: Sequence[Path], linked: Sequence[Path], folder: Path) -> Program:
    """Link objects, with stubs for what nobody defines.

    Arguments:
        build: what to build with.
        own: objects of modules.
        linked: all objects, in the order of linking.
        folder: for the program.

    Raises:
        BuildFailed: the linker refuses; it has its words.
    """
    to = folder / "program"
    command = [*build.toolchain.command, *build.toolchain.link_flags(), "-o", str(to), *map(str, linked)]
    said = _run(command, folder)
    missing = stubs.undefined(said) if said else []
    if missing:
        text, filled = folder / "stubs.c", folder / "stubs.o"
        text.write_text(stubs.source(missing, stubs.data(missing, own)), encoding="utf-8")
        compile_files(build.toolchain, [(text, filled, ("-O0", "-ffreestanding", "-fno-pie", "-w"))], folder)
        said = _run([*command, str(filled)], folder)
    if said is not None:
        raise BuildFailed("the module's objects cannot be linked", said)
    return Program(to, build.release, tuple(missing))
