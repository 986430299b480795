"""Dialects: how a release spells what a port writes, and which one a tree speaks."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from vport import rules
from vport.errors import UsageError
from vport.globs import fits
from vport.patterns import later

HISTORY = (
    "plain",
    "vimage-2008",
    "vimage-structs",
    "freebsd-8",
    "freebsd-9",
    "vimage-2010",
    "freebsd-10",
    "freebsd-11",
    "freebsd-12",
    "freebsd-13",
)
"""All dialects in the order of time."""

NAMES = HISTORY[:0:-1]
"""Dialects that a port can write, the default first: all but the plain globals it starts from."""

SYMBOLS = tuple(name for name in NAMES if name not in ("vimage-2008", "vimage-structs"))
"""Dialects in which a per-vnet variable is a symbol of its own, the default first."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a dialect that was reached by several, each a patch of its own.

    Arguments:
        like: the dialect whose words and storage it has; its own unless given.
        guard, skip, passes, frozen: as those of `Forms`.
    """

    like: str = ""
    guard: str = ""
    skip: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    frozen: bool = False


class Forms(msgspec.Struct, frozen=True, kw_only=True):
    """What a dialect needs beyond its words, the table `forms` of its rules.

    Arguments:
        storage: where a variable lives: `symbols` (VNET_DEFINE), `globals` or `containers`.
        through: the dialect whose text a port gives first; its own unless given.
        guard: the condition of a build with plain globals, where storage is in containers.
        skip: passes of a port that have nothing to do.
        frozen: whether nothing that runs may change.
        passes: passes that follow on the text of a port, in vport/forms.
        constructor, destructor: macros that register what runs for each stack.
        registered: subsystem and order at which storage is set up, before whatever uses it.
        steps: the way to this dialect, if it was gone in steps.
    """

    storage: str = "symbols"
    through: str = ""
    guard: str = ""
    skip: tuple[str, ...] = ()
    frozen: bool = False
    passes: tuple[str, ...] = ()
    constructor: str = "VNET_SYSINIT"
    destructor: str = "VNET_SYSUNINIT"
    registered: str = ""
    steps: tuple[Step, ...] = ()


class Dialect(msgspec.Struct, frozen=True):
    """One dialect, from rules/dialects/NAME.toml.

    Arguments:
        name: of the dialect.
        years: it was written in, for people.
        release: whose constructors it has, a name in rules/sysinit.
        text: templates of definitions, declarations and references.
        flag: the sysctl flag that marks per-vnet leaves, empty where a family of macros does.
        families: plain sysctl macro to its per-vnet form.
        identifiers: template of what such a form takes before the plain macro's arguments, empty if nothing; one that
            takes it names the variable instead of an address.
        subsystems: of sysinit, by today's name, where it had another.
        forms: what is more than words.
    """

    name: str
    years: str
    release: str
    text: dict[str, str]
    flag: str
    families: dict[str, str]
    identifiers: str
    subsystems: dict[str, str]
    forms: Forms

    def at_step(self, number: int) -> "Dialect":
        """The dialect as it was after a step, counted from 1.

        Raises:
            UsageError: it was not reached in so many steps.
        """
        steps = self.forms.steps
        if not 1 <= number <= len(steps):
            ways = f"has the steps 1 to {len(steps)}" if steps else "is reached in one step"
            raise UsageError(f"{self.name} {ways}; --step {number} is none of them")
        step = steps[number - 1]
        like = load(step.like) if step.like else self
        forms = msgspec.structs.replace(
            like.forms,
            guard=step.guard,
            skip=step.skip,
            passes=step.passes,
            frozen=step.frozen,
            constructor=self.forms.constructor,
            destructor=self.forms.destructor,
            steps=(),
        )
        return msgspec.structs.replace(like, name=self.name, forms=forms)

    def first(self) -> "Dialect":
        """What a port writes before the forms: the words of another dialect, but for what these do not change."""
        if not self.forms.through:
            return self
        words = load(self.forms.through)
        kept = {word: self.text[word] for word in ("include", "brings", "rebase") if word in self.text}
        return msgspec.structs.replace(self, text=words.text | kept)

    def define(self, static: bool, type_text: str, declarator: str) -> str:
        """A definition, without value and semicolon."""
        return self.text["define_static" if static else "define"].format(type=type_text, declarator=declarator)

    def declare(self, type_text: str, declarator: str) -> str:
        """A declaration, without semicolon."""
        return self.text["declare"].format(type=type_text, declarator=declarator)

    def accessor(self, name: str, container: str = "") -> str:
        """What the `V_` macro of `name` expands to; `container` is the structure that holds it, if one does."""
        return self.text["accessor"].format(name=name, CONTAINER=container.upper())

    def preamble(self, container: str, vnet: str = "curvnet") -> str:
        """What a function begins with before it reaches the variables of a container; empty if nothing."""
        return self.text.get("preamble", "").format(CONTAINER=container.upper(), vnet=vnet)

    def reference(self, name: str) -> str:
        """The symbol of `name`, for static initialisers."""
        return self.text["reference"].format(name=name)


@cache
def load(name: str) -> Dialect:
    """The dialect called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in HISTORY:
        raise UsageError(f"unknown dialect {name!r}; the known ones are {', '.join((*NAMES, 'plain'))}")
    table = rules.load(f"dialects/{name}")
    sysctl = table["sysctl"]
    return Dialect(
        name,
        table["years"],
        table["release"],
        table["text"],
        sysctl["flag"],
        sysctl.get("families", {}),
        sysctl.get("identifiers", ""),
        table.get("subsystems", {}),
        msgspec.convert(table.get("forms", {}), Forms),
    )


