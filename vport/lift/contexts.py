"""What a loop over all stacks sets: the iterator of 2010 is a `struct vimage *` and has to be cast.

Others have a `struct vnet *` (sys/net/vnet.h).
"""

import re
from collections.abc import Iterator

from vport import rules
from vport.c.statements import end_of_statement
from vport.c.tokens import before, next_byte, skip_space
from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.lift.work import Call, Work
from vport.source import line_end, line_start

NAME = "contexts"

_SETS = ("CURVNET_SET", "CURVNET_SET_QUIET")


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each use of an iterator that the target writes otherwise."""
    wanted = work.target.text.get("iterated", "{iterator}")
    others = {load(name).text.get("iterated", "{iterator}") for name in HISTORY} - {wanted}
    iterators: dict[str, set[str]] = {}
    for call in work.calls(("VNET_ITERATOR_DECL",)):
        iterators.setdefault(call.file, set()).add(call.text(0))
    for file, names in iterators.items():
        for name in sorted(names):
            yield from _rewritten(work, file, name, wanted, others)


def _rewritten(work: Work, file: str, name: str, wanted: str, others: set[str]) -> Iterator[tuple[str, Edit]]:
    code = work.joined(file)
    reason = f"the iterator of {work.target.name} is set so"
    for other in others:
        said = re.escape(other.format(iterator=name)).replace(r"\ ", r"\s*").encode()
        pattern = rb"\b(?:" + "|".join(_SETS).encode() + rb")\s*\(\s*(" + said + rb")\s*\)"
        for found in re.finditer(pattern, code):
            yield file, Edit(*found.span(1), 0, wanted.format(iterator=name).encode(), NAME, reason)


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take contexts out, and loops over all stacks: their body runs once."""
    table = rules.load("upgrade")["contexts"]
    removed: dict[str, list[Edit]] = {}
    for call in work.calls(table["statements"]):
        semicolon = skip_space(work.joined(call.file), call.end)
        if work.joined(call.file)[semicolon : semicolon + 1] == b";":
            reason = "there is one stack, and all runs in it"
            edit = work.removal(call.file, call.start, semicolon + 1, NAME, reason)
            removed.setdefault(call.file, []).append(edit)
        else:
            message = f"{call.name} is no statement of its own here; take it out by hand"
            work.leave(call.file, call.start, "context-left", message)
    for call in work.calls(table["loops"]):
        removed.setdefault(call.file, []).extend(_once(work, call, removed.get(call.file, [])))
    yield from ((file, edit) for file, edits in removed.items() for edit in edits)
    yield from _without_vnet(work, table)


def _without_vnet(work: Work, table: dict[str, list[str]]) -> Iterator[tuple[str, Edit]]:
    """Arguments that name the current stack are NULL; other words for stacks are left to a person."""
    dropped = {(c.file, c.start): c.end for c in work.calls((*table["statements"], *table["loops"]))}
    for file, at in work.words(("curvnet", *table["left"])):
        if any(f == file and start <= at < end for (f, start), end in dropped.items()):
            continue
        word = work.word_at(file, at)
        last, behind = before(work.joined(file), at), next_byte(work.joined(file), at + len(word))
        ahead = work.joined(file)[last - 1 : last]
        if word == "curvnet" and ahead in (b"(", b",") and behind in (b")", b",") and not _asked(work, file, at):
            yield file, Edit(at, at + len(word), 0, b"NULL", NAME, "there is no vnet to hand on")
        elif not _inside_left(work, file, at, table["left"]):
            message = f"{word} asks for a stack, and there is one: say what holds for it"
            work.leave(file, at, "context-left", message)


def _asked(work: Work, file: str, at: int) -> bool:
    return _inside_left(work, file, at, rules.load("upgrade")["contexts"]["left"])


def _inside_left(work: Work, file: str, at: int, left: list[str]) -> bool:
    """Whether the word at an offset is the argument of a macro that is left to a person itself."""
    head = work.joined(file)[max(0, at - 60) : at]
    found = re.search(rb"\b(\w+)\s*\(\s*\Z", head)
    return found is not None and found[1].decode("latin-1") in left


def _once(work: Work, call: Call, removed: list[Edit]) -> Iterator[Edit]:
    """A loop over all stacks as its body: without braces where that declares nothing; other edits are `removed`."""
    code = work.joined(call.file)
    opening = skip_space(code, call.end)
    end = end_of_statement(code, call.end)
    if re.search(rb"\b(?:break|continue)\b", code[opening:end]):
        message = f"{call.name} is left by break or continue: write its body so that it runs once"
        work.leave(call.file, call.start, "loop-left", message)
        return
    reason = "there is one stack"
    if code[opening : opening + 1] != b"{" or _declares(work, call.file, opening, end):
        yield Edit(call.start, opening, 0, b"", NAME, reason)
        return
    yield work.removal(call.file, call.start, opening + 1, NAME, reason)
    yield work.removal(call.file, end - 1, end, NAME, reason)
    yield from _dedented(work.job.data[call.file], opening, end - 1, removed)


def _dedented(data: bytes, opening: int, close: int, removed: list[Edit]) -> Iterator[Edit]:
    """The lines between two braces, one tab less, but those that go."""
    at = line_end(data, opening)
    while at < line_start(data, close):
        gone = any(e.start <= at < e.end for e in removed)
        if data[at : at + 1] == b"\t" and not gone:
            yield Edit(at, at + 1, 0, b"", NAME, "the body stands where the loop stood")
        at = line_end(data, at)


def _declares(work: Work, file: str, start: int, end: int) -> bool:
    facts = work.read.tree.facts[file]
    found = [*facts.local.at, *(d.start for d in facts.declarations)]
    return any(start < at < end for at in found)
