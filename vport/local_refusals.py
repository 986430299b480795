"""What keeps a function-local static in its function: types only it knows, and branches that do not agree."""

from collections.abc import Iterator

from vport.findings import Finding
from vport.job import Job
from vport.patterns import later
from vport.tree import Variable

_WORD = later(r"[A-Za-z_]\w*")
_LOCAL_TAG = later(r"\b(?:struct|union|enum)\s+(\w+)\s*\{")


def local_scope(job: Job, variable: Variable) -> Iterator[Finding]:
    """A function-local static whose type or bounds are known only inside its function."""
    if not variable.function:
        return
    site = variable.sites[0]
    declaration, code = site.declaration, job.code(site.file)
    words = set(_WORD.findall(code[declaration.start : declaration.end].decode("latin-1"))) - {variable.name}
    local = job.tree.facts[site.file].local
    function = next((f for f in job.tree.facts[site.file].functions if f.start <= declaration.start < f.end), None)
    known = {
        n for n, at, until in zip(local.names, local.at, local.until, strict=True) if at < declaration.start < until
    }
    if function is not None:
        head = code[function.body : declaration.start].decode("latin-1")
        known |= set(_LOCAL_TAG.findall(head))
    for name in sorted(words & known):
        message = (
            f"the type or size of {variable.name} hangs on {name}, which only its function knows; it stays a "
            f"plain static.  Move {name} to file scope first."
        )
        yield Finding(site.file, declaration.line, "local-scope-type", message, variable.name)
        return


def local_in_branches(job: Job, variable: Variable) -> Iterator[Finding]:
    """A function-local static that the branches of a conditional inside its function define differently."""
    texts: dict[int, set[bytes]] = {}
    for site in variable.sites if variable.function else ():
        declaration = site.declaration
        function = next(f for f in job.tree.facts[site.file].functions if f.start <= declaration.start < f.end)
        found = texts.setdefault(function.start, set())
        found.add(b" ".join(job.code(site.file)[declaration.start : declaration.end].split()))
        if len(found) > 1:
            message = (
                f"the branches of a conditional define {variable.name} differently; it stays a plain static.  "
                f"Move it to file scope first."
            )
            yield Finding(site.file, declaration.line, "repeated-definition", message, variable.name)
            return
