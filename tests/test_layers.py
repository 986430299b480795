"""The layers of the design: who may import whom, read from the import statements."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOOR = {"vport.source", "vport.edits", "vport.outcome", "vport.rules", "vport.errors"}
LATER = (
    "vport.facts",
    "vport.tree",
    "vport.passes",
    "vport.uses",
    "vport.read",
    "vport.job",
    "vport.port",
    "vport.plan",
)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever the statement stands; `from a import b` counts as a and a.b."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = (
                ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
                if node.level
                else node.module
            )
            assert base is not None
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


IMPORTS = {module_of(p): set(imported(p)) for top in ("vport", "runtime") for p in sorted((ROOT / top).rglob("*.py"))}


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def offenders(*, who: tuple[str, ...], whom: tuple[str, ...]) -> list[str]:
    """`module imports module` for each import of `whom` by a module of `who`."""
    return [
        f"{module} imports {name}"
        for module, names in IMPORTS.items()
        for name in sorted(names)
        if below(module, *who) and below(name, *whom)
    ]


def test_there_is_something_to_look_at() -> None:
    assert IMPORTS.keys() >= FLOOR
    assert "vport.errors" in IMPORTS["vport.rules"]


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        pytest.param(tuple(FLOOR), ("vport.c",), id="the_ground_floor_knows_nothing_of_C"),
        pytest.param(("vport.c",), LATER, id="reading_C_knows_nothing_of_what_is_made_of_it"),
        pytest.param(("vport.c",), ("vport.cache", "vport.discover", "vport.pool"), id="reading_C_touches_no_files"),
        pytest.param(
            ("vport.facts", "vport.uses"),
            ("vport.tree", "vport.read", "vport.job", "vport.passes"),
            id="facts_know_one_file",
        ),
        pytest.param(
            ("vport.tree",),
            ("vport.decide", "vport.evidence", "vport.plan", "vport.job", "vport.passes"),
            id="the_tree_decides_nothing",
        ),
        pytest.param(
            ("vport.passes",),
            ("vport.commands", "vport.report", "vport.plan", "vport.decide", "vport.save"),
            id="passes_print_and_decide_nothing",
        ),
        pytest.param(
            ("vport.decide", "vport.evidence"),
            ("vport.plan", "vport.passes", "vport.port", "vport.job"),
            id="decisions_come_before_passes",
        ),
        pytest.param(
            ("vport.report",), ("vport.commands", "vport.passes", "vport.port", "vport.save"), id="reports_only_show"
        ),
        pytest.param(("runtime",), ("vport",), id="the_runtime_is_usable_alone"),
    ],
)
def test_layers(who: tuple[str, ...], whom: tuple[str, ...]) -> None:
    assert offenders(who=who, whom=whom) == []


def test_only_the_console_script_imports_verbs() -> None:
    found = offenders(who=("vport",), whom=("vport.commands",))
    assert [o for o in found if not o.startswith(("vport.commands.", "vport.cli "))] == []


def test_verbs_do_not_import_each_other() -> None:
    found = offenders(who=("vport.commands",), whom=("vport.commands",))
    assert [o for o in found if "imports vport.commands._" not in o and not o.endswith("imports vport.commands")] == []


def test_no_text_but_that_of_edits_is_changed_by_passes() -> None:
    assert offenders(who=("vport.passes",), whom=("os", "shutil", "tempfile", "pathlib", "subprocess")) == []


def test_only_what_asks_git_or_compiles_starts_programs() -> None:
    assert {o.split()[0] for o in offenders(who=("vport",), whom=("subprocess", "pty"))} == {
        "vport.git",
        "vport.proof.programs",
    }


def test_no_module_is_in_a_circle() -> None:
    graph = {m: {n for n in names if n in IMPORTS and n != m} for m, names in IMPORTS.items()}
    while leaves := {m for m, names in graph.items() if not names}:
        graph = {m: names - leaves for m, names in graph.items() if m not in leaves}
    assert graph == {}


def test_the_runtime_imports_nothing_of_vport() -> None:
    assert offenders(who=("runtime",), whom=("vport",)) == []
    assert offenders(who=("runtime",), whom=("tree_sitter", "pycparser", "click")) == []
