"""Translation units made at random, which know of every identifier whether it means a planned variable.

The text carries marks: each says what stands in the input and what must stand there in the output.  So the model does
not resolve names, it knows.  Statements that define a planned variable stand outside numbered regions; what is inside
a region must come out as the marks say, token for token.

The default profile is small and gives the same examples each time; `HYPOTHESIS_PROFILE=long` looks for new ones.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cases
import inverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

settings.register_profile("quick", derandomize=True, max_examples=100, deadline=None, database=None)
settings.register_profile("long", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

FILE = "unit.c"
NAMES = ("n", "ttl", "head", "cfg", "last", "q", "f_n")
_MARK = re.compile("\x01([^\x02\x03]*)\x03([^\x02\x03]*)\x02")
_REGION = re.compile(rb"/\*@(\d+)\*/(.*?)/\*@@\1\*/", re.DOTALL)

Draw = Callable[..., object]


def mark(before: str, after: str) -> str:
    """Text that the port must change."""
    return f"\x01{before}\x03{after}\x02"


@dataclass(frozen=True)
class Shape:
    """How a variable is declared and used: `{}` is the name.

    Arguments:
        type: its specifier, without storage class.
        declarator: as in a declaration.
        value: an initialiser, or nothing.
        use: an expression of type int.
        writable: whether `use` can be assigned to.
    """

    type: str
    declarator: str
    value: str
    use: str
    writable: bool = True


SHAPES = (
    Shape("int", "{}", "7", "{}"),
    Shape("u_int", "{}", "", "{}"),
    Shape("volatile int", "{}", "1 + 2", "{}"),
    Shape("unsigned\tlong", "{}", "", "{}"),
    Shape("int", "{}[4]", "{{ 1, 2 }}", "{}[1]"),
    Shape("char", "{}[2][3]", "", "{}[1][0]"),
    Shape("int", "*{}", "NULL", "*{}"),
    Shape("int", " * {}", "", "{}[0]"),
    Shape("int", "*{}[2]", "", "*{}[1]"),
    Shape("int", "**{}", "", "**{}"),
    Shape("int", "(*{})(int)", "", "{}(1)", False),
    Shape("int", "(*{}[2])(int, char *)", "", "(*{}[0])(2, NULL)", False),
    Shape("int", "(*{})[4]", "", "(*{})[2]"),
    Shape("struct node", "{}", "{{ .n = 3 }}", "{}.n"),
    Shape("struct node", "*{}", "", "{}->ttl"),
    Shape("struct node", "{}[2]", "", "{}[1].head"),
    Shape("struct {{ int n, ttl; }}", "{}", "{{ 1, 2 }}", "{}.n"),
    Shape("struct {{\n\tint\tn;\t/* n */\n\tint\thead;\n}}", "{}[3]", "", "{}[0].head"),
    Shape("struct tag_{} {{ int n; }}", "{}", "", "{}.n"),
    Shape("volatile struct tag_{} {{ int n; }}", "*{}", "", "{}->n"),
    Shape("struct {{ char c; int n; }} __packed", "{}", "", "{}.n"),
    Shape("int", "{}[3]", "{{ [1] = sizeof(int) }}", "{}[1]"),
    Shape("union {{ int n; char c; }}", "{}", "", "{}.n"),
    Shape("LIST_HEAD(, node)", "{}", "LIST_HEAD_INITIALIZER({})", "LIST_EMPTY(&{})", False),
    Shape("TAILQ_HEAD(hd_{}, node)", "{}", "", "TAILQ_EMPTY(&{})", False),
)
PLAIN = SHAPES[0]
TOGETHER = tuple(s for s in SHAPES if s.type == "int")


@dataclass(frozen=True)
class Variable:
    """A variable at file scope."""

    name: str
    shape: Shape
    static: bool
    planned: bool

    def reference(self) -> str:
        return mark(self.name, f"V_{self.name}") if self.planned else self.name


@dataclass
class Unit:
    """A translation unit in the making."""

    dialect: str
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: list[tuple[str, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    regions: int = 0

    def region(self, text: str) -> None:
        self.regions += 1
        self.parts.append(f"/*@{self.regions}*/\n{text}/*@@{self.regions}*/\n")

    def text(self, after: bool) -> bytes:
        return _MARK.sub(lambda m: m.group(2 if after else 1), "".join(self.parts)).encode()

    def wanted(self) -> frozenset[cases.Key]:
        named = {(FILE, "", v.name) for v in self.variables.values() if v.planned}
        return frozenset(named | {(FILE, function, name) for function, name in self.locals})


@dataclass(frozen=True)
class Scope:
    """What names mean inside a function: `hidden` are ints of the function itself, given as the text to write."""

    function: str
    hidden: dict[str, str]

    def hide(self, name: str, text: str = "") -> "Scope":
        return Scope(self.function, {**self.hidden, name: text or name})


class Maker:
    """Draws the parts of a unit."""

    def __init__(self, draw: Draw, unit: Unit) -> None:
        self.draw = draw
        self.unit = unit
        self.labels: set[str] = set()
        self.macros: list[str] = []

    def pick(self, items: Iterable[object]) -> object:
        return self.draw(st.sampled_from(tuple(items)))

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def name(self) -> str:
        return str(self.pick(NAMES))

    def gap(self) -> str:
        return str(self.pick(("", "", " ", " /* n, ttl */ ", "\n\t    ")))

    # expressions

    def seen(self, scope: Scope) -> list[str]:
        return [n for n in NAMES if n in scope.hidden or n in self.unit.variables]

    def value(self, scope: Scope, writable: bool = False) -> str:
        """An int made of a name that is in scope."""
        names = self.seen(scope)
        if writable:
            names = [n for n in names if n in scope.hidden or self.unit.variables[n].shape.writable]
        if not names:
            return "x"
        name = str(self.pick(names))
        if name in scope.hidden:
            return scope.hidden[name]
        variable = self.unit.variables[name]
        return variable.shape.use.format(variable.reference())

    def address(self, scope: Scope) -> str:
        names = self.seen(scope)
        if not names:
            return "&x"
        name = str(self.pick(names))
        return "&" + (scope.hidden[name] if name in scope.hidden else self.unit.variables[name].reference())

    def expression(self, scope: Scope) -> str:
        a, b = self.value(scope), self.value(scope)
        forms = (
            a,
            f"{a}{self.gap()}+{self.gap()}{b}",
            f"(int)({a})",
            f"x ? {a} : {b}",
            f"!{a} && -{b}",
            f"(int)sizeof(*({self.address(scope)}))",
            f"(int)sizeof {a}",
            f"s.{self.name()} + {a}",
            f"(&s)->{self.name()} + sp -> {self.name()}",
            f'sink({a}, {self.address(scope)}, "n ttl")',
            f"x >> {a} | '{self.pick('nq')}'",
            f"({{ int v_ = {a}; v_ + {b}; }})",
            f"(x, {a})",
            f"(x ? x ? 1 : {a} : {b})",
            f"(x ? x--, {a} : {b})",
            f"s.a[{a} & 1]",
            f"(struct node){{ .n = {a}, .{self.pick(('ttl', 'head'))} = {b} }}.n",
        )
        return str(self.pick(forms))

    # statements

    def statement(self, scope: Scope, depth: int) -> str:
        makers = [
            self.assignment, self.condition, self.macro_use, self.jump, self.directive, self.walk, self.take_address,
        ]  # fmt: skip
        if depth:
            makers += [self.block, self.loop, self.types, self.declared_late, self.expression_block]
        return self.pick(makers)(scope, depth)  # type: ignore[operator]

    def statements(self, scope: Scope, depth: int) -> str:
        return "".join(self.statement(scope, depth) for _ in range(self.draw(st.integers(1, 4))))  # type: ignore[call-overload]

    def assignment(self, scope: Scope, depth: int) -> str:
        target = self.value(scope, writable=True)
        form = self.pick(("{0} = {1};", "{0}{2}+= {1};", "({0})++;", "x = {1};", "x |= {1}; {0}--;"))
        return "\t" + str(form).format(target, self.expression(scope), self.gap()) + self.tail() + "\n"

    def tail(self) -> str:
        return str(self.pick(("", "", "\t/* ttl = n; */", " // q->n")))

    def condition(self, scope: Scope, depth: int) -> str:
        a, b = self.expression(scope), self.expression(scope)
        forms = (
            f"\tif ({a})\n\t\tx = {b};\n\telse\n\t\tx--;\n",
            f"\tswitch ({a}) {{\n\tcase 1:\n\t\tx = {b};\n\t\tbreak;\n\tdefault:\n\t\tbreak;\n\t}}\n",
            f"\tdo {{\n\t\tx += {a};\n\t}} while (x < {b});\n",
            f"\twhile ({a} > 9)\n\t\tbreak;\n",
        )
        return str(self.pick(forms))

    def macro_use(self, scope: Scope, depth: int) -> str:
        if not self.macros or scope.hidden:
            return "\tx++;\n"
        return f"\tx += {str(self.pick(self.macros)).replace('@', self.expression(scope))};\n"

    def jump(self, scope: Scope, depth: int) -> str:
        label = self.name()
        if label in self.labels:
            return "\t;\n"
        self.labels.add(label)
        return f"\tif (x)\n\t\tgoto {label};\n\tx = {self.expression(scope)};\n{label}:\n\tx++;\n"

    def directive(self, scope: Scope, depth: int) -> str:
        a, b = self.expression(scope), self.expression(scope)
        forms = (
            f"#ifdef FROB_N /* n */\n\tx = {a};\n#else\n\tx = {b};\n#endif\n",
            f"\tif (x > 1\n#ifdef FROB_N\n\t    && {a}\n#endif\n\t    )\n\t\tx = {b};\n",
            f"#if 0\n\tif (x) {{\n#else\n\tif ({a}) {{\n#endif\n\t\tx = {b};\n\t}}\n",
        )
        return str(self.pick(forms))

    def walk(self, scope: Scope, depth: int) -> str:
        return f"\tLIST_FOREACH(sp, &s.list, link)\n\t\tx += {self.expression(scope)};\n"

    def take_address(self, scope: Scope, depth: int) -> str:
        return f"\tsink(x,{self.gap()}{self.address(scope)}, NULL);\n"

    def block(self, scope: Scope, depth: int) -> str:
        name = self.name()
        value = self.expression(scope)
        inner = scope.hide(name)
        again = (scope.function, name) in self.unit.locals  # two statics of one name and function: a known fault
        head = str(
            self.pick(
                (
                    f"int {name} = 1;",
                    f"int first = {self.value(scope)}, {name} = first;",
                    f"int {name} = sizeof({name}), *ptr_ = &{name};",
                    f"int {name} __unused;\n\t{name} = {value if name not in value else 1};",
                    f"{'' if again else 'static '}int {name} = 4;",
                )
            )
        )
        return f"\t{{\n\t{head}\n{self.statements(inner, depth - 1)}\t}}\n"

    def declared_late(self, scope: Scope, depth: int) -> str:
        name = self.name()
        early, late = self.expression(scope), self.expression(scope.hide(name))
        return f"\t{{\n\tx = {early};\n\tint {name} = 2;\n\tx = {late};\n\t}}\n"

    def loop(self, scope: Scope, depth: int) -> str:
        name = self.name()
        inner = scope.hide(name)
        start = self.value(scope)
        return str(
            self.pick(
                (
                    f"\tfor (int {name} = 0; {name} < 3; {name}++)\n\t\tx += {self.expression(inner)};\n",
                    f"\tfor (int {name} = 0; {name} < 3; {name}++) {{\n{self.statements(inner, depth - 1)}\t}}\n",
                    f"\tfor (x = {start}; x < {start}; x += {start})\n\t\tx += {self.expression(scope)};\n",
                )
            )
        )

    def types(self, scope: Scope, depth: int) -> str:
        name = self.name()
        a, b = self.expression(scope), self.value(scope.hide(name))
        forms = (
            f"\t{{\n\tstruct {name} {{ int {name}; }} v_ = {{ {a} }};\n\tx = v_.{name} + {a};\n\t}}\n",
            f"\t{{\n\tenum {{ {name} = 3 }};\n\tx = {name} + {b};\n\t}}\n",
            f"\t{{\n\ttypedef int {name};\n\t{name} v_ = ({name})1;\n\tx = v_;\n\t}}\n",
            f"\t{{\n\tint f_proto(int {name});\n\tx = {a};\n\t}}\n",
            f"\t{{\n\tint (*v_)(int {name}, char *) = NULL, {name} = 2;\n\tx = v_ != NULL;\n\tx = {name};\n\t}}\n",
        )
        return str(self.pick(forms))

    def expression_block(self, scope: Scope, depth: int) -> str:
        name = self.name()
        a = self.value(scope)
        return f"\tx = ({{ int {name} = 1; {name} + {self.value(scope.hide(name))}; }}) + {a};\n"

    # what stands at file scope

    def definitions(self) -> None:
        unit = self.unit
        left = list(NAMES)
        self.draw(st.randoms(use_true_random=False)).shuffle(left)  # type: ignore[attr-defined]
        while left and len(unit.variables) < 5:
            count = int(self.pick((1, 1, 2, 3)))  # type: ignore[call-overload]
            names, left = left[:count], left[count:]
            static = self.chance()
            shapes = [self.pick(SHAPES)] if len(names) == 1 else [self.pick(TOGETHER) for _ in names]
            made = [Variable(n, s, static, self.chance() or self.chance()) for n, s in zip(names, shapes, strict=True)]  # type: ignore[arg-type]
            if any(v.planned for v in made):
                unit.parts.append(self.branches(made) if shapes == [PLAIN] and self.chance() else self.definition(made))
            else:
                unit.region(self.definition(made))
            unit.variables.update({v.name: v for v in made})

    def branches(self, variables: list[Variable]) -> str:
        """The same variable in both branches of a conditional."""
        first, second = self.definition(variables), self.definition(variables)
        return f"#ifdef FROB_N\n{first}#else /* n */\n{second}#endif\n"

    def definition(self, variables: list[Variable]) -> str:
        first = variables[0]
        storage = ("static " if first.static else "") + first.shape.type.format(first.name)
        parts = []
        for v in variables:
            value = v.shape.value.format(v.name)
            text = v.shape.declarator.format(v.name)
            text += str(self.pick(("", "", " __aligned(16)"))) if len(variables) == 1 else ""
            parts.append(f"{text} = {value}" if value and self.chance() else text)
        between = str(self.pick((", ", ",", ",\n    ", ",\t/* n */\n\t")))
        return storage + " " + between.join(parts) + ";" + str(self.pick(("\n", "\n\n", "\t/* ttl */\n")))

    def define(self) -> None:
        if not self.unit.variables:
            return
        number = len(self.macros)
        scope = Scope("", {})
        name = self.name()
        inner = scope.hide(name)
        a, b = self.value(scope), self.value(inner)
        bodies = (
            (f"#define\tM{number}\t({a} + 1)\n", f"M{number}"),
            (f"#define M{number}(v) ((v) + {a})\n", f"M{number}(@)"),
            (f"#define M{number}({name}) (({name}) + {b})\n", f"M{number}(@)"),
            (f"#define M{number}(v)\t\t\\\n\t((v) \\\n\t+ {a} /* n */)\n", f"M{number}(@)"),
            (f"#define M{number}(m) (s.{name} + s.m + {a})\n", f"M{number}(ttl)"),
            (f"#  define M{number}(v) ({{ int {name} = (v); {name}; }})\n", f"M{number}(@)"),
        )
        body, call = self.pick(bodies)  # type: ignore[misc]
        self.unit.region(body)
        self.macros.append(call)

    def leaf(self) -> None:
        number = self.unit.regions
        shown = [v for v in self.unit.variables.values() if v.shape is PLAIN]
        if not shown:
            return
        v = self.pick(shown)
        assert isinstance(v, Variable)
        macro, flag, target = "SYSCTL_INT", "", v.name
        if v.planned:
            target = mark(v.name, f"VNET_NAME({v.name})")
            flag = mark("", "CTLFLAG_VNET | ") if self.unit.dialect == "freebsd-13" else ""
            macro = macro if flag else mark(macro, "SYSCTL_VNET_INT")
        self.unit.region(f'{macro}(_net, OID_AUTO, {v.name}{number}, {flag}CTLFLAG_RW, &{target}, 0, "n");\n')

    def declared(self) -> None:
        """Declarations that give names another meaning, or none."""
        name = self.name()
        number = self.unit.regions
        forms = (
            f"struct s{number} {{\n\tint\t{name};\n\tint\t(*op)(int {name});\n}};\n",
            f"int g{number}(int {name}, char *);\n",
            f"typedef int (*t{number})(int {name});\n",
            f"/* {name} = 1; */\n",
            f"struct {name};\n",
        )
        self.unit.region(str(self.pick(forms)))

    def function(self) -> None:
        number = self.unit.regions
        name = f"fn{number}"
        self.labels = set()
        scope = Scope(name, {})
        header = f"int\n{name}(int x)\n"
        kind = self.pick(("plain", "parameter", "old", "old"))
        parameter = self.name()
        if kind == "parameter":
            header = f"static __unused int\n{name}(int x, int {parameter})\n"
            scope = scope.hide(parameter)
        elif kind == "old":
            header = f"int\n{name}(x, {parameter})\n\tint x, {parameter};\n"
            scope = scope.hide(parameter)
        body = "\tstruct node s = { .n = 0 }, *sp = &s;\n"
        if self.chance():
            scope, more = self.local_static(scope, name, parameter if kind != "plain" else "")
            body += more
        body += self.statements(scope, 2)
        self.unit.region(f"{header}{{\n{body}\tx = sink(x, &s, sp);\n\treturn (x);\n}}\n")

    def local_static(self, scope: Scope, function: str, taken: str) -> tuple[Scope, str]:
        name = self.name()
        if name == taken:
            return scope, ""
        value = str(self.pick(("", " = 5")))
        statement = f"static int {name}{value};"
        if not self.chance():
            return scope.hide(name), f"\t{statement}\n"
        self.unit.locals.append((function, name))
        return scope.hide(name, mark(name, f"V_{function}_{name}")), f"\t{mark(statement, '')}\n"

    def inner_extern(self) -> None:
        """A function that declares for itself what it uses."""
        shown = [v for v in self.unit.variables.values() if v.shape is PLAIN and not v.static]
        if not shown:
            return
        v = self.pick(shown)
        assert isinstance(v, Variable)
        declaration = f"extern int {v.name};"
        declaration = mark(declaration, f"VNET_DECLARE(int, {v.name});") if v.planned else declaration
        self.unit.region(f"int\nfe{self.unit.regions}(void)\n{{\n\t{declaration}\n\n\treturn ({v.reference()});\n}}\n")


HEAD = """#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/queue.h>
#include <sys/sysctl.h>

