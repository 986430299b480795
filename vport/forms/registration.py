"""Modules of the containers: VNET_MOD_DECLARE, vnet_mod_register, and constructors as modules without storage.

A module's storage is allocated, zeroed, when it registers; then its constructor runs for every stack.  A module whose
dependency is not there yet waits for it, so that constructors follow the storage they use (sys/kern/kern_vimage.c of
2009).  In the default build nothing registers and the constructors are called once.
"""

import itertools
import re
from collections.abc import Iterator

import msgspec

from vport.c.tokens import closing_paren, split_arguments
from vport.edits import Edit
from vport.forms.containers import MODULES, find_place, identifier
from vport.forms.job import Container, FormJob
from vport.forms.values import constructor, values
from vport.life.text import fold_call
from vport.passes._conditions import opening_lines
from vport.patterns import later
from vport.source import line_end, line_start

NAME = "registration"

_SETUP = later(rb"\bVNET_SYS(UN)?INIT\s*(?=\()")
_FRAMEWORK = ("VNET_", "VIMAGE_")
"""How macros begin that are VNET's own."""
_NO_ARGUMENTS = later(rb"\(\s*(?:void\s*)?\)\s*\Z")


class Setup(msgspec.Struct, frozen=True):
    """A VNET_SYSINIT or VNET_SYSUNINIT of the port: its statement, its arguments and whether it tears down."""

    file: str
    start: int
    end: int
    ident: str
    key: tuple[str, str]
    function: str
    argument: str
    down: bool


class Module(msgspec.Struct, frozen=True):
    """What one vnet_modinfo says: name, constructor and destructor (empty if none), dependency, key of registration."""

    name: str
    attach: str
    detach: str
    depends: str
    key: tuple[str, str]
    container: Container | None = None


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the module of each container, those of values in other files, and those of constructors."""
    numbers = itertools.count(len(job.containers))
    early = tuple(job.dialect.forms.registered.split(", "))
    last = "NET"
    for container in job.containers:
        if container.exported:
            file, text = _storage(job, container, last, early)
            yield file, _appended(job, file, text, job.containers.index(container))
            last = container.name.upper()
    shared = last
    for file in job.tree.facts:
        yield from _of_file(job, file, shared, early, numbers)
    if next(numbers) > MODULES:
        message = f"there are more than {MODULES} modules; sys/vimage.h numbers no more.  Left to you: join containers."
        job.find(job.containers[0].home, 0, "too-many-modules", message)


def _of_file(
    job: FormJob, file: str, shared: str, early: tuple[str, ...], numbers: Iterator[int]
) -> Iterator[tuple[str, Edit]]:
    """A file's values for containers of headers, its own containers, and its constructors, which come after those."""
    last, parts = shared, ""
    for container in job.containers:
        found = values(job, file, container) if container.exported and container.owner != file else []
        if found:
            base = re.sub(r"\W", "_", file.rsplit("/", 1)[-1].rpartition(".")[0])
            module = Module(
                f"{container.name}_{base}", f"vnet_{container.name}_{base}_iattach", "", last, (early[0], early[1])
            )
            text = constructor(job, module.attach, file, container, found)
            parts += "\n" + text + _declared(job, module, next(numbers)) + _registered(module)
            last = module.name.upper()
    own = shared
    for container in job.containers:
        if container.home == file and not container.exported:
            parts += "\n" + _storage(job, container, last, early)[1].lstrip("\n")
            if not find_place(job, container).around:
                own = last = container.name.upper()
    if parts:
        yield file, _appended(job, file, parts, len(job.containers))
    yield from _constructors(job, file, own, numbers)


