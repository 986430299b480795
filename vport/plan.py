"""vport.toml: decisions as data that a person edits.  Read it, make it, refresh it without losing a word of theirs."""

import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vport.decide import Decision
from vport.errors import UsageError
from vport.read import Read
from vport.rules import data_folder
from vport.tree import Variable

DECISIONS = ("virtualize", "share", "ask")
_KEYS = {"name": str, "file": str, "function": str, "decision": str, "why": list, "note": str, "gone": bool}
_TOP = {"version", "dialect", "variable", "files"}


class Entry(msgspec.Struct, frozen=True):
    """One decision of a plan.

    Arguments:
        name, function: of the variable; function is empty at file scope.
        file: as the plan spells it.
        decision: virtualize, share or ask.
        line: of the entry in the plan.
    """

    name: str
    file: str
    function: str
    decision: str
    line: int


class Plan(msgspec.Struct):
    """A plan as read.

    Arguments:
        path: of the file, `-` for standard input.
        dialect: asked for, or empty.
        entries: in order.
        files: digests of the files it was made from.
    """

    path: str
    dialect: str
    entries: list[Entry]
    files: dict[str, str]


def digest(data: bytes) -> str:
    """What a plan remembers of a file's content."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _entry_lines(text: str) -> list[int]:
    return [i for i, line in enumerate(text.splitlines(), 1) if line.strip() == "[[variable]]"]


def _check_entry(path: str, line: int, raw: Mapping[str, Any]) -> Entry:
    for key, value in raw.items():
        if key not in _KEYS:
            raise UsageError(f"{path}:{line}: unknown key `{key}`; an entry has {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise UsageError(f"{path}:{line}: `{key}` must be a {_KEYS[key].__name__}, not {value!r}")
    for key in ("name", "file", "decision"):
        if key not in raw:
            raise UsageError(
                f"{path}:{line}: `{key}` is missing; every entry names a variable, its file and a decision"
            )
    if raw["decision"] not in DECISIONS:
        raise UsageError(f"{path}:{line}: decision {raw['decision']!r} is none of {', '.join(DECISIONS)}")
    return Entry(raw["name"], raw["file"], raw.get("function", ""), raw["decision"], line)


def parse_plan(text: str, path: str) -> Plan:
    """Read a plan from its text.

    Raises:
        UsageError: it is no TOML, or has unknown keys, wrong types or another version.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not a plan: {error}; mend the line or make a new plan with `vport plan`") from error
    if table.get("version") != 1:
        raise UsageError(f"{path}:1: `version = 1` is missing; this is no plan of this vport")
    for key in table:
        if key not in _TOP:
            raise UsageError(f"{path}: unknown key `{key}`; a plan has {', '.join(sorted(_TOP))}")
    raw, files, dialect = table.get("variable", []), table.get("files", {}), table.get("dialect", "")
    if not isinstance(raw, list) or not all(isinstance(r, dict) for r in raw):
        raise UsageError(f"{path}: `variable` must be a list of tables, written [[variable]]")
    if not isinstance(files, dict) or not isinstance(dialect, str):
        raise UsageError(f"{path}: `files` must be a table and `dialect` a string")
    lines = _entry_lines(text)
    lines += [1] * (len(raw) - len(lines))
    return Plan(path, dialect, [_check_entry(path, n, r) for n, r in zip(lines, raw, strict=False)], files)


