"""Accessors of per-vnet variables: names that lead nowhere, and variables that are reached without theirs."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from vport.checks.found import Found
from vport.checks.job import Job
from vport.checks.words import naming
from vport.edits import Edit
from vport.facts import Define
from vport.patterns import later
from vport.tree import Reference, Variable

_ACCESSOR = later(rb"\s*VNET\s*\(\s*(\w+)\s*\)\s*\Z")
_NAME = later(r"V_\w+")
_USED = later(rb"(?<![\w.>])V_(\w+)\b")
_DECLARED = later(rb"\bVNET_(?:DECLARE|DEFINE(?:_STATIC)?)\s*\([^;{}]*?\b(\w+)\s*\)")
_INSIDE = later(rb"\bV(?:NET|IMAGE)\w*\s*\([^();]*\Z")
_SHARED = later(rb"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b[^\n]*\bVIMAGE\b", re.MULTILINE)


def check(job: Job) -> Iterator[Found]:
    """VP406 and VP407."""
    plain = [
        one
        for variable in job.per_vnet
        if all(site.declaration.macro.startswith("VNET_") for site in variable.sites)
        for one in _plain(job, variable)
    ]
    yield from plain
    yield from _left_over(job, {f"V_{one.variable}" for one in plain})
    yield from _undefined(job)


def _left_over(job: Job, wanting: set[str]) -> Iterator[Found]:
    """Accessors of variables that do not exist, and those nobody uses; `wanting` should be used."""
    listed = list(_accessors(job))
    named = {v.name for v in job.per_vnet}
    if any(variable not in named for *_, variable in listed):
        named |= _declared(job)
    users = naming(job.read.tree, (name for name, *_ in listed))
    at_home = job.store.each("accessors at home", job.read.tree.facts, list[str], partial(_used_at_home, job))
    for name, file, define, variable in listed:
        if variable in named and (name in wanting or _is_named(job, name, users.get(name, ()), at_home)):
            continue
        unknown = f"{name} stands for {variable}, which nothing in the tree defines or declares per vnet"
        message = f"nothing uses {name}" if variable in named else unknown
        line = job.line(file, define.start)
        yield Found("VP407", file, line, message, "Remove the macro", variable, edits=_removal(job, file, define))


def _accessors(job: Job) -> Iterator[tuple[str, str, Define, str]]:
    """Accessor macros of wanted files: name, file, definition, variable."""
    for name, defines in job.read.tree.macros.items():
        for file, define in defines if _NAME.fullmatch(name) else ():
            means = _ACCESSOR.match(job.code[file][define.body : define.end]) if job.wanted(file) else None
            if means is not None:
                yield name, file, define, means[1].decode()


def _removal(job: Job, file: str, define: Define) -> tuple[tuple[str, Edit], ...]:
    """An edit that takes the lines of a macro out."""
    data = job.read.data[file]
    begin, end = data.rfind(b"\n", 0, define.start) + 1, data.find(b"\n", define.end) + 1
    if data[begin : define.start].strip() or end <= 0:
        return ()
    return ((file, Edit(begin, end, 0, b"", "check", "an accessor that stands for nothing, or that nobody uses")),)


def _declared(job: Job) -> set[str]:
    """Names of VNET_DECLARE and VNET_DEFINE in the tree, as text: some stand in branches or macros nobody links."""
    texts = [text for text in job.read.data.values() if b"VNET_DE" in text]
    return {m[1].decode() for text in texts for m in _DECLARED.finditer(text)}


def _is_named(job: Job, name: str, files: Collection[str], at_home: Mapping[str, Collection[str]]) -> bool:
    """Whether files name an accessor elsewhere than in its definitions; what those that define it say is asked last."""
    homes = {file for file, _ in job.read.tree.macros[name]}
    return any(file not in homes for file in files) or any(name in at_home[file] for file in files)


def _used_at_home(job: Job, file: str) -> list[str]:
    """Accessors that a file defines and also names elsewhere than in its definitions of them."""
    defined = Counter(d.name for d in job.read.tree.facts[file].defines if d.name.startswith("V_"))
    return [name for name, times in defined.items() if _occurs(job, file, name) > times]


def _occurs(job: Job, file: str, name: str) -> int:
    word = name.encode()  # a pattern that begins with letters is looked for much faster
    return len(re.findall(rb"%s(?<!\w%s)\b" % (word, word), job.code[file]))


def _plain(job: Job, variable: Variable) -> Iterator[Found]:
    """Uses of a per-vnet variable by its own name."""
    for reference in variable.references:
        if not job.wanted(reference.file) or not _counts(job, reference):
            continue
        use, accessor = reference.use, f"V_{variable.name}"
        message = f"{variable.name} is per-vnet and used by its plain name: with VIMAGE there is no such symbol"
        edit = Edit(use.at, use.at + len(use.name), 3, accessor.encode(), "check", f"{variable.name} of this stack")
        edits = ((reference.file, edit),) if use.place == "function" and accessor in job.read.tree.macros else ()
        line = job.line(reference.file, use.at)
        function = job.read.tree.facts[reference.file].functions[use.index].name if use.place == "function" else ""
        yield Found(
            "VP406", reference.file, line, message, f"Use {accessor}", variable.name, function, (), edits, "high"
        )


def _counts(job: Job, reference: Reference) -> bool:
    """Whether a use by plain name means the variable in builds with VIMAGE, as far as its file tells."""
    use, code = reference.use, job.code[reference.file]
    if use.place not in ("function", "macro") or use.pasted or use.callee.startswith("VNET"):
        return False
    if use.place == "macro" and not _is_used(job, job.read.tree.facts[reference.file].defines[use.index].name):
        return False
    if job.read.tree.branch(reference.file, use.at) and _SHARED.search(code):
        return False
    return not _INSIDE.search(code, max(0, use.at - 200), use.at)


def _is_used(job: Job, macro: str) -> bool:
    """Whether a macro that is no accessor itself is named anywhere but in its own definitions."""
    tree = job.read.tree
    return not macro.startswith("V_") and any(
        _occurs(job, file, macro) > sum(d.name == macro for d in facts.defines)
        for file, facts in tree.facts.items()
        if macro in tree.words(file)
    )


def _undefined(job: Job) -> Iterator[Found]:
    """`V_x` of a variable of this tree where no macro defines it."""
    tree = job.read.tree
    bare = {f"V_{v.name}": v for v in job.per_vnet if f"V_{v.name}" not in tree.macros}
    for file in tree.facts if bare else ():
        for name in sorted(bare.keys() & tree.words(file)) if job.wanted(file) else ():
            first = next(
                (
                    m
                    for m in _USED.finditer(job.code[file])
                    if m[0].decode() == name and not _is_out(job, file, m.start())
                ),
                None,
            )
            if first is not None and (bare[name].storage != "static" or bare[name].file == file):
                variable = bare[name]
                message = f"{name} is used, and nothing defines it as the accessor of {variable.name}"
                cure = f"Add #define {name} VNET({variable.name}) behind the definition, or to its header"
                line = job.line(file, first.start())
                yield Found("VP406", file, line, message, cure, variable.name, edits=_accessor(job, variable))


def _is_out(job: Job, file: str, at: int) -> bool:
    """Whether a place stands in what `#if 0` takes out of every build."""
    return any(
        branch.start <= at < branch.end and branch.condition.strip() == "0"
        for group in job.read.tree.facts[file].groups
        for branch in group.branches
    )


def _accessor(job: Job, variable: Variable) -> tuple[tuple[str, Edit], ...]:
    """The accessor behind the definition of a static variable; others want a header, which a person chooses."""
    site, name = variable.sites[0], variable.name
    data = job.read.data[site.file]
    end = data.find(b"\n", site.declaration.end) + 1
    static = site.declaration.macro.endswith("_STATIC") or variable.storage == "static"
    if len(variable.sites) > 1 or end <= 0 or not static:
        return ()
    new = f"#define\tV_{name}\tVNET({name})\n".encode()
    return ((site.file, Edit(end, end, 0, new, "check", f"{name} of the current stack")),)
