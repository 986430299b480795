"""Constructors and destructors for what every stack has of its own, out of what set up and tore down the one of old.

See VNET(9), SYSINIT(9) and the order of set-ups in sys/kernel.h.  What a person has to decide is marked by a comment
that begins `VPORT-LIFECYCLE:`.
"""

from collections.abc import Mapping

from vport.edits import Edit
from vport.job import Job
from vport.life.entries import Key
from vport.life.initialisers import Initialisers
from vport.life.moves import Moves
from vport.life.rebuild import NAME, Rebuilder
from vport.life.setups import Setup, Setups
from vport.life.split import classify

__all__ = ["NAME", "run"]


def run(job: Job, edits: Mapping[str, list[Edit]]) -> dict[str, list[Edit]]:
    """All edits of a port with those of this pass: text it moves takes the other passes' edits along."""
    if not job.variables:
        return dict(edits)
    mine = job.life.reaching(job.variables)
    moves = Moves(job.data, edits, NAME)
    setups = Setups(job.life)
    rebuilder = Rebuilder(job, setups, moves)
    for setup in setups.sysinits:
        if not setup.per_vnet and setup.function in mine and setup.function in job.life.needs.needy:
            _setup(job, rebuilder, setups, setup)
    for event in setups.events:
        if event.function in mine:
            for flow in job.life.flows.of(*event.function):
                rebuilder.event(event, flow)
    Initialisers(job, setups, moves, rebuilder).run()
    job.left += rebuilder.findings
    return moves.edits


def _setup(job: Job, rebuilder: Rebuilder, setups: Setups, setup: Setup) -> None:
    at = setup.call.start
    if not setup.key.known:
        rebuilder.left(setup.file, at, setup.function[1], "its order cannot be evaluated")
        return
    if not setups.orders.within_vnet(setup.key):
        rebuilder.left(setup.file, at, setup.function[1], "a constructor cannot stand at that subsystem")
        return
    flows = job.life.flows.of(*setup.function)
    if len(flows) != 1 or flows[0].root is None or _called(job, setup.function):
        rebuilder.left(setup.file, at, setup.function[1], "it is called from elsewhere too, or its flow is not clear")
        return
    parts = classify(job.life, setup.function, flows[0], flows[0].root.parts)
    if any(p.kind == "shared" for p in parts):
        rebuilder.split(setup, flows[0], parts)
    else:
        rebuilder.convert(setup)


def _called(job: Job, function: Key) -> bool:
    """Whether a function is called by name."""
    return any(caller[0] != "#" for caller in job.life.graph.callers.get(function, ()))
