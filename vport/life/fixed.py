"""An argument that is the same wherever a handler is registered: the handler can name it, and be given the vnet."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from vport.c.flow import Flow
from vport.life.arguments import Arguments
from vport.life.entries import Registration
from vport.life.forms import Entry
from vport.life.life import Life
from vport.patterns import later

_PLAIN = later(r"&?\s*([A-Za-z_]\w*)(?:\.\w+|\[\w+\])*\Z")


class Fixed(msgspec.Struct, frozen=True):
    """What a handler says itself when it is given the vnet instead.

    Arguments:
        registrations: whose argument is to become `curvnet`.
        uses: of the parameter, as ranges of the handler's file.
        text: that takes their place.
    """

    registrations: tuple[Registration, ...]
    uses: tuple[tuple[int, int], ...]
    text: str


class FixedArguments:
    """Finds such arguments.

    Arguments:
        life: of the tree.
        arguments: what handlers are given.
    """

    def __init__(self, life: Life, arguments: Arguments) -> None:
        self._life = life
        self._arguments = arguments

    def find(self, file: str, flow: Flow, entry: Entry, registrations: Sequence[Registration]) -> Fixed | None:
        """The fixed argument of the handler in `file`, if what is scheduled belongs to one stack."""
        if not self._arguments.untyped(flow, entry):
            return None
        name = flow.parameters[entry.param].name
        same = {name, *self._aliases(file, flow, name)}
        inner = [r for r in registrations if r.inside == r.function[1] and self._text(r) in same]
        texts = {self._text(r) for r in registrations if r not in inner}
        uses = [
            u for u in self._uses(file, flow, name) if not any(r.argument[0] <= u[0] < r.argument[1] for r in inner)
        ]
        if len(texts) != 1 or any(a.left in (name, f"*{name}") for a in flow.assignments) or self._escapes(file, uses):
            return None
        text = texts.pop()
        shared = all(self._arguments.is_shared(r, r.argument) for r in registrations if r not in inner)
        own = all(self._life.scheduled_is_virtual(r) for r in registrations)
        if not (shared and own and self._seen(file, flow, text)):
            return None
        return Fixed(tuple(registrations), tuple(uses), text)

    def _text(self, registration: Registration) -> str:
        start, end = registration.argument
        return self._life.code[registration.file][start:end].decode("latin-1").strip()

    def _aliases(self, file: str, flow: Flow, name: str) -> Iterator[str]:
        """Locals that never hold anything but the parameter."""
        given = re.compile(rb"(?:\([\w\s*]*\)\s*)?%s\s*\Z" % name.encode())
        code = self._life.code[file]
        for local in flow.locals:
            values = [(a.start, a.end) for a in flow.assignments if a.left == local.name]
            values += [(local.value_start, local.value_end)] if local.value_end else []
            if values and all(given.match(code[a:b].strip()) for a, b in values):
                yield local.name

    def _uses(self, file: str, flow: Flow, name: str) -> Iterator[tuple[int, int]]:
        word = re.compile(rb"(?<![\w.>])%s\b" % name.encode())
        for match in word.finditer(self._life.code[file], flow.body, flow.end):
            yield match.span()

    def _escapes(self, file: str, uses: Sequence[tuple[int, int]]) -> bool:
        """Whether a use takes the parameter's own address, or changes it."""
        code = self._life.code[file]
        return any(
            re.search(rb"(?<!&)&\s*\Z|(?:\+\+|--)\s*\Z", code[start - 8 : start])
            or re.match(rb"\s*(?:\+\+|--)", code[end:])
            for start, end in uses
        )

    def _seen(self, file: str, flow: Flow, text: str) -> bool:
        """Whether the handler sees the variable that an argument names."""
        match = _PLAIN.match(text)
        if match is None or any(x.name == match.group(1) for x in (*flow.locals, *flow.parameters)):
            return False
        reach = self._life.tree.reachable(file)
        return any(
            site.declarator.name_at < flow.start if site.file == file else site.file in reach
            for variable in self._life.tree.variables
            if variable.name == match.group(1) and not variable.function
            for site in variable.sites
            if variable.storage != "static" or site.file == file
        )
