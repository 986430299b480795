"""VP5xx: marks a port left, macros of another time, a plan that fell behind, symbols looked up from outside."""

import re
from collections.abc import Iterator
from functools import partial

from vport.checks.found import Found
from vport.checks.job import Job
from vport.dialect import detect
from vport.edits import Edit
from vport.names import spell
from vport.patterns import later
from vport.source import line_end, line_start

_MARK = later(rb"VPORT-(CONTEXT|LIFECYCLE):\s*([^\n]*)")
_OLD = later(
    rb"\b(static\s+VNET_DEFINE\s*\(|SYSCTL_VNET_\w+|VIMAGE_SYSCTL_\w+|SYSCTL_V_\w+|SYSCTL_RESOLVE_V_ARG1|VNET_SYSCTL_ARG\s*\(|"
    rb"INIT_VNET_\w+|INIT_FROM_VNET|INIT_VPROCG|VNET_MOD_(?:DECLARE|REGISTER)\w*|vnet_mod_(?:de)?register\w*|VNET_SYMMAP\w*|"
    rb"VSYM\s*\(|VIMAGE_(?:CTASSERT|ASSERT)|CURVIMAGE_\w+|SI_SUB_VIMAGE_\w+)"
)
_OLD_STEM = later(
    r"VNET_DEFINE\b|SYSCTL_V|VIMAGE_|VNET_SYSCTL_ARG|_V_ARG1|INIT_V|INIT_FROM_VNET|VNET_MOD_|vnet_mod_|VNET_SYMMAP|VSYM"
)
"""What every old spelling holds; a file's identifiers are soon looked through."""
_OLD_CONDITION = later(rb"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b[^\n]*\b(VIMAGE_GLOBALS)\b", re.MULTILINE)
_PREAMBLE = later(rb"INIT_(?:VNET_\w+|FROM_VNET|VPROCG)\s*\([^;{}]*\)\s*;")
_STATIC = later(rb"static\s+VNET_DEFINE\b")
_OLD_FINE = {b"SYSCTL_VNET_PCPUSTAT"}
_NLIST = later(rb'\{\s*(?:\.n_name\s*=\s*)?"_(\w+)"')


def check(job: Job) -> Iterator[Found]:
    """All of the family."""
    yield from _marks(job)
    yield from _old(job)
    yield from _behind(job)
    yield from _userland(job)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _marks(job: Job) -> Iterator[Found]:
    return job.by_file("VP503", partial(_marks_of, job))


def _marks_of(job: Job, file: str) -> Iterator[Found]:
    data = job.read.data[file]
    for mark in _MARK.finditer(data):
        text = mark[2].decode("utf-8", "replace").partition("*/")[0].strip()
        message = f"a port left this to a person: {text}" if text else "a port left this place to a person"
        yield Found("VP503", file, _line(data, mark.start()), message, "Settle it and remove the comment")


def _old(job: Job) -> Iterator[Found]:
    """Spellings of FreeBSD 8 and 9, and of the years before, in a tree that speaks a newer one."""
    dialect, evidence = detect(job.read.data, job.read.data.__getitem__)
    if dialect != "freebsd-13" or "no header" in evidence:
        return
    speaks = f"{dialect}, which the tree speaks: {evidence}"
    yield from job.by_file(f"VP502 {speaks}", partial(_old_of, job, speaks))


def _old_of(job: Job, speaks: str, file: str) -> Iterator[Found]:
    old = _OLD_STEM.search(job.read.tree.facts[file].words)
    for match in _old_words(job.code[file]) if old else ():
        said = " ".join(match[1].rstrip(b"( \t").decode().split())
        message = f"`{said}` is of an older dialect than {speaks}"
        cure = "Write today's form: VNET_DEFINE_STATIC, CTLFLAG_VNET with &VNET_NAME(x), VNET_SYSINIT"
        yield Found("VP502", file, job.line(file, match.start()), message, cure, edits=_today(job, file, match))


def _old_words(code: bytes) -> Iterator[re.Match[bytes]]:
    """Old spellings outside of directives, and the conditions that only the old containers knew."""
    for match in _OLD.finditer(code):
        line = code[code.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if match[1].rstrip(b"( \t") not in _OLD_FINE and not line.lstrip().startswith(b"#"):
            yield match
    yield from _OLD_CONDITION.finditer(code)


def _today(job: Job, file: str, match: re.Match[bytes]) -> tuple[tuple[str, Edit], ...]:
    """The old forms that a word, or the lack of a statement, cures."""
    old = _STATIC.match(match[0])
    if old:
        reason = "`static` stands before a structure there since VNET_DEFINE begins with one"
        return ((file, Edit(match.start(), match.start() + old.end(), 0, b"VNET_DEFINE_STATIC", "check", reason)),)
    preamble = _PREAMBLE.match(job.code[file], match.start())
    if preamble is None:
        return ()
    data, end = job.read.data[file], preamble.end()
    low, high = line_start(data, match.start()), line_end(data, end)
    alone = not data[low : match.start()].strip() and not data[end:high].strip()
    start, end = (low, high) if alone else (match.start(), end)
    return (
        (file, Edit(start, end, 0, b"", "check", "variables of a stack need no pointer to their container any more")),
    )


def _behind(job: Job) -> Iterator[Found]:
    """Entries of the plan that mean nothing, and decisions that the tree does not show."""
    if job.plan is None:
        return
    known = {(v.file, v.function, v.name): v for v in job.read.tree.variables}
    for entry in job.plan.entries:
        keys = [k for k in known if k[1:] == (entry.function, entry.name) and ("/" + k[0]).endswith("/" + entry.file)]
        seen = any(("/" + spell(f)).endswith("/" + entry.file) for f in job.read.tree.facts)
        if not keys and seen and not entry.gone:
            message = f"the plan speaks of {entry.name} in {entry.file}, which defines no such variable"
            yield Found("VP501", job.plan.path, entry.line, message, "Refresh it with `vport plan`", entry.name)
        for key in keys:
            if known[key].virtual and entry.decision == "share" and job.wanted(key[0]):
                line = _line(job.read.data[key[0]], known[key].sites[0].declarator.name_at)
                message = f"{entry.name} is virtualized, and the plan says it is shared ({job.plan.path}:{entry.line})"
                yield Found("VP501", key[0], line, message, "Make plan and source agree", entry.name)


def _userland(job: Job) -> Iterator[Found]:
    """Tables of symbol names, as nlist(3) takes them, that name what is `vnet_entry_x` now."""
    virtual = frozenset(v.name for v in job.per_vnet if v.storage != "static")
    return job.by_file("VP504", partial(_userland_of, job, virtual))


def _userland_of(job: Job, virtual: frozenset[str], file: str) -> Iterator[Found]:
    data = job.read.data[file]
    for match in _NLIST.finditer(data) if b"nlist" in data else ():
        if match[1].decode() in virtual:
            name = match[1].decode()
            message = (
                f"{name} is virtualized: its symbol is vnet_entry_{name}, and its address that of the initial copy"
            )
            cure = "Read it through kvm_read of the current vnet's data, or through a sysctl"
            yield Found("VP504", file, _line(data, match.start()), message, cure, name)
