"""Findings in the words of the Language Server Protocol, whose columns count units of UTF-16."""

from collections.abc import Callable

from lsprotocol import types

from vport.checks.config import Config
from vport.checks.found import Found, all_rules
from vport.lsp.folder import Seen

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


def _units(text: bytes) -> int:
    return len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2


def position(data: bytes, at: int) -> types.Position:
    """The position of a byte offset."""
    begin = data.rfind(b"\n", 0, at) + 1
    return types.Position(data.count(b"\n", 0, at), _units(data[begin:at]))


def range_of(one: Found, data: bytes) -> types.Range:
    """The name of what a finding is about where its line has it, else the whole line without its indent."""
    lines = data.split(b"\n")
    text = lines[one.line - 1].rstrip() if 0 < one.line <= len(lines) else b""
    name = one.variable.rpartition(".")[2].encode()
    begin = text.find(name) if name else -1
    end = begin + len(name) if begin >= 0 else len(text)
    begin = begin if begin >= 0 else len(text) - len(text.lstrip())
    line = max(one.line - 1, 0)
    return types.Range(types.Position(line, _units(text[:begin])), types.Position(line, _units(text[:end])))


def diagnostic(one: Found, seen: Seen, uri: Callable[[str], str]) -> types.Diagnostic:
    """A finding as a diagnostic; the way to it is what is related."""
    return types.Diagnostic(
        range_of(one, seen.data[one.file]),
        f"{one.message.rstrip('.')}. {one.cure}".rstrip() if one.cure else one.message,
        severity=_severity(one, seen.config),
        code=one.id,
        source="vport",
        related_information=[
            types.DiagnosticRelatedInformation(types.Location(uri(s.file), _line(s.line)), s.text or "here")
            for s in one.steps
            if s.file in seen.data
        ],
    )


def _severity(one: Found, config: Config) -> types.DiagnosticSeverity:
    return _SEVERITIES.get(config.severity_of(one.id), types.DiagnosticSeverity.Hint)


def _line(line: int) -> types.Range:
    return types.Range(types.Position(max(line - 1, 0), 0), types.Position(max(line, 1), 0))


def action(one: Found, seen: Seen, uri: Callable[[str], str]) -> types.CodeAction:
    """The cure that a finding carries."""
    changes: dict[str, list[types.TextEdit]] = {}
    for file, edit in one.edits:
        data = seen.data[file]
        where = types.Range(position(data, edit.start), position(data, edit.end))
        changes.setdefault(uri(file), []).append(types.TextEdit(where, edit.new.decode("utf-8", "replace")))
    return types.CodeAction(
        f"{one.id}: {one.cure or all_rules()[one.id].title}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(one, seen, uri)],
        edit=types.WorkspaceEdit(changes=changes),
    )
