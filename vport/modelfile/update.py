"""Writing a model file, and writing it again without losing a word that a person put into it.

A declaration that nobody changed is written anew; one that was changed, or that a person added, stays.  libcst keeps
comments, blank lines and order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import libcst
import msgspec

from vport.errors import UsageError
from vport.modelfile.declare import (
    SECTIONS,
    base_of,
    declarations,
    digest,
    identifier,
    key_of,
    mark,
    marked,
    same,
    statement,
)
from vport.modelfile.text import render
from vport.runtime import model
from vport.runtime.errors import ModelError
from vport.runtime.load_model import DECLARATIONS, parse_model

_EMPTY = libcst.Module([])


class Updated(NamedTuple):
    """A model file's new text, and what a person should know: a line each."""

    text: str
    notes: list[str]


class _Old(NamedTuple):
    """A declaration of the file as it is."""

    at: int
    name: str
    key: str
    digest: str
    mark: str
    node: libcst.SimpleStatementLine


def _code(node: libcst.SimpleStatementLine) -> str:
    """The statement alone: no comments before or after it."""
    return _EMPTY.code_for_node(node.with_changes(leading_lines=[], trailing_whitespace=libcst.TrailingWhitespace()))


def _declared(node: libcst.CSTNode) -> tuple[str, str]:
    """Name and declaration of `name = Declaration(...)`; empty for anything else."""
    if not isinstance(node, libcst.SimpleStatementLine) or len(node.body) != 1:
        return "", ""
    small = node.body[0]
    if not isinstance(small, libcst.Assign) or not isinstance(small.value, libcst.Call):
        return "", ""
    target, called = small.targets[0].target, small.value.func
    if isinstance(target, libcst.Name) and isinstance(called, libcst.Name) and called.value in DECLARATIONS:
        return target.value, called.value
    return "", ""


def _key(code: str, kind: str) -> str:
    """The key of the declaration in a statement; a broken one is told by parse_model before this is asked."""
    text = code if kind == "Module" else f"MODULE = Module('')\n{code}"
    read = parse_model(text, "")
    if kind == "Module":
        return "Module"
    return next(key_of(items[0]) for _, items in declarations(read) if items)


def _old_of(tree: libcst.Module) -> list[_Old]:
    found = []
    for index, node in enumerate(tree.body):
        name, kind = _declared(node)
        if name and isinstance(node, libcst.SimpleStatementLine) and (kind in SECTIONS or kind == "Module"):
            code = _code(node)
            comment = node.trailing_whitespace.comment
            had = marked(comment.value) if comment else ""
            found.append(_Old(index, name, _key(code, kind), digest(code), had, node))
    return found


def _line(node: libcst.CSTNode, tree: libcst.Module) -> int:
    """The line a statement begins on."""
    before = tree.with_changes(body=tree.body[: tree.body.index(node)])
    lines = before.code.count("\n")
    return lines + len(getattr(node, "leading_lines", ())) + 1


def _statement_node(code: str, old: libcst.SimpleStatementLine | None = None) -> libcst.SimpleStatementLine:
    """A marked statement; it keeps the lines above the one it replaces, and the words after its mark."""
    made = libcst.parse_module(f"{code}  {mark(code)}\n").body[0]
    assert isinstance(made, libcst.SimpleStatementLine)
    if old is None:
        return made
    kept = list(old.leading_lines) + [libcst.EmptyLine(comment=comment) for comment in _inner_comments(old)]
    words = (old.trailing_whitespace.comment or libcst.Comment("#")).value.partition(marked_part(old))[2].strip()
    after = made.trailing_whitespace
    if words and after.comment is not None:
        after = after.with_changes(comment=libcst.Comment(f"{after.comment.value}  {words}"))
    return made.with_changes(leading_lines=kept, trailing_whitespace=after)


def marked_part(node: libcst.SimpleStatementLine) -> str:
    """The mark in a statement's trailing comment; what follows it is a person's."""
    comment = node.trailing_whitespace.comment
    found = marked(comment.value) if comment else ""
    return f"# vport: {found}" if found else "\0"


def _inner_comments(node: libcst.SimpleStatementLine) -> list[libcst.Comment]:
    """Comments a person wrote inside a statement."""

    class Find(libcst.CSTVisitor):
        def __init__(self) -> None:
            self.found: list[libcst.Comment] = []

        def visit_Comment(self, node: libcst.Comment) -> None:
            self.found.append(node)

    finder = Find()
    node.with_changes(leading_lines=[], trailing_whitespace=libcst.TrailingWhitespace()).visit(finder)
    return finder.found


