"""Modules of the containers as the tree declares them: VNET_MOD_DECLARE, vnet_modinfo, and where they register.

See sys/vimage.h and sys/kern/kern_vimage.c of 2009.
"""

import re
from collections.abc import Iterator

import msgspec

from vport import rules
from vport.c.tokens import closing_paren, skip_space, split_arguments
from vport.facts import Function
from vport.lift.reach import reaches_state
from vport.lift.work import Call, Work
from vport.patterns import later

_MODINFO = later(
    rb"^[ \t]*(?:static\s+)?(?:const\s+)?(?:vnet_modinfo_t|struct\s+vnet_modinfo)\s+(\w+)\s*=\s*\{([^{}]*)\}\s*;", re.M
)
_MEMBER = later(rb"\s*\.\s*vmi_(\w+)\s*=\s*")
_NOTHING = ("NULL", "0", "")


class Module(msgspec.Struct, frozen=True):
    """What one vnet_modinfo says.

    Arguments:
        file: that declares it.
        start, end: of the declaration.
        name: in lower case.
        identifier: in upper case.
        attach, detach: functions; empty if none.
        depends: identifier of what has to be there first.
        variable: the structure in C.
    """

    file: str
    start: int
    end: int
    name: str
    identifier: str
    attach: str
    detach: str
    depends: str
    variable: str


class Early(msgspec.Struct, frozen=True):
    """A SYSINIT of the first step of 2008 that sets up state by accessors, once, for the one stack there was.

    Arguments:
        call: the statement's macro and arguments.
        function: it names.
        end: past the statement.
    """

    call: Call
    function: Function
    end: int


def early(work: Work) -> list[Early]:
    """Those of files that reach globals by accessors; none where modules register."""
    found = list[Early]()
    for call in work.calls(("SYSINIT", "SYSUNINIT")) if work.accessors else ():
        function = function_named(work, call.file, call.text(3).lstrip("& "))
        if function is None:
            continue
        body = work.joined(call.file)[function.body : function.end]
        if b"vnet_mod_" not in body and reaches_state(work, function.name):
            found.append(Early(call, function, work.joined(call.file).find(b";", call.end) + 1))
    return found


class Slot(msgspec.Struct, frozen=True):
    """A call of vnet_mod_register or vnet_mod_deregister: where it stands and which SYSINIT, if any, calls it.

    Arguments:
        file: that holds it.
        call: range of the statement.
        function: that holds it.
        only: whether the function does nothing else.
        key: subsystem and order of the SYSINIT or SYSUNINIT that calls the function; empty if none does.
        setup: range of that statement.
    """

    file: str
    call: tuple[int, int]
    function: Function
    only: bool
    key: tuple[str, str] | None
    setup: tuple[int, int]


def modules(work: Work) -> list[Module]:
    """All modules of the tree."""
    return work.once("modules", lambda: [*_declared(work), *_written(work)])


def _declared(work: Work) -> Iterator[Module]:
    for call in work.calls(("VNET_MOD_DECLARE", "VNET_MOD_DECLARE_STATELESS")):
        parts = [" ".join(call.text(i).split()) for i in range(5)]
        names = [p if p not in _NOTHING else "" for p in parts]
        end = work.joined(call.file).find(b";", call.end) + 1
        yield Module(
            call.file, call.start, end, names[1], names[0], names[2], names[3], names[4], f"vnet_{names[1]}_modinfo"
        )


def _written(work: Work) -> Iterator[Module]:
    for file in work.read.tree.facts:
        code, data = work.joined(file), work.job.data[file]
        for match in _MODINFO.finditer(code) if b"vnet_modinfo" in data else ():
            said = _members(work, file, match.start(2), match.end(2))
            names = {key: "" if value in _NOTHING else value for key, value in said.items()}
            variable = match[1].decode("latin-1")
            name = variable.removeprefix("vnet_").removesuffix("_modinfo")
            depends = names.get("dependson", "").removeprefix("VNET_MOD_")
            upper = names.get("id", "").removeprefix("VNET_MOD_")
            attach, detach = names.get("iattach", ""), names.get("idetach", "")
            yield Module(file, match.start(), match.end(), name, upper, attach, detach, depends, variable)


def _members(work: Work, file: str, start: int, end: int) -> dict[str, str]:
    """What an initialiser gives the members of a vnet_modinfo, by their names without `vmi_`; C goes on from a name."""
    order: list[str] = rules.load("externals")["containers"]["members"]
    code, said, following = work.joined(file), dict[str, str](), 0
    for low, high in split_arguments(code, start, end):
        named = _MEMBER.match(code, low, high)
        if named is not None:
            name, low = named[1].decode(), named.end()
            following = order.index(name) if name in order else following
        elif following < len(order):
            name = order[following]
        else:
            break
        following += 1
        said[name] = " ".join(code[low:high].decode("latin-1").split()).lstrip("& ")
    return said


def slots(work: Work, module: Module, macro: str) -> list[Slot]:
    """Where a module registers, or is taken back, by `macro`: `vnet_mod_register` or `vnet_mod_deregister`."""
    found = []
    for call in work.calls((macro, f"{macro}_multi")):
        if call.name != macro and (call.text(1), call.text(2)) != ("NULL", "NULL"):
            continue  # once for each argument, which no constructor is
        if call.file == module.file and call.text(0).lstrip("& ") == module.variable:
            function = function_at(work, call.file, call.start)
            if function is not None:
                found.append(_slot(work, module, call, function, "SYSUNINIT" if "deregister" in macro else "SYSINIT"))
    return found


def _slot(work: Work, module: Module, call: Call, function: Function, macro: str) -> Slot:
    code = work.joined(call.file)
    end = code.index(b";", call.end) + 1
    body = code[function.body + 1 : call.start] + code[end : function.end - 1]
    rest = re.sub(rb"^[ \t]*#.*$", b"", body, flags=re.M)
    fallback = module.detach if macro == "SYSUNINIT" else module.attach
    rest = re.sub(rb"\b%s\s*\([^()]*\)\s*;" % re.escape(fallback.encode()), b"", rest) if fallback else rest
    setup = next(
        (c for c in work.calls((macro,)) if c.file == call.file and c.text(3).lstrip("& ") == function.name), None
    )
    key = (" ".join(setup.text(1).split()), " ".join(setup.text(2).split())) if setup else None
    stop = code.find(b";", setup.end) + 1 if setup else 0
    return Slot(call.file, (call.start, end), function, not rest.strip(), key, (setup.start, stop) if setup else (0, 0))


def function_at(work: Work, file: str, at: int) -> Function | None:
    """The function around an offset."""
    return next((f for f in work.read.tree.facts[file].functions if f.start <= at < f.end), None)


def function_named(work: Work, file: str, name: str) -> Function | None:
    """A function of a file."""
    return next((f for f in work.read.tree.facts[file].functions if f.name == name), None)


def wrapped(work: Work, file: str, function: Function) -> tuple[str, str] | None:
    """What a constructor calls, with which argument, when it does nothing but call it and return 0."""
    body = work.joined(file)[function.body + 1 : function.end - 1].strip()
    found = re.fullmatch(rb"(\w+)\s*\((.*)\)\s*;\s*return\s*\(?\s*0\s*\)?\s*;", body, re.S)
    if found is None or b";" in found[2] or len(split_arguments(body, found.start(2), found.end(2))) > 1:
        return None
    paren = skip_space(body, len(found[1]))
    if closing_paren(body, paren) != found.end(2) + 1:
        return None
    argument = found[2].decode("latin-1").strip()
    return found[1].decode("latin-1"), argument or "NULL"
