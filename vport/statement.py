"""Rewrite one declaration statement into defining macros, touching no byte it need not touch."""

import re
from collections.abc import Callable, Container, Generator, Iterator

import msgspec

from vport.c.declarators import Declaration, Declarator
from vport.c.tokens import before, next_byte, skip_space
from vport.edits import Edit
from vport.job import Job
from vport.patterns import later
from vport.source import line_start
from vport.tree import Variable
from vport.write import bare, columns, fold, is_simple, join_type, typedef_for

_STORAGE = later(r"\b(?:static|extern|register)\b[ \t]*")
_WORD = later(rb"[A-Za-z_]\w*")
_TAGGED_HEAD = later(r"\b\w+_HEAD\s*\(\s*(\w+)\s*,[^()]*\)")
_CONTINUED = later(r"\\\r?\n")
_QUALIFIER = later(rb"\b(?:const|volatile)\b\s*")
_TAG = later(rb"\b(struct|union|enum)\b([^{]*)\{")


class Wanted(msgspec.Struct, frozen=True):
    """What becomes of one declarator: its new text is made by `make(type, declarator)`; None leaves it plain."""

    name: str
    make: Callable[[str, str], str] | None


class Attribute(msgspec.Struct, frozen=True):
    """An attribute macro in a declaration: its bytes, and whether a per-vnet variable may keep it."""

    start: int
    end: int
    keep: bool


def find_attributes(job: Job, file: str, start: int, end: int) -> list[Attribute]:
    """Attribute macros between two offsets, arguments included."""
    code, found, at = job.code(file), [], start
    while match := _WORD.search(code, at, end):
        at = match.end()
        if match.group() not in job.reading.attributes or match.group() == b"_Alignas":  # that one stays with the type
            continue
        stop = match.end()
        if code[stop : stop + 1] == b"(" and next_byte(code, stop + 1) != b"*":
            depth = 0
            for i in range(stop, end):
                depth += (code[i] == 0x28) - (code[i] == 0x29)
                if depth == 0:
                    stop = i + 1
                    break
        found.append(Attribute(match.start(), stop, match.group() not in job.section_attributes))
        at = stop
    return found


def specifier(job: Job, file: str, declaration: Declaration, bare: Container[Variable] = ()) -> str:
    """The type as it is to be written: storage class and attributes out, comments kept, white space folded.

    Uses in it are ported, `bare` variables as symbols.
    """
    at, text = declaration.start, ""
    for attribute in find_attributes(job, file, declaration.start, declaration.specifier_end):
        text += job.ported_text(file, at, attribute.start, bare)
        at = attribute.end
    text += job.ported_text(file, at, declaration.specifier_end, bare)
    words = _STORAGE.sub("", _CONTINUED.sub(" ", text)).split()
    return " ".join(w for w in words if job.reading.kinds.get(w.encode("latin-1")) not in ("storage", "extern"))


def leading_attributes(job: Job, file: str, declaration: Declaration, bare: Container[Variable] = ()) -> str:
    """Attributes that stand before the first name and have to follow it."""
    if declaration.has_body:
        return ""
    found = find_attributes(job, file, declaration.start, declaration.specifier_end)
    return "".join(" " + job.ported_text(file, a.start, a.end, bare) for a in found if a.keep)


def _section_attributes(job: Job, file: str, declaration: Declaration) -> str:
    """Attributes that only a shared variable of the statement may keep."""
    found = find_attributes(job, file, declaration.start, declaration.specifier_end)
    return "".join(job.data[file][a.start : a.end].decode("latin-1") + " " for a in found if not a.keep)


def end_of_declarator(job: Job, file: str, declaration: Declaration, declarator: Declarator, start: int = 0) -> int:
    """Offset of the `=`, comma or semicolon that follows a declarator and its attributes, or what ends at `start`."""
    depth, code = 0, job.code(file)
    for i in range(start or declarator.end, declaration.end):
        mark = code[i]
        depth += (mark == 0x28) - (mark == 0x29)
        if depth == 0 and mark in b"=,;":
            return i
    return declaration.end


def body_end(job: Job, file: str, declaration: Declaration) -> int:
    """Past the body of a type and the attributes behind it, which belong to the type."""
    end = job.code(file).rfind(b"}", declaration.start, declaration.specifier_end) + 1
    attributes = find_attributes(job, file, end, declaration.specifier_end)
    return max((a.end for a in attributes if a.keep), default=end)


class TypeHead(msgspec.Struct, frozen=True):
    """The head of a type with a body: `struct`, its tag if it has one, and the qualifiers of the object."""

    kind: str
    tag: str
    start: int
    kind_end: int
    qualifiers: str


