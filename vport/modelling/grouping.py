"""Which files of a tree are a module: those that share a declaration, by folder, name and calls."""

from collections.abc import Iterable

from vport.modelling.known import known
from vport.tree import Tree


def modules_of(tree: Tree) -> dict[str, list[str]]:
    """Proposed modules: name to files.

    A file that declares a module, itself or through a macro, begins one.  A file that declares none joins the one of
    its folder whose name it begins with, or whose files alone call it; else it is by itself.  Headers join files of
    their name.
    """
    sources = [f for f in tree.facts if f.endswith(".c")]
    declaring = {f for f in sources if _declares(tree, f)}
    owner = {f: f for f in sources}
    callers = _callers(tree, sources)
    for file in sources:
        if file not in declaring:
            owner[file] = _by_name(file, declaring) or _by_calls(file, callers, declaring) or file
    found: dict[str, list[str]] = {}
    for file in sources:
        found.setdefault(owner[file], []).append(file)
    headers = {f.rsplit(".", 1)[0]: f for f in tree.facts if f.endswith(".h")}
    return {_name(first, found): _with_headers(files, headers) for first, files in found.items()}


def _declares(tree: Tree, file: str) -> bool:
    wanted = known().modules
    return any(c.name in wanted or _leads(tree, c.name, wanted) for c in tree.facts[file].calls)


def _leads(tree: Tree, macro: str, wanted: Iterable[str], depth: int = 0) -> bool:
    """Whether a macro of the tree hands on to one that declares a module, as its parameters' roles show."""
    for _, define in tree.macros.get(macro, ()) if depth < 4 else ():
        named = {role.rpartition(":")[0] for role in define.roles if ":" in role}
        if named & set(wanted) or any(_leads(tree, n, wanted, depth + 1) for n in named):
            return True
    return False


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rsplit(".", 1)[0]


def _by_name(file: str, declaring: set[str]) -> str:
    """The declaring file of the folder with the longest name that this file's begins with."""
    stem = _stem(file)
    near = [d for d in declaring if _folder(d) == _folder(file) and stem.startswith(_stem(d) + "_")]
    return max(near, key=len, default="")


def _callers(tree: Tree, sources: list[str]) -> dict[str, set[str]]:
    """Files that call functions of a file, by that file."""
    home: dict[str, list[str]] = {}
    for file in sources:
        for function in tree.facts[file].functions:
            if not function.static:
                home.setdefault(function.name, []).append(file)
    found: dict[str, set[str]] = {}
    for file in sources:
        for function in tree.facts[file].functions:
            for called in function.calls:
                for other in home.get(called, ()):
                    if other != file:
                        found.setdefault(other, set()).add(file)
    return found


def _by_calls(file: str, callers: dict[str, set[str]], declaring: set[str]) -> str:
    """The declaring file of the folder that alone calls this one."""
    found = callers.get(file, set())
    only = next(iter(found)) if len(found) == 1 else ""
    return only if only in declaring and _folder(only) == _folder(file) else ""


def _with_headers(files: list[str], headers: dict[str, str]) -> list[str]:
    beside = [headers[f.rsplit(".", 1)[0]] for f in files if f.rsplit(".", 1)[0] in headers]
    return [*files, *beside]


def _name(first: str, found: dict[str, list[str]]) -> str:
    """The file's stem, with its folder where two are called alike."""
    stem = _stem(first)
    return stem if sum(_stem(f) == stem for f in found) == 1 else first.rsplit(".", 1)[0]
