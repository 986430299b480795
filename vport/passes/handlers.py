"""Handlers of sysctls get the address of the reference copy on releases that do not rebase it: they have to ask.

FreeBSD 8 and 9 have VNET_SYSCTL_ARG for that (sys/net/vnet.h); later releases rebase the argument of a leaf with
CTLFLAG_VNET before the handler sees it (sys/kern/kern_sysctl.c).
"""

from collections.abc import Container, Iterator

from vport.c.tokens import closing_paren, find_words, next_byte, skip_space, split_arguments
from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.facts import Function
from vport.job import Job
from vport.passes._leaves import HANDLER, Leaf
from vport.passes.sysctls import is_pointer
from vport.patterns import later
from vport.source import line_of, line_start
from vport.tree import Reference, Variable

NAME = "handlers"

_REGISTERED = later(rb"\boid_arg1\s*+[!=]=\s*+(?:\([\w\s*]*+\)\s*+)?+&\s*+\Z")
_IS_REGISTERED = later(rb"\s*+[!=]=\s*+\w++\s*+->\s*+oid_arg1\b")
_COMPARED = later(rb"\barg1\s*[=!]=\s*&\s*\Z")
_MACRO = later(r"\w+")
_LAST_WORD = later(rb"(\w+)[\s\[\]]*\Z")


def leaf_with_handler(job: Job, file: str, at: int, macro: str) -> Leaf | None:
    """The call of `macro` around `at`, if it names a handler and the dialect leaves the address to that."""
    if "rebase" not in job.dialect.text or not macro.endswith("_PROC"):
        return None
    leaf = Leaf(job, file, at, macro)
    return leaf if len(leaf.arguments) > HANDLER else None


def find_handler(job: Job, leaf: Leaf) -> list[tuple[str, Function]]:
    """The functions a leaf's handler means: of its own file, or of any other that gives it external linkage."""
    name = leaf.text(HANDLER).decode("latin-1").lstrip("&")
    own = [(leaf.file, f) for f in job.tree.facts[leaf.file].functions if f.name == name]
    others = ((file, f) for file, known in job.tree.facts.items() for f in known.functions if not f.static)
    return own or [(file, f) for file, f in others if f.name == name]


def handler_parameters(job: Job, file: str, function: Function) -> tuple[str, str] | None:
    """What a handler calls its argument and the request, or None when its head cannot be read."""
    code = job.code(file)
    head = code[function.start : function.body]
    if b"SYSCTL_HANDLER_ARGS" in head:
        return "arg1", "req"
    paren = function.start + head.find(b"(", max(0, head.rfind(function.name.encode())))
    parts = split_arguments(code, paren + 1, closing_paren(code, paren) - 1)
    words = [_LAST_WORD.search(code[a:b]) for a, b in parts]
    found = [w.group(1).decode("latin-1") for w in words if w]
    return (found[1], found[3]) if len(parts) == len(found) == 4 else None


def reads_argument(job: Job, file: str, function: Function, name: str) -> bool:
    """Whether a handler touches its argument, by itself or in a macro it uses."""
    body = job.code(file)[function.body : function.end]
    if find_words(body, (name.encode(),)):
        return True
    reach = job.tree.reachable(file)
    return any(
        where in reach and find_words(job.code(where)[define.body : define.end], (name.encode(),))
        for word in set(_MACRO.findall(body.decode("latin-1")))
        for where, define in job.tree.macros.get(word, ())
    )


def asks_already(job: Job, file: str, function: Function) -> bool:
    """Whether the handler has the macro."""
    macro = _MACRO.match(job.dialect.text.get("rebase", ""))
    body = job.code(file)[function.body : function.end]
    return macro is not None and bool(find_words(body, (macro.group().encode(),)))


