"""Functions that never have a vnet when they run: entries without one, and what only such functions call."""

from vport.life.entries import Key
from vport.life.graph import CallGraph


def bare_functions(graph: CallGraph) -> set[Key]:
    """All of them: the largest set in which every function is such an entry, or called from inside the set alone."""
    kinds = graph.entry_kinds
    without = {key for key, found in kinds.items() if all(r.entry.context == "none" for r in found)}
    reached = set(without)
    rest = list(without)
    while rest:
        for callee in graph.callees.get(rest.pop(), ()):
            if callee not in reached and callee not in kinds:
                reached.add(callee)
                rest.append(callee)
    rest = [key for key in reached if not graph.callers.get(key, set()) <= reached]
    while rest:
        key = rest.pop()
        if key in reached:
            reached.remove(key)
            rest += graph.callees.get(key, ())
    return reached
