"""What calls set up or give back: the argument that holds the resource, through the macros of the tree too."""

from collections.abc import Iterator

from vport import rules
from vport.c.flow import Call, Flow
from vport.c.tokens import closing_paren, split_arguments
from vport.life.life import Life
from vport.patterns import later

_CALL = later(rb"\b([A-Za-z_]\w*)\s*\(")
_RESULT = later(rb"(?:\A|[;{},])\s*([^;{},=]+?)\s*=\s*(?:\([^()]*\)\s*)?\Z")
_DEPTH = 3


class Resources:
    """Resources that functions of a tree name.

    Arguments:
        life: of the tree.
    """

    def __init__(self, life: Life) -> None:
        self._life = life
        said = rules.load("resources")
        self._held: dict[str, set[int]] = {name: {index} for name, index in said["release"].items()}
        self._results: set[str] = set()
        for name, entry in said["init"].items():
            if entry["object"] == "result":
                self._results.add(name)
            else:
                self._held.setdefault(name, set()).add(int(entry["object"]))

    def named(self, file: str, flow: Flow) -> Iterator[tuple[int, int]]:
        """Ranges of a function that name what its calls set up or give back."""
        code = self._life.code[file]
        for call in flow.calls:
            for i in self._arguments(call.name, _DEPTH):
                if i < len(call.arguments):
                    yield call.arguments[i]
            yield from self._result(code, flow, call)

    def _result(self, code: bytes, flow: Flow, call: Call) -> Iterator[tuple[int, int]]:
        """What a resource is assigned to."""
        if call.name in self._results:
            match = _RESULT.search(code[flow.body : call.at])
            if match:
                yield flow.body + match.start(1), flow.body + match.end(1)

    def _arguments(self, name: str, depth: int) -> set[int]:
        """Arguments of a function or macro that hold a resource which it sets up or gives back."""
        if name in self._held:
            return self._held[name]
        found: set[int] = set()
        for file, define in self._life.tree.macros.get(name, ()) if depth else ():
            names = [p.encode() for p in define.parameters or ()]
            body = self._life.code[file][define.body : define.end].replace(b"\\\n", b"  ")
            for text in self._held_in(body, name, depth):
                word = text.strip(b"&()* \t\r\n")
                found |= {i for i, p in enumerate(names) if p == word}
        return found

    def _held_in(self, body: bytes, macro: str, depth: int) -> Iterator[bytes]:
        """Expressions of a macro's body that hold a resource."""
        for match in _CALL.finditer(body):
            name = match.group(1).decode("latin-1")
            if name == macro:
                continue
            closed = closing_paren(body, match.end() - 1)
            given = split_arguments(body, match.end(), closed - 1) if closed > 0 else []
            wanted = self._arguments(name, depth - 1)
            yield from (body[a:b] for i, (a, b) in enumerate(given) if i in wanted)
            made = _RESULT.search(body[: match.start()]) if name in self._results else None
            if made:
                yield made.group(1)