class _Update:
    """One update."""

    def __init__(self, path: str, tree: libcst.Module, module: model.Module) -> None:
        self.path, self.tree, self.module = path, tree, module
        self.old = _old_of(tree)
        self.notes: list[str] = []
        self.taken = {old.name for old in self.old}
        self.fresh = self._fresh()
        self.footer: list[libcst.EmptyLine] = []

    def _fresh(self) -> dict[str, msgspec.Struct]:
        found: dict[str, msgspec.Struct] = {"Module": base_of(self.module)}
        for _, items in declarations(self.module):
            for item in items:
                found.setdefault(key_of(item), item)
        return found

    def note(self, old: _Old, message: str) -> None:
        self.notes.append(f"{self.path}:{_line(old.node, self.tree)}: {old.name}: {message}")

    def replaced(self) -> list[libcst.BaseStatement]:
        """The statements of the file, each as it shall be."""
        by_index = {old.at: old for old in self.old}
        body: list[libcst.BaseStatement] = []
        spare: list[libcst.EmptyLine] = []
        for index, node in enumerate(self.tree.body):
            kept = self._kept(by_index[index]) if index in by_index else node
            if kept is None:
                spare += self._words(by_index[index])
                continue
            if spare and isinstance(kept, libcst.SimpleStatementLine):
                kept, spare = kept.with_changes(leading_lines=[*spare, *kept.leading_lines]), []
            body.append(kept)
        self.footer = spare
        return body

    def _words(self, old: _Old) -> list[libcst.EmptyLine]:
        """A person's comments at a declaration that goes."""
        lines = [line for line in old.node.leading_lines if line.comment]
        return lines + [libcst.EmptyLine(comment=comment) for comment in _inner_comments(old.node)]

    def _kept(self, old: _Old) -> libcst.BaseStatement | libcst.SimpleStatementLine | None:
        new = self.fresh.get(old.key)
        if not old.mark:
            return old.node
        touched = old.digest != old.mark
        if new is None:
            if touched:
                self.note(
                    old, "nothing in the C answers to it any more; it stays, as you changed it: remove it by hand"
                )
                return old.node
            self.note(old, "is gone from the C; removed")
            return None
        code = statement(old.name, new)
        if same(code, _code(old.node)):
            return old.node
        if not touched:
            return _statement_node(code, old.node)
        if digest(code) != old.mark:
            self.note(old, "the C changed under your edit; yours stays.  Drop its `# vport:` comment to hear no more")
        return old.node

    def added(self, body: list[libcst.BaseStatement]) -> list[libcst.BaseStatement]:
        """The statements with what is new, each behind the last of its kind."""
        known = {old.key for old in self.old}
        for key, item in self.fresh.items():
            if key in known:
                continue
            node = _statement_node(statement(identifier(item, self.taken), item))
            body.insert(_place(body, type(item).__name__), node)
        return body


def _place(body: Sequence[libcst.BaseStatement], kind: str) -> int:
    """Where a new declaration goes: behind the last of its kind, or of the kinds that come before it."""
    order = ["Module", *SECTIONS]
    last = 0
    for index, node in enumerate(body):
        found = _declared(node)[1]
        if not found or (found in order and order.index(found) <= order.index(kind)):
            last = index + 1
    return last


def _names_used(module: libcst.Module) -> set[str]:
    class Find(libcst.CSTVisitor):
        def __init__(self) -> None:
            self.found: set[str] = set()

        def visit_Call(self, node: libcst.Call) -> None:
            if isinstance(node.func, libcst.Name):
                self.found.add(node.func.value)

    finder = Find()
    module.visit(finder)
    return finder.found & set(DECLARATIONS)


def _import(tree: libcst.Module) -> libcst.Module:
    """The tree with an import that names what is used."""
    for index, node in enumerate(tree.body):
        if not isinstance(node, libcst.SimpleStatementLine) or not isinstance(node.body[0], libcst.ImportFrom):
            continue
        if _EMPTY.code_for_node(node.body[0].module) != "vport.runtime.model":  # type: ignore[arg-type]
            continue
        had = {a.name.value for a in node.body[0].names if isinstance(a.name, libcst.Name)}  # type: ignore[union-attr]
        names = _names_used(tree) | had
        if names == had:
            return tree
        text = "from vport.runtime.model import (\n" + "".join(f"    {n},\n" for n in sorted(names)) + ")\n"
        made = libcst.parse_module(text).body[0]
        assert isinstance(made, libcst.SimpleStatementLine)
        made = made.with_changes(leading_lines=node.leading_lines)
        return tree.with_changes(body=[*tree.body[:index], made, *tree.body[index + 1 :]])
    return tree


def _misfits(path: str, read: model.Module, fresh: model.Module) -> list[str]:
    """What a person wrote that answers to nothing in the C."""
    functions = {f.name: f for f in read.functions}
    called = {e.name for e in fresh.externals}
    notes = []
    for pin in read.pins:
        if pin.function not in functions:
            notes.append(f"{path}: Pin of {pin.function}: there is no such function; remove it")
        elif pin.text not in conditions(functions[pin.function]):
            notes.append(f"{path}: Pin of {pin.function}: no branch on `{pin.text}` is left in it; remove or reword it")
    notes += [f"{path}: External {e.name}: nothing calls it any more" for e in read.externals if e.name not in called]
    return notes


def conditions(value: object) -> set[str]:
    """Texts of all conditions in a function."""
    if isinstance(value, tuple):
        return set().union(*(conditions(item) for item in value)) if value else set()
    if not isinstance(value, msgspec.Struct):
        return set()
    own = {value.text} if isinstance(value, model.Condition) else set()
    return own.union(*(conditions(getattr(value, name)) for name in value.__struct_fields__))


def update(old: str, path: str, module: model.Module) -> Updated:
    """A model file's text brought up to date.

    Arguments:
        old: the file's text; empty writes a new one.
        path: its name, for messages.
        module: what the C says now.

    Raises:
        UsageError: the file is no model, or no Python; names file and line.
    """
    if not old.strip():
        return Updated(render(module), [])
    try:
        parse_model(old, path)
        tree = libcst.parse_module(old)
    except (ModelError, libcst.ParserSyntaxError) as error:
        raise UsageError(f"{error}.  Mend it, or write the model to another file") from error
    work = _Update(path, tree, module)
    body = work.added(work.replaced())
    made = _import(tree.with_changes(body=body, footer=[*work.footer, *tree.footer]))
    return Updated(made.code, [*work.notes, *_misfits(path, parse_model(made.code, path), module)])
