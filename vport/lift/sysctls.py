"""Per-vnet sysctls between their families of macros and the flag CTLFLAG_VNET.

FreeBSD 8 to 10 have SYSCTL_VNET_INT and its like (sys/net/vnet.h), later ones a flag that the core looks at
(sys/kern/kern_sysctl.c).
"""

import re
from collections.abc import Iterator

from vport import rules
from vport.dialect import HISTORY, load, sysctl_arguments
from vport.edits import Edit
from vport.life.text import fold_call
from vport.lift.work import Call, Work
from vport.passes._leaves import Leaf, fold_leaf
from vport.patterns import later
from vport.source import line_start
from vport.write import WIDTH, columns

NAME = "sysctls"

_WORD = later(r"[A-Za-z_]\w*")


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every leaf that says otherwise that it belongs to a vnet."""
    if work.target.forms.storage != "symbols":
        return
    families = family_names()
    if work.target.flag:
        for call in work.calls(families):
            yield from _flagged(work, call, families[call.name])
    else:
        yield from _in_families(work, flags())


def family_names() -> dict[str, str]:
    """Macros of families that take an address, in all dialects, and the plain macro of each."""
    known = [load(name) for name in HISTORY]
    return {per: plain for d in known if not d.identifiers for plain, per in d.families.items()}


def flags() -> tuple[str, ...]:
    """Flags that mark per-vnet leaves, in all dialects."""
    return tuple(sorted({load(name).flag for name in HISTORY} - {""}))


def _edits(work: Work, leaf: Leaf, edits: list[Edit]) -> Iterator[tuple[str, Edit]]:
    growth: dict[int, int] = {}
    for edit in edits:
        growth[edit.start] = growth.get(edit.start, 0) + len(edit.new) - (edit.end - edit.start)
    taken = [(e.start, e.end) for e in edits]
    for edit in edits:
        yield leaf.file, edit
    for edit in fold_leaf(leaf, growth, NAME) if keeps_margin(work, leaf) else ():
        if not any(a < edit.end and edit.start < b for a, b in taken):
            yield leaf.file, edit


def keeps_margin(work: Work, leaf: Leaf) -> bool:
    """Whether the code around a leaf keeps to 80 columns; in a file that does not, lines get as long as they get."""
    code = work.job.code(leaf.file)
    around = code[: leaf.start] + code[leaf.end :]
    return all(columns(line.rstrip().decode("latin-1")) <= WIDTH for line in around.splitlines())


def leaf_of(work: Work, call: Call) -> Leaf:
    """The call as a leaf that can be folded."""
    return Leaf(work.job, call.file, call.start + len(call.name), call.name)


def _flagged(work: Work, call: Call, plain: str) -> Iterator[tuple[str, Edit]]:
    leaf, flag = leaf_of(work, call), work.target.flag
    arguments = sysctl_arguments(plain)
    if arguments is None or arguments.access >= len(leaf.arguments):
        work.leave(
            call.file, call.start, "sysctl-not-read", f"{call.name}: its arguments cannot be read; write it anew"
        )
        return
    reason = f"{work.target.name} marks leaves of a vnet with {flag}"
    edits = [Edit(call.start, call.start + len(call.name), 0, plain.encode(), NAME, reason)]
    if not re.search(rf"\b{flag}\b".encode(), leaf.text(arguments.access)):
        at = leaf.arguments[arguments.access][0]
        edits.append(Edit(at, at, 2, f"{flag} | ".encode(), NAME, reason))
    _ask_for_locking(work, call, plain, leaf.text(arguments.access).decode("latin-1"))
    yield from _edits(work, leaf, edits)


def _ask_for_locking(work: Work, call: Call, plain: str, access: str) -> None:
    """Leave it to a person whether a handler needs Giant, where one of two flags must say so."""
    table = rules.load("upgrade")["locking"]
    if work.target.name not in table["dialects"] or plain not in table["macros"]:
        return
    said = set(_WORD.findall(access))
    for word in list(said):
        for file, define in work.read.tree.macros.get(word, ()):
            body = work.job.code(file)[define.body : define.end].decode("latin-1")
            said.update(_WORD.findall(body))
    if not said & set(table["flags"]):
        choices = " or ".join(table["flags"])
        work.leave(
            call.file,
            call.start,
            "sysctl-locking",
            f"{plain} needs {choices} in {work.target.name}: the first if the handler locks what it touches, "
            f"the second if it leans on Giant",
        )


def _in_families(work: Work, marks: tuple[str, ...]) -> Iterator[tuple[str, Edit]]:
    """Leaves with the flag in a family of the target's, or left to a person where it has none."""
    for file, at in work.words(marks):
        call = call_around(work, file, at)
        if call is None:
            if not work.defines(file, at):
                work.leave(
                    file,
                    at,
                    "sysctl-flag",
                    f"no sysctl takes the flag here, which alone makes no leaf per-vnet in {work.target.name}: "
                    f"write its users in one of {', '.join(work.target.families.values())}",
                )
            continue
        if call.name in work.target.families.values():
            continue
        family = work.target.families.get(call.name)
        if family is None:
            work.leave(
                file,
                call.start,
                "no-sysctl-family",
                f"{work.target.name} has no {call.name} for a vnet; export a copy through SYSCTL_VNET_PROC",
            )
            continue
        yield from _unflagged(work, call, family, at)


