"""How exploring grows: generated modules of 10 to 1,000 functions, every entry point explored.

`bench_interpreter.py [--most N]` prints seconds of the processor for each size, and microseconds for a function,
which must not grow.
"""

import argparse
import time

from vport.runtime.explore import Explorer
from vport.runtime.model import (
    Access,
    Branch,
    Call,
    Condition,
    Entry,
    Foreach,
    Function,
    Init,
    Loop,
    Module,
    Node,
    Restore,
    Return,
    Set,
    Variable,
)

WIDTH = 4
"""Functions that a function calls: those after it, so that calls nest no deeper than a tree does."""


def body(number: int, functions: int) -> tuple[Node, ...]:
    """Tests, a loop, an early return, accesses, and calls of functions further on."""

    def at(line: int) -> str:
        return f"gen.c:{number * 30 + line}"

    name = f"var{number % 50}"
    children = range(number * WIDTH + 1, min(number * WIDTH + 1 + WIDTH, functions))
    calls = tuple(Call(f"f{child}", ("ifp",), at(20), "error") for child in children)
    failed = Condition("error != 0", "not", parts=(Condition("error == 0", "equals", "error", "0"),))
    return (
        Set("ifp->if_vnet", at(1)),
        Access(name, "read", at(2)),
        Branch(Condition("m == NULL", "equals", "m", "NULL"), at(3), (Restore(at(4)), Return("ENOBUFS", at(5)))),
        Branch(
            Condition(f"x{number} > 1"), at(6), (Access(name, "write", at(7)),), (Access("lock", "address", at(8)),)
        ),
        Loop("while (n > 0)", at(9), (Access(name, "read", at(10)),), Condition("n > 0")),
        *calls,
        Branch(failed, at(21), (Restore(at(22)), Return("error", at(23)))),
        Restore(at(24)),
        Foreach("v", at(25), (Set("v", at(26)), Access(name, "read", at(27)), Restore(at(28)))),
        Return("0", at(29)),
    )


def generated(functions: int) -> Module:
    """A module of so many functions, of which every tenth is an entry point."""
    variables = [Variable(f"var{n}", "gen.c:1", per_vnet=n % 2 == 0) for n in range(50)]
    made = [Function(f"f{n}", f"gen.c:{n * 30}", ("ifp",), body(n, functions), returns="int") for n in range(functions)]
    made.append(Function("setup", "gen.c:2", (), (Init("mtx_init", "lock", "gen.c:3"),)))
    return Module(
        "gen",
        ("gen.c",),
        (*variables, Variable("lock", "gen.c:1", "struct mtx", set_up="lock")),
        entries=tuple(Entry("cdev", f"f{n}", "gen.c:1") for n in range(0, functions, 10)),
        functions=tuple(made),
    )


def seconds(functions: int, rounds: int = 3) -> float:
    """The quickest of some rounds, from a model to all its faults."""
    module = generated(functions)
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        explorer = Explorer(module)
        for entry in explorer.entries():
            explorer.explore(entry)
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1000)
    most = parser.parse_args().most
    for functions in (n for n in (10, 30, 100, 300, 1000, 3000, 10000) if n <= most):
        spent = seconds(functions)
        print(f"{functions:6d} functions {spent:8.3f} s {spent / functions * 1e6:8.0f} us each")


if __name__ == "__main__":
    main()
