"""Forms that old dialects need beyond their words: passes over the text of a port, chosen by rules/dialects.

Each reads the tree as the port left it and yields edits; `vport.port` tells them against the text before the port.
"""

from collections.abc import Callable, Iterator

from vport.edits import Edit
from vport.forms import constructors, containers, domains, identifiers, iterators, macros, preambles, registration
from vport.forms.job import FormJob

Form = Callable[[FormJob], Iterator[tuple[str, Edit]]]
"""Yields (file, edit)."""

FORMS: dict[str, Form] = {
    "containers": containers.run,
    "macros": macros.run,
    "preambles": preambles.run,
    "identifiers": identifiers.run,
    "constructors": constructors.run,
    "registration": registration.run,
    "domains": domains.run,
    "iterators": iterators.run,
}
"""All forms by the names that rules/dialects gives them."""