def read_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises:
        UsageError: it cannot be read or is no plan.
    """
    try:
        return parse_plan(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}; make a plan with `vport plan PATH -o {path}`") from error


def local_name(plan_folder: Path, root: Path, file: str, known: Mapping[str, object]) -> str:
    """The name a tree knows a plan's file by: relative to the plan, or failing that to the tree's root."""
    beside = os.path.relpath(os.path.abspath(plan_folder / file), os.path.abspath(root))
    return beside if beside in known else file


class Matched(msgspec.Struct):
    """A plan laid over a tree.

    Arguments:
        decided: entry of every variable the plan names.
        unmatched: entries that name nothing in the tree.
        twice: later entries that name what an earlier one named.
        unnamed: variables the plan does not name.
        changed: files whose content differs from what the plan was made from.
    """

    decided: dict[tuple[str, str, str], Entry]
    unmatched: list[Entry]
    twice: list[Entry]
    unnamed: list[Variable]
    changed: list[str]


def match(plan: Plan, read: Read, folder: Path) -> Matched:
    """Find the variables that a plan's entries mean.

    Arguments:
        plan: the plan.
        read: the tree.
        folder: the plan's, which its file names are relative to.
    """
    keys = {v.key: v for v in read.tree.variables}
    result = Matched({}, [], [], [], [])
    for entry in plan.entries:
        key = (local_name(folder, read.root, entry.file, read.data), entry.function, entry.name)
        if key not in keys:
            result.unmatched.append(entry)
        elif key in result.decided:
            result.twice.append(entry)
        else:
            result.decided[key] = entry
    result.unnamed = [v for k, v in keys.items() if k not in result.decided and not v.const and not v.virtual]
    for file, known in plan.files.items():
        name = local_name(folder, read.root, file, read.data)
        if name in read.data and digest(read.data[name]) != known:
            result.changed.append(name)
    return result


def _spelled(folder: Path, read: Read, file: str) -> str:
    return os.path.relpath(os.path.abspath(read.root / file), os.path.abspath(folder))


def _toml_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'


def _block(name: str, file: str, function: str, decision: str, why: Iterable[str]) -> str:
    reasons = ", ".join(_toml_string(w) for w in why)
    return (
        f"\n[[variable]]\nname = {_toml_string(name)}\nfile = {_toml_string(file)}\nfunction = "
        f"{_toml_string(function)}\n"
        f'decision = "{decision}"\nwhy = [{reasons}]\nnote = ""\n'
    )


def _files_block(read: Read, folder: Path, names: Iterable[str]) -> str:
    lines = [f'{_toml_string(_spelled(folder, read, n))} = "{digest(read.data[n])}"' for n in sorted(set(names))]
    return "\n# content the plan was made from\n[files]\n" + "".join(line + "\n" for line in lines)


def _fields(
    read: Read, folder: Path, variable: Variable, decisions: Mapping[tuple[str, str, str], Decision]
) -> dict[str, object]:
    """What an entry of the plan's template shows."""
    decision = decisions[variable.key]
    return {
        "name": variable.name,
        "file": _spelled(folder, read, variable.file),
        "function": variable.function,
        "decision": decision.decision,
        "why": list(decision.why),
    }


def new_plan(
    read: Read,
    folder: Path,
    dialect: str,
    variables: list[Variable],
    decisions: Mapping[tuple[str, str, str], Decision],
) -> str:
    """The text of a fresh plan.

    Arguments:
        read: the tree.
        folder: where the plan will lie; file names are relative to it.
        dialect: to be written.
        variables: to name, in order.
        decisions: for each of them.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(data_folder("templates")),
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["toml"] = _toml_string
    files = sorted({v.file for v in variables})
    return environment.get_template("plan.toml.j2").render(
        dialect=dialect,
        variables=[_fields(read, folder, v, decisions) for v in variables],
        files=[(_spelled(folder, read, f), digest(read.data[f])) for f in files],
    )


def refresh_plan(
    text: str,
    path: str,
    read: Read,
    folder: Path,
    variables: list[Variable],
    decisions: Mapping[tuple[str, str, str], Decision],
) -> str:
    """A plan brought up to date: decisions, notes, comments and order of the person stay.

    New variables are added at the end, entries without a variable get `gone = true`, `why` follows the source.
    """
    import tomlkit

    plan = parse_plan(text, path)
    document = tomlkit.parse(text)
    known = {v.key for v in variables}
    seen: set[tuple[str, str, str]] = set()
    for entry, table in zip(plan.entries, document.get("variable", []), strict=True):
        key = (local_name(folder, read.root, entry.file, read.data), entry.function, entry.name)
        seen.add(key)
        if key in known:
            table.pop("gone", None)
            if list(table.get("why", [])) != list(decisions[key].why):
                table["why"] = list(decisions[key].why)
        elif key not in {v.key for v in read.tree.variables}:
            table["gone"] = True
    document.pop("files", None)
    kept = tomlkit.dumps(document).replace("\n# content the plan was made from\n", "\n").rstrip("\n") + "\n"
    added = [v for v in variables if v.key not in seen]
    blocks = [
        _block(v.name, _spelled(folder, read, v.file), v.function, decisions[v.key].decision, decisions[v.key].why)
        for v in added
    ]
    return kept + "".join(blocks) + _files_block(read, folder, (v.file for v in variables))