def type_head(job: Job, file: str, declaration: Declaration) -> TypeHead:
    """What is said around the body of a type.  Qualifiers on either side say how the object is, not the type."""
    code = job.code(file)
    found = _TAG.search(code, declaration.start, declaration.specifier_end)
    assert found is not None
    tags = [w.decode() for w in _WORD.findall(found.group(2)) if w not in job.reading.attributes]
    end = code.rfind(b"}", declaration.start, declaration.specifier_end) + 1
    around = (code[declaration.start : found.start(1)], code[end : declaration.specifier_end])
    qualifiers = "".join(f"{m.group().decode().strip()} " for text in around for m in _QUALIFIER.finditer(text))
    return TypeHead(found.group(1).decode(), tags[-1] if tags else "", found.start(1), found.end(1), qualifiers)


def defined_in(job: Job, file: str, declaration: Declaration) -> list[Variable]:
    """The chosen variables that a statement of file scope defines: in it they have no accessor yet."""
    if declaration.function or declaration.storage == "extern":
        return []
    found = (job.chosen.get((file, d.name_at)) for d in declaration.declarators)
    return [v for v in found if v is not None]


class Rewriter:
    """Rewrites one statement.

    Arguments:
        job: the port.
        file: that holds it.
        declaration: the statement.
        wanted: one entry for each declarator.
        by: name of the pass.
        reason: for the reviewer.
    """

    def __init__(
        self, job: Job, file: str, declaration: Declaration, wanted: list[Wanted], by: str, reason: str
    ) -> None:
        self.job = job
        self.file = file
        self.declaration = declaration
        self.wanted = wanted
        self.by = by
        self.reason = reason
        self.data = job.data[file]
        self.code = job.code(file)
        self.newline = job.newline(file)
        self.own = defined_in(job, file, declaration)
        begin = line_start(self.data, declaration.start)
        self.indent = re.match(rb"[ \t]*", self.data[begin : declaration.start]).group().decode()  # type: ignore[union-attr]

    def edits(self) -> Iterator[Edit]:
        """All edits of the statement."""
        declaration = self.declaration
        kept = leading_attributes(self.job, self.file, declaration, self.own)
        storage = f"{declaration.storage} " if declaration.storage else ""
        storage += _section_attributes(self.job, self.file, declaration)
        if declaration.has_body:
            type_text = yield from self._hoist()
            start = self._body_end()
            lead = f";{self.newline}{self.indent}"
        else:
            type_text, start, lead = specifier(self.job, self.file, declaration, self.own), declaration.start, ""
        for wanted, declarator in zip(self.wanted, declaration.declarators, strict=True):
            if declarator is not declaration.declarators[0]:
                start, lead = self._gap(start, declarator)
                type_text = _TAGGED_HEAD.sub(r"struct \1", type_text)
            yield from self._declarator(wanted, declarator, start, lead, type_text, storage, kept)
            start = declarator.value_end or declarator.end

    def _edit(self, start: int, end: int, new: str, rank: int = 0) -> Edit:
        return Edit(start, end, rank, new.encode("latin-1"), self.by, self.reason, self.wanted[0].name)

    def _gap(self, start: int, declarator: Declarator) -> tuple[int, str]:
        """The comma before a declarator, and what replaces it and all up to the declarator; comments stay in place."""
        comma = self.code.find(b",", start, declarator.start)
        comma = comma if comma >= 0 else start
        lines = self.data[comma + 1 : declarator.start].decode("latin-1").splitlines() or [""]
        own = [line.strip() for line in lines[1:] if line.strip()]
        break_ = self.newline + self.indent
        return comma, ";" + lines[0].rstrip() + break_ + "".join(line + break_ for line in own)

    def _declarator(
        self, wanted: Wanted, declarator: Declarator, start: int, lead: str, type_text: str, storage: str, kept: str
    ) -> Iterator[Edit]:
        text = self.job.ported_text(self.file, declarator.start, declarator.end, self.own)
        if wanted.make is None:
            yield self._edit(start, declarator.end, f"{lead}{storage}{_plain(type_text, text)}{kept}")
            return
        if not is_simple(declarator.shape):
            alias = typedef_name(self.job, self.file, declarator.name)
            typedef, type_text, text = typedef_for(type_text, text, declarator.name, alias)
            lead += f"{typedef}\n".replace("\n", self.newline + self.indent)
            yield self._edit(start, declarator.end, lead + wanted.make(type_text, text) + kept)
        elif bare(text) != text:
            parts = join_type(type_text, bare(text))
            yield self._edit(start, declarator.end, lead + wanted.make(*parts) + kept)
        else:
            text = self.data[declarator.start : declarator.end].decode("latin-1")  # its bounds stay where they are
            yield from self._simple(wanted, declarator, start, lead, join_type(type_text, text), kept)
        yield from self._drop_attributes(declarator)

    def _simple(
        self, wanted: Wanted, declarator: Declarator, start: int, lead: str, parts: tuple[str, str], kept: str
    ) -> Iterator[Edit]:
        """Name and all before it in one edit, the bounds behind it untouched."""
        assert wanted.make is not None
        name_end = declarator.name_at + len(declarator.name)
        bounds = self.data[name_end : declarator.end].decode("latin-1")
        behind = self._columns_behind(declarator)
        whole = fold(wanted.make(*parts), parts[1], behind).replace("\n", self.newline + self.indent)
        head, closing = whole[: whole.rindex(bounds + ")")] if bounds else whole[:-1], ")"
        yield self._edit(start, name_end, lead + head)
        yield self._edit(declarator.end, declarator.end, closing + kept, rank=1)

    def _columns_behind(self, declarator: Declarator) -> int:
        """Columns that stay behind a declarator on its line: its value, as far as it stands there, and a semicolon."""
        end = max(declarator.value_end, self._next_token(declarator))
        text = self.code[declarator.end : end].decode("latin-1").rstrip()
        return columns(text.partition("\n")[0]) + 1

    def _drop_attributes(self, declarator: Declarator) -> Iterator[Edit]:
        end = self._next_token(declarator)
        for attribute in find_attributes(self.job, self.file, declarator.end, end):
            if not attribute.keep:
                yield self._edit(before(self.code, attribute.start), attribute.end, "", rank=2)

    def _next_token(self, declarator: Declarator) -> int:
        return end_of_declarator(self.job, self.file, self.declaration, declarator)

    def _body_end(self) -> int:
        return body_end(self.job, self.file, self.declaration)

    def _hoist(self) -> Generator[Edit, None, str]:
        """Let the type stand by itself: drop the storage class, name it if it has no name; returns how to say it."""
        declaration = self.declaration
        head = type_head(self.job, self.file, declaration)
        storage = re.compile(rb"\b(?:static|extern)\b\s*").search(self.code, declaration.start, head.start)
        if storage:
            yield self._edit(storage.start(), storage.end(), "")
        for match in _QUALIFIER.finditer(self.code, declaration.start, head.start):
            yield self._edit(match.start(), match.end(), "")  # those behind the body go with the gap
        tag = head.tag
        if not tag:
            tag = self._new_tag(declaration.declarators[0].name)
            yield self._edit(head.kind_end, head.kind_end, f" {tag}")
        return f"{head.qualifiers}{head.kind} {tag}"

    def _new_tag(self, name: str) -> str:
        return free_name(self.job, self.file, name, name, f"{name}_s", tag=True)


