"""Directives that code stands under, so that what is moved or written for it can stand under the same."""

from vport.tree import Tree


def conditions(tree: Tree, file: str, at: int) -> tuple[str, ...] | None:
    """Directives under which an offset stands, outermost first; None when one is an `#else` or `#elif`."""
    found: list[tuple[int, str]] = []
    for group in tree.facts[file].groups:
        for i, branch in enumerate(group.branches):
            if not branch.start <= at < branch.end:
                continue
            if i:
                return None
            if not (file.endswith(".h") and branch.condition.rstrip().endswith("_H_")):
                found.append((group.start, f"#{branch.directive} {branch.condition.strip()}"))
    return tuple(text for _, text in sorted(found))


def beyond(tree: Tree, file: str, at: int, outer: int) -> tuple[str, ...] | None:
    """Directives an offset stands under that `outer` does not; None when they cannot be written again."""
    inner, around = tree.branch(file, at), tree.branch(file, outer)
    if not set(around) <= set(inner):
        return None
    found: list[tuple[int, str]] = []
    for group in tree.facts[file].groups:
        for i, branch in enumerate(group.branches):
            if branch.start <= at < branch.end and not branch.start <= outer < branch.end:
                if i:
                    return None
                found.append((group.start, f"#{branch.directive} {branch.condition.strip()}"))
    return tuple(text for _, text in sorted(found))


def guarded(pieces: list[tuple[tuple[str, ...], str]]) -> str:
    """Texts under their directives; neighbours under the same ones share them."""
    lines: list[str] = []
    open_: tuple[str, ...] = ()
    for under, text in [*pieces, ((), "")]:
        same = 0
        while same < min(len(open_), len(under)) and open_[same] == under[same]:
            same += 1
        lines += ["#endif"] * (len(open_) - same) + list(under[same:])
        open_ = under
        if text:
            lines.append(text)
    return "\n".join(lines)