#include <net/if.h>

struct node {
	int n, ttl, head, cfg, last, q, f_n;
	int a[2];
	LIST_ENTRY(node) link;
	TAILQ_ENTRY(node) tq;
	LIST_HEAD(, node) list;
};
int sink(int, const volatile void *, const void *);

"""


@st.composite
def units(draw: Draw) -> Unit:
    """A translation unit."""
    unit = Unit(str(draw(st.sampled_from(sorted(cases.DIALECTS)))))
    unit.parts.append(HEAD)
    maker = Maker(draw, unit)
    maker.definitions()
    steps = (maker.function, maker.function, maker.define, maker.leaf, maker.declared, maker.inner_extern)
    for _ in range(int(draw(st.integers(3, 8)))):  # type: ignore[call-overload]
        draw(st.sampled_from(steps))()  # type: ignore[operator]
    return unit


def regions(data: bytes) -> dict[bytes, inverse.Tokens]:
    return {m.group(1): inverse.tokenize(m.group(2)).tokens for m in _REGION.finditer(data)}


def planned(unit: Unit) -> list[inverse.Planned]:
    return [inverse.Planned(name, function) for _, function, name in sorted(unit.wanted())]


@settings(suppress_health_check=SLOW)
@given(units())
def test_changes_what_means_a_planned_variable_and_nothing_else(unit: Unit) -> None:
    before = unit.text(after=False)
    run = cases.run_port({FILE: before}, unit.wanted(), unit.dialect)
    after = run.after[FILE]
    assert not run.port.findings
    assert regions(after) == regions(unit.text(after=True))
    assert cases.rebuilt(before, run, FILE) == after
    for _, old, undone in inverse.compare({FILE: before}, run.after, planned(unit)):
        assert undone == old
    assert inverse.lost_comments(before, after) == []


@settings(suppress_health_check=SLOW)
@given(units())
def test_changes_nothing_in_a_second_run(unit: Unit) -> None:
    first = cases.run_port({FILE: unit.text(after=False)}, unit.wanted(), "freebsd-13")
    second = cases.run_port(first.after, unit.wanted(), "freebsd-13")
    assert second.after == first.after
    assert not any(second.port.edits.values())


@settings(suppress_health_check=SLOW)
@given(units())
def test_keeps_line_ends(unit: Unit) -> None:
    before = unit.text(after=False)
    after = cases.run_port({FILE: before}, unit.wanted(), unit.dialect).after[FILE]
    crlf = cases.run_port({FILE: before.replace(b"\n", b"\r\n")}, unit.wanted(), unit.dialect).after[FILE]
    assert crlf == after.replace(b"\n", b"\r\n")


@cases.needs_cc
@settings(suppress_health_check=SLOW, max_examples=settings().max_examples // 10)
@given(units())
def test_compiles_as_before(unit: Unit) -> None:
    before = unit.text(after=False)
    after = cases.run_port({FILE: before}, unit.wanted(), unit.dialect).after[FILE]
    with tempfile.TemporaryDirectory() as folder:
        for text in (before, after):
            path = Path(folder, FILE)
            path.write_bytes(text)
            assert cases.diagnostics([path], unit.dialect, ["-w"]) == ""
