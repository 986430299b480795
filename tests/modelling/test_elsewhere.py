"""What calls into the rest of a tree need."""

from pathlib import Path

import pytest
from helpers_model import VNET

from vport.cache import Cache
from vport.model import build
from vport.read import Reader


def _needs(elsewhere: str, **more: str) -> bool:
    data = {"m.c": b"void f(int *a)\n{\n\tfar(a);\n}\n", "o.c": f"{VNET}{elsewhere}".encode()}
    data |= {f"{name}.c": text.encode() for name, text in more.items()}
    module = build(Reader(Cache(None), 1).read_data(Path("."), data, []), ["m.c"])
    return next(e.needs_vnet for e in module.externals if e.name == "far")


_NEAR = "static void\nnear(int *a)\n{\n\tV_n = *a;\n}\n"
_INERT = "static void\nnear(int *a)\n{\n\t*a = 0;\n}\n"


def _far(body: str) -> str:
    return f"void\nfar(int *a)\n{{\n{body}}}\n"


@pytest.mark.parametrize(
    "body",
    [
        "\tnear(a);\n",
        "\tif (*a == 0)\n\t\treturn;\n\tnear(a);\n",
        "\tif (V_n == 0 && *a)\n\t\treturn;\n",
        "\tfor (; V_n > 0;)\n\t\t;\n",
        "\tif (*a)\n\t\t*a = 0;\n\telse\n\t\t*a = 1;\n\t*a = V_n;\n",
    ],
)
def test_what_runs_whenever_the_function_does_needs_a_stack(body: str) -> None:
    assert _needs(_NEAR + _far(body))


@pytest.mark.parametrize(
    "body",
    [
        "\t/* see near(a) and V_n */\n\t*a = 0;\n",
        "\tif (*a)\n\t\tnear(a);\n",
        "\tif (*a) {\n\t\tnear(a);\n\t}\n",
        "\tif (*a)\n\t\t*a = 0;\n\telse\n\t\tnear(a);\n",
        "\tif (*a && V_n)\n\t\t*a = 0;\n",
        "\tswitch (*a) {\n\tcase 1:\n\t\tnear(a);\n\t}\n",
        "\tCURVNET_SET(vnet0);\n\tnear(a);\n\tCURVNET_RESTORE();\n",
    ],
)
def test_what_only_some_paths_reach_tells_nothing_of_the_call(body: str) -> None:
    assert not _needs(_NEAR + _far(body))


def test_a_static_of_another_file_is_another_function() -> None:
    assert not _needs(_INERT + _far("\tnear(a);\n"), b=f"{VNET}{_NEAR}", a=f"{VNET}{_NEAR}")
