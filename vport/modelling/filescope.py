"""What stands at file scope: slots of SYSINITs, module events, dependencies, sysctls and tables of handlers."""

from collections.abc import Iterator
from functools import partial

import msgspec

from vport.c.declarators import Declaration, Declarator
from vport.dialect import sysctl_arguments
from vport.life.entries import entry_of, function_name, heads, members
from vport.modelling import containers
from vport.modelling.body import Brought
from vport.modelling.expansion import TooLong
from vport.modelling.known import is_sysctl, known
from vport.modelling.lexing import Token, is_word, join, pair
from vport.modelling.symbols import Symbols
from vport.modelling.workshop import Drawn, Shop
from vport.patterns import later
from vport.runtime.model import Depend, Entry, ModuleEvent, Sysctl, Sysinit, Variable, VnetModule

_SLOTS = {
    "SYSINIT": "SYSINIT",
    "C_SYSINIT": "SYSINIT",
    "SYSUNINIT": "SYSUNINIT",
    "C_SYSUNINIT": "SYSUNINIT",
    "VNET_SYSINIT": "VNET_SYSINIT",
    "VNET_SYSUNINIT": "VNET_SYSUNINIT",
    "VIMAGE_SYSINIT": "VNET_SYSINIT",
    "VIMAGE_SYSUNINIT": "VNET_SYSUNINIT",
}
_TABLE = later(r"\{|[A-Za-z_]\w*\s*\(")
"""What an object's initialiser begins with: its values, or the macro that holds them."""
_SLOT = 5
"""Arguments of a slot: its name, subsystem and order, the function and what it is given."""
_LOCK_SLOT = ("SI_SUB_LOCK", "SI_ORDER_MIDDLE")


class Item(msgspec.Struct, frozen=True):
    """A macro call at file scope, macros inside it replaced: its name, its arguments as tokens, its place."""

    file: str
    name: str
    arguments: list[list[Token]]
    at: int

    def text(self, index: int) -> str:
        """An argument's text, empty if there is none."""
        return join(self.arguments[index]) if -len(self.arguments) <= index < len(self.arguments) else ""


class Declared(msgspec.Struct):
    """What was found at file scope.

    Arguments:
        tables: of objects: by name, then by member, the word it is given; `#1` is the second value without a name.
        made: functions that macros define.
        objects: that macros define.
        infos: initialisers of `struct vnet_modinfo`: file, name, tokens, place.
    """

    sysinits: list[Sysinit] = []
    events: list[ModuleEvent] = []
    depends: list[Depend] = []
    vnet_modules: list[VnetModule] = []
    sysctls: list[Sysctl] = []
    entries: list[Entry] = []
    tables: dict[tuple[str, str], dict[str, str]] = {}
    made: list[Drawn] = []
    objects: list[Variable] = []
    infos: list[tuple[str, str, list[Token], int]] = []
    items: list[Item] = []
    unread: list[str] = []


