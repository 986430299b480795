"""What registers a handler: calls, macros, tables, heads of definitions, parameters; and what that says of curvnet."""

import pytest
from life_small import life_of

from vport.life.entries import Registration

HANDLER = "static void f(void *a)\n{\n}\n"
TASK = "static void f(void *a, int n)\n{\n}\n"


def registered(text: str) -> list[tuple[str, str, str]]:
    """Kind, context and function of everything that is registered."""
    found: list[Registration] = life_of(text).graph.registrations
    return sorted({(r.entry.kind, r.entry.context, r.function[1]) for r in found})


@pytest.mark.parametrize(
    ("text", "kind", "context"),
    [
        (f"{HANDLER}void s(struct callout *c) {{ callout_reset(c, 1, f, c); }}\n", "callout", "none"),
        (f"{HANDLER}void s(struct callout *c) {{ callout_reset_sbt(c, 1, 0, f, c, 0); }}\n", "callout", "none"),
        (f"{HANDLER}void s(void) {{ h = timeout(f, 0, 1); }}\n", "callout", "none"),
        (f"{TASK}void s(struct task *t) {{ TASK_INIT(t, 0, f, t); }}\n", "task", "none"),
        (f"{TASK}struct task t = TASK_INITIALIZER(0, f, 0);\n", "task", "none"),
        (f"{HANDLER}void s(void) {{ kproc_create(f, 0, 0, 0, 0, 0); }}\n", "kthread", "none"),
        (f"{HANDLER}void s(void *x) {{ NET_EPOCH_CALL(f, x); }}\n", "epoch", "none"),
        (f"{HANDLER}void s(void) {{ devfs_set_cdevpriv(0, f); }}\n", "cdev", "none"),
        ("static int f(void)\n{\n}\nstruct cdevsw s = { .d_open = f };\n", "cdev", "none"),
        ("static void f(void)\n{\n}\nstruct protosw s = { .pr_slowtimo = f };\n", "protocol-timer", "none"),
        ("static void f(void)\n{\n}\nstruct protosw s = { .pr_init = f };\n", "protocol", "vnet"),
        ("static void f(void)\n{\n}\nstruct pr_usrreqs s = { .pru_detach = f };\n", "socket", "vnet"),
        ("static void f(void)\n{\n}\nvoid s(struct ifnet *i) { i->if_input = f; }\n", "if-input", "none"),
        (f"{HANDLER}void s(void) {{ EVENTHANDLER_REGISTER(maxsockets_change, f, 0, 0); }}\n", "eventhandler", "none"),
        (f"{HANDLER}void s(void) {{ EVENTHANDLER_REGISTER(ifnet_x_event, f, 0, 0); }}\n", "eventhandler", "inherited"),
        (f"{HANDLER}SYSINIT(x, 1, 2, f, NULL);\n", "sysinit", "thread"),
        (f"{HANDLER}SYSINIT(x, SI_SUB_PROTO_DOMAIN, SI_ORDER_ANY, f, NULL);\n", "sysinit", "thread"),
        (f"{HANDLER}SYSINIT(x, SI_SUB_VNET_DONE, SI_ORDER_ANY, f, NULL);\n", "sysinit", "thread"),
        (f"{HANDLER}SYSINIT(x, SI_SUB_VNET_DONE + 1, SI_ORDER_FIRST, f, NULL);\n", "sysinit-late", "none"),
        (f"{HANDLER}C_SYSINIT(x, SI_SUB_SMP, SI_ORDER_FIRST, f, NULL);\n", "sysinit-late", "none"),
        (f"#define\tS\tSI_SUB_SMP\n{HANDLER}SYSINIT(x, S, SI_ORDER_FIRST, f, NULL);\n", "sysinit-late", "none"),
        (f"{HANDLER}SYSINIT(x, NOBODY, SI_ORDER_FIRST, f, NULL);\n", "sysinit", "thread"),
        (f"{HANDLER}SYSINIT(x, SI_SUB_DUMMY, SI_ORDER_FIRST, f, NULL);\n", "sysinit", "thread"),
        (f"{HANDLER}SYSUNINIT(x, SI_SUB_SMP, SI_ORDER_ANY, f, NULL);\n", "sysinit", "thread"),
        (f"#define\tL(n, g)\tSYSINIT(n, SI_SUB_SMP, n, g, 0)\n{HANDLER}L(1, f);\n", "sysinit-late", "none"),
        (f"#define\tL(n, s)\tSYSINIT(n, s, 0, f, 0)\n{HANDLER}L(x, SI_SUB_SMP);\n", "sysinit-late", "none"),
        (f"#define\tL(n, s)\tSYSINIT(n, s, 0, f, 0)\n{HANDLER}L(x, SI_SUB_PSEUDO);\n", "sysinit", "thread"),
        (f'{HANDLER}static struct kproc_desc d = {{ "f", f, &p }};\n', "kthread", "none"),
        (f"{HANDLER}VNET_SYSINIT(x, 1, 2, f, NULL);\n", "vnet-sysinit", "vnet"),
        ('static int f(void)\n{\n}\nstatic moduledata_t m = { "f", f, NULL };\n', "module", "thread"),
        ("int f(struct thread *td, struct f_args *uap)\n{\n}\n", "syscall", "none"),
        ("int f(td, uap)\n\tstruct thread *td;\n\tstruct f_args *uap;\n{\n}\n", "syscall", "none"),
    ],
)
def test_finds_registrations(text: str, kind: str, context: str) -> None:
    assert registered(text) == [(kind, context, "f")]


def test_follows_macros_that_register() -> None:
    text = f"#define A(c, g) B(c, g, 0)\n#define B(c, g, a) callout_reset((c), 1, (g), (a))\n{HANDLER}"
    assert registered(text + "void s(struct callout *c) { A(c, f); }\n") == [("callout", "none", "f")]


def test_finds_what_a_local_holds() -> None:
    text = f"{HANDLER}void s(struct callout *c, int x)\n{{\n\tvoid (*g)(void *);\n\n\tg = f;\n\tcallout_reset(c, 1, g, c);\n}}\n"
    assert registered(text) == [("callout", "none", "f")]


def test_sees_through_casts() -> None:
    assert registered(f"{HANDLER}void s(struct callout *c) {{ callout_reset(c, 1, (timeout_t *)&f, c); }}\n")


def test_takes_no_registration_from_comments_and_strings() -> None:
    assert registered(f'{HANDLER}/* callout_reset(c, 1, f, c) */\nchar *s = "callout_reset(c, 1, f, c)";\n') == []


def test_names_a_handler_that_nothing_defines() -> None:
    graph = life_of("void f(void *);\nvoid s(struct callout *c)\n{\n\tcallout_reset(c, 1, f, c);\n}\n").graph
    assert [(u.name, u.by) for u in graph.unknown] == [("f", "callout_reset")]


@pytest.mark.parametrize("declared", ["void (*f)(void *)", "callout_func_t *f"])
def test_takes_no_variable_for_a_handler(declared: str) -> None:
    text = f"void s(struct callout *c, {declared})\n{{\n\tcallout_reset(c, 1, f, c);\n}}\n"
    assert life_of(text).graph.unknown == []
