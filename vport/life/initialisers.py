"""What static initialisers, lock macros or nobody did for per-vnet state, as lines of constructors and destructors."""

import re
from collections.abc import Callable, Iterator

import msgspec

from vport import rules
from vport.c.tokens import before, split_arguments
from vport.job import Job
from vport.life.effects import is_harmless
from vport.life.flows import chain
from vport.life.guards import conditions, guarded
from vport.life.loadable import is_late, is_loadable
from vport.life.order import Key
from vport.life.rebuild import Rebuilder
from vport.life.setups import Setups
from vport.life.text import fold_statement, function_text, set_up_call
from vport.passes.tunables import is_static_tunable
from vport.patterns import later
from vport.source import line_end, line_start
from vport.statement import specifier
from vport.tree import Reference, Site, Variable

_COMMENT = later(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_CALLED = later(rb"\s*((?:\[[^]]*\]|\.\w+)*)\s*=\s*(?:\([^()]*\)\s*)?([A-Za-z_]\w*)\s*\(")


def _indented(value: str) -> str:
    """A value in braces, its lines a tab deeper than they stood at file scope."""
    first, *others = value.replace("\r\n", "\n").split("\n")
    return "\n".join([first, *(f"\t{line}" if line.strip() else line for line in others)])


class Line(msgspec.Struct, frozen=True):
    """What a constructor and a destructor say of one variable; either may be empty."""

    variable: Variable
    up: str
    down: str
    conditions: tuple[str, ...] = ()


def needs_constructor(job: Job, variable: Variable, site: Site) -> bool:
    """Whether a definition's value has to be set at run time: it holds the address of per-vnet state, or comes late."""
    declarator = site.declarator
    if job.used_in_value(site.file, declarator.value_start, declarator.value_end):
        return True
    return can_construct(job, site.file, variable.name) and is_late(job, site)


def can_construct(job: Job, file: str, holder: str) -> bool:
    """Whether the initialiser of the variable `holder` can become a statement of a constructor."""
    for variable in job.variables:
        if variable.name != holder or variable.file != file or variable.function:
            continue
        return all(
            "a" not in s.declarator.shape
            and not s.declaration.has_body
            and conditions(job.tree, file, s.declarator.name_at) is not None
            for s in variable.sites
            if s.declarator.value_end
        )
    return False


class Initialisers:
    """Writes constructors for values that no initialiser can hold.

    Arguments:
        job: the port.
        setups: of its tree.
        rebuilder: names functions, and marks what is left.
    """

    def __init__(self, job: Job, setups: Setups, rebuilder: Rebuilder) -> None:
        self._job = job
        self._setups = setups
        self._moves = rebuilder.moves
        self._to = rebuilder
        self._tables = rules.load("resources")

    def run(self) -> None:
        """Values, tunables and locks: one constructor and one destructor for each file."""
        for file, lines in sorted(self._by_file(self._values, self._tunables, self._locks).items()):
            self._emit(file, lines)

    def release(self) -> None:
        """What is set up and never given back; every destructor that may use it is known by now."""
        for file, lines in sorted(self._by_file(self._unreleased).items()):
            keys = {line: self._to.keys.release(line.variable.key) or self._key([line]) for line in lines}
            for key in sorted(set(keys.values()), reverse=True):
                here = [line for line in reversed(lines) if keys[line] == key]
                here.sort(key=lambda line: line.down.partition("(")[0] not in self._tables["early"]["names"])
                self._function(file, here, [line.down for line in here], key, down=True)

    def _by_file(self, *sources: Callable[[Variable], Iterator[Line]]) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for variable in self._job.variables:
            for line in (line for source in sources for line in source(variable)):
                found.setdefault(variable.file, []).append(line)
        return found

    def _accessor(self, variable: Variable) -> str:
        return f"V_{self._job.new_name(variable)}"

    def _values(self, variable: Variable) -> Iterator[Line]:
        for site in variable.sites if not variable.function else ():
            if site.declarator.value_end and needs_constructor(self._job, variable, site):
                here = conditions(self._job.tree, site.file, site.declarator.name_at) or ()
                yield Line(variable, self._assignment(variable, site), "", here)
                self._drop_value(variable, site)

    def _assignment(self, variable: Variable, site: Site) -> str:
        """The statement that does what the initialiser did."""
        name, declarator = self._accessor(variable), site.declarator
        value = self._job.ported_text(site.file, declarator.value_start, declarator.value_end).strip()
        macro = re.match(r"(\w+)\s*\(", value)
        heads: dict[str, str] = self._tables["heads"]
        if macro and macro.group(1) in heads:
            return heads[macro.group(1)].format(name)
        if value.startswith("{"):
            type_text = re.sub(r"\b(?:const|volatile)\s+", "", specifier(self._job, site.file, site.declaration))
            return f"{name} = ({type_text}){_indented(value)};"
        return f"{name} = {value};"

    def _drop_value(self, variable: Variable, site: Site) -> None:
        code, declarator = self._job.code(site.file), site.declarator
        equals = code.rfind(b"=", declarator.end, declarator.value_start)
        reason = f"{variable.name} gets its value in a constructor, once for each stack"
        said = _COMMENT.findall(self._job.data[site.file], equals, declarator.value_start)
        self._moves.drop(site.file, before(code, equals), declarator.value_end, reason)
        self._moves.unfold(site.file, site.declaration.start, declarator.end)
        if said:
            end = site.declaration.end
            self._moves.change(site.file, end, end, "\t" + b" ".join(said).decode("latin-1"), reason)

    def _tunables(self, variable: Variable) -> Iterator[Line]:
        """Static tunables of what can be loaded: they are read when the stacks have their values already."""
        for reference in variable.references:
            use, file = reference.use, reference.file
            if use.place != "call" or not is_static_tunable(use) or not is_loadable(self._job, file):
                continue
            call = self._job.tree.facts[file].calls[use.index]
            here = conditions(self._job.tree, file, call.start)
            if here is None:
                continue
            given = ", ".join(self._job.ported_text(file, a, b) for a, b in call.arguments)
            start, end = line_start(self._job.data[file], call.start), line_end(self._job.data[file], call.end - 1)
            self._moves.drop(file, start, end, f"{variable.name} is fetched once for each stack")
            yield Line(variable, f"{use.callee}_FETCH({given});", "", here)

    def _locks(self, variable: Variable) -> Iterator[Line]:
        """MTX_SYSINIT and its kin."""
        table: dict[str, dict[str, str]] = self._tables["sysinit"]
        for reference in variable.references:
            use = reference.use
            if use.place != "call" or use.callee not in table or use.access == "sizeof":
                continue
            call = self._job.tree.facts[reference.file].calls[use.index]
            data = self._job.data[reference.file]
            arguments = {f"a{i}": data[a:b].decode("latin-1") for i, (a, b) in enumerate(call.arguments)}
            start, end = line_start(data, call.start), line_end(data, call.end - 1)
            self._moves.drop(reference.file, start, end, f"{variable.name} is set up once for each stack")
            name, says = self._accessor(variable), table[use.callee]
            here = conditions(self._job.tree, reference.file, call.start) or ()
            yield Line(
                variable, says["init"].format(name, **arguments), says["release"].format(name, **arguments), here
            )

    def _unreleased(self, variable: Variable) -> Iterator[Line]:
        """Resources that are set up and never given back."""
        made = next((m for r in variable.references if (m := self._makes(r))), None)
        if made is None or any(self._gives_back(r) for r in variable.references):
            return
        reference, template, arguments = made
        if not template or not self._to.keys.constructed(variable):
            message = (
                f"{variable.name} is set up here and never given back, and vport cannot tell how.  Left to you: "
                f"release it in a destructor (VNET_SYSUNINIT)."
            )
            self._to.mark(reference.file, self._statement(reference), f"{variable.name} is never given back")
            self._to.find(reference.file, reference.use.at, "resource-unreleased", message, variable.name)
            return
        name = self._accessor(variable)
        values = {f"a{i}": text for i, text in enumerate(arguments)}
        values |= {f"a{i}*": text.removeprefix("&").strip() for i, text in enumerate(arguments)}
        text = re.sub(r"\{(\w+\*?)\}", lambda m: name if m.group(1) == "0" else values.get(m.group(1), "?"), template)
        site = variable.sites[0]
        yield Line(variable, "", text, conditions(self._job.tree, site.file, site.declarator.name_at) or ())

    def _statement(self, reference: Reference) -> int:
        """Where the statement begins that holds a use."""
        at, flow = reference.use.at, self._job.life.flows.around(reference.file, reference.use.at)
        around = chain(flow.root, at) if flow and flow.root else []
        return next((s.start for s in reversed(around) if s.kind != "block"), at)

    def _makes(self, reference: Reference) -> tuple[Reference, str, list[str]] | None:
        """The release and the set-up's arguments, when a use sets the variable up."""
        table: dict[str, dict[str, object]] = self._tables["init"]
        use, code = reference.use, self._job.code(reference.file)
        if use.place != "function":
            return None
        says = table.get(use.callee)
        if says is not None and says["object"] == use.argument:
            plain = re.match(rb"\s*[,)]", code[use.at + len(use.name) :])
            return reference, str(says["release"]) if plain else "", []
        match = _CALLED.match(code, use.at + len(use.name)) if use.access == "write" else None
        says = table.get(match.group(2).decode()) if match else None
        if match is None or says is None or says["object"] != "result":
            return None
        closed = code.find(b";", match.end())
        inside = split_arguments(code, match.end(), code.rfind(b")", match.end(), closed))
        release = "" if match.group(1) else str(says["release"])
        return reference, release, [self._job.ported_text(reference.file, a, b) for a, b in inside]

    def _gives_back(self, reference: Reference) -> bool:
        """Whether a use gives the variable back, or hands it to what may: any function or macro of the module."""
        use, life = reference.use, self._job.life
        if use.callee in self._tables["release"]:
            return True
        if use.place == "macro":
            define = life.tree.facts[reference.file].defines[use.index]
            body = self._job.code(reference.file)[define.body : define.end].decode("latin-1")
            return any(name in body for name in self._tables["release"])
        if not use.callee or use.callee in self._tables["init"]:
            return False
        known = life.is_macro(use.callee) or life.graph.entries.resolve(reference.file, use.callee) is not None
        return known and not is_harmless(use.callee)

    def _key(self, lines: list[Line]) -> Key:
        """Before the first set-up that reaches the variables."""
        mine = self._job.life.reaching({v.key: v for v in (line.variable for line in lines)}.values())
        earliest = self._setups.earliest(mine)
        if earliest is None:
            return self._setups.orders.key("SI_SUB_INIT_IF", "SI_ORDER_FIRST")
        return self._setups.orders.before(earliest)

    def _emit(self, file: str, lines: list[Line]) -> None:
        """One constructor for a file, and a destructor that mirrors it."""
        key = self._key(lines)
        self._function(file, lines, [line.up for line in lines], key, down=False)
        down = [line for line in reversed(lines) if line.down]
        self._function(file, down, [line.down for line in down], key, down=True)
        self._to.keys.note([line.variable.key for line in lines], key)

    def _function(self, file: str, lines: list[Line], says: list[str], key: Key, down: bool) -> None:
        if not lines:
            return
        stem = re.sub(r"\W", "_", file.rsplit("/", 1)[-1].partition(".")[0])
        name = self._to.new_name(file, f"vnet_{stem}_{'uninit' if down else 'init'}")
        body = guarded([(line.conditions, fold_statement(text)) for line, text in zip(lines, says, strict=True)])
        macro = "VNET_SYSUNINIT" if down else "VNET_SYSINIT"
        at = len(self._job.data[file])
        call = set_up_call(macro, name, self._setups.orders.written(key, file, at), name)
        reason = f"{'given back' if down else 'set up'} once for each stack"
        self._to.put(file, at, function_text(name, [], body, call), reason, 9)
