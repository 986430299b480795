"""What compilers say of each step stands in its message."""

from pathlib import Path

import cases
import pytest
from cases import MODULES
from commands.runner import content, write_tree
from test_mailbox import PLAIN, plan_of, vport

from vport.cache import Cache
from vport.proof.commands import of_headers
from vport.series.proof import prove_steps
from vport.series.steps import VARIABLES, Step

pytestmark = cases.needs_cc


def test_every_step_of_a_module_is_proved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            **content(MODULES / "ifcloned" / "input"),
            "vport.toml": (MODULES / "ifcloned" / "vport.toml").read_bytes().replace(b"input/", b""),
        },
    )
    assert (
        vport(monkeypatch, tmp_path, "port", ".", "--patches", "series", "--headers", "freebsd-13", "--no-cache").code
        == 0
    )
    mails = sorted((tmp_path / "series").glob("*.patch"))
    assert len(mails) > 3
    for mail in mails:
        text = " ".join(mail.read_text().split())
        assert "Compiled before and after this step:" in text
        assert "the VIMAGE build compiles" in text
        assert "does not compile" not in text
        assert "the default build differs," not in text
    assert "the default build is the same" in mails[0].read_text().replace("\n    ", " ")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (PLAIN.replace(b"= 7", b"= 8"), "1 of 1 units: the default build differs, the VIMAGE build compiles (frob.c)"),
        (PLAIN.replace(b"= 7", b"= "), "1 of 1 units: the default build does not compile any more (frob.c)"),
        (
            PLAIN + b"#ifdef VIMAGE\nint x = y;\n#endif\n",
            "1 of 1 units: the VIMAGE build does not compile any more (frob.c)",
        ),
        (PLAIN + b"/* said */\n", "1 of 1 units: the default build is the same, the VIMAGE build compiles"),
    ],
)
def test_what_is_said_of_a_step(after: bytes, said: str) -> None:
    step = Step(VARIABLES, [], {}, {}, {"frob.c": PLAIN}, {"frob.c": after})
    prove_steps({"frob.c": PLAIN}, [step], of_headers("freebsd-13"), Cache(None))
    assert step.proved == [said]


def test_a_header_reaches_those_that_include_it() -> None:
    data = {"frob.h": b"#define\tFROB 7\n", "a.c": b'#include "frob.h"\nint a = FROB;\n', "b.c": b"int b;\n"}
    step = Step(VARIABLES, [], {}, {}, {"frob.h": data["frob.h"]}, {"frob.h": b"#define\tFROB (7)\n"})
    other = Step(VARIABLES, [], {}, {}, {"frob.h": b"#define\tFROB (7)\n"}, {"frob.h": b"#define\tFROB 8\n"})
    prove_steps(data, [step, other], of_headers("freebsd-13"), Cache(None))
    assert step.proved == ["1 of 1 units: the default build is the same, the VIMAGE build compiles"]
    assert other.proved == ["1 of 1 units: the default build differs, the VIMAGE build compiles (a.c)"]


def test_a_command_without_a_series_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_tree(tmp_path, {"frob.c": PLAIN, "vport.toml": plan_of({"frob.c": b""}, "frob_ttl")})
    done = vport(monkeypatch, tmp_path, "port", ".", "--headers", "freebsd-13")
    assert (done.code, "add --patches DIR or --commit" in done.talk) == (2, True)
