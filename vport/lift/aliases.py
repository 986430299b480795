"""Accessor macros: `#define V_x VNET(x)`, before that `VNET_FOO(x)`, `x`, and for a while none at all.

They stand beside definitions and declarations since FreeBSD 8, in sys/vimage.h or a module's own header before.
"""

import re
from collections.abc import Iterator

import msgspec

from vport.edits import Edit
from vport.facts import Define
from vport.lift.work import Work
from vport.patterns import later
from vport.source import line_end, line_start

NAME = "aliases"

_THROUGH = later(r"(\w+)\s*\(\s*(\w+)\s*\)\Z")
_PREFIX = "V_"


class Alias(msgspec.Struct, frozen=True):
    """One accessor.

    Arguments:
        file: that defines it.
        define: the directive.
        variable: name of what it reaches.
        through: the macro it goes through; empty where it is the variable itself.
    """

    file: str
    define: Define
    variable: str
    through: str

    @property
    def name(self) -> str:
        """Of the accessor."""
        return self.define.name


def find_aliases(work: Work) -> list[Alias]:
    """All accessors of the tree that name one variable and nothing else."""
    return work.once("aliases", lambda: _aliases(work))


def _aliases(work: Work) -> list[Alias]:
    found: list[Alias] = []
    for file, known in work.read.tree.facts.items():
        for define in known.defines:
            if define.name.startswith(_PREFIX) and define.parameters is None:
                body = work.joined(file)[define.body : define.end].decode("latin-1").strip()
                through = _THROUGH.fullmatch(body)
                if through and _reaches(work, through[1]):
                    found.append(Alias(file, define, through[2], through[1]))
                elif body == define.name[len(_PREFIX) :]:
                    found.append(Alias(file, define, body, ""))
    return found


def _reaches(work: Work, macro: str) -> bool:
    """Whether a macro gives a stack's own copy of its argument: VNET, or what goes through VSYM to a container."""
    if macro == "VNET":
        return True
    bodies = [work.joined(f)[d.body : d.end] for f, d in work.read.tree.macros.get(macro, ())]
    if not bodies:
        return bool(re.fullmatch(r"V(?:NET|PROCG|CPU)_[A-Z0-9_]+", macro))
    return any(re.search(rb"\bVSYM\b|##\s*_0\b|\w+_0\b|->_\s*##", body) for body in bodies)


def contained(alias: Alias) -> bool:
    """Whether the accessor reaches a member of a container."""
    return alias.through not in ("", "VNET")


def removal(work: Work, alias: Alias, reason: str) -> Edit:
    """Take the line of an accessor out."""
    data = work.job.data[alias.file]
    begin, stop = line_start(data, alias.define.start), line_end(data, alias.define.end)
    return Edit(begin, stop, 0, b"", NAME, reason, alias.variable)


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take all accessors of symbols out."""
    for alias in find_aliases(work):
        yield alias.file, removal(work, alias, f"{alias.variable} is reached by its own name")


def retirable(work: Work) -> dict[str, str]:
    """Accessors of containers and of globals whose variable the tree defines: name to the name of the variable."""
    found = find_aliases(work)
    symbols = {a.name for a in found if a.through == "VNET"}
    plain = {v.name for v in work.read.tree.variables if not v.virtual and not v.function}
    return {a.name: a.variable for a in found if a.name not in symbols and a.variable in plain}


def retired(work: Work) -> Iterator[tuple[str, Edit]]:
    """Let the accessors of containers and of globals go; a port writes those of symbols beside the definitions."""
    known = retirable(work)
    for alias in find_aliases(work):
        if alias.name in known:
            if not work.keeps(alias.variable):
                work.drop(alias.file, alias.define.start, alias.define.end)
        elif alias.through != "VNET" and contained(alias):
            message = f"no file of this tree defines {alias.variable}: upgrade it together with the one that does"
            work.leave(alias.file, alias.define.start, "variable-elsewhere", message, alias.variable)
    yield from ()
