"""Build the wheel, install it into a clean environment, and use it there as a newcomer would."""

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = b"#include <sys/param.h>\n\nstatic int frob_ttl = 7;\n\nint\nfrob_get(void)\n{\n\n\treturn (frob_ttl);\n}\n"
PLAN = (
    'version = 1\ndialect = "freebsd-13"\n[[variable]]\nname = "frob_ttl"\nfile = "frob.c"\ndecision = "virtualize"\n'
)


def run(*command: str, where: Path, expect: int = 0) -> str:
    """Output of a command, which must end as expected."""
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode != expect:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """The wheel, built into `folder`."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT), where=ROOT)
    return next(folder.glob("vport-*.whl"))


def top_level(python: Path, where: Path) -> set[str]:
    """Top-level names the wheel brings."""
    code = "import importlib.metadata as m; print(*{f.parts[0] for f in m.files('vport') if '..' not in f.parts})"
    return {n for n in run(str(python), "-c", code, where=where).split() if not n.endswith(".dist-info")}


def main() -> None:
    """Build, install, try."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel), where=folder)
        vport = str(folder / "env" / "bin" / "vport")
        tree = folder / "tree"
        tree.mkdir()
        (tree / "frob.c").write_bytes(SOURCE)
        (tree / "vport.toml").write_text(PLAN)
        assert "vport" in run(vport, "--version", where=folder)
        assert "frob_ttl" in run(vport, "scan", "--no-cache", "tree", where=folder)
        run(vport, "port", "--no-cache", "tree", "--write", where=folder)
        assert b"VNET_DEFINE_STATIC(int, frob_ttl) = 7;" in (tree / "frob.c").read_bytes()
        run(vport, "port", "--no-cache", "tree", "--check", where=folder)
        if any(map(shutil.which, ("cc", "gcc", "clang"))):
            run(vport, "run", "--native", "--no-cache", "--no-trace", "tree", where=folder)
        found = top_level(python, folder)
        assert found == {"vport"}, f"the wheel puts {found} into site-packages"
        print(f"{wheel.name}: built, installed and tried")


if __name__ == "__main__":
    main()