def _storage(job: FormJob, container: Container, depends: str, early: tuple[str, ...]) -> tuple[str, str]:
    """The module that holds a container: file and text."""
    file = container.owner
    found = values(job, file, container)
    attach = f"{container.structure}_iattach" if found else ""
    module = Module(container.name, attach, "", depends, (early[0], early[1]), container)
    text = constructor(job, attach, file, container, found) if found else ""
    text += _declared(job, module, -1) + _registered(module)
    if not container.exported:
        around = find_place(job, container).around
        groups = [g for g in job.tree.facts[file].groups if g.start in around]
        site = container.variables[0].sites[0]
        lines = opening_lines(groups, site.declaration.start)
        text = "".join(f"{line}\n" for line in lines) + text + "#endif\n" * len(lines)
    return file, text


def _declared(job: FormJob, module: Module, number: int) -> str:
    """The vnet_modinfo of a module, which only VIMAGE knows."""
    upper, name = module.name.upper(), module.name
    functions = f"{module.attach or 'NULL'}, {module.detach or 'NULL'}"
    text = "\n#ifdef VIMAGE\n"
    if module.container is None:
        text += f"#define\tVNET_MOD_{upper}\t{identifier(job, number)}\n"
        text += fold_call(f"VNET_MOD_DECLARE_STATELESS({upper}, {name}, {functions}, {module.depends});") + "\n"
        return text + "#endif\n"
    symmap = "NULL"
    if module.container.exported:
        symmap = f"vnet_{name}_symmap"
        text += f"static struct vnet_symmap {symmap}[] = {{\n"
        text += "".join(f"\tVNET_SYMMAP({name}, {n}),\n" for n in _unconditional(job, module.container))
        text += "\tVNET_SYMMAP_END\n};\n"
    text += fold_call(f"VNET_MOD_DECLARE({upper}, {name}, {functions}, {module.depends}, {symmap});") + "\n"
    return text + "#endif\n"


def _unconditional(job: FormJob, container: Container) -> list[str]:
    """Members that are there in every configuration, which a table can name."""
    around = find_place(job, container).around
    names = []
    for variable in container.variables:
        sites = [s for s in variable.externs if s.file == container.home] or variable.sites
        groups = job.tree.facts[sites[0].file].groups
        outer = [g for g in groups if g.start < sites[0].declaration.start < g.end and g.start not in around]
        if sites[0].file != container.home or not outer:
            names.append(variable.name)
    return list(dict.fromkeys(names))


def _registered(module: Module) -> str:
    """The functions that register a module and take it back, with their places in the order."""
    name = module.name
    up = f"\tvnet_mod_register(&vnet_{name}_modinfo);\n"
    down = f"\tvnet_mod_deregister(&vnet_{name}_modinfo);\n"
    text = _caller(f"vnet_{name}_register", up, module.attach, "SYSINIT", module.key)
    return text + _caller(f"vnet_{name}_deregister", down, module.detach, "SYSUNINIT", module.key)


def _caller(name: str, call: str, plain: str, macro: str, key: tuple[str, str]) -> str:
    other = f"#else\n\t{plain}(NULL);\n" if plain else ""
    text = f"\nstatic void\n{name}(void *unused __unused)\n{{\n\n#ifdef VIMAGE\n{call}{other}#endif\n}}\n"
    return text + fold_call(f"{macro}({name}, {key[0]}, {key[1]}, {name}, NULL);") + "\n"


def setups(job: FormJob, file: str) -> list[Setup]:
    """The VNET_SYSINIT and VNET_SYSUNINIT statements of a file; those in macros are left to a person."""
    code, facts = job.code(file), job.tree.facts[file]
    found = []
    for match in _SETUP.finditer(code):
        macro = next((d for d in facts.defines if d.start <= match.start() < d.end), None)
        if macro is not None and macro.name.startswith(_FRAMEWORK):
            continue
        if macro is not None:
            message = f"{match[0].decode()} stands in a macro, which no module can stand for.  Left to you."
            job.find(file, match.start(), "registration-left", message)
            continue
        end = closing_paren(code, match.end())
        parts = [job.text(file, a, b) for a, b in split_arguments(code, match.end() + 1, end - 1)]
        if len(parts) == 5:
            stop = end + 1 if code[end : end + 1] == b";" else end
            ident, subsystem, order, function, argument = (" ".join(p.split()) for p in parts)
            found.append(
                Setup(file, match.start(), stop, ident, (subsystem, order), function, argument, bool(match[1]))
            )
    return found


