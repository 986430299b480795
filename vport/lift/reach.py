"""Which functions reach state that stacks have of their own, by the words they and what they call consist of."""

import re

from vport.lift.work import Work


def reaches_state(work: Work, name: str) -> bool:
    """Whether a function, or what it calls in turn, uses an accessor."""
    bodies: dict[str, set[str]] = work.once("bodies", lambda: _bodies(work))
    seen: set[str] = set()
    todo = {name}
    while todo:
        seen |= todo
        words = {word for one in todo for word in bodies.get(one, ())}
        if words & work.accessors.keys():
            return True
        todo = (words & bodies.keys()) - seen
    return False


def _bodies(work: Work) -> dict[str, set[str]]:
    """Words that the functions and macros of the tree consist of, by name."""
    found: dict[str, set[str]] = {}
    for file, known in work.read.tree.facts.items():
        code = work.joined(file)
        ranges = [(f.name, f.body, f.end) for f in known.functions] + [(d.name, d.body, d.end) for d in known.defines]
        for name, start, end in ranges:
            words = {w.decode("latin-1") for w in re.findall(rb"[A-Za-z_]\w*", code[start:end])}
            found.setdefault(name, set()).update(words)
    return found