def asking(job: Job) -> dict[tuple[str, int], tuple[Function, Variable]]:
    """Handlers that touch the address of a chosen variable, by file and offset, those that ask already among them."""
    found: dict[tuple[str, int], tuple[Function, Variable]] = {}
    for variable, reference in job.references() if "rebase" in job.dialect.text else ():
        use = reference.use
        leaf = leaf_with_handler(job, reference.file, use.at, use.callee) if is_pointer(use) else None
        for file, function in find_handler(job, leaf) if leaf else ():
            names = handler_parameters(job, file, function)
            if names and reads_argument(job, file, function, names[0]):
                found.setdefault((file, function.start), (function, variable))
    return found


def names_reference(job: Job, reference: Reference, asked: Container[tuple[str, int]]) -> bool:
    """Whether a handler compares the reference copy of the variable: what the leaf was registered with, which stays so
    in `oid_arg1`, or its argument where the dialect hands that on as it is.

    Arguments:
        job: the port.
        reference: the use.
        asked: files and offsets of the handlers that ask for the address of their own stack's copy.
    """
    use = reference.use
    if use.access != "address" or use.place != "function":
        return False
    code, end = job.code(reference.file), use.at + len(use.name)
    if _REGISTERED.search(code, max(0, use.at - 60), use.at) or _IS_REGISTERED.match(code, end):
        return True
    if "rebase" not in job.dialect.text:
        return False
    if (reference.file, job.tree.facts[reference.file].functions[use.index].start) in asked:
        return False
    head = code[max(0, use.at - 60) : use.at]
    return bool(_COMPARED.search(head))


def shared_leaves(job: Job, handler: str) -> Iterator[tuple[str, int]]:
    """File and line of the leaves at file scope that hand `handler` an address which is the same in all stacks."""
    chosen = {(r.file, r.use.index) for _, r in job.references() if r.use.place == "call" and is_pointer(r.use)}
    for file, known in job.tree.facts.items():
        for i, call in enumerate(known.calls if handler in job.tree.words(file) else ()):
            leaf = leaf_with_handler(job, file, call.arguments[0][0], call.name) if len(call.arguments) > 1 else None
            if leaf is None or leaf.text(HANDLER).decode("latin-1") != handler or (file, i) in chosen:
                continue
            arguments = sysctl_arguments(call.name)
            pointer = leaf.text(arguments.pointer) if arguments else b""
            if b"&" in pointer and b"VNET" not in pointer:
                yield file, line_of(job.data[file], leaf.start)


def first_statement(job: Job, file: str, function: Function, name: str) -> int:
    """Where statements of a body begin: behind the declarations, unless one of them reads `name` already."""
    code, facts = job.code(file), job.tree.facts[file]
    declared = sorted([*facts.local.at, *(d.start for d in facts.declarations if d.function)])
    first = at = skip_space(code, function.body + 1)
    while at < function.end:
        end = code.find(b";", at) + 1
        if next_byte(code, at) in (b"#", b"{", b"}") or not end or not any(at <= d < end for d in declared):
            return at
        if find_words(code[at:end], (name.encode(),)):
            return first
        at = skip_space(code, end)
    return first


def insertion(job: Job, file: str, function: Function, variable: str) -> Edit | None:
    """The statement that asks for the address of `variable` in the stack of who calls; None where nobody has to."""
    names = handler_parameters(job, file, function)
    if names is None or asks_already(job, file, function):
        return None
    text = job.dialect.text["rebase"].format(argument=names[0], request=names[1])
    at = first_statement(job, file, function, names[0])
    begin, reason = line_start(job.data[file], at), f"the leaf hands over the reference copy of {variable}"
    own_line = not job.data[file][begin:at].strip()
    new = f"\t{text}{job.newline(file)}" if own_line else f"{text} "
    return Edit(begin if own_line else at, begin if own_line else at, 1, new.encode(), NAME, reason, variable)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one insertion for each handler that touches the address of a chosen variable."""
    for (file, _), (function, variable) in asking(job).items():
        edit = insertion(job, file, function, variable.name)
        if edit is not None:
            yield file, edit
