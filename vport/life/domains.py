"""DOMAIN_SET becomes VNET_DOMAIN_SET where the protocol tables of its file set up per-vnet state."""

from vport.life.entries import Key
from vport.life.keys import DOMAIN_MEMBERS
from vport.life.rebuild import Rebuilder


def virtualize_domains(rebuilder: Rebuilder, mine: set[Key]) -> None:
    """Rename the macro in every file whose tables register a function that reaches per-vnet state.

    Arguments:
        rebuilder: has the port and its edits.
        mine: functions that reach what this port virtualizes.
    """
    life = rebuilder.job.life
    wanted = mine & life.needs.needy
    files = {r.file for r in life.graph.registrations if r.by in DOMAIN_MEMBERS and r.function in wanted}
    for file in sorted(files):
        for call in life.tree.facts[file].calls:
            if call.name == "DOMAIN_SET":
                at = life.code[file].index(b"DOMAIN_SET", call.start)
                reason = "its protocols set up what every stack has of its own"
                rebuilder.moves.change(file, at, at + len("DOMAIN_SET"), "VNET_DOMAIN_SET", reason)
