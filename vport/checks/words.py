"""Which files hold words: asked for all of them at once, for a tree has thousands of both."""

from collections.abc import Iterable

from vport.tree import Tree


def naming(tree: Tree, words: Iterable[str]) -> dict[str, list[str]]:
    """Files that hold words as identifiers, in the order of the tree, by word."""
    wanted, found = frozenset(words), dict[str, list[str]]()
    for file in tree.facts:
        for word in wanted & tree.words(file):
            found.setdefault(word, []).append(file)
    return found
