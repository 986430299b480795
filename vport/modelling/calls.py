"""Operands and calls: accesses of variables, and what a call sets up, tears down, registers or takes back."""

from collections.abc import Callable, Iterator

import msgspec

from vport import rules
from vport.life.entries import RESULT, Form, forms, function_name
from vport.modelling.body import Body
from vport.modelling.known import known
from vport.modelling.lexing import is_word
from vport.runtime.model import (
    Access,
    Assign,
    Branch,
    Call,
    Condition,
    Destroy,
    Enroll,
    Entry,
    Init,
    Node,
    Register,
    Sysctl,
    Unregister,
)

_CAPITALS_TOO = ("NULL", "nullptr", "curvnet", "true", "false")
_ONLY_HANDLERS = ("eventhandler", "eventhandler-all")


class Primary(msgspec.Struct, frozen=True):
    """An operand: its name at `start`, its own call's end, the end of its members; how it is used, how deep."""

    start: int
    end: int
    stop: int
    use: str
    deep: bool


class Calls:
    """Reads operands of one function.

    Arguments:
        body: the function.
        events: reads an expression.
    """

    def __init__(self, body: Body, events: Callable[[int, int], list[Node]]) -> None:
        self.body = body
        self._events = events

    def read(self, one: Primary) -> list[Node]:
        """Events of an operand that begins with a name."""
        name = self.body.texts[one.start]
        if one.end - one.start > 1:
            return self._call(name, one)
        if self.body.is_local(name):
            return []
        access = self._plain(name, one)
        if access is None:
            key = self.body.symbols.function(self.body.source.name, name)
            if key is not None:
                self.body.brought.called[key] = None
        return [access] if access is not None else []

    def _plain(self, name: str, one: Primary) -> Access | None:
        body = self.body
        if name in _CAPITALS_TOO:
            return None
        variable = body.plain(one.start)
        virtual = bool(variable) and body.symbols.is_virtual(body.source.name, name, body.scope(one.start))
        if not variable and name.startswith("V_"):
            variable = body.symbols.per_vnet(body.source.name, name[2:])
            return self._access(variable, one)
        return self._access(variable, one, plain=virtual) if variable else None

    def _access(self, variable: str, one: Primary, vnet: str = "", plain: bool = False, how: str = "") -> Access:
        use = how or one.use
        if one.deep or (use != "read" and self._is_pointed_at(variable, one)):
            use = "read"
        return Access(variable, use, self.body.at(one.start), vnet, plain, member=self._path(variable, one))

    def _path(self, variable: str, one: Primary) -> str:
        """The member that an operand reaches without following a pointer; empty for a variable as a whole."""
        body, i, path = self.body, one.end, ""
        if self._is_pointed_at(variable, one):
            return ""
        while i < one.stop and body.texts[i] in (".", "["):
            path += f".{body.texts[i + 1]}" if body.texts[i] == "." else "[]"
            i = i + 2 if body.texts[i] == "." else body.match[i] + 1
        return path if "." in path else ""

    def _is_pointed_at(self, variable: str, one: Primary) -> bool:
        """Whether a subscript leaves the variable, which is a pointer."""
        if one.end >= one.stop or self.body.texts[one.end] != "[":
            return False
        return not self.body.symbols.is_array(variable)

    def _call(self, name: str, one: Primary) -> list[Node]:
        body, says = self.body, known()
        arguments = list(body.split(one.start + 2, one.end - 1))
        if name in says.accessors:
            return list(self._accessor(says.accessors[name], arguments, one))
        reached = arguments
        if name.startswith("SYSCTL_ADD_"):  # a leaf may take the symbol itself: no stack is asked
            reached = [(a, b) for a, b in arguments if "VNET_NAME" not in body.texts[a:b]]
        found = [n for a, b in reached for n in self._events(a, b)]
        if name in says.default:
            return found
        if body.is_local(name):
            return [*found, self._plain_call(f"->{name}", arguments, one.start)]
        variable = body.plain(one.start)
        key = body.symbols.function(body.source.name, name)
        if not variable and key is None and name.startswith("V_"):
            variable = body.symbols.per_vnet(body.source.name, name[2:])
        if variable and key is None:
            access = Access(variable, "read", body.at(one.start))
            return [access, *found, self._plain_call(f"->{name}", arguments, one.start)]
        if key is not None:
            body.brought.called[key] = None
            name = body.symbols.shown(key)
            return [*found, self._plain_call(name, arguments, one.start), *self._given_back(arguments)]
        special = list(self._special(name, arguments, one.start))
        if not special:
            special = [self._plain_call(name, arguments, one.start), *self._given_back(arguments)]
        return found + special

    def through(self, start: int, paren: int) -> list[Node]:
        """A call through a pointer, whose parenthesis is at `paren`."""
        body = self.body
        arguments = list(body.split(paren + 1, body.match[paren]))
        found = [n for a, b in arguments for n in self._events(a, b)]
        before = body.texts[paren - 1]
        name = before if is_word(before) else "*"
        if name == "*":
            inside = [t for t in body.texts[start:paren] if is_word(t)]
            name = inside[-1] if inside else "*"
        return [*found, self._plain_call(f"->{name}", arguments, start)]

    def _plain_call(self, name: str, arguments: list[tuple[int, int]], at: int) -> Call:
        if name not in self.body.symbols.function_names:
            self.body.brought.externals.setdefault(name, self.body.at(at))
        texts = tuple(self.body.value(a, b) for a, b in arguments)
        return Call(name, texts, self.body.at(at), self.body.results.get(at, ""))

    def _given_back(self, arguments: list[tuple[int, int]]) -> Iterator[Node]:
        """Locals whose address a call is given are not known any more."""
        texts = self.body.texts
        for a, b in arguments:
            alone = b - a == 2 and texts[a] == "&" and self.body.is_local(texts[a + 1])
            if alone and "struct" not in self.body.type_of(texts[a + 1]):
                yield Assign(texts[a + 1], "", self.body.at(a))

    def _accessor(self, says: dict[str, object], arguments: list[tuple[int, int]], one: Primary) -> Iterator[Node]:
        body = self.body
        index = int(str(says["variable"]))
        if index >= len(arguments):
            return
        if "container" in says:
            container, name = (body.texts[arguments[k][0]] for k in (int(str(says["container"])), index))
            yield self._access(body.symbols.member(body.source.name, container, name), one, container)
            return
        vnet = ""
        if "vnet" in says:
            a, b = arguments[int(str(says["vnet"]))]
            vnet = body.text(a, b)
            yield from self._events(a, b)
        a, b = arguments[index]
        variable = body.symbols.per_vnet(body.source.name, body.texts[a])
        yield self._access(variable, one, vnet, bool(says.get("plain", False)), str(says.get("how", "")))

    def holder(self, lo: int, hi: int) -> str:
        """What a range names: a variable by its name in the model, else the text."""
        body = self.body
        lo, hi = body.stripped(lo, hi)
        if lo < hi and body.texts[lo] == "&":
            lo, hi = body.stripped(lo + 1, hi)
        if hi - lo == 1 and not body.is_local(body.texts[lo]):
            name = body.texts[lo]
            if name.startswith("V_") and not body.plain(lo):
                return body.symbols.per_vnet(body.source.name, name[2:])
            return body.plain(lo) or name
        if hi - lo > 3 and (reached := body.accessed(lo))[1] == hi:
            return reached[0]
        return self._member(lo, hi) or body.text(lo, hi)

    def _member(self, lo: int, hi: int) -> str:
        """A member of a variable, by the variable's name in the model; empty when a pointer is followed on the way."""
        body = self.body
        end = max(body.accessed(lo)[1], lo + 1)
        if end >= hi or any(t in ("->", "(") for t in body.texts[end:hi]) or not is_word(body.texts[lo]):
            return ""
        name = self.holder(lo, end) if body.texts[end] in (".", "[") and not body.is_local(body.texts[lo]) else ""
        found = name in body.symbols.variables or name in body.symbols.foreign or name in body.symbols.members
        return name + "".join(body.texts[end:hi]) if found else ""

    def _special(self, name: str, arguments: list[tuple[int, int]], at: int) -> Iterator[Node]:
        says = known()
        if name in (*says.containers["registers"], *says.containers["deregisters"]):
            texts = self._texts(arguments)
            given = ["" if text in ("NULL", "0") else text for text in (*texts[1:3], "", "")[:2]]
            symbol, down = texts[0].lstrip("& ") if texts else "", name in says.containers["deregisters"]
            yield Enroll(symbol, self.body.at(at), given[0], given[1], down)
            return
        if name in says.unregister:
            yield self._unregister(name, says.unregister[name], arguments, at)
        else:
            yield from self._registers(name, arguments, at)
        if name in says.init:
            yield from self._init(name, arguments, at)
        index = says.release.get(name, -1)
        if 0 <= index < len(arguments) and says.unregister.get(name, {}).get("kind") not in _ONLY_HANDLERS:
            holder = self.holder(*arguments[index])
            if name != "free" or not self.body.is_local(holder):
                yield Destroy(name, holder, self.body.at(at), self._texts(arguments))
        if name.startswith("SYSCTL_ADD_"):
            self._add_sysctl(name, arguments, at)

    def _texts(self, arguments: list[tuple[int, int]]) -> tuple[str, ...]:
        return tuple(self.body.text(a, b) for a, b in arguments)

    def _unregister(self, name: str, says: dict[str, object], arguments: list[tuple[int, int]], at: int) -> Unregister:
        def given(what: str) -> tuple[int, int] | None:
            index = int(str(says.get(what, -1)))
            return arguments[index] if 0 <= index < len(arguments) else None

        held, function = given("holder"), given("function")
        # pfil_remove_hook() took the function itself in releases before 13
        by_name = self._handler(*held) if held else ""
        holder = self.holder(*held) if held and not by_name else ""
        named = self._handler(*function) if function else by_name
        return Unregister(str(says["kind"]), holder, self.body.at(at), name, named)

    def _handler(self, lo: int, hi: int) -> str:
        """The function of the module that an argument names; empty for none."""
        body = self.body
        lo, hi = body.stripped(lo, hi)
        lo += body.texts[lo] == "&"
        name = body.texts[lo] if hi - lo == 1 else function_name(body.text(lo, hi))
        if not name or name == "NULL" or body.is_local(name):
            return ""
        key = body.symbols.function(body.source.name, name)
        if key is None:
            return ""
        body.brought.called[key] = None
        return body.symbols.shown(key)

    def _registers(self, name: str, arguments: list[tuple[int, int]], at: int) -> Iterator[Register]:
        form = forms().get(name)
        found = list(self._by_form(name, form, arguments, at)) if form is not None else []
        if not found and name in known().tables:
            found = list(self._by_table(name, known().tables[name], arguments, at))
        yield from found

    def _by_form(self, name: str, form: Form, arguments: list[tuple[int, int]], at: int) -> Iterator[Register]:
        def text(index: int) -> str:
            return self.body.text(*arguments[index]) if 0 <= index < len(arguments) else ""

        holder = self._result_holder(at) if form.object == RESULT or form.entry.kind == "cloner" else ""
        if not holder and 0 <= form.object < len(arguments):
            holder = self.holder(*arguments[form.object])
        if form.entry.kind == "eventhandler":
            holder = self._result_holder(at)
        named = text(form.name) or (text(0).strip('"') if form.entry.kind == "cloner" else "")
        per_vnet = bool(known().tables.get(name, {}).get("per_vnet", False))
        for index in form.handlers:
            handler = self._handler(*arguments[index]) if index < len(arguments) else ""
            if handler:
                self._note_kind(form, handler, name, at)
                yield Register(
                    form.entry.kind, handler, self.body.at(at), text(form.argument), holder, named, name, per_vnet
                )

    def _note_kind(self, form: Form, handler: str, name: str, at: int) -> None:
        """Say what a handler finds in curvnet whose kind a person added: the runtime knows kinds of the rules only."""
        kind, body = form.entry.kind, self.body
        if kind not in rules.plain("contexts")["entry"]:
            body.brought.entries.append(Entry(kind, handler, body.at(at), form.entry.context, name))

    def _result_holder(self, at: int) -> str:
        if at in self.body.holders:
            return self.holder(*self.body.holders[at])
        return self.body.results.get(at, "")

    def _by_table(
        self, name: str, says: dict[str, object], arguments: list[tuple[int, int]], at: int
    ) -> Iterator[Register]:
        index, body = int(str(says["object"])), self.body
        if index >= len(arguments):
            return
        held = self.holder(*arguments[index])
        holder = self._result_holder(at) if says.get("holder") == "result" else held
        members: list[str] = says["members"]  # type: ignore[assignment]
        for member in members:
            handler = self._stored(held, member) or self._stored(body.brought.copied.get(held, ""), member)
            if handler:
                kind, place = str(says["kind"]), body.at(at)
                yield Register(kind, handler, place, "", holder, held, name, bool(says.get("per_vnet", False)))

    def _stored(self, held: str, member: str) -> str:
        """The function that an object's member holds; one of this function before one of the file, or of any."""
        body = self.body
        places = (f"{body.name}:{held}", f"{body.source.name}:{held}", held)
        return next((f for p in places if (f := body.brought.stored.get((p, member)))), "")

    def _init(self, name: str, arguments: list[tuple[int, int]], at: int) -> Iterator[Node]:
        says = known().init[name]
        if forms()[name].entry.kind in _ONLY_HANDLERS if name in forms() else False:
            return
        body = self.body
        if says["object"] == "result":
            if at not in body.holders:
                return
            holder = self.holder(*body.holders[at])
        elif int(says["object"]) < len(arguments):
            holder = self.holder(*arguments[int(says["object"])])
        else:
            return
        init = Init(name, holder, body.at(at), self._texts(arguments))
        result = body.results.get(at, "")
        if name in known().fallible and result:
            yield self._plain_call(name, arguments, at)
            yield Branch(Condition(result, "truth", result), body.at(at), (), (init,))
        else:
            yield init

    def _add_sysctl(self, name: str, arguments: list[tuple[int, int]], at: int) -> None:
        texts = self._texts(arguments)
        if len(texts) < 6 or "NODE" in name:
            return
        handler = self._handler(*arguments[7]) if name == "SYSCTL_ADD_PROC" and len(arguments) > 7 else ""
        low, high = arguments[5]
        named = "VNET_NAME" in self.body.texts[low:high]
        pointer = self._pointed(low, high)
        self.body.brought.sysctls.append(
            Sysctl(
                texts[3].strip('"'),
                self.body.at(at),
                pointer,
                handler,
                "CTLFLAG_VNET" in texts[4],
                named,
                "CTLFLAG_RW" in texts[4] or "CTLFLAG_WR" in texts[4],
                "TUN" in texts[4],
                self.body.name,
            )
        )

    def _pointed(self, lo: int, hi: int) -> str:
        """The variable whose address, or part of it, a range is."""
        name = self.holder(lo, hi)
        return name if name in self.body.symbols.variables or name in self.body.symbols.foreign else ""
