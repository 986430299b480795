"""Which dialect a tree's headers speak, and the lines that say so."""

import pytest
from cases import INCLUDE

from vport.dialect import NAMES, recognise

VNET = b"#define\tVNET_DEFINE(t, n)\tt n\n"
FAMILY = VNET + b"#define\tSYSCTL_VNET_INT(p, n, name, access, ptr, val, descr) x\n"


def headers(name: str) -> dict[str, bytes]:
    folder = INCLUDE / name
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.h"))}


def found(files: dict[str, bytes]) -> str:
    return recognise(files, files.__getitem__).name


def version(number: int) -> bytes:
    return b"#undef __FreeBSD_version\n#define __FreeBSD_version %d /* Master */\n" % number


@pytest.mark.parametrize("name", NAMES)
def test_our_headers_speak_their_dialect(name: str) -> None:
    files = headers(name)
    said = recognise(files, files.__getitem__)
    assert said.name == name
    for line in said.evidence:
        file, number, text = line.split(":", 2)
        words = " ".join(files[file].decode().splitlines()[int(number) - 1].replace("#\t", "#").split())
        assert text.strip().removeprefix("#").split()[0] in words or "__FreeBSD_version" in text


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param({"net/vnet.h": FAMILY}, "freebsd-9", id="family_without_a_version"),
        pytest.param({"net/vnet.h": FAMILY, "sys/param.h": version(800107)}, "freebsd-8", id="family_of_8"),
        pytest.param({"net/vnet.h": FAMILY, "sys/param.h": version(900044)}, "freebsd-9", id="family_of_9"),
        pytest.param({"net/vnet.h": FAMILY, "sys/param.h": version(1300139)}, "freebsd-9", id="version_of_none"),
        pytest.param({"net/vnet.h": FAMILY, "sys/vimage.h": b"struct vnet_modinfo;\n" + VNET}, "freebsd-8", id="weeks"),
        pytest.param({"net/vnet.h": VNET}, "freebsd-12", id="flag_without_a_version"),
        pytest.param({"net/vnet.h": VNET, "sys/param.h": version(1100122)}, "freebsd-11", id="flag_of_11"),
        pytest.param({"net/vnet.h": FAMILY, "sys/vimage.h": b"struct vimage_subsys {\n};\n"}, "vimage-2010", id="2010"),
        pytest.param({"sys/vimage.h": b"#define V_a a\n#define V_b b\n"}, "vimage-2008", id="table"),
        pytest.param({"sys/vimage.h": b"#define INIT_VNET_NET(x)\n"}, "vimage-2008", id="blank_preambles"),
        pytest.param(
            {"sys/vimage.h": b"#define V_a a\n#define VSYM(base, sym) (sym)\n"}, "vimage-structs", id="table_and_bases"
        ),
        pytest.param({"sys/vimage.h": b"#define V_a VNET_NET(a)\n"}, "freebsd-13", id="noop_no_table"),
        pytest.param({"sys/param.h": version(900044)}, "freebsd-13", id="noop_a_version_alone"),
        pytest.param({"net/vnet.h": b"/* VNET_DEFINE */\n"}, "freebsd-13", id="noop_a_comment"),
    ],
)
def test_headers_of_a_tree(files: dict[str, bytes], name: str) -> None:
    assert found(files) == name


def test_releases_that_define_the_same_are_named() -> None:
    files = {"net/vnet.h": FAMILY}
    assert recognise(files, files.__getitem__).evidence[-1] == "as in freebsd-8; __FreeBSD_version would tell"