_VERSION = later(r"(?m)^#[ \t]*define[ \t]+__FreeBSD_version[ \t]+(\d+)")


class Found(msgspec.Struct, frozen=True):
    """A dialect that a tree's headers speak.

    Arguments:
        name: of the dialect.
        evidence: sentences, each with the file and, where a line says it, its number.
    """

    name: str
    evidence: tuple[str, ...]


def detect(files: Iterable[str], read: Callable[[str], bytes]) -> tuple[str, str]:
    """The dialect a tree's own headers speak, and the evidence.

    Arguments:
        files: names of the tree's files.
        read: gives the bytes of one.

    Returns:
        Name and a sentence; the newest dialect when no header tells.
    """
    found = recognise(files, read)
    return found.name, "; ".join(found.evidence)


def recognise(files: Iterable[str], read: Callable[[str], bytes]) -> Found:
    """As `detect`, each piece of evidence by itself.

    What the headers define decides; where several releases define the same, the one that `__FreeBSD_version` says, or
    the newest of them (the order of tests is that of the history of sys/net/vnet.h and sys/vimage.h).
    """
    names = list(files)
    own: dict[str, tuple[str, ...]] = {}
    shared: dict[str, tuple[str, ...]] = {}
    for name in NAMES:
        for entry in rules.load(f"dialects/{name}")["detect"]:
            said = _evidence(names, read, entry)
            if said:
                (shared if "version" in entry else own).setdefault(name, said)
    fits = own or shared
    if not fits:
        return Found(NAMES[0], ("no header of the tree tells; the newest is taken",))
    where, version = _version(names, read) if len(fits) > 1 else ("", 0)
    for name, said in fits.items():
        if any(_covers(entry, version) for entry in rules.load(f"dialects/{name}")["detect"]):
            return Found(name, (*said, f"{where}: __FreeBSD_version is {version}"))
    name = next(iter(fits))
    others = [n for n in fits if n != name]
    return Found(name, (*fits[name], *([f"as in {', '.join(others)}; __FreeBSD_version would tell"] if others else [])))


_KERNEL = ("sys/param.h", "sys/systm.h", "sys/kernel.h")
"""Headers that every kernel has."""


def before_all(files: Iterable[str]) -> str:
    """A kernel's header in a tree that has none of VNET's; empty if there is neither, or both."""
    names = [f"/{file}" for file in files]
    if any(name.endswith(("/sys/vimage.h", "/net/vnet.h")) for name in names):
        return ""
    return next((name[1:] for name in names if name.endswith(tuple(f"/{header}" for header in _KERNEL))), "")


def _covers(entry: dict[str, Any], version: int) -> bool:
    low, high = entry.get("version", (1, 0))
    return bool(low <= version <= high)


def _evidence(names: list[str], read: Callable[[str], bytes], entry: dict[str, Any]) -> tuple[str, ...]:
    """Where a header says what an entry wants, empty if none does."""
    for file in names:
        if ("/" + file).endswith("/" + entry["file"]):
            text = read(file).decode("latin-1")
            hits = [re.search(p, text) for p in entry["with"]]
            if all(hits) and not any(re.search(p, text) for p in entry["without"]):
                lines = [(text.count("\n", 0, hit.start()) + 1, " ".join(hit.group().split())) for hit in hits if hit]
                return tuple(f"{file}:{line}: {said}" for line, said in lines)
    return ()


def _version(names: list[str], read: Callable[[str], bytes]) -> tuple[str, int]:
    """`__FreeBSD_version` of a tree, and the place that says so; 0 when none does."""
    for file in names:
        if ("/" + file).endswith("/sys/param.h"):
            text = read(file).decode("latin-1")
            hit = _VERSION.search(text)
            if hit:
                return f"{file}:{text.count(chr(10), 0, hit.start()) + 1}", int(hit[1])
    return "", 0


class SysctlArguments(msgspec.Struct, frozen=True):
    """Indices of a sysctl macro's flags and pointer; -1 where it has none."""

    access: int
    pointer: int


@cache
def sysctl_arguments(macro: str) -> SysctlArguments | None:
    """Where `macro` keeps flags and pointer, or None when it is no sysctl macro that declares a leaf."""
    for pattern, entry in rules.load("sysctl")["sysctls"].items():
        if fits(macro, pattern):
            found = SysctlArguments(entry.get("access", -1), entry.get("pointer", -1))
            return found if found.access >= 0 else None
    return None
