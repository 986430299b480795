"""Text of the ways out: a restore before each, braces where a statement stood alone, values kept."""

import pytest
from life_small import port

START = "void s(struct callout *c, struct ifnet *i)\n{\n\tcallout_reset(c, 1, f, i);\n}\n"


def body(text: str, result: str = "void") -> list[str]:
    """Lines of the handler after a port."""
    before = f"static int n;\nstatic {result}\nf(void *a)\n{{\n\tstruct ifnet *i = a;\n\n{text}}}\n{START}"
    after, _ = port(before, "n")
    return after.split("= a;\n", 1)[1].split("\n}\n", 1)[0].split("\n")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("\tn++;\n", ["\tCURVNET_SET(i->if_vnet);", "\tV_n++;", "\tCURVNET_RESTORE();"]),
        (
            "\tif (n)\n\t\treturn;\n\tn++;\n",
            ["\tif (V_n) {", "\t\tCURVNET_RESTORE();", "\t\treturn;", "\t}", "\tV_n++;"],
        ),
        ("\tif (n) return;\n\tn++;\n", ["\tif (V_n) {", "\t\tCURVNET_RESTORE();", "\t\treturn;", "\t}"]),
        (
            "\tif (n)\n\t\treturn;\n\telse\n\t\tn++;\n\ti = 0;\n",
            ["\tif (V_n) {", "\t\tCURVNET_RESTORE();", "\t\treturn;", "\t} else", "\t\tV_n++;", "\tCURVNET_RESTORE();"],
        ),
        ("\tif (n)\n\t\treturn;\t/* none */\n\tn++;\n", ["\t\treturn;\t/* none */", "\t}"]),
        ("\tif (n) {\n\t\treturn;\n\t}\n\tn++;\n", ["\tif (V_n) {", "\t\tCURVNET_RESTORE();", "\t\treturn;", "\t}"]),
        (
            "\tswitch (n) {\n\tcase 1:\n\t\treturn;\n\tdefault:\n\t\tn++;\n\t}\n",
            ["\tcase 1:", "\t\tCURVNET_RESTORE();", "\t\treturn;", "\tdefault:"],
        ),
    ],
)
def test_writes_ways_out(text: str, lines: list[str]) -> None:
    assert "\n".join(lines) in "\n".join(body(text))


@pytest.mark.parametrize(
    ("text", "result", "lines"),
    [
        ("\treturn (n);\n", "int", ["\terror = V_n;", "\tCURVNET_RESTORE();", "\treturn (error);"]),
        ("\treturn n;\n", "int", ["\terror = V_n;", "\tCURVNET_RESTORE();", "\treturn (error);"]),
        ("\tif (n)\n\t\treturn (n);\n\treturn (0);\n", "u_int", ["\tif (V_n) {", "\t\terror = V_n;"]),
    ],
)
def test_keeps_returned_values(text: str, result: str, lines: list[str]) -> None:
    assert "\n".join(lines) in "\n".join(body(text, result))


@pytest.mark.parametrize(
    ("result", "declared"), [("int", "\tint error;"), ("u_int", "\tu_int error;"), ("char *", "\tchar *error;")]
)
def test_declares_what_keeps_a_value(result: str, declared: str) -> None:
    after, _ = port(
        f"static int n;\nstatic {result}\nf(struct ifnet *i)\n{{\n\n\treturn (g(n));\n}}\nvoid s(struct ifnet *i)\n{{\n\ti->if_input = f;\n}}\n",
        "n",
    )
    assert declared in after.split("\n")
