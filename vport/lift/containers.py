"""Containers of 2008 and 2009 dissolve into variables: `struct vnet_foo`, its instance and the macros around it.

The plain definitions of the build with VIMAGE_GLOBALS stay, and say type and linkage (sys/vimage.h of 2009).  A member
without one is left to a person: whose it was and whether it was static, nothing says.
"""

import re
from collections.abc import Iterator

import msgspec

from vport import rules
from vport.c.conditionals import Branch, Group
from vport.c.tokens import skip_space
from vport.edits import Edit
from vport.lift.aliases import contained, find_aliases
from vport.lift.work import Work
from vport.patterns import later
from vport.source import line_end, line_start

NAME = "containers"

_SYMBOL = later(rb"\bVSYM\s*\(\s*(\w+)\s*,")
_BASE = later(rb"\bINIT_FROM_VNET\s*\([^,]*,\s*(\w+)\s*,\s*struct\s+(\w+)\s*,")
_NEGATED = later(r"!\s*\(?\s*(?:defined\s*\(?\s*)?(\w+)")


class Container(msgspec.Struct, frozen=True):
    """A container's structure: its name, its file, and where its declaration stands."""

    name: str
    file: str
    start: int
    end: int


def structures(work: Work) -> list[Container]:
    """The structures that accessors reach."""
    names: set[str] = set()
    for known in work.read.tree.macros.values():
        for file, define in known:
            body = work.joined(file)[define.body : define.end]
            names.update(m[1].decode() for m in _SYMBOL.finditer(body))
            names.update(m[2].decode() for m in _BASE.finditer(body))
    found = []
    for file, at in work.words(names):
        code = work.job.code(file)
        head = re.compile(rb"\bstruct\s+\Z").search(code, max(0, at - 40), at)
        brace = skip_space(code, at + len(work.word_at(file, at)))
        if head and code[brace : brace + 1] == b"{":
            end = code.find(b"}", brace)
            while code.count(b"{", brace, end + 1) > code.count(b"}", brace, end + 1):
                end = code.find(b"}", end + 1)
            found.append(Container(work.word_at(file, at), file, head.start(), code.index(b";", end) + 1))
    return found


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Let structures, instances and their macros go, and unwrap the plain definitions."""
    found = structures(work)
    for container in found:
        work.drop(container.file, container.start, container.end)
        _leave_members(work, container)
    _drop_instances(work, {c.name for c in found})
    _drop_macros(work)
    yield from unwrapped(work)


def _leave_members(work: Work, container: Container) -> None:
    """Members that no plain definition names."""
    known = {v.name for v in work.read.tree.variables}
    body = work.job.code(container.file)[container.start : container.end]
    reached = {a.variable for a in find_aliases(work) if contained(a)}
    for match in re.finditer(rb"\b_(\w+)\s*(?:\[[^;]*)?;", body):
        name = match[1].decode("latin-1")
        if name in reached and name not in known:
            member = " ".join(body[body.rfind(b";", 0, match.start()) + 1 : match.end()].decode("latin-1").split())
            member = member.rpartition("{")[2].strip()
            work.leave(
                container.file,
                container.start + match.start(),
                "member-without-definition",
                f"{name} is only a member of struct {container.name} ({member}): define it where it belongs, as "
                f"{work.target.define(False, 'TYPE', name)}, or static if one file uses it",
                name,
            )


def _drop_instances(work: Work, names: set[str]) -> None:
    """`struct vnet_foo vnet_foo_0;`, with any storage class."""
    for file, at in work.words([n + ending for n in names for ending in ("_0", "_globals")]):
        code = work.job.code(file)
        start = max(code.rfind(mark, 0, at) for mark in (b";", b"}", b"{"))
        newline = code.rfind(b"\n", 0, at)
        begin = max(start + 1, newline + 1)
        head = code[begin:at].split()
        if b"struct" in head and code[skip_space(code, at + len(work.word_at(file, at))) :][:1] == b";":
            work.drop(file, begin, code.index(b";", at) + 1)


def _drop_macros(work: Work) -> None:
    """INIT_VNET_FOO, VNET_FOO, the number of the module, and the accessors."""
    upper = set()
    for file, known in work.read.tree.facts.items():
        for define in known.defines:
            body = work.joined(file)[define.body : define.end]
            blank = define.name.startswith("INIT_V") and define.parameters is not None and not body.strip()
            if (_SYMBOL.search(body) or _BASE.search(body) or blank) and define.name not in ("VSYM", "INIT_FROM_VNET"):
                if _kernel(work, define.name):
                    continue
                work.drop(file, define.start, define.end)
                found = _BASE.search(body)
                upper.update([found[1].decode()] if found else [])
    for call in work.calls(("VNET_MOD_DECLARE", "VNET_MOD_DECLARE_STATELESS")):
        upper.add(f"VNET_MOD_{call.text(0)}")
    for name in upper:
        for file, define in work.read.tree.macros.get(name, ()):
            work.drop(file, define.start, define.end)


def _kernel(work: Work, name: str) -> bool:
    """Whether a macro is one of the kernel's own, which rules/upgrade.toml names."""
    return name in ("VSYM", "INIT_FROM_VNET", "VNET_SYMMAP") or not name.startswith(
        ("INIT_V", "VNET_", "VPROCG", "VCPU")
    )


