"""The language server, as an editor talks to it over a pipe."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from commands.runner import command, environment, write_tree
from commands.test_check import BAD, GOOD, LINE
from lsprotocol import types
from pygls.lsp.client import LanguageClient

import vport.read
from vport.cache import Cache
from vport.checks import explored
from vport.checks.config import Config
from vport.checks.explored import Kept, Task, Workplace
from vport.facts import FileFacts, Reading
from vport.lsp.folder import Folder, Settings

Session = Callable[["Editor"], Awaitable[None]]


class Editor(LanguageClient):
    """An editor with one folder open."""

    def __init__(self, folder: Path) -> None:
        super().__init__("editor", "1")
        self.folder = folder
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.told.put_nowait(params))

    async def begin(self) -> None:
        words = command("lsp")
        cache = str(self.folder.parent / "cache")
        await self.start_io(*words, env=environment(VPORT_CACHE_DIR=cache), cwd=str(self.folder))
        root = [types.WorkspaceFolder(self.folder.as_uri(), "t")]
        await self.initialize_async(types.InitializeParams(types.ClientCapabilities(), workspace_folders=root))
        self.initialized(types.InitializedParams())

    async def end(self) -> None:
        await self.shutdown_async(None)
        self.exit(None)
        await self.stop()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    async def diagnostics(self) -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(self.told.get(), 90)).diagnostics)

    async def open(self, name: str, text: str) -> list[types.Diagnostic]:
        document = types.TextDocumentItem(self.uri(name), "c", 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return await self.diagnostics()

    def type(self, name: str, version: int, text: str) -> None:
        document = types.VersionedTextDocumentIdentifier(version, self.uri(name))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def save(self, name: str) -> None:
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(name))))

    async def hover(self, name: str, line: int) -> str:
        where = types.TextDocumentIdentifier(self.uri(name))
        found = await self.text_document_hover_async(types.HoverParams(where, types.Position(line, 2)))
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""

    async def actions(self, name: str, line: int) -> list[types.CodeAction]:
        place = types.Range(types.Position(line, 0), types.Position(line, 0))
        asked = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(name)), place, types.CodeActionContext([]))
        found = await self.text_document_code_action_async(asked)
        return [one for one in found or [] if isinstance(one, types.CodeAction)]


def talk(folder: Path, session: Session) -> None:
    async def run() -> None:
        editor = Editor(folder)
        await editor.begin()
        await session(editor)
        await editor.end()

    asyncio.run(run())


def test_what_is_typed_counts_before_it_is_saved(tmp_path: Path) -> None:
    write_tree(tmp_path / "t", {"hop.c": GOOD})

    async def session(editor: Editor) -> None:
        assert await editor.open("hop.c", GOOD) == []
        editor.type("hop.c", 2, "int spoilt(")
        editor.type("hop.c", 3, BAD)
        (one,) = await editor.diagnostics()
        assert (one.code, one.source, one.range.start.line) == ("VP201", "vport", LINE - 1)
        assert one.severity == types.DiagnosticSeverity.Error and one.related_information
        assert "# VP201" in await editor.hover("hop.c", LINE - 1) and not await editor.hover("hop.c", 0)
        editor.type("hop.c", 4, GOOD)
        assert await editor.diagnostics() == []
        editor.save("hop.c")
        assert await editor.diagnostics() == []

    talk(tmp_path / "t", session)


def test_a_cure_is_an_edit_of_the_text_in_the_editor(tmp_path: Path) -> None:
    text = GOOD.replace(
        "static int\n", "/* \U0001d11e */ #\n#define\tV_hop_x\tVNET(hop_x)\n\nstatic int\n".replace(" #\n", "\n")
    )
    write_tree(tmp_path / "t", {"hop.c": GOOD})

    async def session(editor: Editor) -> None:
        (one,) = await editor.open("hop.c", text)
        assert one.code == "VP407"
        (action,) = await editor.actions("hop.c", one.range.start.line)
        assert action.edit and action.edit.changes
        ((uri, (edit,)),) = action.edit.changes.items()
        assert uri == editor.uri("hop.c") and edit.new_text == ""
        assert edit.range.start == types.Position(one.range.start.line, 0)
        assert edit.range.end == types.Position(one.range.start.line + 1, 0)
        assert await editor.actions("hop.c", 0) == []

    talk(tmp_path / "t", session)


def test_other_open_files_follow_what_is_saved(tmp_path: Path) -> None:
    header = "VNET_DECLARE(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n"
    source = GOOD.replace("#define\tV_hop_n\tVNET(hop_n)\n", "").replace("VNET_DEFINE_STATIC", "VNET_DEFINE")
    source = source.replace("#include <net/vnet.h>\n", '#include <net/vnet.h>\n#include "hop.h"\n')
    write_tree(tmp_path / "t", {"hop.c": source, "hop.h": header})

    async def session(editor: Editor) -> None:
        assert await editor.open("hop.c", source) == []
        assert await editor.open("hop.h", header) == []
        other = header.replace("int, hop_n", "long, hop_n")
        editor.type("hop.h", 2, other)
        assert [one.code for one in await editor.diagnostics()] == ["VP405"]
        write_tree(tmp_path / "t", {"hop.h": other})
        editor.save("hop.h")
        told = {(await asyncio.wait_for(editor.told.get(), 90)).uri for _ in range(2)}
        assert told == {editor.uri("hop.c"), editor.uri("hop.h")}

    talk(tmp_path / "t", session)


def test_an_edit_is_all_that_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"n{i}.c": GOOD.replace("hop", f"n{i}x") for i in range(20)}
    write_tree(tmp_path / "t", {"hop.c": GOOD, **many})
    read: list[bytes] = []
    explored_: list[str] = []
    facts, module = vport.read.read_facts, explored._explored

    def count_facts(data: bytes, reading: Reading) -> FileFacts:
        read.append(data)
        return facts(data, reading)

    def count_modules(job: Workplace, kept: Kept, cache: Cache, task: Task) -> bytes:
        explored_.append(task.name)
        return module(job, kept, cache, task)

    monkeypatch.setattr(vport.read, "read_facts", count_facts)
    monkeypatch.setattr(explored, "_explored", count_modules)
    folder = Folder(tmp_path / "t", lambda root: Settings(Config()), Cache(tmp_path / "cache"))
    assert folder.check("hop.c").found == []
    assert (len(read), explored_) == (21, ["hop"])
    folder.texts = {"hop.c": BAD.encode()}
    assert [one.id for one in folder.check("hop.c").found] == ["VP201"]
    assert (len(read), read[-1], explored_) == (22, BAD.encode(), ["hop", "hop"])
    folder.texts = {"hop.c": BAD.encode(), "n3.c": many["n3.c"].replace(" = n;", " = n + 1;").encode()}
    assert [one.id for one in folder.check("hop.c").found] == ["VP201"]
    assert (len(read), explored_) == (23, ["hop", "hop"])
