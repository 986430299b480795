"""Loops over all stacks where the iterator is no vnet: it is cast before it is set (sys/vimage.h of 2010)."""

from collections.abc import Iterator

from vport.edits import Edit
from vport.forms.job import FormJob
from vport.patterns import later

NAME = "iterators"

_DECLARED = later(rb"\bVNET_ITERATOR_DECL\s*\(\s*(\w+)\s*\)")
_SET = later(rb"\bCURVNET_SET(?:_QUIET|_VERBOSE)?\s*\(\s*(\w+)\s*\)")


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield a cast for each iterator that a loop sets."""
    for file, facts in job.tree.facts.items():
        code = job.code(file)
        for function in facts.functions:
            iterators = {m[1] for m in _DECLARED.finditer(code, function.body, function.end)}
            for match in _SET.finditer(code, function.body, function.end) if iterators else ():
                if match[1] in iterators:
                    text = job.dialect.text["iterated"].format(iterator=match[1].decode())
                    reason = "the iterator is one of all subsystems"
                    yield file, Edit(match.start(1), match.end(1), 0, text.encode(), NAME, reason)
