"""Names seen from outside the kernel."""

from small import booted, module, var

from vport.runtime.kernel import Kernel
from vport.runtime.model import Module
from vport.runtime.symbols import MODSPACE, VNET_START


def frob() -> Module:
    return module("frob", var("shared", per_vnet=False), var("n"), var("q", "char *"))


def test_per_vnet_symbols_have_the_prefix_and_lie_in_the_section() -> None:
    kernel = booted(frob())
    found = kernel.symbols.kldsym("vnet_entry_q")
    assert found is not None
    assert (found.address, found.size, found.per_vnet) == (VNET_START + 8, 8, True)
    assert kernel.symbols.kldsym("n") is None
    shared = kernel.symbols.kldsym("shared")
    assert shared is not None
    assert not shared.per_vnet


def test_libkvm_retries_with_the_prefix_in_the_stack_of_the_process() -> None:
    kernel = booted(frob())
    jail = kernel.jail_create()
    here, there = kernel.symbols.kvm("_n"), kernel.symbols.kvm("n", jail)
    assert here is not None
    assert there is not None
    assert there - here == kernel.symbols.data_base(jail) - kernel.symbols.data_base(0)
    assert kernel.symbols.kvm("shared", jail) == kernel.symbols.kvm("shared")
    assert kernel.symbols.kvm("nothing") is None


def test_a_core_image_is_read_as_vnet0() -> None:
    kernel = booted(frob())
    jail = kernel.jail_create()
    assert kernel.symbols.kvm("n", jail, core=True) == kernel.symbols.kvm("n", 0)


def test_a_stack_that_is_gone_has_no_addresses() -> None:
    kernel = booted(frob())
    jail = kernel.jail_create()
    kernel.jail_destroy(jail)
    assert kernel.symbols.kvm("n", jail) is None


def test_variables_of_loaded_modules_are_in_modspace() -> None:
    kernel = booted()
    kernel.load(frob())
    found = kernel.symbols.kldsym("vnet_entry_n")
    assert found is not None
    assert found.address == MODSPACE
    kernel.unload("frob")
    assert kernel.symbols.kldsym("vnet_entry_n") is None


def test_the_default_build_has_plain_names() -> None:
    kernel = Kernel(vimage=False)
    kernel.boot(frob())
    assert kernel.symbols.kldsym("n") is not None
    assert kernel.symbols.kldsym("vnet_entry_n") is None


def test_the_first_file_wins() -> None:
    kernel = booted(frob())
    kernel.load(module("other", var("n")))
    found = kernel.symbols.kldsym("vnet_entry_n")
    assert found is not None
    assert found.module == "frob"


def test_statics_of_one_name_in_two_files_have_their_name_in_c() -> None:
    """The model keeps them apart as `n@a_c`; no symbol table has such names."""
    kernel = booted(module("frob", var("n@a_c"), var("n@b_c"), var("f.drops@a_c", per_vnet=False)))
    assert [s.name for s in kernel.symbols.table()] == ["vnet_entry_n", "vnet_entry_n", "drops"]
    first = kernel.symbols.kldsym("vnet_entry_n")
    assert first is not None and kernel.symbols.kvm("_n") == first.address + kernel.symbols.data_base(0)
