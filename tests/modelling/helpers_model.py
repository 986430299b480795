"""Models from a few lines of C."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from vport.cache import Cache
from vport.model import build
from vport.read import Reader
from vport.runtime.model import Function, Module, Node

VNET = "#include <net/vnet.h>\nVNET_DEFINE_STATIC(int, n);\n#define V_n VNET(n)\nstatic int shared;\n"


def model(text: str, options: dict[str, int] | None = None, **more: str) -> Module:
    """The model of `m.c` with that text; `more` are headers by name without `.h`."""
    data = {"m.c": dedent(text).encode()} | {f"{name}.h": dedent(t).encode() for name, t in more.items()}
    return build(Reader(Cache(None), 1).read_data(Path("."), data, []), list(data), options=options)


def function(module: Module, name: str = "f") -> Function:
    """A function of a model."""
    return next(f for f in module.functions if f.name == name)


def body(text: str, **more: str) -> tuple[Node, ...]:
    """Nodes of a function `f` with that body, in a file with a per-vnet `V_n` and a plain `shared`."""
    text = f"{VNET}int\nf(int a, int b)\n{{\n{dedent(text)}\n}}\n"
    return function(model(text, **more)).body


def walk(nodes: tuple[Node, ...]) -> Iterator[Any]:
    """All nodes, inner ones included."""
    for node in nodes:
        yield node
        for part in ("then", "otherwise", "body"):
            yield from walk(getattr(node, part, ()))
        for arm in getattr(node, "arms", ()):
            yield from walk(arm.body)


def kinds(nodes: tuple[Node, ...]) -> list[str]:
    """Names of the kinds of nodes, in order."""
    return [type(n).__name__ for n in nodes]


def accesses(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    """Variable and use of every access, in order."""
    return [(n.variable, n.how) for n in walk(nodes) if type(n).__name__ == "Access"]
