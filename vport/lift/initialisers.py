"""Values that a constructor of a container gave go back to the definitions.

Only where that is provably the same: a constant, given without a condition, by a constructor that runs once for each
stack, before anything else it does.  A container began as zeroes (sys/kern/kern_vimage.c of 2009), a symbol begins as
its definition says (net/vnet.h).  All others stay where they are.
"""

import re
from collections.abc import Iterator

import msgspec

from vport import rules
from vport.c.tokens import before, closing_paren, skip_space
from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.facts import Function
from vport.lift.modules import Early, early, function_named, modules
from vport.lift.preambles import macros as preambles
from vport.lift.work import Work
from vport.passes._conditions import opening_lines
from vport.patterns import later
from vport.statement import end_of_declarator
from vport.tree import Site, Variable

NAME = "initialisers"

_ASSIGNMENT = later(rb"V_(\w+)\s*=(?!=)\s*")
_TABLE = later(rb"\{\s*static\s+const\b(?:[^;={}]|\{[^{}]*\})*?\b(\w+)\s*((?:\[[^\]]*\]\s*)*)=\s*")
_COPY = later(rb"\s*bcopy\s*\(\s*&?\s*(\w+)\s*,\s*(?:__DEVOLATILE\s*\(\s*void\s*\*\s*,\s*)?&?\s*V_(\w+)\b[^;]*;\s*\}")
_TOKEN = later(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\.?\d[\w.]*|[A-Za-z_]\w*|.', re.S)
_TYPES = frozenset(
    (
        *("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned"),
        *("const", "struct", "union", "enum", "sizeof", "bool", "_Bool", "size_t"),
        *("u_char", "u_short", "u_int", "u_long", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t"),
        *("uint16_t", "uint32_t", "uint64_t"),
    )
)
_KNOWN = frozenset(("NULL", "true", "false"))
_DEPTH = 8


class Move(msgspec.Struct, frozen=True):
    """A statement that gives a value: its range, the variable, and the value as it is written."""

    file: str
    start: int
    end: int
    variable: Variable
    site: Site
    value: str


def moves(work: Work) -> list[Move]:
    """Statements whose values can stand in definitions."""
    return work.once("moves", lambda: _moves(work))


def _moves(work: Work) -> list[Move]:
    found: list[Move] = []
    for module in modules(work):
        function = function_named(work, module.file, module.attach) if module.attach else None
        if function is not None and _runs_once(work, module.file, module.attach):
            found += _leading(work, module.file, function)
    for one in early(work):
        if one.call.name == "SYSINIT" and _first(work, one):
            found += _leading(work, one.call.file, one.function)
    places = [(m.site.file, m.site.declarator.name_at) for m in found]
    return [m for m, place in zip(found, places, strict=True) if places.count(place) == 1]


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield the value for each definition, and let its statement go."""
    leave_others(work)
    for move in moves(work):
        reason = f"every stack began with this {move.variable.name}"
        stop = end_of_declarator(work.job, move.site.file, move.site.declaration, move.site.declarator)
        at = before(work.job.code(move.site.file), stop)
        value = f" = {move.value}".encode("latin-1")
        yield move.site.file, Edit(at, at, 3, value, NAME, reason, move.variable.name)
        if not leaves_nothing(work, move.file, move.start):
            yield move.file, work.removal(move.file, move.start, move.end, NAME, reason, move.variable.name)


def leave_others(work: Work) -> None:
    """List values that constructors of containers go on giving, as nothing proves that they are constant."""
    moved = {(m.file, m.start) for m in moves(work)}
    for module in modules(work):
        function = function_named(work, module.file, module.attach) if module.attach else None
        for at, name, value in _given(work, module.file, function) if function else ():
            if (module.file, at) not in moved:
                message = (
                    f"{name} begins as {' '.join(value.split())}, which {module.attach}() gives it still: if that is a "
                    f"constant, and nothing reads {name} before, let the definition say it"
                )
                work.leave(module.file, at, "value-left", message, name)


def _given(work: Work, file: str, function: Function) -> Iterator[tuple[int, str, str]]:
    """Statements of a constructor that give a value, where it is a list of such and nothing else."""
    code = work.joined(file)
    found = [
        *_ASSIGNMENT.finditer(code, function.body, function.end),
        *_TABLE.finditer(code, function.body, function.end),
    ]
    for match in sorted(found, key=lambda m: m.start()):
        end, name, value, _ = _statement(work, file, match.start())
        if end > 0 and code.count(b"(", function.body, match.start()) == code.count(b")", function.body, match.start()):
            yield match.start(), name, value


def leaves_nothing(work: Work, file: str, at: int) -> bool:
    """Whether the constructor at an offset does nothing any more when its values are gone."""
    function = next(f for f in work.read.tree.facts[file].functions if f.start <= at < f.end)
    return empty(work, file, function)


def empty(work: Work, file: str, function: Function) -> bool:
    """Whether all that a constructor does is to give values that go."""
    code = bytearray(work.joined(file))
    for move in moves(work):
        if move.file == file and function.start <= move.start < function.end:
            code[move.start : move.end] = b" " * (move.end - move.start)
    for call in work.calls(preambles(work)):
        if call.file == file and function.start <= call.start < function.end:
            stop = bytes(code).index(b";", call.end) + 1
            code[call.start : stop] = b" " * (stop - call.start)
    body = re.sub(rb"^[ \t]*#.*$", b"", bytes(code[function.body + 1 : function.end - 1]), flags=re.M)
    return re.fullmatch(rb"\s*(?:return\s*(?:\(\s*0\s*\)|0)?\s*;)?\s*", body) is not None


def _runs_once(work: Work, file: str, name: str) -> bool:
    """Whether nobody calls a constructor but who registers its module."""
    for call in work.calls((name,)):
        around = next((f for f in work.read.tree.facts[call.file].functions if f.body < call.start < f.end), None)
        if around is None:
            continue
        body = work.joined(call.file)[around.body : around.end]
        if b"vnet_mod_register" not in body:
            return False
    return any(m.attach == name and m.file == file for m in modules(work))


def _first(work: Work, one: Early) -> bool:
    """Whether nothing that could read the values runs before a SYSINIT: all earlier ones only give values, too."""
    mine = _number(one.call.text(1))
    if mine is None:
        return False
    for call in work.calls(("SYSINIT", "DECLARE_MODULE", "DECLARE_MODULE_TIED")):
        index = 1 if call.name == "SYSINIT" else 2
        other = _number(call.text(index))
        function = function_named(work, call.file, call.text(3).lstrip("& "))
        gives = function is not None and call.name == "SYSINIT" and _only_values(work, call.file, function)
        if not gives and (other is None or other <= mine):
            return False
    return _only_values(work, one.call.file, one.function)


def _number(subsystem: str) -> int | None:
    """The place of a subsystem in the order of today's kernel, by any of its names; None if it has none there."""
    today = {old: new for name in HISTORY for new, old in load(name).subsystems.items()}
    numbers: dict[str, int] = rules.load(f"sysinit/{load(HISTORY[-1]).release}")["subsystem"]
    return numbers.get(today.get(subsystem, subsystem).removeprefix("SI_SUB_"))


def _only_values(work: Work, file: str, function: Function) -> bool:
    """Whether a function does nothing but give values."""
    code, at = work.joined(file), skip_space(work.joined(file), function.body + 1)
    known = set(preambles(work))
    while at < function.end - 1:
        word = work.word_at(file, at)
        if word in known:
            at = skip_space(code, code.index(b";", at) + 1)
        elif code[at : at + 1] == b"#":
            at = skip_space(code, code.find(b"\n", at))
        elif word == "return":
            return not code[code.index(b";", at) + 1 : function.end - 1].strip()
        else:
            end, _, value, proved = _statement(work, file, at)
            if end < 0 or not (proved or _harmless(value)):
                return False
            at = skip_space(code, end)
    return True


def _leading(work: Work, file: str, function: Function) -> Iterator[Move]:
    """The statements a constructor begins with, up to the first that gives no constant."""
    code, at = work.joined(file), skip_space(work.joined(file), function.body + 1)
    known = set(preambles(work))
    while at < function.end:
        word = work.word_at(file, at)
        if word in known:
            at = skip_space(code, code.index(b";", at) + 1)
        elif code[at : at + 1] == b"#":
            at = skip_space(code, code.find(b"\n", at))
        else:
            end, name, value, proved = _statement(work, file, at)
            if end < 0 or not (proved or _harmless(value)):
                return
            if proved:
                yield from _move(work, file, at, end, name, value)
            at = skip_space(code, end)


def _statement(work: Work, file: str, at: int) -> tuple[int, str, str, bool]:
    """End, variable and value of a statement that gives a value, and whether it is constant; -1 where it does not."""
    code, data = work.joined(file), work.job.data[file]
    given = _ASSIGNMENT.match(code, at)
    if given:
        end = code.index(b";", given.end())
        return _checked(work, end + 1, given[1], data[given.end() : end].decode("latin-1"))
    table = _TABLE.match(code, at)
    if table:
        end = code.index(b";", table.end())
        copied = _COPY.match(code, end + 1)
        if copied and copied[1] == table[1]:
            return _checked(work, copied.end(), copied[2], data[table.end() : end].decode("latin-1"))
    return -1, "", "", False


def _checked(work: Work, end: int, name: bytes, value: str) -> tuple[int, str, str, bool]:
    value = value.strip()
    if value.startswith("("):  # a compound literal gives what stands in its braces
        close = closing_paren(value.encode("latin-1"), 0)
        value = value[close:].strip() if value[close:].strip().startswith("{") else value
    return end, name.decode("latin-1"), value, constant(work, value)


def _harmless(value: str) -> bool:
    """Whether working a value out can neither read a variable of the stack nor call anything that does."""
    return "V_" not in value and not re.search(r"\w\s*\(", value)


def constant(work: Work, value: str, depth: int = _DEPTH) -> bool:
    """Whether a value is constant for what the tree says: literals, enumerators, and macros that come to these."""
    value = re.sub(r"/\*.*?\*/|//[^\n]*", " ", value, flags=re.S)
    for name in rules.load("upgrade")["constants"]["macros"]:  # their argument is only a name
        value = re.sub(rf"\b{name}\s*\([^()]*\)", name, value)
    for token in _TOKEN.findall(value):
        if re.match(r"[A-Za-z_]", token) and token not in _TYPES | _KNOWN:
            if not _constant_word(work, token, depth):
                return False
        elif token in ("=", "#", "\\") and "{" not in value:
            return False
    return bool(value)


def _constant_word(work: Work, word: str, depth: int) -> bool:
    known = work.read.tree.macros.get(word, [])
    if word in rules.load("upgrade")["constants"]["macros"]:
        return True
    if known:
        bodies = [work.job.data[f][d.body : d.end].decode("latin-1").strip() for f, d in known]
        plain = all(d.parameters is None for _, d in known)
        return depth > 0 and plain and all(body and constant(work, body, depth - 1) for body in bodies)
    if any(word == v.name for v in work.read.tree.variables):
        return False
    functions = {f.name for facts in work.read.tree.facts.values() for f in facts.functions}
    return any(word in facts.other for facts in work.read.tree.facts.values()) and word not in functions


def _move(work: Work, file: str, start: int, end: int, name: str, value: str) -> Iterator[Move]:
    """The move of a value, when one definition stands in the same conditionals."""
    known = [v for v in work.read.tree.variables if v.name == name and not v.function]
    own = [v for v in known if v.file == file] or [v for v in known if v.storage != "static"]
    if len(own) != 1:
        return
    groups = work.read.tree.facts[file].groups
    lines = _plain_lines(opening_lines(groups, start))
    sites = [
        s
        for s in own[0].sites
        if _plain_lines(opening_lines(work.read.tree.facts[s.file].groups, s.declaration.start)) == lines
    ]
    if len(sites) == 1 and not sites[0].declarator.value_end:
        yield Move(file, start, end, own[0], sites[0], value)


def _plain_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Conditionals but those of the builds of 2009."""
    return tuple(line for line in lines if "VIMAGE" not in line)
