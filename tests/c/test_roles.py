import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.c.roles import parameter_roles


@pytest.mark.parametrize(
    ("body", "roles"),
    [
        (b"(a)->b", ("value", "name")),
        (b"(a).b", ("value", "name")),
        (b"(a) -> \\\n b", ("value", "name")),
        (b"a##b", ("name", "name")),
        (b"a ## b", ("name", "name")),
        (b"a \\\n## \\\nb", ("name", "name")),
        (b"#a #b", ("name", "name")),
        (b"struct a *b", ("name", "value")),
        (b"a + #a", ("value", "")),
        (b"(b)->a + a", ("value", "value")),
        (b"g(a, b)", ("g:0", "g:1")),
        (b"g(b, a)", ("g:1", "g:0")),
        (b"g(h(a), b)", ("h:0", "g:1")),
        (b"g(a) + g(a)", ("g:0", "")),
        (b"g(a) + h(a)", ("value", "")),
        (b"g(a + 1, &b)", ("value", "value")),
        (b"g(a->b)", ("value", "name")),
        (b"g((a))", ("value", "")),
        (b"{ .a = b }", ("name", "value")),
        (b"&(a)->x[b].y", ("value", "value")),
        (b"aa + a_ + b1", ("", "")),
        (b"", ("", "")),
        (b"g(a, b", ("value", "value")),
        (b"do { int x = a; b = x; } while (0)", ("value", "value")),
    ],
)
def test_roles_of_a_and_b(body: bytes, roles: tuple[str, ...]) -> None:
    assert parameter_roles(body, ("a", "b")) == roles


@pytest.mark.parametrize("body", [b"g(a, ##b)", b"g(a, ## b)", b"g(a, \\\n ##b)"])
def test_comma_pasting_of_variadic_macros_is_no_pasting(body: bytes) -> None:
    assert parameter_roles(body, ("a", "b")) == ("g:0", "value")


def test_unnamed_variadic_arguments_are_values() -> None:
    assert parameter_roles(b"g(a, ##__VA_ARGS__)", ("a", "")) == ("g:0", "value")


def test_no_parameters_no_roles() -> None:
    assert parameter_roles(b"g()", ()) == ()


@given(st.text(alphabet="ab#.-> (),\\\n1", max_size=30).map(str.encode))
def test_there_is_one_role_for_each_parameter(body: bytes) -> None:
    roles = parameter_roles(body, ("a", "b"))
    assert len(roles) == 2
    assert all(role in ("value", "name", "") or ":" in role for role in roles)