class FileScope:
    """Reads file scope of a module's files."""

    def __init__(self, shop: Shop, symbols: Symbols, brought: Brought) -> None:
        self._shop = shop
        self._symbols = symbols
        self._brought = brought
        self.found = Declared()

    def read(self, file: str) -> None:
        """Gather the items and tables of one file."""
        facts = self._shop.tree.facts[file]
        for call in facts.calls:
            if not call.function and self._shop.branches.compiled(file, call.start):
                self._expand(file, call.start, call.end)
        for declaration in facts.declarations:
            if not declaration.function and self._shop.branches.compiled(file, declaration.start):
                for d in declaration.declarators:
                    self._table(file, declaration, d)
        for function in facts.functions:
            macro = function.name.partition("(")[0]
            if "(" in function.name and macro in heads() and (file, function.name) in self._symbols.own_functions:
                shown = self._symbols.shown((file, function.name))
                entry, at = heads()[macro], self._shop.source(file).at(function.start)
                self.found.entries.append(Entry(entry.kind, shown, at, entry.context, macro))

    def _expand(self, file: str, start: int, end: int) -> None:
        try:
            tokens = self._shop.expand(file, self._shop.source(file).tokens(start, end))
        except TooLong as error:
            self.found.unread.append(f"{self._shop.source(file).at(start)}: macro {error} expands beyond all reason")
            return
        match = pair(tokens)
        if match is not None:
            self._items(file, tokens, match)

    def _items(self, file: str, tokens: list[Token], match: list[int]) -> None:
        i = 0
        while i < len(tokens):
            text = tokens[i][0]
            called = i + 1 < len(tokens) and tokens[i + 1][0] == "(" and is_word(text)
            if called and (text in known().opaque or is_sysctl(text)):
                closed = match[i + 1]
                self.found.items.append(Item(file, text, _split(tokens, match, i + 2, closed), tokens[i][1]))
                i = closed + 1
                continue
            i = self._other(file, tokens, match, i) if is_word(text) else i + 1

    def _other(self, file: str, tokens: list[Token], match: list[int], i: int) -> int:
        """A function or a declaration that a macro brought; returns where the next item begins."""
        k, equals = i, -1
        while k < len(tokens) and tokens[k][0] != ";":
            mark = tokens[k][0]
            if mark == "=" and equals < 0:
                equals = k
            if mark == "{" and equals < 0 and k > i and tokens[k - 1][0] == ")":
                self._made(file, tokens[i:k], tokens[k : match[k] + 1])
                return match[k] + 1
            k = match[k] + 1 if match[k] else k + 1
        if equals > i and equals + 1 < len(tokens) and tokens[equals + 1][0] == "{":
            names = [t[0] for t in tokens[i:equals] if is_word(t[0])]
            inner = tokens[equals + 1 : k]
            self._note_table(file, names[-1], inner, "moduledata_t" in names)
            self._object(file, names, tokens[i][1])
        return k + 1

    def _object(self, file: str, names: list[str], at: int) -> None:
        """An object that a macro defines, where the tree does not know it."""
        if "const" not in names and self._symbols.variable(file, names[-1]) is None:
            place, static = self._shop.source(file).at(at), "static" in names
            kind = " ".join(n for n in names[:-1] if n != "static")
            self.found.objects.append(Variable(names[-1], place, kind, initial="address", static=static))

    def _made(self, file: str, head: list[Token], body: list[Token]) -> None:
        opened = next(i for i, t in enumerate(head) if t[0] == "(")
        name = head[opened - 1][0] if opened else ""
        if name and (file, name) not in self._symbols.own_functions:
            self._symbols.add_made(file, name)
            shown = self._symbols.shown((file, name))
            returns = " ".join(t[0] for t in head[: opened - 1] if t[0] not in ("static", "inline")) or "int"
            self.found.made.append(Drawn(file, name, shown, head[0][1], head, body, returns))

    def _table(self, file: str, declaration: Declaration, d: Declarator) -> None:
        source = self._shop.source(file)
        if not d.value_end or not _TABLE.match(source.text, d.value_start):
            return
        if "vnet_modinfo" in declaration.specifier:  # identifiers are names here, whatever their numbers
            self.found.infos.append((file, d.name, source.tokens(d.value_start, d.value_end), d.name_at))
            return
        try:
            tokens = self._shop.expand(file, source.tokens(d.value_start, d.value_end))
        except TooLong:
            return
        if tokens and tokens[0][0] == "{":
            self._note_table(file, d.name, tokens, declaration.specifier.endswith("moduledata_t"))

    def _note_table(self, file: str, name: str, tokens: list[Token], positional: bool) -> None:
        """Members of an object's initialiser that hold one word, and the functions among them as entries."""
        table = self.found.tables.setdefault((file, name), {})
        texts = [t[0] for t in tokens]
        for k in range(len(texts) - 3):
            if texts[k] == "." and texts[k + 2] == "=" and texts[k - 1] in ("{", ",", "]"):
                low = k + 3
                word = texts[low + 1] if texts[low] == "&" else self._past_cast(texts, low)
                table[texts[k + 1]] = word
                self._member(file, name, texts[k + 1], word, tokens[k][1])
        match = pair(tokens)
        if positional and match is not None and texts[0] == "{":
            values = _split(tokens, match, 1, match[0])
            if len(values) > 1:
                table.setdefault("evhand", function_name(join(values[1]).rpartition("=")[2]))

    @staticmethod
    def _past_cast(texts: list[str], low: int) -> str:
        if texts[low] == "(" and ")" in texts[low:]:
            low = texts.index(")", low) + 1
        return texts[low] if low < len(texts) else ""

    def _member(self, file: str, table: str, member: str, word: str, at: int) -> None:
        shown = self._function(file, word)
        if not shown:
            return
        named = self._symbols.plain(file, table, "") or table
        self._brought.stored[named, member] = self._brought.stored[f"{file}:{named}", member] = shown
        entry = members().get(member)
        if entry is not None:
            place = self._shop.source(file).at(at)
            self.found.entries.append(Entry(entry.kind, shown, place, entry.context, member, table))

    def _function(self, file: str, name: str) -> str:
        """The model's name of a function of the module; empty for none."""
        key = self._symbols.function(file, name) if name and is_word(name) else None
        if key is None:
            return ""
        self._brought.called[key] = None
        return self._symbols.shown(key)

    def resolve(self) -> Declared:
        """Give every item its meaning, once all tables are known."""
        for item in self.found.items:
            if item.name in _SLOTS:
                self.found.sysinits.append(self._slot(item))
            elif item.name in known().lock_slots:
                self.found.sysinits += self._lock(item)
            elif item.name == "MODULE_DEPEND":
                self.found.depends.append(Depend(item.text(0), item.text(1), self._at(item)))
            elif item.name in known().containers["macros"]:
                texts = [item.text(k) for k in range(len(item.arguments))]
                number = partial(containers.number, self._shop, item.file, at=item.at)
                one = containers.declared(partial(self._shown, item.file), texts, self._at(item), number)
                self.found.vnet_modules.append(one)
            elif item.name in known().modules:
                self.found.events += self._event(item)
            elif item.name in known().domains:
                self.found.sysinits += self._domain(item)
            elif is_sysctl(item.name):
                self.found.sysctls += self._sysctl(item)
        for file, name, tokens, place in self.found.infos:
            at, number = self._shop.source(file).at(place), partial(containers.number, self._shop, file, at=place)
            one = containers.written(partial(self._shown, file), name, tokens, at, number)
            self.found.vnet_modules.append(one)
        return self.found

    def _shown(self, file: str, name: str) -> str:
        """The model's name of a function, its own where the module has none of it."""
        return self._function(file, name) or name

    def _at(self, item: Item) -> str:
        return self._shop.source(item.file).at(item.at)

    def _slot(self, item: Item) -> Sysinit:
        if len(item.arguments) > _SLOT and item.name.startswith("VIMAGE_"):  # the subsystem it is of comes first
            item = msgspec.structs.replace(item, arguments=item.arguments[-_SLOT:])
        name = function_name(item.text(3))
        shown = self._function(item.file, name) or name or item.text(3)
        argument = item.text(4)
        return Sysinit(
            _SLOTS[item.name],
            item.text(0),
            item.text(1),
            item.text(2),
            self._at(item),
            shown,
            "" if argument == "NULL" else argument,
        )

    def _lock(self, item: Item) -> Iterator[Sysinit]:
        says = known().lock_slots[item.name]
        holder = item.text(int(says["object"])).lstrip("&").strip()
        holder = self._symbols.plain(item.file, holder, "") or holder
        for kind, text in (("SYSINIT", says["init"]), ("SYSUNINIT", says["release"])):
            resource = str(text).partition("(")[0]
            yield Sysinit(kind, item.text(0), *_LOCK_SLOT, self._at(item), "", "", holder, resource)

    def _event(self, item: Item) -> Iterator[ModuleEvent]:
        says = known().modules[item.name]

        def given(what: str) -> str:
            value = says[what]
            return item.text(value) if isinstance(value, int) else str(value)

        handler = ""
        if "data" in says:
            table = self.found.tables.get((item.file, given("data")), {})
            handler = table.get("evhand", "")
        elif "handler" in says:
            handler = function_name(given("handler"))
        elif "table" in says:
            table = self.found.tables.get((item.file, given("table").lstrip("&").strip()), {})
            handler = table.get(str(says["member"]), "") or "ng_mod_event"
        handler = "" if handler in ("NULL", "0", "nullptr") else handler
        shown = self._function(item.file, handler) or handler
        if shown and shown == handler and handler in members():
            shown = handler
        name = str(says.get("prefix", "")) + given("name")
        yield ModuleEvent(name, shown, given("subsystem"), given("order"), self._at(item))

    def _domain(self, item: Item) -> Iterator[Sysinit]:
        """The kernel's functions that set up a domain's protocols, at their slots."""
        name = item.text(0)
        for kind, function, subsystem, order in known().domains[item.name]:
            yield Sysinit(kind, f"{function}_{name}", subsystem, order, self._at(item), function, f"&{name}domain")

    def _sysctl(self, item: Item) -> Iterator[Sysctl]:
        name = item.name.replace("SYSCTL_VNET_", "SYSCTL_", 1) if "PCPUSTAT" not in item.name else item.name
        if name.startswith("SYSCTL_V_"):
            yield from self._sysctl_of_container(item)
            return
        if "PCPUSTAT" in name:
            variable = self._symbols.per_vnet(item.file, item.text(4))
            yield Sysctl(f"{item.text(0)}.{item.text(2)}", self._at(item), variable, "", True, True)
            return
        leaf = sysctl_arguments(name)
        if leaf is None:
            return
        handler = self._function(item.file, function_name(item.text(6 if "PROC" in name else 4)))
        if handler and ("PROC" in name or "NODE" in name):
            entry = entry_of("sysctl")
            self.found.entries.append(Entry(entry.kind, handler, self._at(item), entry.context, item.text(2)))
        if "NODE" in name:
            return
        access = item.text(leaf.access)
        words = [t[0] for t in item.arguments[leaf.pointer]] if 0 <= leaf.pointer < len(item.arguments) else []
        yield Sysctl(
            f"{item.text(0)}.{item.text(2)}",
            self._at(item),
            self._pointed(item.file, words),
            handler,
            "CTLFLAG_VNET" in access or name != item.name,
            "VNET_NAME" in words,
            "CTLFLAG_RW" in access or "CTLFLAG_WR" in access,
            "TUN" in access,
        )

    def _sysctl_of_container(self, item: Item) -> Iterator[Sysctl]:
        """`SYSCTL_V_INT(V_NET, vnet_frob, ...)`: what the plain macro has, with a member, or a global, by its name."""
        plain = Item(item.file, item.name.replace("SYSCTL_V_", "SYSCTL_", 1), item.arguments[2:], item.at)
        words = [t[0] for t in plain.arguments[4]] if len(plain.arguments) > 4 else []
        for leaf in self._sysctl(plain):
            if leaf.variable or not words or not is_word(words[0]) or words[0] == "NULL":
                yield leaf
            else:
                variable = self._symbols.member(item.file, item.text(1), words[0])
                yield msgspec.structs.replace(leaf, variable=variable, vnet=True, named=True)

    def _pointed(self, file: str, words: list[str]) -> str:
        """The variable that a leaf's address leads to."""
        if "VNET_NAME" in words or "VNET" in words:
            at = words.index("VNET_NAME" if "VNET_NAME" in words else "VNET")
            return self._symbols.per_vnet(file, words[at + 2]) if at + 2 < len(words) else ""
        named = [w for w in words if is_word(w)]
        return next((p for w in named if (p := self._symbols.plain(file, w, ""))), "")


def _split(tokens: list[Token], match: list[int], lo: int, hi: int) -> list[list[Token]]:
    """Arguments between `lo` and `hi`."""
    found: list[list[Token]] = [[]]
    i = lo
    while i < hi:
        end = match[i] + 1 if match[i] else i + 1
        if tokens[i][0] == ",":
            found.append([])
        else:
            found[-1] += tokens[i:end]
        i = end
    return found if found != [[]] else []
