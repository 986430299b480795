"""The proof that README.md shows is what vport gives."""

import re
from pathlib import Path

import cases
import pytest
from click.testing import CliRunner
from proofs import write

from vport.commands import prove

README = (cases.ROOT / "README.md").read_text(encoding="utf-8")
VARIABLES = {
    ("frob.c", f, v) for f, v in (("", "frob_ttl"), ("", "frob_limit"), ("", "frob_cb"), ("frob_input", "drops"))
}


@cases.needs_cc
def test_shows_the_difference_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (cases.ROOT / "fixtures" / "readme" / "frob.c").read_bytes()
    after = cases.run_port({"frob.c": before}, VARIABLES, "freebsd-13").after["frob.c"]
    write(tmp_path, {"old/frob.c": before, "new/frob.c": after.replace(b"= 7;", b"= 8;")})
    monkeypatch.chdir(tmp_path)
    (shown,) = re.findall(r"^```shell-session\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    command, _, found = shown.partition("\n")
    given = CliRunner().invoke(prove.command, [*command.split()[3:], "--no-cache"])
    assert given.stdout == found
