"""vport.toml: decisions as data that a person edits.  Read it, make it, refresh it without losing a word of theirs."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vport.decide import Decision
from vport.digest import blake2b
from vport.errors import UsageError
from vport.life.objects import Object
from vport.names import spell, unspell
from vport.patterns import later
from vport.plan_objects import ObjectEntry, object_block, parse_objects
from vport.read import Read
from vport.rules import data_folder
from vport.tree import Variable

DECISIONS = ("virtualize", "share", "ask")
_KEYS = {"name": str, "file": str, "function": str, "decision": str, "why": list, "note": str, "gone": bool}
_HEADING = later(
    r"""^[ \t]*(\[\[[ \t]*(?:variable|"variable"|'variable')[ \t]*\]\])|\#[^\n]*"""
    r"""|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""",
    re.MULTILINE | re.DOTALL,
)
"""A heading of an entry, or a comment or string, inside which there is none."""
_TOP = {"version", "dialect", "variable", "object", "files", "check"}


class Entry(msgspec.Struct, frozen=True):
    """One decision of a plan.

    Arguments:
        name, function: of the variable; function is empty at file scope.
        file: as the plan spells it.
        decision: virtualize, share or ask.
        line: of the entry in the plan.
        gone: a refresh found no such variable any more.
        why: classes of evidence behind the decision.
        note: the person's own words.
    """

    name: str
    file: str
    function: str
    decision: str
    line: int
    gone: bool = False
    why: tuple[str, ...] = ()
    note: str = ""


class Plan(msgspec.Struct):
    """A plan as read.

    Arguments:
        path: of the file, `-` for standard input.
        dialect: asked for, or empty.
        entries: in order.
        files: digests of the files it was made from.
        objects: structures that may keep the vnet of their objects.
    """

    path: str
    dialect: str
    entries: list[Entry]
    files: dict[str, str]
    objects: list[ObjectEntry] = []


def digest(data: bytes) -> str:
    """What a plan remembers of a file's content."""
    return blake2b(data, digest_size=8).hexdigest()


def _entry_lines(text: str) -> list[int]:
    return [text.count("\n", 0, m.start(1)) + 1 for m in _HEADING.finditer(text) if m.group(1)]