def _plain(type_text: str, declarator: str) -> str:
    return f"{type_text} {declarator}"


def free_name(job: Job, file: str, name: str, *wishes: str, tag: bool = False) -> str:
    """The first wish nobody in `file` uses (as a tag, if `tag`), or the last one with a number."""
    code, words = job.code(file), job.tree.words(file)

    def taken(wish: str) -> bool:
        if not tag:
            return wish in words
        return re.search(rb"\b(?:struct|union|enum)\s+" + wish.encode() + rb"\b", code) is not None

    tries = [*wishes, *(f"{wishes[-1]}{n}" for n in range(2, 100))]
    return next((wish for wish in tries if not taken(wish)), f"{name}_of_vnet")


def typedef_name(job: Job, file: str, name: str) -> str:
    """How to call the typedef that `name` needs."""
    return free_name(job, file, name, f"{name}_t", f"{name}_type_t")


def statement_line_end(job: Job, file: str, end: int) -> int:
    """Where lines about the statement that ends at `end` can go: the end of its line, with comments and neighbours."""
    code, data = job.code(file), job.data[file]
    at = end
    while True:
        found = code.find(b"\n", at)
        stop = len(data) if found < 0 else found + 1
        if not code[at:stop].strip():
            return stop
        following = skip_space(code, at)
        if code[following : following + 1] == b";":  # it ends an empty declaration, which belongs to nobody
            at = following + 1
            continue
        neighbour = next((d for d in job.tree.facts[file].declarations if d.start == following), None)
        if neighbour is None:
            return end
        at = neighbour.end


def own_line_end(job: Job, file: str, end: int) -> int:
    """Past the line on which a statement ends at `end`, when only comments follow on it; else -1."""
    code = job.code(file)
    found = code.find(b"\n", end)
    stop = len(code) if found < 0 else found + 1
    return -1 if code[end:stop].strip() else stop


def comment_behind(job: Job, file: str, end: int) -> str:
    """The comments that follow a statement on its line, with the blanks before them; empty when other text does."""
    text = job.data[file][end : max(end, own_line_end(job, file, end))].decode("latin-1").rstrip()
    return text if text.strip() else ""


def make_definition(job: Job, variable: Variable, declaration: Declaration) -> Callable[[str, str], str]:
    """How to write the definition of `variable` that `declaration` holds."""
    static, name = declaration.storage == "static", variable.name

    def make(type_text: str, declarator: str) -> str:
        return job.dialect.define(static, type_text, declarator.replace(variable.name, name, 1))

    return make
