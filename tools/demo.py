"""Port the bundled cloned-interface module: its globals, the diff, and both texts compiled in both builds."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "fixtures" / "modules" / "ifcloned"
DIALECT = "freebsd-13"


def vport(*arguments: str, where: Path, expect: tuple[int, ...] = (0,)) -> bytes:
    """Standard output of a vport command."""
    command = [sys.executable, "-m", "vport", *arguments]
    print(f"\n$ vport {' '.join(arguments)}", flush=True)
    done = subprocess.run(command, cwd=where, stdout=subprocess.PIPE, check=False)
    if done.returncode not in expect:
        sys.exit(f"vport {' '.join(arguments)}: exit {done.returncode}")
    return done.stdout


def compiles(tree: Path, *defines: str) -> bool:
    """Whether cc accepts every file of a tree without a word."""
    include = ROOT / "runtime" / "include"
    files = [str(f) for f in sorted(tree.rglob("*.c"))]
    flags = ["-std=gnu11", "-ffreestanding", "-fno-builtin", "-fsyntax-only", "-Wall", "-Werror", "-D_KERNEL"]
    folders = ["-I", str(include / DIALECT), "-I", str(include / "common"), "-I", str(tree)]
    return subprocess.run(["cc", *flags, *defines, *folders, *files], check=False).returncode == 0


def show_builds(title: str, tree: Path) -> bool:
    """Compile a tree with and without VIMAGE and say how it went."""
    results = {name: compiles(tree, *flags) for name, flags in (("default", ()), ("VIMAGE", ("-DVIMAGE",)))}
    said = ", ".join(f"{name} {'compiles' if ok else 'FAILS'}" for name, ok in results.items())
    print(f"{title}: {said}")
    return all(results.values())


def main() -> int:
    """Run the demonstration; the exit code says whether all compiled."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copytree(MODULE / "input", work / "before")
        shutil.copytree(MODULE / "input", work / "module" / "input")
        shutil.copy(MODULE / "vport.toml", work / "module")
        plan = ["--plan", "module/vport.toml", "module/input"]
        sys.stdout.write(vport("scan", "before", where=work).decode())
        diff = vport("port", *plan, where=work, expect=(0, 1))
        sys.stdout.write(diff.decode("latin-1"))
        vport("port", "--write", *plan, where=work, expect=(0, 1))
        print(f"\n{diff.count(b'VNET_DEFINE')} definitions of state that every network stack now has its own of")
        good = show_builds("before", work / "before")
        return 0 if show_builds("after ", work / "module" / "input") and good and diff else 1


if __name__ == "__main__":
    sys.exit(main())
