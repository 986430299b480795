"""Entry points: functions that the kernel calls, found from registration calls, tables and macros.

What registers what is data: rules/contexts.toml.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

import msgspec

from vport.c.places import Nesting
from vport.c.tokens import before, closing_paren, split_arguments
from vport.facts import Define
from vport.life.forms import (
    RESULT,
    Entry,
    Form,
    at_boot,
    entry_of,
    forms,
    harmless,
    heads,
    members,
    named_context,
    positional,
)
from vport.life.marks import Naming
from vport.life.order import Orders
from vport.life.store import Nothing, Store
from vport.patterns import compiled, later
from vport.tree import Tree

__all__ = [
    "RESULT",
    "Entries",
    "Entry",
    "Form",
    "Key",
    "Registration",
    "Unknown",
    "entry_of",
    "forms",
    "function_name",
    "heads",
    "members",
]

_NAME = later(r"[A-Za-z_]\w*")
_WORD = later(r"[A-Za-z_]\w*")

_SYSCALL = later(
    rb"\(\s*struct\s+thread\s*\*\s*\w+\s*,\s*struct\s+\w+_args\s*\*\s*\w+\s*\)"
    rb"|\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*struct\s+thread\s*\*\s*\1\s*;"
    rb"\s*struct\s+\w+_args\s*(?:\{[^}]*\}\s*)?\*\s*\2\s*;"
)

Key = tuple[str, str]
"""A function: file and name; a macro has `#` for its file."""


class Registration(msgspec.Struct, frozen=True):
    """One place that makes a function an entry point.

    Arguments:
        entry: its kind.
        function: who is called.
        file, at: the place.
        by: macro, function or member that registers.
        argument: what the handler is given, as range in `file`; (0, 0) if nothing.
        object: what is scheduled, as range in `file`; (0, 0) if nothing.
        inside: the function that registers, empty at file scope.
    """

    entry: Entry
    function: Key
    file: str
    at: int
    by: str
    argument: tuple[int, int] = (0, 0)
    object: tuple[int, int] = (0, 0)
    inside: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """A handler `name` that a place registers and no file defines."""

    entry: Entry
    name: str
    file: str
    at: int
    by: str


class Registered(msgspec.Struct, frozen=True):
    """What one file registers."""

    found: list[Registration]
    unknown: list[Unknown]


_ASSIGNED = later(rb"([A-Za-z_][\w.\[\]>-]*)\s*=\s*\Z")


def function_name(text: str) -> str:
    """The function that an argument names, casts and `&` left out; empty when it is another expression."""
    text = text.strip()
    while text.startswith("("):
        closed = closing_paren(text.encode("latin-1"), 0)
        if closed < 0:
            return ""
        text = text[closed:].strip() or text[1 : closed - 1].strip()
    text = text.removeprefix("&").strip()
    return text if _NAME.fullmatch(text) else ""


class Entries:
    """Finds registrations in a tree.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        release: of the kernel, a name in rules/sysinit.
        store: what was derived of the tree before.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], release: str = "13", store: Store | None = None) -> None:
        self._tree = tree
        self._code = code
        self._store = store or Nothing()
        self._orders = Orders(tree, code.__getitem__, release)
        self._functions: dict[str, list[str]] = {}
        for file, known in tree.facts.items():
            for function in known.functions:
                self._functions.setdefault(function.name, []).append(file)
        self._variables = {v.name for v in tree.variables}
        self.unknown: list[Unknown] = []

    @cached_property
    def forms(self) -> dict[str, Form]:
        """How calls register, by name: those that are known, and macros of the tree that come to them."""
        return self._store.whole("forms", dict[str, Form], self._learn_macros)

    def defines(self, name: str) -> bool:
        """Whether the tree has a function of that name."""
        return name in self._functions

    def resolve(self, file: str, name: str) -> Key | None:
        """The function `name` means in `file`: its own first, then one of another file that is no static."""
        files = self._functions.get(name)
        if not files:
            return None
        if file in files:
            return (file, name)
        for other in files:
            static = any(f.static for f in self._tree.facts[other].functions if f.name == name)
            if not static or other in self._tree.reachable(file):
                return (other, name)
        return None

    def _learn_macros(self) -> dict[str, Form]:
        """Macros of the tree that register what they are given, through a few levels."""
        found = dict(forms())
        naming = Naming(self._tree, found)
        for _ in range(3):
            known = frozenset(found)
            for name, defines in self._tree.macros.items():
                for file, define in defines if name not in known else ():
                    form = self._form_of(file, define, found) if file in naming.files else None
                    if form is not None:
                        found[name] = form
                        naming.add(name)
            if len(found) == len(known):
                break
        return found

    def _form_of(self, file: str, define: Define, known: Mapping[str, Form]) -> Form | None:
        """How a macro registers whose body names one of `known`."""
        code = self._code[file]
        parameters = define.parameters or ()
        body = code[define.body : define.end].decode("latin-1")
        if define.parameters is None and body.strip() in known:
            return known[body.strip()]
        for word in _WORD.findall(body) if parameters else ():
            if word not in known:
                continue
            at = code.find(word.encode(), define.body, define.end)
            arguments = _arguments(code, at + len(word), define.end)
            if arguments is not None:
                return self._forwarded(known[word], arguments, code, parameters)
        return None

    def _forwarded(
        self, form: Form, arguments: list[tuple[int, int]], code: bytes, parameters: tuple[str, ...]
    ) -> Form | None:
        texts = [code[a:b].decode("latin-1").strip("\\\n\t ()") for a, b in arguments]

        def parameter(index: int) -> int:
            text = texts[index] if 0 <= index < len(texts) else ""
            words = _WORD.findall(text)
            return parameters.index(words[0]) if words and words[0] in parameters else -1

        handlers = [h for h in form.handlers if h < len(texts)]
        given = tuple(parameters.index(texts[h]) for h in handlers if texts[h] in parameters)
        fixed = tuple(texts[h] for h in handlers if texts[h] in self._functions)
        if not given and not fixed:
            return None
        name = parameter(form.name)
        key = tuple(self._forwarded_text(k.format(*texts), parameters) for k in form.key) if len(texts) > 3 else ()
        return Form(form.entry, given, parameter(form.argument), parameter(form.object), name, (), fixed, key)

    def _forwarded_text(self, text: str, parameters: tuple[str, ...]) -> str:
        """An argument in a macro's body, with `{n}` where the body names a parameter."""
        return _WORD.sub(lambda m: f"{{{parameters.index(m.group())}}}" if m.group() in parameters else m.group(), text)

    def find(self) -> list[Registration]:
        """All registrations of the tree, by file."""
        locals_ = sorted({v.name for v in self._tree.variables if v.function})
        read = self._store.each("registrations", self._tree.facts, Registered, self._registered, locals_)
        self.unknown += chain.from_iterable(one.unknown for one in read.values())
        return list(chain.from_iterable(one.found for one in read.values()))

    @cached_property
    def _calling(self) -> dict[bytes, Form]:
        return {name.encode(): form for name, form in self.forms.items()}

    def _registered(self, file: str) -> Registered:
        """What one file registers."""
        made = list(self._in_file(file))
        unknown = [one for one in made if isinstance(one, Unknown)]
        return Registered([one for one in made if isinstance(one, Registration)], unknown)

    def _in_file(self, file: str) -> Iterator[Registration | Unknown]:
        code, words = self._code[file], self._tree.words(file)
        inside = _Inside(self._tree, file)
        for name, form in self._calling.items():
            if name.decode() in words or name.decode() in self._tree.macros:
                yield from self._calls(file, code, name, form, inside)
        for member, entry in members().items():
            if member in words:
                yield from self._stored(file, code, member.encode(), entry, inside)
        yield from self._headed(file)
        yield from self._syscalls(file, code)
        yield from self._in_order(file)

    def _calls(
        self, file: str, code: bytes, name: bytes, form: Form, inside: "_Inside"
    ) -> Iterator[Registration | Unknown]:
        at = code.find(name)
        while at >= 0:
            end = at + len(name)
            alone = not (code[at - 1 : at].isalnum() or code[at - 1 : at] == b"_")
            if alone and not inside.define(at) and (arguments := _arguments(code, end, len(code))) is not None:
                yield from self._call(file, code, at, name.decode(), form, arguments, inside)
            at = code.find(name, end)

    def _call(
        self,
        file: str,
        code: bytes,
        at: int,
        by: str,
        form: Form,
        arguments: list[tuple[int, int]],
        inside: "_Inside",
    ) -> Iterator[Registration | Unknown]:
        def given(index: int) -> tuple[int, int]:
            return arguments[index] if 0 <= index < len(arguments) else (0, 0)

        texts = [code[a:b].decode("latin-1") for a, b in arguments]
        entry = form.entry
        if 0 <= form.name < len(texts):
            entry = named_context(entry, texts[form.name].strip())
        entry = self._at_boot(entry, form.key, texts)
        named = [function_name(texts[h]) for h in form.handlers if h < len(texts)]
        named += [p.format(*texts) for p in form.paste if texts] + list(form.fixed)
        held = _assigned(code, at) if form.object == RESULT else given(form.object)
        for name in dict.fromkeys(named):
            keys = list(self._meant(file, code, name, at))
            if not keys and self._is_function(file, name, at):
                yield Unknown(entry, name, file, at, by)
            for key in keys:
                yield Registration(entry, key, file, at, by, given(form.argument), held, inside.function(at))

    def _at_boot(self, entry: Entry, key: tuple[str, ...], texts: list[str]) -> Entry:
        """`entry` as it is for the key of a set-up."""
        try:
            subsystem, order = (text.format(*texts) for text in key)
        except (ValueError, IndexError):  # no key, or fewer arguments than the macro takes
            return entry
        return at_boot(entry, self._orders.at_boot(self._orders.key(subsystem, order)))

    def _is_function(self, file: str, name: str, at: int) -> bool:
        """Whether a name can only be a function: no macro, variable, parameter or local."""
        local = self._tree.facts[file].local
        hidden = any(known == name and local.at[i] <= at < local.until[i] for i, known in enumerate(local.names))
        other = name in self._tree.macros or name in self._variables or name in ("", "NULL")
        return not hidden and not other and name not in harmless()

    def _meant(self, file: str, code: bytes, name: str, at: int) -> Iterator[Key]:
        """The function of that name, or those that a local of that name was given in the same function."""
        key = self.resolve(file, name)
        if key is not None:
            yield key
            return
        around = next((f for f in self._tree.facts[file].functions if f.body <= at < f.end), None)
        if around is None or not name:
            return
        for match in re.finditer(
            rb"\b%s\s*=\s*&?\s*([A-Za-z_]\w*)\s*;" % name.encode("latin-1"), code[around.body : at]
        ):
            given = self.resolve(file, match.group(1).decode())
            if given is not None:
                yield given

    def _stored(self, file: str, code: bytes, member: bytes, entry: Entry, inside: "_Inside") -> Iterator[Registration]:
        # A pattern that begins with a literal is searched for many times faster than one with the operator before it.
        for match in compiled(member + rb"\s*=\s*&?\s*([A-Za-z_]\w*)\s*[,;}\n]").finditer(code):
            low = before(code, match.start())
            at = low - 1 if code[low - 1 : low] == b"." else low - 2
            if code[at:low] not in (b".", b"->"):
                continue
            key = self.resolve(file, match.group(1).decode())
            if key is not None:
                yield Registration(entry, key, file, at, member.decode(), inside=inside.function(at))

    def _headed(self, file: str) -> Iterator[Registration]:
        for function in self._tree.facts[file].functions:
            entry = heads().get(function.name.partition("(")[0]) if "(" in function.name else None
            if entry is not None:
                yield Registration(entry, (file, function.name), file, function.start, function.name)

    def _syscalls(self, file: str, code: bytes) -> Iterator[Registration]:
        """System calls, known by their parameters: a thread and the structure of their arguments."""
        if "thread" not in self._tree.words(file):
            return
        for function in self._tree.facts[file].functions:
            if _SYSCALL.search(code, function.start, function.body):
                yield Registration(entry_of("syscall"), (file, function.name), file, function.start, "system call")

    def _in_order(self, file: str) -> Iterator[Registration]:
        """Members of tables by position: the second of a `moduledata_t` is the handler."""
        code = self._code[file]
        for declaration in self._tree.facts[file].declarations:
            says = positional().get(declaration.specifier.split(" ")[-1])
            for d in declaration.declarators if says else ():
                if says is None or not d.value_end or code[d.value_start : d.value_start + 1] != b"{":
                    continue
                arguments = split_arguments(code, d.value_start + 1, d.value_end - 1)
                if says[0] < len(arguments):
                    a, b = arguments[says[0]]
                    key = self.resolve(file, function_name(code[a:b].decode("latin-1").rpartition("=")[2]))
                    if key is not None:
                        yield Registration(says[1], key, file, a, d.name)


