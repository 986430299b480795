"""Small modules made at random: what FreeBSD modules do, in the kernel's style, right by construction.

Every set-up has its release at the same place of the order, and what has no stack sets one.  So both runtimes must
live through any of them without a fault, and tell the same.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SUBSYSTEMS = ("SI_SUB_INIT_IF", "SI_SUB_PSEUDO", "SI_SUB_PROTO_IF", "SI_SUB_PROTO_DOMAIN", "SI_SUB_VNET_DONE")
ORDERS = (
    "SI_ORDER_FIRST", "SI_ORDER_SECOND", "SI_ORDER_THIRD", "SI_ORDER_MIDDLE", "SI_ORDER_MIDDLE + 1",
    "SI_ORDER_ANY - 1", "SI_ORDER_ANY",
)  # fmt: skip
EVENTS = {
    "ifnet_arrival_event": ("void *arg __unused, struct ifnet *ifp __unused", True),
    "ifnet_departure_event": ("void *arg __unused, struct ifnet *ifp __unused", True),
    "ifaddr_event": ("void *arg __unused, struct ifnet *ifp __unused", True),
    "maxsockets_change": ("void *arg __unused", False),
    "vm_lowmem": ("void *arg __unused, int flags __unused", False),
}
"""Parameters of a handler, and whether its invoker has a stack."""
HEADERS = (
    "sys/param.h", "sys/systm.h", "sys/kernel.h", "sys/module.h", "sys/malloc.h", "sys/lock.h", "sys/mutex.h",
    "sys/rwlock.h", "sys/sx.h", "sys/callout.h", "sys/taskqueue.h", "sys/eventhandler.h", "sys/sysctl.h", "sys/socket.h", "sys/queue.h",
    "vm/uma.h", "net/if.h", "net/if_var.h", "net/vnet.h",
)  # fmt: skip

Key = tuple[str, str]


@dataclass
class Text:
    """C as it is written, line by line."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0

    def add(self, line: str = "") -> None:
        self.lines.append("\t" * self.depth + line if line else "")

    def block(self, head: str, body: Callable[[], None], tail: str = "}") -> None:
        self.add(head)
        self.depth += 1
        body()
        self.depth -= 1
        self.add(tail)


