"""Constructors and destructors: names of subsystems, and where constructors may be.

Subsystems got other names over the years (sys/sys/kernel.h); later headers assert where constructors are.
"""

from collections.abc import Iterator, Mapping

from vport import rules
from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.facts import Function
from vport.life.order import Key, Orders
from vport.life.text import fold_call
from vport.lift.initialisers import empty, moves
from vport.lift.modules import Early, Module, Slot, early, function_named, modules, slots, wrapped
from vport.lift.work import Call, Work
from vport.source import line_end, line_start

NAME = "registration"

_DEPTH = 4


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each subsystem that has another name, and list constructors that may not be where they are."""
    _check_ranges(work)
    names = renamed(work)
    for file, at in work.words(names):
        old = work.word_at(file, at)
        if old in work.read.tree.facts[file].other:  # the kernel's own list of subsystems
            continue
        reason = f"{work.target.name} calls it {names[old]}"
        yield file, Edit(at, at + len(old), 0, names[old].encode(), NAME, reason)


def renamed(work: Work) -> dict[str, str]:
    """Subsystems that the target calls otherwise: name in any other dialect to its name there."""
    today = {old: new for name in HISTORY for new, old in load(name).subsystems.items()}
    today |= {new: new for new in today.values()}
    names = {name: work.target.subsystems.get(new, new) for name, new in today.items()}
    return {old: new for old, new in names.items() if old != new}


def _check_ranges(work: Work) -> None:
    table = rules.load("upgrade")["range"]
    if work.target.name not in table["dialects"]:
        return
    numbers = rules.load(f"sysinit/{work.target.release}")["subsystem"]
    for call in work.calls(table["macros"]):
        name = subsystem(work, call)
        number = numbers.get(name)
        if number is not None and not numbers[table["above"]] < number <= numbers[table["until"]]:
            work.leave(
                call.file,
                call.start,
                "constructor-range",
                f"{call.name}({call.text(0)}) is at SI_SUB_{name}, and {work.target.name} wants it behind "
                f"SI_SUB_{table['above']} and not behind SI_SUB_{table['until']}; move it, for instance to "
                f"SI_SUB_{table['until']}, SI_ORDER_ANY",
            )


def subsystem(work: Work, call: Call) -> str:
    """The subsystem of a constructor, without SI_SUB_, by today's name, through macros of the tree."""
    text = call.text(1)
    for _ in range(_DEPTH):
        known = work.read.tree.macros.get(text, [])
        if len(known) != 1:
            break
        file, define = known[0]
        text = work.job.code(file)[define.body : define.end].decode("latin-1").strip(" \t\r\n()")
    return renamed(work).get(text, text).removeprefix("SI_SUB_")


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Constructors of stacks as those of the kernel."""
    names: dict[str, str] = rules.load("upgrade")["shared"]
    for file, at in work.words(names):
        old = work.word_at(file, at)
        if not work.defines(file, at):
            yield file, Edit(at, at + len(old), 0, names[old].encode(), NAME, "there is one stack")


def retired(work: Work) -> Iterator[tuple[str, Edit]]:
    """Modules of the containers become constructors and destructors of each stack, behind what they depend on."""
    domains(work)
    for one in early(work):
        _of_one_stack(work, one)
    keys = _keys(work)
    for module in modules(work):
        ups, downs = slots(work, module, "vnet_mod_register"), slots(work, module, "vnet_mod_deregister")
        work.drop(module.file, module.start, module.end)
        for function, found, macro in (
            (module.attach, ups, work.target.forms.constructor),
            (module.detach, downs, work.target.forms.destructor),
        ):
            yield from _constructor(work, module, function, found, macro, keys)


def _keys(work: Work) -> dict[str, tuple[str, str]]:
    """Keys of the constructors that have to move behind what they depend on, by the keys they registered at.

    A module waited for its dependency, whatever the order they registered in (sys/kern/kern_vimage.c of 2009).
    """
    orders = Orders(work.read.tree, work.joined, work.target.release)
    known = {m.identifier: m for m in modules(work)}
    moved: dict[str, tuple[str, str]] = {}

    def place(identifier: str, around: tuple[str, ...]) -> Key | None:
        module = known.get(identifier)
        function = function_named(work, module.file, module.attach) if module and module.attach else None
        if module is None or identifier in around or function is None or empty(work, module.file, function):
            return place(module.depends, (*around, identifier)) if module and identifier not in around else None
        found = slots(work, module, "vnet_mod_register")
        if len(found) != 1 or found[0].key is None:
            return None
        own, before = orders.key(*found[0].key), place(module.depends, (*around, identifier))
        if before is not None and own.known and before.known and own.place() <= before.place():
            own = orders.following(before)
            moved[identifier] = own.texts
        return own

    for identifier in known:
        place(identifier, ())
    return moved


def _of_one_stack(work: Work, one: Early) -> None:
    """A set-up of the time when there was one stack: it goes with its values, or a person says whose it is."""
    call = one.call
    if call.name == "SYSINIT" and empty(work, call.file, one.function) and _value_moves(work, one):
        _drop_function(work, call.file, one.function)
        work.drop(call.file, call.start, one.end)
    elif work.target.forms.storage != "globals":
        macro = work.target.forms.constructor if call.name == "SYSINIT" else work.target.forms.destructor
        message = (
            f"{one.function.name}() reaches state that each stack will have of its own: {macro} if it is to run "
            f"for each, or give it a context"
        )
        work.leave(call.file, call.start, "constructor-of-one-stack", message)


def _value_moves(work: Work, one: Early) -> bool:
    return any(m.file == one.call.file and one.function.start <= m.start < one.function.end for m in moves(work))


def _constructor(
    work: Work, module: Module, name: str, found: list[Slot], macro: str, keys: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, Edit]]:
    function = function_named(work, module.file, name) if name else None
    if function is not None and empty(work, module.file, function):
        _drop_function(work, module.file, function)
        name, function = "", None
    if name and not (len(found) == 1 and found[0].key):
        _leave(work, module, name, macro, found)
    for slot in found:
        if slot.only and slot.key:
            _drop_function(work, slot.file, slot.function)
            work.drop(slot.file, *slot.setup)
        else:
            yield from _unregistered(work, module, slot)
    if name and len(found) == 1 and found[0].key:
        yield _placed(work, module, name, function, keys.get(module.identifier, found[0].key), macro)


def _drop_function(work: Work, file: str, function: Function) -> None:
    """A function goes, with the lines of its type; prototypes of it too."""
    data = work.job.data[file]
    work.drop(file, line_start(data, function.start), line_end(data, function.end - 1))


def _unregistered(work: Work, module: Module, slot: Slot) -> Iterator[tuple[str, Edit]]:
    """The call goes; with it the conditional around it whose other branch calls the constructor once."""
    groups = work.read.tree.facts[slot.file].groups
    around = [g for g in groups if slot.function.body < g.start <= slot.call[0] < g.end]
    if around:
        group = max(around, key=lambda g: g.start)
        work.drop(slot.file, group.start, group.end)
    else:
        yield slot.file, work.removal(slot.file, *slot.call, NAME, f"{module.name} registers nothing any more")


def _placed(
    work: Work, module: Module, name: str, function: Function | None, key: tuple[str, str], macro: str
) -> tuple[str, Edit]:
    """The macro behind the function it names."""
    inner = wrapped(work, module.file, function) if function is not None else None
    argument, target = "NULL", function
    if function is not None and inner is not None:
        real = function_named(work, module.file, inner[0])
        if real is not None:
            _drop_function(work, module.file, function)
            name, argument, target = inner[0], inner[1], real
    at = line_end(work.job.data[module.file], target.end - 1) if target is not None else module.end
    text = fold_call(f"{macro}({name}, {key[0]}, {key[1]}, {name}, {argument});")
    text = f"{text}\n".replace("\n", work.job.newline(module.file))
    reason = f"{name} runs for each stack, at the key at which {module.name} registered"
    return module.file, Edit(at, at, 4, text.encode("latin-1"), NAME, reason)


def domains(work: Work) -> None:
    """Domains whose protocols are set up: once for each stack, if they have state of their own, which no text says."""
    for call in work.calls(("DOMAIN_SET",)):
        if work.accessors and work.target.forms.storage == "symbols":
            message = (
                "VNET_DOMAIN_SET has the initialisers of these protocols run for each stack: write it if they should"
            )
            work.leave(call.file, call.start, "domain-left", message)


def _leave(work: Work, module: Module, name: str, macro: str, found: list[Slot]) -> None:
    depends = f" and behind that of {module.depends}" if module.depends else ""
    where = f"{found[0].function.name}()" if found else "nothing of this tree"
    many = next(
        (c for c in work.calls(("vnet_mod_register_multi",)) if c.text(0).lstrip("& ") == module.variable), None
    )
    if many is not None and not found:
        message = (
            f"{module.name} registers once for each argument, and {macro} runs once for each stack: have one "
            f"constructor go through what {many.text(1)} and its like stand for, behind what {module.name} depends on"
        )
        work.leave(many.file, many.start, "registration-left", message)
        return
    work.leave(
        module.file,
        module.start,
        "registration-left",
        f"{where} registers {module.name} outside of a SYSINIT, which says no place in the order: write {macro}"
        f"({module.name}, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, {name}, NULL) with a key behind that of the module's event"
        f"{depends}",
    )
