"""Every realistic module, ported to every dialect, compiles in each of its builds; and says what it could not hold."""

from pathlib import Path

import cases
import pytest
from matrix import MODULES, OPTIONS, builds, diagnostics, module, ported, repeated, write

from vport.dialect import NAMES

TARGETS = (*NAMES, "vimage-2008#1", "vimage-2008#2", "vimage-2008#3")

LATE_FAMILIES = {
    "ifcloned": {"hop_forward"},
    "stats": {"fst_balance", "fst_octets", "fst_nflows", "fst_arrivals", "fst_maxload"},
}
"""What has leaves of a kind that the families of old have not: it stays plain where leaves are no matter of a flag."""

PASTED = {"stats": {"stat_packets", "stat_bytes", "stat_lost", "fst_limit", "fst_idle", "fst_ignore_lo"}}
"""What macros name by pasting stays plain everywhere."""

FLAGS = ("freebsd-11", "freebsd-12", "freebsd-13")


@cases.needs_cc
@pytest.mark.parametrize("options", [(), OPTIONS], ids=["plain", "options"])
@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", MODULES)
def test_compiles_in_every_build(name: str, to: str, options: tuple[str, ...], tmp_path: Path) -> None:
    names = write(tmp_path, ported(name, to)[0])
    said = {build: diagnostics(tmp_path, names, to, (*flags, *options)) for build, flags in builds(to).items()}
    assert said == dict.fromkeys(said, "")


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", MODULES)
def test_refuses_only_what_the_dialect_has_no_form_of(name: str, to: str) -> None:
    result = ported(name, to)[1]
    wanted = {n for _, _, n in module(name).wanted}
    plain = PASTED.get(name, set()) | (set() if to in FLAGS else LATE_FAMILIES.get(name, set()))
    assert wanted - {v.name for v in result.ported} == plain
    assert {f.variable for f in result.findings if f.refuses and f.variable} == plain


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", MODULES)
def test_edits_alone_make_the_text(name: str, to: str) -> None:
    after, result = ported(name, to)
    for file, before in module(name).files.items():
        assert cases.rebuilt(before, cases.Run(None, result, {}), file) == after[file]  # type: ignore[arg-type]


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", MODULES)
def test_second_run_changes_nothing(name: str, to: str) -> None:
    after = ported(name, to)[0]
    plain = {v.key for v in ported(name, to)[1].ported}
    assert repeated(name, to, after, plain) == after


@pytest.mark.parametrize("name", MODULES)
def test_freebsd_8_writes_what_9_does(name: str) -> None:
    assert ported(name, "freebsd-8")[0] == ported(name, "freebsd-9")[0]


@pytest.mark.parametrize("name", MODULES)
def test_freebsd_11_differs_from_13_in_statics_alone(name: str) -> None:
    old, new = ported(name, "freebsd-11")[0], ported(name, "freebsd-13")[0]
    for file, text in old.items():
        lifted = b" ".join(text.replace(b"static VNET_DEFINE(", b"VNET_DEFINE_STATIC(").split())
        assert lifted == b" ".join(new[file].split())


@pytest.mark.parametrize("to", ["vimage-structs", "vimage-2008"])
def test_old_text_has_no_words_of_later_years(to: str) -> None:
    later = (b"VNET_DEFINE", b"VNET_DECLARE", b"VNET_NAME", b"VNET_SYSINIT", b"VNET_SYSUNINIT", b"SYSCTL_VNET_")
    later += (b"VNET_SYSCTL_ARG", b"CTLFLAG_VNET", b"net/vnet.h", b"VNET_DOMAIN_SET")
    for name in MODULES:
        for file, text in ported(name, to)[0].items():
            assert not [word for word in later if word in text], file
