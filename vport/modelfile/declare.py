"""A model as Python text, in the form that ruff format leaves alone."""

import ast
import keyword
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from vport.digest import blake2b
from vport.runtime import model
from vport.runtime.load_model import DECLARATIONS, FIELDS

WIDTH = 88
"""Columns of a line; ruff's own default, which a person's checkout most likely has."""

_POSITIONAL = {
    "Condition": 1,
    "Set": 1,
    "Access": 2,
    "Assign": 2,
    "Call": 2,
    "Init": 2,
    "Destroy": 2,
    "Register": 2,
    "Unregister": 2,
    "Base": 2,
    "Enroll": 1,
    "Branch": 1,
    "Loop": 1,
    "Foreach": 1,
    "Arm": 1,
    "Switch": 1,
    "Label": 1,
    "Goto": 1,
    "Return": 1,
    "Scope": 1,
    "Action": 1,
}
"""How many fields of a declaration are written without their names."""

SECTIONS = {
    "Variable": "State.",
    "Sysinit": "Constructors and destructors.",
    "ModuleEvent": "Module events.",
    "VnetModule": "Modules of the containers.",
    "Depend": "",
    "Sysctl": "Sysctls.",
    "Entry": "Functions that the kernel calls through tables.",
    "Function": "Functions.",
    "External": "Calls that leave the module: fill in what you know of the unknown ones.",
    "Pin": "",
    "Scenario": "",
}
"""Declarations in the order of a file, and the comment above the first of each."""

_MARK = "# vport:"


def _text(value: str) -> str:
    """A string literal, in double quotes unless that costs more backslashes."""
    body = repr(value + "\"'")[1:-1].removesuffix("\"\\'")  # with both quotes inside, repr escapes the single ones
    single, double = value.count("'"), value.count('"')
    if double > single:
        return f"'{body}'"
    return '"' + body.replace("\\'", "'").replace('"', '\\"') + '"'


def _literal(value: object, indent: int, used: int) -> str:
    """A value as text; `indent` is that of its line, `used` are the columns beside it on the line."""
    if isinstance(value, msgspec.Struct):
        return _struct(value, indent, used)
    if isinstance(value, tuple):
        return _sequence("(", [(i, "") for i in value], ",)" if len(value) == 1 else ")", indent, used)
    return _text(value) if isinstance(value, str) else repr(value)


def _sequence(opened: str, items: list[tuple[object, str]], closed: str, indent: int, used: int) -> str:
    """`opened item, item closed` on one line if it fits, else an item a line."""
    short = opened + ", ".join(name + _literal(item, 0, -(10**6)) for item, name in items) + closed
    if used + len(short) <= WIDTH and "\n" not in short:
        return short
    if not items:
        return short
    inner = indent + 4
    lines = [f"{' ' * inner}{name}{_literal(item, inner, inner + len(name) + 1)}," for item, name in items]
    return "\n".join([opened, *lines, " " * indent + closed.removeprefix(",")])


def _struct(value: msgspec.Struct, indent: int, used: int) -> str:
    name = type(value).__name__
    fields = list(_fields(value))
    plain = _POSITIONAL.get(name, 0)
    kept: list[tuple[object, str]] = []
    for index, (field, item, default) in enumerate(fields):
        if index < plain:
            kept.append((item, ""))
        elif item != default:
            kept.append((item, f"{field}="))
    return _sequence(f"{name}(", kept, ")", indent, used)


def _fields(value: msgspec.Struct) -> Iterator[tuple[str, Any, Any]]:
    """Fields with their values and defaults; what has no default gets one that equals nothing."""
    for field in msgspec.structs.fields(type(value)):
        default = None if field.default is msgspec.NODEFAULT and field.required else field.default
        yield field.name, getattr(value, field.name), object() if field.required else default


def key_of(value: msgspec.Struct) -> str:
    """What a declaration is known by from one writing to the next: its kind and what it names."""
    parts = {
        "Sysinit": ("kind", "name", "function"),
        "Depend": ("module", "on"),
        "Entry": ("kind", "function", "member", "table"),
        "Pin": ("function", "text"),
        "Sysctl": ("name", "variable", "handler"),
    }.get(type(value).__name__, ("name",))
    return " ".join([type(value).__name__, *(str(getattr(value, part)) for part in parts)])


def identifier(value: msgspec.Struct, taken: set[str]) -> str:
    """A Python name for a declaration that nobody has yet; it is added to `taken`."""
    kind, _, rest = key_of(value).partition(" ")
    base = re.sub(r"\W+", "_", rest).strip("_").lower() or kind.lower()
    base = f"{kind.lower()}_{base}"
    if keyword.iskeyword(base) or base in DECLARATIONS:
        base += "_"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    taken.add(name)
    return name


class _Placeless(ast.NodeTransformer):
    """Takes the places out: code above a function must not make it another one."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        node.keywords = [k for k in node.keywords if k.arg != "at"]
        self.generic_visit(node)
        return node


def digest(statement: str) -> str:
    """Hash of a statement's meaning: comments, spaces, line breaks and places do not count."""
    tree = _Placeless().visit(ast.parse(statement))
    return blake2b(ast.dump(tree).encode(), digest_size=5).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two statements differ in comments and layout only."""
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def mark(statement: str) -> str:
    """The comment that says a statement is vport's own."""
    return f"{_MARK} {digest(statement)}"


def marked(comment: str) -> str:
    """The digest in a trailing comment, empty if there is none."""
    found = re.search(rf"{_MARK} ([0-9a-f]{{10}})\b", comment)
    return found.group(1) if found else ""


def statement(name: str, value: msgspec.Struct) -> str:
    """`name = Declaration(...)`, without a mark but with room for one."""
    return f"{name} = {_literal(value, 0, len(name) + 3 + len('  # vport: 0123456789'))}"


def base_of(module: model.Module) -> model.Module:
    """What a file's `Module(...)` itself holds: all but what stands in declarations of its own."""
    return model.Module(module.name, module.files, loadable=module.loadable)


def declarations(module: model.Module) -> Iterator[tuple[str, list[msgspec.Struct]]]:
    """Declarations by kind, in the order of a file."""
    for kind in SECTIONS:
        yield kind, list(getattr(module, FIELDS[kind]))
