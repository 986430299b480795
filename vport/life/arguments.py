"""What handlers are given where they are registered, and whether that serves one stack or all of them."""

from vport.c.flow import Flow
from vport.life.candidates import Candidate
from vport.life.entries import Registration
from vport.life.forms import Entry
from vport.life.life import Life
from vport.patterns import later

_NOTHING = later(r"(?:\([\w\s*]*\)\s*)?(?:NULL|0)\Z")
_ROOT = later(r"(?:\([\w\s]*\**\s*\)|[&*(\s])*([A-Za-z_]\w*)")
_UNTYPED = ("void *", "caddr_t")


def whole(flow: Flow, expression: str) -> Candidate:
    """An expression that is known in all of a function."""
    return Candidate(-1, flow.body, flow.end, expression, flow.body, flow.end)


class Arguments:
    """Arguments and scheduled objects of registrations.

    Arguments:
        life: of the tree.
    """

    def __init__(self, life: Life) -> None:
        self._life = life
        virtual = {v.key for v in life.variables}
        self._shared: dict[str, set[str]] = {}
        for variable in life.tree.variables:
            if not variable.function and variable.key not in virtual:
                where = variable.file if variable.storage == "static" else ""
                self._shared.setdefault(variable.name, set()).add(where)

    def untyped(self, flow: Flow, entry: Entry) -> bool:
        """Whether a handler is given a pointer to anything."""
        return 0 <= entry.param < len(flow.parameters) and flow.parameters[entry.param].type in _UNTYPED

    def vnet(
        self, flow: Flow, entry: Entry, registrations: list[Registration]
    ) -> tuple[list[Candidate], tuple[Registration, ...]]:
        """The argument as a vnet: because it is `curvnet` already, or, by these registrations, can become that."""
        if not self.untyped(flow, entry):
            return [], ()
        name = flow.parameters[entry.param].name
        first = [r for r in registrations if not self._passes_on(r, name)]
        if {self._text(r, r.argument) for r in first} == {"curvnet"}:
            return [whole(flow, f"(struct vnet *){name}")], ()
        fit = all(self._nothing(r) and r.argument != (0, 0) and self._life.scheduled_is_virtual(r) for r in first)
        return [], tuple(first) if fit else ()

    def serve_all(self, registrations: list[Registration]) -> bool:
        """Whether a handler serves all stacks: nothing it is registered with belongs to one stack, or to one object."""
        first = [r for r in registrations if r.inside != r.function[1]] or registrations
        return all(self._serves_all(r) for r in first)

    def _serves_all(self, registration: Registration) -> bool:
        scheduled = registration.object
        given = self._nothing(registration) or self.is_shared(registration, registration.argument)
        return given and (scheduled == (0, 0) or self.is_shared(registration, scheduled))

    def _text(self, registration: Registration, where: tuple[int, int]) -> str:
        return self._life.code[registration.file][where[0] : where[1]].decode("latin-1").strip()

    def _nothing(self, registration: Registration) -> bool:
        return registration.argument == (0, 0) or bool(_NOTHING.match(self._text(registration, registration.argument)))

    def _passes_on(self, registration: Registration, name: str) -> bool:
        """Whether a handler registers itself again with what it was given."""
        same = registration.inside == registration.function[1]
        return same and self._text(registration, registration.argument) == name

    def is_shared(self, registration: Registration, where: tuple[int, int]) -> bool:
        """Whether an expression is a variable that all stacks share, part of it, or its address."""
        text = self._text(registration, where)
        root = _ROOT.match(text)
        if root is None or text[root.end() :].lstrip().startswith("("):
            return False
        flow = self._life.flows.around(registration.file, registration.at)
        if flow is not None and any(x.name == root.group(1) for x in (*flow.locals, *flow.parameters)):
            return False
        return bool(self._shared.get(root.group(1), set()) & {registration.file, ""})
