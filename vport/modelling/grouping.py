"""Which files of a tree are a module: those that share a declaration, by folder, name and calls."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from vport.modelling.known import known
from vport.tree import Tree


def modules_of(tree: Tree) -> dict[str, list[str]]:
    """Proposed modules: name to files.

    A file that declares a module, itself or through a macro, begins one.  A file that declares none joins the one of
    its folder whose name is most like its own, or that alone calls it; else it is by itself.  Where a tree has one
    module only, files of its folder join it that calls connect with it.  Headers join files of their name.
    """
    sources = [f for f in tree.facts if f.endswith(".c")]
    declaring = {f for f in sources if _declares(tree, f)}
    owner = {f: f for f in sources}
    callers = _callers(tree, sources)
    beside: dict[str, list[str]] = {}
    for file in sorted(declaring):
        beside.setdefault(_folder(file), []).append(file)
    for file in sources:
        if file not in declaring:
            owner[file] = _by_name(file, beside.get(_folder(file), [])) or _by_calls(file, callers, declaring) or file
    if len(declaring) == 1:
        owner |= _connected(next(iter(declaring)), callers)
    found: dict[str, list[str]] = {}
    for file in sources:
        found.setdefault(owner[file], []).append(file)
    headers = {f.rsplit(".", 1)[0]: f for f in tree.facts if f.endswith(".h")}
    alike = Counter(map(_stem, found))
    return {_name(first, alike): _with_headers(files, headers) for first, files in found.items()}


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


def _words(stem: str) -> list[str]:
    """`ip_fw2` is of the words `ip` and `fw`."""
    return [w for w in (part.rstrip("0123456789") for part in stem.split("_")) if w]


def _by_name(file: str, declaring: Sequence[str]) -> str:
    """The one of the folder's declaring files that shares the most words of its name with this one; two at least.

    Where the folder is called like the first word, one is enough: all in it is of that name.
    """
    mine = _words(_stem(file))
    found: list[tuple[int, int, str]] = []
    for other in declaring:
        theirs = _words(_stem(other))
        common = next(
            (i for i, (x, y) in enumerate(zip(mine, theirs, strict=False)) if x != y), min(len(mine), len(theirs))
        )
        named = common + (_folder(file).rpartition("/")[2] == mine[0] if mine else 0)
        if common < len(mine) and common and named >= 2:
            found.append((common, -len(theirs), other))
    return max(found)[2] if found else _only_kin(file, mine, declaring)


def _only_kin(file: str, mine: list[str], declaring: Sequence[str]) -> str:
    """For a file called like its folder, the only one of the declaring files there whose name begins so."""
    if mine != [_folder(file).rpartition("/")[2]]:
        return ""
    kin = [d for d in declaring if _words(_stem(d))[:1] == mine]
    return kin[0] if len(kin) == 1 else ""


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
    """The declaring file that alone calls this one: of its folder, or of another whose name it carries."""
    found = callers.get(file, set())
    only = next(iter(found)) if len(found) == 1 else ""
    near = _folder(only) == _folder(file) or _words(_stem(only))[-1:] == _words(_stem(file))[-1:]
    return only if only in declaring and near else ""


def _connected(first: str, callers: dict[str, set[str]]) -> dict[str, str]:
    """Files of a folder that call one another, whichever way and through whichever others of it, with their owner."""
    beside: dict[str, set[str]] = {}
    for called, calling in callers.items():
        for other in calling:
            beside.setdefault(called, set()).add(other)
            beside.setdefault(other, set()).add(called)
    found, left = {first}, [first]
    while left:
        new = {f for f in beside.get(left.pop(), ()) if _folder(f) == _folder(first)} - found
        found |= new
        left += sorted(new)
    return dict.fromkeys(found, first)


def _with_headers(files: list[str], headers: dict[str, str]) -> list[str]:
    beside = [headers[f.rsplit(".", 1)[0]] for f in files if f.rsplit(".", 1)[0] in headers]
    return [*files, *beside]


def _name(first: str, alike: Mapping[str, int]) -> str:
    """The file's stem, with its folder where two are called alike."""
    stem = _stem(first)
    return stem if alike[stem] == 1 else first.rsplit(".", 1)[0]
