"""VP401 and VP402 in branches that no model follows, and leaves that are right."""

import pytest

from checks.checking import Files, marked, places
from checks.snippets import COUNT, function

USE = "\n" + function("hop_input", "V_hop_n++;\nhop_note(&hop_max);")


def leaf(flags: str, pointer: str, mark: str = "") -> str:
    text = f'SYSCTL_INT(_net_inet, OID_AUTO, hop_n, {flags}, {pointer}, 0, "");{mark and f" /* {mark} */"}\n'
    return COUNT + "int hop_max;\n#ifdef HOP_TESTS\n" + text + "#endif\n" + USE


CASES: dict[str, Files] = {
    "VP401-in_a_branch": leaf("CTLFLAG_RW", "&VNET_NAME(hop_n)", "VP401"),
    "VP401-accessor_in_a_branch": leaf("CTLFLAG_RD", "&V_hop_n", "VP401"),
    "VP401-noop_flag": leaf("CTLFLAG_VNET | CTLFLAG_RW", "&VNET_NAME(hop_n)"),
    "VP401-noop_flag_in_a_macro": "#define\tHOP_RW\t(CTLFLAG_VNET | CTLFLAG_RW)\n"
    + leaf("HOP_RW", "&VNET_NAME(hop_n)"),
    "VP401-noop_flags_of_another_tree": leaf("HOP_FLAGS", "&VNET_NAME(hop_n)"),
    "VP401-noop_shared": leaf("CTLFLAG_RD", "&hop_max"),
    "VP402-in_a_branch": leaf("CTLFLAG_VNET | CTLFLAG_RD", "&hop_max", "VP402"),
    "VP402-behind_in_a_branch": leaf("CTLFLAG_RD | CTLFLAG_VNET", "&hop_max", "VP402"),
    "VP401-noop_sysctl_h_is_in_the_tree": "#define\tCTLFLAG_VNET\t0x00020000\n#define\tCTLFLAG_RW\t0xc0000000\n"
    + leaf("CTLFLAG_VNET | CTLFLAG_RW", "&VNET_NAME(hop_n)").replace("#ifdef HOP_TESTS\n", "").replace("#endif\n", ""),
    "VP402-noop_member": leaf("CTLFLAG_VNET | CTLFLAG_RD", "&hop_max.most"),
    "VP402-noop_of_another_tree": leaf("CTLFLAG_VNET | CTLFLAG_RD", "&hop_elsewhere"),
}


@pytest.mark.parametrize("name", CASES)
def test_leaves(name: str) -> None:
    assert [p for p in places(CASES[name]) if p[0].startswith("VP40")] == marked(CASES[name])