def _constructors(job: FormJob, file: str, depends: str, numbers: Iterator[int]) -> Iterator[tuple[str, Edit]]:
    """Each constructor with the destructor of the same place as a module without storage."""
    found = setups(job, file)
    downs = [s for s in found if s.down]
    taken = {c.name for c in job.containers}
    for setup in found:
        if setup.down:
            continue
        pair = next((d for d in downs if d.key == setup.key and _branch(job, d) == _branch(job, setup)), None)
        if pair is not None:
            downs.remove(pair)
        yield from _stateless(job, setup, pair, _free(setup, taken), depends, next(numbers))
    for setup in downs:
        yield from _stateless(job, None, setup, _free(setup, taken), depends, next(numbers))


def _free(setup: Setup, taken: set[str]) -> str:
    """A name for the module of a constructor that no container and no other module of its file has."""
    bare = setup.ident.removeprefix("vnet_")
    wishes = (bare, setup.ident, f"{bare}_life", *(f"{bare}{n}" for n in range(2, 100)))
    name = next(w for w in wishes if w not in taken)
    taken.add(name)
    return name


def _branch(job: FormJob, setup: Setup) -> tuple[tuple[int, int], ...]:
    return job.tree.branch(setup.file, setup.start)


def _stateless(
    job: FormJob, up: Setup | None, down: Setup | None, name: str, depends: str, number: int
) -> Iterator[tuple[str, Edit]]:
    """The module of a constructor, a destructor or both, where the later of their statements stood."""
    both = [s for s in (up, down) if s is not None]
    later = max(both, key=lambda s: s.start)
    attach, detach = (f"vnet_{name}_iattach" if up else ""), (f"vnet_{name}_idetach" if down else "")
    module = Module(name, attach, detach, depends, both[0].key)
    text = "".join(_wrapper(job, wrapper, s) for wrapper, s in ((attach, up), (detach, down)) if s is not None)
    text += _declared(job, module, number) + _registered(module)
    file, reason = later.file, f"{later.function} runs for each stack by a module of its own"
    for setup in both:
        new = text.rstrip("\n").lstrip("\n") if setup is later else ""
        start, end = setup.start, setup.end
        data = job.data[file]
        if not new and not data[line_start(data, start) : start].strip():
            start, end = line_start(data, start), line_end(data, end - 1)
        elif new:
            new = "\n" + new if data[max(0, start - 2) : start] != b"\n\n" else new
        new = new.replace("\n", job.newline(file))
        yield file, Edit(start, end, 0, new.encode("latin-1"), NAME, reason)


def _wrapper(job: FormJob, name: str, setup: Setup) -> str:
    """A function of the type that modules want, which calls the one there is."""
    code = job.code(setup.file)
    found = next((f for f in job.tree.facts[setup.file].functions if f.name == setup.function), None)
    bare = found is not None and bool(_NO_ARGUMENTS.search(code[found.start : found.body].rstrip()))
    call = f"{setup.function}({'' if bare else setup.argument})"
    return f"static int\n{name}(const void *unused __unused)\n{{\n\n\t{call};\n\treturn (0);\n}}\n\n"


def _appended(job: FormJob, file: str, text: str, rank: int) -> Edit:
    """Lines at the end of a file."""
    data, newline = job.data[file], job.newline(file)
    lead = "\n" if data.endswith(b"\n") else "\n\n"
    reason = "registers the storage, and gives the values that definitions gave"
    text = (lead + text.strip("\n") + "\n").replace("\n", newline)
    return Edit(len(data), len(data), 100 + rank, text.encode("latin-1"), NAME, reason)
