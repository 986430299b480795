"""Reading a model file: as data, never executed.

A model file is Python of one kind only: `name = Declaration(...)` with literals, tuples and other declarations in it.
Names that were given to literals before may be used again.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from . import model
from .errors import ModelError
from .slots import DOMAIN_ENDS, DOMAIN_STARTS

FIELDS: dict[str, str] = {
    "Variable": "variables",
    "Sysinit": "sysinits",
    "ModuleEvent": "events",
    "VnetModule": "vnet_modules",
    "Depend": "depends",
    "Sysctl": "sysctls",
    "Entry": "entries",
    "Function": "functions",
    "External": "externals",
    "Pin": "pins",
    "Scenario": "scenarios",
}
"""Declarations that stand alone in a file, and the field of Module that collects them."""

DECLARATIONS: dict[str, type[msgspec.Struct]] = {
    name: value
    for name, value in vars(model).items()
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value is not msgspec.Struct
}

Data = dict[str, Any]


class _File:
    """One model file while it is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.names: dict[str, Any] = {}
        self.runs: list[tuple[ast.Call, str]] = []
        """Slots and module events, and the function that each names."""

    def error(self, node: ast.AST, message: str) -> ModelError:
        return ModelError(f"{self.path}:{getattr(node, 'lineno', 1)}", message)

    def value(self, node: ast.expr) -> Any:
        """The plain data an expression stands for."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Tuple, ast.List)):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Call):
            return self.declaration(node)
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return -node.operand.value  # type: ignore[operator]
        if isinstance(node, ast.Name):
            raise self.error(node, f"`{node.id}` is given no value above; write a literal or a declaration")
        raise self.error(node, f"`{ast.unparse(node)[:60]}` is computed; a model holds literals and declarations only")

    def declaration(self, node: ast.Call) -> Data:
        """A declaration's fields, checked for their names and types."""
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        kind = DECLARATIONS.get(name)
        if kind is None:
            raise self.error(node, f"`{name}` is no declaration of a model; known: {', '.join(sorted(DECLARATIONS))}")
        data = self._fields(node, name, kind)
        try:
            msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            raise self.error(node, f"{name}: {error}; see vport.runtime.model.{name}") from error
        if kind is model.Action and self.path:
            data.setdefault("at", f"{self.path}:{node.lineno}")
        if kind in (model.Sysinit, model.ModuleEvent):
            self.runs.append((node, data.get("function" if kind is model.Sysinit else "handler", "")))
        return data

    def _fields(self, node: ast.Call, name: str, kind: type[msgspec.Struct]) -> Data:
        known = kind.__struct_fields__
        if len(node.args) > len(known):
            raise self.error(node, f"{name} takes {len(known)} fields at most: {', '.join(known)}")
        data: Data = {"type": name} if kind.__struct_config__.tag else {}
        data.update((field, self.value(item)) for field, item in zip(known, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg not in known:
                raise self.error(keyword, f"{name} has no field `{keyword.arg}`; it has {', '.join(known)}")
            if keyword.arg in data:
                raise self.error(keyword, f"{name}: `{keyword.arg}` is given twice")
            data[keyword.arg] = self.value(keyword.value)
        return data


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    """The name and value of `name = value`; a bare expression has no name."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return "", node.value if isinstance(node, ast.Expr) else None


def _statements(tree: ast.Module, file: _File) -> Iterator[tuple[ast.stmt, str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        name, value = _assigned(node)
        if value is None:
            raise file.error(node, "neither an import nor `name = Declaration(...)`; a model file is data")
        if not (isinstance(value, ast.Constant) and isinstance(node, ast.Expr)):
            yield node, name, value


def parse_model(text: str, path: str) -> model.Module:
    """The module that a model file's text declares.

    Arguments:
        text: of the file.
        path: its name, for messages.

    Raises:
        ModelError: the text is no Python, or holds something else than declarations; names file and line.
    """
    return _parsed(text, path)[0]


def _parsed(text: str, path: str) -> tuple[model.Module, _File]:
    file = _File(path)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ModelError(f"{path}:{line}", f"is no Python: {error}; `vport model` writes such files") from error
    gathered: dict[str, list[Any]] = {field: [] for field in FIELDS.values()}
    base: Data | None = None
    for node, name, value in _statements(tree, file):
        data = file.value(value)
        file.names[name] = data
        called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
        if called == "Module":
            if base is not None:
                raise file.error(node, "a second Module; a file declares one")
            base = data
        elif called in FIELDS:
            gathered[FIELDS[called]].append(data)
    if base is None:
        raise ModelError(f"{path}:1", "no `Module(...)` is declared; add `MODULE = Module(name=...)`")
    for field, items in gathered.items():
        base[field] = [*base.get(field, ()), *items]
    return msgspec.convert(base, model.Module), file


def _check_runs(file: _File, made: model.Module) -> None:
    """Whatever a slot or a module event names must be there; the functions that run a domain are the kernel's own."""
    there = {"", *(f.name for f in made.functions), *DOMAIN_STARTS, *DOMAIN_ENDS}
    for node, name in file.runs:
        if name not in there:
            message = f"the model has no function `{name}`: declare a Function of that name, or name one that is there"
            raise file.error(node, message)


def load_model(path: Path) -> model.Module:
    """The module that a model file declares.

    Raises:
        ModelError: it cannot be read, is no model, or names a function it has not; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}:1", f"cannot be read: {error}") from error
    made, file = _parsed(text, str(path))
    _check_runs(file, made)
    return made
