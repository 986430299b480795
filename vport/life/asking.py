"""Tests of a module's event that look at per-vnet state to refuse: every stack is asked, not the caller's alone."""

import re

from vport.c.flow import Flow, Statement
from vport.life.entries import Key as FunctionKey
from vport.life.exits import insert_declaration
from vport.life.flows import chain, walk
from vport.life.rebuild import Rebuilder
from vport.life.region import ends
from vport.life.split import lines_of
from vport.life.text import reindent
from vport.patterns import later

_REFUSES = later(rb"(?:return\s*\(?\s*[A-Z]\w*\s*\)?|\w+\s*=\s*[A-Z]\w*)\s*;")
_NOTES = later(rb"(\w+)\s*=\s*E[A-Z\d]+\s*;\s*((?:break|goto\s+\w+)\s*;)")
"""A result and the way out that goes with it: the way out stands behind the loop then."""


class Asking:
    """Writes the loops over all stacks.

    Arguments:
        rebuilder: writes what changes.
    """

    def __init__(self, rebuilder: Rebuilder) -> None:
        self._to = rebuilder
        self._job = rebuilder.job
        self._iterators: set[FunctionKey] = set()

    def is_test(self, file: str, flow: Flow, statement: Statement) -> bool:
        """Whether a statement only looks at per-vnet state to refuse: `if (frob_count != 0) return (EBUSY);`."""
        if statement.kind != "if" or len(statement.parts) != 1:
            return False
        body = self._body(file, statement)
        return bool(_REFUSES.fullmatch(body)) or self._first(file, flow, statement) is not None

    def _body(self, file: str, statement: Statement) -> bytes:
        return self._job.life.code[file][statement.head : statement.end].strip(b" \t\r\n{}")

    def _first(self, file: str, flow: Flow, statement: Statement) -> str | None:
        """What gives a noted result its 0 above the loop, so that it tells behind it; None where it may not have one.

        The result is empty where nothing is to be done.
        """
        data, code = self._job.data[file], self._job.life.code[file]
        notes = _NOTES.fullmatch(self._body(file, statement))
        if notes is None or data[statement.start : statement.end] != code[statement.start : statement.end]:
            return None
        name = notes.group(1)
        known = [x for x in flow.locals if x.name == name.decode("latin-1")]
        value = code[known[0].value_start : known[0].value_end].strip() if len(known) == 1 else b"?"
        before = self._before(flow, statement)
        changed = re.compile(rb"(?:&|\+\+|--)\s*%s\b|\b%s\s*(?:[-+*/%%&|^]?=(?!=)|\+\+|--)" % (name, name))
        if value not in (b"", b"0") or before is None:
            return None
        ranges = [(a, b) for a, b in before if not a <= known[0].at < b] + [
            (max(known[0].at + len(name), known[0].value_end), b) for a, b in before if a <= known[0].at < b
        ]
        if any(changed.search(_NOTES.sub(b"", code[a:b])) for a, b in ranges):  # those have gone out
            return None
        return "" if value else f"{known[0].name} = 0;"

    def _before(self, flow: Flow, statement: Statement) -> list[tuple[int, int]] | None:
        """What may have run before a statement of a case, as ranges; None where that cannot be told."""
        around = chain(flow.root, statement.start) if flow.root else []
        here = [i for i, s in enumerate(around) if s.kind == "case"]
        inner = {s.kind for s in around[here[0] + 1 : -1]} if here else set()
        labels = any(s.kind == "label" and s.start < statement.start for s in walk(around[0])) if around else True
        if len(here) != 1 or inner - {"block"} or labels or any(s.kind == "loop" for s in around):
            return None
        i = here[0]
        found = [(flow.body, around[i - 2].head), (around[i].start, statement.start)]
        for case in reversed([s for s in around[i - 1].parts if s.end <= around[i].start]):
            if _leaves(case):
                break
            found.append((case.start, case.end))
        return found

    def all(self, function: FunctionKey, flow: Flow, statement: Statement) -> None:
        """Look at every stack, not at the caller's alone."""
        file, newline = function[0], self._job.newline(function[0])
        start, end = lines_of(self._job.data[file], self._job.life.code[file], statement, flow.body)
        text = self._to.moves.text(file, start, end).replace("\r\n", "\n").rstrip("\n")
        indent = text[: len(text) - len(text.lstrip(" \t"))]
        first = self._first(file, flow, statement)
        lines = self._loop(text, indent) if first is None else self._noted(text, indent, first)
        reason = f"{function[1]} has to ask every stack"
        self._to.moves.take(file, start, end, reason, newline.join("\n".join(lines).split("\n")) + newline)
        if function not in self._iterators:
            self._iterators.add(function)
            where = insert_declaration(flow, self._job.data[file], newline, "VNET_ITERATOR_DECL(vnet_iter);")
            self._to.moves.change(file, where[0], where[1], where[2], "for the loop over all stacks", where[3])

    def _noted(self, text: str, indent: str, first: str) -> list[str]:
        """A test that notes a result: the loop ends for all stacks before its way out is taken."""
        found = list(re.finditer(r"\{?\s*\b(\w+)\s*=\s*(E[A-Z\d]+)\s*;\s*((?:break|goto\s+\w+)\s*;)\s*\}?\s*\Z", text))[
            -1
        ]
        head = text[: found.start()].rstrip()
        inner = f"{reindent(head, indent + chr(9))}\n{indent}\t\t{found.group(1)} = {found.group(2)};"
        above = [f"{indent}{first}"] if first else []
        return [
            *above,
            *self._around(inner, indent),
            f"{indent}if ({found.group(1)} != 0)",
            f"{indent}\t{found.group(3)}",
        ]

    def _loop(self, text: str, indent: str) -> list[str]:
        """A test in a loop over all stacks, its way out closed."""
        inner = reindent(text, indent + "\t")
        out = re.search(r"\breturn\b[^;]*;", inner)
        if out:
            head = inner[: out.start()].rstrip()
            head += "" if head.endswith("{") else " {"
            deep = indent + "\t\t"
            inner = f"{head}\n{deep}CURVNET_RESTORE();\n{deep}VNET_LIST_RUNLOCK();\n{deep}{out.group()}\n{indent}\t}}"
        return self._around(inner, indent)

    def _around(self, inner: str, indent: str) -> list[str]:
        return [
            f"{indent}VNET_LIST_RLOCK();",
            f"{indent}VNET_FOREACH(vnet_iter) {{",
            f"{indent}\tCURVNET_SET(vnet_iter);",
            inner,
            f"{indent}\tCURVNET_RESTORE();",
            f"{indent}}}",
            f"{indent}VNET_LIST_RUNLOCK();",
        ]


def _leaves(case: Statement) -> bool:
    """Whether control never runs from the end of a case into the next."""
    last = case
    while last.kind in ("case", "block") and last.parts:
        last = last.parts[-1]
    return last.kind in ("break", "continue") or ends(last)
