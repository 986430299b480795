"""The six modules: a port that renames gives the same objects, one with a life only moves things into constructors."""

from pathlib import Path

import cases
import pytest
from cases import Case
from proofs import COMPILERS, proofs, with_headers

from vport.proof.verdict import IDENTICAL, LIFE, Verdict

RENAMING = [c for c in cases.module_cases() if not c.life]
LIVING = [c for c in cases.module_cases() if c.life]


def proved(case: Case, after: dict[str, bytes], compiler: str, folder: Path) -> dict[str, Verdict]:
    found = proofs(folder, case.files, after, with_headers(compiler, case.dialect))
    assert found.keys() == {name for name in case.files if name.endswith(".c")}
    return found


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("case", cases.as_parameters(RENAMING))
def test_renaming_changes_no_object_and_vimage_compiles(case: Case, compiler: str, tmp_path: Path) -> None:
    found = proved(case, dict(case.expected), compiler, tmp_path)
    assert {name: (v.verdict, v.words) for name, v in found.items()} == dict.fromkeys(found, (IDENTICAL, ""))


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("case", cases.as_parameters(LIVING))
def test_a_life_only_moves_into_constructors(case: Case, compiler: str, tmp_path: Path) -> None:
    run = cases.run_port(case.files, case.wanted, case.dialect, life=True)
    found = proved(case, run.after, compiler, tmp_path)
    left = [(name, d) for name, v in found.items() for d in v.differences if not d.life]
    assert left == []
    assert {v.verdict for v in found.values()} <= {IDENTICAL, LIFE}
    assert LIFE in {v.verdict for v in found.values()}


def test_a_member_that_keeps_the_stack_is_named(tmp_path: Path) -> None:
    """A structure that grew is no constructor: proof and person see it, at the member."""
    case = next(c for c in LIVING if c.id == "sctplike[freebsd-13-life]")
    found = proved(case, dict(case.expected), "gcc", tmp_path)
    (told,) = [d for d in found["netinet/frob_pcb.c"].differences if d.name == "frob_ep_alloc"]
    assert not told.life and told.after is not None
    assert (told.after.file, told.after.text.split("\t")[0]) == ("netinet/frob.h", "struct vnet")


def test_the_section_of_what_is_read_mostly_is_told(tmp_path: Path) -> None:
    case = next(c for c in RENAMING if c.id == "pktfilter[freebsd-13]")
    found = proved(case, dict(case.expected), "gcc", tmp_path)
    assert any("sieve_step moved from section .data.read_mostly" in note for note in found["sieve_rules.c"].notes)
