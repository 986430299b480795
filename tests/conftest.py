"""What the tests of several modules share: C texts to facts and linked trees."""

import re
from collections.abc import Callable, Mapping

import pytest

from vport.c.macros import learn_kinds, merge_kinds
from vport.facts import FileFacts, Reading, read_facts
from vport.read import given_kinds, make_reading
from vport.tree import Tree
from vport.uses import find_uses

_MARK = re.compile(r"«(\w+)»")


def _reading(*texts: bytes) -> Reading:
    return make_reading(merge_kinds(given_kinds(), map(learn_kinds, texts)))


@pytest.fixture(scope="session")
def facts_of() -> Callable[[bytes | str], FileFacts]:
    """Facts of one text, its own macros learnt."""

    def read(text: bytes | str) -> FileFacts:
        data = text.encode("latin-1") if isinstance(text, str) else text
        return read_facts(data, _reading(data))

    return read


@pytest.fixture(scope="session")
def tree_of() -> Callable[[Mapping[str, str]], Tree]:
    """The linked tree of some files, uses attached."""

    def read(files: Mapping[str, str]) -> Tree:
        data = {name: text.encode("latin-1") for name, text in files.items()}
        reading = _reading(*data.values())
        tree = Tree({name: read_facts(text, reading) for name, text in data.items()})
        tree.attach(
            {name: find_uses(data[name], tree.facts[name], wanted) for name, wanted in tree.names_of_interest().items()}
        )
        return tree

    return read


@pytest.fixture(scope="session")
def unmark() -> Callable[[str], tuple[str, list[tuple[int, str]]]]:
    """The text without its « » and the offsets and names that stood between them."""

    def split(text: str) -> tuple[str, list[tuple[int, str]]]:
        marks = [(m.start() - 2 * i, m.group(1)) for i, m in enumerate(_MARK.finditer(text))]
        return _MARK.sub(r"\1", text), marks

    return split