class Maker:
    """Makes one module.

    Arguments:
        name: of the module, and what all its names begin with.
        seed: the same one makes the same module.
    """

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.random = random.Random(seed)
        self.text = Text()
        self.numbers = [f"{name}_n{i}" for i in range(self.random.randint(1, 4))]
        self.shared = [f"{name}_s{i}" for i in range(self.random.randint(0, 2))]
        self.locks: list[str] = []
        self.helpers: list[str] = []
        self.asks = True
        """Whether what a call says may be kept."""
        self.local = 0
        self.keys: list[Key] = []
        if self.random.random() < 0.6:
            self.keys = [self._any_key() for _ in range(self.random.randint(1, 3))]

    def make(self) -> str:
        """The text of the module."""
        for header in HEADERS:
            self.text.add(f"#include <{header}>")
        self.text.add()
        self._variables()
        for index in range(self.random.randint(0, 3)):
            self._helper(f"{self.name}_h{index}")
        parts = [
            *(self._lock, self._plain, self._callout, self._memory, self._zone, self._sysctl, self._slot, self._both),
            *(self._task, self._counter),
        ]
        for index in range(self.random.randint(1, 8)):
            self.random.choice(parts)(str(index))
        self._module()
        return "\n".join(self.text.lines) + "\n"

    def _variables(self) -> None:
        for name in self.numbers:
            value = self.random.choice(["", " = 3", " = -1"])
            self._virtual(name, "int", value)
        for name in self.shared:
            self.text.add(f"static int {name};")
        self.text.add(f'static MALLOC_DEFINE(M_{self.name.upper()}, "{self.name}", "what {self.name} allocates");')
        self.text.add()

    def _virtual(self, name: str, type: str, value: str = "") -> None:
        self.text.add(f"VNET_DEFINE_STATIC({type}, {name}){value};")
        self.text.add(f"#define\tV_{name}\tVNET({name})")

    def _key(self) -> Key:
        """A place of the order: in most modules one of few, so that many are equal."""
        return self.random.choice(self.keys) if self.keys else self._any_key()

    def _any_key(self) -> Key:
        """Any place, but not the very end of VNET_DONE, where a boot has no stack any more."""
        subsystem = self.random.choice(SUBSYSTEMS)
        return subsystem, self.random.choice(ORDERS[:-1] if subsystem == "SI_SUB_VNET_DONE" else ORDERS)

    def _function(self, head: str, body: Callable[[], None], declared: str = "") -> None:
        for line in f"static {head}".split("\n"):
            self.text.add(line)
        self.text.block("{", lambda: self._body(body, declared))
        self.text.add()

    def _body(self, body: Callable[[], None], declared: str) -> None:
        self.text.add("int i, k;")
        if declared:
            self.text.add(declared)
        self.text.add()
        self.text.add("i = k = 0;")
        self.text.add("(void)i, (void)k;")
        body()

    # Statements that run where a stack is set.

    def _statements(self, depth: int = 0, early: str = "") -> None:
        """Some statements; `early` leaves the function, where that may be."""
        for _ in range(self.random.randint(1, 4 if depth == 0 else 2)):
            self._statement(depth, early)

    def _statement(self, depth: int, early: str) -> None:
        simple: list[Callable[[], None]] = [self._assign, self._assign, self._read, self._update, self._call]
        nested: list[Callable[[int, str], None]] = [self._branch, self._default, self._loop, self._switch, self._until]
        if depth < 2 and self.random.random() < 0.35:
            self.random.choice(nested)(depth, early)
        elif early and depth and self.random.random() < 0.2:
            self.text.add(early)
        else:
            self.random.choice(simple)()

    def _number(self) -> str:
        return "V_" + self.random.choice(self.numbers)

    def _assign(self) -> None:
        self.text.add(f"{self._number()} = {self.random.choice(['0', '1', '7', 'i', 'k + 1', self._number()])};")

    def _read(self) -> None:
        target = self.random.choice(["i", "k", *self.shared])
        self.text.add(f"{target} = {self._number()}{self.random.choice(['', ' + 1', ' & 7'])};")

    def _update(self) -> None:
        self.text.add(self.random.choice(["{}++;", "{} += 2;", "{} ^= i;"]).format(self._number()))

    def _call(self) -> None:
        if self.helpers:
            helper = self.random.choice(self.helpers)
            forms = ["{}({});", "(void){}({});"]
            form = self.random.choice([*forms, "k = {}({});"] if self.asks else forms)
            self.text.add(form.format(helper, self.random.choice(["0", "i", self._number()])))
        else:
            self._update()

    def _branch(self, depth: int, early: str) -> None:
        value = self.random.choice([self._number(), "k", *self.shared])
        head = f"if ({value} {self.random.choice(['>', '==', '!=', '<='])} {self.random.choice(['0', '2'])}) {{"
        self._two(head, depth, early)

    def _default(self, depth: int, early: str) -> None:
        self._two("if (IS_DEFAULT_VNET(curvnet)) {", depth, early)

    def _two(self, head: str, depth: int, early: str) -> None:
        if self.random.random() < 0.5:
            self.text.block(head, lambda: self._statements(depth + 1, early))
        else:
            self.text.block(head, lambda: self._statements(depth + 1, early), "} else {")
            self.text.depth += 1
            self._statements(depth + 1, early)
            self.text.depth -= 1
            self.text.add("}")

    def _loop(self, depth: int, early: str) -> None:
        self.local += 1
        name = f"j{self.local}"
        head = f"for (int {name} = 0; {name} < {self.random.randint(0, 3)}; {name}++) {{"
        self.text.block(head, lambda: self._statements(depth + 1, early))

    def _until(self, depth: int, early: str) -> None:
        self.text.add(f"k = {self.random.randint(0, 2)};")
        self.text.block("do {", lambda: self._in_loop(depth), "} while (k-- > 0);")

    def _in_loop(self, depth: int) -> None:
        """No statement here gives k a value, or the loop might not end."""
        for _ in range(self.random.randint(1, 2)):
            self.random.choice([self._update, self._reset])()

    def _reset(self) -> None:
        self.text.add(f"{self._number()} = i;")

    def _switch(self, depth: int, early: str) -> None:
        def arms() -> None:
            for value in range(self.random.randint(1, 2)):
                self.text.add(f"case {value}:")
                self.text.depth += 1
                self._statements(depth + 1, early)
                if self.random.random() < 0.7:
                    self.text.add("break;")
                self.text.depth -= 1
            self.text.add("default:")
            self.text.add("\tbreak;")

        self.text.block(f"switch ({self.random.choice([self._number(), 'k'])}) {{", arms)

    def _guarded(self) -> None:
        """Statements, some of them under a lock that is set up by now."""
        self._statements()
        if self.locks and self.random.random() < 0.5:
            lock = self.random.choice(self.locks)
            self.text.add(f"mtx_lock(&V_{lock});")
            self._update()
            self.text.add(f"mtx_unlock(&V_{lock});")

    def _everywhere(self) -> None:
        """Statements in each stack, for what runs in none."""

        def inner() -> None:
            self.text.add("CURVNET_SET(vnet_iter);")
            self._statements(1)
            self.text.add("CURVNET_RESTORE();")

        self.text.add("VNET_LIST_RLOCK();")
        self.text.block("VNET_FOREACH(vnet_iter) {", inner)
        self.text.add("VNET_LIST_RUNLOCK();")

    # Parts of a module.

    def _helper(self, name: str) -> None:
        def body() -> None:
            self.text.add("k = given;")
            self._statements(early="return (k);")
            self.text.add(f"return ({self.random.choice(['k', '0', self._number()])});")

        self._function(f"int\n{name}(int given)", body)
        self.helpers.append(name)

    def _constructor(self, name: str, key: Key, body: Callable[[], None], kind: str = "VNET_SYSINIT") -> None:
        self._function(f"void\n{name}(const void *unused __unused)", body)
        self.text.add(f"{kind}({name}, {key[0]}, {key[1]},")
        self.text.add(f"    {name}, NULL);")
        self.text.add()

    def _pair(self, name: str, up: Callable[[], None], down: Callable[[], None]) -> None:
        """A constructor and a destructor at the same place of the order."""
        key = self._key()
        self._constructor(f"{name}_init", key, up)
        self._constructor(f"{name}_uninit", key, down, "VNET_SYSUNINIT")

    def _lock(self, index: str) -> None:
        name = f"{self.name}_mtx{index}"
        self._virtual(name, "struct mtx")
        set_up = f'mtx_init(&V_{name}, "{name}", NULL, MTX_DEF);'
        self._pair(name, lambda: self._with(set_up), lambda: self._with(f"mtx_destroy(&V_{name});"))
        self.locks.append(name)

    def _with(self, *lines: str) -> None:
        """Some lines among statements."""
        for line in lines:
            if self.random.random() < 0.5:
                self._statements()
            self.text.add(line)

    def _plain(self, index: str) -> None:
        self._constructor(f"{self.name}_c{index}", self._key(), self._returning)

    def _returning(self) -> None:
        """Statements that may return early, but not for what a call said: a constructor that gives up is a fault."""
        self.asks = False
        self._statements(early="return;")
        self.asks = True

    def _slot(self, index: str) -> None:
        """A SYSINIT and a SYSUNINIT of what all stacks share."""
        name = f"{self.name}_sx{index}"
        self.text.add(f"static struct sx {name};")
        key = self._key()
        up, down = (lambda: self._with(f'sx_init(&{name}, "{name}");')), (lambda: self._with(f"sx_destroy(&{name});"))
        self._constructor(f"{name}_init", key, up, "SYSINIT")
        self._constructor(f"{name}_uninit", key, down, "SYSUNINIT")

    def _both(self, index: str) -> None:
        """A lock's own slots."""
        name = f"{self.name}_rw{index}"
        self.text.add(f"static struct rwlock {name};")
        self.text.add(f'RW_SYSINIT({name}, &{name}, "{name}");')
        self.text.add()

    def _callout(self, index: str) -> None:
        name = f"{self.name}_co{index}"
        self._virtual(name, "struct callout")

        def fire() -> None:
            self.text.add("CURVNET_SET((struct vnet *)arg);")
            self._guarded()
            if self.random.random() < 0.6:
                self.text.add(f"callout_reset(&V_{name}, hz, {name}_fire, curvnet);")
            self.text.add("CURVNET_RESTORE();")

        start = f"callout_reset(&V_{name}, hz, {name}_fire, curvnet);"
        self._function(f"void\n{name}_fire(void *arg __unused)", fire)
        self._pair(
            name,
            lambda: self._with(f"callout_init(&V_{name}, 1);", start),
            lambda: self._with(f"callout_drain(&V_{name});"),
        )

    def _memory(self, index: str) -> None:
        name = f"{self.name}_mem{index}"
        self._virtual(name, "char *")
        type = f"M_{self.name.upper()}"
        size = self.random.choice(["16", "64", "sizeof(struct mtx)"])
        up = f"V_{name} = malloc({size}, {type}, M_WAITOK | M_ZERO);"
        down = [f"free(V_{name}, {type});", *([f"V_{name} = NULL;"] if self.random.random() < 0.5 else [])]
        self._pair(name, lambda: self._with(up), lambda: self._with(*down))

    def _task(self, index: str) -> None:
        name = f"{self.name}_task{index}"
        self._virtual(name, "struct task")

        def run() -> None:
            self.text.add("CURVNET_SET((struct vnet *)arg);")
            self._guarded()
            self.text.add("CURVNET_RESTORE();")

        self._function(f"void\n{name}_run(void *arg __unused, int pending __unused)", run)
        up = [f"TASK_INIT(&V_{name}, 0, {name}_run, curvnet);", f"taskqueue_enqueue(taskqueue_swi, &V_{name});"]
        down = f"taskqueue_drain(taskqueue_swi, &V_{name});"
        self._pair(name, lambda: self._with(*up), lambda: self._with(down))

    def _counter(self, index: str) -> None:
        name = f"{self.name}_cnt{index}"
        self._virtual(name, "counter_u64_t")
        up, down = f"V_{name} = counter_u64_alloc(M_WAITOK);", f"counter_u64_free(V_{name});"
        self._pair(name, lambda: self._with(up), lambda: self._with(down))

    def _zone(self, index: str) -> None:
        name = f"{self.name}_zone{index}"
        self._virtual(name, "uma_zone_t")
        up = f'V_{name} = uma_zcreate("{name}", 32, NULL, NULL, NULL, NULL,\n\t    UMA_ALIGN_PTR, 0);'
        self._pair(name, lambda: self._with(up), lambda: self._with(f"uma_zdestroy(V_{name});"))

    def _sysctl(self, index: str) -> None:
        leaf = f"{self.name}_leaf{index}"
        if self.random.random() < 0.5:
            variable = self.random.choice(self.numbers)
            self.text.add(f"SYSCTL_INT(_net, OID_AUTO, {leaf}, CTLFLAG_VNET | CTLFLAG_RW,")
            self.text.add(f'    &VNET_NAME({variable}), 0, "A number");')
            self.text.add()
            return

        def body() -> None:
            self._statements()
            self.text.add("return (sysctl_handle_int(oidp, &k, 0, req));")

        self._function(f"int\n{leaf}_handle(SYSCTL_HANDLER_ARGS)", body)
        self.text.add(f"SYSCTL_PROC(_net, OID_AUTO, {leaf},")
        self.text.add("    CTLFLAG_VNET | CTLTYPE_INT | CTLFLAG_RW | CTLFLAG_MPSAFE, NULL, 0,")
        self.text.add(f'    {leaf}_handle, "I", "A number made up");')
        self.text.add()

    def _handlers(self) -> Iterator[tuple[str, str]]:
        """Event handlers: event and function."""
        for event in self.random.sample(sorted(EVENTS), self.random.randint(0, 2)):
            parameters, has_stack = EVENTS[event]
            name = f"{self.name}_on_{event}"
            self.text.add(f"static eventhandler_tag {name}_tag;")
            body = self._statements if has_stack else self._everywhere
            declared = "" if has_stack else "VNET_ITERATOR_DECL(vnet_iter);"
            self._function(f"void\n{name}({parameters})", body, declared)
            yield event, name

    def _module(self) -> None:
        handlers = list(self._handlers())
        taken, given = self._buffer()

        def arms() -> None:
            self.text.add("case MOD_LOAD:")
            self._arm([*(_registering(e, f) for e, f in handlers), *taken])
            self.text.add("case MOD_UNLOAD:")
            self._arm([*(f"EVENTHANDLER_DEREGISTER({e}, {f}_tag);" for e, f in reversed(handlers)), *given])
            if self.random.random() < 0.3:
                self.text.add("case MOD_QUIESCE:")
                self._arm([])
            self.text.add("default:")
            self.text.add("\treturn (EOPNOTSUPP);")

        def body() -> None:
            self.text.block("switch (type) {", arms)
            self.text.add("return (0);")

        name = self.name
        self._function(f"int\n{name}_modevent(module_t mod __unused, int type, void *data __unused)", body)
        self.text.add(f'static moduledata_t {name}_mod = {{ "{name}", {name}_modevent, NULL }};')
        subsystem, order = self._key()
        self.text.add(f"DECLARE_MODULE({name}, {name}_mod, {subsystem}, {order});")
        self.text.add(f"MODULE_VERSION({name}, 1);")

    def _buffer(self) -> tuple[list[str], list[str]]:
        """What the module has for itself: a load fails where there is no memory for it."""
        if self.random.random() < 0.6:
            return [], []
        name, type = f"{self.name}_buf", f"M_{self.name.upper()}"
        self.text.add(f"static char *{name};")
        taken = [f"{name} = malloc(32, {type}, M_NOWAIT);", f"if ({name} == NULL)", "\treturn (ENOMEM);"]
        return taken, [f"free({name}, {type});"]

    def _arm(self, lines: list[str]) -> None:
        self.text.depth += 1
        for line in lines:
            self.text.add(line)
        if self.random.random() < 0.5:
            self._statements(1)
        self.text.add("break;")
        self.text.depth -= 1


def _registering(event: str, function: str) -> str:
    return f"{function}_tag = EVENTHANDLER_REGISTER({event},\n\t\t    {function}, NULL, EVENTHANDLER_PRI_ANY);"


def module(name: str, seed: int) -> str:
    """The text of a module, `name.c`."""
    return Maker(name, seed).make()
