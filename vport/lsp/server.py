"""The server: diagnostics when a file is opened, changed or saved; explanations on hover; cures as code actions."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from vport import __version__
from vport.cache import Cache
from vport.checks.found import all_rules
from vport.errors import VportError
from vport.lsp import shapes
from vport.lsp.folder import Folder, Seen, Settings
from vport.pages import page
from vport.patterns import later

_ID = later(r"\bVP\d{3}\b")
_WAIT = 0.2
"""Seconds without a key pressed before what was typed is checked."""


class Server(LanguageServer):
    """One editor's server.

    Arguments:
        settings: reads a folder's configuration.
        caches: the folder of the cache.
    """

    def __init__(self, settings: Callable[[Path], Settings], caches: Path | None) -> None:
        super().__init__("vport", __version__)
        self._settings = settings
        self._caches = caches
        self._folders: dict[Path, Folder] = {}
        self._seen: dict[str, Seen] = {}
        self._versions: dict[str, int | None] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        # One thread: checks share a cache, whose connection belongs to the thread that opened it.
        self._worker = ThreadPoolExecutor(1)
        self._cache: Cache | None = None

    def _folder_of(self, path: Path) -> Folder:
        """The folder of the editor that holds a file, else the one the file lies in."""
        roots = [Path(uris.to_fs_path(f.uri) or "") for f in self.workspace.folders.values()]
        if not roots and self.workspace.root_path:
            roots = [Path(self.workspace.root_path)]
        holding = [r for r in roots if path.resolve().is_relative_to(r.resolve())]
        root = max(holding, key=lambda r: len(r.parts)) if holding else path.parent
        if root not in self._folders:
            self._cache = self._cache or Cache(self._caches)
            self._folders[root] = Folder(root, self._settings, self._cache)
        return self._folders[root]

    def _check(self, uri: str, texts: dict[str, str], cures: bool) -> tuple[Folder, Seen]:
        """Check a file; runs in the worker."""
        path = Path(uris.to_fs_path(uri) or "")
        folder = self._folder_of(path)
        open_ = {folder.name_of(Path(uris.to_fs_path(u) or "")): t for u, t in texts.items()}
        folder.texts = {name: text.encode("utf-8", "replace") for name, text in open_.items() if name is not None}
        return folder, folder.check(folder.name_of(path) or "", cures)

    async def check(self, uri: str, cures: bool = False) -> tuple[Folder, Seen]:
        """Check a file with all that is open and not saved."""
        texts = {u: d.source for u, d in self.workspace.text_documents.items()}
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._check, uri, texts, cures)

    async def publish(self, uri: str, wait: float = 0.0) -> None:
        """Send the diagnostics of a file, unless it changes first."""
        await asyncio.sleep(wait)
        version = self.workspace.get_text_document(uri).version
        try:
            folder, seen = await self.check(uri)
        except (VportError, OSError) as error:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"vport: {error}"))
            return
        document = self.workspace.text_documents.get(uri)
        if document is None or document.version != version:
            return
        self._seen[uri], self._versions[uri] = seen, version
        found = [shapes.diagnostic(f, seen, lambda name: _uri(folder, name)) for f in seen.found]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def later(self, uri: str, wait: float = 0.0) -> None:
        """Check a file soon; a check that waits for the same file is forgotten."""
        self.forget(uri)
        self._waiting[uri] = asyncio.get_running_loop().create_task(self.publish(uri, wait))

    def forget(self, uri: str) -> None:
        """What was to be done for a file is not wanted any more."""
        if uri in self._waiting:
            self._waiting.pop(uri).cancel()

    def hover(self, uri: str, line: int) -> types.Hover | None:
        """The pages of the findings on a line, and of the ids that a comment there names."""
        seen = self._seen.get(uri)
        lines = self.workspace.get_text_document(uri).lines
        named = _ID.findall(lines[line]) if line < len(lines) else []
        name = Path(uris.to_fs_path(uri) or "").name
        here = [f.id for f in seen.found if f.line == line + 1 and f.file.endswith(name)] if seen else []
        ids = [id_ for id_ in dict.fromkeys([*here, *named]) if id_ in all_rules()]
        text = "\n\n".join(page(id_).text for id_ in ids)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    async def actions(self, uri: str, first: int, last: int) -> list[types.CodeAction]:
        """Cures of the findings on some lines; editors ask at each step of the cursor, and mostly there are none."""
        known = self._seen.get(uri)
        current = known is not None and self._versions[uri] == self.workspace.get_text_document(uri).version
        if known is not None and current and not any(first <= f.line - 1 <= last for f in known.found):
            return []
        folder, seen = await self.check(uri, cures=True)
        able = [f for f in seen.found if f.edits and first <= f.line - 1 <= last]
        return [shapes.action(f, seen, lambda name: _uri(folder, name)) for f in able]


def _uri(folder: Folder, name: str) -> str:
    return uris.from_fs_path(str(folder.path_of(name))) or ""


def make_server(settings: Callable[[Path], Settings], caches: Path | None) -> Server:
    """A server that listens to what an editor does."""
    server = Server(settings, caches)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.later(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.later(params.text_document.uri, _WAIT)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.later(params.text_document.uri)
        for uri in server.workspace.text_documents:  # what is saved may be a header of theirs
            if uri != params.text_document.uri:
                server.later(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position.line)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    async def asked(params: types.CodeActionParams) -> list[types.CodeAction]:
        lines = params.range
        return await server.actions(params.text_document.uri, lines.start.line, lines.end.line)

    return server