def _assigned(code: bytes, at: int) -> tuple[int, int]:
    """The range of what the call at `at` is assigned to."""
    match = _ASSIGNED.search(code, max(0, at - 200), at)
    return match.span(1) if match else (0, 0)


def _arguments(code: bytes, at: int, end: int) -> list[tuple[int, int]] | None:
    """The arguments of a call whose name ends at `at`; None when no parenthesis follows."""
    opened = at
    while opened < end and code[opened : opened + 1] in (b" ", b"\t"):
        opened += 1
    if code[opened : opened + 1] != b"(":
        return None
    closed = closing_paren(code, opened)
    return split_arguments(code, opened + 1, closed - 1) if 0 <= closed <= end else None


class _Inside:
    """Which function or macro of a file an offset stands in."""

    def __init__(self, tree: Tree, file: str) -> None:
        known = tree.facts[file]
        self._functions = known.functions
        self._function_ranges = Nesting((f.start, f.end) for f in known.functions)
        self._by_start = {f.start: f.name for f in known.functions}
        self._defines = Nesting((d.start, d.end) for d in known.defines)

    def function(self, at: int) -> str:
        """Name of the function around `at`, empty if none."""
        i = self._function_ranges.at(at)
        return self._by_start[self._function_ranges.starts[i]] if i >= 0 else ""

    def define(self, at: int) -> bool:
        """Whether `at` stands in a `#define`."""
        return self._defines.at(at) >= 0
