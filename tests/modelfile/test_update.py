"""Model files: written, read as data, written again around what a person put in."""

import subprocess
import sys

import pytest

from vport.errors import UsageError
from vport.modelfile.update import update
from vport.runtime.errors import ModelError
from vport.runtime.load_model import parse_model
from vport.runtime.model import (
    Access,
    Branch,
    Call,
    Condition,
    Depend,
    External,
    Function,
    Module,
    Node,
    Return,
    Sysinit,
    Variable,
)


def function(name: str, line: int, *body: Node) -> Function:
    return Function(name, f"a.c:{line}", ("sc", "ifp"), body)


def branch(line: int, value: str = "0") -> Branch:
    test = Condition("error != 0 && *s != '\"'", "not", parts=(Condition("error == 0", "equals", "error", "0"),))
    text = Call("printf", ('"%d\\n"', "V_hop_n"), f"a.c:{line}")
    return Branch(test, f"a.c:{line}", (text, Return(value, f"a.c:{line + 1}")))


HOP = Module(
    "hop",
    ("a.c",),
    variables=(Variable("hop_n", "a.c:9"), Variable("hop_m", "a.c:10", per_vnet=True)),
    sysinits=(Sysinit("VNET_SYSINIT", "hop", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "a.c:80", "hop_init"),),
    functions=(function("f", 20, Access("hop_n", "read", "a.c:21"), branch(22)), function("g", 40)),
    externals=(External("foo"),),
)
TEXT = update("", "m.py", HOP).text


def grown(module: Module = HOP, **changes: object) -> Module:
    return Module(**{**{name: getattr(module, name) for name in module.__struct_fields__}, **changes})  # type: ignore[arg-type]


def test_what_is_written_is_read_back() -> None:
    assert parse_model(TEXT, "m.py") == HOP


def test_ruff_format_leaves_it_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "-"],
        input=TEXT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_second_writing_changes_nothing() -> None:
    assert update(TEXT, "m.py", HOP) == (TEXT, [])


MINE = [
    ("# Functions.", "# Functions.\n\n# my word"),
    ('External(name="foo")', 'External(name="foo", known=True)'),
    ("external_foo", '\n# mine\nPIN = Pin("f", "error == 0", True)  # why\nexternal_foo'),
    ("    External,\n", "    External,\n    Pin,\n"),
]


def mine() -> str:
    text = TEXT
    for old, new in MINE:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_persons_words_stay_when_nothing_changed() -> None:
    assert update(mine(), "m.py", HOP) == (mine(), [])


def test_lines_that_moved_are_followed_and_edits_are_kept() -> None:
    moved = grown(functions=(function("f", 30, Access("hop_n", "read", "a.c:31"), branch(32)), HOP.functions[1]))
    text, notes = update(mine(), "m.py", moved)
    assert notes == []
    assert 'at="a.c:31"' in text and 'at="a.c:21"' not in text
    assert (
        "# my word" in text and "known=True" in text and '# mine\nPIN = Pin("f", "error == 0", True)  # why\n' in text
    )


def test_what_is_gone_goes_and_its_comments_stay() -> None:
    text = TEXT.replace("variable_hop_m", "# keep me\nvariable_hop_m")
    made, notes = update(text, "m.py", grown(variables=HOP.variables[:1]))
    assert "hop_m" not in made and "# keep me" in made
    assert len(notes) == 1 and notes[0].startswith("m.py:") and "variable_hop_m: is gone" in notes[0]


def test_comments_inside_a_declaration_written_anew_are_put_above_it() -> None:
    text = TEXT.replace('        Access("hop_n"', '        # look here\n        Access("hop_n"')
    assert text != TEXT
    made, _ = update(text, "m.py", grown(functions=(function("f", 20, branch(22)), HOP.functions[1])))
    assert "# look here\nfunction_f" in made and 'Access("hop_n"' not in made


def test_an_edit_the_c_changed_under_is_told_and_kept() -> None:
    text = TEXT.replace('Access("hop_n", "read"', 'Access("hop_n", "write"')
    made, notes = update(text, "m.py", grown(functions=(function("f", 20, branch(22, "1")), HOP.functions[1])))
    assert 'Access("hop_n", "write"' in made
    assert [n.split(": ", 1)[1] for n in notes] == [
        "function_f: the C changed under your edit; yours stays.  Drop its `# vport:` comment to hear no more"
    ]


def test_new_declarations_come_behind_their_kind_and_are_imported() -> None:
    made, notes = update(TEXT, "m.py", grown(depends=(Depend("hop", "pf", "a.c:90"),)))
    assert notes == [] and "    Depend,\n" in made
    assert made.index("sysinit_") < made.index("depend_hop_pf") < made.index("function_f")
    assert parse_model(made, "m.py").depends == (Depend("hop", "pf", "a.c:90"),)


def test_pins_and_externals_that_fit_nothing_are_told() -> None:
    text = TEXT + '\nA = Pin("f", "x == 1", True)\nB = Pin("h", "x", False)\nC = External("bar", known=True)\n'
    made, notes = update(text, "m.py", HOP)
    assert made.endswith('C = External("bar", known=True)\n')
    assert notes == [
        "m.py: Pin of f: no branch on `x == 1` is left in it; remove or reword it",
        "m.py: Pin of h: there is no such function; remove it",
        "m.py: External bar: nothing calls it any more",
    ]


def test_declarations_without_a_mark_are_a_persons() -> None:
    text = TEXT.replace("  # vport: " + TEXT.split('External(name="foo")  # vport: ')[1].split("\n")[0], "")
    assert update(text, "m.py", grown(externals=(External("foo", known=True),))) == (text, [])


BROKEN = [
    ("x = (", 1, "is no Python"),
    ("import os\nx = os.system('true')", 2, "`os.system` is no declaration"),
    ("MODULE = Module('m')\nv = Variable(name=1, at='a')", 2, "Variable: Expected `str`, got `int`"),
    ("MODULE = Module('m')\nv = Variable('n', 'a.c:1', colour='red')", 2, "has no field `colour`"),
    ("MODULE = Module('m')\n\nfor x in (): pass", 3, "neither an import nor"),
    ("MODULE = Module('m')\nN = Module('n')", 2, "a second Module"),
    ("v = Variable('n', 'a.c:1')", 1, "no `Module(...)` is declared"),
    ("MODULE = Module('m' + 'n')", 1, "is computed"),
    ("MODULE = Module(name)", 1, "`name` is given no value above"),
    (
        "MODULE = Module('m')\nf = Function('f', 'a.c:1', body=(\n Return('0', 'a.c:2'),\n Branch('x', 'a.c:3'),\n))",
        4,
        "Branch:",
    ),
    ("MODULE = Module('m', name='n')", 1, "given twice"),
    (f"MODULE = Module('m', {', '.join(map(str, range(1, 20)))})", 1, "fields at most"),
]


@pytest.mark.parametrize(("text", "line", "says"), BROKEN, ids=[b[2] for b in BROKEN])
def test_nonsense_is_named_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_model(text, "m.py")
    assert str(caught.value).startswith(f"m.py:{line}: ") and says in str(caught.value)
    with pytest.raises(UsageError, match=r"m\.py:\d+: .*Mend it"):
        update(text, "m.py", HOP)


def test_names_given_before_may_be_used_again() -> None:
    text = "FILES = ('a.c', 'b.c')\nMODULE = Module('m', FILES)\n"
    assert parse_model(text, "m.py").files == ("a.c", "b.c")


def test_a_model_is_never_executed() -> None:
    with pytest.raises(ModelError):
        parse_model("MODULE = Module(print('x'))", "m.py")
