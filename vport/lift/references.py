"""Uses: `V_x`, `VNET(x)` and `VNET_NAME(x)` become `x` where a port is taken out.

A use in the scope of a local of the same name is left to a person: it would mean the local.
"""

from collections.abc import Iterator

from vport.c.tokens import closing_paren
from vport.edits import Edit
from vport.lift.aliases import find_aliases
from vport.lift.work import Work
from vport.patterns import later

NAME = "references"

_SYMBOL = later(rb"\bVNET(?:_NAME)?\s*\(\s*(\w+)")
_CLOSE = later(rb"\s*\)")


def retired(work: Work) -> Iterator[tuple[str, Edit]]:
    """Uses through accessors that go; a port writes them anew."""
    lines = {(a.file, a.define.start, a.define.end) for a in find_aliases(work)}
    for file, at in work.words(work.accessors):
        word = work.word_at(file, at)
        inside = any(f == file and start <= at < end for f, start, end in lines)
        if not inside and not hidden(work, file, at, work.accessors[word]):
            name = work.accessors[word]
            yield file, Edit(at, at + len(word), 0, name.encode("latin-1"), NAME, f"{name} is defined plainly", name)


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each use."""
    aliases = find_aliases(work)
    names = {**work.accessors, **{a.name: a.variable for a in aliases}}
    lines = {(a.file, a.define.start, a.define.end) for a in aliases}
    for file, at in work.words(names):
        if any(f == file and start <= at < end for f, start, end in lines):
            continue
        word = work.word_at(file, at)
        yield from _named(work, file, at, at + len(word), names[word])
    for file, at in work.words(("VNET", "VNET_NAME")):
        found = _SYMBOL.match(work.joined(file), at)
        close = _CLOSE.match(work.joined(file), found.end()) if found else None
        inside = any(f == file and start <= at < end for f, start, end in lines)
        if found and not inside and not work.defines(file, at):
            name = found[1].decode("latin-1")
            if close:
                yield from _named(work, file, at, close.end(), name)
            else:  # members belong to the argument: VNET_NAME(x.member)
                stop = _closing(work, file, at)
                text = work.job.data[file][found.start(1) : stop - 1].decode("latin-1")
                yield from _named(work, file, at, stop, name, text)


def _closing(work: Work, file: str, at: int) -> int:
    code = work.joined(file)
    return closing_paren(code, code.index(b"(", at))


def _named(work: Work, file: str, start: int, end: int, name: str, text: str = "") -> Iterator[tuple[str, Edit]]:
    if hidden(work, file, start, name):
        work.leave(
            file,
            start,
            "hidden-by-local",
            f"a local {name} hides the variable {name} here: rename the local, then write {name}",
            name,
        )
        return
    yield file, Edit(start, end, 0, (text or name).encode("latin-1"), NAME, f"{name} is a plain global", name)


def hidden(work: Work, file: str, at: int, name: str) -> bool:
    """Whether a name of block scope means something else at an offset."""
    local = work.read.tree.facts[file].local
    return any(n == name and a <= at < until for n, a, until in zip(local.names, local.at, local.until, strict=True))