def call_around(work: Work, file: str, at: int) -> Call | None:
    """The sysctl macro with the word at `at` among its flags."""
    code = work.joined(file)
    for found in reversed(list(re.finditer(rb"\bSYSCTL_\w+", code[max(0, at - 600) : at]))):
        name = found.group().decode()
        call = Call(work, file, name, max(0, at - 600) + found.start())
        arguments = sysctl_arguments(name)
        if call.end > at and arguments is not None and arguments.access < len(call.arguments):
            start, end = call.arguments[arguments.access]
            return call if start <= at < end else None
    return None


def _unflagged(work: Work, call: Call, family: str, at: int) -> Iterator[tuple[str, Edit]]:
    """A leaf in its family.  The flag goes where a lift would put it again; the family sets it anyway where it stays.

    FreeBSD 8 to 10 have the flag, too, in their families: `CTLFLAG_VNET|(access)` (sys/net/vnet.h).
    """
    leaf, reason = leaf_of(work, call), f"{work.target.name} has a family of macros for leaves of a vnet"
    arguments = sysctl_arguments(call.name)
    assert arguments is not None
    start = leaf.arguments[arguments.access][0]
    stop = at + len(work.word_at(call.file, at))
    edits = [Edit(call.start, call.start + len(call.name), 0, family.encode(), NAME, reason)]
    if at == start and work.job.data[call.file][stop : stop + 3] == b" | ":
        edits.append(Edit(at, stop + 3, 0, b"", NAME, reason))
    yield from _edits(work, leaf, edits)


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Leaves as those of globals: no family, no flag."""
    families = family_names()
    for call in work.calls(families):
        reason = f"{call.name} is for leaves of a vnet"
        start = call.start
        yield call.file, Edit(start, start + len(call.name), 0, families[call.name].encode(), NAME, reason)
    for file, at in work.words(flags()):
        if work.defines(file, at):
            continue
        data, code, stop = work.job.data[file], work.joined(file), at + len(work.word_at(file, at))
        cut = _joined_by_bar(code, data, at, stop)
        if cut is None:
            yield file, Edit(at, stop, 0, b"0", NAME, "no leaf belongs to a vnet")
        else:
            yield file, Edit(*cut, 0, b"", NAME, "no leaf belongs to a vnet")


def _joined_by_bar(code: bytes, data: bytes, at: int, stop: int) -> tuple[int, int] | None:
    """The flag at an offset with the `|` that joins it to others; None where it stands alone."""
    behind = re.compile(rb"\s*\|(?!\|)[ \t]*").match(code, stop)
    if behind:
        return at, behind.end()
    ahead = re.compile(rb"\s*(?<!\|)\|\s*\Z").search(code, max(0, at - 200), at)
    return (ahead.start(), stop) if ahead else None


def retired(work: Work) -> Iterator[tuple[str, Edit]]:
    """Leaves of the family with identifiers, `SYSCTL_V_INT(V_NET, vnet_foo, ..., x, ...)`, as plain ones of `&x`."""
    named = {per: plain for d in map(load, HISTORY) if d.identifiers for plain, per in d.families.items()}
    extra = max(len(load(n).identifiers.split(",")) for n in HISTORY)
    for call in work.calls(named):
        arguments = sysctl_arguments(named[call.name])
        if arguments is None or len(call.arguments) <= extra + arguments.pointer:
            work.leave(call.file, call.start, "sysctl-not-read", f"{call.name}: its arguments cannot be read")
            continue
        parts = [call.text(i) for i in range(extra, len(call.arguments))]
        variable = parts[arguments.pointer]
        if _wants_address(work, named[call.name], variable):
            parts[arguments.pointer] = f"&{variable}"
        parts = [_size(work, variable, part) for part in parts]
        yield from _plainly(work, call, named[call.name], extra, parts)


def _plainly(work: Work, call: Call, plain_name: str, extra: int, parts: list[str]) -> Iterator[tuple[str, Edit]]:
    """A leaf in the words of plain ones: filled up anew at file scope, argument by argument where more stands in it."""
    reason, data = f"{call.name} is no more", work.job.data[call.file]
    text = data[call.start : call.end]
    whole = (
        data[line_start(data, call.start) : call.start] == b""
        and work.joined(call.file)[call.end : call.end + 1] == b";"
    )
    if whole and b"/*" not in text and b"//" not in text and b"\\\n" not in text and b"#" not in text:
        lines = fold_call(f"{plain_name}({', '.join(' '.join(p.split()) for p in parts)});")
        new = lines.replace("\n", work.job.newline(call.file)).encode("latin-1")
        yield call.file, Edit(call.start, call.end + 1, 0, new, NAME, reason)
        return
    yield call.file, Edit(call.start, call.start + len(call.name), 0, plain_name.encode(), NAME, reason)
    paren = work.joined(call.file).index(b"(", call.start)
    yield call.file, Edit(paren + 1, call.arguments[extra][0], 0, b"", NAME, "the symbol says whose it is")
    for (start, end), part in zip(call.arguments[extra:], parts, strict=True):
        if data[start:end] != part.encode("latin-1"):
            yield call.file, Edit(start, end, 0, part.encode("latin-1"), NAME, "a leaf takes an address")


def _wants_address(work: Work, macro: str, pointer: str) -> bool:
    """Whether a variable has to be said by its address: all but arrays, and what is a pointer already."""
    if pointer in ("NULL", "0") or pointer.startswith(("&", "(")):
        return False
    if macro.endswith("_STRING") and "." in pointer:
        return False
    known = [v for v in work.read.tree.variables if v.name == pointer]
    return not any(s.declarator.shape.startswith("a") for v in known for s in v.sites)


def _size(work: Work, pointer: str, argument: str) -> str:
    """The size of a leaf's variable where the size of its type stands, which its definition says in the same words."""
    name, _, member = pointer.lstrip("&").partition(".")
    said = "".join(argument.split())
    for variable in work.read.tree.variables:
        if variable.name != name or variable.function:
            continue
        site = variable.sites[0]
        bounds = work.job.data[site.file][site.declarator.name_at + len(name) : site.declarator.end].decode("latin-1")
        type_text = site.declaration.specifier
        of_member = f"sizeof((({type_text} *)NULL)->{member})"
        ways = [of_member] if member else [f"sizeof({type_text}{bounds})"]
        if said in ("".join(way.split()) for way in ways):
            return f"sizeof({pointer.lstrip('&')})"
    return argument