def _check_entry(path: str, line: int, raw: Mapping[str, Any]) -> Entry:
    for key, value in raw.items():
        if key not in _KEYS:
            raise UsageError(f"{path}:{line}: unknown key `{key}`; an entry has {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise UsageError(f"{path}:{line}: `{key}` must be a {_KEYS[key].__name__}, not {value!r}")
    if not all(isinstance(reason, str) for reason in raw.get("why", [])):
        raise UsageError(f"{path}:{line}: `why` must be a list of strings, not {raw['why']!r}")
    for key in ("name", "file", "decision"):
        if key not in raw:
            raise UsageError(
                f"{path}:{line}: `{key}` is missing; every entry names a variable, its file and a decision"
            )
    if raw["decision"] not in DECISIONS:
        raise UsageError(f"{path}:{line}: decision {raw['decision']!r} is none of {', '.join(DECISIONS)}")
    file, function = unspell(raw["file"]), raw.get("function", "")
    why, note = tuple(raw.get("why", ())), raw.get("note", "")
    return Entry(raw["name"], file, function, raw["decision"], line, raw.get("gone", False), why, note)


def parse_plan(text: str, path: str) -> Plan:
    """Read a plan from its text.

    Raises:
        UsageError: it is no TOML, or has unknown keys, wrong types or another version.
    """
    import tomllib  # here, for most checks have no plan

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not a plan: {error}; mend the line or make a new plan with `vport plan`") from error
    except RecursionError as error:
        raise UsageError(f"{path}: not a plan: nested too deeply; make a new plan with `vport plan`") from error
    if type(table.get("version")) is not int or table["version"] != 1:
        raise UsageError(f"{path}:1: `version = 1` is missing; this is no plan of this vport")
    for key in table:
        if key not in _TOP:
            raise UsageError(f"{path}: unknown key `{key}`; a plan has {', '.join(sorted(_TOP))}")
    raw, files, dialect = table.get("variable", []), table.get("files", {}), table.get("dialect", "")
    if not isinstance(raw, list) or not all(isinstance(r, dict) for r in raw):
        raise UsageError(f"{path}: `variable` must be a list of tables, written [[variable]]")
    if not isinstance(files, dict) or not isinstance(dialect, str):
        raise UsageError(f"{path}: `files` must be a table and `dialect` a string")
    if not all(isinstance(known, str) for known in files.values()):
        raise UsageError(f"{path}: `files` must hold digests, which are strings; refresh it with `vport plan`")
    files = {unspell(name): known for name, known in files.items()}
    lines = _entry_lines(text)
    lines += [1] * (len(raw) - len(lines))
    entries = [_check_entry(path, n, r) for n, r in zip(lines, raw, strict=False)]
    return Plan(path, dialect, entries, files, parse_objects(path, table.get("object", [])))


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
        unmatched: entries that name nothing in the tree and are not marked as gone.
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
            result.unmatched += [] if entry.gone else [entry]
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
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def _block(name: str, file: str, function: str, decision: str, why: Iterable[str]) -> str:
    reasons = ", ".join(_toml_string(w) for w in why)
    return (
        f"\n[[variable]]\nname = {_toml_string(name)}\nfile = {_toml_string(file)}\nfunction = "
        f"{_toml_string(function)}\n"
        f'decision = "{decision}"\nwhy = [{reasons}]\nnote = ""\n'
    )


def _files_block(read: Read, folder: Path, names: Iterable[str], kept: Mapping[str, str]) -> str:
    """The digests: `kept` ones, and those of `names` as they were just read."""
    files = {**kept, **{_spelled(folder, read, n): digest(read.data[n]) for n in names}}
    lines = [f"{_toml_string(spell(name))} = {_toml_string(files[name])}" for name in sorted(files)]
    return "\n# content the plan was made from\n[files]\n" + "".join(line + "\n" for line in lines)


def _fields(
    read: Read, folder: Path, variable: Variable, decisions: Mapping[tuple[str, str, str], Decision]
) -> dict[str, Any]:
    """What an entry of the plan's template shows."""
    decision = decisions[variable.key]
    return {
        "name": variable.name,
        "file": spell(_spelled(folder, read, variable.file)),
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
    objects: Iterable[Object] = (),
) -> str:
    """The text of a fresh plan.

    Arguments:
        read: the tree.
        folder: where the plan will lie; file names are relative to it.
        dialect: to be written.
        variables: to name, in order.
        decisions: for each of them.
        objects: structures that could keep the vnet of their objects.
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
        objects=[object_block(o, spell(_spelled(folder, read, o.file))) for o in objects],
        files=[(spell(_spelled(folder, read, f)), digest(read.data[f])) for f in files],
    )


def _was_looked_for(read: Read, folder: Path, file: str) -> bool:
    """Whether the tree would show what is in a plan's file: it was read, or it is no longer there to be read.

    Files that were merely not among those read this time say nothing about their variables.
    """
    if local_name(folder, read.root, file, read.data) in read.data:
        return True
    if "\0" in file or not read.root.is_dir():
        return False
    return not (os.path.lexists(folder / file) or os.path.lexists(read.root / file))


def _without_files(document: Any) -> str:
    """The text without the digests; comments that a person put behind them stay where they are."""
    import tomlkit.items

    table, text = document.get("files"), tomlkit.dumps(document)
    block = re.search(r"^[ \t]*\[[ \t]*files[ \t]*\][^\n]*\n", text, re.MULTILINE)
    if isinstance(table, tomlkit.items.Table) and block and text.startswith(body := table.as_string(), block.end()):
        said = "".join(item.as_string() for key, item in table.value.body if key is None)
        text = text[: block.start()] + said + text[block.end() + len(body) :]
    else:
        document.pop("files", None)
        text = tomlkit.dumps(document)
    return text.replace("\n# content the plan was made from\n", "\n").rstrip("\n") + "\n"


def refresh_plan(
    text: str,
    path: str,
    read: Read,
    folder: Path,
    variables: list[Variable],
    decisions: Mapping[tuple[str, str, str], Decision],
    dialect: str | None = None,
    objects: Iterable[Object] = (),
) -> str:
    """A plan brought up to date: decisions, notes, comments and order of the person stay.

    New variables and objects are added at the end, entries without a variable get `gone = true`, `why` follows the
    source.  What stands in files that were not read is left alone, and so is the dialect unless another is given.
    """
    import tomlkit
    import tomlkit.items

    plan = parse_plan(text, path)
    document = tomlkit.parse(text)
    if dialect is not None and dialect != plan.dialect:
        document["dialect"] = dialect
    known, present = {v.key for v in variables}, {v.key for v in read.tree.variables}
    seen: set[tuple[str, str, str]] = set()
    for entry, table in zip(plan.entries, document.get("variable", []), strict=True):
        key = (local_name(folder, read.root, entry.file, read.data), entry.function, entry.name)
        seen.add(key)
        if key in known:
            table.pop("gone", None)
            if list(table.get("why", [])) != list(decisions[key].why):
                table["why"] = list(decisions[key].why)
        elif key not in present and _was_looked_for(read, folder, entry.file):
            table["gone"] = True
    added = [_fields(read, folder, v, decisions) for v in variables if v.key not in seen]
    if isinstance(document.get("variable"), tomlkit.items.Array):
        for fields in added:
            document["variable"].append(fields)
        added = []
    files = {file: known for file, known in plan.files.items() if not _was_looked_for(read, folder, file)}
    blocks = "".join(_block(**fields) for fields in added)
    named = {entry.tag for entry in plan.objects}
    blocks += "".join(object_block(o, spell(_spelled(folder, read, o.file))) for o in objects if o.tag not in named)
    return _without_files(document) + blocks + _files_block(read, folder, (v.file for v in variables), files)
