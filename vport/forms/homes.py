"""Which container a per-vnet variable lives in: that of the header that declares it, or that of its own file.

So it was done in 2009: what a header showed went into the container of its module, what one file kept to itself into
one of that file's own (sys/net and sys/netinet of that year); a static then lost its linkage, not its file.
"""

import itertools
import os.path
from collections.abc import Iterable, Sequence

from vport.findings import Finding
from vport.forms.job import Container
from vport.source import line_of
from vport.tree import Tree, Variable

_NOWHERE = (
    "{name} is declared in {files} and in no header that they share: it cannot be a member of a structure that all of "
    "them know; {name} stays a plain global.  Declare it in a header that they include."
)


_TWICE = (
    "{name} is defined in {other} too, and a structure has one instance; {name} stays a plain global.  Define it once."
)


def find_homes(
    tree: Tree, variables: Sequence[Variable], data: dict[str, bytes], alone: bool
) -> tuple[list[Container], list[Finding], list[Variable]]:
    """Containers of `variables`, and those that can have none, with what to do about them.

    Arguments:
        tree: they are in.
        variables: to find a home for.
        data: bytes of every file.
        alone: whether a variable lives in its container alone, and not as a plain global beside that.
    """
    homes: dict[str, list[Variable]] = {}
    findings: list[Finding] = []
    refused: list[Variable] = []
    for variable in variables:
        home = _home(tree, variable) if alone else (_home(tree, variable) or variable.file)
        if alone and variable.same:
            refused.append(variable)
            message = _TWICE.format(name=variable.name, other=variable.same[0].file)
            line = line_of(data[variable.file], variable.sites[0].declaration.start)
            findings.append(Finding(variable.file, line, "defined-twice", message, variable.name))
        elif home:
            homes.setdefault(home, []).append(variable)
        else:
            refused.append(variable)
            at = variable.sites[0].declaration.start
            files = ", ".join(sorted({variable.file, *(s.file for s in variable.externs)}))
            message = _NOWHERE.format(name=variable.name, files=files)
            findings.append(
                Finding(variable.file, line_of(data[variable.file], at), "no-common-header", message, variable.name)
            )
    return _containers(homes), findings, refused


def _home(tree: Tree, variable: Variable) -> str:
    """The header that declares a variable to all files that name it, or its own file; empty if there is neither."""
    users = {variable.file, *(s.file for s in variable.externs if not s.file.endswith(".h"))}
    users |= {v.file for v in variable.same}
    headers = [s.file for s in variable.externs if s.file.endswith(".h") and not s.declaration.function]
    if variable.file.endswith(".h"):
        return variable.file
    if not headers and users == {variable.file}:
        return variable.file
    for header in dict.fromkeys(headers):
        if all(header in tree.reachable(user) for user in users):
            return header
    return _shared_header(tree, sorted(users)) if not headers else ""


def _shared_header(tree: Tree, users: list[str]) -> str:
    """The last header that all of some files include, directly if there is one."""
    common = set[str].intersection(*(set(tree.reachable(u)) for u in users)) - set(users)
    direct = [f for i in tree.facts[users[0]].includes for f in tree.resolve_include(users[0], i.path, i.quoted)]
    found = [f for f in direct if f in common and f.endswith(".h")]
    return found[-1] if found else ""


def _containers(homes: dict[str, list[Variable]]) -> list[Container]:
    """One container for each home, headers first; each with a name of its own."""
    taken: set[str] = set()
    found = []
    for home in sorted(homes, key=lambda h: (not h.endswith(".h"), h)):
        variables = homes[home]
        header = home.endswith(".h")
        base = os.path.splitext(os.path.basename(home))[0].replace("-", "_").replace(".", "_")
        wishes = [_common_word(v.name for v in variables), base] if header else [base, f"{base}_local"]
        owner = _owner(variables) if header else home
        name = next(w for w in (*wishes, *(f"{base}{n}" for n in range(2, 1000))) if w and w not in taken)
        taken.add(name)
        found.append(Container(name, home, owner, variables))
    return found


def _common_word(names: Iterable[str]) -> str:
    """What all names begin with: `frob` of `frob_ttl` and `frobstat`; empty if that is no word worth the name."""
    words = list(names)
    same = (len(set(letters)) == 1 for letters in zip(*words, strict=False))
    common = words[0][: sum(itertools.takewhile(bool, same))].rstrip("_")
    return common if len(common) >= 3 else ""


def _owner(variables: list[Variable]) -> str:
    """The file that defines most of some variables."""
    files = [v.file for v in variables]
    return max(sorted(set(files)), key=files.count)