def unwrapped(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take the conditionals around plain definitions away; what stands in their other branches goes, or is left."""
    for file, known in work.read.tree.facts.items():
        for group in known.groups:
            if wants_globals(group.branches[0]):
                yield from _unwrapped(work, file, group)


def wants_globals(branch: Branch) -> bool:
    """Whether a branch holds the globals of the build that has them."""
    table = rules.load("upgrade")["globals"]
    words = set(re.findall(r"\w+", branch.condition)) - {"defined"}
    if not words or not words <= set(table["words"]):
        return False
    if branch.directive == "ifndef":
        return branch.condition.strip() in table["undefined"]
    negated = set(_NEGATED.findall(branch.condition))
    if len(words) == 1 and negated:
        return bool(words & set(table["undefined"]))
    return bool(words & set(table["defined"])) and not negated


def _unwrapped(work: Work, file: str, group: Group) -> Iterator[tuple[str, Edit]]:
    data, reason = work.job.data[file], "the variable is defined in all builds"
    first = group.branches[0]
    if not _defines_variables(work, file, first):
        return
    if group.has_else and not _all_dropped(work, file, group):
        message = "the other branch of this conditional holds more than a container: take the conditional apart"
        work.leave(file, group.start, "conditional-left", message)
        return
    begin = line_start(data, group.start)
    yield file, Edit(begin, line_end(data, group.start), 0, b"", NAME, reason)
    low, high = line_start(data, first.end), line_end(data, group.end - 1)
    if not any(low <= s < high for s, _ in work.dropped.get(file, [])):
        yield file, Edit(low, high, 0, b"", NAME, reason)


def _all_dropped(work: Work, file: str, group: Group) -> bool:
    code = work.job.code(file)
    dropped = work.dropped.get(file, [])
    for branch in group.branches[1:]:
        at, kept = branch.start, b""
        for low, high in sorted(dropped):
            if branch.start <= low < branch.end:
                kept, at = kept + code[at:low], high
        if (kept + code[at : branch.end]).strip():
            return False
    for branch in group.branches[1:]:
        work.dropped[file] = [r for r in work.dropped[file] if not branch.start <= r[0] < branch.end]
    return True


def _defines_variables(work: Work, file: str, branch: Branch) -> bool:
    """Whether a branch declares a variable that an accessor reaches."""
    names = {a.variable for a in find_aliases(work)}
    return any(
        branch.start <= d.start < branch.end and any(one.name in names for one in d.declarators)
        for d in work.read.tree.facts[file].declarations
    )
