"""What the tests of a tree's life share: small trees in memory."""

import cases

from vport.life.life import Life

HEAD = "#include <sys/param.h>\n#include <sys/kernel.h>\n"


def life_of(text: str, *names: str, file: str = "frob.c", head: str = HEAD) -> Life:
    """The life of one file in which the variables `names` are per-vnet."""
    read = cases.read_files({file: (head + text).encode()})
    return Life(read.tree, read.data, read.reading, [v for v in read.tree.variables if v.name in names])


def port(text: str, *names: str, file: str = "frob.c", head: str = HEAD) -> tuple[str, list[str]]:
    """The text of one file after a port of `names`, and the kinds of its findings."""
    before = {file: (head + text).encode()}
    run = cases.run_port(before, {(file, "", name) for name in names}, "freebsd-13", life=True)
    return run.after[file].decode(), [f.kind for f in run.port.findings]


def set_ups(text: str) -> list[str]:
    """The per-vnet set-ups of a text, on one line each: macro, key and function."""
    flat = " ".join(text.split()).replace(" ( ", "(")
    found = []
    for part in flat.split("VNET_SYS")[1:]:
        kind, _, inside = part.partition("(")
        words = [w.strip() for w in inside.split(")")[0].split(",")]
        found.append(f"{kind} {words[1].removeprefix('SI_SUB_')} {words[2].removeprefix('SI_ORDER_')} {words[3]}")
    return found
