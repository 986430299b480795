"""Values and locks that a constructor sets up, and releases that nobody wrote."""

import pytest
from life_small import port, set_ups

QUEUE = "struct frob { TAILQ_ENTRY(frob) f; };\nTAILQ_HEAD(frobq, frob);\n"
ZONE = 'static uma_zone_t zone;\nstatic void up(void *x)\n{\n\tzone = uma_zcreate("f", 4, 0, 0, 0, 0, 0, 0);\n}\n'
UP = "SYSINIT(up, SI_SUB_PROTO_IF, SI_ORDER_SECOND, up, NULL);\n"


def body(text: str, function: str) -> list[str]:
    """Statements of a function, one a line."""
    inside = text.split(f"\n{function}(const void *unused __unused)\n{{\n", 1)[1].split("\n}\n", 1)[0]
    return [line.strip() for line in inside.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("head", "statement"),
    [
        ("TAILQ_HEAD_INITIALIZER", "TAILQ_INIT(&V_q);"),
        ("STAILQ_HEAD_INITIALIZER", "STAILQ_INIT(&V_q);"),
        ("CK_STAILQ_HEAD_INITIALIZER", "CK_STAILQ_INIT(&V_q);"),
    ],
)
def test_initialises_heads_that_hold_their_own_address(head: str, statement: str) -> None:
    after, _ = port(f"{QUEUE}static struct frobq q = {head}(q);\nint f(void) {{ return (q.x); }}\n", "q")
    assert body(after, "vnet_frob_init") == [statement]
    assert "VNET_DEFINE_STATIC(struct frobq, q);" in after


@pytest.mark.parametrize("head", ["LIST_HEAD_INITIALIZER", "SLIST_HEAD_INITIALIZER"])
def test_keeps_heads_that_begin_empty(head: str) -> None:
    after, _ = port(f"{QUEUE}static struct frobq q = {head}(q);\nint f(void) {{ return (q.x); }}\n", "q")
    assert set_ups(after) == []


@pytest.mark.parametrize(
    ("macro", "up", "down"),
    [
        ('MTX_SYSINIT(l, &l, "l", MTX_DEF)', 'mtx_init(&V_l, "l", NULL, MTX_DEF);', "mtx_destroy(&V_l);"),
        ('RW_SYSINIT(l, &l, "l")', 'rw_init(&V_l, "l");', "rw_destroy(&V_l);"),
        ('SX_SYSINIT_FLAGS(l, &l, "l", SX_NEW)', 'sx_init_flags(&V_l, "l", SX_NEW);', "sx_destroy(&V_l);"),
        ('RM_SYSINIT(l, &l, "l")', 'rm_init(&V_l, "l");', "rm_destroy(&V_l);"),
        ('RM_SYSINIT_FLAGS(l, &l, "l", 1)', 'rm_init_flags(&V_l, "l", 1);', "rm_destroy(&V_l);"),
    ],
)
def test_sets_up_locks_of_macros(macro: str, up: str, down: str) -> None:
    after, _ = port(f"static struct lock l;\n{macro};\nvoid f(void) {{ use(&l); }}\n", "l")
    assert body(after, "vnet_frob_init") == [up]
    assert body(after, "vnet_frob_uninit") == [down]
    assert "SYSINIT(l" not in after
    assert "#define\tV_l" in after


def test_tears_down_in_the_other_order() -> None:
    text = 'static struct mtx a, b;\nMTX_SYSINIT(a, &a, "a", 0);\nMTX_SYSINIT(b, &b, "b", 0);\n'
    after, _ = port(text, "a", "b")
    assert body(after, "vnet_frob_uninit") == ["mtx_destroy(&V_b);", "mtx_destroy(&V_a);"]


def test_keeps_a_comment_before_a_value() -> None:
    after, _ = port(QUEUE + "static struct frobq q = /* all */ TAILQ_HEAD_INITIALIZER(q);\n", "q")
    assert "VNET_DEFINE_STATIC(struct frobq, q);\t/* all */\n" in after


@pytest.mark.parametrize(
    ("set_up", "release"),
    [
        ("zone = uma_zcreate(0, 4, 0, 0, 0, 0, 0, 0);", "uma_zdestroy(V_zone);"),
        ("zone = malloc(4, M_TEMP, M_WAITOK);", "free(V_zone, M_TEMP);"),
        ("zone = mallocarray(4, 4, M_TEMP, M_WAITOK);", "free(V_zone, M_TEMP);"),
        ("zone = (void *)hashinit(8, M_TEMP, &mask);", "hashdestroy(V_zone, M_TEMP, V_mask);"),
        ("zone = counter_u64_alloc(M_WAITOK);", "counter_u64_free(V_zone);"),
        ("zone = if_clone_simple(0, 0, 0, 0);", "if_clone_detach(V_zone);"),
        ("zone = new_unrhdr(0, 9, NULL);", "delete_unrhdr(V_zone);"),
        ("zone = pfil_head_register(0);", "pfil_head_unregister(V_zone);"),
        ('zone = taskqueue_create("f", 0, 0, 0);', "taskqueue_free(V_zone);"),
        ("callout_init(&zone, 1);", "callout_drain(&V_zone);"),
        ("sysctl_ctx_init(&zone);", "sysctl_ctx_free(&V_zone);"),
        ("rm_init(&zone, 0);", "rm_destroy(&V_zone);"),
        ("hhook_head_register(1, 2, &zone, 3);", "hhook_head_deregister(V_zone);"),
    ],
)
def test_gives_back_what_nobody_does(set_up: str, release: str) -> None:
    text = f"static void *zone;\nstatic u_long mask;\nstatic void up(void *x)\n{{\n\tmask = 1;\n\t{set_up}\n}}\n{UP}"
    after, kinds = port(text, "zone", "mask")
    assert body(after, "vnet_frob_uninit") == [release]
    assert kinds == []
    assert set_ups(after)[-1] == "UNINIT PROTO_IF SECOND vnet_frob_uninit"


def test_gives_nothing_back_twice() -> None:
    down = "static void down(void)\n{\n\tuma_zdestroy(zone);\n}\n"
    after, kinds = port(ZONE + UP + down, "zone")
    assert set_ups(after) == ["INIT PROTO_IF SECOND up"]
    assert kinds == []


def test_takes_a_function_that_is_given_the_resource_for_its_release() -> None:
    down = "static void down(uma_zone_t z)\n{\n\tuma_zdestroy(z);\n}\nvoid g(void)\n{\n\tdown(zone);\n}\n"
    after, _ = port(down.replace("void g", "static uma_zone_t zone;\nvoid g") + ZONE.split("\n", 1)[1] + UP, "zone")
    assert set_ups(after) == ["INIT PROTO_IF SECOND up"]


def test_says_when_it_cannot_tell_how_to_give_back() -> None:
    text = "static void *tab[4];\nstatic void up(void *x)\n{\n\ttab[1] = malloc(4, M_TEMP, 0);\n}\n" + UP
    after, kinds = port(text, "tab")
    assert kinds == ["resource-unreleased"]
    assert "/*\n\t * VPORT-LIFECYCLE: tab is never given back.\n\t */\n\tV_tab[1] = malloc(" in after
